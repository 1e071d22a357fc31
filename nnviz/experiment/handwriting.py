"""From a drawing to an example: what is drawn finely becomes a picture like those that the network was trained on.

A network only knows pictures that were framed as its training pictures were. Where these are all equally large and
centred, a drawing is brought to the same size and place; otherwise it is only averaged down.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.data import Dataset
from nnviz.data.compact import limits_of, rows_of

INKED = 0.25
"""Share of the full ink from which a pixel belongs to what is drawn."""
FIXED_SPREAD = 0.04
"""Spread of a size, as a share of the picture's, below which all pictures count as brought to that size."""
CENTRED_SPREAD = 0.1
"""The same of the middle of the ink, below which all pictures count as centred."""
THIN = 0.22
"""Width of a line, as a share of the picture's shorter side, up to which pictures are made of lines."""
ALIKE = 0.45
"""Spread of the amount of ink, as a share of its mean, up to which all pictures have about as much."""
PIXEL_BLUR = 0.8
"""What pixels add to the square of the width of a line that is averaged into them, measured with lines of 0.6 … 5."""
USUAL_PEN = (0.05, 0.14)
"""Limits of the width of the pen to begin with: a broader one would make blots of a quick drawing."""
MOST_STRETCH = 2.0
"""How much more a drawing is stretched along one side than along the other."""
MOST_ROWS = 2000


class PictureStyle(Struct, frozen=True):
    """What the pictures of a data set have in common; lengths are in their pixels.

    Attributes
    ----------
    shape : (height, width)
    ground, ink : float
        Values of a pixel without any ink and with all of it: light on dark or dark on light.
    size : (float, float)
        Height and width that the ink rarely exceeds.
    is_fixed : (bool, bool)
        Whether nearly all pictures have just that height, that width.
    middle : (float, float)
        Usual centre of mass of the ink, from the top and from the left.
    is_centred : bool
        Whether nearly all pictures have it there.
    amount : float
        Usual amount of ink, in pixels full of it.
    stroke : float
        Usual width of a line.
    has_lines : bool
        Whether the pictures are made of thin lines, and of about as much ink each.
    """

    shape: tuple[int, int]
    ground: float
    ink: float
    size: tuple[float, float]
    is_fixed: tuple[bool, bool]
    middle: tuple[float, float]
    is_centred: bool
    amount: float
    stroke: float
    has_lines: bool

    @property
    def pen(self) -> float:
        """Width of a pen that suits the pictures, as a share of a drawing's shorter side."""
        return min(max(self.stroke / min(self.shape), USUAL_PEN[0]), USUAL_PEN[1])

    def inked(self, row: Array) -> Array:
        """Return the share of ink ``(height, width)``, 0 … 1, in the pixels of a row of features."""
        return np.clip((np.reshape(row, self.shape) - self.ground) / (self.ink - self.ground), 0.0, 1.0)

    def values(self, inked: Array) -> Array:
        """Return the features ``(height × width,)`` of a picture of ink: the way back."""
        return np.asarray(self.ground + (self.ink - self.ground) * inked.ravel())


def picture_style(train: Dataset) -> PictureStyle:
    """Return the style of the training pictures.

    Parameters
    ----------
    train : Dataset
        With an `image_shape` and at least one row.
    """
    assert train.image_shape is not None
    height, width = train.image_shape
    rows, (lows, highs) = rows_of(train, slice(MOST_ROWS)), limits_of(train)
    low, high = float(lows.min()), float(highs.max())
    high = high if high > low else low + 1.0
    pictures = rows.reshape(-1, height, width)
    # What most of the rim is made of is the ground on which things are drawn.
    rim = np.concatenate([pictures[:, (0, -1), :].ravel(), pictures[:, :, (0, -1)].ravel()])
    dark_ground = float(np.median(rim)) <= 0.5 * (low + high)
    ground, ink = (low, high) if dark_ground else (high, low)
    inked = (pictures - ground) / (ink - ground)
    inked = inked[inked.max(axis=(1, 2)) > INKED]
    if not len(inked):
        inked = np.ones((1, height, width))
    tops, bottoms = _extents(inked.max(axis=2) > INKED)
    lefts, rights = _extents(inked.max(axis=1) > INKED)
    sizes = (bottoms - tops, rights - lefts)
    mass = inked.sum(axis=(1, 2))
    middles = (
        inked.sum(axis=2) @ (np.arange(height) + 0.5) / mass,
        inked.sum(axis=1) @ (np.arange(width) + 0.5) / mass,
    )
    spreads = [float(middle.std()) / side for middle, side in zip(middles, (height, width), strict=True)]
    fixed = [float(size.std()) < FIXED_SPREAD * side for size, side in zip(sizes, (height, width), strict=True)]
    stroke = _stroke_width(inked, mass)
    return PictureStyle(
        shape=(height, width),
        ground=ground,
        ink=ink,
        size=(_usual_size(sizes[0], fixed[0]), _usual_size(sizes[1], fixed[1])),
        is_fixed=(fixed[0], fixed[1]),
        middle=(float(middles[0].mean()), float(middles[1].mean())),
        is_centred=max(spreads) < CENTRED_SPREAD,
        amount=float(np.median(mass)),
        stroke=stroke,
        has_lines=stroke < THIN * min(height, width) and float(mass.std()) < ALIKE * float(mass.mean()),
    )


