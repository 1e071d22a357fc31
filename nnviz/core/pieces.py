"""How a large update is cut into pieces of rows, so that whoever trains can stop, and gives signs of life, in between.

Nothing of it shows: until all pieces are done, the run stands before the update. Pieces have the same rows whether they
are made at once or not, so that the result is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.layout import Array, Layout

Pause: TypeAlias = Callable[[], bool]
"""Asked between two pieces; where it returns True the engine returns, and goes on when it is called again."""

FORWARD_ROWS = 3
"""So many rows are only measured in the time that it takes to learn from one."""
#: Of a piece: rows times what one takes, in multiplications forward. There and back that is a twentieth of a second.
_PIECE_WORK = 30_000_000
#: What an activation takes, in multiplications.
_ACTIVATION_WORK = 16


def rows_of_piece(layout: Layout) -> int:
    """Return how many examples make a piece, forward and backward."""
    return max(_PIECE_WORK // (layout.n_parameters + _ACTIVATION_WORK * sum(layout.sizes)), 1)


class Cuts(Struct, frozen=True):
    """What of a run is worth being cut.

    Attributes
    ----------
    batches : bool
        Every update; else at most the first and the last one of an epoch.
    figures : bool
        What is laid out at the beginning of an epoch, and measured at its end.
    """

    batches: bool
    figures: bool

    @classmethod
    def of(cls, problem: Problem, batch_size: int, piece: int) -> Self:
        """Return it for pieces of so many rows."""
        n_rows = len(problem.X) + len(problem.X_validation) + len(problem.X_test)
        return cls(min(batch_size, len(problem.X)) > piece, n_rows > FORWARD_ROWS * piece)

    def falls_on(self, n_left: int, sample: int) -> bool:
        """Return whether the next update is cut: it begins at a `sample`, the first of `n_left` in its epoch."""
        return self.batches or (self.figures and (n_left == 1 or sample == 0))


class Basis(Struct, frozen=True, eq=False):
    """What an update that has begun is made from: where any of it is changed, the update begins anew."""

    problem: Problem
    hyper: Hyper
    state: RunState
    slots: Array
    numbers: tuple[float, ...]
    parameters: Array
    held: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem, hyper: Hyper, state: RunState) -> Self:
        """Return it for the next update."""
        return cls(problem, hyper, state, state.slots, _numbers(state), state.parameters.copy(), np.array(state.held))

    def holds(self, problem: Problem, hyper: Hyper, state: RunState) -> bool:
        """Return whether the next update would be made from the same."""
        return (
            self.problem is problem
            and self.hyper is hyper
            and self.state is state
            and self.slots is state.slots
            and self.numbers == _numbers(state)
            and np.array_equal(self.parameters, state.parameters)
            and np.array_equal(self.held, state.held)
        )


def _numbers(state: RunState) -> tuple[float, ...]:
    return state.epoch, state.sample, state.update, state.best_epoch, state.best_loss, state.loss_limit


def aside(state: RunState) -> RunState:
    """Return a copy of a run's state to make an update on."""
    return replace(
        state,
        parameters=state.parameters.copy(),
        slots=state.slots.copy(),
        best_parameters=state.best_parameters.copy(),
    )


def take_over(made: RunState, state: RunState, *, diverged: bool) -> None:
    """Let a run stand where an update aside of it has led; where that `diverged`, its parameters stay."""
    state.epoch, state.sample, state.update = made.epoch, made.sample, made.update
    if diverged:
        return
    state.best_epoch, state.best_loss = made.best_epoch, made.best_loss
    np.copyto(state.parameters, made.parameters)
    np.copyto(state.slots, made.slots)
    np.copyto(state.best_parameters, made.best_parameters)
