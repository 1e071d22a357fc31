"""The table of columns and their roles: one click opens a list, which counts for all rows that are selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from nnviz.data import shown
from nnviz.ui.documents.column_roles import BECOMES, EDITED, KIND, MISSING, NAME, ROLE, ColumnRoles, Group, Index

#: Letters of the longest name that is shown whole, and of what becomes of a column where the dialog is narrow.
_NAME_LETTERS = 24
_BECOMES_LETTERS = 24
#: Room beside the words of a cell, in pixels.
_PADDING = 26
_OPENING_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_F2)


class _Arrows(QStyledItemDelegate):
    """Marks the cells in which there is something to choose."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            option.text = f"{index.data()} ▾"


class RoleTable(QTableView):
    """Shows `ColumnRoles`; rows are selected with Shift and Ctrl as in any list.

    Attributes
    ----------
    menu : QMenu or None
        The list that was opened last.

    Signals
    -------
    selected : ()
        Other rows are selected.
    """

    selected = Signal()

    def __init__(self, roles: ColumnRoles, metrics: QFontMetrics, parent: QWidget) -> None:
        super().__init__(parent)
        self.roles = roles
        self.menu: QMenu | None = None
        self._is_plain_click = False
        self.setModel(roles)
        self.setItemDelegate(_Arrows(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Columns and their roles"))
        self.setToolTip(
            self.tr(
                "Click a role, a type or a treatment of missing cells to choose another; "
                "with several rows selected (Shift, Ctrl) the choice counts for all of them"
            )
        )
        self.verticalHeader().hide()
        self._set_widths(metrics)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    # -- widths -------------------------------------------------------------------------------------------------

    def _set_widths(self, metrics: QFontMetrics) -> None:
        """Give every column room for the longest words that it may have."""
        roles, header = self.roles, self.horizontalHeader()
        letter = metrics.averageCharWidth()
        # A choice of one's own is bold, hence the second arrow's room.
        arrow = metrics.horizontalAdvance(" ▾▾") + _PADDING
        words = {column: roles.longest_words(column) for column in EDITED}
        names = [shown(column.name) for column in roles.table.columns[:200]]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0) + _PADDING
        self._widest_name = max(10 * letter, widest)
        self._least_name = min(self._widest_name, _NAME_LETTERS * letter)
        header.resizeSection(NAME, self._least_name)
        for column in (ROLE, KIND, MISSING):
            texts = (*words[column], str(roles.headerData(column, Qt.Orientation.Horizontal)))
            header.resizeSection(column, max(metrics.horizontalAdvance(text) for text in texts) + arrow)
        self._least = _BECOMES_LETTERS * letter

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give names, and then the last column, what is left; none gets less than it needs."""
        super().resizeEvent(event)
        fixed = sum(self.columnWidth(column) for column in (ROLE, KIND, MISSING))
        room = self.viewport().width() - fixed - self._least
        self.setColumnWidth(NAME, max(self._least_name, min(self._widest_name, room)))
        others = sum(self.columnWidth(column) for column in range(BECOMES))
        self.setColumnWidth(BECOMES, max(self._least, self.viewport().width() - others))

    # -- selecting ----------------------------------------------------------------------------------------------

    @property
    def selected_rows(self) -> list[int]:
        """The rows that are selected, from above."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def select_group(self, group: Group) -> None:
        """Select the columns of a group instead of what was selected."""
        model, selection = self.model(), QItemSelection()
        for row in self.roles.rows_of(group):
            selection.select(model.index(row, 0), model.index(row, BECOMES))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selectionCommand(self, index: Index, event: QEvent | None = None) -> QItemSelectionModel.SelectionFlag:
        """Keep several rows selected where a cell of one of them is clicked to choose for all."""
        is_press = isinstance(event, QMouseEvent) and event.modifiers() == Qt.KeyboardModifier.NoModifier
        rows = self.selected_rows if is_press else []
        if len(rows) > 1 and index.row() in rows and index.column() in EDITED:
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    @Slot()
    def _on_selection_changed(self) -> None:
        self.selected.emit()

    # -- the lists ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take note whether this is a click or selects more."""
        no_keys = event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._is_plain_click = no_keys and event.button() == Qt.MouseButton.LeftButton
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list of the current cell with Space or F2."""
        if event.key() in _OPENING_KEYS and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.open_list(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_clicked(self, index: Index) -> None:
        if self._is_plain_click:
            self.open_list(index)

    def open_list(self, index: Index) -> None:
        """Open the list of a cell, for all selected rows where it is in one of them."""
        rows = self.selected_rows
        rows = rows if index.row() in rows else [index.row()]
        if index.column() not in EDITED or len(self.roles.options(rows, index.column())) < 2:
            return
        menu = QMenu(self)
        self._fill(menu, rows, index.column())
        self._open(menu, self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer all that can be chosen for the selected rows."""
        index = self.indexAt(event.pos())
        if index.isValid() and index.row() not in self.selected_rows:
            self.selectRow(index.row())
        if self.selected_rows:
            menu = QMenu(self)
            self.fill_menu(menu)
            self._open(menu, event.globalPos())

    def fill_menu(self, menu: QMenu) -> None:
        """Let a menu offer all that can be chosen for the selected rows."""
        menu.clear()
        rows = self.selected_rows
        for column in EDITED:
            if len(self.roles.options(rows, column)) > 1:
                title = str(self.roles.headerData(column, Qt.Orientation.Horizontal))
                self._fill(menu.addMenu(title), rows, column)

    def _fill(self, menu: QMenu, rows: list[int], column: int) -> None:
        present = self.roles.values(rows, column)
        for value, words in self.roles.options(rows, column):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(present == {value})
            action.setData((rows, column, value))
            action.triggered.connect(self._on_chosen)

    def _open(self, menu: QMenu, place: QPoint) -> None:
        self.menu = menu
        menu.aboutToHide.connect(self._on_menu_closed)
        menu.popup(place)

    @Slot()
    def _on_menu_closed(self) -> None:
        menu = self.sender()
        assert isinstance(menu, QMenu)
        # What was chosen in it is told after it has closed.
        menu.deleteLater()
        if menu is self.menu:
            self.menu = None

    @Slot()
    def _on_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.roles.put(*action.data())
