"""The small picture of the stage on the console; with spotlight or pen the mouse over it acts on the stage."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.theme import Theme
from nnviz.ui.stage.presentation import Presentation
from nnviz.ui.stage.veil import Tool

#: Height of a picture of nothing, by its width.
USUAL_SHAPE = 9 / 16


class Thumbnail(QWidget):
    """Shows what the audience sees; a click on a view shows that one alone."""

    def __init__(self, presentation: Presentation, theme: Theme) -> None:
        super().__init__()
        self._presentation, self._theme = presentation, theme
        self._image = QImage()
        self._is_pressed = False
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("What the audience sees"))
        self.setToolTip(
            self.tr("What the audience sees now. Click a view to show it alone; spotlight and pen work here, too")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def fit(self) -> None:
        """Be as high as the shape of the stage asks for at this width."""
        stage = self._presentation.stage
        shape = USUAL_SHAPE if stage is None else stage.height() / max(1, stage.width())
        height = max(1, round(shape * self.width()))
        if height != self.height():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        """Return a small size: the dock decides."""
        return QSize(220, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the shape at another width."""
        super().resizeEvent(event)
        self.fit()

    def renew(self) -> None:
        """Take another picture of the stage."""
        stage = self._presentation.stage
        if stage is not None and self.isVisible():
            ratio = self.devicePixelRatioF()
            self.fit()
            self._image = stage.picture(self.size() * ratio)
            self.update()

    def _place(self, event: QMouseEvent) -> QPointF:
        return QPointF(event.position().x() / max(1, self.width()), event.position().y() / self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, or show the view under the mouse alone."""
        stage = self._presentation.stage
        if stage is None:
            return
        place = self._place(event)
        self._is_pressed = True
        if stage.veil.tool is not Tool.NONE:
            stage.veil.point(place, pressed=True, begins=True)
            self.renew()
            return
        at = QPointF(place.x() * stage.width(), place.y() * stage.height()).toPoint()
        for number, name in enumerate(stage.offered, start=1):
            if name in stage.shown and stage.tile(name).geometry().contains(at):
                self._presentation.zoom(number)
                break

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lead spotlight or pen."""
        stage = self._presentation.stage
        # Perhaps it was let go over a dialog that came meanwhile.
        self._is_pressed = self._is_pressed and bool(event.buttons())
        if stage is not None and stage.veil.tool is not Tool.NONE:
            stage.veil.point(self._place(event), pressed=self._is_pressed)
            self.renew()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End a stroke."""
        self._is_pressed = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture in a frame, which says by its colour that the stage is frozen or black."""
        with QPainter(self) as painter:
            area, theme, held = self.rect(), self._theme, self._presentation
            if self._image.isNull():
                painter.fillRect(area, theme.colour("field"))
            else:
                painter.drawImage(area, self._image)
            is_held = held.is_frozen or held.is_black
            painter.setPen(theme.colour("warning" if is_held else "line"))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
            if is_held:
                painter.drawRect(area.adjusted(1, 1, -2, -2))
