"""A race of optimisers: runs that differ in nothing but how a gradient becomes a step. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnviz.core.bounds import LEARNING_RATE
from nnviz.core.errors import SettingError
from nnviz.core.landscape import Slice, principal_slice, weights_slice
from nnviz.core.layout import Array
from nnviz.core.number_entry import parse_number
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.experiment.document import Experiment

#: More trails nobody tells apart.
MOST_RACERS = 10
#: Points of a trail, and the memory that all trails of a race may take together.
MOST_POINTS, TRAIL_BYTES = 400, 64 * 2**20
#: Rates with which most networks learn, for those optimisers whose rates are of another kind than the usual one.
_USUAL_RATES = {"sgd": 0.1, "momentum": 0.03, "nesterov": 0.03, "rmsprop": 0.003, "adam": 0.01, "adamw": 0.01}


@dataclass(frozen=True)
class Entrant:
    """Who takes part in a race.

    Attributes
    ----------
    optimizer : str
        Name in `OPTIMIZERS`.
    rate : float
    """

    optimizer: str
    rate: float

    def experiment(self, base: Experiment) -> Experiment:
        """Return the experiment with this optimiser; its own parameters are kept where it is that of `base`."""
        training = base.training
        own = training.optimizer_parameters if training.optimizer == self.optimizer else {}
        edited: Experiment = base.edited(
            training=training.edited(
                optimizer=self.optimizer, optimizer_parameters=own, learning_rate=self.rate, stop_at_epochs=False
            )
        )
        return edited


def usual_rate(experiment: Experiment, optimizer: str) -> float:
    """Return the rate that is proposed for an optimiser: the present one for the present one."""
    training = experiment.training
    if training.optimizer == optimizer:
        return float(training.learning_rate)
    return _USUAL_RATES.get(optimizer, float(LEARNING_RATE.default))


def rates_in(text: str) -> list[float]:
    """Return the rates in a text such as "0.01; 0.1", separated by semicolons or blanks, or by commas before a blank.

    Raises
    ------
    SettingError
        Where there is none, or one cannot be a rate.
    """
    parts = [part.strip(",") for part in text.replace(";", " ").replace(", ", " ").split()]
    rates = [float(LEARNING_RATE.check(parse_number(part))) for part in parts]
    if not rates:
        raise SettingError("Write at least one learning rate, such as 0.01.")
    return list(dict.fromkeys(rates))


def checked_entrants(entrants: Iterable[Entrant]) -> tuple[Entrant, ...]:
    """Return the entrants, each once.

    Raises
    ------
    SettingError
        Where there are fewer than two, or more than a race has room for.
    """
    known = tuple(dict.fromkeys(entrants))
    for entrant in known:
        OPTIMIZERS[entrant.optimizer]
        LEARNING_RATE.check(entrant.rate)
    if len(known) < 2:
        raise SettingError("A race needs at least two optimisers, or one with two rates.")
    if len(known) > MOST_RACERS:
        raise SettingError("That would be {0} runs; a race has room for {1}.", len(known), MOST_RACERS)
    return known


@dataclass
class Trail:
    """Where a run has been, epoch by epoch; where it becomes too long, every other point is left out.

    Attributes
    ----------
    epochs : list of int
    points : list of ndarray ``(n_parameters,)``
    losses : list of float
    most : int
        Points that are kept, beside the first and the last one.
    """

    epochs: list[int] = field(default_factory=list)
    points: list[Array] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    most: int = MOST_POINTS
    _every: int = 1

    def add(self, epoch: int, parameters: Array, loss: float) -> None:
        """Note where the run is; only what comes later than the last point, and is finite, becomes one."""
        if (self.epochs and epoch <= self.epochs[-1]) or not np.isfinite(parameters).all():
            return
        # The last one is kept only as long as it is the last, unless its epoch is one of those that are.
        if len(self.epochs) > 1 and self.epochs[-1] % self._every:
            self._drop([*range(len(self.epochs) - 1)])
        self.epochs.append(epoch)
        self.points.append(parameters)
        self.losses.append(loss)
        while len(self.epochs) > self.most:
            self._every *= 2
            last = len(self.epochs) - 1
            self._drop([at for at, each in enumerate(self.epochs) if not each % self._every or at in (0, last)])

    def _drop(self, kept: Sequence[int]) -> None:
        self.epochs[:] = [self.epochs[at] for at in kept]
        self.points[:] = [self.points[at] for at in kept]
        self.losses[:] = [self.losses[at] for at in kept]

    def until(self, epoch: int) -> int:
        """Return how many points there are up to an epoch, at least one where there is any."""
        return max(int(np.searchsorted(self.epochs, epoch, side="right")), min(len(self.epochs), 1))


def points_of_trails(n_parameters: int, n_trails: int) -> int:
    """Return how many points each trail may have."""
    return int(min(MOST_POINTS, max(TRAIL_BYTES // (8 * n_parameters * max(n_trails, 1)), 12)))


def slice_of(trails: Sequence[Trail], weights: tuple[int, int] | None) -> Slice:
    """Return the plane that the trails are shown in.

    Parameters
    ----------
    trails : sequence of Trail
        With at least one point each, from the same start.
    weights : (int, int) or None
        Two parameters: the others are held where the best run is. None: the principal components.
    """
    paths = [np.array(trail.points) for trail in trails]
    if weights is None:
        return principal_slice(paths[0][0], paths)
    best = min(trails, key=lambda trail: trail.losses[-1] if math.isfinite(trail.losses[-1]) else math.inf)
    return weights_slice(best.points[-1], *weights, paths)
