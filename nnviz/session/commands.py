"""The undoable commands: one experiment for another, one run for another, and some weights for others.

A command that touches a run names it by its id: the way back leads to that run or nowhere, never into another.

WORKAROUND: they know their owners weakly, because commands live in Qt's undo stack, where Python's collector cannot see
a cycle.
"""

from __future__ import annotations

import itertools
import time
import weakref
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from PySide6.QtGui import QUndoCommand

from nnviz.experiment.document import Document, Experiment

#: Edits with one merge key become one undo step where they follow each other within this time.
MERGE_WITHIN_S = 1.5
#: Keys that begin so name a single gesture, such as one drag: it is one undo step, however long it rests on the way.
GESTURE = "gesture "

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


@dataclass(frozen=True, eq=False)
class Change:
    """One replacement of the experiment, and what it came from.

    Attributes
    ----------
    old, new : Experiment
    kind : "edit", "undo", "redo" or "replace"
    token : int
        Identity of the undoable command; 0 where there is none.
    document : Document or None
        With "replace": weights and history that come along.
    begins : bool
        Whether a document begins here (or, undone, the one before is back): its run has nothing to do with the other's.
    path : Path or None
        Where `begins`: the file of the document that is shown from now on.
    """

    old: Experiment
    new: Experiment
    kind: Literal["edit", "undo", "redo", "replace"]
    token: int = 0
    document: Document | None = None
    begins: bool = False
    path: Path | None = None


class ExperimentHolder(Protocol):
    """What an `EditCommand` changes."""

    @property
    def experiment(self) -> Experiment:
        """The present document."""

    @property
    def path(self) -> Path | None:
        """Its file."""

    def apply(self, change: Change) -> None:
        """Replace it."""


class ParametersHolder(Protocol):
    """What a `ParametersCommand` changes."""

    def write_parameters(self, run_id: int, values: Mapping[int, float]) -> bool:
        """Overwrite weights and biases of a run, by flat index; return whether it is still there."""


class RunHolder(Protocol):
    """What a `RestartCommand` changes."""

    def restart(self, token: int, kind: Literal["edit", "undo", "redo"]) -> bool:
        """Begin the present run again, or bring the one before back; return whether that can be done."""


class MergingCommand(QUndoCommand):
    """A command that takes in a following one with the same key.

    Attributes
    ----------
    token : int
        Identity of the command; runs that it sets aside are kept under it.
    edits : bool
        Whether it changes what a document holds, so that closing asks about it.
    """

    edits: ClassVar[bool] = True

    def __init__(self, text: str, merge_key: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(text)
        self.token = next(_tokens)
        self.merge_key = merge_key
        self._clock = clock
        self.changed_s = clock()

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


class EditCommand(MergingCommand):
    """Replaces one frozen experiment by another."""

    def __init__(
        self,
        holder: ExperimentHolder,
        old: Experiment,
        new: Experiment,
        text: str,
        merge_key: str = "",
        *,
        begins: bool = False,
    ) -> None:
        super().__init__(text, merge_key)
        self._holder = weakref.ref(holder)
        self._old = old
        self._new = new
        self._begins = begins
        # Of the document that is not shown at the moment: a new one has no file yet.
        self._other_path: Path | None = None
        self._done_before = False

    def redo(self) -> None:
        """Show the new experiment."""
        self._apply(self._old, self._new, "redo" if self._done_before else "edit")
        self._done_before = True

    def undo(self) -> None:
        """Show the old experiment again."""
        self._apply(self._new, self._old, "undo")

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a following edit with the same key, such as the next position of a slider."""
        if not self.accepts(other):
            return False
        assert isinstance(other, EditCommand)
        self._new = other._new
        self.changed_s = other.changed_s
        # The later words count: a stroke of the brush tells how many points it has painted by now.
        self.setText(other.text())
        self.setObsolete(self._new == self._old)
        return True

    def _apply(self, source: Experiment, target: Experiment, kind: Literal["edit", "undo", "redo"]) -> None:
        holder = self._holder()
        if holder is None:
            return
        present = holder.experiment
        if source.view == target.view != present.view and not self._begins:
            # Panning and zooming are no undo steps, so that undoing something else must not undo them; but what was
            # looked at of one document is nothing to another.
            target = target.model_copy(update={"view": present.view})
        path, self._other_path = self._other_path, holder.path
        holder.apply(Change(present, target, kind, self.token, begins=self._begins, path=path))


class RestartCommand(MergingCommand):
    """Begins the run of an experiment again; the way back brings the run before, with all that it had learnt."""

    edits = False

    def __init__(self, holder: RunHolder, text: str) -> None:
        super().__init__(text, "")
        self._holder = weakref.ref(holder)
        self._done_before = False

    def redo(self) -> None:
        """Begin again."""
        self._restart("redo" if self._done_before else "edit")
        self._done_before = True

    def undo(self) -> None:
        """Bring the run back; where it is no longer kept, nothing happens and the step goes."""
        self._restart("undo")

    def _restart(self, kind: Literal["edit", "undo", "redo"]) -> None:
        holder = self._holder()
        if holder is not None and not holder.restart(self.token, kind):
            self.setObsolete(True)


class ParametersCommand(MergingCommand):
    """Overwrites weights or biases of one run."""

    def __init__(
        self,
        holder: ParametersHolder,
        run_id: int,
        old: Mapping[int, float],
        new: Mapping[int, float],
        text: str,
        merge_key: str = "",
    ) -> None:
        super().__init__(text, merge_key)
        self._holder = weakref.ref(holder)
        self.run_id = run_id
        self._old = dict(old)
        self._new = dict(new)

    def redo(self) -> None:
        """Write the new values."""
        self._write(self._new)

    def undo(self) -> None:
        """Write the values from before the edit; training in between is not undone."""
        self._write(self._old)

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a following edit with the same key; the oldest of the old values stay."""
        if not self.accepts(other) or not isinstance(other, ParametersCommand) or other.run_id != self.run_id:
            return False
        self._old = {**other._old, **self._old}
        self._new |= other._new
        self.changed_s = other.changed_s
        return True

    def _write(self, values: Mapping[int, float]) -> None:
        holder = self._holder()
        if holder is not None and not holder.write_parameters(self.run_id, values):
            self.setObsolete(True)
