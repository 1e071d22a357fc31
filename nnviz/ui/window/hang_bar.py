"""Training that gives no sign any more, told in one line above the network, with the way out."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.core.translation import counted
from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.pulse import HANGS_AFTER_S
from nnviz.ui.window.message_bar import MessageBar


class HangBar(MessageBar):
    """Shown while the worker of the present run is silent, or of one beside it that somebody waits for."""

    def __init__(self, controller: Controller, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._runs, self._is_silent = controller, False
        self.stop = QPushButton(self)
        self.stop.clicked.connect(self._on_stop)
        self.add_buttons(self.stop)
        controller.silence_changed.connect(self._on_silence_changed)
        controller.lab.silent.changed.connect(self._tell)
        self._tell()

    @Slot(bool)
    def _on_silence_changed(self, is_silent: bool) -> None:
        self._is_silent = is_silent
        self._tell()

    @Slot()
    def _tell(self) -> None:
        beside = self._runs.lab.silent.beside
        if self._is_silent or not beside:
            words = self.tr("The run has given no sign for {0} s. Wait for it, or stop it: what it has learnt is kept.")
            words = words.format(round(HANGS_AFTER_S))
            label = self.tr("Stop this run")
            tooltip = self.tr("Give this run up and go on, paused, from the weights and the curve that it had reached")
        else:
            one = "{0} run beside this one gives no sign. Wait for it, or stop it: all others go on."
            many = "{0} runs beside this one give no sign. Wait for them, or stop them: all others go on."
            words = counted(len(beside), one, many)
            label = self.tr("Stop what hangs")
            tooltip = self.tr("Give up the runs that hang; a second network goes on from what it had reached")
        self.stop.setText(label)
        self.stop.setToolTip(tooltip)
        if self._is_silent or beside:
            self.show_message("warning", words)
        else:
            self.hide()

    @Slot()
    def _on_stop(self) -> None:
        beside = self._runs.lab.silent.beside
        if self._is_silent or not beside:
            self._runs.abandon_run()
        for run_id in () if self._is_silent else beside:
            self._runs.lab.give_up(run_id)
