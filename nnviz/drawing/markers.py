"""Data points: every class has a colour and a shape of its own, so that neither is needed alone.

The shapes have pyqtgraph's symbol names (`nnviz.drawing.theme.CLASS_SHAPES`) and are paths in a unit square here, for
legends and exported figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTransform

from nnviz.core.numbers import count_text
from nnviz.drawing.colormap import mix
from nnviz.drawing.theme import CLASS_SHAPES, Theme
from nnviz.experiment.figures import PartName


def _polygon(points: Sequence[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    path.closeSubpath()
    return path


def _regular(corners: int, radius: float, *, turn: float = 0.0, inner: float = 0.0) -> QPainterPath:
    """A polygon with its first corner upwards; with `inner` a star."""
    count = corners * (2 if inner else 1)
    points = []
    for k in range(count):
        angle = 2.0 * math.pi * k / count + turn
        r = inner if inner and k % 2 else radius
        points.append((r * math.sin(angle), -r * math.cos(angle)))
    return _polygon(points)


def _triangle(turn: float) -> QPainterPath:
    return _regular(3, 0.58, turn=turn)


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0.0, 0.0), 0.5, 0.5)
    return path


def _square() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(-0.45, -0.45, 0.9, 0.9))
    return path


_SHAPES: dict[str, Callable[[], QPainterPath]] = {
    "o": _circle,
    "s": _square,
    "t1": lambda: _triangle(0.0),
    "d": lambda: _polygon([(0.0, -0.62), (0.42, 0.0), (0.0, 0.62), (-0.42, 0.0)]),
    "p": lambda: _regular(5, 0.54),
    "t": lambda: _triangle(math.pi),
    "h": lambda: _regular(6, 0.54),
    "star": lambda: _regular(5, 0.62, inner=0.26),
    "t2": lambda: _triangle(math.pi / 2),
    "t3": lambda: _triangle(-math.pi / 2),
}


#: Radius of the dot of a validation point, per width of its marker.
_DOT = 0.17


@cache
def shape_path(name: str) -> QPainterPath:
    """Return the outline of a shape around (0, 0), about one unit wide, y downwards."""
    return _SHAPES[name]()


def class_shape(index: int) -> str:
    """Return pyqtgraph's name of a class's shape, which repeats after ten."""
    return CLASS_SHAPES[index % len(CLASS_SHAPES)]


def paint_marker(
    painter: QPainter,
    index: int,
    centre: QPointF,
    size: float,
    theme: Theme,
    *,
    part: PartName = "train",
    crossed: bool = False,
) -> None:
    """Paint the marker of class `index`, crossed where wrong.

    Parameters
    ----------
    centre : QPointF
    size : float
        Width in pixels.
    part : PartName
        Training points are filled, test points hollow, validation points hollow with a dot.
    """
    path = QTransform.fromTranslate(centre.x(), centre.y()).scale(size, size).map(shape_path(class_shape(index)))
    colour = theme.class_colour(index)
    if part == "train":
        painter.setPen(QPen(theme.colour("text"), outline_width(size)))
        painter.setBrush(colour)
    else:
        ring = QPen(colour, max(0.18 * size, 1.2))
        paint_outline(painter, path, ring.widthF(), outline_width(size), theme.colour("text"))
        painter.setPen(ring)
        painter.setBrush(theme.colour("canvas"))
    painter.drawPath(path)
    if part == "validation":
        paint_dot(painter, centre, size, colour)
    if crossed:
        paint_cross(painter, centre, size, theme)


@lru_cache(maxsize=16)
def marker_sheet(n_classes: int, size: float, theme: Theme, part: PartName, ratio: float) -> tuple[QImage, int]:
    """Return a sheet of what `paint_marker` paints, from which many points are drawn at once, and its squares' side.

    A column for each class; the second row has the crossed ones. `ratio` is the pixels per unit of the painter.
    """
    side = math.ceil((1.8 * size + 4.0) * ratio)
    sheet = QImage(side * max(1, n_classes), 2 * side, QImage.Format.Format_ARGB32_Premultiplied)
    sheet.fill(Qt.GlobalColor.transparent)
    with QPainter(sheet) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(ratio, ratio)
        for index in range(n_classes):
            for row in (0, 1):
                centre = QPointF((index + 0.5) * side / ratio, (row + 0.5) * side / ratio)
                paint_marker(painter, index, centre, size, theme, part=part, crossed=row == 1)
    return sheet, side


def outline_width(size: float) -> float:
    """Return how wide the outline of a marker is, which tells it from any map beneath: thin, and crisp."""
    return max(0.1 * size, 0.8)


def paint_outline(painter: QPainter, path: QPainterPath, ring: float, width: float, colour: QColor) -> None:
    """Paint what surrounds a hollow marker, whose own line of the width `ring` has the colour of its class.

    All widths are in the units of `path`.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, ring + 2.0 * width))
    painter.drawPath(path)


