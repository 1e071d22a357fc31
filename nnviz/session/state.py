"""The document of a window: the frozen experiment, where it is saved, and the undo stack.

A model that knows no view and no run: it emits what changed, and who cares listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.schema import SecondSpec, ViewSpec
from nnviz.session.commands import Change, EditCommand, LessonCommand, MergingCommand
from nnviz.session.doing import is_doing

#: More steps back than anyone takes; older ones and the runs that belong to them are let go.
UNDO_LIMIT = 200


class Stand(Struct, frozen=True):
    """Where a document stands at some moment.

    Attributes
    ----------
    document : int
        Which of those that the window has shown it is.
    steps : int
        How many steps have been done, undone and redone in the window.
    """

    document: int
    steps: int


class ExperimentState(QObject):
    """Holds the experiment; every edit replaces it as a whole through an undoable command.

    Parameters
    ----------
    experiment : Experiment
    parent : QObject or None

    Attributes
    ----------
    undo_stack : QUndoStack
    run_id : int
        Which run of it is shown; 0: none. Set by whoever runs it, and so is
    bring_run : callable
        Shows another run, by its id; returns whether that is still there, and tells the user where it is not.

    Signals
    -------
    applied : object
        A `Change`, before any of the following; for whoever runs the experiment.
    experiment_changed : object, object
        Old and new `Experiment`.
    data_changed, network_changed, training_changed, view_changed : ()
        After `experiment_changed`, where that part really differs.
    document_changed : ()
        Title, path or `is_dirty` differ.
    pushed : ()
        A new step has been done, joined to the one before where they are one, and can be undone.
    saved : ()
        The document and its run have been written to a file.
    """

    applied = Signal(object)
    experiment_changed = Signal(object, object)
    data_changed = Signal()
    network_changed = Signal()
    training_changed = Signal()
    view_changed = Signal()
    document_changed = Signal()
    pushed = Signal()
    saved = Signal()

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self._path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self.run_id = 0
        self.bring_run: Callable[[int], bool] = lambda _run_id: False
        self._told_dirty = False
        self.undo_stack.cleanChanged.connect(self._tell_dirty)
        self.undo_stack.indexChanged.connect(self._tell_dirty)
        self._document = self._steps = 0
        self.undo_stack.indexChanged.connect(self._count_step)
        self._part_signals = {
            "data": self.data_changed,
            "network": self.network_changed,
            "training": self.training_changed,
            "view": self.view_changed,
        }

    @property
    def experiment(self) -> Experiment:
        """The present document, frozen."""
        return self._experiment

    @property
    def path(self) -> Path | None:
        """The file it was read from or saved to."""
        return self._path

    @property
    def is_dirty(self) -> bool:
        """Whether the user has edited it since it was opened or saved. Training and starting it over do not count."""
        stack = self.undo_stack
        clean, now = stack.cleanIndex(), stack.index()
        if clean < 0:
            return True
        between = (stack.command(index) for index in range(min(clean, now), max(clean, now)))
        return any(command.edits for command in between if isinstance(command, MergingCommand))

    def edit(self, experiment: Experiment, text: str, merge_key: str = "") -> None:
        """Replace the experiment by an edited one, as an undo step; does nothing where they are equal.

        Parameters
        ----------
        experiment : Experiment
        text : str
            What the step is called in the Edit menu.
        merge_key : str
            Steps with the same key that follow each other closely (a slider that is dragged) become one.
        """
        if experiment != self._experiment:
            self.push(EditCommand(self, self._experiment, experiment, text, merge_key))

    def begin(self, experiment: Experiment, text: str) -> None:
        """Begin another document as an undo step: a new run, and no file yet; the way back brings both back.

        Parameters
        ----------
        experiment : Experiment
        text : str
            What the step is called in the Edit menu.
        """
        self.push(EditCommand(self, self._experiment, experiment, text, begins=True))

    def follow_lesson(self, experiment: Experiment, text: str, document: Document | None = None) -> None:
        """Replace the experiment as a step of a lesson says: an undo step that nobody is asked to save.

        Parameters
        ----------
        experiment : Experiment
        text : str
            What the step is called in the Edit menu.
        document : Document or None
            Weights and history with which it begins; None: it goes on from what there is, as far as that fits.
        """
        if experiment != self._experiment or document is not None:
            begins = document is not None
            command = LessonCommand(self, self._experiment, experiment, text, begins=begins, document=document)
            self.push(command)

    def push(self, command: MergingCommand) -> None:
        """Do `command`, and keep it for *Undo*.

        Raises
        ------
        RuntimeError
            While another one is being done or undone: the stack would hold them in the wrong order.
        """
        if is_doing():
            raise RuntimeError(f"a step within a step: {command.text()}")
        was_clean = not self.is_dirty
        # One that is joined to the one before is a step, too.
        self._count_step()
        self.undo_stack.push(command)
        if was_clean and not command.edits and self.undo_stack.cleanIndex() < 0:
            # What was saved lay behind a step that can no longer be redone, and which was no edit either.
            self.undo_stack.setClean()
        self.pushed.emit()

    def set_view(self, view: ViewSpec) -> None:
        """Replace what is shown of the experiment: no undo step, and no reason to ask for saving."""
        if view != self._experiment.view:
            self.apply(Change(self._experiment, self._experiment.model_copy(update={"view": view}), "edit"))

    def set_second(self, second: SecondSpec) -> None:
        """Set up what the experiment is compared with for the first time: no undo step, no reason to ask for saving."""
        if second != self._experiment.second:
            self.apply(Change(self._experiment, self._experiment.model_copy(update={"second": second}), "edit"))

    def replace(
        self,
        experiment: Experiment,
        path: Path | None = None,
        document: Document | None = None,
        *,
        is_dirty: bool = False,
    ) -> None:
        """Show another document, and forget the undo steps of this one.

        Parameters
        ----------
        experiment : Experiment
        path : Path or None
            The file that *Save* writes to.
        document : Document or None
            Brings weights and a history along.
        is_dirty : bool
            Whether it holds edits that are in no file: work that was brought back after a crash.
        """
        change = Change(self._experiment, experiment, "replace", document=document)
        self._path = path
        self.undo_stack.clear()
        if is_dirty:
            self.undo_stack.resetClean()
        self.apply(change)
        self.document_changed.emit()

    @property
    def stand(self) -> Stand:
        """What `mark_saved` has to know of the moment at which writing begins."""
        return Stand(self._document, self._steps)

    def mark_saved(self, path: Path, stand: Stand | None = None) -> None:
        """Note that the present document is in `path`.

        Parameters
        ----------
        path : Path
        stand : Stand or None
            Where the document stood when it was copied; None: where it stands now. One that was edited since is saved
            but for that, and another one that is shown by now has nothing to do with the file.
        """
        stand = stand or self.stand
        if stand.document != self._document:
            return
        self._path = path
        if stand.steps == self._steps:
            self.undo_stack.setClean()
        else:
            self.undo_stack.resetClean()
        self.document_changed.emit()
        self.saved.emit()

    def apply(self, change: Change) -> None:
        """Take over a change and tell everyone; the way in for commands."""
        self._experiment = change.new
        self._document += change.begins or change.kind == "replace"
        if change.begins:
            self._path = change.path
        self.applied.emit(change)
        if change.old == change.new:
            return
        self.experiment_changed.emit(change.old, change.new)
        for part, signal in self._part_signals.items():
            if getattr(change.old, part) != getattr(change.new, part):
                signal.emit()
        if change.begins or (change.old.title != change.new.title and change.kind != "replace"):
            self.document_changed.emit()

    def bring(self, run_id: int) -> bool:
        """Show another run of the laboratory, unless it is shown; return whether it is there. For commands."""
        return run_id == self.run_id or self.bring_run(run_id)

    def rename_run(self, old: int, new: int, *, is_begun_anew: bool = False) -> None:
        """Let a run stand for one whose place it has taken without a command of its own.

        Parameters
        ----------
        old, new : int
        is_begun_anew : bool
            Whether it has nothing of what the other one had learnt.
        """
        for command in self._commands():
            command.rename_run(old, new, is_begun_anew=is_begun_anew)

    def follow_copy(self, old: int, new: int) -> None:
        """Let every command name a copy of a run, with all that it has learnt, instead of the run."""
        for command in self._commands():
            command.follow_copy(old, new)

    def named_runs(self) -> frozenset[int]:
        """Return the runs that commands name which can still be undone or redone."""
        return frozenset().union(*(command.run_ids for command in self._commands()))

    def _commands(self) -> Iterator[MergingCommand]:
        commands = (self.undo_stack.command(index) for index in range(self.undo_stack.count()))
        return (command for command in commands if isinstance(command, MergingCommand))

    @Slot()
    def _count_step(self) -> None:
        self._steps += 1

    @Slot()
    def _tell_dirty(self) -> None:
        if self.is_dirty != self._told_dirty:
            self._told_dirty = not self._told_dirty
            self.document_changed.emit()
