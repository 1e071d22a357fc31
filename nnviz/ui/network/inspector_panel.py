"""The card that opens below the diagram when a unit or an edge is clicked: weights, bias, formula, gradients, maps.

Every number can be dragged, typed or nudged; the run goes on meanwhile, and the card follows it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnviz.core.layout import Array
from nnviz.core.numbers import filled
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_names import diagram_shape, edge_title, unit_name, unit_title
from nnviz.drawing.diagram_shape import DiagramShape
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId
from nnviz.ui.network import inspector_text
from nnviz.ui.network.bottom_card import Card
from nnviz.ui.network.edge_ends import GAP, NARROW_GAP, EndOfEdge, make_room, pictures_beside
from nnviz.ui.network.list_places import ListCaption, Lists
from nnviz.ui.network.number_bar import NumberRow
from nnviz.ui.network.number_list import NumberList
from nnviz.ui.network.unit_map import WIDTH, UnitMap
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.widgets.live_line import LiveLine
from nnviz.ui.widgets.nested_layouts import add_layout

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared
    from nnviz.session.controller import Controller
    from nnviz.session.state import ExperimentState

STRONGEST = 12
"""Weights listed of a unit with many, until all are asked for."""
RESORT_S = 1.0
"""Rows change places at most this often, and never under the user's hand."""
NARROW_LINES = 38.0
"""Width below which a card is narrow, in lines of its type."""
MARGINS = 16, 10, 12, 10
TITLE = 10
"""Letters of the title that two narrow cards leave: which unit it is."""


