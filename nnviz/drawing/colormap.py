"""Colour ramps as lookup tables, and the level range of each activation.

Every map in the window (boundary, unit thumbnails, colour bars) indexes one of these 256-entry tables, so that a
picture is one NumPy gather and never a loop over pixels.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import read_only
from nnviz.core.numbers import number_text
from nnviz.drawing.theme import Theme

Levels = tuple[float, float]
Ramp = NDArray[np.uint32]

N_COLOURS = 256
NOTHING = 1e-12
"""A scale that reaches no further is one of values that are all 0."""


def mix(first: QColor | str, second: QColor | str, amount: float) -> QColor:
    """Return the opaque colour `amount` (0 … 1) of the way from `first` to `second`.

    Qt's raster engine draws opaque shapes about four times as fast as translucent ones, so what looks translucent in
    nnviz is blended with its background beforehand.
    """
    a, b = QColor(first), QColor(second)
    return QColor(
        *(
            round(start + (end - start) * amount)
            for start, end in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
        )
    )


@lru_cache(maxsize=256)
def ramp(*stops: str) -> Ramp:
    """Return a table ``(256,)`` of ARGB32 pixels through evenly spaced colours ``#rrggbb``."""
    colours = np.array([[QColor(stop).red(), QColor(stop).green(), QColor(stop).blue()] for stop in stops], dtype=float)
    where = np.linspace(0.0, len(stops) - 1.0, N_COLOURS)
    channels = [np.interp(where, np.arange(len(stops)), colours[:, k]).round().astype(np.uint32) for k in range(3)]
    table: Ramp = np.asarray(0xFF000000 | (channels[0] << 16) | (channels[1] << 8) | channels[2], dtype=np.uint32)
    return read_only(table)


def sign_ramp(theme: Theme) -> Ramp:
    """Negative … neutral … positive: weights, unit activations, regression."""
    return ramp(theme.negative, theme.neutral, theme.positive)


def class_ramp(theme: Theme, index: int) -> Ramp:
    """Canvas … the colour of a class: the probability of that class."""
    return ramp(theme.canvas, theme.class_colour(index).name())


def two_class_ramp(theme: Theme) -> Ramp:
    """The first class's colour … neutral … the second's."""
    return ramp(theme.class_colour(0).name(), theme.neutral, theme.class_colour(1).name())


def part_colour(theme: Theme, weight: float, strength: float) -> QColor:
    """Return the colour of what a unit adds to a curve: by the sign of its weight, paler where that is weak (0 … 1)."""
    return mix(theme.panel, theme.negative if weight < 0.0 else theme.positive, 0.35 + 0.5 * strength)


def picture_ramp(theme: Theme) -> Ramp:
    """Return dark … light: the pixels of a picture, in every theme as they are in the data."""
    return ramp(theme.window, theme.text) if theme.dark else ramp(theme.text, theme.panel)


def diverging_colours(theme: Theme, count: int) -> list[QColor]:
    """Return `count` colours from negative through neutral to positive, for colour bars and regression points."""
    table = sign_ramp(theme)
    return [QColor.fromRgb(int(table[index])) for index in np.linspace(0, N_COLOURS - 1, count).round().astype(int)]


def activation_levels(activation: str, values: NDArray[np.floating]) -> Levels:
    """Return the values at the two ends of the diverging map for a layer.

    Parameters
    ----------
    activation : str
        Name of the layer's activation; anything unknown counts as unbounded.
    values : ndarray
        All values that will be shown together; NaN and infinities are passed over.
    """
    return bounded_levels(activation) or symmetric_levels(values)


def bounded_levels(activation: str) -> Levels | None:
    """Return the range of an activation that is bounded on both sides; None for others, whose maps span ± the largest
    value around neutral.
    """
    entry = ACTIVATIONS.get(activation)
    return None if entry is None else entry.bounds


def symmetric_levels(values: NDArray[np.floating]) -> Levels:
    """Return ± the largest finite magnitude in `values`, at least ± `NOTHING`."""
    top = float(np.max(np.abs(values), initial=0.0))
    if not np.isfinite(top):
        finite = np.abs(values[np.isfinite(values)])
        top = float(finite.max(initial=0.0))
    top = max(top, NOTHING)
    return -top, top


def level_texts(levels: Levels) -> tuple[str, ...]:
    """Return what is written beside a colour scale, from its lower end up: 0 alone where there is nothing but that."""
    low, high = levels
    if low <= 0.0 <= high and high - low <= 2.0 * NOTHING:
        return ("0",)
    return tuple(number_text(value, 2) if value else "0" for value in (low, 0.5 * (low + high), high))


def lookup(values: NDArray[np.floating], levels: Levels, table: Ramp) -> Ramp:
    """Return the pixels of `values`: the first colour for ``levels[0]`` (and NaN), the last for ``levels[1]``."""
    low, high = levels
    scale = (N_COLOURS - 1) / (high - low) if high > low else 0.0
    with np.errstate(all="ignore"):  # Of a run that has diverged.
        index = (np.asarray(values, dtype=np.float32) - np.float32(low)) * np.float32(scale)
        index += np.float32(0.5)
    # fmax and fmin pass over NaN, which a cast to integers must never see.
    np.fmax(index, 0.0, out=index)
    np.fmin(index, N_COLOURS - 1, out=index)
    return np.asarray(table.take(index.astype(np.uint8)))
