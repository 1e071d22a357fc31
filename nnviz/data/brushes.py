"""What a brush does to points on a plane: which it adds, which it touches, and how it shakes them.

Plain arrays, no Qt: everything is in units of the data, and a brush is an ellipse there because the two axes of a map
may have different scales.
"""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.layout import Array

Point = tuple[float, float]
Mask = NDArray[np.bool_]

#: Standard deviation of a shake, in radii of the brush.
JITTER = 0.12


class Brush(Struct, frozen=True):
    """A disc on the screen.

    Attributes
    ----------
    radius : (float, float)
        Along x and y, in units of the data; positive.
    density : int
        Points that it drops where it is set down, and again whenever it has moved by its own radius.
    """

    radius: Point
    density: int = 1


def dropped(brush: Brush, start: Point, end: Point, rng: np.random.Generator, owed: float = 0.0) -> tuple[Array, float]:
    """Return the points that a brush drops on its way.

    Parameters
    ----------
    brush : Brush
    start, end : (float, float)
    rng : Generator
    owed : float
        Share of a point left over from the way before.

    Returns
    -------
    points : ndarray ``(n, 2)``
        Evenly over the discs between start and end.
    owed : float
        What is left over.
    """
    wanted = owed + brush.density * travelled(brush, start, end)
    n = int(wanted)
    angle, share, radius = rng.uniform(0.0, 2.0 * math.pi, n), rng.uniform(size=n), np.sqrt(rng.uniform(size=n))
    centre = np.array(start) + share[:, None] * (np.array(end) - np.array(start))
    offset = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return centre + offset * brush.radius, wanted - n


def first_drop(brush: Brush, place: Point, rng: np.random.Generator) -> Array:
    """Return the points that a brush drops where it is set down, ``(density, 2)``."""
    n = max(1, brush.density)
    if n == 1:
        return np.array([place], dtype=np.float64)
    angle, radius = rng.uniform(0.0, 2.0 * math.pi, n), np.sqrt(rng.uniform(size=n))
    return np.asarray(place + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) * brush.radius)


def travelled(brush: Brush, start: Point, end: Point) -> float:
    """Return the length of a way in radii of the brush."""
    return math.hypot((end[0] - start[0]) / brush.radius[0], (end[1] - start[1]) / brush.radius[1])


def touched(places: Array, brush: Brush, start: Point, end: Point) -> Mask:
    """Return which points a brush touches on the straight way from `start` to `end`."""
    low, high = np.minimum(start, end) - brush.radius, np.maximum(start, end) + brush.radius
    found = within(places, low, high)
    # Most points lie far away: only the others are measured.
    near = np.flatnonzero(found)
    scaled = (places[near] - np.array(start)) / brush.radius
    way = (np.array(end) - np.array(start)) / brush.radius
    length2 = float(way @ way)
    along = np.clip(scaled @ way / length2, 0.0, 1.0) if length2 > 0.0 else np.zeros(len(near))
    away = scaled - along[:, None] * way
    found[near] = np.einsum("ij,ij->i", away, away) <= 1.0
    return found


def within(places: Array, low: Array, high: Array) -> Mask:
    """Return which points lie in a rectangle, column by column: several times as fast as both at once."""
    x, y = places[:, 0], places[:, 1]
    return np.asarray((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))


def inside(places: Array, corner: Point, opposite: Point) -> Mask:
    """Return which points lie in the rectangle between two corners."""
    low, high = np.minimum(corner, opposite), np.maximum(corner, opposite)
    return within(places, low, high)


def nearest(places: Array, place: Point, reach: Point) -> int | None:
    """Return the number of the nearest point within an ellipse of half axes `reach`, None where there is none."""
    if not len(places):
        return None
    away = (places - np.array(place)) / reach
    distance = np.einsum("ij,ij->i", away, away)
    # The last of equally near ones lies on top.
    found = len(distance) - 1 - int(np.argmin(distance[::-1]))
    return found if distance[found] <= 1.0 else None


def shaken(places: Array, brush: Brush, rng: np.random.Generator) -> Array:
    """Return the points moved by normal noise of `JITTER` radii."""
    return places + rng.normal(scale=JITTER, size=places.shape) * brush.radius


def rounded(places: Array, span: float) -> Array:
    """Return places with as many decimals as can be seen on a map `span` wide: files stay short and readable."""
    decimals = max(0, 4 - math.floor(math.log10(span))) if span > 0.0 and math.isfinite(span) else 6
    return np.asarray(np.round(places, decimals))