def _usual_size(sizes: NDArray[np.int64], is_fixed: bool) -> float:
    """Return the size that few exceed; the outermost pixels of the ink count half, for so much of them is covered."""
    return max(float(np.quantile(sizes, 0.9)) - (0.0 if is_fixed else 1.0), 1.0)


def _extents(used: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and one past the last line ``(n,)`` that is used of each of ``(n, lines)``."""
    return used.argmax(axis=1), used.shape[1] - used[:, ::-1].argmax(axis=1)


def _stroke_width(inked: Array, mass: Array) -> float:
    """Return the usual width of a line: its area over half of its outline, which is how often ink begins and ends."""
    padded = np.pad(inked, ((0, 0), (1, 1), (1, 1)))
    outline = sum(np.abs(np.diff(padded, axis=axis)).sum(axis=(1, 2)) for axis in (1, 2))
    # Along a slanted line the steps of both directions add up to more than its length, by 4/π on average.
    width = float(np.median(2.0 * mass / np.maximum(outline * np.pi / 4.0, 1e-9)))
    return float(np.sqrt(max(width * width - PIXEL_BLUR, 0.25)))


class Framing(Struct, frozen=True):
    """Where a drawing goes: a place of the drawing, times scale, plus shift, is a place among the data's pixels.

    Attributes
    ----------
    scales, shifts : (float, float)
        Along y and x.
    """

    scales: tuple[float, float]
    shifts: tuple[float, float]


def averaged(fine: Array, shape: tuple[int, int]) -> Array:
    """Return a drawing ``(n_y, n_x)`` as a picture ``(height, width)``: every pixel is the average of what is in it."""
    return _pictured(fine, shape, _plain(fine, shape))


def _plain(fine: Array, shape: tuple[int, int]) -> Framing:
    return Framing((shape[0] / fine.shape[0], shape[1] / fine.shape[1]), (0.0, 0.0))


def framed_picture(fine: Array, style: PictureStyle) -> Array:
    """Return a drawing as a picture whose ink is as large, and where, as the training pictures have theirs."""
    return _pictured(fine, style.shape, framing(fine, style))


def _pictured(fine: Array, shape: tuple[int, int], frame: Framing) -> Array:
    edges: list[Array] = [
        np.asarray((np.arange(side + 1.0) - shift) / scale)
        for side, scale, shift in zip(shape, frame.scales, frame.shifts, strict=True)
    ]
    down, across = _averages(edges[0], fine.shape[0]), _averages(edges[1], fine.shape[1])
    return np.asarray(np.clip(down @ fine @ across.T, 0.0, 1.0))


def framing(fine: Array, style: PictureStyle) -> Framing:
    """Return how a drawing is brought to the size and the place of the training pictures.

    Parameters
    ----------
    fine : ndarray ``(n_y, n_x)``
        The drawing, 0 … 1. Where there is no ink it stays as it is.
    style : PictureStyle
    """
    if not fine.any():
        return _plain(fine, style.shape)
    used = np.asarray(fine > INKED * float(fine.max()))
    boxes, middles = [], []
    for axis in (1, 0):
        start, stop = (int(each[0]) for each in _extents(np.any(used, axis=axis, keepdims=False)[np.newaxis]))
        boxes.append((start, stop))
        weights = fine.sum(axis=axis)
        middles.append(float(weights @ (np.arange(len(weights)) + 0.5) / weights.sum()))
    scales = _scales([stop - start for start, stop in boxes], style)
    shifts = []
    for side, scale, box, middle, usual in zip(style.shape, scales, boxes, middles, style.middle, strict=True):
        # The ink stays inside the picture, whatever its centre of mass says.
        lowest, highest = -scale * box[0], side - scale * box[1]
        shift = usual - scale * middle
        shifts.append(min(max(shift, lowest), highest) if lowest <= highest else 0.5 * (lowest + highest))
    return Framing((scales[0], scales[1]), (shifts[0], shifts[1]))


def _scales(extents: list[int], style: PictureStyle) -> list[float]:
    """Return how much a drawing is scaled down along y and x."""
    fits = [size / max(extent, 1) for size, extent in zip(style.size, extents, strict=True)]
    if not any(style.is_fixed):
        return [min(fits)] * 2
    # A side that is not fixed follows the one that is, as far as there is room.
    leading = min(fit for fit, fixed in zip(fits, style.is_fixed, strict=True) if fixed)
    scales = [fit if fixed else min(fit, leading) for fit, fixed in zip(fits, style.is_fixed, strict=True)]
    return [min(scale, MOST_STRETCH * min(scales)) for scale in scales]


def _averages(edges: Array, n: int) -> Array:
    """Return the matrix that averages `n` fine pixels over each cell between `edges`; beyond them is nothing."""
    starts, stops = edges[:-1, np.newaxis], edges[1:, np.newaxis]
    pixel = np.arange(n)
    overlap = np.minimum(stops, pixel + 1) - np.maximum(starts, pixel)
    return np.asarray(np.maximum(overlap, 0.0) / (stops - starts))
