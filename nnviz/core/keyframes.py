"""What a run leaves of its past besides figures: keyframes to start from again, and edits to make again on the way.

A keyframe is a checkpoint without its history. An edit is everything that changed between two slices of training other
than by training. Between two edits nothing changes but time, so that both together give every past moment exactly.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from msgspec.structs import fields, replace
from numpy.typing import NDArray

from nnviz.core.engine import Problem, RunState
from nnviz.core.layout import Array
from nnviz.core.masks import Masks
from nnviz.core.settings import Settings

#: Bytes that Python takes for a keyframe or an edit besides its arrays, about.
OVERHEAD = 1500


class Keyframe(Struct, frozen=True):
    """A run at one moment, without its history; nobody writes into its arrays.

    Attributes
    ----------
    state : RunState
        `order` is empty at the start of an epoch, where it is laid out anew, else as small as its numbers allow;
        `slots` have no columns where the optimiser remembers nothing yet.
    settings : Settings
    problem : Problem
        The data in force.
    former_updates : int
        Updates made before the present optimiser took over.
    n_edits : int
        Edits made before.
    trained_s : float
        Seconds of training before.
    follows_edit : bool
        Whether an edit was made just before.
    """

    state: RunState
    settings: Settings
    problem: Problem
    former_updates: int
    n_edits: int = 0
    trained_s: float = 0.0
    follows_edit: bool = False

    @property
    def position(self) -> tuple[int, int]:
        """Finished epochs, and samples used of the present one."""
        return self.state.epoch, self.state.sample

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """What it takes memory for, the data excepted; arrays may be shared with other keyframes."""
        state = self.state
        return state.parameters, state.slots, state.order, state.best_parameters

    def resumed(self) -> RunState:
        """Return a state to train on: a copy."""
        state, n_samples = self.state, len(self.problem.X)
        order = state.order.astype(np.int64) if len(state.order) else np.arange(n_samples, dtype=np.int64)
        return replace(
            state,
            parameters=state.parameters.copy(),
            slots=state.slots.copy() if state.slots.size else np.zeros((len(state.slots), len(state.parameters))),
            order=order,
            best_parameters=state.best_parameters.copy(),
        )


def frozen_state(state: RunState, former: RunState | None) -> RunState:
    """Return a copy of `state` for a keyframe, which shares the best parameters with the `former` one if it can."""
    parameters = state.parameters.copy()
    best = state.best_parameters
    known = (parameters,) if former is None else (parameters, former.best_parameters)
    same = next((array for array in known if np.array_equal(array, best)), None)
    order = state.order.astype(np.min_scalar_type(len(state.order))) if state.sample else state.order[:0].copy()
    return replace(
        state,
        parameters=parameters,
        slots=(state.slots if state.slots.any() else state.slots[:, :0]).copy(),
        order=order,
        best_parameters=best.copy() if same is None else same,
    )


class Edit(Struct, frozen=True):
    """What changed between two slices of training, as it was afterwards.

    Attributes
    ----------
    epoch, sample : int
        Where training stood.
    settings : Settings or None
        None: as before.
    problem : Problem or None
        Other data; None: as before.
    places : ndarray of int or None
        Where parameters changed; None: everywhere, if `values` are given.
    values : ndarray or None
        Parameters there; None: as before.
    forgot : bool
        Whether the optimiser began with an empty memory.
    best_parameters : ndarray or None
        None: as before.
    masks : Masks or None
        None: as before.
    sample_after, update, former_updates, best_epoch : int
    best_loss, loss_limit : float
    """

    epoch: int
    sample: int
    settings: Settings | None
    problem: Problem | None
    places: NDArray[np.int64] | None
    values: Array | None
    forgot: bool
    best_parameters: Array | None
    masks: Masks | None
    sample_after: int
    update: int
    former_updates: int
    best_epoch: int
    best_loss: float
    loss_limit: float

    @property
    def position(self) -> tuple[int, int]:
        """Finished epochs, and samples used of the present one, when it was made."""
        return self.epoch, self.sample

    @property
    def nbytes(self) -> int:
        """Memory that it takes, the data excepted."""
        arrays = (self.places, self.values, self.best_parameters)
        return OVERHEAD + sum(array.nbytes for array in arrays if array is not None)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What changed: some of "data", "settings", "weights", "optimiser", "masks"."""
        named = {
            "data": self.problem is not None,
            "settings": self.settings is not None,
            "weights": self.values is not None,
            "optimiser": self.forgot,
            "masks": self.masks is not None,
        }
        return tuple(name for name, changed in named.items() if changed)


def data_bytes(problem: Problem, present: Problem | None = None) -> int:
    """Return the memory of the data of `problem`, without what the `present` data share with it."""
    shared = {id(array) for array in _arrays_of(present)} if present is not None else set()
    return sum(array.nbytes for array in _arrays_of(problem) if id(array) not in shared)


def sharing(problem: Problem, former: Problem) -> Problem:
    """Return `problem` as the one after `former`, with those of its arrays that hold the same: they are kept once."""
    same = {
        item.name: getattr(former, item.name)
        for item in fields(Problem)
        if isinstance(array := getattr(problem, item.name), np.ndarray)
        and isinstance(before := getattr(former, item.name), np.ndarray)
        and np.array_equal(array, before)
    }
    return replace(problem, version=former.version + 1, **same)


def kept_bytes(keyframes: Iterable[Keyframe]) -> int:
    """Return the memory of keyframes together, arrays that they share counted once."""
    known: dict[int, int] = {}
    n = 0
    for keyframe in keyframes:
        n += 1
        known.update((id(array), array.nbytes) for array in keyframe.arrays)
    return OVERHEAD * n + sum(known.values())


def _arrays_of(problem: Problem) -> tuple[np.ndarray, ...]:
    values = (getattr(problem, item.name) for item in fields(Problem))
    return tuple(value for value in values if isinstance(value, np.ndarray))
