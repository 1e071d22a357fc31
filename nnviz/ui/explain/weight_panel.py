"""*Why did this weight move?*: how weights went over the run, and of what the last update of one of them is made."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nnviz.core.numbers import number_text
from nnviz.drawing.curves import DOTS
from nnviz.drawing.diagram_names import diagram_shape, unit_name
from nnviz.drawing.diagram_shape import DiagramShape
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame, UnitId
from nnviz.session.weight_watch import MOST_WEIGHTS, WeightId, WeightWatch
from nnviz.ui.explain.piece_list import PieceList
from nnviz.ui.plots.curve_item import CurveItem
from nnviz.ui.plots.plot import Plot
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.hideable import Hideable, TeacherHideable, hideable_button
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.view_header import ViewHeader

#: Weights of a unit that can be chosen from: the strongest of more.
MOST_CHOICES = 64


class WeightBox(TeacherHideable, CalmComboBox):
    """A choice that is there while a weight is told of, and goes where a teacher hides it."""


class WeightPanel(QFrame):
    """Shows what the model knows of some weights.

    Parameters
    ----------
    model : WeightWatch
    theme : Theme
    parent : QWidget or None

    Signals
    -------
    row_pointed : object
        The training row (int) of the piece that is pointed at, or None.
    glow_wanted : bool
        Whether edges are to glow by how much the marked row pushes them.
    """

    row_pointed = Signal(object)
    glow_wanted = Signal(bool)

    def __init__(self, model: WeightWatch, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._model, self._theme = model, theme
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._shape: DiagramShape | None = None
        self._choices: list[WeightId] = []
        tr = self.tr
        self.header = ViewHeader(tr("Weight"), self)
        self.tabs = {
            "why": self.header.add_tab(tr("Why it moved"), tr("Of what the last update of the weight is made")),
            "history": self.header.add_tab(tr("History"), tr("How weights went over the run")),
        }
        self.tabs["why"].setChecked(True)
        self.keep_button = self.header.add_button(
            tr("keep"), tr("Keep the weights in the plot when another edge is clicked, to compare them"), checkable=True
        )
        self.glow_button = self.header.add_button(
            tr("glow"), tr("Let edges glow by how much the marked data point alone pushes them"), checkable=True
        )
        self.box = WeightBox(self)
        self.box.setMinimumContentsLength(11)
        self.box.setAccessibleName(tr("Weight"))
        self.box.setToolTip(tr("Which weight of the unit is told of; or click an edge of the network"))
        self.key = QLabel(self)
        self.key.setTextFormat(Qt.TextFormat.RichText)
        self.key.setWordWrap(True)
        self.line, self._message = ElidedLabel(parent=self), ElidedLabel(parent=self)
        self._message.setProperty("role", "error")
        self._message.hide()
        self.hint = QLabel(tr("Click an edge of the network, or open a unit: its weights are followed here."), self)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.glow_line = ElidedLabel(parent=self)
        self.glow_line.setProperty("role", "quiet")
        self.glow_line.hide()
        self.plot = Plot(self)
        self.plot.setAccessibleName(tr("Weights over the epochs"))
        self.plot.plotItem.getViewBox().setMouseEnabled(x=False, y=False)
        self.plot.name_axes(tr("epoch"), "")
        self.curves = [CurveItem(dashed=n % 2 == 1, dash=DOTS) for n in range(MOST_WEIGHTS)]
        for curve in self.curves:
            self.plot.addItem(curve)
        self.pieces = PieceList(theme, self)
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.box)
        top.addWidget(self.line, 1)
        history = QWidget(self)
        column = QVBoxLayout(history)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.key)
        column.addWidget(self.plot, 1)
        self.pages = QStackedWidget(self)
        for page in (self.pieces, history):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 6)
        column.setSpacing(4)
        column.addWidget(self.header)
        add_layout(column, top)
        column.addWidget(self._message)
        column.addWidget(self.glow_line)
        column.addWidget(self.pages, 1)
        column.addWidget(self.hint, 1)

    def _connect(self) -> None:
        for tab in self.tabs.values():
            tab.clicked.connect(self._on_tab)
        self.keep_button.toggled.connect(self._model.set_keeps)
        self.glow_button.toggled.connect(self.glow_wanted)
        self.box.activated.connect(self._on_box)
        self.pieces.row_pointed.connect(self.row_pointed)
        self._model.chosen.connect(self._on_chosen)
        self._model.changed.connect(self._on_changed)
        self._model.complained.connect(self._on_complained)

    # What is shown

    def show_prepared(self, prepared: Prepared) -> None:
        """Take names from new data."""
        self._prepared, self._shape = prepared, None

    def show_frame(self, frame: Frame) -> None:
        """Follow the run."""
        old, self._frame = self._frame, frame
        if old is None or old.layout != frame.layout or old.activations != frame.activations:
            self._shape = None
        # It lets go of weights that there are no longer.
        self._model.show_frame(frame)
        if self._shape is None:
            # Other names, or the first of them: an edge may have been chosen before anybody looked.
            self._choices = []
            self._on_chosen()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.plot.set_theme(theme, grid=True)
        self.pieces.set_theme(theme)
        for number, curve in enumerate(self.curves):
            curve.set_line(theme.class_colour(number), theme.line_width)
        self._on_changed()

    def show_unit(self, unit: UnitId) -> None:
        """Offer the weights of a unit, the strongest first; one of another unit gives way to the first of them."""
        current = self._model.current
        if self._frame is None or unit[0] == 0:
            return
        if current is None or (current.layer, current.unit) != unit:
            choices = self._weights_of(unit)
            if choices:
                self._model.follow(choices[0])

    def tell_glow(self, row: int | None, *, has_mark: bool) -> None:
        """Say what the glow of the edges is about: a training row, or why there is none."""
        self.glow_line.setVisible(self.glow_button.isChecked())
        short = ""
        if row is not None:
            short = self.tr("Glow: what row {0} pushes, blue up").format(row + 1)
            text = self.tr("Edges glow by how much training row {0} alone pushes them: blue up, orange down.").format(
                row + 1
            )
        elif has_mark:
            text = self.tr("The marked row is not trained on and pushes no weight; click a training point.")
        else:
            text = self.tr("Click a training point of the map or a row of the answers: edges glow by how it pushes.")
        self.glow_line.setText(text, short)

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Weight")
        for name, tab in self.tabs.items():
            yield hideable_button(f"weight.tab.{name}", group, tab)
        for name, button in (("keep", self.keep_button), ("glow", self.glow_button)):
            yield hideable_button(f"weight.{name}", group, button)
        yield Hideable("weight.choice", group, self.tr("the list of a unit's weights"), (self.box,))
        yield Hideable("weight.plot", group, self.tr("the way of the weights"), (self.plot,))
        yield Hideable("weight.pieces", group, self.tr("the pieces of an update"), (self.pieces,))

    def name_of(self, weight: WeightId) -> str:
        """Return "x₁ → h1·3", or "bias of h1·3"."""
        if self._frame is None or weight.index_in(self._frame.layout) is None:
            return ""
        if self._shape is None:
            self._shape = diagram_shape(self._frame, self._prepared)
        target = unit_name(self._shape, (weight.layer, weight.unit))
        if weight.source is None:
            return self.tr("bias of {0}").format(target)
        return f"{unit_name(self._shape, (weight.layer - 1, weight.source))} → {target}"

    def _weights_of(self, unit: UnitId) -> list[WeightId]:
        """Return the weights into a unit, the strongest first, and its bias."""
        frame = self._frame
        # One may be chosen of another network before its first frame is shown here.
        if frame is None or WeightId(*unit).index_in(frame.layout) is None:
            return []
        weights = frame.layout.weights(frame.parameters)[unit[0] - 1][unit[1]]
        order = np.argsort(-np.abs(weights), kind="stable")[:MOST_CHOICES].tolist()
        bias = [WeightId(*unit)] if frame.has_biases else []
        return [*(WeightId(*unit, source) for source in order), *bias]

    @Slot()
    def _on_chosen(self) -> None:
        current = self._model.current
        if current is None or self._frame is None:
            self._choices = []
            self.box.clear()
            return
        listed = self._weights_of((current.layer, current.unit))
        if set(listed) != set(self._choices) or current not in listed:
            self._choices = listed if current in listed else [current, *listed]
            self.box.clear()
            for weight in self._choices:
                self.box.addItem(self.name_of(weight))
        self.box.setCurrentIndex(self._choices.index(current))

    @Slot()
    def _on_changed(self) -> None:
        story, theme = self._model.story, self._theme
        shown = story is not None and bool(story.weights)
        self.pages.setVisible(shown)
        self.box.setVisible(shown)
        self.line.setVisible(shown)
        self.hint.setVisible(not shown)
        if story is None or not shown:
            self.key.clear()
            self.pieces.show_pieces(None, np.empty(0, dtype=np.int64))
            for curve in self.curves:
                curve.set_data(np.empty(0), np.empty(0))
            return
        for number, curve in enumerate(self.curves):
            is_there = number < len(story.weights)
            x = story.epochs.astype(np.float64) if is_there else np.empty(0)
            curve.set_data(x, story.values[:, number] if is_there else np.empty(0))
        self._fit()
        marks = (
            f'<span style="color:{theme.class_colour(n).name()}">{"┅" if n % 2 else "━"}</span> '
            f"{escape(self.name_of(weight))}"
            for n, weight in enumerate(story.weights)
        )
        self.key.setText("&nbsp; ".join(marks) if len(story.weights) > 1 else "")
        pieces = story.pieces
        if story.epoch is not None:
            words = (
                self.tr("last update of epoch {3}: {0} → {1}, moved by {2}")
                if story.is_made
                else self.tr("first update after epoch {3}: {0} → {1}, moved by {2}")
            )
        elif story.is_made:
            words = self.tr("last update: {0} → {1}, moved by {2}")
        else:
            words = self.tr("next update: {0} → {1}, will move by {2}")
        before, after = (number_text(value, 4) for value in (story.before, story.before + pieces.change))
        change = number_text(pieces.change, 3)
        self.line.setText(words.format(before, after, change, story.epoch), f"{before} → {after}")
        self.pieces.show_pieces(pieces, story.rows)

    def _fit(self) -> None:
        """Show all of the curves, with a little room."""
        story = self._model.story
        assert story is not None
        values = story.values[np.isfinite(story.values)]
        if len(values):
            low, high = float(values.min()), float(values.max())
            room = 0.08 * (high - low) or max(0.1 * abs(high), 1e-6)
            last = max(float(story.epochs[-1]), 1.0)
            self.plot.plotItem.setRange(xRange=(0.0, last), yRange=(low - room, high + room), padding=0.0)

    @Slot(str)
    def _on_complained(self, sentence: str) -> None:
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))

    @Slot()
    def _on_tab(self) -> None:
        self.pages.setCurrentIndex(int(self.tabs["history"].isChecked()))

    @Slot(int)
    def _on_box(self, place: int) -> None:
        if 0 <= place < len(self._choices):
            self._model.follow(self._choices[place])
