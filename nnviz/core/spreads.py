"""How weights, biases, activations, gradients and updates of layers spread, epoch by epoch: histograms over time."""

from __future__ import annotations

import dataclasses
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.errors import SettingError
from nnviz.core.layer_statistics import QUANTILES
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.moment import Moment
from nnviz.core.propagation import backward
from nnviz.core.trainer import Trainer

Quantity: TypeAlias = Literal["weights", "biases", "activations", "gradients", "updates"]
QUANTITIES: Final[tuple[Quantity, ...]] = get_args(Quantity)
#: Epochs that are looked at, and training rows of each, evenly spaced.
MOST_EPOCHS: Final = 32
MOST_ROWS: Final = 200


class Spreads(Struct, frozen=True, eq=False):
    """Quantiles of the values of layers, or of one unit, at some epochs.

    Attributes
    ----------
    epochs : ndarray of int ``(n_epochs,)``
    layers : tuple of int
        1 … L, or that of the unit.
    quantiles : dict of Quantity to ndarray ``(n_layers, n_epochs, 5)``
        At `nnviz.core.layer_statistics.QUANTILES`. Gradients are those of the loss on training rows along the weights;
        updates are what weights have moved in an epoch, on average since the epoch before that is looked at: NaN at the
        first one.
    """

    epochs: NDArray[np.int64]
    layers: tuple[int, ...]
    quantiles: dict[Quantity, Array]


def spreads_over_time(trainer: Trainer, unit: tuple[int, int] | None = None, max_epochs: int = MOST_EPOCHS) -> Spreads:
    """Return how the values of all layers have spread since the run began, at epochs that are kept; else now.

    The rows, and what activations and the loss are, are those of the present.

    Parameters
    ----------
    trainer : Trainer
    unit : (int, int) or None
        Layer (1 … L) and unit (from 0) whose weights, bias, activation, gradients and updates alone are wanted.
    max_epochs : int

    Examples
    --------
    >>> import nnviz
    >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
    >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
    >>> _ = trainer.run(epochs=5)
    >>> spreads = spreads_over_time(trainer)
    >>> spreads.epochs.tolist(), spreads.quantiles["weights"].shape
    ([0, 1, 2, 3, 4, 5], (2, 6, 5))
    """
    moment = trainer.moment()
    layout = moment.layout
    if unit is not None and not (1 <= unit[0] <= layout.n_layers and 0 <= unit[1] < layout.sizes[unit[0]]):
        raise SettingError("The network has no unit {0} in layer {1}.", unit[1] + 1, unit[0])
    everything = range(layout.n_parameters)
    epochs, parameters = trainer.parameters_over_time(everything, max_epochs=max_epochs)
    if not len(epochs):
        # A run that comes from elsewhere, a file or another network, knows itself as it is now.
        epochs, parameters = np.array([moment.epoch]), moment.parameters[np.newaxis]
    layers = tuple(range(1, layout.n_layers + 1)) if unit is None else (unit[0],)
    found: dict[Quantity, Array] = {
        name: np.full((len(layers), len(epochs), len(QUANTILES)), np.nan) for name in QUANTITIES
    }
    for place, values in enumerate(parameters):
        moved = (values - parameters[place - 1]) / (epochs[place] - epochs[place - 1]) if place else None
        at = dataclasses.replace(moment, parameters=values)
        for name, parts in _values_of(at, moved).items():
            for number, layer in enumerate(layers):
                part = parts[layer - 1]
                found[name][number, place] = _quantiles(part if unit is None else part[unit[1]])
    return Spreads(read_only(epochs), layers, {name: read_only(values) for name, values in found.items()})


def _values_of(moment: Moment, moved: Array | None) -> dict[Quantity, list[Array]]:
    """Return the values of all layers, those of unit k in the k-th row."""
    problem, layout = moment.problem, moment.layout
    rows, loss = slice(None, None, -(-len(problem.X) // MOST_ROWS)), LOSSES.by_code(problem.loss)
    with np.errstate(all="ignore"):
        passed = moment.forward(problem.X[rows])
        gradient = backward(
            layout,
            moment.activation_entries,
            loss,
            moment.parameters,
            passed,
            problem.Y[rows],
            bias=problem.bias,
            shares=problem.shares_of(rows),
        )
    found: dict[Quantity, list[Array]] = {
        "weights": moment.weights,
        "biases": moment.biases,
        "activations": [part.T for part in passed.f],
        "gradients": layout.weights(gradient),
    }
    return found if moved is None else found | {"updates": layout.weights(moved)}


def _quantiles(values: Array) -> Array:
    finite = values[np.isfinite(values)]
    return np.quantile(finite, QUANTILES) if finite.size else np.full(len(QUANTILES), np.nan)
