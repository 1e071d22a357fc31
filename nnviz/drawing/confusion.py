"""The confusion matrix: how many rows of each class were taken for which, as numbers on colours.

Rows are the true classes, columns the predicted ones. Colours say which share of its row a cell holds; they end where
the numbers on them could no longer be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from nnviz.drawing.colormap import N_COLOURS, Ramp, mix, ramp
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme

Counts = NDArray[np.int64]
Place = tuple[int, int]
"""(true class, predicted class); −1 stands for all of them: a whole row or column."""

#: Contrast of numbers to the strongest colours below them.
CONTRAST = {"projector": 7.0}
LEAST_CONTRAST = 4.5
#: Numbers smaller than this, in points, are left out.
SMALLEST_FONT = 6.5
#: A single row of a large class is seen too.
FAINTEST = 0.12
#: Zeros are written out up to so many classes.
MOST_WITH_ZEROS = 6
_LEFT, _RIGHT, _CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Words:
    """What the axes and the sums are called, in the user's language."""

    true: str = "true"
    predicted: str = "predicted"
    rows: str = "rows"
    recall: str = "recall"
    precision: str = "precision"


@dataclass(frozen=True)
class Geometry:
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
        Widths of the columns on the right: number of rows (0: left out) and recall (0: left out).
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
    sums: tuple[float, float]
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


def count_text(count: int) -> str:
    """Return a number of rows as people read it."""
    return f"{count:,}".replace(",", "\u2009")


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
    small = _sized(font, theme.small_font_size)
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
    sums = (total if size[0] > 26.0 * line else 0.0, recall) if has_sums else (0.0, 0.0)
    room = size[0] - line - named - sum(sums) - 4.0
    width = min(room / n, 11.0 * line)
    fits_flat = width >= 1.6 * marker + min(longest, metrics.horizontalAdvance("mmm")) + 4.0
    turned = not fits_flat and size[1] > 18.0 * line and width >= 3.0
    if turned:
        names_top = min(longest, 0.16 * size[1]) + (1.4 * marker if width >= marker else 4.0)
    else:
        names_top = 1.35 * line if width >= marker else 0.5 * line
    has_precision = has_sums and width >= metrics.horizontalAdvance("100") + 2.0
    sum_lines = (2 if rough > 2.2 * line else 1) if has_precision else 0
    height = min((size[1] - line - names_top - sum_lines * line - 6.0) / n, 6.0 * line, width)
    width = min(width, max(4.2 * height, 1.0))
    width, height = (max(1.0, float(int(side))) for side in (width, height))
    used = (line + named + n * width + sum(sums) + 4.0, line + names_top + n * height + sum_lines * line + 4.0)
    left, top = max(0.0, (size[0] - used[0]) / 2), max(0.0, (size[1] - used[1]) / 2)
    cells = QRectF(int(left + line + named), int(top + line + names_top), n * width, n * height)
    number = _number_size(counts, font, theme, width, height)
    shares = number > 0.0 and height > QFontMetricsF(_sized(font, number)).height() + line + 2.0
    shares = shares and width > metrics.horizontalAdvance("100 %") + 4.0
    return Geometry(n, cells, width, height, line, named, names_top, turned, sums, sum_lines, number, shares)


def _sized(font: QFont, points: float, *, bold: bool = False) -> QFont:
    sized = QFont(font)
    sized.setPointSizeF(points)
    sized.setBold(bold)
    return sized


def _number_size(counts: Counts, font: QFont, theme: Theme, width: float, height: float) -> float:
    """Return the largest size, in points, in which the longest number fits a cell; 0 where none can be read."""
    longest = count_text(int(counts.max(initial=0)))
    size = theme.font_size * (1.35 if height > 4.0 * theme.font_size and width > 6.0 * theme.font_size else 1.0)
    while size >= SMALLEST_FONT:
        metrics = QFontMetricsF(_sized(font, size, bold=True))
        if metrics.horizontalAdvance(longest) <= width - 5.0 and metrics.ascent() + 2.0 <= height:
            return size
        size -= 0.5
    return 0.0


# -- colours ------------------------------------------------------------------------------------------------------


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast of two colours as WCAG defines it, 1 … 21."""
    a, b = _luminance(first), _luminance(second)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=16)
def cell_ramp(theme: Theme, role: str) -> Ramp:
    """Return the colours of shares from 0 to 1, canvas … `role`, as far as the theme's text can be read on them."""
    text, least = theme.colour("text"), CONTRAST.get(theme.name, LEAST_CONTRAST)
    steps = np.linspace(1.0, 0.0, 101)
    ends = (mix(theme.canvas, theme.colour(role), float(step)) for step in steps)
    end = next(colour for colour in ends if contrast(text, colour) >= least)
    return ramp(theme.canvas, end.name())


