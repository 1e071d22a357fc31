"""The bar while a lesson is recorded: which step it is, what is said in it, on to the next one, and the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from nnviz.drawing.theme import Theme
from nnviz.lessons.limits import LONGEST_SAID
from nnviz.ui.widgets.buttons import dressed
from nnviz.ui.widgets.hideable import TeacherHideable


class RecordBar(TeacherHideable, QFrame):
    """A line of text for the step that is being recorded.

    Parameters
    ----------
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    line : QLineEdit
        What is said in the step.
    next_button, stop_button : QToolButton

    Signals
    -------
    said : str
        The step is done, and this is said in it.
    stopped : str
        The recording is done; what is said in the last step.
    """

    said = Signal(str)
    stopped = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self.setProperty("role", "bar")
        self.mark = QLabel(self)
        self.mark.setAccessibleName(tr("Recording"))
        self.line = QLineEdit(self)
        self.line.setMaxLength(LONGEST_SAID)
        self.line.setPlaceholderText(tr("Do something, then say here in a line what is to be seen"))
        self.line.setAccessibleName(tr("What the step says"))
        self.line.setToolTip(tr("What the class reads in this step; empty: what was done, in words"))
        self.next_button = dressed(
            QToolButton(self), tr("Next step"), tr("End this step with its line, and begin the next one"), role="button"
        )
        self.stop_button = dressed(
            QToolButton(self), tr("Stop"), tr("End the recording; the steps can be edited and replayed"), role="button"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.line, 1)
        row.addWidget(self.next_button)
        row.addWidget(self.stop_button)
        for button in (self.next_button, self.stop_button):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.line.returnPressed.connect(self._on_next)
        self.next_button.clicked.connect(self._on_next)
        self.stop_button.clicked.connect(self._on_stop)
        self.set_theme(theme)
        self.hide()

    def show_step(self, number: int, *, is_full: bool = False) -> None:
        """Ask for the line of step `number`, counted from 1."""
        self.mark.setText(self.tr("● Step {0}").format(number))
        self.next_button.setEnabled(not is_full)
        self.line.clear()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.mark.setStyleSheet(f"color: {theme.warning}; font-weight: 700;")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the line with Escape, so that single keys act again."""
        if event.key() == Qt.Key.Key_Escape and self.line.hasFocus():
            self.window().setFocus()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_next(self) -> None:
        if self.next_button.isEnabled():
            self.said.emit(self.line.text())

    @Slot()
    def _on_stop(self) -> None:
        self.stopped.emit(self.line.text())
