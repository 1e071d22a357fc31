"""The role editor's model: one row per column of a table, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnviz.data import ColumnChoice, ImportSummary, Table, TableChoices, default_choices, shown, summarise

Role: TypeAlias = Literal["feature", "target", "ignored"]
Index: TypeAlias = QModelIndex | QPersistentModelIndex

NAME, ROLE, KIND, MISSING, BECOMES = range(5)
_EDITED = {ROLE: "role", KIND: "kind", MISSING: "missing"}


class ColumnRoles(QAbstractTableModel):
    """Name, role, type, treatment of missing cells and result of every column; the middle three can be edited.

    Parameters
    ----------
    table : Table
    choices : TableChoices or None
        Where the editor starts; None: at the defaults, which *Reset* brings back.
    parent : QObject or None

    Signals
    -------
    changed()
        Another choice was made; `choices` and `summary` have followed.
    """

    changed = Signal()

    def __init__(self, table: Table, choices: TableChoices | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.defaults = default_choices(table)
        self.choices = choices or self.defaults
        self.summary: ImportSummary = summarise(table, self.choices)
        self._headings = (
            self.tr("column"),
            self.tr("role"),
            self.tr("type"),
            self.tr("missing cells"),
            self.tr("what becomes of it"),
        )
        self._words = {
            "feature": self.tr("feature"),
            "target": self.tr("target"),
            "ignored": self.tr("left out"),
            "numeric": self.tr("number"),
            "categorical": self.tr("category"),
            "drop": self.tr("drop the row"),
            "mean": self.tr("column's mean"),
            "median": self.tr("column's median"),
            "most_frequent": self.tr("most frequent"),
        }

    # -- choosing -----------------------------------------------------------------------------------------------

    @Slot(object)
    def choose(self, choices: TableChoices) -> None:
        """Take other choices over, as a whole."""
        if choices == self.choices:
            return
        self.choices = choices
        self.summary = summarise(self.table, choices)
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, BECOMES))
        self.changed.emit()

    @Slot()
    def reset_choices(self) -> None:
        """Go back to what was proposed."""
        self.choose(self.defaults)

    def set_task(self, task: Literal["classification", "regression"] | None) -> None:
        """Read the target as classes, as numbers, or as what it looks like (None)."""
        self.choose(replace(self.choices, task=task))

    def options(self, index: Index) -> list[tuple[str, str]]:
        """Return what can be chosen in a cell: values and the words for them."""
        column = self.table.columns[index.row()]
        if index.column() == ROLE:
            values: tuple[str, ...] = ("feature", "target", "ignored")
        elif index.column() == KIND:
            values = ("numeric", "categorical") if self._may_be_numeric(column.kind) else ("categorical",)
        elif self._choice(index.row()).role == "target":
            values = ("drop",)
        else:
            numeric = self._choice(index.row()).kind == "numeric"
            values = ("drop", "mean", "median", "most_frequent") if numeric else ("drop", "most_frequent")
        return [(value, self._words[value]) for value in values]

    @staticmethod
    def _may_be_numeric(kind: str) -> bool:
        return kind in ("numeric", "index", "id", "constant", "date")

    def _choice(self, row: int) -> ColumnChoice:
        return self.choices.columns[self.table.columns[row].name]

    def _n_missing(self, row: int) -> int:
        """Return how many cells of a column are missing as it is read now."""
        return self.summary.missing.get(self.table.columns[row].name, 0)

    def value(self, index: Index) -> str:
        """Return what is chosen in a cell."""
        return str(getattr(self._choice(index.row()), _EDITED[index.column()]))

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Choose `value` in a cell."""
        if role != Qt.ItemDataRole.EditRole or index.column() not in _EDITED or value == self.value(index):
            return False
        name = self.table.columns[index.row()].name
        if index.column() == ROLE:
            self.choose(with_role(self.choices, self.defaults, name, value))
            return True
        choice = replace(self._choice(index.row()), **{_EDITED[index.column()]: value})
        if choice.kind == "categorical" and choice.missing in ("mean", "median"):
            choice = replace(choice, missing="most_frequent")
        self.choose(replace(self.choices, columns={**self.choices.columns, name: choice}))
        return True

    # -- what the view asks -------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns that the table has."""
        return 0 if parent.isValid() else len(self.table.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return 5."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the heading of a column of the editor."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let role, type and missing cells be edited where there is something to choose."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() not in _EDITED:
            return flags
        inert = index.column() != ROLE and self._choice(index.row()).role == "ignored"
        inert = inert or (index.column() == MISSING and not self._n_missing(index.row()))
        return flags if inert or len(self.options(index)) < 2 else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows: bold where it differs from the proposal, quiet where the column is left out."""
        column, choice = self.table.columns[index.row()], self._choice(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.EditRole and index.column() in _EDITED:
            return self.value(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return shown(column.name, 200) if index.column() == NAME else column.reason or self._text(index)
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(self._is_changed(index))
            return font
        if role == Qt.ItemDataRole.ForegroundRole and choice.role == "ignored" and index.column() != ROLE:
            return QApplication.palette().brush(QPalette.ColorRole.PlaceholderText)
        return None

    def _text(self, index: Index) -> str:
        column, choice = self.table.columns[index.row()], self._choice(index.row())
        if index.column() == NAME:
            return shown(column.name)
        if index.column() == BECOMES:
            return str(self.summary.becomes.get(column.name, ""))
        if index.column() == MISSING and choice.role == "ignored" and column.n_missing:
            return str(column.n_missing)
        if index.column() != ROLE and choice.role == "ignored":
            return "–"
        if index.column() == MISSING:
            n_missing = self._n_missing(index.row())
            return f"{n_missing}: {self._words[choice.missing]}" if n_missing else self.tr("none")
        return self._words[self.value(index)]

    def _is_changed(self, index: Index) -> bool:
        field = _EDITED.get(index.column())
        name = self.table.columns[index.row()].name
        if field is None:
            return False
        return getattr(self.choices.columns[name], field) != getattr(self.defaults.columns[name], field)


def with_role(choices: TableChoices, defaults: TableChoices, name: str, role: Role) -> TableChoices:
    """Return `choices` with another role of one column.

    There is one target: a new one takes the place of the old, which becomes a feature; and where the target is taken
    away it is the proposed one again.
    """
    columns = dict(choices.columns)
    targets = {column for column, choice in columns.items() if choice.role == "target"}
    proposed = {column for column, choice in defaults.columns.items() if choice.role == "target"}
    columns[name] = replace(columns[name], role=role)
    if role == "target":
        for other in targets - {name}:
            columns[other] = replace(columns[other], role="feature")
        target: str | tuple[str, ...] | None = name
    elif name not in targets:
        target = choices.target
    elif name in proposed:
        # Nothing else is proposed: the summary says that a target is needed.
        for other in targets - {name}:
            columns[other] = replace(columns[other], role="feature")
        target = None
    else:
        for other in proposed:
            columns[other] = replace(defaults.columns[other])
        target = defaults.target
    return replace(choices, target=target, columns=columns)


class ChoiceDelegate(QStyledItemDelegate):
    """Edits a cell of `ColumnRoles` with a list of what can be chosen; the choice counts at once."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Mark the cells in which there is something to choose."""
        super().initStyleOption(option, index)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            option.text = f"{index.data()} ▾"

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return an opened list."""
        box = QComboBox(parent)
        model = index.model()
        assert isinstance(model, ColumnRoles)
        for value, words in model.options(index):
            box.addItem(words, value)
        box.setAccessibleName(str(model.headerData(index.column(), Qt.Orientation.Horizontal)))
        box.activated.connect(self._on_activated)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what is chosen."""
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take over what was chosen."""
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentData())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Fill the cell."""
        editor.setGeometry(option.rect)

    @Slot()
    def _on_activated(self) -> None:
        editor = self.sender()
        assert isinstance(editor, QWidget)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)
