"""A field for one number: typing is committed or refused as a whole, and the value in force is never lost."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from nnviz.core.errors import SettingError
from nnviz.ui.form.number_scale import NumberScale


class NumberField(QLineEdit):
    """A number that can be typed; Up and Down step it, Escape takes the typing back.

    Signals
    -------
    committed(object)
        A new value was typed: a number, or None for a named value that stands for it.
    failed(str)
        What was typed cannot be used; the old value stays. Empty once the user types again.
    stepped(int, bool)
        +1 or −1, and whether the key is being held.
    """

    committed = Signal(object)
    failed = Signal(str)
    stepped = Signal(int, bool)

    def __init__(self, scale: NumberScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale = scale
        self._shown: float | None = None
        self._refused = False
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.textEdited.connect(self._on_text_edited)

    def make_compact(self) -> None:
        """Become the flat field of fixed width that stands at the end of a row."""
        self.setProperty("compact", True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for six digits."""
        return QSize(self.fontMetrics().horizontalAdvance("0.0000") + 12, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return room for three digits."""
        return QSize(self.fontMetrics().horizontalAdvance("000") + 8, super().minimumSizeHint().height())

    def set_value(self, value: float | None) -> None:
        """Show `value`; the same value again leaves what is being typed alone."""
        if value == self._shown and self.isModified():
            return
        self._shown = value
        self.restore()

    def restore(self) -> None:
        """Show the value in force instead of what was typed."""
        text = self.scale.text(self._shown)
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self.setModified(False)
        self._set_refused(False)

    def commit(self) -> None:
        """Take what was typed, or say why not."""
        if not self.isModified():
            return
        try:
            value = self.scale.parse(self.text())
        except SettingError as error:
            self._set_refused(True)
            self.failed.emit(str(error))
            return
        changed = value != self._shown
        self._shown = value
        self.restore()
        if changed:
            self.committed.emit(value)

    def _set_refused(self, refused: bool) -> None:
        if refused == self._refused:
            return
        self._refused = refused
        self.setProperty("invalid", refused)
        self.style().unpolish(self)
        self.style().polish(self)

    @Slot()
    def _on_text_edited(self) -> None:
        self._set_refused(False)
        self.failed.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit on Return, restore on Escape, step on Up and Down."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
            self.selectAll()
        elif key == Qt.Key.Key_Escape and self.isModified():
            self.restore()
            self.failed.emit("")
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.commit()
            self.stepped.emit(1 if key == Qt.Key.Key_Up else -1, event.isAutoRepeat())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit; a refused text gives way to the value in force, while the sentence stays readable."""
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()
            if self._refused:
                self.restore()
        super().focusOutEvent(event)
