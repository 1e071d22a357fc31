"""The lines and curves on which units are zero, over a map, and their colours and numbers at the units themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from nnviz.core.layout import Array
from nnviz.drawing.curves import draw_lines
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.tag_places import MOST_TRIED, along, place_boxes
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import UnitId
from nnviz.experiment.unit_lines import CurveField, shown_units

if TYPE_CHECKING:
    from nnviz.core.lines import Line, Place, Segment

#: Apart from one another, from the signs of weights and from most classes; a number beside each repeats what they say.
UNIT_COLOURS = ("#0f7b3f", "#8e2c6e", "#4036a0", "#a8264f", "#6b5b00", "#00666e", "#7a4419", "#4d5c22")
UNIT_COLOURS_ON_DARK = ("#57d68d", "#f08ad0", "#b1a6ff", "#ff8fae", "#e3d26a", "#5fd6e0", "#e0a878", "#b8cf7a")
#: Of the ring that turns a line, and of its two knobs, in pixels on a desk.
RING, KNOB = 42.0, 5.5
#: Length of the arrow to the active side.
ARROW = 17.0


def unit_colour(theme: Theme, unit: UnitId) -> QColor:
    """Return the colour of a unit's line, which repeats after eight; each layer begins with another one."""
    colours = UNIT_COLOURS_ON_DARK if theme.dark else UNIT_COLOURS
    return QColor(colours[(unit[1] + 3 * (unit[0] - 1)) % len(colours)])


def unit_tag(unit: UnitId) -> str:
    """Return what stands beside a line: the number of a unit, before it that of its layer from the second on."""
    return f"{unit[1] + 1}" if unit[0] == 1 else f"{unit[0]}·{unit[1] + 1}"


class ShownLines(Struct, frozen=True, eq=False):
    """What is drawn of the units' lines.

    Attributes
    ----------
    lines : mapping of int to Line
        Of units of the first layer, in plot coordinates.
    field : CurveField or None
        What the curves of other units are made of.
    lit : (layer, unit) or None
        Stands out.
    held : int or None
        The unit of the first layer whose line has its ring.
    """

    lines: Mapping[int, Line]
    field: CurveField | None = None
    lit: UnitId | None = None
    held: int | None = None


def on_screen(line: Line, transform: QTransform) -> Line:
    """Return a line of a plot as one over pixels."""
    return line.stretched(transform.m11(), transform.m22(), transform.dx(), transform.dy())


def on_plot(line: Line, transform: QTransform) -> Line:
    """Return a line over pixels as one of the plot."""
    across, up = 1.0 / transform.m11(), 1.0 / transform.m22()
    return line.stretched(across, up, -across * transform.dx(), -up * transform.dy())


def seen(line: Line, room: QRectF) -> Segment | None:
    """Return the part of a line over pixels that is seen in `room`."""
    return line.within(room.left(), room.top(), room.right(), room.bottom())


def ring_place(segment: Segment) -> Place:
    """Return the middle of the ring on a line, given what is seen of it."""
    return (segment[0] + segment[2]) / 2.0, (segment[1] + segment[3]) / 2.0


def ring_size(theme: Theme) -> float:
    """Return the radius of the ring in pixels."""
    return RING * theme.enlarged


