"""Plots of which a frame changes only a part: a map, or curves, between axes and points that stay as they are.

Whenever one item has changed, pyqtgraph's scene asks all of them in Python where they are, and paints them. So what
changes with every frame is a `LiveItem`, which never tells the scene; `LivePlot` keeps a picture of everything else for
as long as the scene does not change, and has the live items painted beneath and above it in another thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from nnviz.session.side_painter import SidePainter

Drawing = Callable[[QPainter], None]
"""Paints with a painter in plot coordinates; made of what nobody changes, so that any thread may call it."""
Layer = Sequence[tuple[Drawing, QTransform]]
"""Drawings, each with the transform from its plot to pixels."""


class LiveItem(pg.GraphicsObject):
    """An item that a frame changes, drawn in plot coordinates, below all items that are not live, or above them."""

    #: Whether it is left out, because a picture of everything else is made.
    held_back = False

    def changed(self) -> None:
        """Have it painted again, without a word to the scene where its plot does so by itself."""
        view = self.getViewWidget()
        if isinstance(view, LivePlot):
            view.paint_live()
        else:
            self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint it, unless it is held back."""
        if not self.held_back:
            self.drawing()(painter)

    def drawing(self) -> Drawing:
        """Return what paints it as it is now."""
        raise NotImplementedError


class LivePlot(pg.PlotWidget):
    """A `PlotWidget` that keeps a picture of what its live items do not draw."""

    _LIVE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, parent: QWidget | None = None, **options: object) -> None:
        self._still: QImage | None = None
        # Below and above the picture of the others, for as long as the scene does not change.
        self._below: list[LiveItem] = []
        self._above: list[LiveItem] = []
        self._whole: QImage | None = None
        self._has_changed, self._had_changed = True, False
        self._is_layering = False
        self._is_asked = self._is_current = self._is_new = False
        super().__init__(parent, **options)
        # pyqtgraph's curves and points say that they move when they have moved: Qt would leave them where they were.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        # WORKAROUND: for the same reason Qt's index of where items are keeps some that have gone, and paints them: it
        # crashes now and then (QTBUG-18021). For some dozen items an index is no gain.
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._side = SidePainter(self)
        self._side.painted.connect(self._on_painted)
        self.scene().changed.connect(self._on_scene_changed)

    @property
    def keeps_picture(self) -> bool:
        """Whether the next paint is one of live items alone."""
        return self._still is not None and not self._has_changed

    def paint_live(self) -> None:
        """Have the live items painted again: beside the GUI thread where a picture of everything else is there."""
        self._is_current = False
        if not self.keeps_picture or not self.isVisible():
            self.viewport().update()
        elif not self._is_asked:
            # Many of them change with one frame; what the scene has to tell comes first.
            self._is_asked = True
            QCoreApplication.postEvent(self, QEvent(self._LIVE), Qt.EventPriority.LowEventPriority.value)

    def customEvent(self, event: QEvent) -> None:
        """Begin to paint what has changed, once all of it has."""
        if event.type() != self._LIVE:
            super().customEvent(event)
            return
        self._is_asked = False
        if self._has_changed or self._still is None or not self.isVisible():
            self.viewport().update()
        elif not self._is_current:
            self._side.paint(self._work(self._still))

    @Slot()
    def _on_scene_changed(self) -> None:
        self._has_changed = True
        self._side.forget()

    @Slot(object)
    def _on_painted(self, whole: QImage) -> None:
        self._whole, self._is_new = whole, True
        self._is_current = not self._is_asked and not self._side.is_busy
        self.viewport().update()

    def setBackground(self, background: object) -> None:
        """Take another colour."""
        super().setBackground(background)
        self._has_changed = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        super().resizeEvent(event)
        self._has_changed = True

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave nothing behind that is being painted."""
        self._is_current = self._is_new = False
        self._side.stop()
        super().hideEvent(event)

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        """Fill the background, but not that of the picture which lies above the live items."""
        if not self._is_layering:
            super().drawBackground(painter, rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the live items and the picture of the others, which is made anew where the scene has changed."""
        ratio = self.devicePixelRatioF()
        # What has just been painted in the other thread is shown, though something newer may be on its way.
        is_there = not self._has_changed and (self._is_new or self._is_current)
        had_changed, self._had_changed = self._had_changed, self._has_changed
        if not is_there or self._whole is None or self._whole.devicePixelRatioF() != ratio:
            self._side.forget()
            if self._has_changed or self._still is None or self._still.devicePixelRatioF() != ratio:
                # While the scene changes with every paint, a picture of it would serve nobody.
                if (had_changed and self._has_changed) or not self._sort_live():
                    self._has_changed, self._still, self._whole = False, None, None
                    super().paintEvent(event)
                    return
                self._has_changed, self._still = False, self._picture(ratio)
            self._whole, self._is_current = self._work(self._still)(), True
        self._is_new = False
        with QPainter(self.viewport()) as painter:
            painter.drawImage(0, 0, self._whole)

    def _work(self, still: QImage) -> Callable[[], QImage]:
        """Return what paints everything, in any thread."""
        place, box = self.viewportTransform(), self.plotItem.getViewBox()
        room = place.mapRect(box.sceneBoundingRect())
        below, above = (
            [(item.drawing(), item.sceneTransform() * place) for item in layer] for layer in (self._below, self._above)
        )
        colour = QColor(self.backgroundBrush().color())
        return lambda: _painted(still, room, below, above, colour)

    def _sort_live(self) -> bool:
        """Note which live items are on show, from the lowest up; whether there are any, none between other items."""
        shown = [item for item in self.plotItem.items if item.isVisible()]
        live = sorted((item for item in shown if isinstance(item, LiveItem)), key=lambda item: item.zValue())
        heights = [item.zValue() for item in shown if not isinstance(item, LiveItem)]
        low, high = min(heights, default=math.inf), max(heights, default=math.inf)
        self._below = [item for item in live if item.zValue() <= low]
        self._above = [item for item in live if item.zValue() > max(low, high)]
        return bool(live) and len(self._below) + len(self._above) == len(live)

    def _picture(self, ratio: float) -> QImage:
        """Return everything but the live items, on nothing."""
        live = (*self._below, *self._above)
        area = self.viewport().rect()
        picture = QImage(area.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            self._is_layering = True
            for item in live:
                item.held_back = True
            try:
                self.render(painter, QRectF(area), QRect(area))
            finally:
                self._is_layering = False
                for item in live:
                    item.held_back = False
        return picture


def _painted(still: QImage, room: QRectF, below: Layer, above: Layer, colour: QColor) -> QImage:
    """Return `still` between what two layers of drawings paint in `room`, each with its own transform."""
    whole = QImage(still.size(), QImage.Format.Format_RGB32)
    whole.setDevicePixelRatio(still.devicePixelRatio())
    whole.fill(colour)
    with QPainter(whole) as painter:
        for layer in (below, above):
            painter.setClipRect(room)
            for drawing, transform in layer:
                painter.save()
                painter.setWorldTransform(transform)
                drawing(painter)
                painter.restore()
            painter.setClipping(False)
            if layer is below:
                painter.drawImage(0, 0, still)
    return whole
