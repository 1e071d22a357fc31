"""After a change of the network: whether it goes on with what has been learnt, in one line above it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.commands import Change
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.window.message_bar import MessageBar


class LearntBar(MessageBar):
    """A message with a choice and a way back, shown after an edit that took a run which had learnt something away."""

    def __init__(
        self, state: ExperimentState, controller: Controller, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._run = controller
        self.keep = QCheckBox(self.tr("Keep what has been learnt"), self)
        self.keep.setToolTip(
            plain_tooltip(
                self.tr(
                    "Weights that still fit stay, new units start without a say, and the curve goes on with a mark."
                    " Off: the changed network begins with first weights. It holds for later changes too."
                )
            )
        )
        self.keep.setAccessibleName(self.keep.text())
        self.keep.clicked.connect(self._on_keep)
        self.undo = QPushButton(self.tr("Undo"), self)
        self.undo.setToolTip(plain_tooltip(self.tr("Go back to the network before, with its weights and its curve")))
        self.undo.clicked.connect(state.undo_stack.undo)
        self.add_buttons(self.keep, self.undo)
        state.applied.connect(self._on_applied)
        state.pushed.connect(self._on_pushed)

    @Slot(object)
    def _on_applied(self, change: Change) -> None:
        if change.old.model_copy(update={"view": change.new.view}) != change.new:
            self.hide()

    @Slot()
    def _on_pushed(self) -> None:
        if self._run.offers_learnt:
            self._tell()

    @Slot(bool)
    def _on_keep(self, keep: bool) -> None:
        self._run.keep_learnt(keep)
        self._tell()

    def _tell(self) -> None:
        keeps = self._run.keeps_learnt
        self.keep.setChecked(keeps)
        self.show_message(
            "info",
            self.tr("The changed network goes on with what was learnt, as far as it fits.")
            if keeps
            else self.tr("The changed network begins anew, with first weights."),
        )
