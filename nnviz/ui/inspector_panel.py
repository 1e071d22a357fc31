"""The card that opens below the diagram when a unit is clicked: its weights, its bias, its formula, its map.

Every number can be dragged, typed or nudged; the run goes on meanwhile, and the card follows it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.layout import Array, Layout
from nnviz.drawing.axes import number_text
from nnviz.drawing.diagram_layout import DiagramShape
from nnviz.drawing.diagram_names import diagram_shape, unit_name, unit_title
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId
from nnviz.ui.number_list import NumberList, NumberRow
from nnviz.ui.unit_map import UnitMap

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared
    from nnviz.session.controller import Controller
    from nnviz.session.state import ExperimentState

STRONGEST = 12
"""Weights listed of a unit with many, until all are asked for."""
RESORT_S = 1.0
"""Rows change places at most this often, and never under the user's hand."""
CARD_HEIGHT = 250


class InspectorPanel(QFrame):
    """Incoming and outgoing weights of one unit as bars that can be dragged and numbers that can be typed.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
        Gets the edits, and is asked for gradients while the card is open.
    theme : Theme

    *Signals*

    closed() : the user closed the card.
    """

    closed = Signal()

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._controller, self._theme = state, controller, theme
        self._unit: UnitId | None = None
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._shape: DiagramShape | None = None
        self._show_all = False
        self._sorted_at = 0.0
        self._scale = 1.0
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Opened unit"))
        self._build()

    def _build(self) -> None:
        self._title = QLabel(self)
        self._title.setProperty("role", "heading")
        self.close_button = QToolButton(self)
        self.close_button.setText("✕")
        self.close_button.setProperty("role", "flat")
        self.close_button.setToolTip(self.tr("Close the unit (Esc)"))
        self.close_button.setAccessibleName(self.tr("Close the unit"))
        self.close_button.clicked.connect(self._on_close_clicked)
        self._formula = QLabel(self)
        self._formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint = QLabel(self)
        self._hint.setProperty("role", "quiet")
        self._hint.setText(self.tr("drag a bar, type a number or nudge with ← →: the whole window follows"))
        self._message = QLabel(self)
        self._message.setProperty("role", "error")
        self._message.hide()
        self.all_button = QToolButton(self)
        self.all_button.setProperty("role", "flat")
        self.all_button.setCheckable(True)
        self.all_button.toggled.connect(self._on_show_all)
        self._in_title, self._out_title = QLabel(self), QLabel(self)
        for label in (self._in_title, self._out_title):
            label.setProperty("role", "quiet")
        self.incoming, self.outgoing = NumberList(self._theme, self), NumberList(self._theme, self)
        self.incoming.setAccessibleName(self.tr("Incoming weights and bias"))
        self.outgoing.setAccessibleName(self.tr("Outgoing weights"))
        for numbers in (self.incoming, self.outgoing):
            numbers.value_edited.connect(self._on_value_edited)
            numbers.complained.connect(self._on_complained)
        self._map = UnitMap(self._theme, self)
        self._in_area, self._out_area = self._scrolled(self.incoming), self._scrolled(self.outgoing)
        self._lay_out()

    def _scrolled(self, content: QWidget) -> QScrollArea:
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        # After setWidget, which switches it on: the card's own colour shall shine through.
        for part in (area.viewport(), content):
            part.setAutoFillBackground(False)
        return area

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._message)
        top.addWidget(self._hint)
        top.addWidget(self.close_button)
        captions = QHBoxLayout()
        captions.addWidget(self._in_title)
        captions.addStretch(1)
        captions.addWidget(self.all_button)
        body = QGridLayout()
        body.setHorizontalSpacing(24)
        body.setVerticalSpacing(2)
        body.addLayout(captions, 0, 0)
        body.addWidget(self._out_title, 0, 1)
        body.addWidget(self._in_area, 1, 0)
        body.addWidget(self._out_area, 1, 1)
        body.addWidget(self._map, 0, 2, 2, 1)
        body.setColumnStretch(0, 1)
        body.setColumnStretch(1, 1)
        body.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 10)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._formula)
        column.addLayout(body, 1)
        self.setFixedHeight(CARD_HEIGHT)

    # What is shown

    @property
    def unit(self) -> UnitId | None:
        """The unit on show."""
        return self._unit

    @property
    def title(self) -> str:
        """The card's title."""
        return self._title.text()

    @property
    def formula(self) -> str:
        """The formula with the present numbers."""
        return self._formula.text()

    @property
    def message(self) -> str:
        """What is wrong with what was typed, or empty."""
        return self._message.text()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take names from new data."""
        self._prepared = prepared
        self._shape = None

    def show_unit(self, unit: UnitId | None) -> None:
        """Open the card on a unit, or close it; gradients are asked for while it is open."""
        changed = unit != self._unit
        self._unit = unit
        self._controller.set_needs("inspector", gradient=unit is not None)
        if changed:
            self._on_complained("")
            self._show_all = False
            self.all_button.setChecked(False)
        frame = self._controller.frame
        if frame is not None and unit is not None:
            self._sorted_at = 0.0
            self.show_frame(frame)

    def show_frame(self, frame: Frame) -> None:
        """Follow a frame: new values at once, a new order now and then."""
        old, self._frame = self._frame, frame
        if old is None or old.layout != frame.layout or old.activations != frame.activations:
            self._shape = None
        if self._unit is None or not self._exists(frame.layout, self._unit):
            return
        if self._shape is None:
            self._shape = diagram_shape(frame, self._prepared)
            self._sorted_at = 0.0
        busy = self.incoming.is_busy or self.outgoing.is_busy
        if self._sorted_at == 0.0 or (not busy and time.monotonic() - self._sorted_at > RESORT_S):
            self._fill(frame, self._shape, self._unit)
        else:
            self._refresh(frame)
        self._formula.setText(self._formula_text(frame, self._shape, self._unit))
        self._map.show_unit(frame, self._unit, self._shape.n_classes)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        for part in (self.incoming, self.outgoing, self._map):
            part.set_theme(theme)

    @staticmethod
    def _exists(layout: Layout, unit: UnitId) -> bool:
        layer, index = unit
        return layer < len(layout.sizes) and index < layout.sizes[layer]

    def _fill(self, frame: Frame, shape: DiagramShape, unit: UnitId) -> None:
        """List the weights anew, strongest first."""
        self._sorted_at = time.monotonic()
        layout, parameters = frame.layout, frame.parameters
        layer, index = unit
        incoming = [layout.weight_index(layer, index, k) for k in range(layout.sizes[layer - 1])] if layer else []
        last = layer == layout.n_layers
        outgoing = [] if last else [layout.weight_index(layer + 1, k, index) for k in range(layout.sizes[layer + 1])]
        bias = [layout.bias_index(layer, index)] if layer else []
        touched = np.abs(parameters[incoming + outgoing + bias])
        self._scale = max(1.05 * float(np.max(touched, initial=0.0)), 0.5)
        rows = [NumberRow(self.tr("bias"), key, -self._scale, self._scale, quiet=True) for key in bias]
        rows += self._sorted_rows(shape, layer - 1, incoming, parameters)
        self._set(self.incoming, rows, frame)
        self._set(self.outgoing, self._sorted_rows(shape, layer + 1, outgoing, parameters), frame)
        self._title.setText(unit_title(shape, unit))
        self._in_title.setText(
            self.tr("bias and incoming weights, strongest first")
            if layer
            else self.tr("an input has no incoming weights")
        )
        self._out_title.setText(
            self.tr("an output has no outgoing weights") if last else self.tr("outgoing weights, strongest first")
        )
        many = max(len(incoming), len(outgoing))
        self.all_button.setVisible(many > STRONGEST)
        text = self.tr("only the strongest {0}").format(STRONGEST) if self._show_all else self.tr("show all {0}")
        self.all_button.setText(text.format(many))

    def _sorted_rows(self, shape: DiagramShape, layer: int, keys: list[int], parameters: Array) -> list[NumberRow]:
        order = np.argsort(-np.abs(parameters[keys]), kind="stable") if keys else np.empty(0, dtype=int)
        shown = order if self._show_all else order[:STRONGEST]
        return [NumberRow(unit_name(shape, (layer, int(k))), keys[k], -self._scale, self._scale) for k in shown]

    def _set(self, numbers: NumberList, rows: list[NumberRow], frame: Frame) -> None:
        keys = [row.key for row in rows]
        numbers.set_rows(rows, frame.parameters[keys].tolist() if keys else [], self._gradients(frame, keys))

    def _refresh(self, frame: Frame) -> None:
        for numbers in (self.incoming, self.outgoing):
            keys = [row.key for row in numbers.rows]
            if keys:
                numbers.set_values(frame.parameters[keys].tolist(), self._gradients(frame, keys))

    @staticmethod
    def _gradients(frame: Frame, keys: list[int]) -> list[str]:
        if frame.gradient is None or not keys:
            return []
        return [f"∂ {number_text(value, 3)}" for value in frame.gradient[keys].tolist()]

    def _formula_text(self, frame: Frame, shape: DiagramShape, unit: UnitId) -> str:
        layer, index = unit
        if layer == 0:
            return self.tr("a = {0}, as the network receives it").format(unit_name(shape, unit))
        weights = frame.layout.weights(frame.parameters)[layer - 1][index]
        bias = float(frame.layout.biases(frame.parameters)[layer - 1][index])
        strongest = np.argsort(-np.abs(weights), kind="stable")[:3]
        terms = [f"{number_text(float(weights[k]), 2)}·{unit_name(shape, (layer - 1, int(k)))}" for k in strongest]
        more = " + …" if len(weights) > len(strongest) else ""
        sum_text = " + ".join(terms).replace("+ −", "− ")
        bias_text = f"{'−' if bias < 0 else '+'} {number_text(abs(bias), 2)}"
        text = f"z = {sum_text}{more} {bias_text},   a = {shape.activations[layer - 1]}(z)"
        if frame.probe is not None:
            z, a = frame.probe.pre_activations[layer - 1][index], frame.probe.activations[layer][index]
            text += self.tr("   →   for the tried input z = {0}, a = {1}").format(
                number_text(float(z), 2), number_text(float(a), 2)
            )
        return text

    # What the user does

    @Slot(object, float, str)
    def _on_value_edited(self, key: object, value: float, merge_key: str) -> None:
        index = int(key)  # type: ignore[call-overload]
        is_weight = self._frame is None or bool(self._frame.layout.is_weight[index])
        text = self.tr("change weight") if is_weight else self.tr("change bias")
        self._controller.edit_parameters({index: value}, text, merge_key)

    @Slot(str)
    def _on_complained(self, sentence: str) -> None:
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))
        self._hint.setVisible(not sentence)

    @Slot(bool)
    def _on_show_all(self, wanted: bool) -> None:
        self._show_all = wanted
        self._sorted_at = 0.0
        if self._frame is not None:
            self.show_frame(self._frame)

    @Slot()
    def _on_close_clicked(self) -> None:
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the card."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
