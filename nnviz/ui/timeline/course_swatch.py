"""The line by which a run is drawn, as a small picture before its name."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap

from nnviz.drawing.courses import course_colour, course_dash
from nnviz.drawing.theme import Theme


def swatch_size(theme: Theme) -> QSize:
    """Return the room that a swatch takes."""
    return QSize(round(2.2 * theme.font_size), round(1.6 * theme.font_size))


def course_swatch(theme: Theme, number: int, ratio: float) -> QIcon:
    """Return the line of a run by its number; 0: of the one that is shown, which is drawn as always."""
    size, thick = swatch_size(theme), theme.line_width + 0.4
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    pen = QPen(course_colour(theme, number) if number else theme.colour("train"), thick)
    if number:
        pen.setDashPattern([part / thick / 2.0 for part in course_dash(number)])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawLine(QPoint(0, size.height() // 2), QPoint(size.width(), size.height() // 2))
    return QIcon(picture)
