"""The plot of predictions: points that move in place, the line of right answers, residuals counted at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnviz.core.layout import Array
from nnviz.drawing.markers import dotted_shape
from nnviz.drawing.predicted import (
    Predictions,
    axis_names,
    beside_bars,
    can_be_seen,
    drawn_rows,
    paint_shares,
    point_look,
    point_size,
    ranges,
    residual_shares,
    short_axis_names,
)
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Range, RowId
from nnviz.session.marking import MarkedRows
from nnviz.ui.plots.plot import Plot, short_label
from nnviz.ui.plots.row_marks import MarkRings

#: How near to a point the pointer has to be, in pixels.
REACH = 9.0
#: Narrower plots have no room for a histogram, in pixels.
ROOM_FOR_BARS = 240
#: A tick label that the left axis has room for besides its name, and its width at the least, in pixels.
WIDEST_TICK, LEAST_AXIS = "-0000", 52
#: Characters of a target's name on an axis, at the most and at the least.
NAME_LENGTHS = (28, 4)


class MovingPoints(pg.ScatterPlotItem):
    """Points that keep their looks: moving 4000 of them takes 0.1 ms, `setData` 4 ms."""

    def move_to(self, places: Array) -> None:
        """Put the points at `places` ``(n, 2)``; what is no number is not drawn."""
        seen = can_be_seen(places)
        x, y = np.where(seen[:, np.newaxis], places, 0.0).T
        if len(places) != len(self.data):
            self.setData(x, y)
        self.data["x"], self.data["y"], self.data["visible"] = x, y, seen
        # What `addPoints` does for points that have moved.
        self.prepareGeometryChange()
        self.bounds = [None, None]
        self.invalidate()


class SharesItem(pg.GraphicsObject):
    """The histogram of the residuals, behind the points along the right edge of what is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: dict[PartName, Array] = {}
        self._rect = QRectF()
        self._theme: Theme | None = None
        self.setZValue(-5)

    def show_shares(self, shares: dict[PartName, Array], rect: QRectF, theme: Theme) -> None:
        """Show `shares` (see `residual_shares`) in `rect`, all of the plot in its coordinates."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self.shares, self._theme = shares, theme
        self.update()

    def boundingRect(self) -> QRectF:
        """Return all of the plot in its coordinates."""
        return self._rect

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint in pixels."""
        if self._theme is not None:
            transform = painter.worldTransform()
            area = transform.mapRect(self._rect)
            painter.setWorldTransform(QTransform())
            paint_shares(painter, area, self.shares, self._theme)
            painter.setWorldTransform(transform)


