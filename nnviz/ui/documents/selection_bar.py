"""Selects columns of a kind at once, and chooses for all that are selected."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from nnviz.core.translation import counted
from nnviz.ui.documents.column_roles import Group
from nnviz.ui.documents.role_table import RoleTable
from nnviz.ui.widgets.buttons import flat_button, menu_button


class SelectionBar(QWidget):
    """A row of buttons above a `RoleTable`."""

    def __init__(self, table: RoleTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        label = QLabel(self.tr("select"), self)
        label.setProperty("role", "quiet")
        row.addWidget(label)
        words: tuple[tuple[Group, str, str], ...] = (
            ("all", self.tr("all"), self.tr("Select all columns but the target")),
            ("numeric", self.tr("numbers"), self.tr("Select all columns that are numbers, but the target")),
            ("categorical", self.tr("categories"), self.tr("Select all columns that are categories, but the target")),
            ("gaps", self.tr("with gaps"), self.tr("Select all columns with missing cells, but the target")),
        )
        self.groups = {group: flat_button(self, text, tooltip) for group, text, tooltip in words}
        for group, button in self.groups.items():
            button.setProperty("group", group)
            button.clicked.connect(self._on_group)
            row.addWidget(button)
        row.addStretch(1)
        self.change = menu_button(self, self.tr("Choose role, type or missing cells of all selected columns at once"))
        self.change.setMenu(QMenu(self))
        self.change.menu().aboutToShow.connect(self._on_menu)
        row.addWidget(self.change)
        table.selected.connect(self._show_count)
        table.roles.changed.connect(self._show_groups)
        self._show_count()
        self._show_groups()

    @Slot()
    def _show_groups(self) -> None:
        for group, button in self.groups.items():
            button.setEnabled(bool(self._table.roles.rows_of(group)))

    @Slot()
    def _show_count(self) -> None:
        n = len(self._table.selected_rows)
        self.change.setText(counted(n, "change {0} column ▾", "change {0} columns ▾") if n else self.tr("change ▾"))
        self.change.setEnabled(n > 0)

    @Slot()
    def _on_group(self) -> None:
        button = self.sender()
        assert isinstance(button, QWidget)
        self._table.select_group(button.property("group"))

    @Slot()
    def _on_menu(self) -> None:
        self._table.fill_menu(self.change.menu())
