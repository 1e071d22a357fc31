"""A curve in a pyqtgraph plot that stays quick with thousands of noisy points, solid, dashed or dotted."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from nnviz.core.layout import Array
from nnviz.drawing.curves import DASH, Dash, curve_lines, draw_lines
from nnviz.drawing.markers import paint_star
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName
from nnviz.ui.plots.live import Drawing, LiveItem


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
        if not _has_room(self._bounds, bounds):
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

    def drawing(self) -> Drawing:
        """Return what maps the points to pixels and draws the lines between them there, and the ★ after them."""
        dashes = self._dash if self.dashed else None
        lines = partial(_draw_curve, self._x, self._y, QPen(self._pen), dashes)
        if self._mark is None or self._theme is None:
            return lines
        box = self.getViewBox()
        room = QRectF(box.viewRect()) if box is not None else None
        return partial(_draw_marked, lines, QPointF(*self._mark), room, self._theme, self._part)


def _draw_curve(x: Array, y: Array, pen: QPen, dash: Dash | None, painter: QPainter) -> None:
    transform = painter.worldTransform()
    across, up = transform.m11() * x + transform.dx(), transform.m22() * y + transform.dy()
    painter.setWorldTransform(QTransform())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    draw_lines(painter, curve_lines(across, up, dashed=dash is not None, dash=dash or DASH))
    painter.setWorldTransform(transform)


def _draw_marked(
    lines: Drawing, mark: QPointF, room: QRectF | None, theme: Theme, part: PartName, painter: QPainter
) -> None:
    lines(painter)
    transform, size = painter.worldTransform(), 1.7 * theme.marker_size
    centre = transform.map(mark)
    if room is not None:
        centre = _whole(centre, size, transform.mapRect(room))
    painter.setWorldTransform(QTransform())
    paint_star(painter, centre, size, theme, part)
    painter.setWorldTransform(transform)


def _whole(centre: QPointF, size: float, room: QRectF) -> QPointF:
    """Return where the ★ of an epoch at the border goes so that it is not cut: inside by up to half its size."""
    half = 0.55 * size
    x = max(min(centre.x(), room.right() - half), room.left() + half)
    y = max(min(centre.y(), room.bottom() - half), room.top() + half)
    return QPointF(x, y)


def _has_room(kept: QRectF, bounds: QRectF) -> bool:
    """Whether `kept` serves points that take `bounds`, and is not much larger than that."""
    if bounds.isNull():
        return kept.isNull()
    is_filled = bounds.width() >= 0.5 * kept.width() and bounds.height() >= 0.2 * kept.height()
    return is_filled and kept.contains(bounds)
