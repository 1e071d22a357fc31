"""What the health of a run is told by: measures of units, layers, data and the loss curve, and nothing but those."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.activations import Activation
from nnviz.core.checkpoint import copy_state
from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.layout import Array
from nnviz.core.numpy_engine import Stepper, activation_entries, loss_entry, one_blas_thread

#: Training rows that are looked at: of more, evenly spaced ones.
MOST_ROWS = 2000
#: Closeness to a bound, as a share of the range, in which an activation counts as flat.
FLAT_SHARE = 0.01
HEALTHY_RATIO = 1e-3
"""How far an update usually moves the weights of a layer, relative to them."""
IDENTICAL = 1e-9
"""Difference of two units' answers, relative to their size, up to which they are the same."""
SCALES_APART = 100.0
"""How many times the widest column may be as wide as the narrowest."""
RISING_EPOCHS, PLATEAU_EPOCHS = 60, 50
"""Epochs that are looked back at."""
STILL = 1e-4
"""Change of the loss, relative to it, up to which it has not moved."""
#: Rises smaller than this share of the loss are rounding, or the noise of a run that has arrived; a loss smaller than
#: the other one has arrived.
_NOTHING, _ARRIVED = 1e-5, 1e-3
#: Epochs before the curve is judged.
_FEWEST = 15


class Measures(Struct, frozen=True):
    """Measures of a network on training examples.

    Attributes
    ----------
    hidden : list of ndarray ``(n_samples, n_units)``
        Activations of hidden layers.
    outputs, targets : ndarray ``(n_samples, n_outputs)``
    silent : list of bool ndarray ``(n_units,)``
        Hidden units that answer 0 with a slope of 0 on every example.
    resting : list of bool ndarray ``(n_units,)``
        Hidden units that masks keep from learning: what they answer is no sign of illness.
    saturated : list of ndarray ``(n_units,)``
        Share of the examples on which a hidden unit stands at a flat end; 0 of those that rest.
    delta_sizes : ndarray ``(n_layers,)``
        Root mean square of ``∂ℓ/∂z`` over units and examples of each layer, which no scale of the inputs changes.
    gradient_sizes : ndarray ``(n_layers,)``
        Root mean square of the gradient over the weights of each layer.
    update_ratios : ndarray ``(n_layers,)``
        Size of the next update over that of the weights; NaN where all weights are 0, or held by masks.
    is_all_relu : bool
        Whether every hidden layer is ReLU.
    """

    hidden: list[Array]
    outputs: Array
    targets: Array
    silent: list[NDArray[np.bool_]]
    resting: list[NDArray[np.bool_]]
    saturated: list[Array]
    delta_sizes: Array
    gradient_sizes: Array
    update_ratios: Array
    is_all_relu: bool

    @property
    def is_finite(self) -> bool:
        """Whether there is anything to be measured."""
        parts = (*self.hidden, self.outputs, self.delta_sizes, self.gradient_sizes)
        return all(bool(np.isfinite(part).all()) for part in parts)


def measure(problem: Problem, hyper: Hyper, state: RunState) -> Measures:
    """Measure a run as it stands; `state` is left alone."""
    from nnviz.core.explain.passes import gradient_of, passes
    from nnviz.core.explain.rounding import Rounding

    n = len(problem.X)
    rows = np.arange(n) if n <= MOST_ROWS else np.linspace(0, n - 1, MOST_ROWS).astype(np.int64)
    layout, entries, loss = problem.layout, activation_entries(problem), loss_entry(problem)
    with one_blas_thread(), np.errstate(all="ignore"):
        parameters = state.parameters.copy()
        if not problem.bias:
            parameters[~layout.is_weight] = 0.0
        arguments = layout, entries, loss, parameters, problem.X[rows], problem.Y[rows]
        passed = passes(*arguments, Rounding(), shares=problem.shares_of(rows))
        gradient = gradient_of(layout, passed, Rounding(), bias=problem.bias)
        sizes = [math.sqrt(float(np.mean(G * G))) for G in layout.weights(gradient)]
        deltas = [math.sqrt(float(np.mean(delta * delta))) for delta in passed.deltas]
        ratios = _update_ratios(problem, hyper, state)
    resting = resting_units(problem, state)
    return Measures(
        hidden=passed.A[:-1],
        outputs=passed.A[-1],
        targets=problem.Y[rows],
        silent=[
            np.asarray((A == 0.0).all(axis=0) & (slope == 0.0).all(axis=0) & ~rests)
            for A, slope, rests in zip(passed.A[:-1], passed.slopes[:-1], resting, strict=True)
        ],
        resting=resting,
        saturated=[
            np.where(rests, 0.0, _flat_share(entry, A))
            for entry, A, rests in zip(entries[:-1], passed.A[:-1], resting, strict=True)
        ],
        delta_sizes=np.array(deltas),
        gradient_sizes=np.array(sizes),
        update_ratios=ratios,
        is_all_relu=all(entry.name == "relu" for entry in entries[:-1]),
    )


