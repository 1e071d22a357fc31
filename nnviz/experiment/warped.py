"""What goes through the warp: some training rows, the grid of their plane, and what parts the classes at the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import distinct
from nnviz.core.layout import Array
from nnviz.core.warp import Look, View, Warp, usual_look
from nnviz.experiment.frame import Frame
from nnviz.experiment.grids import feature_limits
from nnviz.experiment.prepare import Prepared

#: Training rows that are shown at the most, and at least, where a wide network lets few be worked out in a frame.
MOST_ROWS, LEAST_ROWS = 400, 60
#: Multiplications that a frame may take for the rows.
_WORK = 6e6
#: Lines of the grid each way, and places along each.
GRID_LINES, GRID_PLACES = 13, 41
#: Fractions of the golden ratio spread any number of points evenly over a strip.
_GOLDEN = 0.6180339887498949


class WarpedData:
    """The points and the grid of an experiment.

    Parameters
    ----------
    prepared : Prepared

    Attributes
    ----------
    rows : ndarray int64 ``(n,)``
        Of the training rows, those that are shown.
    X : ndarray ``(n, n_inputs)``
        Their inputs.
    lift : ndarray ``(n,)``
        How high they stand where a layer has one unit: by their target in a regression, else spread over a strip.
    """

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        sizes = prepared.layer_sizes
        work = sum(below * above for below, above in pairwise(sizes))
        n_rows = prepared.train.n_samples
        n_shown = min(n_rows, max(LEAST_ROWS, min(MOST_ROWS, int(_WORK / work))))
        self.rows: NDArray[np.int64] = (
            distinct(np.linspace(0, n_rows - 1, n_shown).astype(np.int64)) if n_rows else (np.zeros(0, dtype=np.int64))
        )
        self.X = np.asarray(prepared.X_train[self.rows])
        if self.is_regression:
            self.lift = np.asarray(prepared.Y_train[self.rows, 0])
        else:
            self.lift = 0.8 * (np.mod(_GOLDEN * np.arange(len(self.rows)), 1.0) - 0.5)

    @property
    def is_regression(self) -> bool:
        """Whether values are learnt, not classes."""
        return self._prepared.task != "classification"

    @cached_property
    def classes(self) -> NDArray[np.int64] | None:
        """The class of each row; None of a regression."""
        return None if self.is_regression else np.asarray(self._prepared.train.class_index[self.rows], dtype=np.int64)

    @cached_property
    def values(self) -> Array | None:
        """Of a regression, the target of each row, −1 … 1."""
        if not self.is_regression or not len(self.lift):
            return None
        low, high = float(self.lift.min()), float(self.lift.max())
        return np.asarray(2.0 * (self.lift - low) / (high - low) - 1.0 if high > low else 0.0 * self.lift)

    @cached_property
    def grid(self) -> Array | None:
        """The inputs of the grid over a plane of two features, line after line; None of other data."""
        if self._prepared.dataset.n_features != 2:
            return None
        low, high = feature_limits(self._prepared.dataset)
        margin = 0.1 * (high - low)
        across, up = (np.linspace(low[k] - margin[k], high[k] + margin[k], GRID_LINES) for k in (0, 1))
        along, rising = (np.linspace(low[k] - margin[k], high[k] + margin[k], GRID_PLACES) for k in (0, 1))
        level = np.column_stack([np.tile(along, GRID_LINES), np.repeat(up, GRID_PLACES)])
        upright = np.column_stack([np.repeat(across, GRID_PLACES), np.tile(rising, GRID_LINES)])
        return self._prepared.inputs.transform(np.vstack([level, upright]))

    def usual_looks(self, sizes: Sequence[int]) -> list[Look]:
        """Return how the layers are looked at before anybody chooses."""
        n_features = self._prepared.dataset.n_features
        return [usual_look(n_units, layer, n_features) for layer, n_units in enumerate(sizes)]

    def warp(self, frame: Frame, looks: Sequence[Look], angle: float, former: Sequence[View]) -> Warp | None:
        """Return the way through the network of a frame.

        None where that is of other data, where there are no rows, or where it says what cannot be drawn.
        """
        layout = frame.layout
        if layout.sizes[0] != self.X.shape[1] or not len(self.rows):
            return None
        weights, biases = layout.weights(frame.parameters), layout.biases(frame.parameters)
        entries = [ACTIVATIONS[name] for name in frame.activations]
        with np.errstate(all="ignore"):
            warp = Warp.of(weights, biases, entries, self.X, looks, angle=angle, former=former)
        return warp if warp.is_finite else None

    def grid_places(self, warp: Warp, at: float) -> Array | None:
        """Return where the grid has come ``(n_lines, n_places, 2)``."""
        if self.grid is None:
            return None
        return warp.places(self.grid, at).reshape(2 * GRID_LINES, GRID_PLACES, 2)

    def borders(self, warp: Warp, looks: Sequence[Look], at: float) -> list[Array]:
        """Return the lines that part what the network answers, as far as they are seen; each ``(n, 2)``."""
        n_outputs, view = len(warp.weights[-1]), warp.views[-1]
        if self.is_regression:
            if n_outputs > 1 or at < warp.end or not len(self.lift):
                return []
            # What is foretold runs across, what is true upwards: right answers stand on the diagonal.
            ends = np.array([self.lift.min(), self.lift.max()])
            return [np.column_stack([view.places(ends[:, np.newaxis])[:, 0], ends])]
        if n_outputs == 1:
            line = warp.border(at, (-0.5, 0.5))
            return [] if line is None else [line]
        if at < warp.end - 1.0:
            return []
        look = looks[-1]
        if isinstance(look, tuple):
            ends = np.zeros((2, n_outputs))
            ends[1, list(look)] = 1.0
            return [view.places(ends)]
        if n_outputs != 3:
            return []
        # The corners of the triangle of three shares; two of them are equally likely up to its middle.
        middle = np.full(3, 1.0 / 3.0)
        edges = 0.5 * (1.0 - np.eye(3))
        return [view.places(np.array([middle, edge])) for edge in edges]