def cell_pixels(counts: Counts, theme: Theme) -> Ramp:
    """Return the colour of each cell ``(n, n)``: right answers on the diagonal, mistakes beside it."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = np.where(counts > 0, np.maximum(shares, FAINTEST), 0.0)
    index = np.rint(shares * (N_COLOURS - 1)).astype(np.int64)
    right = np.eye(len(counts), dtype=bool)
    pixels: Ramp = np.where(right, cell_ramp(theme, "positive")[index], cell_ramp(theme, "negative")[index])
    return pixels


# -- painting -----------------------------------------------------------------------------------------------------


def paint_confusion(
    painter: QPainter, where: Geometry, counts: Counts, names: Sequence[str], theme: Theme, words: Words
) -> None:
    """Paint the matrix with its axes and sums.

    Parameters
    ----------
    painter : QPainter
        Its font is the base of all others.
    where : Geometry
    counts : ndarray int64 ``(n, n)``
        Rows of each true class (first index) that were taken for each class (second index).
    names : sequence of str
        Of the classes, inert.
    theme : Theme
    words : Words
    """
    font = painter.font()
    pixels = np.ascontiguousarray(cell_pixels(counts, theme))
    image = QImage(pixels.data, where.n, where.n, 4 * where.n, QImage.Format.Format_RGB32)
    painter.drawImage(where.cells, image)
    _paint_grid(painter, where, theme)
    _paint_numbers(painter, where, counts, theme, font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_sized(font, theme.small_font_size))
    _paint_axes(painter, where, theme, words)
    _paint_names(painter, where, names, theme)
    _paint_sums(painter, where, counts, theme, words)
    painter.setFont(font)


def paint_ring(painter: QPainter, where: Geometry, place: Place, colour: QColor, width: float, inset: float) -> None:
    """Paint a frame around a cell, around a whole row or around a whole column."""
    row, column = place
    rect = where.rect((max(row, 0), max(column, 0)))
    if row < 0:
        rect.setBottom(where.cells.bottom())
    if column < 0:
        rect.setRight(where.cells.right())
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(inset, inset, -inset, -inset))


def _paint_grid(painter: QPainter, where: Geometry, theme: Theme) -> None:
    cells, least = where.cells, min(where.width, where.height)
    painter.setPen(QPen(theme.colour("line"), 1.0))
    if least >= 5.0:
        for k in range(1, where.n):
            x, y = cells.left() + k * where.width - 0.5, cells.top() + k * where.height - 0.5
            painter.drawLine(QPointF(x, cells.top()), QPointF(x, cells.bottom() - 1))
            painter.drawLine(QPointF(cells.left(), y), QPointF(cells.right() - 1, y))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(cells.adjusted(-0.5, -0.5, -0.5, -0.5))


def _paint_numbers(painter: QPainter, where: Geometry, counts: Counts, theme: Theme, font: QFont) -> None:
    if not where.number_size:
        return
    zeros = where.n <= MOST_WITH_ZEROS
    plain, bold = _sized(font, where.number_size), _sized(font, where.number_size, bold=True)
    small = _sized(font, min(theme.small_font_size, where.number_size))
    totals = counts.sum(axis=1)
    text, quiet = theme.colour("text"), theme.colour("quiet")
    for row, column in np.argwhere(counts >= (0 if zeros else 1)).tolist():
        count, rect = int(counts[row, column]), where.rect((row, column))
        painter.setFont(bold if row == column else plain)
        painter.setPen(text if count else quiet)
        if where.shares and count:
            middle = rect.center().y()
            painter.drawText(
                QRectF(rect.left(), middle - rect.height(), rect.width(), rect.height()),
                _CENTRE | Qt.AlignmentFlag.AlignBottom,
                count_text(count),
            )
            painter.setFont(small)
            share = f"{100.0 * count / totals[row]:.0f} %"
            painter.drawText(
                QRectF(rect.left(), middle, rect.width(), rect.height()), _CENTRE | Qt.AlignmentFlag.AlignTop, share
            )
        else:
            painter.drawText(rect, _CENTRE | _MIDDLE, count_text(count))


def _paint_axes(painter: QPainter, where: Geometry, theme: Theme, words: Words) -> None:
    cells, line = where.cells, where.line
    painter.setPen(theme.colour("quiet"))
    top = QRectF(cells.left(), cells.top() - where.names_top - line, cells.width(), line)
    painter.drawText(top.adjusted(-40.0, 0.0, 40.0, 0.0), _CENTRE | _MIDDLE, words.predicted)
    painter.save()
    painter.translate(cells.left() - where.names_left - line / 2, cells.center().y())
    painter.rotate(-90.0)
    painter.drawText(QRectF(-cells.height(), -line / 2, 2.0 * cells.height(), line), _CENTRE | _MIDDLE, words.true)
    painter.restore()


def _paint_names(painter: QPainter, where: Geometry, names: Sequence[str], theme: Theme) -> None:
    """Paint the classes' names: every one, or as many as there is room for."""
    metrics, line = QFontMetricsF(painter.font()), where.line
    marker = 0.72 * line
    every = max(1, int(np.ceil(0.95 * line / where.height)))
    for k in range(0, where.n, every):
        rect = where.rect((k, -1))
        middle = rect.center().y()
        paint_marker(painter, k, QPointF(rect.left() + marker / 2 + 2.0, middle), marker, theme)
        room = rect.width() - 1.6 * marker - 6.0
        box = QRectF(rect.left() + 1.6 * marker, middle - line / 2, room, line)
        painter.setPen(theme.colour("text"))
        painter.drawText(box, _LEFT | _MIDDLE, metrics.elidedText(names[k], Qt.TextElideMode.ElideRight, room))
    if where.turned:
        _paint_turned(painter, where, names, theme)
        return
    if where.width < marker + 1.0:
        return
    for k, name in enumerate(names):
        rect = where.rect((-1, k))
        room = rect.width() - 1.6 * marker - 2.0
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        named = len(text) > 1 or text == name
        used = 1.5 * marker + metrics.horizontalAdvance(text) if named else marker
        left = rect.center().x() - used / 2
        paint_marker(painter, k, QPointF(left + marker / 2, rect.center().y()), marker, theme)
        if named:
            painter.setPen(theme.colour("text"))
            box = QRectF(left + 1.5 * marker, rect.top(), rect.right() - left, rect.height())
            painter.drawText(box, _LEFT | _MIDDLE, text)


