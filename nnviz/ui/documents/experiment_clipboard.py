"""*Copy as text* and *Paste experiment*: a whole experiment as one line that fits a chat or a board."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from nnviz.core.errors import ExperimentError
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions


class ExperimentClipboard(QObject):
    """Connects the two actions. What is pasted is an edit like any other: one undo brings everything back."""

    def __init__(
        self, state: ExperimentState, controller: Controller, actions: Actions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._message = controller.message
        actions.copy_text.triggered.connect(self._on_copy)
        actions.paste_text.triggered.connect(self._on_paste)

    @Slot()
    def _on_copy(self) -> None:
        from nnviz.experiment.short_text import to_short_text

        try:
            text = to_short_text(self._state.experiment)
        except ExperimentError as error:
            self._message.emit("error", str(error))
            return
        QGuiApplication.clipboard().setText(text)
        self._message.emit(
            "info",
            self.tr("The experiment is in the clipboard as one line of text; paste it into a chat: {0}").format(text),
        )

    @Slot()
    def _on_paste(self) -> None:
        from nnviz.experiment.short_text import from_short_text

        try:
            experiment = from_short_text(QGuiApplication.clipboard().text())
        except ExperimentError as error:
            self._message.emit("error", str(error))
            return
        if experiment == self._state.experiment:
            self._message.emit("info", self.tr("This is the experiment that is open already."))
            return
        self._state.edit(experiment, self.tr("paste experiment"))
