"""Training that gives no sign any more, told in one line above the network, with the way out."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.pulse import HANGS_AFTER_S
from nnviz.ui.window.message_bar import MessageBar


class HangBar(MessageBar):
    """Shown while the worker of the present run is silent."""

    def __init__(self, controller: Controller, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.stop = QPushButton(self.tr("Stop this run"), self)
        self.stop.setToolTip(
            self.tr("Give this run up and go on, paused, from the weights and the curve that it had reached")
        )
        self.stop.clicked.connect(controller.abandon_run)
        self.add_buttons(self.stop)
        controller.silence_changed.connect(self._on_silence_changed)

    @Slot(bool)
    def _on_silence_changed(self, is_silent: bool) -> None:
        if is_silent:
            words = self.tr("The run has given no sign for {0} s. Wait for it, or stop it: what it has learnt is kept.")
            self.show_message("warning", words.format(round(HANGS_AFTER_S)))
        else:
            self.hide()
