"""The mouse on the map while nothing is painted: it reads out, marks points, and puts a slice through one."""

from __future__ import annotations

import numpy as np
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot

from nnviz.core.layout import Array
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Frame, RowId
from nnviz.session.marking import Marks
from nnviz.ui.plots.plot import Plot
from nnviz.ui.plots.points_item import PointsItem
from nnviz.ui.plots.row_marks import BandSelect, MarkRings, rows_in
from nnviz.ui.widgets.readout_card import ReadoutCard

#: How near to a point the pointer has to be to read it out, in pixels.
REACH = 9.0


class MapPointer(QObject):
    """Hovering opens the read-out card; a click marks a point, Ctrl adds it, Shift and dragging marks a rectangle.

    Parameters
    ----------
    plot : Plot
    points : PointsItem
        What is drawn, and so what can be clicked.
    marks : Marks
    theme : Theme

    Attributes
    ----------
    card : ReadoutCard
    rings : MarkRings
    is_enabled : bool
        Off while the mouse paints.

    Signals
    -------
    place_clicked : (float, float), (part, row) or None
        A click without keys: where, and on which point, if on one; before anything is marked.
    point_clicked : (part, row) or None
        A click without keys: on a point, or beside all of them.
    """

    place_clicked = Signal(object, object)
    point_clicked = Signal(object)

    def __init__(self, plot: Plot, points: PointsItem, marks: Marks, theme: Theme) -> None:
        super().__init__(plot)
        self._plot, self._points, self._marks, self._theme = plot, points, marks, theme
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._axes = (0, 1)
        self._places: dict[PartName, Array] = {}
        self._place: QPointF | None = None
        self.is_enabled = True
        self.card, self.rings = ReadoutCard(plot), MarkRings(plot.plotItem)
        self.band = BandSelect(plot)
        plot.hovered.connect(self.point_at)
        plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.band.selected.connect(self._on_band_selected)
        marks.changed.connect(self.show_marks)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.card.set_theme(theme)
        self.show_marks()

    def set_enabled(self, enabled: bool) -> None:
        """Leave the mouse to somebody else, or take it back."""
        self.is_enabled = self.band.is_enabled = enabled
        self.card.hide()
        self.show_marks()

    def show_points(self, prepared: Prepared, axes: tuple[int, int], places: dict[PartName, Array]) -> None:
        """Take over where the points of which data lie."""
        self._prepared, self._axes, self._places = prepared, axes, places
        self.show_marks()

    def show_frame(self, frame: Frame | None) -> None:
        """Read out what a frame answers from now on."""
        self._frame = frame
        if self._place is not None:
            self._read_out()

    @Slot()
    def show_marks(self) -> None:
        """Ring the marked points of the parts that are shown."""
        if self._places:
            shown = {part: self._points.is_visible(part) and self.is_enabled for part in PARTS}
            self.rings.show(self._marks.rows, self._places, shown, self._theme)

    def _point_at(self, where: tuple[float, float]) -> RowId | None:
        """Return the point that is nearest to a place of the plot, if it is near."""
        pixel = self._plot.plotItem.getViewBox().viewPixelSize()
        return self._points.nearest(*where, pixel, max(REACH, 0.8 * self._theme.marker_size))

    def _read_out(self) -> None:
        """Read out the place under the pointer and the point that is nearest to it."""
        from nnviz.ui.boundary.boundary_readout import readout_lines

        where = self._plot.data_at(self._place) if self._place is not None else None
        if where is None or self._place is None or self._frame is None or self._prepared is None:
            return
        if self.is_enabled:
            lines = readout_lines(self._frame, self._prepared, self._axes, *where, self._point_at(where))
            self.card.show_lines(lines, self._plot.mapFromScene(self._place))

    @Slot(object)
    def point_at(self, position: QPointF | None) -> None:
        """Read out what lies at a place of the scene; beside the map, or with None, nothing."""
        inside = position is not None and self._plot.data_at(position) is not None
        self._place = position if inside else None
        if self._place is None:
            self.card.hide()
        else:
            self._read_out()

    @Slot(object)
    def _on_clicked(self, event: MouseClickEvent) -> None:
        where = self._plot.data_at(event.scenePos())
        if where is None or event.double() or event.button() != Qt.MouseButton.LeftButton or not self.is_enabled:
            return
        row = self._point_at(where)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if row is not None:
                self._marks.toggle(row)
            return
        self.place_clicked.emit(where, row)
        if row is None:
            self._marks.clear()
        else:
            self._marks.set_one(row)
        self.point_clicked.emit(row)

    @Slot(object, bool)
    def _on_band_selected(self, area: QRectF, more: bool) -> None:
        """Mark the points in a rectangle, besides those that are marked already where `more` are wanted."""
        found = {}
        for part in PARTS:
            shown = self._points.is_visible(part) and part in self._places
            rows = rows_in(area, self._places[part]) if shown else np.empty(0, dtype=np.int64)
            found[part] = np.union1d(rows, self._marks.rows.part(part)) if more else rows
        self._marks.set(**found)
