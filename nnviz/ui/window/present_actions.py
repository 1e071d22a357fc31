"""The stage in the window: how it is opened and left, what it follows, and the keys of a clicker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from nnviz.drawing.axes import Above
from nnviz.drawing.theme import Theme
from nnviz.experiment import Experiment
from nnviz.experiment.schema import ViewSpec
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.lessons.played_lesson import PlayedLesson
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.stage.presentation import Presentation
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.stored_settings import say_dropped, stored_texts
from nnviz.ui.window.docks import Dock, Panel
from nnviz.ui.window.later import Later
from nnviz.ui.window.layouts import Layouts
from nnviz.ui.window.one_screen import OneScreen
from nnviz.ui.window.predict_actions import PredictActions
from nnviz.ui.window.projector import Projector
from nnviz.ui.window.view import View

if TYPE_CHECKING:
    from nnviz.drawing.prediction import Stroke
    from nnviz.ui.stage.console import Console
    from nnviz.ui.stage.present_dialog import PresentDialog
    from nnviz.ui.stage.tiles import Tile
    from nnviz.ui.window.stage_pointer import StagePointer

#: The setting: what the stage shows.
VIEWS = "stage_views"


class PresentActions(QObject):
    """Makes the console and leads the stage by what happens in the window.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QMainWindow
    settings : QSettings or None
        Where the views of the stage are remembered.

    Attributes
    ----------
    presentation : Presentation
    later : Later
        Makes the console when that is first wanted.
    pointer : StagePointer or None
        Shows on the stage what a lesson speaks of, once there has been a stage.
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        actions: Actions,
        theme: Theme,
        window: QMainWindow,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(window)
        self._state, self._controller, self._actions, self._window = state, controller, actions, window
        self._predict: PredictActions | None = None
        self.presentation = Presentation(window, self._make_tiles)
        self.presentation.set_theme(theme)
        self._said = ("", "")
        self.later = Later(self._make, theme)
        self._arrangement = QByteArray()
        self._dialog: PresentDialog | None = None
        self.pointer: StagePointer | None = None
        self._shortcuts: list[QShortcut] = []
        stored = tuple(stored_texts(settings, VIEWS))
        if stored in self.choices:
            self.presentation.views = stored
        elif stored and settings is not None:
            say_dropped(settings, VIEWS)
        self._settings, self._asks_answers = settings, False
        actions.stage.present.triggered.connect(self._on_present)
        self.presentation.toggled.connect(self._on_toggled)
        self.presentation.lost.connect(self._on_lost)
        self.presentation.changed.connect(self._on_stage_changed)

    @property
    def choices(self) -> dict[tuple[str, ...], str]:
        """Sets of views, and what they are called."""
        tr = self.tr
        return {
            ("network",): tr("Network"),
            ("boundary",): tr("Boundary"),
            ("loss",): tr("Loss"),
            ("answers",): tr("Answers"),
            ("network", "boundary"): tr("Network and boundary"),
            ("boundary", "loss"): tr("Boundary and loss"),
            ("network", "loss"): tr("Network and loss"),
            ("boundary", "answers"): tr("Boundary and answers"),
            ("network", "boundary", "loss", "score"): tr("All four: network, boundary, loss, accuracy"),
            ("network", "boundary", "loss", "answers"): tr("All four: network, boundary, loss, answers"),
        }

    def _make_tiles(self) -> Mapping[str, Tile]:
        from nnviz.ui.network.following_diagram import FollowingDiagram
        from nnviz.ui.stage.answers_tile import AnswersTile
        from nnviz.ui.stage.tiles import CurveTile, MapTile

        theme = self._window_theme
        network = FollowingDiagram(theme)
        network.set_editable(False)
        # Dots that move cost more than all the rest, and nobody in the last row sees them.
        network.set_flow_enabled(False)
        return {
            "network": network,
            "boundary": MapTile(theme, self._view, self._above),
            "loss": CurveTile(theme, "loss", self._view, self._expected),
            "score": CurveTile(theme, "score", self._view),
            "answers": AnswersTile(theme),
        }

    def _above(self) -> Above:
        return self._predict.above if self._predict is not None else ()

    def _expected(self) -> Stroke:
        return self._predict.curve if self._predict is not None else ()

    def _view(self) -> ViewSpec:
        return self._state.experiment.view

    @property
    def views(self) -> tuple[View, ...]:
        """What shows frames."""
        return self.presentation, self.later

    def _make(self, theme: Theme, parent: QWidget | None) -> Console:
        from nnviz.ui.stage.console import Console

        console = Console(self.presentation, theme, parent=parent)
        console.offer_views(self.choices)
        console.show_step(*self._said)
        return console

    @property
    def console(self) -> Console:
        """The stage in small, with its switches."""
        return self.later.view

    def panels(self) -> tuple[Panel, ...]:
        """Return the console's place in the window's table: behind the set-up."""
        area, action = Qt.DockWidgetArea.LeftDockWidgetArea, self._actions.stage.console
        return (Panel("console", self.tr("Console"), self.later, area, action, tab_of="setup", is_open=False),)

    def connect_to(
        self,
        docks: Mapping[str, Dock],
        layouts: Layouts,
        projector: Projector,
        played: PlayedLesson,
        predict: PredictActions,
        area: DiagramArea,
    ) -> None:
        """Let F11 open the stage where there is a screen for it, and the stage say what a lesson says."""
        self._docks, self._layouts, self._projector, self._played = docks, layouts, projector, played
        projector.elsewhere = self.present_elsewhere
        steps = {Qt.Key.Key_PageDown: projector.go_on, Qt.Key.Key_PageUp: projector.go_back}
        for key, slot in (steps | {Qt.Key.Key_Period: self.presentation.toggle_black}).items():
            shortcut = QShortcut(QKeySequence(key), self._window)
            shortcut.setEnabled(False)
            shortcut.activated.connect(slot)
            self._shortcuts.append(shortcut)
        for changed in (played.opened, played.closed, played.changed):
            changed.connect(self._on_step)
        self._predict, self.one_screen = predict, OneScreen(self._window, projector, self._actions, self._theme_now)
        self._area = area
        predict.changed.connect(self._on_predicted)
        self.presentation.walked.connect(self._on_walked)
        self.presentation.unheard.connect(self._on_unheard)
        self._state.view_changed.connect(self._on_view_changed)
        self._state.experiment_changed.connect(self._on_experiment)
        self._on_step()

    # -- in and out ---------------------------------------------------------------------------------------------

    def present_elsewhere(self, wanted: bool) -> bool:
        """Open or close the stage for F11; return whether that is what F11 means now."""
        screen = self.presentation.other_screen()
        if wanted and screen is not None:
            self.presentation.present(screen)
            return True
        if not wanted and self.presentation.stage is not None:
            self.presentation.leave()
            return True
        return False

    @Slot()
    def _on_present(self) -> None:
        led = self.presentation
        from nnviz.ui.stage.present_dialog import PresentDialog

        dialog = self._dialog = PresentDialog(self.choices, led.views, self._window, dark=led.is_dark)
        # Of this one, whichever has been opened since.
        dialog.accepted.connect(partial(self._on_chosen, dialog))
        dialog.open()

    @property
    def dialog(self) -> PresentDialog | None:
        """What asks where the stage is to be, once it has been opened."""
        return self._dialog

    def _on_chosen(self, dialog: PresentDialog) -> None:
        led = self.presentation
        is_dark, views, screen = dialog.dark.isChecked(), dialog.views_chosen, dialog.screen_chosen
        # Leaving it turns the event loop, after which there may be no dialog any more.
        if self._projector.is_active:
            self._projector.leave()
        if is_dark != led.is_dark:
            led.toggle_dark()
        led.views = views
        led.present(screen)

    @Slot(bool)
    def _on_toggled(self, there: bool) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(there)
        projector = self._actions.projector
        projector.blockSignals(True)
        projector.setChecked(there)
        projector.blockSignals(False)
        if there:
            if self.pointer is None:
                from nnviz.ui.window.stage_pointer import StagePointer

                self.pointer = StagePointer(self.presentation, self._played, self._area.diagram)
            self._arrangement = self._layouts.arrangement()
            self._docks["console"].open()
        else:
            self._layouts.put_back(self._arrangement)
            self._on_stage_changed()
            self.presentation.set_theme(self._window_theme)

    @Slot()
    def _on_stage_changed(self) -> None:
        """Ask for what the stage alone shows, and remember its views."""
        stage, views = self.presentation.stage, self.presentation.views
        asks = stage is not None and "answers" in stage.shown
        if asks != self._asks_answers:
            self._asks_answers = asks
            self._controller.set_needs("stage", answers=asks)
        if stage is not None and self._settings is not None and stored_texts(self._settings, VIEWS) != list(views):
            self._settings.setValue(VIEWS, list(views))

    def _theme_now(self) -> Theme:
        return self._window_theme

    @property
    def _window_theme(self) -> Theme:
        theme: Theme = self._window.theme  # type: ignore[attr-defined]
        return theme

    @Slot(bool)
    def _on_lost(self, moved: bool) -> None:
        self._controller.message.emit(
            "info",
            self.tr("A screen has gone: the stage has moved to another one.")
            if moved
            else self.tr("A screen has gone, so the stage is closed. F11 opens it again."),
        )

    # -- what the stage follows ---------------------------------------------------------------------------------

    @Slot()
    def _on_step(self) -> None:
        played, lesson = self._played, self._played.lesson
        step = played.step
        said = following = notes = ""
        if lesson is not None and step is not None and not played.is_catching_up:
            said, notes = table_text(step.say), table_text(step.notes)
            rest = lesson.steps[played.position + 1 :]
            following = table_text(rest[0].say) if rest else self.tr("This is the last step.")
        elif lesson is None:
            notes = self._state.experiment.notes
        self.presentation.show_text(said)
        self._said = following, notes
        if self.later.made is not None:
            self.later.made.show_step(following, notes)
        self.one_screen.show_step(following, notes)

    @Slot(object, object)
    def _on_experiment(self, old: Experiment, new: Experiment) -> None:
        """Let notes go with what they were about."""
        if old.notes != new.notes:
            self._on_step()

    @Slot()
    def _on_view_changed(self) -> None:
        self.presentation.renew()

    @Slot()
    def _on_predicted(self) -> None:
        if self._predict is not None:
            self.presentation.show_votes(*self._predict.votes)
            self.presentation.renew()

    @Slot(object)
    def _on_unheard(self, event: QKeyEvent) -> None:
        """Do what a key does in the window: whoever has clicked on the stage need not know where the keys are."""
        keys = QKeySequence(event.keyCombination())
        for action in self._window.findChildren(QAction):
            if keys in action.shortcuts() and action.isEnabled():
                action.trigger()
                return
        QApplication.sendEvent(self._window, event)

    @Slot(int)
    def _on_walked(self, steps: int) -> None:
        projector = self._projector
        {0: projector.play, 1: projector.go_on, -1: projector.go_back}[steps]()
