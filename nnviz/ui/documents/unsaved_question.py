"""The one question before a user's edits are lost: save them, discard them, or go back."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

Answer = Literal["save", "discard", "cancel"]


def ask_about_unsaved(name: str, parent: QWidget) -> Answer:
    """Ask what is to become of the edits of the document called `name`; closing the dialog is going back."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    # The name may come from a file: inert text, never markup.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(_tr("Unsaved changes"))
    box.setText(_tr("Save the changes to “{0}”?").format(name))
    box.setInformativeText(_tr("What you have edited since the last time it was saved would be lost otherwise."))
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    answers: dict[int, Answer] = {int(buttons.Save): "save", int(buttons.Discard): "discard"}
    answer = answers.get(int(box.exec()), "cancel")
    box.deleteLater()
    return answer


def _tr(text: str) -> str:
    return QCoreApplication.translate("UnsavedQuestion", text)