def paint_dot(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    """Paint what tells a validation point from a test point: a dot in its middle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(centre, _DOT * size, _DOT * size)


@cache
def dotted_shape(name: str) -> QPainterPath:
    """Return the outline of a shape with a small circle in its middle, which its pen makes a dot.

    The same object each time: pyqtgraph knows the pictures of its symbols by it.
    """
    path = QPainterPath(shape_path(name))
    path.addEllipse(QPointF(0.0, 0.0), 0.5 * _DOT, 0.5 * _DOT)
    return path


def paint_cross(painter: QPainter, centre: QPointF, size: float, theme: Theme) -> None:
    """Paint the × of a point that the network gets wrong."""
    arm = 0.55 * size
    painter.setPen(QPen(theme.colour("text"), max(0.16 * size, 1.2)))
    for sign in (-1.0, 1.0):
        painter.drawLine(
            QPointF(centre.x() - arm, centre.y() - sign * arm), QPointF(centre.x() + arm, centre.y() + sign * arm)
        )


def paint_star(painter: QPainter, centre: QPointF, size: float, theme: Theme, part: PartName = "test") -> None:
    """Paint the ★ of the best epoch, in the colour of the curve that it is the best of."""
    path = QTransform.fromTranslate(centre.x(), centre.y()).scale(size, size).map(shape_path("star"))
    painter.setPen(QPen(theme.colour("panel"), max(0.08 * size, 1.0)))
    painter.setBrush(theme.colour(part))
    painter.drawPath(path)


#: Height of a chip of the legend and the gaps between them, in lines of text.
_CHIP, _GAP = 1.5, 0.35


def legend_height(metrics: QFontMetricsF, width: float, names: Sequence[str], counts: Sequence[int] = ()) -> float:
    """Return how high a legend is in `width`, with the gap above its first row."""
    rows = _legend_rows(metrics, width, _chips(metrics, width, names, counts))
    return (_CHIP + _GAP) * len(rows) * metrics.height()


def _chips(
    metrics: QFontMetricsF, width: float, class_names: Sequence[str], counts: Sequence[int]
) -> list[tuple[str, str, float, float]]:
    """Return the name of every class, its number of rows, where that stands in the chip, and how wide the chip is."""
    line, chips = metrics.height(), []
    numbers = [count_text(count) for count in counts] or [""] * len(class_names)
    for name, number in zip(class_names, numbers, strict=True):
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 0.4 * width)
        start = 1.55 * line + metrics.horizontalAdvance(text)
        wide = start + 0.7 * line + (metrics.horizontalAdvance(number) + 0.5 * line if number else 0.0)
        chips.append((text, number, start, wide))
    return chips


def _legend_rows(
    metrics: QFontMetricsF, width: float, chips: Sequence[tuple[str, str, float, float]]
) -> list[list[int]]:
    gap = _GAP * metrics.height()
    rows: list[list[int]] = [[]]
    used = gap
    for index, (_, _, _, wide) in enumerate(chips):
        if rows[-1] and used + wide > width:
            rows.append([])
            used = gap
        rows[-1].append(index)
        used += wide + gap
    return rows


def paint_legend(
    painter: QPainter, rect: QRectF, class_names: Sequence[str], theme: Theme, counts: Sequence[int] = ()
) -> None:
    """Paint one chip per class at the bottom left of `rect`, row upon row, with how many rows there are of each."""
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    height, gap, marker = _CHIP * line, _GAP * line, 0.75 * line
    chips = _chips(metrics, rect.width(), class_names, counts)
    rows = _legend_rows(metrics, rect.width(), chips)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y = rect.bottom() - gap - height * len(rows) - gap * (len(rows) - 1)
    for row in rows:
        x = rect.left() + gap
        for index in row:
            name, number, start, wide = chips[index]
            chip = QRectF(x, y, wide, height)
            painter.setPen(QPen(theme.colour("line"), 1.0))
            painter.setBrush(mix(theme.panel, theme.canvas, 0.3))
            painter.drawRoundedRect(chip, 0.2 * height, 0.2 * height)
            paint_marker(painter, index, QPointF(x + 0.4 * line + marker / 2, chip.center().y()), marker, theme)
            painter.setPen(theme.colour("text"))
            text = chip.adjusted(0.8 * line + marker, 0.0, 0.0, 0.0)
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(text, left, name)
            painter.setPen(theme.colour("quiet"))
            painter.drawText(chip.adjusted(start + 0.5 * line, 0.0, 0.0, 0.0), left, number)
            x += wide + gap
        y += height + gap
    painter.restore()
