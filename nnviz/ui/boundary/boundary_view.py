"""The decision boundary: what the network answers everywhere on a plane of two features, under the data points."""

from __future__ import annotations

from collections.abc import Iterator

import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from nnviz.drawing.plane import plane_look
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame, Hold, Plane, PlaneRequest, Range, UnitId
from nnviz.experiment.schema import ViewSpec
from nnviz.export.plots import Figure, boundary_figure
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.ui.boundary import boundary_axes
from nnviz.ui.boundary.axis_row import AxisRow
from nnviz.ui.boundary.boundary_switches import BoundarySwitches
from nnviz.ui.boundary.hold_row import HoldRow
from nnviz.ui.boundary.kept_range import KeptRange
from nnviz.ui.boundary.legend import LegendStrip
from nnviz.ui.boundary.map_layer import MapLayer, map_title, shown_class
from nnviz.ui.boundary.map_pointer import MapPointer
from nnviz.ui.boundary.slice_control import SliceControl
from nnviz.ui.boundary.slice_layer import SliceLayer
from nnviz.ui.painting.paint_mode import PaintMode
from nnviz.ui.plots.plot import Plot
from nnviz.ui.plots.plot_menu import PlotMenu
from nnviz.ui.plots.points_item import PointsItem
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.style import icon
from nnviz.ui.widgets.view_header import ViewHeader

#: Samples along each side of a map whose slice is being moved: of hundreds of features, finer ones come too late.
MOVING_RESOLUTION = 60


