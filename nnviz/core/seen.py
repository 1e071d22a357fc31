"""What training leaves between two slices, to tell what was edited before the next one."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct

from nnviz.core.engine import Problem, RunState
from nnviz.core.keyframes import Edit
from nnviz.core.layout import Array
from nnviz.core.settings import Settings

#: Parameters up to which comparing them as bytes is the fastest way.
_FEW: Final = 4096


class Moves(Struct, frozen=True):
    """What of a run can change between two slices of training: the arrays themselves, not copies.

    Attributes
    ----------
    state : RunState
    settings : Settings
    problem : Problem
    former_updates : int
    """

    state: RunState
    settings: Settings
    problem: Problem
    former_updates: int


class Seen:
    """What training left, to be compared with what it finds when it goes on."""

    def __init__(self, now: Moves) -> None:
        n = len(now.state.parameters)
        self._is_small = n <= _FEW
        self._bytes = b""
        self._parameters: Array = np.empty(0 if self._is_small else n)
        self._differs = np.empty(len(self._parameters), dtype=np.bool_)
        self.note(now, lost=False)

    @property
    def nbytes(self) -> int:
        """Memory in use."""
        return len(self._bytes) + self._parameters.nbytes + self._differs.nbytes

    def note(self, now: Moves, *, lost: bool) -> None:
        """Take down what training has left; `lost`: it stands where training alone does not lead."""
        state = now.state
        self._lost = lost
        self._settings, self.problem, self._slots, self._masks = now.settings, now.problem, state.slots, state.masks
        self._position = state.epoch, state.sample
        self._numbers = _numbers(now)
        if self._is_small:
            self._bytes = state.parameters.tobytes()
        else:
            np.copyto(self._parameters, state.parameters)

    def edit(self, now: Moves) -> Edit | None:
        """Return what has changed since, or None."""
        state = now.state
        places, values = self._changed(state.parameters)
        numbers = _numbers(now)
        is_same = (
            values is None
            and now.settings is self._settings
            and now.problem is self.problem
            and state.slots is self._slots
            and state.masks is self._masks
            and numbers == self._numbers
        )
        if is_same:
            return None
        (epoch, sample), best = self._position, (numbers[3:5] != self._numbers[3:5] or now.problem is not self.problem)
        return Edit(
            epoch,
            sample,
            None if now.settings is self._settings else now.settings,
            None if now.problem is self.problem else now.problem,
            places,
            values,
            state.slots is not self._slots,
            state.best_parameters.copy() if best else None,
            None if state.masks is self._masks else state.masks,
            *numbers,
        )

    def _changed(self, parameters: Array) -> tuple[np.ndarray | None, Array | None]:
        """Return which parameters are other ones now, None for all, and what they are; nothing where none are."""
        if self._lost:
            return None, parameters.copy()
        if self._is_small:
            if parameters.tobytes() == self._bytes:
                return None, None
            before = np.frombuffer(self._bytes, dtype=np.int64)
            places = np.flatnonzero(parameters.view(np.int64) != before)
        else:
            np.not_equal(parameters.view(np.int64), self._parameters.view(np.int64), out=self._differs)
            if not self._differs.any():
                return None, None
            places = np.flatnonzero(self._differs)
        if 2 * len(places) > len(parameters):
            return None, parameters.copy()
        return places, parameters[places]


def _numbers(now: Moves) -> tuple[int, int, int, int, float, float]:
    """Return the numbers that an edit holds, in its order."""
    state = now.state
    return state.sample, state.update, now.former_updates, state.best_epoch, state.best_loss, state.loss_limit
