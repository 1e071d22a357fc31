"""Curves as many short straight lines, handed to Qt straight from NumPy's memory.

WORKAROUND: a noisy loss curve of 2000 points, antialiased and wider than a pixel, takes Qt's raster engine 16 ms as one
polyline (20 ms dashed) and 1 ms as separate lines, because the stroker's joins are what is dear (QTBUG-27545,
https://github.com/pyqtgraph/pyqtgraph/issues/533). So dashes are cut here, too.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from shiboken6 import Shiboken

from nnviz.core.layout import Array
from nnviz.drawing.colormap import mix
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName

Dash = tuple[float, float]
"""Length of a dash and of the gap after it, in pixels."""
DASH: Dash = (9.0, 5.0)
DOTS: Dash = (2.5, 3.0)
#: So many points are stroked as one line, whose corners are round; and of so many stretches of a smooth curve both ends
#: stay.
FEW, SMOOTH = 200, 90
CURVE_DASHES: dict[PartName, list[float]] = {"train": [], "validation": [1.5, 1.5], "test": [5.0, 3.0]}
"""Of the curves of the parts of the data, in widths of the line."""


def carried_pen(theme: Theme) -> QPen:
    """Return the pen of the upright line where what had been learnt was carried into a changed network."""
    pen = QPen(theme.colour("quiet"), 0.7 * theme.line_width)
    pen.setStyle(Qt.PenStyle.DashDotLine)
    # As wide in a plot, whose units are epochs.
    pen.setCosmetic(True)
    return pen


def draw_lines(painter: QPainter, lines: Array) -> None:
    """Draw straight lines with the painter's pen.

    Parameters
    ----------
    painter : QPainter
    lines : ndarray float64 ``(n, 4)``, C-contiguous
        x1, y1, x2, y2 of each line: the memory layout of `QLineF`.
    """
    if len(lines):
        painter.drawLines(cast(QLineF, Shiboken.wrapInstance(lines.ctypes.data, QLineF)), len(lines))


def curve_lines(x: Array, y: Array, *, dashed: bool = False, dash: Dash = DASH) -> Array:
    """Return the lines ``(n, 4)`` of a curve through points in pixels; NaN and infinities leave gaps.

    Parameters
    ----------
    x, y : ndarray ``(n_points,)``
        `x` does not fall.
    dashed : bool
        Whether to cut it into dashes.
    dash : (float, float)
        Which dashes: `DASH`, or `DOTS`.
    """
    lines = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
    lines = np.ascontiguousarray(lines[np.isfinite(lines).all(axis=1)])
    if dashed:
        lines = lines[(lines[:, :2] != lines[:, 2:]).any(axis=1)]
    if not dashed or not len(lines):
        return lines
    dense = float(np.median(lines[:, 2] - lines[:, 0])) < 0.25 * dash[0]
    return _dashed_across(lines, dash) if dense else _dashed_along(lines, dash)


def thinned(points: Array) -> Array:
    """Return fewer points of a curve ``(n, 2)`` in pixels: all that stick out, and of a smooth stretch a few.

    Separate lines that are shorter than a pixel are as pale as 1 − 1/e of one line, for each covers a part of what the
    ones before have left.
    """
    if len(points) <= 2 * SMOOTH:
        return points
    x, y = points[:, 0], points[:, 1]
    place = np.floor((x - x[0]) * (SMOOTH / max(float(x[-1] - x[0]), 1e-9)))
    is_first = np.diff(place, prepend=-1.0) > 0.0
    starts, stretch = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    is_last = np.append(is_first[1:], True)
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    # What only rises or only falls sticks out of nothing.
    climbed = np.abs(y[is_last] - y[starts])
    is_rough = high - low - climbed > 1.0
    sticks_out = is_rough[stretch] & ((y == low[stretch]) | (y == high[stretch]))
    keep = is_first | is_last | sticks_out
    # What stands beside it, too: a peak is no wider than it was.
    keep[1:] |= sticks_out[:-1]
    keep[:-1] |= sticks_out[1:]
    kept: Array = points[keep]
    return kept


def draw_curve(painter: QPainter, points: Array, pen: QPen, *, quickly: bool) -> None:
    """Draw a curve through points ``(n, 2)`` in pixels, solid or in the pen's dashes; `quickly` as separate lines."""
    points = thinned(points) if quickly else points
    pattern = [length * pen.widthF() for length in pen.dashPattern()]
    if not quickly or (not pattern and len(points) <= FEW):
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))
        return
    plain = QPen(pen.color(), pen.widthF())
    # Qt's raster engine has a fast path for flat caps.
    plain.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(plain)
    dash = (pattern[0], pattern[1]) if pattern else DASH
    draw_lines(painter, curve_lines(points[:, 0], points[:, 1], dashed=bool(pattern), dash=dash))


def _dashed_across(lines: Array, dash: Dash) -> Array:
    """Keep the lines that lie in a dash when x is walked along: right where noise goes up and down at every pixel."""
    middle = 0.5 * (lines[:, 0] + lines[:, 2])
    return np.ascontiguousarray(lines[np.mod(middle, sum(dash)) < dash[0]])


def _dashed_along(lines: Array, dash: Dash) -> Array:
    """Cut the lines where a dash begins or ends when the curve itself is walked along, and keep the dashes."""
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    ends = np.cumsum(length)
    starts = ends - length
    total, period = float(ends[-1]), sum(dash)
    begins = np.arange(0.0, total, period)
    cuts = np.union1d(np.concatenate([starts, ends]), np.concatenate([begins, begins + dash[0]]))
    cuts = cuts[cuts <= total]
    first, last = cuts[:-1], cuts[1:]
    middle = 0.5 * (first + last)
    kept = np.mod(middle, period) < dash[0]
    first, last, middle = first[kept], last[kept], middle[kept]
    line = np.minimum(np.searchsorted(ends, middle), len(lines) - 1)
    pieces = np.empty((len(middle), 4))
    for column, walked in ((0, first), (2, last)):
        share = ((walked - starts[line]) / length[line])[:, None]
        pieces[:, column : column + 2] = lines[line, :2] + share * (lines[line, 2:] - lines[line, :2])
    return pieces


def smoothed(values: Array, amount: float) -> Array:
    """Return an exponential moving average of `values` ``(n,)``; NaN counts for nothing and stays.

    Parameters
    ----------
    amount : float
        0 … below 1: the weight of the past. The first points are averages over the few there are, as in Adam's
        bias correction.
    """
    known = np.isfinite(values)
    if amount <= 0.0 or not known.any():
        return values
    sums, weights = np.where(known, values, 0.0), known.astype(np.float64)
    step, decay = 1, amount
    # Each pass doubles how far back the sums reach: eleven of them for a thousand points, and no loop over points.
    while step < len(values) and decay > 1e-12:
        for running in (sums, weights):
            running[step:] = running[step:] + decay * running[:-step]
        step, decay = 2 * step, decay * decay
    result = np.full(len(values), np.nan)
    np.divide(sums, weights, out=result, where=known)
    return result


def curve_pen(theme: Theme, role: PartName) -> QPen:
    """Return the pen of a part's curve: told apart by its dashes as well as by its colour."""
    pen = QPen(theme.colour(role), theme.line_width)
    # Other ends would grow into the gaps between dots, until these are hardly seen.
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if CURVE_DASHES[role]:
        pen.setDashPattern(CURVE_DASHES[role])
    return pen


def faint(theme: Theme, role: str) -> QColor:
    """Return the colour of a raw curve behind its smoothed one."""
    return mix(theme.panel, theme.colour(role), 0.28)
