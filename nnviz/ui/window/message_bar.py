"""One line above the diagram for what the user should know: never a dialog, never in the way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Experiment
from nnviz.experiment.effects import mixes_parts
from nnviz.experiment.frame import Status
from nnviz.session.controller import Controller
from nnviz.session.engine_start import Preparation
from nnviz.session.state import ExperimentState
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.widgets.style import icon

if TYPE_CHECKING:
    from nnviz.ui.widgets.offer import Offer

MARK_SIZE = QSize(20, 20)
PROGRESS_SIZE = QSize(160, 10)
#: A run that has ended so does not go on by itself.
ENDED: tuple[Status, ...] = ("finished", "diverged", "failed")


class MessageBar(TeacherHideable, QFrame):
    """Shows the latest sentence until it is closed or its cause has gone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._severity = "info"
        self._controller: Controller | None = None
        self._status: Status = "preparing"
        self._mark = QLabel(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        # A sentence may quote names from a file: inert text, never markup.
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = flat_button(self, "", self.tr("Close this message"))
        self.close_button.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 6, 10, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self._mark)
        self._row.addWidget(self.text, 1)
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 100)
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(PROGRESS_SIZE)
        self._progress.setAccessibleName(self.tr("How far the engine is"))
        self._progress.hide()
        self._row.addWidget(self._progress)
        self.offer_button = QPushButton(self)
        self.offer_button.clicked.connect(self._on_offer)
        self.offer_button.hide()
        self._offered: Offer | None = None
        self._is_of_split = False
        self._row.addWidget(self.offer_button)
        self._row.addWidget(self.close_button)
        self.set_theme(theme)
        self.hide()

    @Slot(str, str)
    def show_message(self, severity: str, sentence: str) -> None:
        """Show `sentence`; `severity` is "info", "warning" or "error"."""
        self._progress.hide()
        self.offer_button.hide()
        self._offered, self._is_of_split = None, False
        self._severity = severity
        self._draw_mark()
        self.text.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()

    @Slot(object)
    def show_offer(self, offer: Offer) -> None:
        """Show a sentence with a button that does something about it."""
        self.show_message(offer.severity, offer.sentence)
        self._offered = offer
        self.offer_button.setText(offer.label)
        self.offer_button.setToolTip(offer.tooltip)
        self.offer_button.show()

    @Slot()
    def _on_offer(self) -> None:
        offered, self._offered = self._offered, None
        self.hide()
        if offered is not None:
            offered.act()

    def add_buttons(self, *buttons: QWidget) -> None:
        """Put what can be done about it between the sentence and the ×."""
        for button in buttons:
            self._row.insertWidget(self._row.count() - 1, button)
        for before, after in pairwise([*buttons, self.close_button]):
            QWidget.setTabOrder(before, after)

    def follow(self, state: ExperimentState, controller: Controller) -> None:
        """Say what the controller says, until its cause has gone: an edit is made, or the run is not what it was.

        What a run has ended with stays until the run goes on or another one takes its place.
        """
        self._controller, self._status = controller, controller.status
        controller.message.connect(self.show_message)
        controller.preparation_changed.connect(self._on_preparation_changed)
        state.experiment_changed.connect(self._on_experiment_changed)
        controller.status_changed.connect(self._on_status_changed)

    @Slot(object, object)
    def _on_experiment_changed(self, old: Experiment, new: Experiment) -> None:
        is_edit, controller = old.model_copy(update={"view": new.view}) != new, self._controller
        if is_edit and controller is not None and (controller.status not in ENDED or self._is_of_split):
            self.hide()
        frame = controller.frame if controller is not None else None
        if frame is not None and frame.epoch and mixes_parts(old.data, new.data):
            words = self.tr(
                "Rows that this network has learnt from may be among those that judge it now; "
                "Reset begins anew, for figures that can be trusted."
            )
            self.show_message("info", words)
            self._is_of_split = True

    @Slot(object)
    def _on_preparation_changed(self, preparation: Preparation | None) -> None:
        """Say what Play waits for, and how far it is."""
        if preparation is None:
            if self._progress.isVisibleTo(self):
                self.hide()
            return
        if preparation.by_another:
            words = self.tr("Another nnviz is preparing the engine, once per computer: about {0} s")
        else:
            words = self.tr("Preparing the engine, once per computer: about {0} s")
        self.show_message("info", words.format(preparation.total_s))
        self._progress.setValue(round(100 * preparation.share))
        self._progress.show()

    @Slot(str)
    def _on_status_changed(self, status: Status) -> None:
        before, self._status = self._status, status
        if status in ("running", "preparing") or (before in ENDED and status not in ENDED):
            self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.close_button.setIcon(icon("close", theme, "quiet"))
        self._draw_mark()

    def _draw_mark(self) -> None:
        role = {"info": "positive_text", "warning": "negative_text", "error": "warning"}[self._severity]
        self._mark.setPixmap(icon(self._severity, self._theme, role).pixmap(MARK_SIZE, self.devicePixelRatio()))