class PredictedPlot(Plot):
    """Predictions over true values, or residuals over predictions.

    Attributes
    ----------
    items : dict of part to MovingPoints
    line : pyqtgraph.InfiniteLine
        Where the predictions are right.
    bars : SharesItem
    rings : MarkRings
    drawn : dict of part to ndarray
        Which rows are drawn.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plotItem.getViewBox().setMouseEnabled(x=False, y=False)
        self._theme, self._target = theme, ""
        self._parts: dict[PartName, Predictions] = {}
        self._residuals = False
        self._range: tuple[Range, Range] | None = None
        self.drawn: dict[PartName, NDArray[np.int64]] = {name: np.empty(0, np.int64) for name in PARTS}
        self.bars = SharesItem()
        self.line = pg.InfiniteLine(movable=False)
        # Above the points, which would hide it where they are many.
        self.line.setZValue(15)
        for item in (self.bars, self.line):
            self.addItem(item, ignoreBounds=True)
        self.items: dict[PartName, MovingPoints] = {
            name: MovingPoints(pxMode=True, symbol=dotted_shape("o") if name == "validation" else "o") for name in PARTS
        }
        for z, item in enumerate(self.items.values()):
            item.setZValue(10 + z)
            self.addItem(item)
        self.rings = MarkRings(self.plotItem)
        self.plotItem.getViewBox().sigResized.connect(self._on_box_resized)

    @property
    def is_thinned(self) -> bool:
        """Whether not every point is drawn."""
        return any(len(self.drawn[name]) < len(part.true) for name, part in self._parts.items())

    def show_theme(self, theme: Theme) -> None:
        """Recolour points, line and axes."""
        self._theme = theme
        self.set_theme(theme, grid=True, both=True)
        metrics = self._metrics()
        # Larger type needs more room between the tick labels and the name.
        room = metrics.horizontalAdvance(WIDEST_TICK) + metrics.height() + 12.0
        self.plotItem.getAxis("left").setWidth(max(LEAST_AXIS, round(room)))
        self.line.setPen(pg.mkPen(theme.colour("text"), width=theme.line_width, style=Qt.PenStyle.DashLine))
        for name, item in self.items.items():
            pen, brush = point_look(theme, name)
            item.setBrush(brush)
            # Symbols are painted in units of their size: only a cosmetic pen is as wide as it says.
            pen.setCosmetic(True)
            item.setPen(pen)
        self._set_sizes()
        self._fit_labels()
        if self._parts:
            self._show_bars(self._drawn_parts())

    def start(self, n_rows: Mapping[PartName, int], target: str, *, residuals: bool) -> None:
        """Begin anew with other rows, another target or the other kind of plot: no points yet."""
        self._target, self._residuals = target, residuals
        self._parts, self._range = {}, None
        self.drawn = {name: drawn_rows(n) for name, n in n_rows.items()}
        for item in self.items.values():
            item.setData([], [])
        self._set_sizes()
        self.bars.setVisible(False)
        self.rings.item.setVisible(False)
        self.line.setAngle(0.0 if residuals else 45.0)
        self._fit_labels()

    def _set_sizes(self) -> None:
        for name, item in self.items.items():
            item.setSize(point_size(len(self.drawn[name]), self._theme))

    def show_parts(self, parts: dict[PartName, Predictions]) -> None:
        """Plot the parts of the data, of as many rows as was said."""
        self._parts = parts
        drawn = self._drawn_parts()
        for name, part in drawn.items():
            self.items[name].move_to(part.places(residuals=self._residuals))
        wanted = ranges(drawn, residuals=self._residuals, present=self._range)
        if wanted != self._range:
            self._range = wanted
            self._set_view()
        self._show_bars(drawn)

    @property
    def _has_bars(self) -> bool:
        return self._residuals and self.width() >= ROOM_FOR_BARS

    def _set_view(self) -> None:
        """Show the range of the points, and the bars beside it."""
        if self._range is not None:
            x_range, y_range = self._range
            box = self.plotItem.getViewBox()
            x_range = beside_bars(x_range) if self._has_bars else x_range
            box.setRange(xRange=x_range, yRange=y_range, padding=0, disableAutoRange=True)
            # WORKAROUND: pyqtgraph 0.14 updates its matrix in the paint event, in which the axes ask for a second one.
            box.updateMatrix()

    def _drawn_parts(self) -> dict[PartName, Predictions]:
        return {name: part.take(self.drawn[name]) for name, part in self._parts.items()}

    def _show_bars(self, drawn: dict[PartName, Predictions]) -> None:
        self.bars.setVisible(self._has_bars)
        if self._has_bars and self._range is not None:
            (x0, x1), (y0, y1) = beside_bars(self._range[0]), self._range[1]
            rect = QRectF(x0, y0, x1 - x0, y1 - y0)
            self.bars.show_shares(residual_shares(drawn, self._range[1]), rect, self._theme)

    def show_marks(self, rows: MarkedRows) -> None:
        """Ring the marked rows, drawn or not."""
        if self._parts and (len(rows) or self.rings.item.isVisible()):
            places = self.places()
            seen = {name: _with_places(rows.part(name), places[name]) for name in PARTS}
            self.rings.show(MarkedRows(**seen), places, dict.fromkeys(PARTS, True), self._theme)

    def places(self) -> dict[PartName, Array]:
        """Return where every row is ``(n_rows, 2)``, drawn or not; infinitely far where its answer is no number."""
        every = {name: part.places(residuals=self._residuals) for name, part in self._parts.items()}
        return {name: np.where(can_be_seen(part)[:, np.newaxis], part, np.inf) for name, part in every.items()}

    def nearest(self, where: tuple[float, float]) -> RowId | None:
        """Return the drawn row that is nearest to a place of the plot, None where none is near."""
        pixel = self.plotItem.getViewBox().viewPixelSize()
        best: float = max(REACH, 0.6 * self._theme.marker_size) ** 2
        found: RowId | None = None
        for name in PARTS:
            item, rows = self.items[name], self.drawn[name]
            if name not in self._parts or not len(rows):
                continue
            away = (np.column_stack(item.getData()) - where) / pixel
            distance = np.where(item.data["visible"], np.einsum("ij,ij->i", away, away), np.inf)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= best:
                best, found = float(distance[nearest]), (name, int(rows[nearest]))
        return found

    # -- labels -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the histogram come and go with the room for it."""
        super().resizeEvent(event)
        # WORKAROUND: pyqtgraph 0.14's PlotWidget is resized in its own constructor, before ours has gone on.
        if getattr(self, "_parts", None):
            self._set_view()
            self._show_bars(self._drawn_parts())

    @Slot()
    def _on_box_resized(self) -> None:
        self._fit_labels()

    def _fit_labels(self) -> None:
        """Name the axes with as many letters as there is room for."""
        metrics, area = self._metrics(), self.plotItem.getViewBox().size()
        for index, (side, room) in enumerate((("bottom", area.width()), ("left", area.height()))):
            axis = self.plotItem.getAxis(side)
            label = next(
                (each for each in self._labels(index) if metrics.horizontalAdvance(unescape(each)) <= room), ""
            )
            if label != (axis.labelText or ""):
                axis.setLabel(label)

    def _metrics(self) -> QFontMetricsF:
        """Return the measures of what is written at the axes."""
        font = self.font()
        font.setPointSizeF(self._theme.small_font_size)
        return QFontMetricsF(font)

    def _labels(self, index: int) -> list[str]:
        """Return what one of the axes could be called, from long to short."""
        most, least = NAME_LENGTHS
        names = [short_label(self._target, length) for length in range(most, least - 1, -1)] if self._target else []
        long = [axis_names(name, residuals=self._residuals)[index] for name in names]
        return [*long, short_axis_names(residuals=self._residuals)[index]]


def _with_places(rows: NDArray[np.int64], places: Array) -> NDArray[np.int64]:
    """Return those of the rows that lie somewhere."""
    rows = rows[rows < len(places)]
    return rows[np.isfinite(places[rows]).all(axis=1)]