class BoundaryView(QFrame):
    """Map, points and legend; the map follows zooming and panning because the worker computes what is on the screen.

    Two features: the plane. One: the curve of the outputs. More: two features are chosen, the view says what becomes of
    the others (`SliceControl`), and points fade with their distance from the slice.
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        marks: Marks,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._state = state
        self._controller = controller
        self._marks = marks
        self._theme = theme
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._unit: UnitId | None = None
        self._previewed: UnitId | None = None
        self._look: tuple[Theme, bool] | None = None
        self._axes = (0, 1)
        self._fits_next_map = False
        self._build()
        self._kept_range = KeptRange(self.plot.plotItem.getViewBox(), state, self)
        self.plot.plotItem.getViewBox().sigRangeChanged.connect(self._on_range_changed)
        self.axis_row.chosen.connect(self._on_axis_chosen)
        self.switches.fit.clicked.connect(self.fit)
        self.switches.reset.triggered.connect(self.fit)
        self.switches.zoom_in.triggered.connect(self._on_zoom_in)
        self.switches.zoom_out.triggered.connect(self._on_zoom_out)
        self.switches.edited.connect(self._on_switched)
        self.switches.paint.clicked.connect(self.painting.set_active)
        self.painting.toggled.connect(self._on_painting_toggled)
        self.painting.emptied.connect(self._clear_map)
        for widget in (self.axis_row, self.hold_row, self.legend, self.note):
            # What they say is of other data; the first point brings them back.
            self.painting.emptied.connect(widget.hide)
        self.plot.double_clicked.connect(self.fit)
        self.slice.requested.connect(self._request)
        self.legend.class_clicked.connect(self._on_class_clicked)
        self.pointer.point_clicked.connect(self.slice.put_through)
        state.view_changed.connect(self._on_view_changed)
        self.set_theme(theme)
        self._on_view_changed()
        # Until the data are known the builder fits the range, so that the first frame has its map already.
        controller.set_needs(
            "boundary", plane=PlaneRequest(axes=state.experiment.view.axes, hold=self.slice.wanted), points=True
        )

    def _build(self) -> None:
        self.header = ViewHeader(self.tr("Decision boundary"), self)
        self.header.info.hide()
        self.switches = BoundarySwitches(self.header)
        self.plot = Plot(self)
        self.plot.setAccessibleName(self.tr("Decision boundary over two features"))
        self._map = MapLayer(self.plot.plotItem)
        self._points = PointsItem(self.plot.plotItem, self._theme)
        self.painting = PaintMode(self._state, self._controller, self.plot, self._theme, self)
        self.exports = PlotMenu(self.switches.menu, self.plot, self.figure, self._controller.message.emit)
        self._slice = SliceLayer(self.plot.plotItem)
        self.pointer = MapPointer(self.plot, self._points, self._marks, self._theme)
        self._probe_mark = pg.ScatterPlotItem(symbol="+", size=18)
        self._probe_mark.setZValue(20)
        self.plot.addItem(self._probe_mark)
        self.axis_row = AxisRow(self)
        self.x_box, self.y_box = self.axis_row.boxes
        self.hold_row = HoldRow(self)
        self.slice = SliceControl(self._state, self.hold_row, self._marks, self)
        self.note = QLabel(self)
        self.note.setProperty("role", "quiet")
        self.note.setWordWrap(True)
        self.legend = LegendStrip(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        for widget in (
            self.header,
            self.painting.bar,
            self.axis_row,
            self.hold_row,
            self.plot,
            self.legend,
            self.note,
        ):
            column.addWidget(widget, 1 if widget is self.plot else 0)

    # -- what is shown ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour map, points and legend."""
        self._theme = theme
        self._show_grid()
        self.pointer.set_theme(theme)
        self._map.set_theme(theme)
        self._probe_mark.setBrush(pg.mkBrush(theme.colour("text")))
        self._probe_mark.setPen(pg.mkPen(theme.colour("panel"), width=1))
        self.legend.set_theme(theme)
        self.painting.set_theme(theme)
        self.slice.set_theme(theme)
        self.switches.paint.setIcon(icon("paint", theme, "quiet"))
        if self._prepared is not None:
            self._draw_points()
            self._redraw()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over new data: points, axes, legend; fits the range unless the same features are shown already."""
        old, self._prepared = self._prepared, prepared
        names = prepared.train.feature_names
        # The brush goes on where it is, whatever its points are called now.
        same = boundary_axes.shows_same(old, prepared, renamed=self.painting.is_active)
        self.painting.show_prepared(prepared)
        if not same:
            self._axes = boundary_axes.telling_axes(prepared, self._state.experiment.view.axes)
            self.axis_row.show_names(names, self._axes)
            self._unit = self._previewed = None
        if same and self.painting.tools.is_pressed:
            # In the middle of a stroke nothing differs but points, and those are the brush's.
            return
        is_new, kept = self._kept_range.take_from_document()
        if old is not None and not is_new and not (same and self.slice.fits(old, prepared)):
            # The point, or its values, belonged to other data.
            self.slice.forget()
        if old is not None and not is_new and old.class_names != prepared.class_names:
            self._edit_view(shown_class=None)
        self._clear_map()
        if not (same and self.painting.is_active):
            self.plot.plotItem.getViewBox().setAspectLocked(len(names) == 2 and boundary_axes.is_square(prepared))
        self._show_data()
        self.legend.show_classes(prepared)
        self.legend.show_class(shown_class(self._prepared, self._view))
        self.switches.show_task(prepared.class_names, one_feature=len(names) == 1)
        self._set_title()
        self._set_note()
        if kept is not None:
            self._set_range(*kept)
        elif (same or self.painting.owns_data) and not is_new:
            self._request()
        else:
            self.fit()

    @Slot()
    def _clear_map(self) -> None:
        """Take the map away: it is of other data."""
        self._frame = None
        self.pointer.show_frame(None)
        self._map.clear()

    def show_unit(self, unit: UnitId | None) -> None:
        """Show the function of one unit instead of the answer; None shows the answer again."""
        self._unit = unit
        self._previewed = None
        self._request()
        self._set_title()
        self._set_note()

    @Slot(object)
    def preview_unit(self, unit: UnitId | None) -> None:
        """Show the function of a unit for as long as the mouse is over it; None shows what was shown before."""
        if unit != self._previewed:
            self._previewed = unit
            self._request()
            self._set_title()
            if self._view.parts:
                self._redraw()

    @property
    def _shown_unit(self) -> UnitId | None:
        return self._previewed or self._unit

    @property
    def _map_unit(self) -> UnitId | None:
        """The unit whose function the map is to show; None: the answer."""
        return None if self._curve_unit is not None else self._shown_unit

    @property
    def _curve_unit(self) -> int | None:
        """The unit of the last hidden layer whose part of the curve stands out instead of taking its place."""
        unit, plane = self._shown_unit, self._frame.plane if self._frame is not None else None
        if unit is None or plane is None or plane.parts is None or self._frame is None or not self._view.parts:
            return None
        return unit[1] if unit[0] == self._frame.layout.n_layers - 1 else None

    def _set_title(self) -> None:
        layers = self._frame.layout.n_layers if self._frame is not None else 0
        self.header.title.setText(*map_title(self._prepared, self._view, self._map_unit, layers))

    def show_frame(self, frame: Frame) -> None:
        """Draw the map of `frame` and cross out what it gets wrong."""
        self._frame = frame
        self._points.show_correct(frame.correct_train, frame.correct_test)
        self._redraw()

    @Slot()
    def _redraw(self) -> None:
        frame, prepared = self._frame, self._prepared
        if frame is None or prepared is None or frame.plane is None:
            return
        plane = frame.plane
        self._take_slice(plane)
        self.pointer.show_frame(frame)
        self._map.show(frame, prepared, self._theme, self._view, self._curve_unit)
        self._show_scale(frame, plane)
        if frame.probe is not None or self._probe_mark.isVisible():
            self._probe_mark.setData(*boundary_axes.probe_places(frame.probe, prepared, self._axes, plane.hold))
            self._probe_mark.setVisible(frame.probe is not None)

    def _show_scale(self, frame: Frame, plane: Plane) -> None:
        """Let the legend say what the colours of a unit's map stand for."""
        if plane.unit is None or self._prepared is None or plane.values.shape[0] == 1:
            self.legend.show_unit("")
            return
        name = self.tr("input") if plane.unit[0] == 0 else self.tr("activation")
        self.legend.show_unit(name, *plane_look(plane, self._prepared.train, self._theme, frame))

    def _show_data(self) -> None:
        """Draw the points of other data, or over other axes, before there is a map of them."""
        assert self._prepared is not None
        self.slice.show(self._prepared, self._axes)
        self._slice.show_data(self._prepared, self._axes, self.slice.wanted)
        self._set_axis_labels()
        self._draw_points()

    def _take_slice(self, plane: Plane) -> None:
        """Let the points fade as the slice of a new map wants it, and the axes say what they are."""
        if plane.axes != self._axes:
            return
        had_components = _has_components(self._slice.hold)
        before = self._slice.sentence
        change = self._slice.take(plane)
        if change == "moved":
            self._draw_points()
        elif change == "faded" and not self.painting.draws_points:
            self._points.fade(self._slice.opacities)
            self._slice.ring_point(self._theme)
        if before != self._slice.sentence:
            self._set_note()
        if had_components != _has_components(plane.hold):
            self._set_axis_labels()
        if self._fits_next_map and _has_components(plane.hold) == _has_components(self.slice.wanted):
            self._fits_next_map = False
            self.fit()

    # -- points and ranges --------------------------------------------------------------------------------------

    def _draw_points(self) -> None:
        self._points.suspend(self.painting.draws_points)
        if self._prepared is None:
            return
        self._slice.ring_point(self._theme)
        self.pointer.show_points(self._prepared, self._axes, self._slice.places)
        if self.painting.draws_points:
            return
        parts = {"train": self._prepared.train, "test": self._prepared.test}
        self._points.set_points(
            parts,
            self._slice.places,
            self._theme,
            self._slice.opacities,
        )
        if self._frame is not None:
            self._points.show_correct(self._frame.correct_train, self._frame.correct_test)

    @Slot()
    def fit(self) -> None:
        """Show all points with a margin."""
        if self._prepared is None:
            return
        self._set_range(*boundary_axes.fitted_range(self._slice.places))
        self._kept_range.forget()

    def _set_range(self, x_range: Range, y_range: Range) -> None:
        self.plot.plotItem.getViewBox().setRange(xRange=x_range, yRange=y_range, padding=0, disableAutoRange=True)
        self._request()

    @Slot()
    def _on_zoom_in(self) -> None:
        self._zoom(0.5)

    @Slot()
    def _on_zoom_out(self) -> None:
        self._zoom(2.0)

    def _zoom(self, factor: float) -> None:
        self.plot.plotItem.getViewBox().scaleBy((factor, factor))
        self._kept_range.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep the range before the view goes, and leave no timer behind."""
        super().hideEvent(event)
        if self.painting.tools.is_pressed:
            self.painting.end_stroke()
        self._kept_range.finish()

    @Slot()
    def _on_range_changed(self) -> None:
        self._request()

    def _request(self) -> None:
        """Tell the worker which part of which plane is on the screen."""
        if self._prepared is None:
            return
        x_range, y_range = self.plot.plotItem.getViewBox().viewRange()
        wanted = self.slice.wanted
        # The axes mean something else: the view is fitted once the worker has said what.
        self._fits_next_map = _has_components(wanted) != _has_components(self._slice.hold)
        self._controller.set_needs(
            "boundary",
            points=True,
            plane=PlaneRequest(
                x_range=None if self._fits_next_map else (float(x_range[0]), float(x_range[1])),
                y_range=None if self._fits_next_map else (float(y_range[0]), float(y_range[1])),
                axes=self._axes,
                unit=self._map_unit,
                contour=self._view.contour,
                hold=wanted,
                parts=self._view.parts,
                max_resolution=MOVING_RESOLUTION if self.hold_row.is_moving else PlaneRequest.max_resolution,
            ),
        )

    # -- controls -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_axis_chosen(self) -> None:
        self._axes = self.axis_row.axes
        self._edit_view(axes=self._axes)
        self._show_data()
        self._set_note()
        self.fit()

    @Slot(bool)
    def _on_painting_toggled(self, active: bool) -> None:
        self.switches.paint.setChecked(active)
        if active and self.painting.is_plane and self._axes != (0, 1):
            # The brush paints the first feature across and the second up.
            self._axes = (0, 1)
            self._edit_view(axes=self._axes)
            self._show_data()
            self.fit()
        self.pointer.set_enabled(not active)
        self._draw_points()
        if self._prepared is not None:
            self._set_note()

    def _edit_view(self, **changes: object) -> None:
        self._state.set_view(self._view.edited(**changes))

    @property
    def _view(self) -> ViewSpec:
        return self._state.experiment.view

    @Slot(object)
    def _on_switched(self, changes: dict[str, object]) -> None:
        self._edit_view(**changes)

    @Slot(int)
    def _on_class_clicked(self, index: int) -> None:
        """Show the probability of the class that is clicked in the legend, or of all where it is shown already."""
        self._edit_view(shown_class=None if index == self.legend.shown_class else index)

    @Slot()
    def _on_view_changed(self) -> None:
        view = self._view
        self.switches.show_view(view)
        self._points.set_wrong_only(view.wrong_only)
        self._points.set_visible("train", view.show_train)
        self._points.set_visible("test", view.show_test)
        self._show_grid()
        self.pointer.show_marks()
        self.slice.follow_view()
        self.legend.show_class(shown_class(self._prepared, self._view))
        self._set_title()
        self._request()
        self._redraw()

    def _show_grid(self) -> None:
        """Draw the axes' grid over the map, or not; themes change its colour."""
        look = (self._theme, self._view.grid)
        if look != self._look:
            self._look = look
            self.plot.set_theme(self._theme, grid=self._view.grid, both=True)

    def _set_axis_labels(self) -> None:
        assert self._prepared is not None
        for side, label in zip(
            ("bottom", "left"), boundary_axes.axis_labels(self._prepared, self._axes, self._slice.hold), strict=True
        ):
            self.plot.plotItem.getAxis(side).setLabel(label)
        self.axis_row.setVisible(len(self._prepared.train.feature_names) > 2 and not _has_components(self._slice.hold))

    def _set_note(self) -> None:
        assert self._prepared is not None
        sentences = []
        if self._unit is not None:
            sentences.append(self.tr("Showing one unit; Esc or a click beside it shows the answer again."))
        if self._slice.sentence:
            sentences.append(self._slice.sentence)
        if self.painting.is_thinned if self.painting.draws_points else self._points.is_thinned:
            sentences.append(self.tr("Not every point is drawn; all of them are trained on."))
        self.note.setText(" ".join(sentences))
        self.note.setVisible(bool(sentences))

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Decision boundary")
        yield from self.switches.hideable_parts(group)
        yield Hideable("boundary.axes", group, self.tr("choice of the two features"), (self.axis_row,))
        yield Hideable("boundary.others", group, self.tr("what becomes of the other features"), (self.hold_row,))
        yield Hideable("boundary.plot", group, self.tr("the map"), (self.plot,))
        yield Hideable("boundary.legend", group, self.tr("legend"), (self.legend,))

    # -- export -------------------------------------------------------------------------------------------------

    def figure(self) -> Figure | None:
        """Return what is shown as a picture to be saved, None before there is a map."""
        if self._frame is None or self._frame.plane is None or self._prepared is None:
            return None
        size = (max(480, self.plot.width()), max(400, self.plot.height()))
        return boundary_figure(self._frame, self._prepared, self._theme, self._view, size)


def _has_components(hold: Hold) -> bool:
    """Whether the axes of a map are principal components instead of features."""
    return hold.kind == "components"
