"""Which part of a picture larger than its widget is on show: zoom and offset, without any widget."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSizeF

MAX_ZOOM = 6.0


class Viewport(Struct, frozen=True):
    """A window of the size of a widget onto a picture `zoom` times as large.

    Attributes
    ----------
    zoom : float
        1 (all of it fits) … `MAX_ZOOM`.
    offset : (float, float)
        Pixels of the picture left of and above the window; never shows anything beyond the picture.
    """

    zoom: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)

    @property
    def is_fitted(self) -> bool:
        """Whether all of the picture is on show."""
        return self.zoom <= 1.0

    def to_picture(self, point: QPointF) -> QPointF:
        """Return where in the picture a point of the widget is."""
        return QPointF(point.x() + self.offset[0], point.y() + self.offset[1])

    def zoomed(self, factor: float, at: QPointF, size: QSizeF) -> Viewport:
        """Return the view after zooming by `factor` around `at` in a widget of `size`: what is there stays there."""
        zoom = min(max(self.zoom * factor, 1.0), MAX_ZOOM)
        growth = zoom / self.zoom
        x = (at.x() + self.offset[0]) * growth - at.x()
        y = (at.y() + self.offset[1]) * growth - at.y()
        return Viewport(zoom, (x, y)).kept_inside(size)

    def moved(self, dx: float, dy: float, size: QSizeF) -> Viewport:
        """Return the view after pulling the picture by (`dx`, `dy`) pixels."""
        return Viewport(self.zoom, (self.offset[0] - dx, self.offset[1] - dy)).kept_inside(size)

    def showing(self, rect: QRectF, size: QSizeF, margin: float = 24.0) -> Viewport:
        """Return the view moved as little as possible so that `rect` of the picture is on show."""
        steps = []
        for low, high, start, length in (
            (rect.left(), rect.right(), self.offset[0], size.width()),
            (rect.top(), rect.bottom(), self.offset[1], size.height()),
        ):
            steps.append(min(low - margin - start, 0.0) or max(high + margin - start - length, 0.0))
        return self.moved(-steps[0], -steps[1], size)

    def kept_inside(self, size: QSizeF) -> Viewport:
        """Return the view without what it shows beyond the picture in a widget of `size`."""
        room = self.zoom - 1.0
        x = min(max(self.offset[0], 0.0), room * size.width())
        y = min(max(self.offset[1], 0.0), room * size.height())
        return Viewport(self.zoom, (x, y))