def _update_ratios(problem: Problem, hyper: Hyper, state: RunState) -> Array:
    trial = copy_state(state, state.parameters.copy())
    stepper = Stepper(problem, hyper, trial)
    if trial.sample == 0:
        stepper.begin_epoch()
    stepper.update()
    before, after = problem.layout.weights(state.parameters), problem.layout.weights(trial.parameters)
    sizes = [(np.linalg.norm(new - old), np.linalg.norm(old)) for old, new in zip(before, after, strict=True)]
    free = [not held.all() for held, _ in _held(problem, state)]
    return np.array(
        [change / size if size and is_free else math.nan for (change, size), is_free in zip(sizes, free, strict=True)]
    )


def _held(problem: Problem, state: RunState) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return of each layer which weights and which biases masks hold."""
    held = np.zeros(problem.layout.n_parameters)
    held[state.held] = 1.0
    layout = problem.layout
    return [(W > 0.0, b > 0.0) for W, b in zip(layout.weights(held), layout.biases(held), strict=True)]


def resting_units(problem: Problem, state: RunState) -> list[NDArray[np.bool_]]:
    """Return of each hidden layer which units are muted, or have nothing that leads into them and may learn."""
    return [W.all(axis=1) & (b | (not problem.bias)) for W, b in _held(problem, state)[:-1]]


def _flat_share(entry: Activation, A: Array) -> Array:
    """Return on which share of the examples each unit is at a flat end; 0 where the ends are not flat."""
    if not entry.saturating or entry.bounds is None:
        return np.zeros(A.shape[1])
    low, high = entry.bounds
    near = FLAT_SHARE * (high - low)
    return np.asarray((np.minimum(A - low, high - A) < near).mean(axis=0))


def identical_units(A: Array, silent: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the units that answer as another one of ``A (n_samples, n_units)`` does; silent ones do not count."""
    scale = float(np.abs(A).max(initial=0.0)) or 1.0
    found: set[int] = set()
    units = np.flatnonzero(~silent)
    # Equal ones lie side by side in the order of what they answer to any examples.
    order = units[np.lexsort(np.round(A[: min(len(A), 8), units] / scale, 7))]
    for one, other in pairwise(order):
        if len(A) > 1 and np.abs(A[:, one] - A[:, other]).max() <= IDENTICAL * scale:
            found |= {int(one), int(other)}
    return tuple(sorted(found))


def scale_ratio(values: Array, *, own: bool = False) -> tuple[float, int]:
    """Return how many times the widest column is as wide as the narrowest, and which it is; constant ones aside.

    Parameters
    ----------
    own : bool
        Whether columns are compared with 1, too: by their spread and by how far from 0 they lie.
    """
    spread = values.std(axis=0)
    widths = spread[spread > 1e-12 * np.abs(values).max(axis=0, initial=1e-300)]
    if not len(widths):
        return 1.0, 0
    ratio, column = float(widths.max() / widths.min()), int(spread.argmax())
    if own:
        sizes = np.maximum(spread, np.abs(values.mean(axis=0)))
        narrow = 1.0 / float(widths.min())
        if float(sizes.max()) > ratio:
            ratio, column = float(sizes.max()), int(sizes.argmax())
        if narrow > ratio:
            ratio, column = narrow, int(np.where(spread > 0.0, spread, np.inf).argmin())
    return ratio, column


def rising_share(loss: Array) -> float:
    """Return in which share of the last epochs the loss rose; 0 where there are too few, or it has arrived."""
    recent = loss[-(RISING_EPOCHS + 1) :]
    if len(recent) <= _FEWEST or not np.isfinite(recent).all() or recent.max() < _ARRIVED:
        return 0.0
    return float((np.diff(recent) > _NOTHING * np.abs(recent[:-1])).mean())


def standing_still(loss: Array) -> float | None:
    """Return by how much of itself the loss has moved in the last epochs, where that is nothing; None where it moves,
    or has arrived.
    """
    if len(loss) <= PLATEAU_EPOCHS:
        return None
    recent = loss[-(PLATEAU_EPOCHS + 1) :]
    if not np.isfinite(recent).all() or recent.min() < _ARRIVED:
        return None
    moved = float((recent.max() - recent.min()) / recent.max())
    return moved if moved <= STILL else None
