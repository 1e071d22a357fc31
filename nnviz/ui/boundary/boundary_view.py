"""The decision boundary: what the network answers everywhere on a plane of two features, under the data points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.contrast import Contrast
from nnviz.experiment.contrast_words import contrast_sentence
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import MAIN, Frame, Plane, PlaneRequest, Range, UnitId
from nnviz.experiment.grids import is_square
from nnviz.experiment.rare_classes import lone_class_note
from nnviz.experiment.schema import ViewSpec
from nnviz.experiment.subject import Subject
from nnviz.session.controller import Controller
from nnviz.session.glance import NUMBERS_S, Glance
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.session.view_settings import ViewSettings
from nnviz.ui.boundary import boundary_axes
from nnviz.ui.boundary.boundary_axes import has_components
from nnviz.ui.boundary.kept_range import KeptRange
from nnviz.ui.boundary.map_frame import MapFrame
from nnviz.ui.boundary.map_layer import map_title, shown_class
from nnviz.ui.boundary.map_request import map_figure, map_request
from nnviz.ui.boundary.shown_unit import ShownUnit
from nnviz.ui.widgets.style import icon

if TYPE_CHECKING:
    from nnviz.export.plots import Figure


class BoundaryView(MapFrame):
    """Map, points and legend; the map follows zooming and panning because the worker computes what is on the screen.

    Two features: the plane. One: the curve of the outputs. More: two features are chosen, the view says what becomes of
    the others (`SliceControl`), and points fade with their distance from the slice.

    Parameters
    ----------
    state, controller, marks, theme, parent
    name : str
        By which the view asks for its map; several need several.
    settings : ViewSettings or None
        None: those of the document.
    subject : Subject or None
        What it asks for; None: the run in the foreground.
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        marks: Marks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        name: str = MAIN,
        settings: ViewSettings | None = None,
        subject: Subject | None = None,
    ) -> None:
        super().__init__(state, controller, marks, theme, settings, parent, name=name, is_live=subject is None)
        self._subject = subject
        self._prepared: Prepared | None = None
        self._lone_class = ""
        self._frame: Frame | None = None
        self._unit, self._glance = ShownUnit(), Glance(NUMBERS_S)
        self._axes, self._fits_next_map = (0, 1), False
        box = self.plot.plotItem.getViewBox()
        self._kept_range = KeptRange(box, self.settings, self)
        for changed in (box.sigRangeChanged, box.sigResized, self.slice.requested):
            changed.connect(self._request)
        self.axis_row.chosen.connect(self._choose_axes)
        for asked in (self.switches.fit.clicked, self.switches.reset.triggered, self.plot.double_clicked):
            asked.connect(self.fit)
        self.switches.zoom_in.triggered.connect(self._kept_range.zoom_in)
        self.switches.zoom_out.triggered.connect(self._kept_range.zoom_out)
        self.switches.edited.connect(self.settings.edit)
        self.switches.paint.clicked.connect(self.painting.set_active)
        self.painting.toggled.connect(self._on_painting_toggled)
        self.painting.emptied.connect(self._clear_map)
        self.painting.stroke_began.connect(self.points.clear_wrong)
        self.lines.noted.connect(self._set_note)
        self.legend.class_clicked.connect(self.switches.toggle_class)
        self.pointer.point_clicked.connect(self.slice.put_through)
        self.settings.changed.connect(self._on_view_changed)
        self.contrast.model.changed.connect(self._on_contrast_changed)
        self.set_theme(theme)
        self._on_view_changed()
        # Until the data are known the builder fits the range, so that the first frame has its map already.
        plane = PlaneRequest(axes=self._view.axes, hold=self.slice.wanted)
        controller.set_needs(name, subject, plane=plane, points=True)

    # -- what is shown ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour map, points and legend."""
        self._theme = theme
        self.plot.set_theme(self._theme, grid=self._view.grid, both=True)
        for part in (
            self.pointer,
            self.map_layer,
            self._probe_mark,
            self.legend,
            self.painting,
            self.slice,
            self.lines,
        ):
            part.set_theme(theme)
        self.switches.paint.setIcon(icon("paint", theme, "quiet"))
        if self._prepared is not None:
            self._draw_points()
            self._redraw()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over new data: points, axes, legend; fits the range unless the same features are shown already."""
        old, self._prepared = self._prepared, prepared
        self._lone_class = lone_class_note(prepared.dataset)
        names = prepared.train.feature_names
        # The brush goes on where it is, whatever its points are called now.
        same = boundary_axes.shows_same(old, prepared, painting=self.painting.is_active)
        stays = self.painting.is_active or has_components(self.slice.wanted)
        were_seen = not stays and self._kept_range.shows(self.slice_layer.places)
        if not same:
            self._axes = boundary_axes.telling_axes(prepared, self._view.axes, self._view.held)
            self.axis_row.show_names(names, self._axes)
            self._unit.keep_within(prepared.layer_sizes)
        self.painting.show_prepared(prepared)
        if same and self.painting.tools.is_pressed:
            # In the middle of a stroke points are the brush's; but an undo may have changed the inputs, too.
            if self._frame is not None and not boundary_axes.answers_for(self._frame, prepared):
                self._clear_map()
            return
        is_new, kept = self._kept_range.take_from_document()
        if old is not None and not is_new and not (same and self.slice.fits(old, prepared)):
            # The point, or its values, belonged to other data.
            self.slice.forget()
        if old is not None and not is_new and old.class_names != prepared.class_names:
            self.settings.edit({"shown_class": None})
        self._clear_map()
        if not (same and self.painting.is_active):
            self.plot.plotItem.getViewBox().setAspectLocked(is_square(prepared))
        self._show_data()
        self.legend.show_classes(prepared)
        self.legend.show_class(shown_class(self._prepared, self._view))
        self.switches.show_task(prepared)
        self._set_title()
        self._set_note()
        if kept is not None:
            self._set_range(*kept)
        elif same and not is_new and (not were_seen or self._kept_range.shows(self.slice_layer.places)):
            self._request()
        else:
            self.fit()

    @Slot()
    def _clear_map(self) -> None:
        """Take the map away: it is of other data."""
        self._frame = None
        self.pointer.show_frame(None)
        self.map_layer.clear()
        self.lines.clear()

    def show_unit(self, unit: UnitId | None) -> None:
        """Show the function of one unit instead of the answer; None shows the answer again."""
        self._unit.choose(unit)
        self.lines.select(unit)
        self._request()
        self._set_title()
        self._set_note()

    @Slot(object)
    def preview_unit(self, unit: UnitId | None) -> None:
        """Show the function of a unit for as long as the mouse is over it; None shows what was shown before."""
        if unit != self._unit.previewed:
            self._unit.previewed = unit
            self._request()
            self._set_title()
            if self._view.parts:
                self._redraw()

    @Slot()
    def _on_contrast_changed(self) -> None:
        self._unit.contrast = self.contrast.model.contrast
        self._request()
        self._set_title()
        self._set_note()

    @property
    def _shown(self) -> tuple[UnitId | None, Contrast | None]:
        return self._unit.on_map(self._frame, parts=self._view.parts), self._unit.contrast_on_map

    def _set_title(self) -> None:
        self.header.title.setText(*map_title(self._prepared, self._view, self._frame, *self._shown))

    def show_frame(self, frame: Frame) -> None:
        """Draw the map of `frame` and cross out what it gets wrong."""
        before, self._frame = self._shown_plane, frame.seen_by(self._name)
        self.contrast.model.keep_within(frame.layout)
        if not self.painting.tools.is_pressed:
            # In the middle of a stroke the points are elsewhere already.
            self.points.show_correct(frame)
        self._redraw(reads=self._glance.is_worth(frame) or self._shown_plane != before)

    @property
    def _shown_plane(self) -> object:
        """What the map on show is of."""
        plane = self._frame.plane if self._frame is not None else None
        return None if plane is None else (plane.unit, plane.contrast)

    @Slot()
    def _redraw(self, *, reads: bool = True) -> None:
        frame, prepared = self._frame, self._prepared
        if frame is None or prepared is None or frame.plane is None:
            return
        plane = frame.plane
        self._take_slice(plane)
        self.pointer.show_frame(frame)
        curve_unit = self._unit.on_curve(frame, parts=self._view.parts)
        self.map_layer.show(frame, prepared, self._theme, self._view, curve_unit)
        self.lines.show(frame, prepared, self._axes, plane.hold, self._view)
        if reads:
            self.legend.show_scale_of(frame, plane, prepared, self._theme, shown_class(prepared, self._view))
        if self.note.first_sentences != self._first_sentences():
            self._set_note()
        self._probe_mark.show_places(*boundary_axes.probe_places(frame.tried, prepared, self._axes, plane.hold))

    def _show_data(self) -> None:
        """Draw the points of other data, or over other axes, before there is a map of them."""
        assert self._prepared is not None
        self.slice.show(self._prepared, self._axes)
        self.slice_layer.show_data(self._prepared, self._axes, self.slice.wanted)
        self._set_axis_labels()
        self._draw_points()

    def _take_slice(self, plane: Plane) -> None:
        """Let the points fade as the slice of a new map wants it, and the axes say what they are."""
        if plane.axes != self._axes:
            return
        fits = self._fits_next_map  # A note of another height moves the map, and that asks for another one.
        had_components = has_components(self.slice_layer.hold)
        before = self.slice_layer.sentence
        change = self.slice_layer.take(plane)
        if change == "moved":
            self._draw_points()
        elif change == "faded" and not self.painting.draws_points:
            self.points.fade(self.slice_layer.opacities)
            self.slice_layer.ring_point(self._theme)
        if before != self.slice_layer.sentence:
            self._set_note()
        if had_components != has_components(plane.hold):
            self._set_axis_labels()
        if fits and has_components(plane.hold) == has_components(self.slice.wanted):
            self._fits_next_map = False
            self.fit()

    # -- points and ranges --------------------------------------------------------------------------------------

    def _draw_points(self) -> None:
        self.points.suspend(self.painting.draws_points)
        if self._prepared is None:
            return
        if not self.slice_layer.is_of(self._prepared):
            # Painting ends in the midst of a stroke, or with other data, before their places are known.
            self.slice_layer.show_data(self._prepared, self._axes, self.slice.wanted)
        self.slice_layer.ring_point(self._theme)
        self.pointer.show_points(self._prepared, self._axes, self.slice_layer.places)
        if self.painting.draws_points:
            self.points.set_places(self.slice_layer.places)
        else:
            data = {name: self._prepared.part(name) for name in PARTS}
            self.points.set_points(data, self.slice_layer.places, self._theme, self.slice_layer.opacities)
        self.points.show_correct(self._frame)

    @Slot()
    def fit(self) -> None:
        """Show all points with a margin."""
        if self._prepared is None:
            return
        self._set_range(*boundary_axes.fitted_range(self.slice_layer.places))
        self._kept_range.forget()

    def _set_range(self, x_range: Range, y_range: Range) -> None:
        self._kept_range.show(x_range, y_range)
        self._request()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep the range before the view goes, and leave no timer behind."""
        super().hideEvent(event)
        if self.painting.tools.is_pressed:
            self.painting.end_stroke()
        self._kept_range.finish()

    @Slot()
    def _request(self) -> None:
        """Tell the worker which part of which plane is on the screen."""
        if self._prepared is None:
            return
        wanted = self.slice.wanted
        # The axes mean something else: the view is fitted once the worker has said what.
        fits = self._fits_next_map = has_components(wanted) != has_components(self.slice_layer.hold)
        how = {"moving": self.hold_row.is_moving, "fitted": fits}
        plane = map_request(self.plot, self._view, self._axes, self._shown, wanted, **how)
        self._controller.set_needs(self._name, self._subject, points=True, plane=plane)

    # -- controls -----------------------------------------------------------------------------------------------

    @Slot(object)
    def _choose_axes(self, axes: tuple[int, int]) -> None:
        if self._prepared is None or max(axes) < self._prepared.train.n_features:
            # Otherwise the brush is on a plane that is not prepared yet, and the map on show is of one feature.
            self._axes = axes
        self.slice.keep()
        self.settings.edit({"axes": axes})
        self._show_data()
        self._set_note()
        self.fit()

    @Slot(bool)
    def _on_painting_toggled(self, active: bool) -> None:
        self.switches.paint.setChecked(active)
        if active and self.painting.is_plane and self._axes != (0, 1):
            # The brush paints the first feature across and the second up.
            self._choose_axes((0, 1))
        self.pointer.set_enabled(not active)
        self.hand.is_enabled = not active
        self._draw_points()
        self._set_note()

    @property
    def _view(self) -> ViewSpec:
        return self.settings.spec

    @Slot()
    def _on_view_changed(self) -> None:
        view = self._view
        self.switches.show_view(view)
        self.points.show_parts(view.shown_parts, wrong_only=view.wrong_only)
        self.plot.set_theme(self._theme, grid=self._view.grid, both=True)
        self.pointer.show_marks()
        self.slice.follow_view()
        self.legend.show_class(shown_class(self._prepared, self._view))
        self._set_title()
        self._request()
        self._redraw()

    def _set_axis_labels(self) -> None:
        assert self._prepared is not None
        self.axis_row.show_labels(self.plot, self._prepared, self._axes, self.slice_layer.hold)

    def _first_sentences(self) -> tuple[str, str]:
        """Return what comes before all else of the map: what it contrasts, and that one class is all it has."""
        frame = self._frame
        if frame is None:
            return "", ""
        # Not before it learns: while the first points are painted, the map stays where it is.
        return contrast_sentence(frame.plane), self._lone_class if frame.epoch else ""

    @Slot()
    def _set_note(self) -> None:
        is_thinned = self.painting.is_thinned if self.painting.draws_points else self.points.is_thinned
        self.note.first_sentences = self._first_sentences()
        self.note.say(self._unit.to_be_told, (self.slice_layer.sentence, self.lines.sentence), is_thinned=is_thinned)

    # -- export -------------------------------------------------------------------------------------------------

    def figure(self) -> Figure | None:
        """Return what is shown as a picture to be saved, None before there is a map."""
        if self._frame is None or self._frame.plane is None or self._prepared is None:
            return None
        above = self.map_layer.above
        return map_figure(self._frame, self._prepared, self._theme, self._view, self.plot, above)
