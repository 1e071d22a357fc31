"""The loss plot: loss, score or learning rate over the run, every epoch of the history represented."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from msgspec.structs import fields, replace
from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from nnviz.core.layout import Array
from nnviz.core.numbers import count_text, loss_text, number_text
from nnviz.core.storage import PathLike
from nnviz.drawing.courses import DrawnCourse
from nnviz.drawing.curve_choice import ChosenCurves, chosen_curves, is_logarithmic
from nnviz.drawing.curves import DOTS, faint
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, Curves, PartName, Reading
from nnviz.experiment.frame import Frame, Range
from nnviz.experiment.schema import ViewSpec
from nnviz.session.controller import Controller
from nnviz.session.glance import CURVES_S, Glance
from nnviz.session.state import ExperimentState
from nnviz.ui.loss.carried_lines import CarriedLines
from nnviz.ui.loss.loss_footer import LossFooter
from nnviz.ui.loss.other_courses import Least, OtherCourses
from nnviz.ui.plots.curve_item import CurveItem
from nnviz.ui.plots.plot import Plot
from nnviz.ui.plots.plot_menu import PlotMenu
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.readout_card import ReadoutCard, ReadoutLine
from nnviz.ui.widgets.view_header import ViewHeader

if TYPE_CHECKING:
    from nnviz.drawing.prediction import Stroke
    from nnviz.export.plots import Figure

#: By what name frames read out an epoch.
OWNER = "loss"


class LossView(QFrame):
    """A curve for each part of the data, told apart by dash as well as by colour, and the ★ of the best epoch.

    The curves come thinned from the worker (extremes kept), so that a million epochs draw as fast as a thousand; the
    epoch under the pointer is asked for, so that what is read out is exact.
    """

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._state, self._controller, self._theme = state, controller, theme
        self._frame: Frame | None = None
        self._glance = Glance(CURVES_S)
        self._chosen: ChosenCurves | None = None
        self._classification = True
        self._range: tuple[Range, Range] | None = None
        self._pointer: QPointF | None = None
        self._build()
        self._connect()
        self.set_theme(theme)
        self._on_view_changed()

    def _build(self) -> None:
        self.header = ViewHeader(self.tr("Loss"), self)
        add_tab, add = self.header.add_tab, self.header.add_button
        self.loss_button = add_tab(
            self.tr("Loss"), self.tr("Show the loss: how far the answers are from the targets, as training sees it")
        )
        self.score_button = add_tab(
            self.tr("Accuracy"), self.tr("Show the share of right answers (for regression R², the variance explained)")
        )
        self.rate_button = add_tab(
            self.tr("Rate"), self.tr("Show the learning rate: how large the steps were that the schedule allowed")
        )
        self.log_button = add(
            self.tr("log"), self.tr("Logarithmic scale: equal steps are equal factors"), checkable=True
        )
        self.plot = Plot(self)
        self.plot.setAccessibleName(self.tr("Loss over the epochs"))
        self.plot.plotItem.getViewBox().setMouseEnabled(x=False, y=False)
        self.menu = QMenu(self)
        self.menu_button = self.header.add_menu(self.menu, self.tr("Save or copy this plot and its numbers"))
        self.exports = PlotMenu(self.menu, self.plot, self.figure, self._controller.message.emit)
        self.train_curve, self.test_curve = CurveItem(), CurveItem(dashed=True)
        self.validation_curve = CurveItem(dashed=True, dash=DOTS)
        self.curves: dict[PartName, CurveItem] = {
            "train": self.train_curve,
            "validation": self.validation_curve,
            "test": self.test_curve,
        }
        self.raw_curves: dict[PartName, CurveItem] = {part: CurveItem() for part in PARTS}
        for curve in (*self.raw_curves.values(), *self.curves.values()):
            self.plot.addItem(curve)
        self.epoch_line, self.past_line = (pg.InfiniteLine(angle=90, movable=False) for _ in range(2))
        for line in (self.epoch_line, self.past_line):
            line.hide()
            self.plot.addItem(line, ignoreBounds=True)
        self.carried, self.others, self.card = CarriedLines(self.plot), OtherCourses(self.plot), ReadoutCard(self.plot)
        self.footer = LossFooter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.header)
        column.addWidget(self.plot, 1)
        column.addWidget(self.footer)

    def _connect(self) -> None:
        self._tabs = {"loss": self.loss_button, "score": self.score_button, "learning_rate": self.rate_button}
        for button in (*self._tabs.values(), self.log_button):
            button.clicked.connect(self._on_switched)
        self.footer.x_chosen.connect(self._on_x_chosen)
        self.footer.smoothing_chosen.connect(self._on_smoothing_chosen)
        self.plot.hovered.connect(self._on_hovered)
        self._state.view_changed.connect(self._on_view_changed)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def _view(self) -> ViewSpec:
        return self._state.experiment.view

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.plot.set_theme(theme, grid=True)
        self.footer.set_theme(theme)
        self.card.set_theme(theme)
        self.carried.set_theme(theme)
        self.past_line.setPen(pg.mkPen(theme.colour("negative"), width=theme.line_width + 0.4))
        self.epoch_line.setPen(pg.mkPen(theme.colour("quiet"), width=1.0, style=Qt.PenStyle.DotLine))
        for part in PARTS:
            self.curves[part].set_line(theme.colour(part), theme.line_width)
            self.raw_curves[part].set_line(faint(theme, part), 1.0)
        self._redraw()

    def show_prepared(self, prepared: Prepared) -> None:
        """Name the score after the task of other data."""
        self._glance.forget()
        self._classification = prepared.task == "classification"
        self.score_button.setText(self.tr("Accuracy") if self._classification else self.tr("R²"))
        self._redraw()

    def show_frame(self, frame: Frame) -> None:
        """Draw the curves of `frame`, or those of one soon after it."""
        if self._pointer is not None or self._glance.is_worth(frame):
            self._frame = frame
            self._redraw()

    def show_curves(self, curves: Curves) -> None:
        """Draw how the run goes on while its past is shown."""
        if self._frame is not None and not self._frame.is_live:
            self._frame = replace(self._frame, curves=curves)
            self._redraw()

    def show_courses(self, courses: tuple[DrawnCourse, ...]) -> None:
        """Draw other runs beside the one that is shown."""
        self.others.courses = courses
        self._redraw()

    def show_expected(self, curve: Stroke, least: Least | None) -> None:
        """Have room for a curve that is drawn by hand, and have it in pictures."""
        if (curve, least) != (self.others.expected, self.others.least):
            self.others.expected, self.others.least, self._range = curve, least, None
            self._redraw()

    def _show_past(self, frame: Frame) -> None:
        """Mark the epoch that is shown, where that is a past one."""
        curves = frame.curves
        self.past_line.setVisible(not frame.is_live)
        if not frame.is_live and len(curves.epoch):
            self.past_line.setPos(float(np.interp(frame.epoch, curves.epoch, getattr(curves, self._view.curve_x))))

    def _show_kind(self, frame: Frame, *, is_loss: bool) -> None:
        """Say of a loss where it is of standardised targets, or some rows count more in it than others."""
        scaled, weighted = is_loss and frame.scaled_targets, is_loss and frame.weighted
        if scaled and weighted:
            self.header.info.setText(self.tr("weighted, of standardised targets"), self.tr("weighted, scaled"))
        elif scaled:
            self.header.info.setText(self.tr("of standardised targets"), self.tr("scaled targets"))
        else:
            self.header.info.setText(*((self.tr("rows weighted"), self.tr("weighted")) if weighted else ("",)))

    def _redraw(self) -> None:
        if self._frame is None:
            return
        view = self._view
        self._show_kind(self._frame, is_loss=view.curve == "loss")
        chosen = self._chosen = chosen_curves(self._frame.curves, view)
        for part in PARTS:
            self.curves[part].set_data(chosen.x, chosen.curve_of(part))
            self.curves[part].set_mark(chosen.mark if part == chosen.watched else None, self._theme, part)
            raw = chosen.raw_of(part)
            self.raw_curves[part].setVisible(raw is not None)
            if raw is not None:
                self.raw_curves[part].set_data(chosen.x, raw)
        self.carried.show(chosen.carried, self._theme)
        self._show_past(self._frame)
        from_zero = not (is_logarithmic(view) or view.curve == "score")
        heights, end = self.others.show(view, self._theme)
        self._set_range(chosen, heights, end, from_zero=from_zero, stepped=view.curve_x == "elapsed_s")
        drawn = tuple(part for part in PARTS if part == "train" or np.isfinite(chosen.curve_of(part)).any())
        best_of = None if chosen.mark is None else chosen.watched
        self.footer.show_key(drawn, best_of, carried=bool(chosen.carried), others=self.others.courses)
        if self._pointer is not None:
            self._read_out()

    def _set_range(
        self, chosen: ChosenCurves, others: list[Array], end: float, *, from_zero: bool, stepped: bool
    ) -> None:
        """Show all of the curves, and those of others, which reach to `end`.

        The range grows in steps, so that the axes stand still for some frames: redrawing them takes as long as the
        curves do.
        """
        finite = np.concatenate([*chosen.drawn(), *others])
        finite = finite[np.isfinite(finite)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        low = min(0.0, low) if from_zero else low
        if high <= low:
            high = low + 1.0
        margin = 0.04 * (high - low)
        bottom, top = low if from_zero else low - margin, high + margin
        if self._range is not None and _still_fits((bottom, top), self._range[1]):
            bottom, top = self._range[1]
        last = max(end, float(chosen.x[-1]) if chosen.x.size else 0.0)
        new = ((0.0, _right_end(last, stepped=stepped)), (bottom, top))
        if new != self._range:
            self._range = new
            box = self.plot.plotItem.getViewBox()
            box.setRange(xRange=new[0], yRange=new[1], padding=0, update=True)
            # WORKAROUND: pyqtgraph 0.14 updates its matrix in the paint event, in which the axes ask for a second one.
            box.updateMatrix()

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group, footer = self.tr("Loss"), self.footer
        for name, button in (
            ("loss_button", self.loss_button),
            ("score_button", self.score_button),
            ("rate_button", self.rate_button),
            ("log_button", self.log_button),
            ("menu_button", self.menu_button),
        ):
            yield hideable_button(f"loss.{name}", group, button)
        yield Hideable("loss.plot", group, self.tr("the curves"), (self.plot,))
        yield Hideable("loss.legend", group, self.tr("legend"), (footer.key,))
        yield Hideable("loss.smoothing", group, self.tr("smoothing"), (footer.slider_label, footer.slider))
        yield Hideable("loss.x_axis", group, self.tr("choice of the x axis"), (footer.x_button,))

    # -- switches -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_switched(self) -> None:
        curve = next(name for name, button in self._tabs.items() if button.isChecked())
        self._edit_view(curve=curve, log_loss=self.log_button.isChecked())

    @Slot(str)
    def _on_x_chosen(self, name: str) -> None:
        self._edit_view(curve_x=name)

    @Slot(float)
    def _on_smoothing_chosen(self, amount: float) -> None:
        self._edit_view(smoothing=amount)

    def _edit_view(self, **changes: object) -> None:
        self._state.set_view(self._view.edited(**changes))

    @Slot()
    def _on_view_changed(self) -> None:
        view = self._view
        self._tabs[view.curve].setChecked(True)
        self.log_button.setChecked(view.log_loss)
        self.log_button.setEnabled(view.curve != "score")
        self.footer.show_view(view)
        self.plot.plotItem.getAxis("left").setLogMode(is_logarithmic(view))
        self._range = None
        self._redraw()

    # -- reading values -----------------------------------------------------------------------------------------

    @Slot(object)
    def _on_hovered(self, position: QPointF | None) -> None:
        inside = position is not None and self.plot.data_at(position) is not None
        self._pointer = position if inside else None
        if self._pointer is None:
            self.epoch_line.hide()
            self.card.hide()
            self._controller.set_needs(OWNER)
        else:
            self._read_out()

    def _read_out(self) -> None:
        """Read out the epoch under the pointer: from the curves, or from the history where they are thinned."""
        where = self.plot.data_at(self._pointer) if self._pointer is not None else None
        if where is None or self._frame is None or self._chosen is None or not len(self._chosen.x):
            return
        curves = self._frame.curves
        if curves.is_exact:
            reading: Reading | None = _reading_at(curves, int(np.argmin(np.abs(self._chosen.x - where[0]))))
        else:
            epoch = round(float(np.interp(where[0], self._chosen.x, curves.epoch)))
            self._controller.set_needs(OWNER, reading=epoch)
            reading = self._frame.readings.get(OWNER)
        if reading is None:
            return
        self.epoch_line.setPos(getattr(reading, self._view.curve_x))
        self.epoch_line.show()
        assert self._pointer is not None
        beside = tuple(ReadoutLine(course.name, self._height_text(y)) for course, y in self.others.values_at(where[0]))
        self.card.show_lines((*self._lines(reading), *beside), self.plot.mapFromScene(self._pointer))

    def _height_text(self, y: float) -> str:
        """Return what a height in the plot stands for."""
        if self._view.curve == "score":
            return self._score_text(y)
        return loss_text(10.0**y if is_logarithmic(self._view) else y)

    def _lines(self, reading: Reading) -> tuple[ReadoutLine, ...]:
        accuracy = self._classification
        train_score = self.tr("train accuracy") if accuracy else self.tr("train R²")
        validation_score = self.tr("validation accuracy") if accuracy else self.tr("validation R²")
        test_score = self.tr("test accuracy") if accuracy else self.tr("test R²")
        best = self._frame.curves.best if self._frame is not None else None
        epoch = self.tr("epoch {0}").format(count_text(reading.epoch))
        is_carried = self._frame is not None and any(mark.epoch == reading.epoch for mark in self._frame.curves.marks)
        remarks = (
            self.tr("★ best") if best is not None and best.epoch == reading.epoch else "",
            self.tr("changed network from here") if is_carried else "",
        )
        rows = [
            ReadoutLine(epoch, ", ".join(filter(None, remarks))),
            ReadoutLine(self.tr("train loss"), loss_text(reading.train_loss)),
            ReadoutLine(self.tr("validation loss"), loss_text(reading.validation_loss)),
            ReadoutLine(self.tr("test loss"), loss_text(reading.test_loss)),
            ReadoutLine(train_score, self._score_text(reading.train_score)),
            ReadoutLine(validation_score, self._score_text(reading.validation_score)),
            ReadoutLine(test_score, self._score_text(reading.test_score)),
            ReadoutLine(self.tr("learning rate"), loss_text(reading.learning_rate)),
            ReadoutLine(self.tr("updates"), count_text(reading.updates)),
            ReadoutLine(self.tr("training time"), self.tr("{0} s").format(number_text(reading.elapsed_s, 3))),
        ]
        wanted = {
            "loss": (0, 1, 2, 3, 8, 9),
            "score": (0, 4, 5, 6, 8, 9),
            "learning_rate": (0, 7, 8, 9),
        }[self._view.curve]
        return tuple(rows[index] for index in wanted if rows[index].value != "–")

    def _score_text(self, value: float) -> str:
        if self._classification and math.isfinite(value):
            return self.tr("{0} %").format(f"{100.0 * value:.1f}")
        return number_text(value, 4)

    # -- export -------------------------------------------------------------------------------------------------

    def figure(self) -> Figure | None:
        """Return what is shown as a picture to be saved, None before the first frame."""
        from nnviz.export.plots import loss_figure

        if self._frame is None:
            return None
        size = (max(480, self.plot.width()), max(320, self.plot.height()))
        shown = self._frame, self._theme, self._write_table, self._view, self.others.expected
        return loss_figure(*shown, r2=not self._classification, size=size, courses=self.others.courses)

    def _write_table(self, path: PathLike) -> None:
        """Write the whole history, of which the frame has a thinned one; the worker knows it."""
        history = self._controller.document().history
        if history is not None:
            history.to_csv(path)


def _reading_at(curves: Curves, index: int) -> Reading:
    return Reading(**{field.name: float(getattr(curves, field.name)[index]) for field in fields(Reading)})


def _right_end(last: float, *, stepped: bool = False) -> float:
    """Return where the x axis ends: at the last point, from 1000 on or where `stepped` at most a tenth behind it."""
    if last < 1000.0 and not stepped:
        return max(last, 1.0)
    if last <= 0.0:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(last))
    # Each end that is passed redraws the whole plot: as seldom as a tenth allows.
    step = decade * (0.1 if last < 2.0 * decade else 0.2 if last < 5.0 * decade else 0.5)
    return math.ceil(last / step) * step


def _still_fits(wanted: Range, present: Range) -> bool:
    """Whether `wanted` lies in `present` and fills most of it."""
    inside = present[0] <= wanted[0] and wanted[1] <= present[1]
    return inside and wanted[1] - wanted[0] > 0.85 * (present[1] - present[0])
