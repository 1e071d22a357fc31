"""Lessons in the window: opened from the menu, the list or a file, followed by keys, and told what the pupil does."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QSettings, Qt, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from nnviz.core.errors import NnvizError
from nnviz.drawing.theme import Theme
from nnviz.experiment import Document, Experiment
from nnviz.experiment.frame import UnitId
from nnviz.session.commands import Change
from nnviz.session.doing import once_done
from nnviz.session.parameter_edits import ParametersCommand
from nnviz.ui.lessons.lesson_menu import LessonMenus
from nnviz.ui.lessons.lesson_pictures import LessonPictures
from nnviz.ui.lessons.played_lesson import PlayedLesson
from nnviz.ui.lessons.ring import Ring
from nnviz.ui.widgets.file_dialogs import file_to_open
from nnviz.ui.window.docks import Panel
from nnviz.ui.window.later import BareLater, Later
from nnviz.ui.window.lesson_stage import LessonStage, StageWindow
from nnviz.ui.window.recording_actions import RecordingActions
from nnviz.ui.window.view import View

if TYPE_CHECKING:
    from nnviz.lessons.schema import LessonSpec
    from nnviz.ui.lessons.challenge_panel import ChallengePanel
    from nnviz.ui.lessons.lesson_list import LessonList
    from nnviz.ui.lessons.lesson_panel import LessonPanel

#: What a step that is entered directly is reached with, whatever speed is chosen.
CATCHING_UP = "full"


class LessonActions(QObject):
    """Makes the panel, the ring, the list and the menus, and lets the lesson hear what happens.

    Parameters
    ----------
    window : StageWindow
    parent : QWidget
        The same window, as the parent of what is shown.
    theme : Theme
    settings : QSettings or None
        Where it is kept how far each lesson has been followed.

    Attributes
    ----------
    played : PlayedLesson
    later : BareLater
        Makes the panel of the present step when that is first wanted.
    menus : LessonMenus
    recording : RecordingActions
        One's own lessons.
    """

    def __init__(self, window: StageWindow, parent: QWidget, theme: Theme, settings: QSettings | None) -> None:
        super().__init__(parent)
        self._window, self._parent, self._theme = window, parent, theme
        actions = window.actions_
        self.ring = Ring(parent, theme)
        self.stage = LessonStage(window, self.ring)
        self.played = PlayedLesson(self.stage, settings, self)
        self._settings = settings
        self.later = BareLater(self._make_panel, theme)
        self._later_challenge = Later(self._make_challenge, theme)
        self._pictures = LessonPictures(theme)
        self.menus = LessonMenus(self._pictures, parent)
        self.recording = RecordingActions(window, parent, self.stage, self.played, theme, settings)
        self.recording.replay_wanted.connect(self._on_replay)
        self._list: LessonList | None = None
        self._was_training = False
        self._is_fast = False
        self._set_enabled()
        self.menus.chosen.connect(self.open_by_user)
        actions.lessons.triggered.connect(self.show_list)
        actions.lesson_next.triggered.connect(self._on_next)
        actions.lesson_back.triggered.connect(self.played.go_back)
        for changed in (self.played.opened, self.played.closed, self.played.changed):
            changed.connect(self._on_changed)

    @property
    def views(self) -> tuple[View, ...]:
        """What shows frames."""
        return self.later, self._later_challenge

    def _make_panel(self, theme: Theme, parent: QWidget | None) -> LessonPanel:
        from nnviz.ui.lessons.lesson_panel import LessonPanel

        panel = LessonPanel(self.played, self._window.actions_.lessons, theme, parent)
        panel.ended.connect(self._on_ended)
        return panel

    def _make_challenge(self, theme: Theme, parent: QWidget | None) -> ChallengePanel:
        from nnviz.ui.lessons.challenge_panel import ChallengePanel

        challenge = ChallengePanel(theme, self._settings, parent)
        challenge.begin_wanted.connect(self.begin_challenge)
        return challenge

    @property
    def panel(self) -> LessonPanel:
        """The present step."""
        return self.later.view

    @property
    def challenge(self) -> ChallengePanel:
        """The challenge that is worked at."""
        return self._later_challenge.view

    def places(self) -> tuple[Panel, ...]:
        """Return the panels' places in the window's table: above everything, the whole width."""
        tr, actions, top = QCoreApplication.translate, self._window.actions_, Qt.DockWidgetArea.TopDockWidgetArea
        return (
            Panel("lesson", tr("MainWindow", "Lesson"), self.later, top, actions.lesson, is_open=False),
            Panel(
                *("challenge", tr("MainWindow", "Challenge"), self._later_challenge, top),
                action=actions.challenge,
                tab_of="lesson",
                is_open=False,
            ),
        )

    def connect_to(self, theme_changed: SignalInstance, closed: SignalInstance) -> None:
        """Hear what happens in the window, once all of it is there."""
        window = self._window
        state, controller, actions, area = window.state, window.controller, window.actions_, window.diagram_area
        window.document_actions.lesson_named.connect(self.open_by_user)
        controller.frame_ready.connect(self._on_frame, Qt.ConnectionType.DirectConnection)
        controller.status_changed.connect(self._on_status)
        state.experiment_changed.connect(self._on_experiment)
        state.applied.connect(self._on_applied)
        state.pushed.connect(self._on_pushed)
        actions.reset.triggered.connect(self._on_reset)
        actions.new_weights.triggered.connect(self._on_reset)
        area.unit_selected.connect(self._on_unit)
        area.probe.values_edited.connect(self._on_input)
        window.marks.changed.connect(self._on_marked)
        window.boundary_view.painting.stroke_ended.connect(self._on_painted)
        window.predict.happened.connect(self._notice)
        self.played.closed.connect(window.predict.leave)
        self.played.opened.connect(partial(window.worked.ask_for, False))
        window.layouts.arranged.connect(self._on_arranged)
        curtain = window.projector.curtain
        self.ring.is_covered = curtain.isVisible
        curtain.moved.connect(self.ring.renew)
        theme_changed.connect(self._on_theme)
        window.projector.toggled.connect(self.later.set_bare)
        self.played.closed.connect(self._clear_stage)
        window.projector.lesson = self.walk
        window.worked.yields = lambda: self.played.lesson is not None and self._is_shown
        closed.connect(self.ring.stop)
        self.recording.connect_to()

    @Slot()
    def _clear_stage(self) -> None:
        """Leave no panel without a lesson before an audience: what it would offer has no button there."""
        if self._window.projector.is_active and self.played.lesson is None:
            self._window.docks["lesson"].hide()

    # -- opening ------------------------------------------------------------------------------------------------

    @Slot(str)
    @Slot(str, int)
    def open_by_user(self, source: str, position: int = 0) -> bool:
        """Open a lesson that ships or is in a file, after asking about unsaved edits; return whether it was opened."""
        from nnviz.lessons.files import load_lesson, shipped_name

        documents = self._window.document_actions
        if not documents.may_lose_edits():
            return False
        try:
            lesson = load_lesson(source)
        except NnvizError as error:
            self._window.controller.message.emit("error", str(error))
            return False
        self.open(lesson, shipped_name(source) or str(Path(source).resolve()), position)
        return True

    def open(self, lesson: LessonSpec, name: str, position: int = 0) -> None:
        """Begin a lesson in the window; its panel comes to the front."""
        self._window.docks["lesson"].open()
        self._window.notes_bar.hide()
        self.played.open(lesson, name, position)

    @Slot(object, int)
    def _on_replay(self, lesson: LessonSpec, position: int) -> None:
        """Play a lesson that is being made."""
        if self._window.document_actions.may_lose_edits():
            self.open(lesson, "", position)

    @Slot(str)
    def begin_challenge(self, name: str) -> None:
        """Open what a challenge begins with, after asking about unsaved edits."""
        from nnviz.lessons.challenges import CHALLENGES

        documents, experiment = self._window.document_actions, CHALLENGES[name].begin()
        if documents.may_lose_edits():
            documents.show_document(Document(experiment))
            self.challenge.start(experiment)

    @Slot()
    def show_list(self) -> None:
        """Show all lessons."""
        if self._list is None:
            from nnviz.ui.lessons.lesson_list import LessonList

            self._list = LessonList(self.played, self._pictures, self._theme, self._parent)
            self._list.chosen.connect(self.open_by_user)
            self._list.file_wanted.connect(self._on_file)
        shelf = self.recording.own.shelf()
        self._list.set_own(shelf.lessons, shelf.complaints)
        self._list.open_on(self.played.name)
        if self.played.is_last and self.played.is_met:
            self._list.choose_after(self.played.name)

    @property
    def list(self) -> LessonList | None:
        """The list of all lessons, once it has been opened."""
        return self._list

    @Slot()
    def _on_file(self) -> None:
        path = file_to_open(self._parent, self.tr("Open a lesson"), self.tr("Lessons (*.toml);;All files (*)"))
        if path is not None and self.open_by_user(str(path)) and self._list is not None:
            self._list.hide()

    # -- on and back --------------------------------------------------------------------------------------------

    def walk(self, steps: int) -> bool:
        """Make a step on (1) or back (−1), as a clicker asks; return whether a lesson took it."""
        if self.played.lesson is None or not self._is_shown:
            return False
        if steps < 0:
            return self.played.go_back()
        if not self.played.go_on():
            self._window.controller.message.emit("info", self._end_text())
        return True

    def _end_text(self) -> str:
        """Say before an audience that the lesson is over, which nothing else would: no epoch is trained by surprise."""
        from nnviz.lessons.files import LIBRARY
        from nnviz.lessons.plans import PLANS

        names = [name for plan in PLANS.values() for name in plan.lessons]
        following = names[names.index(self.played.name) + 1 :] if self.played.name in names else []
        if not following:
            return self.tr("The lesson is over; Ctrl+L shows all lessons.")
        return self.tr("The lesson is over; Ctrl+L goes on to the next one: {0}.").format(LIBRARY[following[0]].title)

    @property
    def _is_shown(self) -> bool:
        return self._window.docks["lesson"].isVisible()

    @Slot()
    def _on_next(self) -> None:
        if self.played.lesson is not None and not (self._is_shown and self.played.go_on()):
            self._on_ended()

    @Slot()
    def _on_ended(self) -> None:
        name = self.played.name
        self.played.close()
        self.show_list()
        if self._list is not None:
            self._list.choose_after(name)

    @Slot()
    def _on_arranged(self) -> None:
        """Keep the words of the lesson that goes on, and none of a lesson that is not there."""
        self._window.docks["lesson"].setVisible(self.played.lesson is not None)

    @Slot()
    def _on_changed(self) -> None:
        self._set_enabled()
        wanted = self.played.is_catching_up
        if wanted != self._is_fast:
            self._is_fast = wanted
            self._window.controller.set_speed(CATCHING_UP if wanted else self._window.run_bar.speed)

    def _set_enabled(self) -> None:
        actions = self._window.actions_
        actions.lesson_next.setEnabled(self.played.lesson is not None)
        actions.lesson_back.setEnabled(self.played.position > 0)

    # -- what the pupil does ------------------------------------------------------------------------------------

    @Slot(str)
    def _notice(self, event: str, *, wanders: bool = False) -> None:
        if self.stage.is_doing:
            return
        self.recording.noticed(event)
        # A lesson that goes on with it does steps of its own.
        once_done(self, partial(self._hear, self.played.lesson, event, wanders=wanders))

    def _hear(self, lesson: LessonSpec | None, event: str, *, wanders: bool) -> None:
        if self.played.lesson is lesson:
            self.played.notice(event)
            if wanders:
                self.played.wander()

    @Slot(object)
    def _on_frame(self, _frame: object) -> None:
        once_done(self, self.played.look)
        self.ring.renew()

    @Slot()
    def _on_status(self) -> None:
        training = self._window.controller.is_training
        if training != self._was_training:
            self._was_training = training
            self._notice("played" if training else "paused")

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.kind == "replace" and not self.stage.is_doing:
            # Another document: the lesson's place is gone.
            self.played.close()

    @Slot(object, object)
    def _on_experiment(self, old: Experiment, new: Experiment) -> None:
        before, now = old.network.hidden, new.network.hidden
        if len(before) != len(now):
            self._notice("layer_added" if len(now) > len(before) else "layer_removed", wanders=True)
        elif before != now:
            if [layer.units for layer in before] != [layer.units for layer in now]:
                self._notice("units_changed", wanders=True)
            if [layer.activation for layer in before] != [layer.activation for layer in now]:
                self._notice("activation_changed", wanders=True)
        if old.network.edited(hidden=()) != new.network.edited(hidden=()):
            self._notice("setting_changed", wanders=True)
        if old.training != new.training:
            self._notice("setting_changed", wanders=True)
        if old.data != new.data:
            self._notice("data_changed", wanders=True)

    @Slot()
    def _on_pushed(self) -> None:
        stack = self._window.state.undo_stack
        if isinstance(stack.command(stack.index() - 1), ParametersCommand):
            self._notice("weight_changed", wanders=True)

    @Slot()
    def _on_reset(self) -> None:
        self._notice("reset", wanders=True)

    @Slot(object)
    def _on_unit(self, unit: UnitId | None) -> None:
        if unit is not None:
            self._notice("unit_selected")

    @Slot()
    def _on_input(self) -> None:
        self._notice("input_tried")

    @Slot()
    def _on_marked(self) -> None:
        if self._window.marks.rows.first is not None:
            self._notice("row_selected")

    @Slot()
    def _on_painted(self) -> None:
        self._notice("points_painted", wanders=True)

    @Slot(object)
    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.ring.set_theme(theme)
        self.recording.set_theme(theme)
        if self._list is not None:
            self._list.set_theme(theme)
        else:
            self._pictures.set_theme(theme)
