"""Weight edits: the command, and what a value was before, although no frame shows the last edit yet."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from nnviz.experiment.frame import Frame
from nnviz.session.commands import OneRunCommand


class ParameterEdits:
    """Remembers the values that have been written since the last frame that shows them."""

    def __init__(self) -> None:
        self._written: dict[int, float] = {}
        self._last_post = 0

    def before(self, frame: Frame, indices: Iterable[int]) -> dict[int, float]:
        """Return the present values of some parameters, those still under way included."""
        return {index: self._written.get(index, float(frame.parameters[index])) for index in indices}

    def written(self, values: Mapping[int, float], post: int) -> None:
        """Note that `values` went out as number `post` of the mailbox."""
        self._written |= values
        self._last_post = post

    def shown(self, served: int) -> None:
        """Note that a frame has come which all posts up to `served` are part of."""
        if served >= self._last_post:
            self._written.clear()

    def clear(self) -> None:
        """Forget everything: another run is shown."""
        self._written.clear()
        self._last_post = 0


class ParametersHolder(Protocol):
    """What a `ParametersCommand` changes."""

    def write_parameters(self, run_id: int, values: Mapping[int, float]) -> bool:
        """Overwrite weights and biases of a run, by flat index; return whether it is still there."""


class ParametersCommand(OneRunCommand):
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
        super().__init__(run_id, text, merge_key)
        self._holder = weakref.ref(holder)
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
