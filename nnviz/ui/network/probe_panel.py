"""*Try an input*: type or drag the features of a new example and see what every unit and the output make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnviz.data import input_label
from nnviz.drawing.theme import Theme
from nnviz.experiment.answers import class_shares
from nnviz.experiment.frame import Frame
from nnviz.experiment.grids import feature_limits
from nnviz.ui.network.bottom_card import Card
from nnviz.ui.network.number_bar import NumberRow
from nnviz.ui.network.number_list import NumberList
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.prediction_bars import PredictionBars

if TYPE_CHECKING:
    from nnviz.experiment.prepare import Prepared
    from nnviz.session.controller import Controller
    from nnviz.session.state import ExperimentState

FIELD_WIDTH = 255.0
OWNER = "probe"
"""By what name frames answer the example."""


class ProbePanel(TeacherHideable, Card):
    """One number per raw feature, starting at its training mean, and the network's answer.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
        Asked to send the example through the network in every frame while the panel is active.
    theme : Theme

    *Signals*

    closed() : the user closed the card.
    values_edited(object) : tuple of float; the user changed the example.
    """

    closed = Signal()
    values_edited = Signal(object)

    LINES, LOW_LINES = 12.4, 8.0

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._state, self._controller = state, controller
        self._prepared: Prepared | None = None
        self._values: list[float] = []
        self._active = False
        self.setAccessibleName(self.tr("Try an input"))
        self._build()

    def _build(self) -> None:
        title = QLabel(self.tr("Try an input"), self)
        title.setProperty("role", "heading")
        self._hint = ElidedLabel(parent=self, least=1.0)
        words = self.tr("numbers in the units are their activations for this example")
        self._hint.setText(words, self.tr("numbers in units: activations"))
        self._hint.setProperty("role", "quiet")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._message = ElidedLabel(parent=self)
        self._message.setProperty("role", "error")
        self._message.hide()
        words, explained = self.tr("use means"), self.tr("Set every feature to its mean over the training rows")
        self.means_button = flat_button(self, words, explained, name=words)
        self.means_button.clicked.connect(self._on_means_clicked)
        self.close_button = flat_button(self, "✕", self.tr("Stop trying inputs"), name=self.tr("Close"))
        self.close_button.clicked.connect(self._on_close_clicked)
        self.fields = NumberList(self._theme, self, column_width=FIELD_WIDTH)
        self.fields.setAccessibleName(self.tr("Features of the example"))
        self.fields.value_edited.connect(self._on_value_edited)
        self.fields.complained.connect(self._on_complained)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.fields)
        # After setWidget, which switches it on: the card's own colour shall shine through.
        for part in (area.viewport(), self.fields):
            part.setAutoFillBackground(False)
        answer_title = QLabel(self.tr("the network answers"), self)
        answer_title.setProperty("role", "quiet")
        self.answer = PredictionBars(self._theme, self)
        top = QHBoxLayout()
        top.addWidget(title)
        top.addWidget(self._hint, 1)
        for widget in (self._message, self.means_button, self.close_button):
            top.addWidget(widget)
        body = QGridLayout()
        body.setHorizontalSpacing(24)
        body.addWidget(area, 0, 0, 2, 1)
        body.addWidget(answer_title, 0, 1)
        body.addWidget(self.answer, 1, 1)
        body.setColumnStretch(0, 2)
        body.setColumnStretch(1, 1)
        body.setRowStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 10)
        column.setSpacing(6)
        add_layout(column, top)
        add_layout(column, body, 1)
        self.fit_height()

    # What is shown

    @property
    def values(self) -> tuple[float, ...]:
        """The example: one number per raw feature."""
        return tuple(self._values)

    def set_values(self, values: tuple[float, ...]) -> None:
        """Try another example; no signal. One that does not fit the data is passed over."""
        if len(values) == len(self._values) and list(values) != self._values:
            self._values = list(values)
            self.fields.set_values(self._values)
            self._tell()

    def try_values(self, values: tuple[float, ...]) -> None:
        """Try another example that the user has chosen elsewhere, as on the map."""
        if list(values) != self._values:
            self.set_values(values)
            self.values_edited.emit(self.values)

    def set_active(self, active: bool) -> None:
        """Start or stop sending the example through the network."""
        self._active = active
        self._tell()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take features, means and ranges from new data; one of the same features is kept, means are not."""
        old, self._prepared = self._prepared, prepared
        is_chosen = old is not None and self._values != old.typical.tolist()
        if old is None or not is_chosen or old.train.feature_names != prepared.train.feature_names:
            self._values = [float(value) for value in prepared.typical]
        self._list()
        self.answer.clear()
        if self._active:
            self._tell()

    def show_frame(self, frame: Frame) -> None:
        """Show the answer of a frame's network to this example."""
        prepared, probe = self._prepared, frame.probes.get(OWNER)
        if probe is None or prepared is None:
            self.answer.clear()
            return
        outputs = probe.answer
        if prepared.class_names:
            shares = class_shares(outputs, frame.activations[-1], len(prepared.class_names))
            if len(shares) == len(prepared.class_names):
                self.answer.show_classes(prepared.class_names, shares)
        elif len(prepared.dataset.target_names) == len(outputs):
            self.answer.show_values(prepared.dataset.target_names, outputs)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.fields.set_theme(theme)
        self.answer.set_theme(theme)
        self.fit_height()

    def _list(self) -> None:
        prepared = self._prepared
        if prepared is None:
            return
        lows, highs = (limits.tolist() for limits in feature_limits(prepared.train))
        self.fields.set_rows(
            [
                NumberRow(input_label(name), index, low, high if high > low else low + 1.0, signed=False)
                for index, (name, low, high) in enumerate(zip(prepared.train.feature_names, lows, highs, strict=True))
            ],
            self._values,
        )

    def _tell(self) -> None:
        example = tuple(self._values) if self._active and self._values else None
        self._controller.set_needs(OWNER, probe=example)

    # What the user does

    @Slot(object, float, str)
    def _on_value_edited(self, key: object, value: float, _merge_key: str) -> None:
        self._values[int(key)] = value  # type: ignore[call-overload]
        self._tell()
        self.values_edited.emit(self.values)

    @Slot(str)
    def _on_complained(self, sentence: str) -> None:
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))
        self.means_button.setHidden(bool(sentence))
        self._hint.setVisible(not sentence)

    @Slot()
    def _on_means_clicked(self) -> None:
        if self._prepared is not None:
            self._values = [float(value) for value in self._prepared.typical]
            self._list()
            self._tell()
            self.values_edited.emit(self.values)

    @Slot()
    def _on_close_clicked(self) -> None:
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the card."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
