"""Where a network is sampled to be shown: the plane over two raw features, the line over one.

Samples sit at the centres of equal cells, row 0 at the lowest y, so that an image of them fills its range exactly.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.data.compact import limits_of
from nnviz.data.regrouped import pieces_of
from nnviz.experiment.frame import Hold, PlaneRequest, Range
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.slices import MEANS, averaged_rows, axes_in_force, in_force, places, raw_rows, slice_distances

#: Share of the data's extent that is added on either side of it.
MARGIN = 0.1
#: What is shown along both axes where there is no point: as far as the generated planes reach.
EMPTY_RANGE = (-6.0, 6.0)
#: Samples of a curve over one feature, however coarse the planes are.
CURVE_SAMPLES = 400
#: Transformed grids that are kept: the ladder of resolutions of one plane, and the unit maps.
CACHED_GRIDS = 8


class GridKey(Struct, frozen=True):
    """Which samples: the raw features along x and y, their ranges, the number of samples along each, and what becomes
    of the other features.
    """

    axes: tuple[int, int]
    x_range: Range
    y_range: Range
    n_x: int
    n_y: int
    hold: Hold = MEANS


class Grids:
    """The network inputs of sampled planes, kept as long as they are asked for again.

    Parameters
    ----------
    prepared : Prepared
    """

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._kept: OrderedDict[GridKey, Array] = OrderedDict()
        self._away: tuple[tuple[tuple[int, int], Hold], tuple[Array, ...] | None] | None = None
        self._plane: tuple[Range, Range] | None = None

    @property
    def one_feature(self) -> bool:
        """Whether there is a single raw feature, whose map is a curve."""
        return self._prepared.dataset.n_features == 1

    def key(self, request: PlaneRequest, resolution: int) -> GridKey:
        """Return which samples `request` means at `resolution`, missing or impossible ranges fitted to the data."""
        axes = axes_in_force(self._prepared, request.axes, request.hold)
        hold = in_force(self._prepared, request.hold, request.axes)
        fitted_x, fitted_y = self.fitted(axes, hold)
        x_range, y_range = _usable(request.x_range, fitted_x), _usable(request.y_range, fitted_y)
        if self.one_feature:
            return GridKey(axes, x_range, y_range, max(resolution, CURVE_SAMPLES), 1)
        return GridKey(axes, x_range, y_range, resolution, resolution, hold)

    def fitted(self, axes: tuple[int, int], hold: Hold = MEANS) -> tuple[Range, Range]:
        """Return the ranges that hold every point with a margin."""
        if hold.kind == "components":
            # The plane is the same whatever the axes are.
            if self._plane is None:
                scores = np.vstack(list(places(self._prepared, axes, hold).values()))
                self._plane = with_margin(scores[:, 0]), with_margin(scores[:, 1])
            return self._plane
        limits = self._limits
        if self._prepared.is_empty:
            return EMPTY_RANGE, EMPTY_RANGE
        if not self.one_feature:
            return with_margin(limits[:, axes[0]]), with_margin(limits[:, axes[1]])
        targets = np.vstack([self._prepared.Y_train, self._prepared.Y_test])
        return with_margin(limits[:, 0]), with_margin(self._prepared.targets.restore(targets))

    @cached_property
    def _limits(self) -> Array:
        """Lowest and highest value of each feature ``(2, n_features)``."""
        return np.array(feature_limits(self._prepared.dataset))

    def inputs(self, key: GridKey) -> Array:
        """Return the network inputs ``(n_y · n_x, n_inputs)`` of the samples, row by row from the lowest y.

        Not of an average, which has many for each sample: `averaged_inputs`.
        """
        kept = self._kept.get(key)
        if kept is None:
            x, y = self._samples(key)
            kept = self._prepared.inputs.transform(raw_rows(self._prepared, key.axes, key.hold, x, y))
            self._kept[key] = kept
            if len(self._kept) > CACHED_GRIDS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return kept

    def band(self, key: GridKey, start: int, stop: int) -> Array:
        """Return the network inputs ``((stop - start) · n_x, n_inputs)`` of some rows of the samples, not kept."""
        x = np.tile(cell_centres(key.x_range, key.n_x), stop - start)
        y = np.repeat(cell_centres(key.y_range, key.n_y)[start:stop], key.n_x)
        return self._prepared.inputs.transform(raw_rows(self._prepared, key.axes, key.hold, x, y))

    @cached_property
    def averaged(self) -> Array:
        """The training rows ``(n, n_features)`` that averages are taken over."""
        return averaged_rows(self._prepared)

    def averaged_inputs(self, key: GridKey) -> Iterator[Array]:
        """Yield the network inputs of the samples, with the other features of one row after another."""
        x, y = self._samples(key)
        for row in self.averaged:
            raw = np.tile(row, (len(x), 1))
            raw[:, key.axes[1]] = y
            raw[:, key.axes[0]] = x
            yield self._prepared.inputs.transform(raw)

    def away(self, key: GridKey) -> tuple[Array, ...] | None:
        """Return how far the rows lie from the slice; kept until another one is asked for."""
        wanted = key.axes, key.hold
        if self._away is None or self._away[0] != wanted:
            self._away = wanted, slice_distances(self._prepared, *wanted)
        return self._away[1]

    def _samples(self, key: GridKey) -> tuple[Array, Array]:
        x, y = cell_centres(key.x_range, key.n_x), cell_centres(key.y_range, key.n_y)
        across = np.tile(x, key.n_y)
        return across, across if self.one_feature else np.repeat(y, key.n_x)


def cell_centres(limits: Range, n: int) -> Array:
    """Return the centres ``(n,)`` of `n` equal cells between the outer edges `limits`."""
    low, high = limits
    centres: Array = low + (np.arange(n, dtype=np.float64) + 0.5) * ((high - low) / n)
    return centres


def is_square(prepared: Prepared) -> bool:
    """Whether both features share a scale, so that a circle should look like one."""
    low, high = feature_limits(prepared.dataset)
    spans = high - low
    return bool(len(spans) == 2 and spans.min() > 0 and spans.max() / spans.min() < 1.5)


def feature_limits(data: Dataset) -> tuple[Array, Array]:
    """Return the lowest and highest value of each feature ``(n_features,)``; `EMPTY_RANGE` where there are no rows."""
    if not data.n_samples:
        return np.full(data.n_features, EMPTY_RANGE[0]), np.full(data.n_features, EMPTY_RANGE[1])
    lows, highs = zip(*(limits_of(piece) for piece in pieces_of(data) if piece.n_samples), strict=True)
    return np.min(lows, axis=0), np.max(highs, axis=0)


def with_margin(values: Array) -> Range:
    """Return a range around all of `values`: of width 1 where they are alike, `EMPTY_RANGE` where there are none."""
    if not values.size:
        return EMPTY_RANGE
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        return low - 0.5, high + 0.5
    margin = MARGIN * (high - low)
    return low - margin, high + margin


def _usable(wanted: Range | None, fitted: Range) -> Range:
    if wanted is None or not all(math.isfinite(edge) for edge in wanted) or wanted[0] >= wanted[1]:
        return fitted
    return float(wanted[0]), float(wanted[1])
