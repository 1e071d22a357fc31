"""Contour lines of a sampled plane by marching squares: where the answer of a network changes.

Only the cells through which a line goes are looked at, a few hundred of the 14 000 of a plane, all at once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.layout import Array
from nnviz.experiment.frame import Range

#: Steps of a regression between its lowest and its highest target: the lines are those of the discretised map.
STEPS = 10

Field = NDArray[np.float32]
Indices = NDArray[np.signedinteger[Any]]


def plane_contour(values: Field, x_range: Range, y_range: Range, levels: tuple[float, ...] | None) -> Array:
    """Return the lines ``(n, 4)`` of a plane ``(n_y, n_x, n_outputs)``; a curve over one feature has none.

    Parameters
    ----------
    levels : tuple of float or None
        Values of the first output; None: where another output becomes the largest.
    """
    if values.shape[0] == 1:
        return np.empty((0, 4))
    if levels is None:
        return class_lines(values, x_range, y_range)
    return np.vstack([contour_lines(values[..., 0], level, x_range, y_range) for level in levels])


def middle_of(activation: str) -> float:
    """Return the value in the middle of an activation's range; 0 where it is not bounded."""
    low, high = ACTIVATIONS[activation].range
    return 0.5 * (low + high) if math.isfinite(low) and math.isfinite(high) else 0.0


def steps_between(low: float, high: float) -> tuple[float, ...]:
    """Return the borders between `STEPS` even steps from `low` to `high`."""
    return tuple((low + (high - low) * np.arange(1, STEPS) / STEPS).tolist())


def contour_lines(field: Field, level: float, x_range: Range, y_range: Range) -> Array:
    """Return the lines ``(n, 4)`` (x1, y1, x2, y2) along which `field` crosses `level`.

    Parameters
    ----------
    field : ndarray float32 ``(n_y, n_x)``
        Sampled at cell centres, row 0 at the lowest y. Cells with NaN have no lines.
    level : float
    x_range, y_range : (float, float)
        Outer edges of the samples' cells.
    """
    above = field > level
    corners = above[:-1, :-1].astype(np.int8) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
    rows, columns = np.nonzero((corners != 0) & (corners != 4))
    return _march(field, level, rows, columns, x_range, y_range)


def class_lines(values: Field, x_range: Range, y_range: Range) -> Array:
    """Return the lines ``(n, 4)`` between the regions of `values` ``(n_y, n_x, n_classes)`` that a class wins."""
    winner = np.argmax(np.nan_to_num(values), axis=2)
    first = winner[:-1, :-1]
    mixed = (first != winner[:-1, 1:]) | (first != winner[1:, :-1]) | (first != winner[1:, 1:])
    rows, columns = np.nonzero(mixed)
    if not len(rows):
        return np.empty((0, 4))
    concerned = np.unique(
        [winner[rows, columns], winner[rows, columns + 1], winner[rows + 1, columns], winner[rows + 1, columns + 1]]
    )
    found = []
    # The lead of every class over the best of the others: its border is at zero. A border shared by two classes is
    # found with the first of them already, so the last class has none of its own.
    for kind in concerned[:-1]:
        others = np.delete(values, kind, axis=2).max(axis=2)
        found.append(_march(values[..., kind] - others, 0.0, rows, columns, x_range, y_range))
    return np.vstack(found) if found else np.empty((0, 4))


def _march(field: Field, level: float, rows: Indices, columns: Indices, x_range: Range, y_range: Range) -> Array:
    """Return the lines in the given cells, each between the centres of four neighbouring samples."""
    corners = np.stack(
        [field[rows, columns], field[rows, columns + 1], field[rows + 1, columns + 1], field[rows + 1, columns]]
    ).astype(np.float64)
    finite = np.isfinite(corners).all(axis=0)
    corners, rows, columns = corners[:, finite] - level, rows[finite], columns[finite]
    # Corners run around the cell: the line between corner k and the next is crossed where their signs differ.
    following = np.roll(corners, -1, axis=0)
    crossed = (corners > 0) != (following > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = corners / (corners - following)
    nothing, one = np.zeros_like(share[0]), np.ones_like(share[0])
    along_x = np.stack([share[0], one, 1.0 - share[2], nothing]) + columns
    along_y = np.stack([nothing, share[1], one, 1.0 - share[3]]) + rows
    n_crossed = crossed.sum(axis=0)
    pieces = []
    for first, second in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)):
        here = crossed[first] & crossed[second] & (n_crossed == 2)
        pieces.append((here, first, second))
    # A saddle is crossed on all sides; either way of joining them is right, one is chosen.
    saddle = n_crossed == 4
    pieces += [(saddle, 0, 1), (saddle, 2, 3)]
    lines = [
        np.column_stack([along_x[a, here], along_y[a, here], along_x[b, here], along_y[b, here]])
        for here, a, b in pieces
    ]
    joined = np.vstack(lines)
    n_y, n_x = field.shape
    step_x, step_y = (x_range[1] - x_range[0]) / n_x, (y_range[1] - y_range[0]) / n_y
    joined[:, 0::2] = x_range[0] + (joined[:, 0::2] + 0.5) * step_x
    joined[:, 1::2] = y_range[0] + (joined[:, 1::2] + 0.5) * step_y
    return np.ascontiguousarray(joined)
