"""What lies above the views of a stage: black, a spotlight, what was drawn with the pen."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme

#: Radius of the spotlight and width of the pen, as shares of the stage's height.
SPOT, PEN = 0.16, 0.006
#: How dark it is beside the spotlight, of 255.
DIMMED = 190


class Tool(Enum):
    """What the mouse does over a stage."""

    NONE = "none"
    SPOTLIGHT = "spotlight"
    PEN = "pen"


class Veil(QWidget):
    """Covers a stage; without anything on it, it is hidden, and neither takes the mouse nor costs a paint.

    Places are shares of width and height, so that the same hand leads it on the stage and on the small picture of it.

    Attributes
    ----------
    tool : Tool
    is_black : bool
    strokes : list of list of QPointF
    """

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tool, self.is_black = Tool.NONE, False
        self.strokes: list[list[QPointF]] = []
        self.spot: QPointF | None = None
        self._is_drawing = False
        self.setMouseTracking(True)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Give the mouse something to do; strokes stay until they are wiped off."""
        self.tool, self._is_drawing = tool, False
        self.spot = QPointF(0.5, 0.5) if tool is Tool.SPOTLIGHT else None
        self.setCursor(Qt.CursorShape.BlankCursor if tool is Tool.SPOTLIGHT else Qt.CursorShape.CrossCursor)
        self._look()

    def set_black(self, black: bool) -> None:
        """Show nothing at all, or the stage again."""
        self.is_black = black
        self._look()

    def wipe(self) -> None:
        """Take all strokes away."""
        self.strokes.clear()
        self._look()

    def point(self, place: QPointF, *, pressed: bool, begins: bool = False) -> None:
        """Lead the spotlight or the pen to a place, both coordinates 0 … 1."""
        if self.tool is Tool.SPOTLIGHT:
            self.spot = place
        elif self.tool is Tool.PEN:
            if begins:
                self.strokes.append([place])
            elif pressed and self.strokes:
                self.strokes[-1].append(place)
        self.update()

    def _look(self) -> None:
        self.setVisible(self.is_black or self.tool is not Tool.NONE or bool(self.strokes))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, self.tool is Tool.NONE)
        self.raise_()
        self.update()

    def _place(self, event: QMouseEvent) -> QPointF:
        return QPointF(event.position().x() / max(1, self.width()), event.position().y() / max(1, self.height()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self._is_drawing = True
        self.point(self._place(event), pressed=True, begins=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lead the tool."""
        # Perhaps it was let go over a dialog that came meanwhile.
        self._is_drawing = self._is_drawing and bool(event.buttons())
        self.point(self._place(event), pressed=self._is_drawing)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End a stroke."""
        self._is_drawing = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what lies above the views."""
        with QPainter(self) as painter:
            if self.is_black:
                painter.fillRect(self.rect(), Qt.GlobalColor.black)
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width, height = self.width(), self.height()
            if self.spot is not None:
                dark = QPainterPath()
                dark.setFillRule(Qt.FillRule.OddEvenFill)
                dark.addRect(QRectF(self.rect()))
                dark.addEllipse(QPointF(self.spot.x() * width, self.spot.y() * height), SPOT * height, SPOT * height)
                painter.fillPath(dark, QColor(0, 0, 0, DIMMED))
            edge = self._theme.colour("canvas")
            for wide, colour in ((2.2, edge), (1.0, self._theme.colour("warning"))):
                pen = QPen(colour, wide * PEN * height)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                for stroke in self.strokes:
                    points = [QPointF(place.x() * width, place.y() * height) for place in stroke]
                    painter.drawPolyline(QPolygonF([*points, points[-1]]))
