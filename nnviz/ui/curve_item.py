"""A curve in a pyqtgraph plot that stays quick with thousands of noisy points, solid or dashed."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.core.layout import Array
from nnviz.drawing.curves import curve_lines, draw_lines


class CurveItem(pg.GraphicsObject):
    """Draws its points as separate lines (see `nnviz.drawing.curves`); `PlotCurveItem` strokes one path."""

    def __init__(self, *, dashed: bool = False) -> None:
        super().__init__()
        self.dashed = dashed
        self._pen = QPen()
        self._x: Array = np.empty(0)
        self._y: Array = np.empty(0)
        self._bounds = QRectF()

    def set_line(self, colour: QColor, width: float) -> None:
        """Draw in `colour`, `width` pixels wide."""
        self._pen = QPen(colour, width)
        # Qt's raster engine has a fast path for flat caps.
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.update()

    def set_data(self, x: Array, y: Array) -> None:
        """Show the points `x`, `y` ``(n,)``; NaN leaves gaps."""
        self._x, self._y = x, y
        seen = np.isfinite(y)
        bounds = QRectF()
        if seen.any():
            low, high = float(y[seen].min()), float(y[seen].max())
            bounds = QRectF(float(x[0]), low, float(x[-1]) - float(x[0]), high - low)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.update()

    @property
    def data(self) -> tuple[Array, Array]:
        """The points that are shown."""
        return self._x, self._y

    def boundingRect(self) -> QRectF:
        """Return the extent of the points in plot coordinates."""
        return self._bounds

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Map the points to pixels and draw the lines between them there."""
        transform = painter.worldTransform()
        x = transform.m11() * self._x + transform.dx()
        y = transform.m22() * self._y + transform.dy()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        draw_lines(painter, curve_lines(x, y, dashed=self.dashed))
        painter.setWorldTransform(transform)
