"""What can be said of each layer at one moment of a run: where its answers lie, how flat it is, how far it moves."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from msgspec import Struct

from nnviz.core.activations import Activation
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.moment import Moment
from nnviz.core.propagation import backward

#: Shares of the answers below each of `LayerStatistics.quantiles`.
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Training rows that are looked at; of more, evenly spaced ones.
MOST_ROWS: Final = 500
#: Closeness to a bound, as a share of the range, in which an answer counts as saturated.
FLAT_SHARE: Final = 0.01


class LayerStatistics(Struct, frozen=True):
    """One layer at one moment, on training rows.

    Attributes
    ----------
    layer : int
        1 … L.
    mean, sd : float
        Of all answers: of all units, to all rows.
    quantiles : tuple of float
        Of all answers, at `QUANTILES`.
    saturated : float
        Share of the answers that lie at a flat end of the activation's range; 0 where it has not two of them.
    silent : float
        Share of the units that answer 0, with a slope of 0, to every row.
    weight_norm : float
        Euclidean, of all weights of the layer; biases are left out.
    gradient_norm : float
        Of the gradient of the loss with respect to them, on the same rows.
    update_norm : float
        Of how far they have moved since the moment before; NaN where there is none.
    """

    layer: int
    mean: float
    sd: float
    quantiles: tuple[float, ...]
    saturated: float
    silent: float
    weight_norm: float
    gradient_norm: float
    update_norm: float = math.nan


def layer_statistics(
    moment: Moment, before: Array | None = None, max_rows: int = MOST_ROWS
) -> tuple[LayerStatistics, ...]:
    """Return the statistics of all layers, the first hidden one first.

    Parameters
    ----------
    moment : Moment
    before : ndarray ``(n_parameters,)``, optional
        Parameters from which updates are counted, such as those of the epoch before.
    max_rows : int
        Training rows that are looked at, at the most.
    """
    problem, layout = moment.problem, moment.layout
    rows = slice(None, None, -(-len(problem.X) // max_rows))
    passed, entries = moment.forward(problem.X[rows]), moment.activation_entries
    loss = LOSSES.by_code(problem.loss)
    with np.errstate(all="ignore"):
        gradient = backward(
            layout,
            entries,
            loss,
            moment.parameters,
            passed,
            problem.Y[rows],
            bias=problem.bias,
            shares=problem.shares_of(rows),
        )
    slopes, updates = layout.weights(gradient), None if before is None else layout.weights(moment.parameters - before)
    return tuple(
        LayerStatistics(
            layer=place + 1,
            mean=float(A.mean()),
            sd=float(A.std()),
            quantiles=tuple(np.quantile(A, QUANTILES).tolist()),
            saturated=_saturated(entry, A),
            silent=float(((A == 0.0) & (entry.derivative(Z, A) == 0.0)).all(axis=0).mean()),
            weight_norm=_norm(moment.weights[place]),
            gradient_norm=_norm(slopes[place]),
            update_norm=math.nan if updates is None else _norm(updates[place]),
        )
        for place, (entry, Z, A) in enumerate(zip(entries, passed.Z, passed.f, strict=True))
    )


def _norm(weights: Array) -> float:
    return float(np.sqrt(np.vdot(weights, weights)))


def _saturated(entry: Activation, A: Array) -> float:
    low, high = entry.range
    if not entry.saturating:
        return 0.0
    return float((np.minimum(A - low, high - A) < FLAT_SHARE * (high - low)).mean())
