"""What a class predicts, as painted: the drawn line, the curtain over a map, the words on it, and the votes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.drawing.colormap import mix
from nnviz.drawing.curve_choice import is_logarithmic
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.schema import ViewSpec

Stroke = Sequence[tuple[float, float]]
"""A line that was drawn by hand, in the units of the axes."""

#: Widths of a drawn line and of its edge, in those of a curve.
DRAWN, EDGE = 1.7, 3.6
#: Between the lines of the curtain's pattern, in pixels of a desk.
HATCH = 14.0
#: Where a sentence may stand, the best first: the share of the width at which it is wrapped, across, and up or down.
_CARD_PLACES = tuple(
    (width, across, along)
    for width in (1.0, 0.55, 0.35)
    for along in (Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom)
    for across in (Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)
#: The narrowest room that a sentence is wrapped in, in lines of text: no word is longer.
_NARROWEST = 6.0
NO_POINTS: Array = np.empty((0, 2))


def paint_drawn(painter: QPainter, lines: Iterable[QPolygonF], theme: Theme, *, among_curves: bool = False) -> None:
    """Paint lines that were drawn by hand, in pixels.

    Parameters
    ----------
    painter : QPainter
    lines : iterable of QPolygonF
    theme : Theme
    among_curves : bool
        Whether they stand among curves, from whose colours theirs differs; on a map it is that of text, with an edge.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    kept = [line for line in lines if line.size() > 1]
    for role, width in (("canvas", EDGE), ("warning" if among_curves else "text", DRAWN)):
        pen = QPen(theme.colour(role), width * theme.line_width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for line in kept:
            painter.drawPolyline(line)


def expected_line(expected: Stroke, view: ViewSpec) -> Array:
    """Return a drawn curve ``(n, 2)`` on the scale of a loss plot; empty where that shows something else."""
    drawn = np.asarray(expected, dtype=float).reshape(-1, 2)
    if view.curve != "loss" or view.curve_x != "epoch":
        return drawn[:0]
    if not is_logarithmic(view):
        return drawn
    drawn = drawn[drawn[:, 1] > 0.0]
    return np.column_stack([drawn[:, 0], np.log10(drawn[:, 1])])


def paint_curtain(painter: QPainter, room: QRectF, lifted: float, theme: Theme) -> None:
    """Paint a hatched curtain over what is right of a share of `room`, 0 … 1; where it is being lifted, its hem."""
    area = QRectF(room)
    area.setLeft(room.left() + lifted * room.width())
    if area.width() <= 0.0:
        return
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(area, theme.colour("field"))
    painter.setPen(QPen(mix(theme.field, theme.quiet, 0.22), 0.7 * theme.line_width))
    step = HATCH * theme.enlarged
    x = room.left() - room.height()
    while x < room.right():
        painter.drawLine(QPointF(x, room.bottom()), QPointF(x + room.height(), room.top()))
        x += step
    if lifted > 0.0:
        painter.fillRect(QRectF(area.left(), area.top(), 1.6 * theme.line_width, area.height()), theme.colour("text"))
    painter.restore()


def paint_words(painter: QPainter, room: QRectF, text: str, theme: Theme, points: Array = NO_POINTS) -> QRectF:
    """Write a sentence on a card in `room`, over as many lines as it takes; return where the card is.

    Parameters
    ----------
    painter : QPainter
    room : QRectF
    text : str
    theme : Theme
    points : ndarray ``(n, 2)``
        Pixels. The card is at the top, or at the edge where it covers the fewest of them.
    """
    if not text:
        return QRectF()
    painter.save()
    painter.setFont(ui_font(theme.font_size, bold=True))
    line = QFontMetricsF(painter.font()).height()
    inner = room.adjusted(1.2 * line, 0.9 * line, -1.2 * line, -0.9 * line)
    tried = [
        _card(painter, inner, text, across | along, line, width)
        for width, across, along in _CARD_PLACES
        if inner.width() * width >= _NARROWEST * line
    ] or [_card(painter, inner, text, _CARD_PLACES[0][1] | _CARD_PLACES[0][2], line, 1.0)]
    card = min(tried, key=lambda place: _covered(place, points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("quiet"), 0.7 * theme.line_width))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(card, 0.3 * line, 0.3 * line)
    painter.setPen(theme.colour("text"))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(card.adjusted(0.5 * line, 0.0, -0.5 * line, 0.0), flags, text)
    painter.restore()
    return card


def _card(painter: QPainter, inner: QRectF, text: str, place: Qt.AlignmentFlag, line: float, width: float) -> QRectF:
    """Return the card of a sentence at one place, wrapped at a share of the room's width."""
    wrapped = QRectF(0.0, 0.0, width * inner.width(), inner.height())
    words = painter.boundingRect(wrapped, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, text)
    share = 0.0 if place & Qt.AlignmentFlag.AlignLeft else 1.0 if place & Qt.AlignmentFlag.AlignRight else 0.5
    x = inner.left() + share * (inner.width() - words.width())
    y = inner.bottom() - words.height() if place & Qt.AlignmentFlag.AlignBottom else inner.top()
    return QRectF(x, y, words.width(), words.height()).adjusted(-0.6 * line, -0.3 * line, 0.6 * line, 0.3 * line)


def _covered(card: QRectF, points: Array) -> int:
    """Return how many of `points` ``(n, 2)`` a card covers."""
    x, y = points[:, 0], points[:, 1]
    within = (x > card.left()) & (x < card.right()) & (y > card.top()) & (y < card.bottom())
    return int(np.count_nonzero(within))


def votes_height(theme: Theme) -> int:
    """Return how high the votes are."""
    return round(2.2 * QFontMetricsF(ui_font(theme.font_size, bold=True)).height())


def paint_votes(
    painter: QPainter, rect: QRectF, labels: Sequence[str], votes: Sequence[int], came: int | None, theme: Theme
) -> None:
    """Paint the votes beside each other, each with its bar; what has come true has a frame and a check mark.

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
    labels : sequence of str
    votes : sequence of int
    came : int or None
        What has come true; None: that is not known yet, or nothing has.
    theme : Theme
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(ui_font(theme.font_size, bold=True))
    metrics = QFontMetricsF(painter.font())
    line, most = metrics.height(), max(1, *votes)
    wide = rect.width() / len(labels)
    for index, (label, count) in enumerate(zip(labels, votes, strict=True)):
        cell = QRectF(rect.left() + index * wide, rect.top(), wide, rect.height()).adjusted(
            0.3 * line, 0.1 * line, -0.3 * line, -0.1 * line
        )
        if index == came:
            painter.setPen(QPen(theme.colour("positive"), 1.2 * theme.line_width))
            painter.setBrush(mix(theme.panel, theme.positive, 0.14))
            painter.drawRoundedRect(cell, 0.25 * line, 0.25 * line)
        inner = cell.adjusted(0.4 * line, 0.2 * line, -0.4 * line, -0.2 * line)
        number = str(count)
        room = inner.width() - metrics.horizontalAdvance(number) - 0.5 * line
        name = f"✓ {label}" if index == came else label
        painter.setPen(theme.colour("text"))
        elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(0.0, room))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, elided)
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, number)
        bar = QRectF(inner.left(), inner.bottom() - 0.34 * line, inner.width(), 0.34 * line)
        painter.fillRect(bar, theme.colour("field"))
        bar.setWidth(bar.width() * count / most)
        painter.fillRect(bar, theme.colour("positive" if index == came else "quiet"))
    painter.restore()
