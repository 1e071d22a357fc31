"""Tables of pictures: a label, and pixels as whole numbers from 0 to 255, row by row from the top."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from nnviz.data.column_data import ColumnData

#: Fewer columns of whole numbers than this are measures.
_FEWEST_PIXELS = 50
_BRIGHTEST = 255.0
#: More different labels than this are none.
_MOST_LABELS = 50
#: Sides of colour pictures that come as tables: a side of s makes 3·s² columns.
_COLOUR_SIDES = (8, 16, 28, 32)
_NUMBERED = re.compile(r"\D{0,20}\d+(?:\D{1,3}\d+){0,2}\D?(?:[rgb]|red|green|blue)?", re.IGNORECASE)
_LABEL_NAMES = frozenset({"label", "labels", "class", "target", "digit", "y", "letter", "character"})


class Pictures(Struct, frozen=True):
    """Where a table holds pictures.

    Attributes
    ----------
    label : int
        Position of the column of labels: the first, or the last.
    shape : (height, width) or None
        None: the pixels make no square.
    n_channels : int
        3 where they are coloured, else 1.
    """

    label: int
    shape: tuple[int, int] | None
    n_channels: int = 1

    @property
    def first_pixel(self) -> int:
        """Position of the first pixel."""
        return 1 if self.label == 0 else 0


def find_pictures(names: Sequence[str], data: Sequence[ColumnData], headless: bool) -> Pictures | None:
    """Return where a table holds pictures: a label at either end, and all other columns are pixels.

    Parameters
    ----------
    names : sequence of str
        Those of pixels are numbered, such as pixel0 or 1x1.
    data : sequence of ColumnData
    headless : bool
        Whether the names were made up.
    """
    last = len(data) - 1
    if last < _FEWEST_PIXELS or not (headless or _are_numbered(names[1:-1])) or not all(map(_may_be_pixel, data[1:-1])):
        return None
    ends = [end for end in (0, last) if _may_be_label(data[end]) and _may_be_pixel(data[last - end])]
    if not ends:
        return None
    named = [end for end in ends if names[end].strip().lower() in _LABEL_NAMES]
    counted = [end for end in ends if _is_counted(data[end])]
    # A pixel at a corner may have few values too, but these hardly begin at 0 and leave none out.
    label = (named or counted or ends)[0]
    if not named and max(_brightest(column) for column in data[1:-1]) <= 10.0 and not _side(last):
        return None
    return _shaped(label, last)


def _are_numbered(names: Sequence[str]) -> bool:
    return all(_NUMBERED.fullmatch(name.strip()) is not None for name in names)


def _shaped(label: int, n_pixels: int) -> Pictures:
    side = _side(n_pixels)
    if side:
        return Pictures(label, (side, side))
    colour = next((side for side in _COLOUR_SIDES if 3 * side * side == n_pixels), 0)
    return Pictures(label, (colour, colour), 3) if colour else Pictures(label, None)


def _side(n_pixels: int) -> int:
    """Return the side of a square of so many pixels; 0 where there is none."""
    side = math.isqrt(n_pixels)
    return side if side * side == n_pixels else 0


def _brightest(column: ColumnData) -> float:
    return float(column.numbers.max(initial=0.0))


def _may_be_pixel(column: ColumnData) -> bool:
    """Return whether a column holds nothing but whole numbers from 0 to 255."""
    values = column.plain
    if values is None or not len(values):
        return False
    return bool(values.min() >= 0.0 and values.max() <= _BRIGHTEST and (values == np.round(values)).all())


def _may_be_label(column: ColumnData) -> bool:
    """Return whether a column holds a few whole numbers, or a few words that repeat."""
    values = column.plain
    if values is None:
        labels = column.labels(target=True)[1]
        return not column.is_numeric and 1 < len(labels) <= _MOST_LABELS and len(labels) < len(column)
    different = np.unique(values)
    return (
        1 < len(different) <= _MOST_LABELS
        and bool((different == np.round(different)).all())
        and bool(different[0] >= 0.0 and different[-1] <= _BRIGHTEST)
    )


def _is_counted(column: ColumnData) -> bool:
    """Return whether labels are words, or numbers without gaps from 0 or 1 on."""
    values = column.plain
    if values is None:
        return True
    different = np.unique(values)
    return different[0] in (0.0, 1.0) and different[-1] - different[0] + 1 == len(different)


def is_interleaved(X: np.ndarray, side: int) -> bool:
    """Return whether the colours of each pixel stand together, instead of one picture for each colour.

    Parameters
    ----------
    X : ndarray (n_samples, 3·side²)
        Of which the smoother reading is taken: neighbours in a picture are alike.
    """
    some = np.asarray(X[:200], dtype=np.float64)
    together, apart = some.reshape(-1, side, side, 3), some.reshape(-1, 3, side, side)
    return _roughness(together, 1, 2) < _roughness(apart, 2, 3)


def _roughness(pictures: np.ndarray, *axes: int) -> float:
    return sum(float(np.abs(np.diff(pictures, axis=axis)).mean()) for axis in axes)
