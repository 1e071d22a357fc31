"""Help that is generated: the sheet of shortcuts from the actions, *What is this?* from the tooltips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow


def actions_of(menu: QMenu) -> Iterator[QAction]:
    """Yield the actions of a menu and of the menus in it."""
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from actions_of(inner)
        elif not action.isSeparator():
            yield action


class ShortcutSheet(QDialog):
    """Every action of the menu bar that has a key, menu by menu.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = [QVBoxLayout(), QVBoxLayout()]
        for menu in window.menuBar().findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            keyed = [action for action in actions_of(menu) if not action.shortcut().isEmpty()]
            if keyed:
                shorter = min(columns, key=lambda column: column.count())
                self._add_group(shorter, menu.title().replace("&", ""), keyed)
        note = QLabel(
            self.tr("Single keys rest while a number is typed or the network has the keyboard; Esc frees it.")
        )
        note.setProperty("role", "quiet")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        table = QHBoxLayout()
        table.setSpacing(36)
        for column in columns:
            column.addStretch(1)
            table.addLayout(column)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(22, 18, 22, 16)
        outer.setSpacing(14)
        outer.addLayout(table)
        outer.addWidget(note)
        outer.addWidget(buttons)

    def _add_group(self, column: QVBoxLayout, title: str, actions: list[QAction]) -> None:
        heading = QLabel(title, self)
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, action in enumerate(actions):
            key = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), self)
            key.setProperty("role", "key")
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(QLabel(action.text().replace("&", ""), self), row, 1)
        column.addLayout(grid)
        column.addSpacing(10)


class HelpActions(QObject):
    """Connects the help that explains the window itself."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.actions_.shortcut_sheet.triggered.connect(self._on_sheet)
        window.actions_.whats_this.triggered.connect(self._on_whats_this)
        window.diagram_area.diagram.setWhatsThis(
            self.tr(
                "The network: every square is a unit with what it computes over the plane, every line a weight, thick "
                "where it is large. Click a unit or a line to open it; arrow keys move between them."
            )
        )
        self.explain()

    def explain(self) -> None:
        """Let every control explain itself in the words of its tooltip."""
        for widget in self._window.findChildren(QWidget):
            if widget.toolTip():
                widget.setWhatsThis(widget.toolTip())

    @Slot()
    def _on_sheet(self) -> None:
        ShortcutSheet(self._window).open()

    @Slot()
    def _on_whats_this(self) -> None:
        # Some tooltips have changed since, and some controls are new.
        self.explain()
        QWhatsThis.enterWhatsThisMode()
