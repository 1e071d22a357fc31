"""The role editor's model: one row per column of a table, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from msgspec.structs import replace
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from nnviz.core.numbers import count_text
from nnviz.data import ColumnChoice, ImportSummary, Table, TableChoices, default_choices, shown, summarise

Role: TypeAlias = Literal["feature", "target", "ignored"]
Index: TypeAlias = QModelIndex | QPersistentModelIndex

Group: TypeAlias = Literal["all", "numeric", "categorical", "gaps"]

NAME, ROLE, KIND, MISSING, BECOMES = range(5)
EDITED = {ROLE: "role", KIND: "kind", MISSING: "missing"}
"""The columns of the editor in which something can be chosen, and the field of a `ColumnChoice` that it is."""


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
            "mean": self.tr("mean"),
            "median": self.tr("median"),
            "most_frequent": self.tr("most frequent"),
        }
        self._longer_words = {
            "ignored": self.tr("leave out"),
            "drop": self.tr("drop the rows"),
            "mean": self.tr("fill with the mean"),
            "median": self.tr("fill with the median"),
            "most_frequent": self.tr("fill with the most frequent value"),
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

    @property
    def _predicts_classes(self) -> bool:
        """Whether the target is read as classes at present."""
        task = self.choices.task
        return bool(self.summary.classes) if task is None else task == "classification"

    def set_task(self, task: Literal["classification", "regression"] | None) -> None:
        """Read the target as classes, as numbers, or as what it looks like (None)."""
        self.choose(replace(self.choices, task=task))

    def options(self, rows: Sequence[int], column: int) -> list[tuple[str, str]]:
        """Return what can be chosen for some rows together: values, and the words of a list for them."""
        possible = [self._possible(row, column) for row in rows]
        found = dict.fromkeys(value for values in possible for value in values)
        return [(value, self._longer_words.get(value, self._words[value])) for value in found]

    def longest_words(self, column: int) -> list[str]:
        """Return the texts that may come to stand in a column of the editor, the longest among them."""
        if column == ROLE:
            return [self._words[value] for value in ("feature", "target", "ignored")]
        if column == KIND:
            return [self._words[value] for value in ("numeric", "categorical")]
        most = count_text(max(self.summary.missing.values(), default=0))
        return [f"{most}: {self._words[value]}" for value in ("drop", "mean", "median", "most_frequent")]

    def _possible(self, row: int, column: int) -> tuple[str, ...]:
        """Return the values that can be chosen in one cell; none where there is nothing to choose."""
        choice = self._choice(row)
        if column == ROLE:
            return ("feature", "target", "ignored")
        if choice.role == "ignored":
            return ()
        if column == KIND:
            kind = self.table.columns[row].kind
            return ("numeric", "categorical") if self._may_be_numeric(kind) else ("categorical",)
        if choice.role == "target" or not self._n_missing(row):
            return ()
        return ("drop", "mean", "median", "most_frequent") if choice.kind == "numeric" else ("drop", "most_frequent")

    @staticmethod
    def _may_be_numeric(kind: str) -> bool:
        return kind in ("numeric", "index", "id", "constant", "date")

    def _choice(self, row: int) -> ColumnChoice:
        return self.choices.columns[self.table.columns[row].name]

    def _n_missing(self, row: int) -> int:
        """Return how many cells of a column are missing as it is read now."""
        return self.summary.missing.get(self.table.columns[row].name, 0)

    def rows_of(self, group: Group) -> list[int]:
        """Return the rows of a group of columns, the target never among them."""
        return [row for row in range(self.rowCount()) if self._belongs(row, group)]

    def _belongs(self, row: int, group: Group) -> bool:
        choice = self._choice(row)
        if choice.role == "target":
            return False
        return group == "all" or (self._n_missing(row) > 0 if group == "gaps" else choice.kind == group)

    def value(self, index: Index) -> str:
        """Return what is chosen in a cell; the type of a target is what the task makes of it."""
        choice = self._choice(index.row())
        if index.column() == KIND and choice.role == "target" and choice.kind == "numeric":
            return "categorical" if self._predicts_classes else "numeric"
        return str(getattr(choice, EDITED[index.column()]))

    def values(self, rows: Sequence[int], column: int) -> set[str]:
        """Return what is chosen for some rows where there is something to choose."""
        return {self.value(self.index(row, column)) for row in rows if self._possible(row, column)}

    def put(self, rows: Sequence[int], column: int, value: str) -> None:
        """Choose `value` for some rows at once; those for which it cannot be chosen stay as they are.

        Where some are filled with their mean or median, categories among them get their most frequent value.
        """
        columns = self.table.columns
        if column == ROLE:
            names = [columns[row].name for row in rows]
            self.choose(with_roles(self.choices, self.defaults, names, value))  # type: ignore[arg-type]
            return
        if column == KIND and all(self._choice(row).role == "target" for row in rows):
            self.set_task("classification" if value == "categorical" else "regression")
            return
        changed = dict(self.choices.columns)
        for row in rows:
            name = columns[row].name
            changed[name] = self._with(row, changed[name], column, value)
        self.choose(replace(self.choices, columns=changed))

    def _with(self, row: int, choice: ColumnChoice, column: int, value: str) -> ColumnChoice:
        """Return a choice with another type or treatment of missing cells, where it can have that."""
        possible = self._possible(row, column)
        if column == MISSING and value in ("mean", "median") and value not in possible:
            value = "most_frequent"
        if value not in possible or (column == KIND and choice.role == "target"):
            return choice
        changes: dict[str, Any] = {EDITED[column]: value}
        if value == "categorical" and choice.missing in ("mean", "median"):
            changes["missing"] = "most_frequent"
        return replace(choice, **changes)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Choose `value` in a cell."""
        if role != Qt.ItemDataRole.EditRole or index.column() not in EDITED or value == self.value(index):
            return False
        self.put([index.row()], index.column(), value)
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
        if index.column() not in EDITED or len(self._possible(index.row(), index.column())) < 2:
            return flags
        return flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows: bold where it differs from the proposal, quiet where the column is left out."""
        column, choice = self.table.columns[index.row()], self._choice(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.EditRole and index.column() in EDITED:
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
        if index.column() == MISSING:
            return self._missing_text(index.row(), choice)
        if index.column() == KIND:
            return self._kind_text(index, choice)
        return self._words[self.value(index)]

    def _kind_text(self, index: Index, choice: ColumnChoice) -> str:
        if choice.role == "ignored":
            return "–"
        value = self.value(index)
        is_date = value == "numeric" and choice.role == "feature" and self.table.columns[index.row()].kind == "date"
        return self.tr("date") if is_date else self._words[value]

    def _missing_text(self, row: int, choice: ColumnChoice) -> str:
        n_missing = self._n_missing(row)
        if not n_missing:
            return self.tr("none")
        if choice.role == "ignored":
            return count_text(n_missing)
        return f"{count_text(n_missing)}: {self._words[choice.missing]}"

    def _is_changed(self, index: Index) -> bool:
        field = EDITED.get(index.column())
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


def with_roles(choices: TableChoices, defaults: TableChoices, names: Sequence[str], role: Role) -> TableChoices:
    """Return `choices` with another role of several columns; several targets are predicted together."""
    if role == "target" and len(names) > 1:
        return choices.with_target(tuple(names))
    for name in names:
        choices = with_role(choices, defaults, name, role)
    return choices
