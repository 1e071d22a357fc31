"""The past computed once more: from a keyframe on, through the edits since, on a private copy of the run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.engine import Hyper, Problem, RunState, StopCode
from nnviz.core.engines import EngineInUse
from nnviz.core.errors import Cancelled, SettingError
from nnviz.core.keyframes import Edit, Keyframe
from nnviz.core.layout import Array
from nnviz.core.masks import Masks, release
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.settings import Settings
from nnviz.core.slice_length import SliceLength

IsCancelled: TypeAlias = Callable[[], bool]

#: Whether to go on is asked about this often, in seconds.
_ASKED_EVERY_S: Final = 0.02
#: No multiple of it is ever reached: nothing is kept on the way.
_NO_SNAPSHOTS: Final = 2**62


class Route(Struct, frozen=True):
    """How to get to the end of a past epoch. It shares nothing that changes with the run: any thread may follow it.

    Attributes
    ----------
    keyframe : Keyframe
        Where it starts.
    edits : tuple of Edit
        What was edited between there and the end of the epoch, in order.
    epoch : int
    engine : str
        "compiled" or "numpy", as the run wants it.
    """

    keyframe: Keyframe
    edits: tuple[Edit, ...]
    epoch: int
    engine: str

    @property
    def settings(self) -> Settings:
        """In force when the epoch had ended."""
        changed = (edit.settings for edit in reversed(self.edits) if edit.settings is not None)
        return next(changed, self.keyframe.settings)

    @property
    def problem(self) -> Problem:
        """The data in force when the epoch had ended."""
        changed = (edit.problem for edit in reversed(self.edits) if edit.problem is not None)
        return next(changed, self.keyframe.problem)

    @property
    def masks(self) -> Masks | None:
        """In force when the epoch had ended."""
        changed = (edit.masks for edit in reversed(self.edits) if edit.masks is not None)
        return next(changed, self.keyframe.state.masks)

    def follow_each(self, first: int, cancelled: IsCancelled | None = None) -> Array:
        """Return the parameters at the end of each epoch from `first` on, ``(n_epochs, n_parameters)``.

        The route has to come by there; raises `Cancelled` as `follow` does.
        """
        recalled = Recalled(self.keyframe, self.engine)
        earlier = [edit for edit in self.edits if edit.epoch < first]
        for edit in earlier:
            recalled.train_to(edit.position, cancelled)
            recalled.edit(edit)
        recalled.train_to((first, 0), cancelled)
        recalled.record()
        for edit in self.edits[len(earlier) :]:
            recalled.train_to(edit.position, cancelled)
            recalled.edit(edit)
        recalled.train_to((self.epoch, 0), cancelled)
        return np.concatenate(recalled.recorded)

    def follow(self, cancelled: IsCancelled | None = None) -> Recalled:
        """Return the run as it was when the epoch had ended.

        Raises
        ------
        Cancelled
            Where `cancelled`, which is asked some fifty times a second, returns True.
        """
        return self.follow_to((self.epoch, 0), cancelled)

    def follow_to(self, position: tuple[int, int], cancelled: IsCancelled | None = None) -> Recalled:
        """Return the run as it was when so many epochs were finished and samples used of the next, on the way there."""
        recalled = Recalled(self.keyframe, self.engine)
        for edit in self.edits:
            if edit.position > position:
                break
            recalled.train_to(edit.position, cancelled)
            recalled.edit(edit)
        recalled.train_to(position, cancelled)
        return recalled


class Recalled:
    """A private copy of a run, at some moment of its past.

    Attributes
    ----------
    state : RunState
    settings : Settings
    problem : Problem
    former_updates : int
        As of a keyframe.
    recorded : list of ndarray ``(n_epochs, n_parameters)``
        Parameters at the end of each epoch since `record` was called.
    """

    def __init__(self, keyframe: Keyframe, engine: str) -> None:
        self.state: RunState = keyframe.resumed()
        self.settings, self.problem = keyframe.settings, keyframe.problem
        self.former_updates = keyframe.former_updates
        self._hyper = self._free_hyper()
        self._in_use = EngineInUse(engine, self.problem, self._hyper)
        self._length = SliceLength(_ASKED_EVERY_S)
        self._stride = _NO_SNAPSHOTS
        self.recorded: list[Array] = []

    @property
    def engine_name(self) -> str:
        """Which engine trains it: "compiled" or "numpy"."""
        return self._in_use.name

    def record(self) -> None:
        """Keep the parameters as they are now, and at the end of every epoch from here on."""
        self._stride = 1
        self.recorded.append(self.state.parameters[np.newaxis].copy())

    def train_to(self, position: tuple[int, int], cancelled: IsCancelled | None = None) -> None:
        """Train on until so many epochs are finished and samples used of the next; nothing where that is past."""
        state = self.state
        while (state.epoch, state.sample) < position:
            if cancelled is not None and cancelled():
                raise Cancelled("Computing the past again was cancelled.")
            started = time.perf_counter()
            chunk = self._in_use.begin(self.problem, self._hyper).advance(
                self.problem,
                self._hyper,
                state,
                max_batches=min(self._batches_to(position), self._length.batches),
                max_epochs=_NO_SNAPSHOTS,
                snapshot_stride=self._stride,
                pause=cancelled,
            )
            if len(chunk.snapshots):
                self.recorded.append(chunk.snapshots)
            if chunk.stop is StopCode.DIVERGED or not (chunk.n_batches or chunk.is_cut):
                raise SettingError(
                    "Epoch {0} cannot be computed again: training takes another course here than it took.", position[0]
                )
            self._length.took(chunk.n_batches, time.perf_counter() - started)

    def edit(self, edit: Edit) -> None:
        """Change what was changed then."""
        state = self.state
        if edit.settings is not None:
            self.settings = edit.settings
        if edit.problem is not None:
            self.problem = edit.problem
            state.order = np.arange(len(edit.problem.X), dtype=np.int64)
        if edit.masks is not None:
            release(state.slots, state.masks, edit.masks)
            state.masks = edit.masks
        if edit.values is not None:
            state.parameters[slice(None) if edit.places is None else edit.places] = edit.values
        if edit.forgot:
            state.slots = OPTIMIZERS[self.settings.optimizer].memory(len(state.parameters))
        if edit.best_parameters is not None:
            np.copyto(state.best_parameters, edit.best_parameters)
        state.epoch, state.sample = edit.epoch, edit.sample_after
        state.update, self.former_updates = edit.update, edit.former_updates
        state.best_epoch, state.best_loss, state.loss_limit = edit.best_epoch, edit.best_loss, edit.loss_limit
        self._hyper = self._free_hyper()
        self._in_use.follow(self.problem, self._hyper)

    def _free_hyper(self) -> Hyper:
        """Return the settings as the engine wants them, without the conditions that it would stop at."""
        return replace(self.settings.hyper(len(self.problem.X)), target_loss=-math.inf, patience=0)

    def _batches_to(self, position: tuple[int, int]) -> int:
        epoch, sample = position
        size, n_samples, state = self._hyper.batch_size, len(self.problem.X), self.state
        if epoch == state.epoch:
            return -(-(sample - state.sample) // size)
        between = (epoch - state.epoch - 1) * -(-n_samples // size)
        return -(-(n_samples - state.sample) // size) + between + -(-sample // size)
