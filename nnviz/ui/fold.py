"""A line that opens and closes the rows below it, for settings that are rarely touched."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget


class Fold(QWidget):
    """A caption with an arrow, and a column of rows that it shows or hides.

    Parameters
    ----------
    spacing : int
        Between the rows, in pixels.
    tooltip : str
    """

    def __init__(self, spacing: int, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton(self)
        self.button.setProperty("role", "flat")
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setArrowType(Qt.ArrowType.NoArrow)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.setToolTip(tooltip)
        self.content = QWidget(self)
        self.rows = QVBoxLayout(self.content)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(spacing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing)
        column.addWidget(self.button)
        column.addWidget(self.content)
        self._caption = ""
        self.button.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    def set_caption(self, caption: str) -> None:
        """Show another caption."""
        self._caption = caption
        arrow = "▾" if self.button.isChecked() else "▸"
        self.button.setText(f"{arrow} {caption}")
        self.button.setAccessibleName(caption)

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.button.setChecked(is_open)

    def set_plain(self, plain: bool) -> None:
        """Show the rows without the caption, or fold them again."""
        self.button.setVisible(not plain)
        self.content.setVisible(plain or self.button.isChecked())

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
        self.set_caption(self._caption)