class InspectorPanel(TeacherHideable, Card):
    """Weights of one unit, or one weight, as bars that can be dragged and numbers that can be typed.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
        Gets the edits, and is asked for gradients while the card is open.
    theme : Theme
    name : str
        By what it asks for what is in a frame.

    *Signals*

    closed() : the user closed the card.
    unit_wanted(object) : (layer, unit), one end of the edge on show shall be opened instead.
    """

    closed = Signal()
    unit_wanted = Signal(object)

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        theme: Theme,
        name: str = "inspector",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._state, self._controller, self._name = state, controller, name
        self._example: tuple[float, ...] | None = None
        self._digits = 2
        self._part: UnitId | EdgeId | None = None
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._shape: DiagramShape | None = None
        self._show_all = False
        self._sorted_at, self._scale = 0.0, 1.0
        self.setAccessibleName(self.tr("Opened unit or weight"))
        self._build()

    def _build(self) -> None:
        self._title = ElidedLabel(parent=self, letters=TITLE)
        self._title.setProperty("role", "heading")
        words = self.tr("Close this card and show the whole network again (Esc)")
        self.close_button = flat_button(self, "✕", words, name=self.tr("Close the card"))
        self.close_button.clicked.connect(self.closed)
        self._formula, self._made, self._message = LiveLine(self), LiveLine(self), ElidedLabel(parent=self)
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint = ElidedLabel(parent=self, least=1.0)
        self._hint.setProperty("role", "quiet")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._hint.setText(*inspector_text.editing_hint())
        self._message.setProperty("role", "error")
        self._message.hide()
        self._made.hide()
        words = self.tr("List every weight of this unit, or only the strongest ones")
        self.all_button = flat_button(self, "", words, name="", checkable=True)
        self.all_button.toggled.connect(self._on_show_all)
        self.incoming, self.outgoing = NumberList(self._theme, self), NumberList(self._theme, self)
        self._in_title, self._out_title = ListCaption(self.incoming, self), ListCaption(self.outgoing, self)
        for label in (self._in_title, self._out_title):
            label.setProperty("role", "quiet")
            label.setToolTip(plain_tooltip(inspector_text.gradient_help()))
        self.incoming.setAccessibleName(self.tr("Incoming weights and bias"))
        self.outgoing.setAccessibleName(self.tr("Outgoing weights"))
        for numbers in (self.incoming, self.outgoing):
            numbers.setToolTip(plain_tooltip(inspector_text.gradient_help()))
            numbers.value_edited.connect(self._on_value_edited)
            numbers.complained.connect(self._on_complained)
        self._source_map, self.unit_map = UnitMap(self._theme, self), UnitMap(self._theme, self)
        self.source_button, self.target_button = self._end_button(), self._end_button()
        self.source_button.clicked.connect(self._on_source_clicked)
        self.target_button.clicked.connect(self._on_target_clicked)
        above = ((self._in_title, self.all_button), self.incoming), ((self._out_title,), self.outgoing)
        self.lists = Lists(above, self)
        self._lay_out()

    def _end_button(self) -> QToolButton:
        button = flat_button(self, "", self.tr("Open this unit: all of its weights, its bias and its formula"), name="")
        button.hide()
        return button

    def _lay_out(self) -> None:
        top = self.tools = QHBoxLayout()
        top.addWidget(self._title)
        top.addWidget(self._hint, 1)
        top.addWidget(self.close_button)
        body = self._body = QGridLayout()
        body.setHorizontalSpacing(GAP)
        body.setVerticalSpacing(2)
        body.addWidget(self.lists, 1, 0)
        for place, (button, picture) in enumerate(
            ((self.source_button, self._source_map), (self.target_button, self.unit_map)), start=1
        ):
            body.addWidget(EndOfEdge(button, picture, self), 0, place, 2, 1)
        body.setColumnStretch(0, 1)
        body.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS)
        column.setSpacing(4)
        add_layout(column, top)
        column.addWidget(self._formula)
        column.addWidget(self._made)
        column.addWidget(self._message)
        add_layout(column, body, 1)
        self._source_map.hide()
        self.fit_height()

    def _fit_width(self) -> None:
        """Leave the room of a narrow card to the bars: the window's large map shows an opened unit anyway."""
        em, wanted = QFontMetricsF(ui_font(self._theme.font_size)).height(), self.lists.wanted_width()
        # The two ends of an edge give way to its one bar. Weights as a picture are on show nowhere else.
        if is_edge := isinstance(self._part, EdgeId):
            buttons = [float(button.sizeHint().width()) for button in (self.source_button, self.target_button)]
            n_fitting, is_narrow = pictures_beside(self.width() - MARGINS[0] - MARGINS[2] - wanted, buttons)
        else:
            is_narrow = self.width() < NARROW_LINES * em or wanted > self.width() - 3.0 * em - GAP - WIDTH
            n_fitting = int(not is_narrow or self.unit_map.shows_weights)
        self._source_map.setVisible(is_edge and n_fitting > 1)
        self.unit_map.setVisible(n_fitting > 0)
        make_room(self._body, self.lists, has_room=not is_edge or n_fitting > 0)
        self._body.setHorizontalSpacing(NARROW_GAP if is_narrow else GAP)
        for picture in (self._source_map, self.unit_map):
            picture.set_narrow(narrow=is_narrow)
        self.lists.fit()

    # What is shown

    @property
    def part(self) -> UnitId | EdgeId | None:
        """The unit or the edge on show."""
        return self._part

    @property
    def title(self) -> str:
        """The card's title."""
        return self._title.text()

    @property
    def formula(self) -> str:
        """The formula with the present numbers."""
        return self._formula.text()

    @property
    def example(self) -> str:
        """What the unit makes of the example, or empty."""
        return self._made.text()

    @property
    def message(self) -> str:
        """What is wrong with what was typed, or empty."""
        return self._message.text()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take names from new data."""
        self._prepared = prepared
        self._shape = None

    def show_part(self, part: UnitId | EdgeId | None) -> None:
        """Open the card on a unit or an edge, or close it; gradients are asked for while it is open."""
        changed, self._part = part != self._part, part
        self._ask()
        if changed:
            self._on_complained("")
            self._show_all = False
            self.all_button.setChecked(False)
        frame = self._controller.frame
        if frame is not None and part is not None:
            self._sorted_at = 0.0
            self.show_frame(frame)

    def set_example(self, values: tuple[float, ...] | None) -> None:
        """Have an example sent through the network while the card is open; None: none."""
        if values != self._example:
            self._example = values
            self._ask()

    def set_digits(self, digits: int) -> None:
        """Write what the unit makes of the example with so many decimals."""
        self._digits = digits
        if self._frame is not None and self._part is not None:
            self.show_frame(self._frame)

    def _ask(self) -> None:
        is_open = self._part is not None
        self._controller.set_needs(self._name, gradient=is_open, probe=self._example if is_open else None)

    def exists_in(self, frame: Frame) -> bool:
        """Whether a network has what is on show."""
        sizes = frame.layout.sizes
        ends = () if self._part is None else _ends(self._part)
        return all(layer < len(sizes) and unit < sizes[layer] for layer, unit in ends)

    def show_frame(self, frame: Frame) -> None:
        """Follow a frame: new values at once, a new order now and then."""
        old, self._frame = self._frame, frame
        if old is None or old.layout != frame.layout or old.activations != frame.activations:
            self._shape = None
        part = self._part
        if part is None or not self.exists_in(frame):
            return
        if self._shape is None:
            self._shape = diagram_shape(frame, self._prepared)
            self._sorted_at = 0.0
        # First: what it shows decides whether a narrow card has room for it.
        self.unit_map.show_unit(frame, _ends(part)[-1], self._shape.n_classes, self._shape.image_shape)
        busy = self.incoming.is_busy or self.outgoing.is_busy
        if self._sorted_at == 0.0 or (not busy and time.monotonic() - self._sorted_at > RESORT_S):
            self._fill(frame, self._shape, part)
        else:
            self._refresh(frame)
        if isinstance(part, EdgeId):
            self._formula.setText(*inspector_text.edge_formula(frame, self._shape, part))
            self._source_map.show_unit(frame, _ends(part)[0], self._shape.n_classes, self._shape.image_shape)
        else:
            targets = self._prepared.targets if self._prepared is not None else None
            self._formula.setText(inspector_text.unit_formula(frame, self._shape, part, targets))
        made = "" if isinstance(part, EdgeId) else inspector_text.unit_example(frame, self._shape, part, self._digits)
        self._made.setText(made)
        if bool(made) == self._made.isHidden():
            self._made.setVisible(bool(made))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        for part in (self.incoming, self.outgoing, self._source_map, self.unit_map):
            part.set_theme(theme)
        self.fit_height()

    def _fill(self, frame: Frame, shape: DiagramShape, part: UnitId | EdgeId) -> None:
        """List the weights anew, strongest first."""
        self._sorted_at = time.monotonic()
        is_edge = isinstance(part, EdgeId)
        for widget in (self._source_map, self.source_button, self.target_button):
            widget.setVisible(is_edge)
        self.lists.show_block(self.outgoing, shown=not is_edge)
        if isinstance(part, EdgeId):
            self._fill_edge(frame, shape, part)
        else:
            self._fill_unit(frame, shape, part)
        self._fit_width()

    def _fill_edge(self, frame: Frame, shape: DiagramShape, edge: EdgeId) -> None:
        """Show one weight between its two ends."""
        key = frame.layout.weight_index(edge.layer, edge.unit, edge.source)
        self._scale = max(1.5 * abs(float(frame.parameters[key])), 1.0)
        self._set(self.incoming, [NumberRow(self.tr("weight"), key, -self._scale, self._scale)], frame)
        self._set(self.outgoing, [], frame)
        self._title.setText(self.tr("Weight {0}").format(edge_title(shape, edge)))
        self._in_title.show_texts(*inspector_text.edge_caption())
        self.all_button.hide()
        for button, unit in zip((self.source_button, self.target_button), _ends(edge), strict=True):
            name = unit_name(shape, unit)
            button.setText(self.tr("open {0}").format(name))
            button.setAccessibleName(self.tr("Open {0}").format(name))

    def _fill_unit(self, frame: Frame, shape: DiagramShape, unit: UnitId) -> None:
        layout, parameters, (layer, index) = frame.layout, frame.parameters, unit
        incoming = [layout.weight_index(layer, index, k) for k in range(layout.sizes[layer - 1])] if layer else []
        last = layer == layout.n_layers
        outgoing = [] if last else [layout.weight_index(layer + 1, k, index) for k in range(layout.sizes[layer + 1])]
        bias = [layout.bias_index(layer, index)] if layer and frame.has_biases else []
        touched = np.abs(parameters[incoming + outgoing + bias])
        self._scale = max(1.05 * float(np.max(touched, initial=0.0)), 0.5)
        rows = [NumberRow(self.tr("bias"), key, -self._scale, self._scale, quiet=True) for key in bias]
        rows += self._sorted_rows(shape, layer - 1, incoming, parameters)
        self._set(self.incoming, rows, frame)
        self._set(self.outgoing, self._sorted_rows(shape, layer + 1, outgoing, parameters), frame)
        long, plain = unit_title(shape, unit), unit_title(shape, unit, with_kind=False)
        short = self.tr("Unit {0}").format(unit_name(shape, unit)) if layer and not last else plain
        masks = inspector_text.mask_names(frame, unit)
        self._title.setText(" · ".join((long, *masks)), " · ".join((short, *masks)))
        incoming_caption, outgoing_caption = inspector_text.unit_captions(layer, has_bias=bool(bias), is_output=last)
        self._in_title.show_texts(*incoming_caption)
        self._out_title.show_texts(*outgoing_caption)
        many = max(len(incoming), len(outgoing))
        self.all_button.setVisible(many > STRONGEST)
        text = self.tr("only the strongest {0}").format(STRONGEST) if self._show_all else self.tr("show all {0}")
        self.all_button.setText(filled(text, many))

    def _sorted_rows(self, shape: DiagramShape, layer: int, keys: list[int], parameters: Array) -> list[NumberRow]:
        order = np.argsort(-np.abs(parameters[keys]), kind="stable") if keys else np.empty(0, dtype=int)
        shown = order if self._show_all else order[:STRONGEST]
        return [NumberRow(unit_name(shape, (layer, int(k))), keys[k], -self._scale, self._scale) for k in shown]

    def _set(self, numbers: NumberList, rows: list[NumberRow], frame: Frame) -> None:
        keys = [row.key for row in rows]
        numbers.set_rows(rows, frame.parameters[keys].tolist() if keys else [], inspector_text.side_words(frame, keys))

    def _refresh(self, frame: Frame) -> None:
        for numbers in (self.incoming, self.outgoing):
            keys = [row.key for row in numbers.rows]
            if keys:
                numbers.set_values(frame.parameters[keys].tolist(), inspector_text.side_words(frame, keys))

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
        self._formula.setVisible(not sentence)

    @Slot(bool)
    def _on_show_all(self, wanted: bool) -> None:
        self._show_all = wanted
        self._sorted_at = 0.0
        if self._frame is not None:
            self.show_frame(self._frame)

    @Slot()
    def _on_source_clicked(self) -> None:
        if self._part is not None:
            self.unit_wanted.emit(_ends(self._part)[0])

    @Slot()
    def _on_target_clicked(self) -> None:
        if self._part is not None:
            self.unit_wanted.emit(_ends(self._part)[-1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the map where there is room for it."""
        super().resizeEvent(event)
        self._fit_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the card."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _ends(part: UnitId | EdgeId) -> tuple[UnitId, ...]:
    """Return the unit itself, or source and target of an edge."""
    if isinstance(part, EdgeId):
        return (part.layer - 1, part.source), (part.layer, part.unit)
    return (part,)
