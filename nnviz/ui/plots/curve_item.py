"""A curve in a pyqtgraph plot that stays quick with thousands of noisy points, solid, dashed or dotted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from nnviz.core.layout import Array
from nnviz.drawing.curves import DASH, Dash, curve_lines, draw_lines
from nnviz.drawing.markers import paint_star
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName
from nnviz.ui.plots.live import LiveItem


class CurveItem(LiveItem):
    """Draws its points as separate lines (see `nnviz.drawing.curves`); `PlotCurveItem` strokes one path."""

    def __init__(self, *, dashed: bool = False, dash: Dash = DASH) -> None:
        super().__init__()
        self.dashed, self._dash = dashed, dash
        self._pen = QPen()
        self._x: Array = np.empty(0)
        self._y: Array = np.empty(0)
        self._bounds = QRectF()
        self._mark: tuple[float, float] | None = None
        self._theme: Theme | None = None
        self._part: PartName = "test"

    @property
    def pen(self) -> QPen:
        """What the curve is drawn with."""
        return self._pen

    def set_line(self, colour: QColor, width: float) -> None:
        """Draw in `colour`, `width` pixels wide."""
        self._pen = QPen(colour, width)
        # Qt's raster engine has a fast path for flat caps.
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.changed()

    def set_data(self, x: Array, y: Array) -> None:
        """Show the points `x`, `y` ``(n,)``; NaN leaves gaps."""
        self._x, self._y = x, y
        seen = np.isfinite(y)
        bounds = QRectF()
        if seen.any():
            low, high = float(y[seen].min()), float(y[seen].max())
            bounds = QRectF(float(x[0]), low, float(x[-1]) - float(x[0]), high - low)
        # Some room more than they take, so that a curve which grows need not tell the scene in every frame.
        kept = self._bounds
        if not (
            kept.contains(bounds) and bounds.width() > 0.5 * kept.width() and bounds.height() > 0.2 * kept.height()
        ):
            self.prepareGeometryChange()
            self._bounds = bounds.adjusted(0.0, -0.25 * bounds.height(), 0.25 * bounds.width(), 0.25 * bounds.height())
            if bounds.isNull() and self.scene() is not None:
                # The mark and the width of the line stick out of what Qt paints anew.
                self.scene().update()
        self.changed()

    def set_mark(self, mark: tuple[float, float] | None, theme: Theme, part: PartName = "test") -> None:
        """Put a ★ on the curve, which is that of a part of the data, in plot coordinates; None: none."""
        if mark != self._mark or theme is not self._theme:
            self._mark, self._theme, self._part = mark, theme, part
            self.changed()

    @property
    def mark(self) -> tuple[float, float] | None:
        """Where the ★ is."""
        return self._mark

    @property
    def data(self) -> tuple[Array, Array]:
        """The points that are shown."""
        return self._x, self._y

    def boundingRect(self) -> QRectF:
        """Return the extent of the points in plot coordinates, or somewhat more."""
        return self._bounds

    def _whole(self, centre: QPointF, size: float, transform: QTransform) -> QPointF:
        """Return where the ★ of an epoch at the border goes so that it is not cut: inside by up to half its size."""
        box = self.getViewBox()
        if box is None:
            return centre
        room, half = transform.mapRect(box.viewRect()), 0.55 * size
        x = max(min(centre.x(), room.right() - half), room.left() + half)
        y = max(min(centre.y(), room.bottom() - half), room.top() + half)
        return QPointF(x, y)

    def paint_live(self, painter: QPainter) -> None:
        """Map the points to pixels and draw the lines between them there."""
        transform = painter.worldTransform()
        x = transform.m11() * self._x + transform.dx()
        y = transform.m22() * self._y + transform.dy()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        draw_lines(painter, curve_lines(x, y, dashed=self.dashed, dash=self._dash))
        if self._mark is not None and self._theme is not None:
            size = 1.7 * self._theme.marker_size
            paint_star(
                painter,
                self._whole(transform.map(QPointF(*self._mark)), size, transform),
                size,
                self._theme,
                self._part,
            )
        painter.setWorldTransform(transform)
