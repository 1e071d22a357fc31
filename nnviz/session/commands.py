"""The undoable commands: one experiment for another, and one run for another.

Every command names the run that it was done to, and the one that it led to, by their ids. Where another run is shown,
the command brings its own to the front before anything else; where that is gone, the command goes too. It never writes
into another one.

WORKAROUND: they know their owners weakly, because commands live in Qt's undo stack, where Python's collector cannot see
a cycle.
"""

from __future__ import annotations

import itertools
import time
import weakref
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from msgspec import Struct
from PySide6.QtGui import QUndoCommand

from nnviz.core.surgery import Operation
from nnviz.experiment.document import Document, Experiment
from nnviz.session.doing import counted

#: Edits with one merge key become one undo step where they follow each other within this time.
MERGE_WITHIN_S = 1.5
#: Keys that begin so name a single gesture, such as one drag: it is one undo step, however long it rests on the way.
GESTURE = "gesture "

#: What changes without a step.
_KEPT = ("view", "second")

_tokens = itertools.count(1)
_gestures = itertools.count(1)


def next_gesture() -> str:
    """Return the merge key of a new drag or held key: its edits are one undo step, however long it rests on the way."""
    return f"{GESTURE}{next(_gestures)}"


def next_series() -> str:
    """Return a new merge key for edits without a beginning and an end, such as turns of the wheel.

    They are one undo step as long as each follows the last within `MERGE_WITHIN_S`.
    """
    return f"series {next(_gestures)}"


class Change(Struct, frozen=True, eq=False):
    """One replacement of the experiment, and what it came from.

    Attributes
    ----------
    old, new : Experiment
    kind : "edit", "undo", "redo", "replace" or "show"
        "show": another run is shown, and with it the experiment that it has been running all along.
    token : int
        Identity of the undoable command; 0 where there is none.
    run_id : int
        With "undo" and "redo": which run the way leads to; 0: nobody knows.
    document : Document or None
        Weights and history that come along, where a document is shown.
    begins : bool
        Whether a document begins here (or, undone, the one before is back): its run has nothing to do with the other's.
    path : Path or None
        Where `begins`: the file of the document that is shown from now on.
    operation : Operation or None
        That leads from one network to the other, and brings along what the one before has learnt.
    """

    old: Experiment
    new: Experiment
    kind: Literal["edit", "undo", "redo", "replace", "show"]
    token: int = 0
    run_id: int = 0
    document: Document | None = None
    begins: bool = False
    path: Path | None = None
    operation: Operation | None = None


class RunNamer(Protocol):
    """Whoever knows the runs that commands name."""

    @property
    def run_id(self) -> int:
        """Which run is shown; 0: none."""

    def bring(self, run_id: int) -> bool:
        """Show that run, unless it is shown; return whether it is there. Where it is gone, the user is told."""


class ExperimentHolder(RunNamer, Protocol):
    """What an `EditCommand` changes."""

    @property
    def experiment(self) -> Experiment:
        """The present document."""

    @property
    def path(self) -> Path | None:
        """Its file."""

    def apply(self, change: Change) -> None:
        """Replace it."""


class RunHolder(RunNamer, Protocol):
    """What a `RestartCommand` changes."""

    def restart(self, run_id: int, *, is_undo: bool = False) -> bool:
        """Begin the present run again, or bring another one back; return whether that can be done."""