def distance_to(lines: Array, place: Place) -> float:
    """Return how far the nearest of short straight lines ``(n, 4)`` is from a place; infinite where there is none."""
    if not len(lines):
        return math.inf
    start, along = lines[:, :2], lines[:, 2:] - lines[:, :2]
    away = np.array(place) - start
    length = (along * along).sum(axis=1)
    share = np.clip((away * along).sum(axis=1) / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
    return float(np.sqrt(((away - share[:, np.newaxis] * along) ** 2).sum(axis=1).min()))


def paint_unit_lines(shown: ShownLines, room: QRectF, theme: Theme, painter: QPainter) -> None:
    """Paint lines and curves with a painter in plot coordinates, of which `room` is seen."""
    transform = painter.worldTransform()
    if not transform.isInvertible():
        # The plot is pressed together: there is no room for lines.
        return
    painter.setWorldTransform(QTransform())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pixels = transform.mapRect(room)
    tags: list[tuple[UnitId, Array]] = []
    step = QFontMetricsF(_tag_font(theme)).height()
    if shown.field is not None:
        scale, shift = (transform.m11(), transform.m22()) * 2, (transform.dx(), transform.dy()) * 2
        for unit, curve in shown.field.curves().items():
            if len(curve):
                placed = np.ascontiguousarray(curve * np.array(scale) + np.array(shift))
                _paint_strokes(painter, placed, unit, shown, theme)
                tags.append((unit, _tag_middles(placed, pixels)))
    # The one in the hand last: over all others.
    for number, line in sorted(shown.lines.items(), key=lambda each: (1, each[0]) in (shown.lit, (1, shown.held))):
        across = on_screen(line, transform)
        segment = seen(across, pixels)
        if segment is not None:
            _paint_strokes(painter, np.array([segment]), (1, number), shown, theme)
            _paint_arrow(painter, across, segment, unit_colour(theme, (1, number)), theme)
            if shown.held == number:
                _paint_ring(painter, segment, unit_colour(theme, (1, number)), theme)
            tags.append(((1, number), along(segment, 0.5 * step)))
    for unit, box in tag_boxes(tags, pixels, theme).items():
        _paint_tag_in(painter, box, unit, theme, _tag_font(theme))
    painter.setWorldTransform(transform)


def _paint_strokes(painter: QPainter, lines: Array, unit: UnitId, shown: ShownLines, theme: Theme) -> None:
    """Paint in the colour of a unit, on a rim that parts it from whatever the map shows below."""
    if unit[0] > 1:
        lines = _overlapping(lines)
    width = theme.line_width * (1.0 if unit[0] > 1 else 1.3) * (1.9 if unit == shown.lit else 1.0)
    for colour, extra in ((theme.colour("panel"), 1.6 * theme.line_width), (unit_colour(theme, unit), 0.0)):
        pen = QPen(colour, width + extra)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        draw_lines(painter, lines)


def _overlapping(lines: Array) -> Array:
    """Return the pieces of a curve each a little longer, so that flat ends leave no gaps: round ones take 4 times as
    long.
    """
    along = lines[:, 2:] - lines[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])[:, np.newaxis]
    more = 0.6 * along / np.maximum(length, 1e-9)
    return np.ascontiguousarray(np.hstack((lines[:, :2] - more, lines[:, 2:] + more)))


def _paint_arrow(painter: QPainter, line: Line, segment: Segment, colour: QColor, theme: Theme) -> None:
    """Paint an arrow from a line to the side on which its unit is active."""
    # Near an end: in the middle of the map are the points.
    x, y = (0.82 * begin + 0.18 * end for begin, end in (segment[::2], segment[1::2]))
    dx, dy = line.a / line.steepness, line.b / line.steepness
    size = ARROW * theme.enlarged
    tip, neck = QPointF(x + size * dx, y + size * dy), QPointF(x + 0.5 * size * dx, y + 0.5 * size * dy)
    side = QPointF(-0.3 * size * dy, 0.3 * size * dx)
    head = QPolygonF([tip, neck + side, neck - side])
    painter.setPen(QPen(theme.colour("panel"), 3.4 * theme.line_width))
    painter.drawLine(QPointF(x, y), neck)
    painter.setPen(QPen(colour, 1.3 * theme.line_width))
    painter.drawLine(QPointF(x, y), neck)
    painter.setPen(QPen(theme.colour("panel"), 0.8 * theme.line_width))
    painter.setBrush(colour)
    painter.drawPolygon(head)


def _paint_ring(painter: QPainter, segment: Segment, colour: QColor, theme: Theme) -> None:
    """Paint the ring that turns a line, with a knob where it crosses the line on either side."""
    x, y = ring_place(segment)
    radius = ring_size(theme)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(theme.colour("panel"), 3.2 * theme.line_width), QPen(colour, 1.2 * theme.line_width)):
        painter.setPen(pen)
        painter.drawEllipse(QPointF(x, y), radius, radius)
    length = math.hypot(segment[2] - segment[0], segment[3] - segment[1])
    dx, dy = (segment[2] - segment[0]) / length, (segment[3] - segment[1]) / length
    painter.setPen(QPen(theme.colour("panel"), theme.line_width))
    painter.setBrush(colour)
    for sign in (-1.0, 1.0):
        knob = KNOB * theme.enlarged
        painter.drawEllipse(QPointF(x + sign * radius * dx, y + sign * radius * dy), knob, knob)


