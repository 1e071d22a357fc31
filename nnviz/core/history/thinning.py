"""Long curves thinned for drawing, so that no spike is lost: minima and maxima in a pyramid of buckets.

Level k holds the extremes of 16·2ᵏ neighbouring entries. It grows with the history, each entry costing a constant,
and a picture of a million epochs reads about as many numbers as it draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from nnviz.core.history.growing import GrowingColumns
from nnviz.core.layout import Array

Bounds = Callable[[int, int], tuple[Array, Array]]
"""``bounds(start, stop)``: lower and upper bounds of those entries, each ``(n_columns, stop − start)``."""

#: Entries in a bucket of the lowest level.
BASE = 16


class ExtremesPyramid:
    """Minima and maxima of some columns over buckets of 16, 32, 64 … entries.

    Parameters
    ----------
    n_columns : int
    """

    def __init__(self, n_columns: int) -> None:
        self._n_columns = n_columns
        self._levels: list[tuple[GrowingColumns, GrowingColumns]] = []

    @property
    def columns(self) -> Iterator[GrowingColumns]:
        """What it takes memory for."""
        return chain.from_iterable(self._levels)

    def extend(self, n: int, bounds: Bounds) -> None:
        """Take in what is new among the `n` entries so far."""
        step = BASE
        for level in range(64):
            if n < step:
                return
            if level == len(self._levels):
                self._levels.append((GrowingColumns(self._n_columns), GrowingColumns(self._n_columns)))
            lows, highs = self._levels[level]
            done, whole = len(lows) * step, n // step * step
            if whole > done:
                shape = (self._n_columns, -1, step)
                low, high = bounds(done, whole)
                lows.append(np.fmin.reduce(low.reshape(shape), axis=2))
                highs.append(np.fmax.reduce(high.reshape(shape), axis=2))
            n, step, bounds = len(lows), 2, _slices(lows.values, highs.values)

    def buckets(self, at_least: int) -> tuple[int, Array, Array]:
        """Return the finest level whose buckets hold `at_least` entries: their size, minima and maxima.

        `at_least` must not exceed the number of entries taken in.
        """
        level = max(0, int(np.ceil(np.log2(at_least / BASE))))
        lows, highs = self._levels[level]
        return BASE << level, lows.values, highs.values


def _slices(low: Array, high: Array) -> Bounds:
    return lambda start, stop: (low[:, start:stop], high[:, start:stop])


def thin(
    x: NDArray[np.int64], values: Array, bounds: Bounds, pyramid: ExtremesPyramid, max_points: int
) -> tuple[Array, Array]:
    """Return at most `max_points` points of some curves, with the extremes of every bucket among them.

    Parameters
    ----------
    x : ndarray of int64 ``(n,)``
        Shared by all curves.
    values : ndarray ``(n_columns, n)``
    bounds : callable
        ``(start, stop) -> (low, high)``: what the entries of `values` stand for, each ``(n_columns, stop − start)``.
    pyramid : ExtremesPyramid
        Of those bounds, up to date.
    max_points : int
        At least 8.

    Returns
    -------
    x, values : ndarray ``(m,)``, ``(n_columns, m)``
        The first and the last entry are exact.
    """
    n = len(x)
    if n <= max_points:
        return x.astype(np.float64), values.copy()
    size = -(-n // ((max_points - 2) // 2 - 1))
    if size <= BASE:
        starts = np.arange(0, n, size)
        low, high = bounds(0, n)
        lows, highs = np.fmin.reduceat(low, starts, axis=1), np.fmax.reduceat(high, starts, axis=1)
    else:
        size, lows, highs = pyramid.buckets(size)
        starts = np.arange(0, n, size)
        if len(starts) > lows.shape[1]:
            low, high = bounds(int(starts[-1]), n)
            lows = np.column_stack([lows, np.fmin.reduce(low, axis=1)])
            highs = np.column_stack([highs, np.fmax.reduce(high, axis=1)])
    ends = np.minimum(starts + size, n) - 1
    falling = values[:, starts] >= values[:, ends]
    thinned_x, thinned = np.empty(2 * len(starts) + 2), np.empty((len(values), 2 * len(starts) + 2))
    thinned_x[0], thinned_x[1:-1:2], thinned_x[2:-1:2], thinned_x[-1] = x[0], x[starts], x[ends], x[-1]
    thinned[:, 0], thinned[:, -1] = values[:, 0], values[:, -1]
    thinned[:, 1:-1:2] = np.where(falling, highs, lows)
    thinned[:, 2:-1:2] = np.where(falling, lows, highs)
    return thinned_x, thinned