class MergingCommand(QUndoCommand):
    """A command that takes in a following one with the same key.

    Attributes
    ----------
    token : int
        Identity of the command.
    edits : bool
        Whether it changes what a document holds, so that closing asks about it.
    """

    edits: ClassVar[bool] = True

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        for name in {"redo", "undo", "mergeWith"} & vars(cls).keys():
            setattr(cls, name, counted(vars(cls)[name]))

    def __init__(self, text: str, merge_key: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(text)
        self.token = next(_tokens)
        self.merge_key = merge_key
        self._clock = clock
        self.changed_s = clock()

    @property
    def run_ids(self) -> frozenset[int]:
        """The runs that it names."""
        return frozenset()

    def rename_run(self, old: int, new: int, *, is_begun_anew: bool = False) -> None:
        """Name another run instead of one that it has taken the place of, perhaps without what that had learnt."""

    def follow_copy(self, old: int, new: int) -> None:
        """Name a copy of a run, with all that it has learnt, instead of the run."""
        self.rename_run(old, new)

    def id(self) -> int:
        """Identify what may merge: the key's checksum, as Qt compares whole numbers; −1 never merges."""
        return zlib.crc32(self.merge_key.encode()) & 0x7FFFFFFF if self.merge_key else -1

    def accepts(self, other: QUndoCommand) -> bool:
        """Return whether `other` goes on with what this command began."""
        return (
            type(other) is type(self)
            and isinstance(other, MergingCommand)
            and other.merge_key == self.merge_key
            and (self.merge_key.startswith(GESTURE) or other.changed_s - self.changed_s <= MERGE_WITHIN_S)
        )


class OneRunCommand(MergingCommand):
    """A command that changes what one run has learnt, or what is noted of it.

    Attributes
    ----------
    run_id : int
    """

    def __init__(self, run_id: int, text: str, merge_key: str = "") -> None:
        super().__init__(text, merge_key)
        self.run_id = run_id

    @property
    def run_ids(self) -> frozenset[int]:
        """The run that it names."""
        return frozenset({self.run_id})

    def follow_copy(self, old: int, new: int) -> None:
        """Name a copy of its run."""
        self.run_id = new if self.run_id == old else self.run_id


class ExchangeCommand(MergingCommand):
    """A command that may take one run for another.

    Attributes
    ----------
    before_id, after_id : int
        The runs that it was done to and led to; the same one where it changes settings or data of that.
    operation : Operation or None
        That leads from one network to the other.
    aside_id : int
        The other of two runs that it could lead to: with what had been learnt, and from first weights. 0: there is
        none.
    """

    def __init__(self, text: str, merge_key: str) -> None:
        super().__init__(text, merge_key)
        self.before_id = self.after_id = self.aside_id = 0
        self.operation: Operation | None = None
        self._done_before = False

    @property
    def is_exchange(self) -> bool:
        """Whether it took one run for another."""
        return self.before_id != self.after_id

    @property
    def run_ids(self) -> frozenset[int]:
        """The runs that it names."""
        return frozenset({self.before_id, self.after_id, self.aside_id})

    def rename_run(self, old: int, new: int, *, is_begun_anew: bool = False) -> None:  # noqa: ARG002 - for heirs
        """Name another run."""
        self.before_id = new if self.before_id == old else self.before_id
        self.after_id = new if self.after_id == old else self.after_id

    def _do(self, holder: RunNamer, change: Callable[[], bool]) -> None:
        """Do it where the run that it is to be done to is shown, and note which one it led to."""
        if not self._done_before:
            self.before_id = holder.run_id
        if (self._done_before and not holder.bring(self.before_id)) or not change():
            self.setObsolete(True)
            return
        self._done_before, self.after_id = True, holder.run_id

    def _take_back(self, holder: RunNamer, change: Callable[[], bool]) -> None:
        """The same, the other way round."""
        if not holder.bring(self.after_id) or not change():
            self.setObsolete(True)
            return
        self.before_id = holder.run_id


class EditCommand(ExchangeCommand):
    """Replaces one frozen experiment by another.

    Attributes
    ----------
    at_first : "edit" or "redo"
        What kind of change it is when it is done for the first time.
    """

    at_first: ClassVar[Literal["edit", "redo"]] = "edit"

    def __init__(
        self,
        holder: ExperimentHolder,
        old: Experiment,
        new: Experiment,
        text: str,
        merge_key: str = "",
        *,
        begins: bool = False,
        document: Document | None = None,
        operation: Operation | None = None,
    ) -> None:
        super().__init__(text, merge_key)
        self.operation = operation
        self._holder = weakref.ref(holder)
        self._old = old
        self._new = new
        self._begins, self._document = begins, document
        # Of the document that is not shown at the moment: a new one has no file yet.
        self._other_path: Path | None = None

    def redo(self) -> None:
        """Show the new experiment."""
        if (holder := self._holder()) is not None:
            kind = "redo" if self._done_before else self.at_first
            self._do(holder, lambda: self._apply(holder, self._old, self._new, kind, self.after_id))

    def undo(self) -> None:
        """Show the old experiment again."""
        if (holder := self._holder()) is not None:
            self._take_back(holder, lambda: self._apply(holder, self._new, self._old, "undo", self.before_id))

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a following edit with the same key, such as the next position of a slider."""
        # Another run may have been shown in between, with settings of its own.
        if not self.accepts(other) or not isinstance(other, EditCommand) or other.before_id != self.after_id:
            return False
        # What has changed between the two without a step belongs to neither.
        self._old = _with_kept(self._new, self._old, other._old)
        self._new = other._new
        self.after_id = other.after_id
        self.changed_s = other.changed_s
        # The later words count: a stroke of the brush tells how many points it has painted by now.
        self.setText(other.text())
        if self._new == self._old:
            self.setObsolete(True)
            self._bring_back()
        return True

    def _bring_back(self) -> None:
        """Go on with the run from before: all has come to nothing, and the step goes."""
        if self.is_exchange and (holder := self._holder()) is not None:
            holder.apply(Change(holder.experiment, holder.experiment, "undo", self.token, self.before_id))

    def _apply(
        self,
        holder: ExperimentHolder,
        source: Experiment,
        target: Experiment,
        kind: Literal["edit", "undo", "redo"],
        run_id: int,
    ) -> bool:
        present = holder.experiment
        if not self._begins:
            target = _with_kept(source, target, present)
        else:
            # The document that is left is found again as it was looked at.
            left = source.model_copy(update={name: getattr(present, name) for name in _KEPT})
            self._old, self._new = (self._old, left) if kind == "undo" else (left, self._new)
        path, self._other_path = self._other_path, holder.path
        document = self._document if kind != "undo" else None
        operation = self.operation if kind != "undo" else None
        change = Change(present, target, kind, self.token, run_id, document, self._begins, path, operation)
        holder.apply(change)
        return True


def _with_kept(source: Experiment, target: Experiment, present: Experiment) -> Experiment:
    """Return `target` with what a step from `source` to it leaves alone, as that is now.

    Panning and zooming are no undo steps, nor is the set-up of a second network once that is first shown: undoing
    something else must not undo them. But what was looked at of one document is nothing to another.
    """
    kept = {
        name: getattr(present, name)
        for name in _KEPT
        if getattr(source, name) == getattr(target, name) != getattr(present, name)
    }
    return target.model_copy(update=kept) if kept else target


class LessonCommand(EditCommand):
    """What a step of a lesson does to the experiment: to be undone as any edit, and nobody's work.

    As with a redo, nothing that was learnt before is carried over, and no bar explains what the lesson does itself.
    """

    edits, at_first = False, "redo"


class RestartCommand(ExchangeCommand):
    """Begins the run of an experiment again; the way back brings the run before, with all that it had learnt."""

    edits = False

    def __init__(self, holder: RunHolder, text: str) -> None:
        super().__init__(text, "")
        self._holder = weakref.ref(holder)

    def redo(self) -> None:
        """Begin again."""
        if (holder := self._holder()) is not None:
            self._do(holder, lambda: holder.restart(self.after_id))

    def undo(self) -> None:
        """Bring the run back; where it is no longer kept, nothing happens and the step goes."""
        if (holder := self._holder()) is not None:
            self._take_back(holder, lambda: holder.restart(self.before_id, is_undo=True))
