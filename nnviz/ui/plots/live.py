"""Plots of which a frame changes only a part: a map, or curves, between axes and points that stay as they are.

Whenever one item has changed, pyqtgraph's scene asks all of them in Python where they are, and paints them. So what
changes with every frame is a `LiveItem`, which never tells the scene; `LivePlot` keeps a picture of everything else for
as long as the scene does not change, and paints the live items beneath it by itself: a quarter of the time.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class LiveItem(pg.GraphicsObject):
    """An item that a frame changes, drawn in plot coordinates; all that is not one lies above it or beside it."""

    #: Whether it is left out, because a picture of everything else is made.
    held_back = False

    def changed(self) -> None:
        """Have it painted again, without a word to the scene where its plot does so by itself."""
        view = self.getViewWidget()
        if isinstance(view, LivePlot):
            view.viewport().update()
        else:
            self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint it, unless it is held back."""
        if not self.held_back:
            self.paint_live(painter)

    def paint_live(self, painter: QPainter) -> None:
        """Paint it with a painter in plot coordinates."""
        raise NotImplementedError


class LivePlot(pg.PlotWidget):
    """A `PlotWidget` that keeps a picture of what its live items do not draw."""

    def __init__(self, parent: QWidget | None = None, **options: object) -> None:
        self._still: QPixmap | None = None
        self._has_changed = True
        self._is_layering = False
        super().__init__(parent, **options)
        self.scene().changed.connect(self._on_scene_changed)

    @property
    def keeps_picture(self) -> bool:
        """Whether the next paint is one of live items alone."""
        return self._still is not None and not self._has_changed

    @Slot()
    def _on_scene_changed(self) -> None:
        self._has_changed = True

    def setBackground(self, background: object) -> None:
        """Take another colour."""
        super().setBackground(background)
        self._has_changed = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        super().resizeEvent(event)
        self._has_changed = True

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Fill the background, but not that of the picture which lies above the live items."""
        if not self._is_layering:
            super().drawBackground(painter, rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the live items and the picture of the others, or the whole scene where that has changed."""
        # The scene tells with the next turn of the event loop; who takes a picture at once does not wait for it.
        QCoreApplication.sendPostedEvents(self.scene(), QEvent.Type.MetaCall)
        ratio, live = self.devicePixelRatioF(), self._live_items()
        if self._has_changed or not live:
            self._has_changed, self._still = False, None
            super().paintEvent(event)
            return
        if self._still is None or self._still.devicePixelRatioF() != ratio:
            self._still = self._picture(ratio)
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.backgroundBrush())
        place, box = self.viewportTransform(), self.plotItem.getViewBox()
        painter.setClipRect(place.mapRect(box.sceneBoundingRect()))
        for item in live:
            painter.save()
            painter.setWorldTransform(item.sceneTransform() * place)
            item.paint_live(painter)
            painter.restore()
        painter.setClipping(False)
        painter.drawPixmap(0, 0, self._still)
        painter.end()

    def _live_items(self) -> list[LiveItem]:
        """Return those on show, from the lowest up; none where another item lies below one of them."""
        shown = [item for item in self.plotItem.items if item.isVisible()]
        live = sorted((item for item in shown if isinstance(item, LiveItem)), key=lambda item: item.zValue())
        others = [item.zValue() for item in shown if not isinstance(item, LiveItem)]
        return live if live and live[-1].zValue() <= min(others, default=live[-1].zValue()) else []

    def _picture(self, ratio: float) -> QPixmap:
        """Return everything but the live items, on nothing."""
        area = self.viewport().rect()
        picture = QPixmap(area.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        live, painter = self._live_items(), QPainter(picture)
        self._is_layering = True
        for item in live:
            item.held_back = True
        try:
            self.render(painter, QRectF(area), QRect(area))
        finally:
            self._is_layering = False
            for item in live:
                item.held_back = False
            painter.end()
        return picture
