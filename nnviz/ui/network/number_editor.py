"""The one field in which numbers of a list are typed: its keys go to the next number and never past the list."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class NumberEditor(QLineEdit):
    """Says which way somebody goes on from a number.

    *Signals*

    went(int, bool) : rows down (−1: up, 0: nowhere), and whether Tab was pressed, which may leave the list
        What is typed is to be taken over first.
    given_up() : Escape: what is typed is to be forgotten.
    left() : the focus has gone elsewhere.
    """

    went = Signal(int, bool)
    given_up = Signal()
    left = Signal()

    _STEPS: ClassVar[dict[int, int]] = {
        Qt.Key.Key_Return: 0,
        Qt.Key.Key_Enter: 0,
        Qt.Key.Key_Up: -1,
        Qt.Key.Key_Down: 1,
        Qt.Key.Key_Tab: 1,
        Qt.Key.Key_Backtab: -1,
    }

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Take the keys that go on: Qt gives Tab to the next widget, and passes Return on to the parent."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.given_up.emit()
                return True
            step = self._STEPS.get(event.key())
            if step is not None:
                self.went.emit(step, event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab))
                return True
        return super().event(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Choose the whole number: "1.5" is one word to whoever types, and two to Qt."""
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say so."""
        self.left.emit()
        super().focusOutEvent(event)
