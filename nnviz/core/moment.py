"""A moment of a run: all that is needed to show it, now or later, while the run itself goes on.

A live run, its past and a saved checkpoint make moments; whoever shows one need not know which of them it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from nnviz.core.activations import ACTIVATIONS, Activation
from nnviz.core.engine import RECORD_COLUMNS, Engine, Problem
from nnviz.core.history.history import History
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import LOSSES, penalty
from nnviz.core.masks import Masks, silent
from nnviz.core.past import Segment
from nnviz.core.propagation import Forward, backward, forward, silence
from nnviz.core.settings import Settings

MomentStatus: TypeAlias = Literal["live", "past"]

_PENALTY, _RATE = RECORD_COLUMNS.index("penalty"), RECORD_COLUMNS.index("learning_rate")


@dataclass(frozen=True, eq=False)
class Moment:
    """A run at one moment; nothing that is in it changes any more, its history excepted.

    Attributes
    ----------
    run_id : int
        Whose moment it is; 0 where nobody counts runs.
    epoch, batch : int
        Finished epochs; updates made in the next one.
    parameters : ndarray ``(n_parameters,)``
        Read-only.
    activations : tuple of str
        Names, one per layer with weights.
    settings : Settings
        In force then.
    problem : Problem
        The network's shape and the data in force then.
    engine : Engine
        Evaluates the network, for one thread at a time.
    engine_name : str
        Of the engine that trains the run, "compiled" or "numpy".
    history : History
        Of the whole run, which may have gone on since.
    best_epoch : int
        Of the whole run.
    masks : Masks
        In force then.
    first_epoch : int
        The first that can be looked at again.
    edits : tuple of Segment
        What the latest edits of the run began (`nnviz.core.past.Past.latest_edits`).
    record : ndarray
        Figures of its epoch, as the run recorded them when it ended; columns as `RECORD_COLUMNS`.
    status : "live" or "past"
        "live": the run stands there, and the next moment follows while it trains.
    """

    run_id: int
    epoch: int
    batch: int
    parameters: Array
    activations: tuple[str, ...]
    settings: Settings
    problem: Problem
    engine: Engine = field(repr=False)
    engine_name: str
    history: History = field(repr=False)
    best_epoch: int
    record: Array = field(repr=False)
    masks: Masks
    first_epoch: int = 0
    edits: tuple[Segment, ...] = field(default=(), repr=False)
    status: MomentStatus = "past"

    @property
    def is_live(self) -> bool:
        """Whether the run stands there, as far as is known; else it is of the past, and exact."""
        return self.status == "live"

    @property
    def layout(self) -> Layout:
        """Where each weight and bias lives in `parameters`."""
        return self.problem.layout

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units per layer then, inputs first."""
        return self.problem.layout.sizes

    @property
    def data_version(self) -> int:
        """Which of the run's data are in force: 0 for the first, one more whenever they were replaced."""
        return self.problem.version

    @property
    def n_batches(self) -> int:
        """Updates in an epoch."""
        n_samples = len(self.problem.X)
        return -(-n_samples // min(self.settings.batch_size or n_samples, n_samples))

    @property
    def has_biases(self) -> bool:
        """Whether units add a bias."""
        return self.problem.bias

    @cached_property
    def weights(self) -> list[Array]:
        """Read-only views ``(n_out, n_in)``, one per layer."""
        return self.layout.weights(self.parameters)

    @cached_property
    def biases(self) -> list[Array]:
        """Read-only views ``(n_out,)``, one per layer."""
        return self.layout.biases(self.parameters)

    @cached_property
    def activation_entries(self) -> tuple[Activation, ...]:
        """Table entries of `activations`."""
        return tuple(ACTIVATIONS[name] for name in self.activations)

    def layer_values(self, X: Array) -> list[Array]:
        """Return what all units make of inputs: ``[A1, …, AL]``, each ``(n_units, n_samples)``."""
        return silent(self.engine.activations(self.problem, self.parameters, X), self.masks)

    def forward(self, X: Array) -> Forward:
        """Return pre-activations and activations of all layers, ``(n_samples, n_units)`` each, in plain NumPy."""
        with np.errstate(all="ignore"):
            return silence(forward(self.layout, self.activation_entries, self.parameters, X), self.masks)

    def gradient(self) -> Array:
        """Return the exact gradient of the loss on all training rows, without penalty, flat; zero where it is held."""
        problem = self.problem
        loss = LOSSES.by_code(problem.loss)
        passed = self.forward(problem.X)
        with np.errstate(all="ignore"):
            gradient = backward(
                self.layout,
                self.activation_entries,
                loss,
                self.parameters,
                passed,
                problem.Y,
                bias=problem.bias,
                weights=problem.weights,
            )
        gradient[self.masks.held] = 0.0
        return gradient

    def evaluate(self) -> Array:
        """Return the figures of these parameters on the data in force, columns as `RECORD_COLUMNS`.

        The learning rate is that of the epoch before, NaN where there was none.
        """
        record = self.engine.evaluate(self.problem, self.parameters)
        record[_PENALTY] = penalty(self.layout, self.parameters, self.settings.l1, self.settings.l2)
        record[_RATE] = self.record[_RATE]
        return record

    def is_same_as(self, other: Moment) -> bool:
        """Whether it shows nothing else than `other` does: the same network on the same data of the same run."""
        return (
            self.run_id == other.run_id
            and self.data_version == other.data_version
            and (self.epoch, self.batch) == (other.epoch, other.batch)
            and np.array_equal(self.parameters, other.parameters)
            and self.masks == other.masks
        )


def record_of(history: History, epoch: int) -> Array:
    """Return the figures of a past epoch as a record, columns as `RECORD_COLUMNS`."""
    figures = history.figures_of(epoch)
    return np.array([figures[name] for name in RECORD_COLUMNS])
