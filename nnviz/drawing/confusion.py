"""The confusion matrix: how many rows of each class were taken for which, as numbers on colours.

Rows are the true classes, columns the predicted ones. Colours say which share of its row a cell holds; they end where
the numbers on them could no longer be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from nnviz.core.numbers import count_text
from nnviz.drawing.colormap import N_COLOURS, Ramp, mix, ramp
from nnviz.drawing.confusion_layout import Counts, Geometry, Place, Words, sized
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme

#: Contrast of numbers to the strongest colours below them.
LEAST_CONTRAST, PROJECTED_CONTRAST = 4.5, 7.0
#: A single row of a large class is seen too.
FAINTEST = 0.12
#: Zeros are written out up to so many classes.
MOST_WITH_ZEROS = 6
_LEFT, _RIGHT, _CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


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
    text, least = theme.colour("text"), PROJECTED_CONTRAST if theme.projected else LEAST_CONTRAST
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
    painter.setFont(sized(font, theme.small_font_size))
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
    plain, bold = sized(font, where.number_size), sized(font, where.number_size, bold=True)
    small = sized(font, min(theme.small_font_size, where.number_size))
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
    """Paint rows, recall and F1 of each true class, and precision and rows of each predicted one."""
    if not where.sums[1]:
        return
    cells, line = where.cells, where.line
    columns = [pair for pair in zip((words.rows, words.recall, words.f1), where.sums, strict=True) if pair[1]]
    right, head = cells.right() + 4.0, QRectF(0.0, cells.top() - 1.1 * line, 0.0, line)
    of_rows, of_columns, hits = counts.sum(axis=1), counts.sum(axis=0), np.diagonal(counts)
    for word, width in columns:
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QRectF(right, head.top(), width - 4.0, line), _RIGHT | _MIDDLE, word)
        for k in range(where.n):
            box = QRectF(right, where.rect((k, -1)).top(), width - 4.0, where.height)
            if word is words.rows:
                text = count_text(int(of_rows[k]))
            elif word is words.recall:
                text = _share(int(hits[k]), int(of_rows[k]))
            else:
                text = _share(2 * int(hits[k]), int(of_rows[k] + of_columns[k]))
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