def _paint_turned(painter: QPainter, where: Geometry, names: Sequence[str], theme: Theme) -> None:
    metrics, line = QFontMetricsF(painter.font()), where.line
    marker = 0.72 * line
    marked = where.width >= marker + 1.0
    every = max(1, int(np.ceil(0.95 * line / where.width)))
    for k in range(0, where.n, every):
        rect = where.rect((-1, k))
        foot = rect.bottom() - 3.0
        if marked:
            paint_marker(painter, k, QPointF(rect.center().x(), foot - marker / 2), marker, theme)
            foot -= 1.4 * marker
        room = foot - rect.top()
        painter.save()
        painter.translate(rect.center().x(), foot)
        painter.rotate(-90.0)
        painter.setPen(theme.colour("text"))
        text = metrics.elidedText(names[k], Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(0.0, -line / 2, room + 2.0, line), _LEFT | _MIDDLE, text)
        painter.restore()


def _paint_sums(painter: QPainter, where: Geometry, counts: Counts, theme: Theme, words: Words) -> None:
    """Paint the number of rows and the recall of each true class, and both for each predicted one."""
    total, recall = where.sums
    if not recall:
        return
    cells, line = where.cells, where.line
    columns = [(words.rows, total), (words.recall, recall)] if total else [(words.recall, recall)]
    right, head = cells.right() + 4.0, QRectF(0.0, cells.top() - 1.1 * line, 0.0, line)
    of_rows, of_columns, hits = counts.sum(axis=1), counts.sum(axis=0), np.diagonal(counts)
    for word, width in columns:
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QRectF(right, head.top(), width - 4.0, line), _RIGHT | _MIDDLE, word)
        for k in range(where.n):
            box = QRectF(right, where.rect((k, -1)).top(), width - 4.0, where.height)
            text = count_text(int(of_rows[k])) if word is words.rows else _share(int(hits[k]), int(of_rows[k]))
            painter.setPen(theme.colour("quiet" if word is words.rows else "text"))
            painter.drawText(box, _RIGHT | _MIDDLE, text)
        right += width
    if not where.sum_lines:
        return
    # In narrow cells the sign stands at the word.
    bare = QFontMetricsF(painter.font()).horizontalAdvance("100 %") > where.width
    left, beside = cells.left() - where.names_left - line, where.names_left + line - 6.0
    for number, word in enumerate((words.precision, words.rows)[: where.sum_lines]):
        counted, top = word is words.rows, cells.bottom() + 3.0 + number * line
        painter.setPen(theme.colour("quiet"))
        title = f"{word} %" if bare and not counted else word
        painter.drawText(QRectF(left, top, beside, line), _RIGHT | _MIDDLE, title)
        painter.setPen(theme.colour("quiet" if counted else "text"))
        for k in range(where.n):
            share = _share(int(hits[k]), int(of_columns[k]))
            text = count_text(int(of_columns[k])) if counted else share.removesuffix(" %") if bare else share
            box = QRectF(cells.left() + k * where.width - 4.0, top, where.width + 8.0, line)
            painter.drawText(box, _CENTRE | _MIDDLE, text)


def _share(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:.0f} %" if whole else "–"
