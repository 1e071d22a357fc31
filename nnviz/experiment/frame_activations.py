"""The activations of one moment of a run: each set of samples is evaluated once for all that is built of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

import numpy as np

from nnviz.core.layout import Array, Layout
from nnviz.core.moment import Moment
from nnviz.experiment.frame import UnitId
from nnviz.experiment.grids import GridKey

#: Activations that a plane keeps at once (128 MB): a fine plane of a large network is evaluated in pieces.
LARGEST_PIECE = 2**24
#: The same of rows of the data (16 MB), of which less is kept than of a plane.
LARGEST_OF_ROWS = 2**21


class FrameActivations:
    """The activations of one frame, each set of samples evaluated once."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.layout = moment.layout
        self.activations = moment.activations
        self._known: dict[Hashable, list[Array]] = {}

    @property
    def output_weights(self) -> Array:
        """Weights of the output layer ``(n_outputs, n_units)``."""
        return self.moment.weights[-1]

    @property
    def output_bias(self) -> float:
        """Bias of the first output."""
        return float(self.moment.biases[-1][0])

    def layers(self, key: Hashable, X: Array) -> list[Array]:
        """Return ``[A0, …, AL]``, each ``(n_units, n_samples)``."""
        if key not in self._known:
            self._known[key] = [X.T, *self.moment.layer_values(X)]
        return self._known[key]

    def pieces(self, key: Hashable, X: Array) -> Iterator[list[Array]]:
        """Yield what `layers` returns, of many rows some at a time: all units of all of them would take much room."""
        n_pieces = -(-len(X) * sum(self.layout.sizes) // LARGEST_OF_ROWS)
        if key in self._known or n_pieces <= 1:
            yield self.layers(key, X)
            return
        n_rows = -(-len(X) // n_pieces)
        for start in range(0, len(X), n_rows):
            some = X[start : start + n_rows]
            yield [some.T, *self.moment.layer_values(some)]

    def unit(self, key: GridKey, X: Array, unit: UnitId | None) -> Array:
        """Return the activations of a unit ``(1, n_samples)``, or the outputs ``(n_outputs, n_samples)``."""
        n_pieces = -(-len(X) * sum(self.layout.sizes) // LARGEST_PIECE)
        if key in self._known or n_pieces <= 1:
            return rows_of(self.layers(key, X), unit)
        pieces = np.array_split(X, n_pieces)
        # Copied: a view would keep the activations of all units.
        return np.hstack([rows_of([x.T, *self.moment.layer_values(x)], unit).copy() for x in pieces])

    def mean_unit(self, batches: Iterable[Array], unit: UnitId | None) -> Array:
        """Return what `unit` returns, averaged over sets of samples."""
        return mean(rows_of([X.T, *self.moment.layer_values(X)], unit) for X in batches)

    def mean_layers(self, batches: Iterable[Array]) -> list[Array]:
        """Return what `layers` returns, averaged over sets of samples."""
        sums: list[Array] = []
        n = 0
        for X in batches:
            n += 1
            layers = [X.T, *self.moment.layer_values(X)]
            sums = (
                [np.array(layer) for layer in layers]
                if not sums
                else [s + a for s, a in zip(sums, layers, strict=True)]
            )
        return [layer / n for layer in sums]


def mean(arrays: Iterable[Array]) -> Array:
    """Return the mean of arrays of the same shape."""
    total, n = np.zeros(()), 0
    for array in arrays:
        total, n = total + array, n + 1
    return total / n


def rows_of(layers: list[Array], unit: UnitId | None) -> Array:
    """Return the activations of a unit ``(1, n_samples)``, or the outputs, of all layers."""
    return layers[-1] if unit is None else layers[unit[0]][unit[1]][np.newaxis]


def has_unit(layout: Layout, unit: UnitId | None) -> bool:
    """Whether a network has that unit."""
    return unit is not None and 0 <= unit[0] < len(layout.sizes) and 0 <= unit[1] < layout.sizes[unit[0]]
