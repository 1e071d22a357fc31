"""Contour lines of a sampled plane by marching squares: where the answer of a network changes.

Only the cells through which a line goes are looked at, a few hundred of the 14 000 of a plane, all at once.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.experiment.frame import Range

#: Steps of a regression between its lowest and its highest target: the lines are those of the discretised map.
STEPS = 10

Field = NDArray[np.float32]
Indices = NDArray[np.signedinteger[Any]]
S = TypeVar("S", bound=np.generic)

_TINY = 1e-12


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
    cells = _march(_corners(field, rows, columns).astype(np.float64) - level, rows, columns)
    return _placed(cells, field.shape, x_range, y_range)


def class_lines(values: Field, x_range: Range, y_range: Range) -> Array:
    """Return the lines ``(n, 4)`` between the regions of `values` ``(n_y, n_x, n_classes)`` that a class wins."""
    winner = np.argmax(np.nan_to_num(values), axis=2)
    first = winner[:-1, :-1]
    mixed = (first != winner[:-1, 1:]) | (first != winner[1:, :-1]) | (first != winner[1:, 1:])
    rows, columns = np.nonzero(mixed)
    if not len(rows) or values.shape[2] < 2:
        return np.empty((0, 4))
    # The lead of a class over the best of the others: its border is where that is zero.
    shares, winners = _corners(values, rows, columns).astype(np.float64), _corners(winner, rows, columns)
    ranked = np.partition(shares, -2, axis=2)
    best, second = ranked[..., -1], ranked[..., -2]
    found = []
    for kind in np.unique(winners).tolist():
        wins = winners == kind
        # Every border is shared by two classes; drawn for the first of them, it is drawn once.
        here = wins.any(axis=0) & (winners.max(axis=0) != kind)
        lead = shares[..., kind] - np.where(wins, second, best)
        # A tie would be on neither side of the border.
        lead = np.where(wins, np.maximum(lead, _TINY), lead)
        found.append(_march(lead[:, here], rows[here], columns[here]))
    return _placed(np.vstack(found), values.shape, x_range, y_range)


def _corners(field: NDArray[S], rows: Indices, columns: Indices) -> NDArray[S]:
    """Return the samples around the given cells ``(4, n_cells, …)``, around each in turn."""
    return np.stack(
        [field[rows, columns], field[rows, columns + 1], field[rows + 1, columns + 1], field[rows + 1, columns]]
    )


def _placed(lines: Array, shape: tuple[int, ...], x_range: Range, y_range: Range) -> Array:
    """Return lines in cells as lines in plot coordinates."""
    step_x, step_y = (x_range[1] - x_range[0]) / shape[1], (y_range[1] - y_range[0]) / shape[0]
    lines[:, 0::2] = x_range[0] + (lines[:, 0::2] + 0.5) * step_x
    lines[:, 1::2] = y_range[0] + (lines[:, 1::2] + 0.5) * step_y
    return lines


def _march(corners: Array, rows: Indices, columns: Indices) -> Array:
    """Return where `corners` ``(4, n_cells)`` change sign, as lines ``(n, 4)`` counted in cells from the first."""
    finite = np.isfinite(corners).all(axis=0)
    corners, rows, columns = corners[:, finite], rows[finite], columns[finite]
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
    return np.ascontiguousarray(np.vstack(lines))
