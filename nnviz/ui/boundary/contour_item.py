"""Contour lines over a map: many short lines in plot coordinates, drawn straight from NumPy's memory."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from nnviz.core.layout import Array
from nnviz.drawing.curves import draw_lines
from nnviz.ui.plots.live import Drawing, LiveItem


class ContourItem(LiveItem):
    """Draws the contour of a plane."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Array = np.empty((0, 4))
        self._rect = QRectF()
        self._pen = QPen()
        self.setZValue(-50)

    @property
    def lines(self) -> Array:
        """What is drawn: x1, y1, x2, y2 in plot coordinates."""
        return self._lines

    def set_line(self, colour: QColor, width: float) -> None:
        """Draw in `colour`, `width` pixels wide."""
        self._pen = QPen(colour, width)
        self.changed()

    def show_lines(self, lines: Array | None, rect: QRectF) -> None:
        """Draw `lines` ``(n, 4)``, which lie in `rect`; None draws nothing."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        had_any = len(self._lines) > 0
        self._lines = lines if lines is not None else np.empty((0, 4))
        if had_any or len(self._lines):
            self.changed()

    def boundingRect(self) -> QRectF:
        """Return the rectangle in plot coordinates."""
        return self._rect

    def drawing(self) -> Drawing:
        """Return what maps the lines to pixels and draws them there."""
        return partial(_draw_contour, self._lines, QPen(self._pen))


def _draw_contour(lines: Array, pen: QPen, painter: QPainter) -> None:
    if not len(lines):
        return
    transform = painter.worldTransform()
    pixels = lines * np.array([transform.m11(), transform.m22()] * 2)
    pixels += np.array([transform.dx(), transform.dy()] * 2)
    painter.setWorldTransform(QTransform())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    draw_lines(painter, np.ascontiguousarray(pixels))
    painter.setWorldTransform(transform)
