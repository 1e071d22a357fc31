"""Where everything of a confusion matrix lies: cells of whole pixels, names and sums as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme

Counts = NDArray[np.int64]
"""Rows of each true class (first index) that were taken for each class (second index)."""
Place = tuple[int, int]
"""(true class, predicted class); −1 stands for all of them: a whole row or column."""

#: Numbers smaller than this, in points, are left out.
SMALLEST_FONT = 6.5


class Words(Struct, frozen=True):
    """What the axes and the sums are called, in the user's language."""

    true: str = "true"
    predicted: str = "predicted"
    rows: str = "rows"
    recall: str = "recall"
    precision: str = "precision"
    f1: str = "F1"


class Geometry(Struct, frozen=True):
    """Where everything of a matrix lies.

    Attributes
    ----------
    n : int
        Classes.
    cells : QRectF
        The matrix itself; every cell has the same whole number of pixels.
    width, height : float
        Of a cell.
    line : float
        Height of a line of small text.
    names_left, names_top : float
        Room for the names of the true and the predicted classes, beside and above the cells; 0: not named.
    turned : bool
        Whether the names above stand upright.
    sums : tuple of float
        Widths of the columns on the right, 0 where one is left out: number of rows, recall, and F1.
    sum_lines : int
        Lines below the cells: precision, and the number of rows.
    number_size : float
        Of the numbers in the cells, in points; 0: there is no room for numbers.
    shares : bool
        Whether the cells have room for their share of the row below the number.
    """

    n: int
    cells: QRectF
    width: float
    height: float
    line: float
    names_left: float
    names_top: float
    turned: bool
    sums: tuple[float, float, float]
    sum_lines: int
    number_size: float
    shares: bool

    def rect(self, place: Place) -> QRectF:
        """Return the rectangle of a cell, of the title of a row or column, or of the cells in all."""
        row, column = place
        if row < 0 and column < 0:
            return QRectF(self.cells)
        left, top = self.cells.left(), self.cells.top()
        if row < 0:
            return QRectF(left + column * self.width, top - self.names_top, self.width, self.names_top)
        if column < 0:
            return QRectF(left - self.names_left, top + row * self.height, self.names_left, self.height)
        return QRectF(left + column * self.width, top + row * self.height, self.width, self.height)

    def place_at(self, point: QPointF) -> Place | None:
        """Return the cell or title at a point; the sums belong to the title of their row or column."""
        x, y = point.x() - self.cells.left(), point.y() - self.cells.top()
        row = int(y // self.height) if 0.0 <= y < self.cells.height() else -1
        column = int(x // self.width) if 0.0 <= x < self.cells.width() else -1
        below = self.line * self.sum_lines + 4.0
        beside = sum(self.sums) + 4.0
        if row < 0 and not -self.names_top <= y < self.cells.height() + below:
            return None
        if column < 0 and not -self.names_left <= x < self.cells.width() + beside:
            return None
        return None if (row, column) == (-1, -1) else (row, column)


def geometry(
    size: tuple[float, float],
    counts: Counts,
    names: Sequence[str],
    theme: Theme,
    font: QFont,
    words: Words,
    corner: float = 0.0,
) -> Geometry:
    """Return where everything lies in a widget of `size` pixels; what has no room steps back, names and sums first.

    The `corner` at the top left stays free for so many pixels across, and for the lines of the names down.
    """
    where = _geometry(size, counts, names, theme, font, words, corner, summed=True)
    if not where.number_size and where.sums[1]:
        # The numbers themselves say more than what they add up to.
        bare = _geometry(size, counts, names, theme, font, words, corner, summed=False)
        return bare if bare.number_size else where
    return where


def _geometry(
    size: tuple[float, float],
    counts: Counts,
    names: Sequence[str],
    theme: Theme,
    font: QFont,
    words: Words,
    corner: float,
    *,
    summed: bool,
) -> Geometry:
    n = len(names)
    small = sized(font, theme.small_font_size)
    metrics = QFontMetricsF(small)
    line = metrics.height()
    marker = 0.8 * line
    longest = max(metrics.horizontalAdvance(name) for name in names)
    # Beside: the axis' name upright, names, cells, number of rows, recall.
    rough = (size[1] - 3.5 * line) / n
    named = max(1.6 * marker + min(longest, max(3.5 * line, 0.2 * size[0])) + 6.0, corner - line)
    recall = max(metrics.horizontalAdvance(words.recall), metrics.horizontalAdvance("100 %")) + 10.0
    total = max(metrics.horizontalAdvance(words.rows), metrics.horizontalAdvance(count_text(int(counts.sum())))) + 10.0
    has_sums = summed and rough >= 0.95 * line
    if has_sums:
        # The heads of the rows below have to fit, too.
        named = max(named, metrics.horizontalAdvance(f"{words.precision} %") + 8.0 - line)
    f1 = metrics.horizontalAdvance("100 %") + 10.0
    sums = (
        (total if size[0] > 26.0 * line else 0.0, recall, f1 if size[0] > 15.0 * line else 0.0)
        if has_sums
        else (0.0, 0.0, 0.0)
    )
    room = size[0] - line - named - sum(sums) - 4.0
    width = min(room / n, 11.0 * line)
    fits_flat = width >= 1.6 * marker + min(longest, metrics.horizontalAdvance("mmm")) + 4.0
    turned = not fits_flat and size[1] > 18.0 * line and width >= 3.0
    if turned:
        names_top = min(longest, 0.2 * size[1]) + 6.0 + (1.4 * marker if width >= marker else 0.0)
    else:
        names_top = 1.35 * line if width >= marker else 0.5 * line
    has_precision = has_sums and width >= metrics.horizontalAdvance("100") + 2.0
    sum_lines = (2 if rough > 2.2 * line else 1) if has_precision else 0
    height = min((size[1] - line - names_top - sum_lines * line - 6.0) / n, 6.0 * line, width)
    width = min(width, max(4.2 * height, 1.0))
    if has_sums and height < 0.95 * line:
        return _geometry(size, counts, names, theme, font, words, corner, summed=False)
    width, height = (max(1.0, float(int(side))) for side in (width, height))
    used = (line + named + n * width + sum(sums) + 4.0, line + names_top + n * height + sum_lines * line + 4.0)
    left, top = max(0.0, (size[0] - used[0]) / 2), max(0.0, (size[1] - used[1]) / 2)
    cells = QRectF(int(left + line + named), int(top + line + names_top), n * width, n * height)
    number = _number_size(counts, font, theme, width, height)
    shares = number > 0.0 and height > QFontMetricsF(sized(font, number)).height() + line + 2.0
    shares = shares and width > metrics.horizontalAdvance("100 %") + 4.0
    return Geometry(n, cells, width, height, line, named, names_top, turned, sums, sum_lines, number, shares)


def sized(font: QFont, points: float, *, bold: bool = False) -> QFont:
    """Return `font` in another size and weight."""
    result = QFont(font)
    result.setPointSizeF(points)
    result.setBold(bold)
    return result


def _number_size(counts: Counts, font: QFont, theme: Theme, width: float, height: float) -> float:
    """Return the largest size, in points, in which the longest number fits a cell; 0 where none can be read."""
    longest = count_text(int(counts.max(initial=0)))
    size = theme.font_size * (1.35 if height > 4.0 * theme.font_size and width > 6.0 * theme.font_size else 1.0)
    while size >= (theme.small_font_size if theme.projected else SMALLEST_FONT):
        metrics = QFontMetricsF(sized(font, size, bold=True))
        if metrics.horizontalAdvance(longest) <= width - 5.0 and metrics.ascent() + 2.0 <= height:
            return size
        size -= 0.5
    return 0.0
