"""The sheet of shortcuts, made of the actions of the menu bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMenuBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.window.menus import SHEET_TEXT, menus_in

#: What a window's frame takes of a screen, with room to spare, in pixels.
FRAME = 60


def keyed_actions(menu: QMenu) -> list[QAction]:
    """Return the actions of a menu, and of the menus in it, that have a key."""
    keyed = [action for action in menu.actions() if not action.shortcut().isEmpty()]
    for inner in menus_in(menu):
        keyed += keyed_actions(inner)
    return keyed


class ShortcutSheet(QDialog):
    """Every action of the menu bar that has a key, menu by menu.

    Parameters
    ----------
    bar : QMenuBar
    parent : QWidget
    """

    def __init__(self, bar: QMenuBar, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns, lengths = (QVBoxLayout(), QVBoxLayout()), [0, 0]
        for menu in menus_in(bar):
            keyed = keyed_actions(menu)
            if keyed:
                shorter = lengths.index(min(lengths))
                lengths[shorter] += len(keyed) + 2
                self._add_group(columns[shorter], menu.title().replace("&", ""), keyed)
        note = QLabel(
            self.tr("Single keys rest while a number is typed or the network has the keyboard; Esc frees it.")
        )
        note.setProperty("role", "quiet")
        painting = QLabel(
            self.tr(
                "While painting: B brush, O single points, E eraser, V select and move, J jitter, [ and ] size, "
                "Ctrl+A all points, Delete removes, Esc ends."
            )
        )
        painting.setProperty("role", "quiet")
        painting.setWordWrap(True)
        presenting = QLabel(
            self.tr(
                "While presenting: F5 begins, PgDn next step or epoch, PgUp back, Space plays, a period or B blanks; "
                "on the stage and its console F freeze, S spotlight, P pen, C wipe, D light or dark, 1–4 one view, "
                "0 all."
            )
        )
        presenting.setProperty("role", "quiet")
        presenting.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        table = QHBoxLayout()
        table.setSpacing(36)
        for column in columns:
            column.setSpacing(5)
            column.addStretch(1)
            add_layout(table, column)
        sheet = QWidget()
        inner = QVBoxLayout(sheet)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(14)
        add_layout(inner, table)
        for each in (note, painting, presenting):
            inner.addWidget(each)
        # A small screen is lower than the sheet, which then scrolls, and *Close* stays in sight.
        self.scrolled = QScrollArea(self)
        self.scrolled.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scrolled.setWidgetResizable(True)
        self.scrolled.setWidget(sheet)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(22, 18, 22, 16)
        outer.setSpacing(14)
        outer.addWidget(self.scrolled)
        outer.addWidget(buttons)
        self._fit(sheet)

    def _fit(self, sheet: QWidget) -> None:
        """Be as large as the sheet, or as the screen allows."""
        bar = self.scrolled.verticalScrollBar().sizeHint().width()
        width = sheet.sizeHint().width() + bar
        height = max(sheet.sizeHint().height(), sheet.heightForWidth(width - bar))
        margins = self.contentsMargins()
        around = self.sizeHint().height() - self.scrolled.sizeHint().height() + margins.top() + margins.bottom()
        room = self.screen().availableGeometry().height() - FRAME
        self.scrolled.setMinimumWidth(width)
        self.resize(width + 44, min(height + around, room))

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
            text = str(action.property(SHEET_TEXT) or action.text().replace("&", ""))
            grid.addWidget(QLabel(text, self), row, 1)
        add_layout(column, grid)
        column.addSpacing(10)
