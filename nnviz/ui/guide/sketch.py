"""What concept pictures are drawn with: a small canvas with axes from 0 to 1, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.drawing.colormap import mix
from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.help_text import table_text

#: Left free round what is drawn, in pixels.
MARGIN = 14.0
#: The same above and below, where the axes are named.
TOP = 24.0
_MIDDLE = Qt.AlignmentFlag.AlignHCenter
_MIDDLE = Qt.AlignmentFlag.AlignHCenter


class Sketch:
    """Draws in coordinates from 0 to 1, y upwards.

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
        In pixels.
    theme : Theme
    """

    def __init__(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        self.painter, self.theme = painter, theme
        self.rect = rect.adjusted(MARGIN, TOP, -MARGIN, -TOP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(painter.font())
        font.setPointSizeF(theme.small_font_size)
        painter.setFont(font)

    def at(self, x: float, y: float) -> QPointF:
        """Return a point in pixels."""
        return QPointF(self.rect.left() + x * self.rect.width(), self.rect.bottom() - y * self.rect.height())

    def colour(self, role: str, strength: float = 1.0) -> QColor:
        """Return a colour of the theme, mixed with the canvas where it is not at full strength."""
        return mix(self.theme.canvas, getattr(self.theme, role), strength)

    def axes(self, x: str = "", y: str = "") -> None:
        """Draw two axes with what they are."""
        self.line([(0, 1), (0, 0), (1, 0)], "quiet", 1.0)
        self.text(0.5, -0.13, x)
        self.text(0.0, 1.12, y, Qt.AlignmentFlag.AlignLeft)

    def line(
        self,
        points: Sequence[tuple[float, float]] | Array,
        role: str = "positive",
        width: float = 2.0,
        *,
        dashed: bool = False,
        strength: float = 1.0,
    ) -> None:
        """Draw a line through points."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self.painter.setPen(QPen(self.colour(role, strength), width, style, Qt.PenCapStyle.RoundCap))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPolyline(QPolygonF([self.at(float(x), float(y)) for x, y in points]))

    def curve(self, x: Array, y: Array, role: str = "positive", width: float = 2.0, *, dashed: bool = False) -> None:
        """Draw a function, given by arrays of coordinates."""
        self.line(np.column_stack([x, y]), role, width, dashed=dashed)

    def arrow(self, start: tuple[float, float], end: tuple[float, float], role: str = "text") -> None:
        """Draw an arrow."""
        self.line([start, end], role, 1.6)
        a, b = self.at(*start), self.at(*end)
        along = np.array([b.x() - a.x(), b.y() - a.y()])
        along /= max(float(np.hypot(*along)), 1e-9)
        across = np.array([-along[1], along[0]])
        tip = np.array([b.x(), b.y()])
        feet = (tip - 7 * along + 4 * across, tip - 7 * along - 4 * across)
        self.painter.setBrush(self.colour(role))
        self.painter.drawPolygon(QPolygonF([b, *(QPointF(*map(float, foot)) for foot in feet)]))

    def dot(self, x: float, y: float, role: str = "positive", radius: float = 4.0, *, hollow: bool = False) -> None:
        """Draw a dot of a radius in pixels."""
        self.painter.setPen(QPen(self.colour(role), 1.6))
        self.painter.setBrush(self.colour("canvas") if hollow else self.colour(role))
        self.painter.drawEllipse(self.at(x, y), radius, radius)

    def box(self, x: float, y: float, width: float, height: float, role: str, strength: float = 1.0) -> None:
        """Fill a box whose lower left corner is at `x`, `y`."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.colour(role, strength))
        self.painter.drawRect(QRectF(self.at(x, y + height), self.at(x + width, y)))

    def unit(self, x: float, y: float, text: str = "", *, faded: bool = False) -> None:
        """Draw a unit of a network."""
        centre, side = self.at(x, y), 20.0
        self.painter.setPen(QPen(self.colour("line" if faded else "text"), 1.2))
        self.painter.setBrush(self.colour("field"))
        rect = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
        self.painter.drawRoundedRect(rect, 3, 3)
        if text:
            self.painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
        role: str = "quiet",
    ) -> None:
        """Write a short text with its middle (or its left end) at `x`, `y`."""
        if not text:
            return
        at = self.at(x, y)
        self.painter.setPen(self.colour(role))
        left = at.x() if align == Qt.AlignmentFlag.AlignLeft else at.x() - 100
        rect = QRectF(left, at.y() - 10, 200, 20)
        self.painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter, table_text(text))
