"""The timeline in the window: when the strip is there, what keys mean while the past is shown, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.ui.commands.actions import Actions, rests
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.painting.paint_mode import PaintMode
from nnviz.ui.timeline.past_sign import PastFrame
from nnviz.ui.window.docks import Dock, Panel
from nnviz.ui.window.later import Later
from nnviz.ui.window.layouts import Layouts
from nnviz.ui.window.projector import Projector

if TYPE_CHECKING:
    from nnviz.ui.timeline.timeline_strip import TimelineStrip

#: What a clicker's keys move on the timeline.
_KEYS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}


class TimelineActions(QObject):
    """Makes the strip, and lets the window's commands move through the past while that is shown.

    Parameters
    ----------
    controller : Controller
    actions : Actions
    theme : Theme
    window : QWidget

    Attributes
    ----------
    later : Later
        Makes the strip when that is first wanted.
    """

    def __init__(self, controller: Controller, actions: Actions, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._actions, self._window, self._theme = controller, actions, window, theme
        self._timeline = timeline = controller.timeline
        self.later = Later(self._make, theme)
        self._is_wanted = True
        self._walking = {1: QAction(self), -1: QAction(self)}
        self._walking[1].triggered.connect(self.step_on)
        self._walking[-1].triggered.connect(self.step_back)
        actions.play.triggered.connect(self.toggle)
        actions.step_epoch.triggered.connect(self.step_on)
        actions.past.present.triggered.connect(timeline.go_to_present)
        actions.past.best.triggered.connect(timeline.go_to_best)
        actions.past.edit.triggered.connect(timeline.go_to_last_edit)
        actions.past.epoch.triggered.connect(self._on_go_to_epoch)
        actions.past.replay.triggered.connect(timeline.toggle_replay)
        actions.past.star.triggered.connect(timeline.toggle_star)
        actions.past.note.triggered.connect(self._on_note)

    def _make(self, theme: Theme, parent: QWidget | None) -> TimelineStrip:
        from nnviz.ui.timeline.timeline_strip import TimelineStrip

        past = self._actions.past
        return TimelineStrip(self._timeline, past.lines, past.present, theme, parent)

    @property
    def strip(self) -> TimelineStrip:
        """The line of epochs."""
        return self.later.view

    def panels(self) -> tuple[Panel, ...]:
        """Return the panel of the strip."""
        title, bottom = self.tr("Timeline"), Qt.DockWidgetArea.BottomDockWidgetArea
        return (Panel("timeline", title, self.later, bottom, is_open=False, is_slim=True),)

    def connect_to(
        self,
        docks: Mapping[str, Dock],
        layouts: Layouts,
        loss: LossView,
        painting: PaintMode,
        projector: Projector,
    ) -> None:
        """Follow the dock of the strip, and let curves, brush and clicker know of the past."""
        self._dock = dock = docks["timeline"]
        self._loss = loss
        self.frame = PastFrame(self._timeline, self._window, self._theme)
        layouts.arranged.connect(self.hide_until_trained)
        dock.toggleViewAction().triggered.connect(self._on_toggled)
        projector.scrub, projector.toggle, projector.back = self.scrub, self.toggle, self.step_back
        painting.toggled.connect(self._on_painting)
        self._controller.live_frame_ready.connect(self._on_live_frame)
        self._controller.status_changed.connect(self.look)
        self._timeline.changed.connect(self.look)
        self.look()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.frame.set_theme(theme)

    @property
    def is_offered(self) -> bool:
        """Whether the strip is to be seen: where it is hidden, no key leads into the past."""
        return not self._dock.isHidden()

    def action_for(self, event: QKeyEvent, focus: QWidget | None) -> QAction | None:
        """Return what a key of a clicker does while the past is shown, else None."""
        steps = _KEYS.get(Qt.Key(event.key()))
        can_walk = steps is not None and self._timeline.is_past and not rests(focus) and not event.modifiers()
        return self._walking[steps] if can_walk and steps is not None else None

    @Slot()
    def toggle(self) -> None:
        """Play or pause: the past, where that is shown, else the run."""
        if self._timeline.is_past:
            self._timeline.toggle_replay()
        else:
            self._controller.toggle()

    def scrub(self, steps: int) -> bool:
        """Go on or back in the past, where that is shown; return whether it is."""
        if not self._timeline.is_past:
            return False
        self._timeline.step(steps)
        return True

    @Slot()
    def step_on(self) -> None:
        """Go an epoch on in the past, where that is shown, else train one."""
        if not self.scrub(1):
            self._controller.step_epoch()

    @Slot()
    def step_back(self) -> None:
        """Go an epoch back."""
        if self.is_offered:
            self._timeline.step(-1)

    @Slot()
    def look(self) -> None:
        """Show the strip once there is a past, and offer what can be done."""
        line, do = self._timeline, self._actions
        if line.has_past and self._is_wanted and not self._dock.is_wanted:
            self._dock.show()
        do.past.present.setEnabled(line.is_past)
        do.past.best.setEnabled(line.has_past and line.best_epoch is not None)
        do.past.edit.setEnabled(line.last_edit is not None)
        do.past.epoch.setEnabled(line.has_past)
        do.past.replay.setEnabled(line.has_past)
        do.past.star.setEnabled(line.has_past)
        do.past.star.setChecked(line.mark.is_starred)
        do.past.note.setEnabled(line.has_past)
        playing = line.is_replaying if line.is_past else self._controller.is_training
        if playing != do.is_playing:
            do.set_playing(playing=playing)

    @Slot()
    def hide_until_trained(self) -> None:
        """Close the strip where there is no past yet, whatever arrangement was brought back; else show it."""
        if not self._timeline.has_past:
            self._dock.hide()
        else:
            # An arrangement from before the first epoch knows of no strip, such as that from before the projector view.
            self.look()

    @Slot(bool)
    def _on_toggled(self, wanted: bool) -> None:
        self._is_wanted = wanted
        if not wanted:
            self._timeline.go_to_present()

    @Slot(bool)
    def _on_painting(self, active: bool) -> None:
        # Points are painted into the data of now.
        if active:
            self._timeline.go_to_present()

    @Slot(object)
    def _on_live_frame(self, frame: Frame) -> None:
        if self._timeline.is_past:
            self._loss.show_curves(frame.curves)

    @Slot()
    def _on_note(self) -> None:
        line = self._timeline
        line.stop_replay()
        epoch, run_id = line.position, self._controller.run_id
        words = self.tr("Note at epoch {0}:").format(count_text(epoch))
        mode, known = QLineEdit.EchoMode.Normal, line.marks.at(run_id, epoch).note
        note, is_written = QInputDialog.getText(self._window, self.tr("Note at this epoch"), words, mode, known)
        if is_written:
            line.marks.set_note(run_id, epoch, note)

    @Slot()
    def _on_go_to_epoch(self) -> None:
        line = self._timeline
        epoch, is_chosen = QInputDialog.getInt(
            *(self._window, self.tr("Go to epoch"), self.tr("Epoch:")),
            *(line.position, line.first, line.last),
        )
        if is_chosen:
            line.stop_replay()
            line.go_to(epoch)
