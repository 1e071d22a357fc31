"""Places for the numbers beside lines: each on its own line, as near to its end as it covers no other number.

Pure geometry over pixels, so that it is the same for every picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from nnviz.core.layout import Array

#: Left, top, width and height of a box.
Box = tuple[float, float, float, float]

#: Pixels between two boxes, and between a box and the border.
APART, MARGIN = 1.5, 2.0
#: Places along a line that are tried.
MOST_TRIED = 60


def along(segment: Sequence[float], step: float) -> Array:
    """Return places ``(n, 2)`` on a segment of x, y, x, y from its end to its beginning, `step` apart."""
    x0, y0, x1, y1 = segment
    n = min(int(np.hypot(x1 - x0, y1 - y0) / max(step, 1.0)) + 1, MOST_TRIED)
    share = np.linspace(0.0, 1.0, n + 1)[:, np.newaxis]
    return np.asarray(np.array((x1, y1)) + share * np.array((x0 - x1, y0 - y1)))


def place_boxes(wanted: Iterable[tuple[Array, tuple[float, float]]], room: Box) -> list[Box]:
    """Place boxes one after the other where they overlap none that is placed.

    Parameters
    ----------
    wanted : iterable of (ndarray ``(n, 2)``, (width, height))
        Middles that would do, the best first, and the size. A middle near the border gives way to it.
    room : (left, top, width, height)
        All boxes are whole in it, if it has room for one.

    Returns
    -------
    list of (left, top, width, height)
        Where no place is free, a box is where it overlaps the others least.
    """
    left, top, width, height = room
    placed = np.empty((0, 4))
    boxes: list[Box] = []
    for middles, (w, h) in wanted:
        x = np.clip(middles[:, 0] - 0.5 * w, left + MARGIN, max(left + width - w - MARGIN, left + MARGIN))
        y = np.clip(middles[:, 1] - 0.5 * h, top + MARGIN, max(top + height - h - MARGIN, top + MARGIN))
        covered = _overlaps(np.column_stack((x, y)), (w, h), placed)
        best = int(covered.argmin())
        box = float(x[best]), float(y[best]), w, h
        boxes.append(box)
        placed = np.vstack((placed, box))
    return boxes


def _overlaps(corners: Array, size: tuple[float, float], placed: Array) -> Array:
    """Return the area that a box with each of these corners ``(n, 2)`` shares with those that are placed."""
    if not len(placed):
        return np.zeros(len(corners))
    low = np.maximum(corners[:, np.newaxis], placed[:, :2] - APART)
    high = np.minimum(corners[:, np.newaxis] + np.array(size), placed[:, :2] + placed[:, 2:] + APART)
    return np.asarray(np.clip(high - low, 0.0, None).prod(axis=2).sum(axis=1))
