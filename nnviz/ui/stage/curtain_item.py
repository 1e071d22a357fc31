"""The curtain on a plot, between the map and the points, and above all the lines that were drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.core.layout import Array
from nnviz.drawing.prediction import NO_POINTS, paint_curtain, paint_drawn, paint_words
from nnviz.drawing.theme import Theme
from nnviz.lessons.agreement import Place, Stroke

#: Above whatever tells the answer, below the points; and above everything.
BELOW_POINTS, ON_TOP = -20.0, 25.0


class _OnBox(pg.GraphicsObject):
    """An item over the whole of a view box, painted in pixels."""

    def __init__(self, box: pg.ViewBox, theme: Theme, z: float) -> None:
        super().__init__()
        self._box, self._theme = box, theme
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigRangeChanged.connect(self._on_view_changed)
        box.sigResized.connect(self._on_view_changed)
        box.addItem(self, ignoreBounds=True)

    def _on_view_changed(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:
        """Return all that the view box shows."""
        return QRectF(self._box.viewRect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint in pixels."""
        to_pixels = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        self.paint_pixels(painter, to_pixels.mapRect(self.boundingRect()), to_pixels)
        painter.restore()

    def paint_pixels(self, painter: QPainter, room: QRectF, to_pixels: QTransform) -> None:
        """Paint within `room`."""
        raise NotImplementedError


class CurtainItem(_OnBox):
    """Hides what lies below it, from a share of the width on.

    Parameters
    ----------
    box : ViewBox
    theme : Theme
    """

    def __init__(self, box: pg.ViewBox, theme: Theme) -> None:
        super().__init__(box, theme, BELOW_POINTS)
        self.lifted = 0.0
        self.hide()

    def show_lifted(self, lifted: float) -> None:
        """Be lifted over a share of the width."""
        if lifted != self.lifted:
            self.lifted = lifted
            self.update()

    def paint_pixels(self, painter: QPainter, room: QRectF, _to_pixels: QTransform) -> None:
        """Paint the curtain."""
        paint_curtain(painter, room, self.lifted, self._theme)


class DrawnItem(_OnBox):
    """Shows lines, the one that is being drawn, the cross of the keyboard, and a sentence.

    Parameters
    ----------
    box : ViewBox
    theme : Theme
    among_curves : bool
        Whether its colour differs from those of curves.
    places : callable
        Returns the points ``(n, 2)`` of the plot that the sentence had better not cover.
    """

    def __init__(
        self,
        box: pg.ViewBox,
        theme: Theme,
        *,
        among_curves: bool = False,
        places: Callable[[], Array] = lambda: NO_POINTS,
    ) -> None:
        super().__init__(box, theme, ON_TOP)
        self._places = places
        self._among_curves = among_curves
        self.lines: Sequence[Stroke] = ()
        self.begun: Sequence[Place] = ()
        self.cross: Place | None = None
        self.text = ""
        self.hide()

    def show_lines(self, lines: Sequence[Stroke], text: str) -> None:
        """Show these lines from now on, and say this."""
        if (lines, text) != (self.lines, self.text):
            self.lines, self.text = lines, text
            self.update()

    def show_begun(self, begun: Sequence[Place], cross: Place | None) -> None:
        """Show what is being drawn, and where the keyboard's pen is."""
        self.begun, self.cross = tuple(begun), cross
        self.update()

    def paint_pixels(self, painter: QPainter, room: QRectF, to_pixels: QTransform) -> None:
        """Paint the lines and the sentence."""
        lines = [*self.lines, self.begun] if self.begun else self.lines
        painter.setClipRect(room)
        polygons = [_polygon(line, to_pixels) for line in lines]
        paint_drawn(painter, polygons, self._theme, among_curves=self._among_curves)
        if self.cross is not None:
            at, reach = to_pixels.map(QPointF(*self.cross)), 1.2 * self._theme.marker_size
            across = [at - QPointF(reach, 0.0), at + QPointF(reach, 0.0)]
            up = [at - QPointF(0.0, reach), at + QPointF(0.0, reach)]
            paint_drawn(painter, [QPolygonF(across), QPolygonF(up)], self._theme)
        paint_words(painter, room, self.text, self._theme, self._pixels(to_pixels) if self.text else NO_POINTS)

    def _pixels(self, to_pixels: QTransform) -> Array:
        """Return where the points of the plot are painted."""
        scale, shift = (to_pixels.m11(), to_pixels.m22()), (to_pixels.dx(), to_pixels.dy())
        return np.asarray(self._places() * scale + shift)


def _polygon(line: Sequence[Place], to_pixels: QTransform) -> QPolygonF:
    return to_pixels.map(QPolygonF([QPointF(x, y) for x, y in line]))
