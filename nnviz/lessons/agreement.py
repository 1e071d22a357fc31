"""How far a line that was drawn by hand agrees with the map that a network has come to: a share of the area. No Qt.

What counts as agreement is said here once. Places are turned into shares of the rectangle in which was drawn, 0 … 1
both ways, so that neither the units nor the shape of the map matter.

- **Closed or open.** A stroke whose ends lie within `CLOSES` of each other, and which has been further away, is closed
  by a straight line. An open one goes on to the edge: from an end nearer to it than `AT_EDGE` by the shortest way, else
  straight on as the pen last went.
- **Sides.** Every stroke so has two sides, by the even-odd rule. With two classes each line is where the answer
  changes: a cell of the map lies on side 1 where it is on the second side of an odd number of strokes. Of the two ways
  of calling the sides by the classes, the better one counts: at least half of the area agrees with any line.
- **More classes.** Cells on the same sides of all strokes are one region, and each region stands for the class that
  most of it has.
- **Area.** Cells whose middle lies in the rectangle, each counted once: what is looked at now and was drawn in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array

Place = tuple[float, float]
Stroke = tuple[Place, ...]
Area = tuple[tuple[float, float], tuple[float, float]]
"""x from … to, y from … to."""
Sides = NDArray[np.bool_]

#: Distances as shares of the rectangle's sides: ends so near to each other are joined; an end so near to the edge goes
#: there; so much of a stroke says where its pen was going.
CLOSES, AT_EDGE, TAIL = 0.08, 0.03, 0.06
#: How far beyond the rectangle open strokes are closed: further than any place where one leaves it.
_FAR = 2.0


def side_of(stroke: Stroke, area: Area, x: Array, y: Array) -> Sides | None:
    """Return which cells lie on the second side of a stroke.

    Parameters
    ----------
    stroke : sequence of (float, float)
    area : ((float, float), (float, float))
        The rectangle in which it was drawn.
    x, y : ndarray ``(n_x,)``, ``(n_y,)``
        Middles of the cells.

    Returns
    -------
    ndarray bool ``(n_y, n_x)`` or None
        None where the stroke is but a dot.
    """
    outline = _outline(_shares(np.asarray(stroke, dtype=float).reshape(-1, 2), area))
    if outline is None:
        return None
    (x0, x1), (y0, y1) = area
    across, up = (x - x0) / (x1 - x0), (y - y0) / (y1 - y0)
    first, last = outline, np.roll(outline, -1, axis=0)
    inside = np.zeros((len(y), len(x)), dtype=bool)
    for row, height in enumerate(up):
        crosses = (first[:, 1] <= height) != (last[:, 1] <= height)
        (ax, ay), (bx, by) = first[crosses].T, last[crosses].T
        where = np.sort(ax + (height - ay) / (by - ay) * (bx - ax))
        inside[row] = np.searchsorted(where, across) % 2 == 1
    return inside


def _shares(places: Array, area: Area) -> Array:
    (x0, x1), (y0, y1) = area
    return np.asarray((places - [x0, y0]) / [x1 - x0, y1 - y0])


def _outline(line: Array) -> Array | None:
    """Return the corners of what a stroke goes round: closed, or led out of the rectangle and round that."""
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = np.abs(np.diff(line, axis=0)).max(axis=1, initial=0.0) > 1e-9
    line = line[keep]
    if len(line) < 2:
        return None
    reach = float(np.hypot(*(line - line[0]).T).max())
    if math.dist(line[0], line[-1]) <= CLOSES and reach > 1.5 * CLOSES:
        return line if len(line) > 2 else None
    first, last = _way_out(line[::-1]), _way_out(line)
    return np.vstack([first, line, last, *_round(last, first)])


def _way_out(line: Array) -> Array:
    """Return where the end of an open stroke leaves everything."""
    x, y = line[-1]
    gaps = {(-1.0, 0.0): x, (1.0, 0.0): 1.0 - x, (0.0, -1.0): y, (0.0, 1.0): 1.0 - y}
    (dx, dy), gap = min(gaps.items(), key=lambda item: item[1])
    if gap > AT_EDGE:
        away = np.hypot(*(line - line[-1]).T) >= TAIL
        before = line[np.flatnonzero(away)[-1]] if away.any() else line[0]
        dx, dy = line[-1] - before
    # To the border of the large square round everything.
    steps = [
        (bound - start) / slope
        for start, slope in ((x, dx), (y, dy))
        for bound in (-_FAR, 1.0 + _FAR)
        if slope != 0.0 and (bound - start) / slope > 0.0
    ]
    return np.asarray(np.array([x, y]) + min(steps) * np.array([dx, dy]))


def _round(start: Array, end: Array) -> list[Array]:
    """Return the corners of the large square between two places on its border, one way round."""
    low, high = -_FAR, 1.0 + _FAR
    corners = [np.array(corner) for corner in ((low, low), (high, low), (high, high), (low, high))]

    def along(place: Array) -> float:
        side = high - low
        x, y = place - low
        walls = (abs(y), abs(x - side), abs(y - side), abs(x))
        wall = walls.index(min(walls))
        return float(wall + (x, y, side - x, side - y)[wall] / side)

    first, last = along(start), along(end)
    last += 4.0 * (last < first)
    return [corners[number % 4] for number in range(math.ceil(first), math.floor(last) + 1)]


def _middles(seen: Area, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return where the middles of a map's cells are."""
    (x0, x1), (y0, y1), n_y, n_x = *seen, *shape
    return x0 + (np.arange(n_x) + 0.5) * (x1 - x0) / n_x, y0 + (np.arange(n_y) + 0.5) * (y1 - y0) / n_y


