"""The line above a view: its title on the left, what it shows and its switches on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget


class ViewHeader(QWidget):
    """Title, quiet explanation, flat buttons."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title, self)
        self.title.setProperty("role", "heading")
        self.info = QLabel(self)
        self.info.setProperty("role", "quiet")
        self.info.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # The explanation gives way before it widens the dock.
        self.info.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.title)
        self._row.addWidget(self.info, 1)

    def add_button(self, text: str, tooltip: str, *, checkable: bool = False) -> QToolButton:
        """Append a flat button and return it."""
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tooltip)
        button.setAccessibleName(tooltip)
        button.setCheckable(checkable)
        button.setProperty("role", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(button)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Append any other small control."""
        self._row.addWidget(widget)
