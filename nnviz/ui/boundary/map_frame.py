"""The parts of a boundary view and where they stand: plot and layers, rows above it, legend and note below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.session.view_settings import DocumentViewSettings, ViewSettings
from nnviz.ui.boundary.axis_row import AxisRow
from nnviz.ui.boundary.boundary_axes import LEAST_HEIGHT
from nnviz.ui.boundary.boundary_switches import BoundarySwitches
from nnviz.ui.boundary.contrast_row import ContrastRow
from nnviz.ui.boundary.hold_row import HoldRow
from nnviz.ui.boundary.legend import LegendStrip
from nnviz.ui.boundary.line_hand import LineHand
from nnviz.ui.boundary.line_layer import LineLayer
from nnviz.ui.boundary.map_layer import MapLayer, MapNote
from nnviz.ui.boundary.map_pointer import MapPointer
from nnviz.ui.boundary.probe_mark import ProbeMark
from nnviz.ui.boundary.slice_control import SliceControl
from nnviz.ui.boundary.slice_layer import SliceLayer
from nnviz.ui.painting.paint_mode import PaintMode
from nnviz.ui.plots.plot import Plot
from nnviz.ui.plots.plot_menu import PlotMenu
from nnviz.ui.plots.points_item import PointsItem
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.view_header import ViewHeader

if TYPE_CHECKING:
    from nnviz.export.plots import Figure


class MapFrame(QFrame):
    """What a `BoundaryView` is made of; it knows what becomes of it.

    Parameters
    ----------
    state, controller, marks, theme, settings, parent
    name : str
        By which the view asks for its map.
    is_live : bool
        Whether it shows the run in the foreground.

    Attributes
    ----------
    map_layer, points, slice_layer
        What is drawn on the plot.
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        marks: Marks,
        theme: Theme,
        settings: ViewSettings | None,
        parent: QWidget | None,
        *,
        name: str,
        is_live: bool,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.settings = settings if settings is not None else DocumentViewSettings(state, self)
        self._name = name
        self._state, self._controller, self._marks, self._theme = state, controller, marks, theme
        self._build(is_live=is_live)

    def _build(self, *, is_live: bool) -> None:
        self.header = ViewHeader(self.tr("Decision boundary"), self)
        self.switches = BoundarySwitches(self.header)
        self.plot = Plot(self, least_height=LEAST_HEIGHT)
        self.plot.setAccessibleName(self.tr("Decision boundary over two features"))
        self.map_layer = MapLayer(self.plot.plotItem)
        self.points = PointsItem(self.plot.plotItem, self._theme)
        self.painting = PaintMode(self._state, self._controller, self.plot, self._theme, self)
        self.exports = PlotMenu(self.switches.menu, self.plot, self.figure, self._controller.message.emit)
        self.slice_layer = SliceLayer(self.plot.plotItem)
        self.lines = LineLayer(self.plot, self._controller, self._theme, self._name, is_live=is_live)
        self.pointer = MapPointer(self.plot, self.points, self._marks, self._theme)
        # After the pointer, so that it is asked first.
        self.hand = LineHand(self.plot, self.lines)
        self._probe_mark = ProbeMark()
        self.plot.addItem(self._probe_mark)
        self.axis_row = AxisRow(self)
        self.x_box, self.y_box = self.axis_row.boxes
        self.hold_row = HoldRow(self)
        self.slice = SliceControl(self.settings, self.hold_row, self._marks, self)
        self.note, self.contrast = MapNote(self), ContrastRow(self)
        self.legend = LegendStrip(self)
        self.header.info.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        rows = (self.header, self.painting.bar, self.contrast, self.axis_row, self.hold_row)
        for widget in (*rows, self.plot, self.legend, self.note):
            column.addWidget(widget, 1 if widget is self.plot else 0)

    def figure(self) -> Figure | None:
        """Return what is shown as a picture to be saved."""
        raise NotImplementedError

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Decision boundary")
        yield from self.switches.hideable_parts(group)
        yield Hideable("boundary.contrast", group, self.tr("before, after and difference"), (self.contrast,))
        yield Hideable("boundary.axes", group, self.tr("choice of the two features"), (self.axis_row,))
        yield Hideable("boundary.others", group, self.tr("what becomes of the other features"), (self.hold_row,))
        yield Hideable("boundary.plot", group, self.tr("the map"), (self.plot,))
        yield Hideable("boundary.legend", group, self.tr("legend"), (self.legend,))