@lru_cache(maxsize=64)
def _side_of(stroke: Stroke, area: Area, seen: Area, shape: tuple[int, int]) -> Sides | None:
    """The same for all cells of a map: frames come many times a second, and lines stay."""
    return side_of(stroke, area, *_middles(seen, shape))


def agreement(strokes: Sequence[Stroke], area: Area, classes: NDArray[np.integer], seen: Area, n_classes: int) -> float:
    """Return the share of the area, 0 … 1, on which drawn lines and a map agree, as this module defines it.

    Parameters
    ----------
    strokes : sequence of strokes
    area : ((float, float), (float, float))
        The rectangle in which they were drawn.
    classes : ndarray of int ``(n_y, n_x)``
        The class that the map shows in each of its cells, row 0 at the lowest y.
    seen : ((float, float), (float, float))
        Outer edges of the map.
    n_classes : int

    Returns
    -------
    float
        NaN where nothing was drawn, or nothing of where it was drawn is to be seen.

    Examples
    --------
    A line through the middle, and a map that changes there:

    >>> square = ((0.0, 1.0), (0.0, 1.0))
    >>> agreement([((0.5, 0.0), (0.5, 1.0))], square, np.array([[0, 1], [0, 1]]), square, 2)
    1.0
    """
    n_y, n_x = classes.shape
    x, y = _middles(seen, (n_y, n_x))
    columns = (x >= area[0][0]) & (x <= area[0][1])
    rows = (y >= area[1][0]) & (y <= area[1][1])
    answers = classes[np.ix_(rows, columns)]
    sides = [side for stroke in strokes if (side := _side_of(stroke, area, seen, (n_y, n_x))) is not None]
    sides = [side[np.ix_(rows, columns)] for side in sides]
    if not answers.size or not sides:
        return math.nan
    if n_classes == 2:
        same = float(np.mean(np.logical_xor.reduce(sides) == (answers == 1)))
        return max(same, 1.0 - same)
    # Strokes beyond these would be scribbling, and each cell a region of its own.
    code = sum(side.astype(np.int64) << bit for bit, side in enumerate(sides[:16]))
    pairs = np.bincount((code * n_classes + answers).ravel())
    counts = np.append(pairs, np.zeros(-len(pairs) % n_classes, dtype=pairs.dtype)).reshape(-1, n_classes)
    return float(counts.max(axis=1).sum() / answers.size)


def mean_gap(curve: Stroke, epochs: Array, losses: Array) -> float:
    """Return how far a drawn curve is from the measured one on average, over the epochs that both have.

    Parameters
    ----------
    curve : sequence of (epoch, loss)
        With growing epochs.
    epochs, losses : ndarray ``(n_epochs,)``
        Oldest first.

    Returns
    -------
    float
        NaN where they have no epoch in common.

    Examples
    --------
    >>> mean_gap(((0.0, 1.0), (10.0, 0.0)), np.array([0.0, 5.0, 10.0]), np.array([1.0, 0.5, 0.3]))
    0.1
    """
    if len(curve) < 2:
        return math.nan
    x, y = np.asarray(curve, dtype=float).T
    common = (epochs >= x[0]) & (epochs <= x[-1]) & np.isfinite(losses)
    if not common.any():
        return math.nan
    return float(round(np.abs(np.interp(epochs[common], x, y) - losses[common]).mean(), 12))
