"""The rings of marked rows on the map, and the rectangle that marks all points in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QRubberBand

from nnviz.core.layout import Array
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PartName
from nnviz.session.marking import MarkedRows
from nnviz.ui.plots.plot import Plot

#: Marked points that get a ring at the most.
MOST_RINGS = 4000
#: Up to so many rings are strong and wide.
FEW_RINGS = 40


class MarkRings:
    """One scatter item of rings in the accent colour, above the points.

    Attributes
    ----------
    item : pyqtgraph.ScatterPlotItem
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self.item = pg.ScatterPlotItem(symbol="o", brush=None)
        self.item.setZValue(18)
        plot.addItem(self.item)

    def show(
        self, rows: MarkedRows, places: Mapping[PartName, Array], visible: Mapping[PartName, bool], theme: Theme
    ) -> None:
        """Ring the marked rows of the parts of the data that are visible."""
        spots = [np.empty((0, 2))]
        for name, shown in visible.items():
            where, marked = places[name], rows.part(name)
            if shown:
                spots.append(where[marked[marked < len(where)]])
        found = np.concatenate(spots)[:MOST_RINGS]
        # Of a crowd, strong rings would hide what they mark.
        few = len(found) <= FEW_RINGS
        pen = pg.mkPen(theme.colour("positive"), width=(1.6 if few else 0.8) * theme.line_width)
        # An item that draws nothing still costs a tenth of a millisecond in every frame.
        self.item.setVisible(len(found) > 0)
        self.item.setData(pos=found, size=(1.75 if few else 1.35) * theme.marker_size, pen=pen)


class BandSelect(QObject):
    """Shift and dragging over a plot draws a rectangle and tells which part of the plane it covers.

    Signals
    -------
    selected : (QRectF, bool)
        The rectangle in plot coordinates; whether what is marked already stays marked (Ctrl).
    """

    selected = Signal(object, bool)

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot, self._start = plot, QPoint()
        self._band: QRubberBand | None = None
        self.is_enabled = True
        plot.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the mouse while Shift is held at the press."""
        if not isinstance(event, QMouseEvent):
            return False
        kind, place = event.type(), event.position().toPoint()
        if self._band is None:
            wanted = (
                self.is_enabled
                and kind == QEvent.Type.MouseButtonPress
                and event.button() == Qt.MouseButton.LeftButton
                and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
            if wanted:
                self._start = place
                self._band = QRubberBand(QRubberBand.Shape.Rectangle, self._plot.viewport())
                self._band.setGeometry(QRect(place, place))
                self._band.show()
                # What is read out where the drag begins would lie over the rectangle.
                self._plot.hovered.emit(None)
            return wanted
        rect = self._band.geometry()
        if kind == QEvent.Type.MouseMove and event.buttons():
            self._band.setGeometry(QRect(self._start, place).normalized())
        elif kind in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease):
            self._band.hide()
            self._band.deleteLater()
            self._band = None
            if kind == QEvent.Type.MouseMove:
                # Let go over a dialog that came meanwhile.
                return False
            box = self._plot.plotItem.getViewBox()
            corners = [box.mapSceneToView(self._plot.mapToScene(p)) for p in (rect.topLeft(), rect.bottomRight())]
            area = QRectF(QPointF(corners[0]), QPointF(corners[1])).normalized()
            self.selected.emit(area, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        return True


def rows_in(area: QRectF, places: Array) -> NDArray[np.int64]:
    """Return which of the places ``(n, 2)`` lie in a rectangle."""
    x, y = places[:, 0], places[:, 1]
    inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    return np.flatnonzero(inside)
