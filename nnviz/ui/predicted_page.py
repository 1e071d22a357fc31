"""Predicted against true values of a regression: on the diagonal the network is right, residuals tell how far off."""

from __future__ import annotations

import csv
import io
import math
import time

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnviz.core.files import PathLike, write_atomically
from nnviz.core.metrics import r2, rmse
from nnviz.data import Dataset, input_label
from nnviz.drawing.axes import number_text
from nnviz.drawing.predicted import Predictions, axis_names, drawn_rows, paint_predicted, ranges
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Answers, Frame, Range, RowId
from nnviz.export.plots import Figure
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.ui.answers_page import AnswersPage
from nnviz.ui.boundary_axes import short_label
from nnviz.ui.map_marks import BandSelect, MarkRings, rows_in
from nnviz.ui.plot_menu import PlotMenu
from nnviz.ui.plots import Plot
from nnviz.ui.points_item import PARTS
from nnviz.ui.readout_card import ReadoutCard, ReadoutLine
from nnviz.ui.segments import FittingLabel, Segments

#: How near to a point the pointer has to be, in pixels.
REACH = 9.0
#: A range stays while the points fill so much of it.
FILLED = 0.7
#: While training, thousands of points are moved at most this often.
RENEWED_S = 0.1


class PredictedPage(AnswersPage):
    """A plot below a line with the choice of what is plotted and how good the predictions are.

    Attributes
    ----------
    plot : Plot
    kinds : Segments
        "predicted" or "residuals".
    target_box : QComboBox
        Where there are several targets.
    words : FittingLabel
    items : dict of str to pyqtgraph.ScatterPlotItem
        "train" and "test".
    rings : MarkRings
    card : ReadoutCard
    """

    name = "predicted"

    def __init__(self, controller: Controller, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.label = self.tr("Predicted")
        self.help = self.tr("Compare the predictions with the true values: on the dashed line they are right")
        self._marks, self._theme = marks, theme
        self._prepared: Prepared | None = None
        self._answers: tuple[Answers, Answers] | None = None
        self._parts: dict[str, Predictions] = {}
        self._drawn: dict[str, np.ndarray] = {}
        self._range: tuple[Range, Range] | None = None
        self._place: QPointF | None = None
        self._drawn_at = -math.inf
        self._build(controller)
        self.kinds.chosen.connect(self._on_chosen)
        self.target_box.activated.connect(self._on_target)
        self.plot.hovered.connect(self._on_hovered)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.band.selected.connect(self._on_band_selected)
        marks.changed.connect(self._show_marks)
        self.set_theme(theme)

    def _build(self, controller: Controller) -> None:
        self.content = QWidget(self)
        self.kinds = Segments(
            (
                ("predicted", self.tr("predicted"), self.tr("Plot the predictions over the true values")),
                (
                    "residuals",
                    self.tr("residuals"),
                    self.tr("Plot how far each prediction is off, predicted − true, over the prediction"),
                ),
            ),
            self.tr("What is plotted"),
            self.content,
        )
        self.target_box = QComboBox(self.content)
        self.target_box.setToolTip(self.tr("Which of the targets is plotted"))
        self.target_box.setAccessibleName(self.tr("Target that is plotted"))
        self.target_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target_box.setMinimumContentsLength(6)
        self.words = FittingLabel(self.content)
        self.words.setProperty("role", "quiet")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.plot = Plot(self.content)
        self.plot.setAccessibleName(self.tr("Predicted over true values"))
        self.plot.plotItem.getViewBox().setMouseEnabled(x=False, y=False)
        self.line = pg.InfiniteLine(movable=False)
        self.plot.addItem(self.line, ignoreBounds=True)
        self.items: dict[str, pg.ScatterPlotItem] = {
            name: pg.ScatterPlotItem(pxMode=True, symbol="o") for name in PARTS
        }
        for item in self.items.values():
            self.plot.addItem(item)
        self.rings, self.band = MarkRings(self.plot.plotItem), BandSelect(self.plot)
        self.card = ReadoutCard(self.plot)
        self.menu = QMenu(self.content)
        self.menu_button = QToolButton(self.content)
        self.menu_button.setText("⋯")
        self.menu_button.setProperty("role", "flat")
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu_button.setToolTip(self.tr("Save or copy this plot and its numbers"))
        self.menu_button.setAccessibleName(self.menu_button.toolTip())
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.exports = PlotMenu(self.menu, self.plot, self.figure, controller.message.emit)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.kinds)
        row.addWidget(self.target_box)
        row.addWidget(self.words, 1)
        row.addWidget(self.menu_button)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.content)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def residuals(self) -> bool:
        """Whether the residuals are plotted."""
        return self.kinds.choice == "residuals"

    @property
    def target(self) -> int:
        """The target that is plotted."""
        return max(self.target_box.currentIndex(), 0)

    def suits(self, prepared: Prepared) -> bool:
        """Whether values are predicted."""
        return prepared.task == "regression"

    def set_theme(self, theme: Theme) -> None:
        """Recolour points, line and axes."""
        self._theme = theme
        self.plot.set_theme(theme, grid=True, both=True)
        self.card.set_theme(theme)
        self.line.setPen(pg.mkPen(theme.colour("text"), width=theme.line_width, style=Qt.PenStyle.DashLine))
        size = 0.72 * theme.marker_size
        train, test = self.items["train"], self.items["test"]
        train.setBrush(pg.mkBrush(theme.colour("quiet")))
        train.setPen(pg.mkPen(theme.colour("panel"), width=0.8))
        test.setBrush(pg.mkBrush(theme.colour("panel")))
        test.setPen(pg.mkPen(theme.colour("test"), width=1.6))
        for item in (train, test):
            item.setSize(size)
        self._show_marks()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data: their targets, and no points before there are answers."""
        old, self._prepared = self._prepared, prepared
        self._answers, self._parts, self._range = None, {}, None
        names = [input_label(name) for name in prepared.dataset.target_names]
        if old is None or old.dataset.target_names != prepared.dataset.target_names:
            self.target_box.clear()
            self.target_box.addItems(names)
        self.target_box.setVisible(len(names) > 1)
        self._drawn = {name: drawn_rows(_rows_of(prepared, name).n_samples) for name in PARTS}
        for item in self.items.values():
            item.setData([], [])
        self._set_labels()

    def _set_labels(self) -> None:
        if self._prepared is None:
            return
        target = short_label(self._prepared.dataset.target_names[self.target], 20)
        for side, label in zip(("bottom", "left"), axis_names(target, residuals=self.residuals), strict=True):
            self.plot.plotItem.getAxis(side).setLabel(label)
        self.line.setAngle(0.0 if self.residuals else 45.0)

    def show_frame(self, frame: Frame) -> None:
        """Plot the answers of a frame; the same ones once more cost nothing."""
        train, test = frame.answers_train, frame.answers_test
        if train is None or test is None or (self._answers is not None and self._answers[0] is train):
            return
        now = time.monotonic()
        if frame.status == "running" and now - self._drawn_at < RENEWED_S:
            return
        self._answers, self._drawn_at = (train, test), now
        self._redraw()

    def _redraw(self) -> None:
        prepared, answers = self._prepared, self._answers
        if prepared is None or answers is None:
            return
        target = self.target
        data = {name: _rows_of(prepared, name) for name in PARTS}
        if any(len(part.outputs) != data[name].n_samples for name, part in zip(PARTS, answers, strict=True)):
            return
        self._parts = {
            name: Predictions(data[name].y[:, target], part.outputs[:, target])
            for name, part in zip(PARTS, answers, strict=True)
        }
        for name, part in self._parts.items():
            places = part.places(residuals=self.residuals)[self._drawn[name]]
            self.items[name].setData(places[:, 0], places[:, 1])
        self._set_range(*ranges(self._parts, residuals=self.residuals))
        self.words.show_texts(*self._sentences())
        self._show_marks()
        if self._place is not None:
            self._read_out()

    def _set_range(self, x_range: Range, y_range: Range) -> None:
        """Show all points; the axes stand still as long as the points fill most of what they show."""
        wanted = (x_range, y_range)
        if self._range is not None and all(map(_still_fits, wanted, self._range)):
            return
        self._range = wanted
        box = self.plot.plotItem.getViewBox()
        box.setRange(xRange=x_range, yRange=y_range, padding=0, disableAutoRange=True)

    def _sentences(self) -> tuple[str, ...]:
        """Return how good the predictions are in words, from long to short."""
        scores = []
        for part in self._parts.values():
            if len(part.true):
                pair = part.true[:, np.newaxis], part.predicted[:, np.newaxis]
                scores += [number_text(r2(*pair, 0.0), 3), number_text(rmse(*pair), 3)]
        thinned = any(len(rows) < len(self._parts[name].true) for name, rows in self._drawn.items())
        if len(scores) == 4:
            long = self.tr("R² {0} train, {2} test; RMSE {1}, {3}").format(*scores)
            short = self.tr("R² {0} / {2}").format(*scores)
        elif scores:
            long, short = self.tr("R² {0}, RMSE {1}").format(*scores), self.tr("R² {0}").format(*scores)
        else:
            long = short = ""
        return (self.tr("{0}; not every point is drawn").format(long), long, short) if thinned else (long, short)

    @Slot()
    def _show_marks(self) -> None:
        """Ring the marked rows."""
        if self._parts:
            places = {name: part.places(residuals=self.residuals) for name, part in self._parts.items()}
            self.rings.show(self._marks.rows, places, {"train": True, "test": True}, self._theme)

    # -- what is done -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_chosen(self, _name: str) -> None:
        self._range = None
        self._set_labels()
        self._redraw()

    @Slot()
    def _on_target(self) -> None:
        self._range = None
        self._set_labels()
        self._redraw()

    def _point_at(self, where: tuple[float, float]) -> RowId | None:
        pixel = self.plot.plotItem.getViewBox().viewPixelSize()
        best, found = max(REACH, 0.6 * self._theme.marker_size) ** 2, None
        for name in PARTS:
            rows = self._drawn.get(name, np.empty(0, int))
            if name not in self._parts or not len(rows):
                continue
            away = (self._parts[name].places(residuals=self.residuals)[rows] - where) / pixel
            distance = np.einsum("ij,ij->i", away, away)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= best:
                best, found = float(distance[nearest]), (name, int(rows[nearest]))
        return found

    @Slot(object)
    def _on_clicked(self, event: MouseClickEvent) -> None:
        where = self.plot.data_at(event.scenePos())
        if where is None or event.button() != Qt.MouseButton.LeftButton:
            return
        row = self._point_at(where)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if row is not None:
                self._marks.toggle(row)
        elif row is None:
            self._marks.clear()
        else:
            self._marks.set_one(row)

    @Slot(object, bool)
    def _on_band_selected(self, area: QRectF, more: bool) -> None:
        found = {name: rows_in(area, part.places(residuals=self.residuals)) for name, part in self._parts.items()}
        if more:
            found = {name: np.union1d(rows, self._marks.rows.part(name)) for name, rows in found.items()}
        self._marks.set(**found)

    @Slot(object)
    def _on_hovered(self, position: QPointF | None) -> None:
        inside = position is not None and self.plot.data_at(position) is not None
        self._place = position if inside else None
        if self._place is None:
            self.card.hide()
        else:
            self._read_out()

    def _read_out(self) -> None:
        where = self.plot.data_at(self._place) if self._place is not None else None
        row = self._point_at(where) if where is not None else None
        if row is None or self._place is None:
            self.card.hide()
            return
        part, index = self._parts[row[0]], row[1]
        title = self.tr("training row {0}") if row[0] == "train" else self.tr("test row {0}")
        true, predicted = float(part.true[index]), float(part.predicted[index])
        lines = (
            ReadoutLine(title.format(index + 1)),
            ReadoutLine(self.tr("true"), number_text(true, 3)),
            ReadoutLine(self.tr("predicted"), number_text(predicted, 3)),
            ReadoutLine(self.tr("residual"), number_text(predicted - true, 3)),
        )
        self.card.show_lines(lines, self.plot.mapFromScene(self._place))

    # -- export -------------------------------------------------------------------------------------------------

    def figure(self) -> Figure | None:
        """Return what is plotted as a picture to be saved, None before there are answers."""
        prepared = self._prepared
        if prepared is None or not self._parts:
            return None
        parts, residuals, words, theme = dict(self._parts), self.residuals, self.words.text(), self._theme
        target = input_label(prepared.dataset.target_names[self.target])
        size = (max(480, self.plot.width()), max(400, self.plot.height()))
        return Figure(
            "residuals" if residuals else "predicted",
            size,
            lambda painter, rect: paint_predicted(painter, rect, parts, target, words, theme, residuals=residuals),
            theme,
            self._write_table,
        )

    def _write_table(self, path: PathLike) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(("part", "row", "true", "predicted", "residual", "loss"))
        for (name, part), answers in zip(self._parts.items(), self._answers or (), strict=True):
            for row, (true, predicted, loss) in enumerate(
                zip(part.true.tolist(), part.predicted.tolist(), answers.losses.tolist(), strict=True), start=1
            ):
                writer.writerow((name, row, true, predicted, predicted - true, loss))
        write_atomically(path, lambda stream: stream.write(text.getvalue().encode()))


def _rows_of(prepared: Prepared, part: str) -> Dataset:
    return prepared.train if part == "train" else prepared.test


def _still_fits(wanted: Range, present: Range) -> bool:
    """Whether `wanted` lies in `present` and fills most of it."""
    inside = present[0] <= wanted[0] and wanted[1] <= present[1]
    return inside and wanted[1] - wanted[0] > FILLED * (present[1] - present[0])