def _tag_middles(lines: Array, room: QRectF) -> Array:
    """Return where the number of a curve may stand: on it, first as far to the upper right of `room` as it goes."""
    middle = 0.5 * (lines[:, :2] + lines[:, 2:])
    inside = middle[
        (middle[:, 0] > room.left())
        & (middle[:, 0] < room.right())
        & (middle[:, 1] > room.top())
        & (middle[:, 1] < room.bottom())
    ]
    places = inside if len(inside) else middle
    places = places[np.argsort(places[:, 1] - places[:, 0], kind="stable")]
    return places[:: -(-len(places) // MOST_TRIED)]


def tag_boxes(tags: Iterable[tuple[UnitId, Array]], room: QRectF, theme: Theme) -> dict[UnitId, QRectF]:
    """Return where the numbers of units stand, none over another, each whole in `room` and on its own line.

    Parameters
    ----------
    tags : iterable of ((layer, unit), ndarray ``(n, 2)``)
        Places on the line of a unit, the best first.
    room : QRectF
    theme : Theme
    """
    # In the order of the units, whichever line is in the hand: a number stays where it is while nothing moves.
    ordered = sorted(tags, key=lambda each: each[0])
    font = _tag_font(theme)
    sizes = [(places, (size.width(), size.height())) for places, size in ((p, _tag_size(u, font)) for u, p in ordered)]
    boxes = place_boxes(sizes, (room.left(), room.top(), room.width(), room.height()))
    return {unit: QRectF(*box) for (unit, _), box in zip(ordered, boxes, strict=True)}


def _tag_font(theme: Theme, points: float | None = None) -> QFont:
    return ui_font(points or 0.85 * theme.small_font_size, bold=True)


def _tag_size(unit: UnitId, font: QFont) -> QSizeF:
    metrics = QFontMetricsF(font)
    height = 1.15 * metrics.height()
    return QSizeF(max(height, metrics.horizontalAdvance(unit_tag(unit)) + 0.6 * height), height)


def paint_tag(
    painter: QPainter, place: QPointF, unit: UnitId, theme: Theme, room: QRectF, points: float | None = None
) -> None:
    """Paint the number of a unit in its colour, as near to `place` as it is whole in `room`."""
    font = _tag_font(theme, points)
    box = QRectF(QPointF(), _tag_size(unit, font))
    box.moveCenter(place)
    box.moveLeft(min(max(box.left(), room.left() + 2.0), room.right() - box.width() - 2.0))
    box.moveTop(min(max(box.top(), room.top() + 2.0), room.bottom() - box.height() - 2.0))
    _paint_tag_in(painter, box, unit, theme, font)


def _paint_tag_in(painter: QPainter, box: QRectF, unit: UnitId, theme: Theme, font: QFont) -> None:
    painter.setPen(QPen(theme.colour("panel"), 1.2))
    painter.setBrush(unit_colour(theme, unit))
    painter.drawRoundedRect(box, 0.5 * box.height(), 0.5 * box.height())
    painter.setFont(font)
    painter.setPen(theme.colour("panel"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, unit_tag(unit))


def paint_unit_tags(painter: QPainter, geometry: DiagramGeometry, layers: Iterable[int], theme: Theme) -> None:
    """Paint at the units of some layers of a diagram the number and the colour that their lines on the map have."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = QRectF(0.0, 0.0, geometry.width, geometry.height)
    points = min(0.85 * geometry.small_font_size, 0.2 * geometry.unit_size)
    for layer in layers:
        column = geometry.column(layer)
        for unit, rect in zip(column.units, column.rects, strict=True) if column is not None else ():
            if unit in shown_units(unit + 1):
                paint_tag(painter, rect.bottomRight() - QPointF(2.0, 2.0), (layer, unit), theme, room, points)
    painter.restore()
