"""The picture of the warp: what has come how far, points that can be marked, and a cloud that can be turned."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QRubberBand, QSizePolicy, QWidget

from nnviz.drawing.theme import Theme
from nnviz.drawing.warp import WarpPicture, paint_warp, placing

#: How near to a point a click has to be, and how far a drag has to go, in pixels.
REACH, CLICK = 10.0, 4


def paint_beside(picture: WarpPicture, size: QSize, ratio: float, theme: Theme) -> QImage:
    """Return a picture of pixels, in any thread."""
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.colour("panel"))
    with QPainter(image) as painter:
        paint_warp(painter, QRectF(0.0, 0.0, size.width(), size.height()), picture, theme)
    return image


class WarpView(QWidget):
    """Paints a `WarpPicture`.

    *Signals*

    chosen(object, bool) : numbers of points (ndarray), whether what is marked stays marked
        Points were clicked, or a rectangle was drawn around them; none beside all of them.
    """

    chosen = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: WarpPicture | None = None
        self._painted: QImage | None = None
        self._pressed: QPoint | None = None
        self._band: QRubberBand | None = None
        # Otherwise it would not see that a rectangle was let go elsewhere.
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The data on their way through the network"))
        self.setToolTip(self.tr("Click a point to mark it everywhere, or drag a rectangle around several; Ctrl adds"))

    @property
    def picture(self) -> WarpPicture | None:
        """What is painted."""
        return self._picture

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme, self._painted = theme, None
        self.update()

    def show_picture(self, picture: WarpPicture | None, painted: QImage | None = None) -> None:
        """Show something else; `painted` is how it looks in this size, where that is known already."""
        self._picture, self._painted = picture, painted
        self.update()

    def sizeHint(self) -> QSize:
        """About as large as the map."""
        return QSize(320, 280)

    def minimumSizeHint(self) -> QSize:
        """Large enough to see something."""
        return QSize(160, 120)

    def _rect(self) -> QRectF:
        return QRectF(self.rect())

    def pixels(self) -> np.ndarray:
        """Return where the points are in the picture ``(n, 2)``."""
        if self._picture is None:
            return np.zeros((0, 2))
        return placing(self._picture.points, self._rect()).pixels(self._picture.points)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            if self._painted is not None and self._painted.size() == self.size() * ratio:
                painter.drawImage(0, 0, self._painted)
            elif self._picture is not None:
                self._painted = paint_beside(self._picture, self.size(), ratio, self._theme)
                painter.drawImage(0, 0, self._painted)
            else:
                painter.fillRect(self.rect(), self._theme.colour("panel"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a rectangle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the rectangle."""
        if self._pressed is not None and not event.buttons():
            # Let go over a dialog that came meanwhile.
            self._drop_band()
        if self._pressed is None:
            return
        place = event.position().toPoint()
        if self._band is None and (place - self._pressed).manhattanLength() > CLICK:
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self)
            self._band.show()
        if self._band is not None:
            self._band.setGeometry(QRect(self._pressed, place).normalized())

    def _drop_band(self) -> None:
        if self._band is not None:
            self._band.hide()
            self._band.deleteLater()
        self._pressed = self._band = None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was chosen."""
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        places, more = self.pixels(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._band is not None:
            area = QRectF(self._band.geometry())
            inside = [area.contains(QPointF(x, y)) for x, y in places.tolist()]
            found = np.flatnonzero(np.array(inside, dtype=bool))
        else:
            away = np.hypot(*(places - np.array([event.position().x(), event.position().y()])).T)
            found = np.array([away.argmin()]) if len(away) and away.min() <= REACH else np.zeros(0, dtype=np.int64)
        self._drop_band()
        self.chosen.emit(found, more)
