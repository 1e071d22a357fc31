"""The decision boundary: what the network answers everywhere on a plane of two features, under the data points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnviz.data import input_label
from nnviz.drawing.plane import plane_image
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame, Plane, PlaneRequest, UnitId
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.legend import LegendStrip
from nnviz.ui.plots import ImageOnPlane, Plot
from nnviz.ui.points_item import PointsItem
from nnviz.ui.view_header import ViewHeader

#: Share of the data's extent that is left free around the points.
MARGIN = 0.10


class BoundaryView(QFrame):
    """Map, points and legend; the map follows zooming and panning because the worker computes what is on the screen.

    Two features: the plane. One: the curve of the outputs. More: two features are chosen, the others are held at their
    training means, and the view says so.
    """

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._state = state
        self._controller = controller
        self._theme = theme
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._unit: UnitId | None = None
        self._axes = (0, 1)
        self._curves: list[pg.PlotDataItem] = []
        self._build()
        self.plot.plotItem.getViewBox().sigRangeChanged.connect(self._on_range_changed)
        for box in (self.x_box, self.y_box):
            box.activated.connect(self._on_axis_chosen)
        self.fit_button.clicked.connect(self.fit)
        for button in (self.train_button, self.test_button, self.discretise_button):
            button.clicked.connect(self._on_toggled)
        state.view_changed.connect(self._on_view_changed)
        self.set_theme(theme)
        self._on_view_changed()
        # Until the data are known the builder fits the range, so that the first frame has its map already.
        controller.set_needs("boundary", plane=PlaneRequest(axes=state.experiment.view.axes), points=True)

    def _build(self) -> None:
        self.header = ViewHeader(self.tr("Decision boundary"), self)
        add = self.header.add_button
        self.train_button = add(self.tr("● train"), self.tr("Show the training points (filled)"), checkable=True)
        self.test_button = add(self.tr("○ test"), self.tr("Show the test points (hollow)"), checkable=True)
        self.discretise_button = add(
            self.tr("steps"), self.tr("Show only which answer is given, not how sure the network is"), checkable=True
        )
        self.fit_button = add(self.tr("fit"), self.tr("Show all points again (after zooming or dragging the map)"))
        self.plot = Plot(self)
        self.plot.setAccessibleName(self.tr("Decision boundary over two features"))
        self._image = ImageOnPlane()
        self.plot.addItem(self._image)
        self._points = PointsItem(self.plot.plotItem, self._theme)
        self._probe_mark = pg.ScatterPlotItem(symbol="+", size=18)
        self._probe_mark.setZValue(20)
        self.plot.addItem(self._probe_mark)
        self.axis_row = QWidget(self)
        row = QHBoxLayout(self.axis_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.x_box, self.y_box = QComboBox(self.axis_row), QComboBox(self.axis_row)
        for text, box, name in (
            (self.tr("across"), self.x_box, self.tr("Feature along x")),
            (self.tr("up"), self.y_box, self.tr("Feature along y")),
        ):
            label = QLabel(text, self.axis_row)
            label.setProperty("role", "quiet")
            label.setBuddy(box)
            box.setAccessibleName(name)
            box.setToolTip(self.tr("Which feature runs along this axis of the map"))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            row.addWidget(label)
            row.addWidget(box, 1)
        self.note = QLabel(self)
        self.note.setProperty("role", "quiet")
        self.note.setWordWrap(True)
        self.legend = LegendStrip(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        for widget in (self.header, self.axis_row, self.plot, self.legend, self.note):
            column.addWidget(widget, 1 if widget is self.plot else 0)

    # -- what is shown ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour map, points and legend."""
        self._theme = theme
        self.plot.set_theme(theme)
        self._probe_mark.setBrush(pg.mkBrush(theme.colour("text")))
        self._probe_mark.setPen(pg.mkPen(theme.colour("panel"), width=1))
        self.legend.set_theme(theme)
        if self._prepared is not None:
            self._draw_points()
            self._redraw()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over new data: points, axes, legend; fits the range unless the same features are shown already."""
        old, self._prepared = self._prepared, prepared
        names = prepared.train.feature_names
        same = old is not None and old.train.feature_names == names and old.dataset.name == prepared.dataset.name
        if not same:
            wanted = self._state.experiment.view.axes
            self._axes = wanted if max(wanted) < len(names) else (0, min(1, len(names) - 1))
            for box, axis in zip((self.x_box, self.y_box), self._axes, strict=True):
                box.clear()
                box.addItems(list(names))
                box.setCurrentIndex(axis)
            self.axis_row.setVisible(len(names) > 2)
            self._unit = None
        self._frame = None
        self._image.show_image(None, QRectF())
        self.plot.plotItem.getViewBox().setAspectLocked(len(names) == 2 and _is_square(prepared))
        self._set_axis_labels()
        self._draw_points()
        self.legend.show_classes(prepared)
        self.header.title.setText(
            self.tr("Decision boundary") if prepared.task == "classification" else self.tr("Prediction")
        )
        self._set_note()
        if same:
            self._request()
        else:
            self.fit()

    def show_unit(self, unit: UnitId | None) -> None:
        """Show the function of one unit instead of the answer; None shows the answer again."""
        self._unit = unit
        self._request()
        self._set_note()

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
        if len(prepared.train.feature_names) == 1:
            self._draw_curves(plane)
        else:
            self._clear_curves()
            image = plane_image(
                plane, prepared.train, self._theme, discretise=self.discretise_button.isChecked(), frame=frame
            )
            (x0, x1), (y0, y1) = plane.x_range, plane.y_range
            self._image.show_image(image, QRectF(x0, y0, x1 - x0, y1 - y0))
        self._mark_probe(frame)

    def _mark_probe(self, frame: Frame) -> None:
        if frame.probe is None:
            self._probe_mark.setData([], [])
            return
        x, y = self._axes
        raw = frame.probe.raw
        self._probe_mark.setData([raw[x]], [raw[y] if len(raw) > 1 else float(frame.probe.activations[-1][0])])

    def _draw_curves(self, plane: Plane) -> None:
        n_outputs = plane.values.shape[2]
        if len(self._curves) != n_outputs:
            self._clear_curves()
            for _ in range(n_outputs):
                curve = self.plot.plot()
                curve.setZValue(15)
                self._curves.append(curve)
        n = plane.values.shape[1]
        low, high = plane.x_range
        x = low + (np.arange(n) + 0.5) * (high - low) / n
        for k, curve in enumerate(self._curves):
            colour = self._theme.class_colour(k) if n_outputs > 1 else self._theme.colour("positive")
            curve.setData(x, plane.values[0, :, k], pen=pg.mkPen(colour, width=2))

    def _clear_curves(self) -> None:
        for curve in self._curves:
            self.plot.removeItem(curve)
        self._curves.clear()

    # -- points and ranges --------------------------------------------------------------------------------------

    def _positions(self) -> dict[str, NDArray[np.float64]]:
        assert self._prepared is not None
        x, y = self._axes
        positions = {}
        for name, part in (("train", self._prepared.train), ("test", self._prepared.test)):
            if part.X.shape[1] == 1:
                positions[name] = np.column_stack([part.X[:, 0], part.y[:, 0]])
            else:
                positions[name] = part.X[:, [x, y]]
        return positions

    def _draw_points(self) -> None:
        assert self._prepared is not None
        parts = {"train": self._prepared.train, "test": self._prepared.test}
        self._points.set_points(parts, self._positions(), self._theme)
        if self._frame is not None:
            self._points.show_correct(self._frame.correct_train, self._frame.correct_test)

    @Slot()
    def fit(self) -> None:
        """Show all points with a margin."""
        if self._prepared is None:
            return
        points = np.concatenate(list(self._positions().values()))
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        low, high = low - MARGIN * span, high + MARGIN * span
        self.plot.plotItem.getViewBox().setRange(
            xRange=(low[0], high[0]), yRange=(low[1], high[1]), padding=0, disableAutoRange=True
        )
        self._request()

    @Slot()
    def _on_range_changed(self) -> None:
        self._request()

    def _request(self) -> None:
        """Tell the worker which part of which plane is on the screen."""
        if self._prepared is None:
            return
        x_range, y_range = self.plot.plotItem.getViewBox().viewRange()
        self._controller.set_needs(
            "boundary",
            points=True,
            plane=PlaneRequest(
                x_range=(float(x_range[0]), float(x_range[1])),
                y_range=(float(y_range[0]), float(y_range[1])),
                axes=self._axes,
                unit=self._unit,
            ),
        )

    # -- controls -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_axis_chosen(self) -> None:
        self._axes = (self.x_box.currentIndex(), self.y_box.currentIndex())
        self._edit_view(axes=self._axes)
        self._set_axis_labels()
        self._draw_points()
        self._set_note()
        self.fit()

    def _edit_view(self, **changes: object) -> None:
        self._state.set_view(self._state.experiment.view.edited(**changes))

    @Slot()
    def _on_toggled(self) -> None:
        self._edit_view(
            show_train=self.train_button.isChecked(),
            show_test=self.test_button.isChecked(),
            discretise=self.discretise_button.isChecked(),
        )

    @Slot()
    def _on_view_changed(self) -> None:
        view = self._state.experiment.view
        self.train_button.setChecked(view.show_train)
        self.test_button.setChecked(view.show_test)
        self.discretise_button.setChecked(view.discretise)
        self._points.set_visible("train", view.show_train)
        self._points.set_visible("test", view.show_test)
        self._redraw()

    def _set_axis_labels(self) -> None:
        assert self._prepared is not None
        names = self._prepared.train.feature_names
        bottom, left = self.plot.plotItem.getAxis("bottom"), self.plot.plotItem.getAxis("left")
        if len(names) == 1:
            bottom.setLabel(_short(names[0]))
            left.setLabel(_short(self._prepared.train.target_names[0]))
        else:
            bottom.setLabel(_short(names[self._axes[0]]))
            left.setLabel(_short(names[self._axes[1]]))

    def _set_note(self) -> None:
        assert self._prepared is not None
        names = self._prepared.train.feature_names
        sentences = []
        if self._unit is not None:
            sentences.append(self.tr("Showing one unit; Esc or a click beside it shows the answer again."))
        if len(names) > 2:
            sentences.append(
                self.tr("A slice: the other {0} features are held at their training means.").format(len(names) - 2)
            )
        if self._points.is_thinned:
            sentences.append(self.tr("Not every point is drawn; all of them are trained on."))
        self.note.setText(" ".join(sentences))
        self.note.setVisible(bool(sentences))

    def point_at(self, position: QPointF) -> tuple[float, float]:
        """Return the plot coordinates under a position in the plot widget (used by read-outs and tests)."""
        mapped = self.plot.plotItem.getViewBox().mapSceneToView(position)
        return float(mapped.x()), float(mapped.y())


def _is_square(prepared: Prepared) -> bool:
    """Whether both features share a scale, so that a circle should look like one."""
    spans = np.ptp(prepared.dataset.X, axis=0)
    return bool(spans.min() > 0 and spans.max() / spans.min() < 1.5)


def _short(name: str, length: int = 28) -> str:
    """Return a feature name as inert text that fits an axis (pyqtgraph's labels are rich text)."""
    name = input_label(name)
    text = name if len(name) <= length else name[: length - 1] + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
