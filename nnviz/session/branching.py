"""Another course of a run from one of its moments: a run of its own, which the window shows from then on.

The run before rests as it is; *Undo* brings it back. What was changed at the fork is a live edit like any other one, so
that a course on which nothing was changed is the run before, bit for bit.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnviz.core.errors import NnvizError
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.session.commands import ExchangeCommand, MergingCommand, RunNamer
from nnviz.session.doing import once_done
from nnviz.session.edited_run import EditedRun
from nnviz.session.report import fault_sentence
from nnviz.session.run import Run
from nnviz.session.run_tree import Course, RunTree
from nnviz.session.state import ExperimentState


class Branch(Struct, frozen=True, eq=False):
    """From where another course begins.

    Attributes
    ----------
    document : Document
        The run at that moment, with the settings of then.
    prepared : Prepared
        The data of then.
    wanted : Experiment or None
        What it is to be from there on; None: what it was.
    plays : bool
        Whether it trains on at once.
    is_weighed : bool
        Whether a weight is about to be set.
    """

    document: Document
    prepared: Prepared
    wanted: Experiment | None = None
    plays: bool = False
    is_weighed: bool = False


class BranchHolder(RunNamer, Protocol):
    """What a `BranchCommand` changes."""

    def begin_branch(self, branch: Branch) -> Experiment:
        """Take in a run that goes on from there, and show it; return the document that is left for it."""

    def show_branch(self, course: Course) -> bool:
        """Show a course again that was left; return whether it is there."""

    def leave_branch(self, run_id: int, before: Experiment) -> Course:
        """Show a run again, and let the course that is shown rest outside the tree.

        Where the run is gone, one of the document `before` begins instead.
        """


class BranchCommand(ExchangeCommand):
    """Shows a branch of the run that is shown; the way back shows that run again, wherever it has come to."""

    def __init__(self, holder: BranchHolder, branch: Branch, text: str) -> None:
        super().__init__(text, "")
        self._holder = weakref.ref(holder)
        self._branch: Branch | None = branch
        self._before: Experiment | None = None
        self._course: Course | None = None

    def redo(self) -> None:
        """Show the branch, which begins where it was taken off the first time."""
        if (holder := self._holder()) is not None:
            self._do(holder, partial(self._show, holder))

    def undo(self) -> None:
        """Show the run that it was taken off from."""
        if (holder := self._holder()) is not None:
            self._take_back(holder, partial(self._leave, holder))

    def _show(self, holder: BranchHolder) -> bool:
        branch, self._branch = self._branch, None
        if branch is not None:
            self._before = holder.begin_branch(branch)
            return True
        return self._course is not None and holder.show_branch(self._course)

    def _leave(self, holder: BranchHolder) -> bool:
        assert self._before is not None
        self._course = holder.leave_branch(self.before_id, self._before)
        return True


class CourseHolder(RunNamer, Protocol):
    """What a `CourseCommand` changes."""

    def put_course(self, number: int, course: Course | None) -> bool:
        """Let a course be as `course` says, None: be gone; return whether its run is there."""

    def show_or_begin(self, run_id: int, before: Experiment) -> None:
        """Show a run; where it is gone, one of the document `before` begins instead."""


class CourseCommand(MergingCommand):
    """Renames or stars a course of the tree, or says whether it is compared."""

    def __init__(self, holder: CourseHolder, old: Course, new: Course | None, text: str) -> None:
        super().__init__(text, "")
        self._holder = weakref.ref(holder)
        self._old, self._new = old, new

    @property
    def run_ids(self) -> frozenset[int]:
        """The run of the course."""
        return frozenset({self._old.run_id})

    def rename_run(self, old: int, new: int, *, is_begun_anew: bool = False) -> None:  # noqa: ARG002 - for heirs
        """Name another run of the course."""
        if self._old.run_id == old:
            self._old = replace(self._old, run_id=new)

    def redo(self) -> None:
        """Let the course be as it is to be."""
        if (holder := self._holder()) is not None:
            self._put(holder, self._new)

    def undo(self) -> None:
        """Let it be as it was."""
        if (holder := self._holder()) is not None:
            self._put(holder, self._old)

    def _put(self, holder: CourseHolder, course: Course | None) -> None:
        if not holder.put_course(self._old.number, course):
            self.setObsolete(True)


class RemoveCommand(CourseCommand):
    """Takes a course out of the tree; where it is on show when that is redone, it is left for the run from before.

    Parameters
    ----------
    holder : CourseHolder
    course : Course
        Not the one that is shown.
    before : Experiment
        The present document, for where the run that shows it is no longer kept.
    text : str
    """

    def __init__(self, holder: CourseHolder, course: Course, before: Experiment, text: str) -> None:
        super().__init__(holder, course, None, text)
        self._before, self._before_id = before, holder.run_id
        self._was_shown = False

    @property
    def run_ids(self) -> frozenset[int]:
        """The run of the course, and the one that is shown without it."""
        return super().run_ids | {self._before_id}

    def rename_run(self, old: int, new: int, *, is_begun_anew: bool = False) -> None:
        """Name another run."""
        super().rename_run(old, new, is_begun_anew=is_begun_anew)
        self._before_id = new if self._before_id == old else self._before_id

    def redo(self) -> None:
        """Take it out."""
        holder = self._holder()
        if holder is not None and holder.run_id == self._old.run_id:
            self._was_shown = True
            holder.show_or_begin(self._before_id, self._before)
        super().redo()

    def undo(self) -> None:
        """Put it back, on show where it was."""
        super().undo()
        holder = self._holder()
        if holder is not None and self._was_shown and not self.isObsolete():
            self._was_shown = False
            holder.bring(self._old.run_id)


class Branching(QObject):
    """Takes branches off the run that is shown, and gathers weights that are set in the past until there is one.

    Parameters
    ----------
    state : ExperimentState
    run : EditedRun
        The controller, which is a `BranchHolder`.
    tree : RunTree

    Attributes
    ----------
    tree : RunTree
    is_waiting : bool
        Whether a branch has been asked for that is not shown yet.
    """

    _answered = Signal(int, object)

    def __init__(self, state: ExperimentState, run: EditedRun, tree: RunTree) -> None:
        super().__init__(run)
        self._state, self._run, self.tree = state, run, tree
        self.is_waiting = False
        self._asked = self._asked_run = self._awaited_run = 0
        self._weights: dict[int, float] = {}
        self._weights_step = ("", "")
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        run.frame_ready.connect(self._on_frame)
        run.lab.foreground_changed.connect(self._on_foreground_changed)

    def branch(self, epoch: int | None, wanted: Experiment | None = None, *, plays: bool = False) -> None:
        """Go on from the end of a past epoch, None: from here, on another course; an undo step.

        Parameters
        ----------
        epoch : int or None
        wanted : Experiment or None
            What the course is to be; None: what it was.
        plays : bool
            Whether it trains on at once.
        """
        if not self.is_waiting:
            self._request(epoch, wanted, plays=plays)

    def set_weights(self, values: Mapping[int, float], text: str, merge_key: str) -> None:
        """Set weights of the past: on a branch from the epoch that is shown, once that is there."""
        self._weights |= values
        self._weights_step = text, merge_key
        if not self.is_waiting:
            self._request(self._run.timeline.epoch, None, plays=False)

    def _request(self, epoch: int | None, wanted: Experiment | None, *, plays: bool) -> None:
        self.is_waiting, self._awaited_run = True, 0
        self._asked, self._asked_run = self._asked + 1, self._run.run_id
        answer = self._run.request(partial(branch_at, epoch, wanted, plays, bool(self._weights)))
        answer.add_done_callback(partial(self._tell, self._asked))

    def _tell(self, asked: int, answer: Future[Branch]) -> None:
        """Hand the answer over; called in whatever thread has made it."""
        if not answer.cancelled():
            self._answered.emit(asked, answer.exception() or answer.result())

    @Slot(int, object)
    def _on_answered(self, asked: int, answer: object) -> None:
        if not self._asked_run or asked != self._asked:
            return
        # From now on another run may be shown: the branch itself.
        self._asked_run = 0
        if not isinstance(answer, Branch):
            self._give_up()
            sentence = str(answer) if isinstance(answer, NnvizError) else fault_sentence(answer)  # type: ignore[arg-type]
            self._run.message.emit("warning", sentence)
            return
        assert answer.document.checkpoint is not None
        text = self.tr("continue from epoch {0}").format(answer.document.checkpoint.epoch)
        self._state.push(BranchCommand(self._run, answer, text))  # type: ignore[arg-type]
        self._awaited_run = self._run.run_id
        if not self._weights:
            self._give_up()

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        """Set the weights that have been gathered, once the branch can be seen."""
        if not self._awaited_run or frame.run_id != self._awaited_run:
            return
        weights, (text, merge_key) = self._weights, self._weights_step
        self._give_up()
        once_done(self, partial(self._run.edit_parameters, weights, text, merge_key))

    @Slot(object)
    def _on_foreground_changed(self, run_id: int) -> None:
        """Give up what was meant for a run that is no longer shown, unless its branch is about to be."""
        meant = self._asked_run or self._awaited_run
        if self.is_waiting and meant and run_id != meant:
            self._give_up()

    def _give_up(self) -> None:
        self.is_waiting, self._asked_run, self._awaited_run, self._weights = False, 0, 0, {}


def branch_at(epoch: int | None, wanted: Experiment | None, plays: bool, is_weighed: bool, run: Run) -> Branch:
    """Return a run at the end of an epoch, None: as it is now, with the settings and data of then.

    Called in its thread, between two slices.

    Raises
    ------
    SettingError
        Where the run has not been there, or its past does not go back so far.
    """
    trainer = run.trainer
    assert trainer is not None
    assert run.prepared is not None
    if epoch is None:
        checkpoint, experiment, prepared = trainer.checkpoint(), run.experiment, run.prepared
    else:
        checkpoint, experiment = trainer.checkpoint_at(epoch), run.experiment_at(epoch)
        prepared = run.prepared_of(trainer.moment_of(trainer.route_to(epoch), checkpoint.parameters))
    document = Document(experiment, checkpoint.parameters.copy(), checkpoint, checkpoint.history)
    return Branch(document, prepared, wanted, plays, is_weighed)
