"""Records lessons in the window: tells the recorder what happens, and shows what came of it in the editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtGui import QAction, QUndoCommand
from PySide6.QtWidgets import QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.inert import shown
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId
from nnviz.session.commands import Change, EditCommand, RestartCommand
from nnviz.ui.lessons.own_lessons import OwnLessons
from nnviz.ui.lessons.played_lesson import PlayedLesson
from nnviz.ui.lessons.record_bar import RecordBar
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.file_dialogs import folder_to_open
from nnviz.ui.window.lesson_stage import LessonStage, StageWindow

if TYPE_CHECKING:
    from nnviz.lessons.recording import Recorder
    from nnviz.ui.lessons.lesson_editor import LessonEditor

#: Views that are open at first: to see them is no step of a lesson.
_OPEN = ("network", "boundary", "loss")


class RecordingActions(QObject):
    """Makes the bar, the editor and the commands of the Lessons menu for one's own lessons.

    Parameters
    ----------
    window : StageWindow
    parent : QWidget
        The same window, as the parent of what is shown.
    stage : LessonStage
        Tells the figures of the run.
    played : PlayedLesson
    theme : Theme
    settings : QSettings or None

    Attributes
    ----------
    record, edit, folder : QAction
    bar : RecordBar
    own : OwnLessons
    recorder : Recorder or None
        While a lesson is recorded.

    Signals
    -------
    replay_wanted : object, int
        A `LessonSpec` that is being made, and the step at which it is to begin, counted from 0.
    """

    replay_wanted = Signal(object, int)

    def __init__(
        self,
        window: StageWindow,
        parent: QWidget,
        stage: LessonStage,
        played: PlayedLesson,
        theme: Theme,
        settings: QSettings | None,
    ) -> None:
        super().__init__(parent)
        tr = self.tr
        self._window, self._parent, self._stage, self._played = window, parent, stage, played
        self.own = OwnLessons(settings)
        self.recorder: Recorder | None = None
        self._at = (0, 0)
        self._step_index = -1
        self.bar = RecordBar(theme)
        self._editor: LessonEditor | None = None
        words = tr("Do it once, with a line of text for each step: it becomes a lesson that waits for what happens")
        self.record = described_action(tr("● Record a lesson"), words, self, checkable=True)
        words = tr("Change the lesson that is open, or that was recorded last: its steps as a list, or as text")
        self.edit = described_action(tr("Edit a lesson…"), words, self)
        words = tr("List the lessons of a folder with the others, such as those of a school's share")
        self.folder = described_action(tr("Lessons folder…"), words, self)
        self.record.toggled.connect(self._on_record)
        self.edit.triggered.connect(self.edit_lesson)
        self.folder.triggered.connect(self._on_folder)
        self.bar.said.connect(self._on_said)
        self.bar.stopped.connect(self._on_stopped)

    @property
    def actions(self) -> tuple[QAction, ...]:
        """What the Lessons menu offers."""
        return self.record, self.edit, self.folder

    @property
    def editor(self) -> LessonEditor:
        """The editor, made when it is first asked for."""
        if self._editor is None:
            from nnviz.ui.lessons.lesson_editor import LessonEditor

            self._editor = LessonEditor(self._parent)
            self._editor.saved.connect(self.own.add)
            self._editor.replay_wanted.connect(self.replay_wanted)
        return self._editor

    def connect_to(self) -> None:
        """Hear what happens in the window, once all of it is there."""
        window = self._window
        window.controller.frame_ready.connect(self._on_frame)
        window.state.applied.connect(self._on_applied)
        window.state.pushed.connect(self._on_pushed)
        window.diagram_area.unit_selected.connect(self._on_unit)
        for name, dock in window.docks.items():
            if name not in _OPEN:
                toggle = dock.toggleViewAction()
                toggle.setData(name)
                toggle.toggled.connect(self._on_opened)
        for layout in window.actions_.layouts.values():
            layout.triggered.connect(self._on_layout)

    # -- begin and end ------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_record(self, begins: bool) -> None:
        from nnviz.lessons.recording import Recorder

        if not begins:
            if self.recorder is not None:
                self._on_stopped(self.bar.line.text())
            return
        self._played.close()
        controller, experiment = self._window.controller, self._window.state.experiment
        controller.pause()
        frame = controller.frame
        epoch = frame.epoch if frame is not None and frame.run_id == controller.run_id else 0
        self._at = (controller.run_id, epoch)
        self._step_index = self._window.state.undo_stack.index()
        self.recorder = Recorder(experiment, lambda: self._stage.facts(frozenset()), epoch)
        self.bar.show_step(self.recorder.position)
        self.bar.show()
        self.bar.line.setFocus()

    @Slot(str)
    def _on_said(self, text: str) -> None:
        if self.recorder is not None:
            self._catch_up()
            self.recorder.says(text)
            self.bar.show_step(self.recorder.position, is_full=self.recorder.is_full)
            self._parent.setFocus()

    @Slot(str)
    def _on_stopped(self, text: str) -> None:
        from nnviz.lessons.writing import portable

        recorder, self.recorder = self.recorder, None
        self.bar.hide()
        self.record.setChecked(False)
        if recorder is None:
            return
        self._window.controller.pause()
        self._catch_up(recorder)
        if text.strip() and not recorder.is_full:
            recorder.says(text)
        title = self._window.state.experiment.title
        try:
            lesson = recorder.lesson(shown(title, 160) or self.tr("My lesson"))
            told = portable(lesson)
        except (NnvizError, ValueError) as error:
            self._window.controller.message.emit("info", str(error))
            return
        self.editor.open_on(told, recorder.steps())

    @Slot()
    def edit_lesson(self) -> None:
        """Open the editor on the lesson that is open, or on what it has."""
        lesson, name = self._played.lesson, self._played.name
        if lesson is not None and not (self.editor.has_lesson and not name):
            path = Path(name)
            self.editor.open_on(lesson, path=path if path.is_absolute() else None)
        elif self.editor.has_lesson:
            self.editor.show_again()
        else:
            words = self.tr("There is no lesson to edit: open one, or record your own.")
            self._window.controller.message.emit("info", words)

    @Slot()
    def _on_folder(self) -> None:
        present = Path(self.own.folder) if self.own.folder else None
        chosen = folder_to_open(self._parent, self.tr("Folder with lessons"), present)
        if chosen is not None:
            self.own.set_folder(str(chosen))
            self._window.actions_.lessons.trigger()

    # -- what happens -------------------------------------------------------------------------------------------

    def noticed(self, event: str) -> None:
        """Hear of something that a pupil could be asked to do."""
        if self.recorder is not None:
            self.recorder.noticed(event)

    def set_theme(self, theme: Theme) -> None:
        """Hear that the window has another theme."""
        if self.recorder is not None:
            from nnviz.lessons.actions import THEMES

            if theme.name in THEMES:
                self.recorder.coloured(theme.name)

    def _catch_up(self, recorder: Recorder | None = None) -> None:
        """Take over how far the run has got by now."""
        frame = self._window.controller.frame
        if frame is not None:
            self._take(frame, recorder or self.recorder)

    def _take(self, frame: Frame, recorder: Recorder | None) -> None:
        at = (int(frame.run_id), int(frame.epoch))
        if recorder is None or frame.run_id != self._window.controller.run_id or at == self._at:
            return
        is_further = at[1] > (self._at[1] if at[0] == self._at[0] else 0)
        self._at = at
        if is_further:
            recorder.ran(at[1])

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        self._take(frame, self.recorder)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if self.recorder is not None and (change.token == 0 or change.kind in ("undo", "redo")):
            self.recorder.edited(change.new)

    @Slot()
    def _on_pushed(self) -> None:
        stack = self._window.state.undo_stack
        is_joined, self._step_index = stack.index() == self._step_index, stack.index()
        command: QUndoCommand | None = stack.command(stack.index() - 1) if stack.index() else None
        if self.recorder is None:
            return
        if isinstance(command, RestartCommand):
            self.recorder.restarted()
        elif isinstance(command, EditCommand):
            self.recorder.edited(self._window.state.experiment, command.text(), joined=is_joined)

    @Slot(object)
    def _on_unit(self, unit: UnitId | None) -> None:
        if self.recorder is not None and unit is not None:
            self.recorder.selected(unit[0], unit[1] + 1)

    @Slot(bool)
    def _on_opened(self, is_open: bool) -> None:
        action = self.sender()
        if self.recorder is not None and is_open and isinstance(action, QAction):
            from nnviz.lessons.actions import PLACES

            place = PLACES.get(str(action.data()))
            if place is not None and place.is_view:
                self.recorder.shown(place.name)

    @Slot()
    def _on_layout(self) -> None:
        action = self.sender()
        if self.recorder is not None and isinstance(action, QAction):
            self.recorder.arranged(str(action.data()))
