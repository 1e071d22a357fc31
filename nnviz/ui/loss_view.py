"""The loss plot: train and test over the epochs, every epoch of the history represented."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, Range
from nnviz.session.state import ExperimentState
from nnviz.ui.curve_item import CurveItem
from nnviz.ui.legend import CurveKey
from nnviz.ui.plots import Plot
from nnviz.ui.view_header import ViewHeader


class LossView(QFrame):
    """Two curves, told apart by dash as well as by colour; linear or logarithmic; loss or score.

    The curves come thinned from the worker (extremes kept), so that a million epochs draw as fast as a thousand.
    """

    def __init__(self, state: ExperimentState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._state = state
        self._frame: Frame | None = None
        self._classification = True
        self._range: tuple[Range, Range] | None = None
        self.header = ViewHeader(self.tr("Loss"), self)
        self.key = CurveKey(((self.tr("train"), "train", False), (self.tr("test"), "test", True)), self)
        self.header.add_widget(self.key)
        self.score_button = self.header.add_button(
            self.tr("accuracy"), self.tr("Show the accuracy (R² for regression) instead of the loss"), checkable=True
        )
        self.log_button = self.header.add_button(
            self.tr("log"), self.tr("Logarithmic scale: equal steps are equal factors"), checkable=True
        )
        self.plot = Plot(self)
        self.plot.setAccessibleName(self.tr("Loss over the epochs"))
        self.plot.plotItem.getViewBox().setMouseEnabled(x=False, y=False)
        self.plot.plotItem.getAxis("bottom").setLabel(self.tr("epoch"))
        self.train_curve, self.test_curve = CurveItem(), CurveItem(dashed=True)
        for curve in (self.train_curve, self.test_curve):
            self.plot.addItem(curve)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.header)
        column.addWidget(self.plot, 1)
        self.score_button.toggled.connect(self._on_switch)
        self.log_button.toggled.connect(self._on_switch)
        self.log_button.clicked.connect(self._on_log_clicked)
        state.view_changed.connect(self._on_view_changed)
        self.set_theme(theme)
        self._on_view_changed()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.plot.set_theme(theme, grid=True)
        self.key.set_theme(theme)
        self.train_curve.set_line(theme.colour("train"), theme.line_width)
        self.test_curve.set_line(theme.colour("test"), theme.line_width)
        self._redraw()

    def set_task(self, *, classification: bool) -> None:
        """Name the score after the task."""
        self._classification = classification
        self.score_button.setText(self.tr("accuracy") if classification else self.tr("R²"))
        self._on_switch()

    @Slot()
    def _on_switch(self) -> None:
        score = self.score_button.isChecked()
        self.log_button.setEnabled(not score)
        self.plot.plotItem.getAxis("left").setLogMode(self.log_button.isChecked() and not score)
        self._range = None
        self.header.title.setText(self.score_button.text().capitalize() if score else self.tr("Loss"))
        self._redraw()

    @Slot(bool)
    def _on_log_clicked(self, logarithmic: bool) -> None:
        self._state.set_view(self._state.experiment.view.edited(log_loss=logarithmic))

    @Slot()
    def _on_view_changed(self) -> None:
        self.log_button.setChecked(self._state.experiment.view.log_loss)

    def show_frame(self, frame: Frame) -> None:
        """Draw the curves of `frame`."""
        self._frame = frame
        self._redraw()

    def _redraw(self) -> None:
        if self._frame is None:
            return
        curves = self._frame.curves
        score = self.score_button.isChecked()
        train, test = (curves.train_score, curves.test_score) if score else (curves.train_loss, curves.test_loss)
        logarithmic = self.log_button.isChecked() and not score
        if logarithmic:
            train, test = _log10(train), _log10(test)
        has_test = bool(np.isfinite(test).any())
        self.train_curve.set_data(curves.epoch, train)
        self.test_curve.set_data(curves.epoch, test)
        self._set_range(curves.epoch, train, test, from_zero=not (logarithmic or score))
        self.key.show_first(2 if has_test else 1)

    def _set_range(self, epoch: np.ndarray, train: np.ndarray, test: np.ndarray, *, from_zero: bool) -> None:
        """Show all of both curves.

        The range grows in steps, so that the axes stand still for some frames: redrawing them takes as long as the
        curves do.
        """
        finite = np.concatenate([train, test])
        finite = finite[np.isfinite(finite)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        low = min(0.0, low) if from_zero else low
        if high <= low:
            high = low + 1.0
        margin = 0.04 * (high - low)
        bottom, top = low if from_zero else low - margin, high + margin
        if self._range is not None and _still_fits((bottom, top), self._range[1]):
            bottom, top = self._range[1]
        new = ((0.0, _right_end(float(epoch[-1]) if epoch.size else 1.0)), (bottom, top))
        if new != self._range:
            self._range = new
            box = self.plot.plotItem.getViewBox()
            box.setRange(xRange=new[0], yRange=new[1], padding=0, update=True)
            # At once: left to the paint event, the axes would ask for a second one.
            box.updateMatrix()


def _right_end(epoch: float) -> float:
    """Return where the axis of epochs ends: at the last one, from 1000 on at most a tenth behind it."""
    if epoch < 1000.0:
        return max(epoch, 1.0)
    step = 10.0 ** math.floor(math.log10(epoch)) / 10.0
    return math.ceil(epoch / step) * step


def _still_fits(wanted: Range, present: Range) -> bool:
    """Whether `wanted` lies in `present` and fills most of it."""
    inside = present[0] <= wanted[0] and wanted[1] <= present[1]
    return inside and wanted[1] - wanted[0] > 0.85 * (present[1] - present[0])


def _log10(values: np.ndarray) -> np.ndarray:
    """Return log10 with gaps where a value is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log10(values), np.nan)
