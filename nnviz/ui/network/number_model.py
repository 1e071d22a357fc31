"""Named numbers as an item model: what views of them show, and what those are told who hear the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from nnviz.core.errors import NnvizError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import number_text
from nnviz.ui.network.number_bar import NumberRow

LARGEST = 1e6
"""Magnitude beyond which a weight or an input is surely a slip, and soon an overflow."""
_Index = QModelIndex | QPersistentModelIndex


class NumberModel(QAbstractListModel):
    """Rows with a name, a number and a quiet note.

    Attributes
    ----------
    rows : tuple of NumberRow
    values : list of float
    notes : list of str

    *Signals*

    entered(int, float) : row, number
        Somebody has typed a number without the list's own field, as a screen reader does.
    """

    entered = Signal(int, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[NumberRow, ...] = ()
        self.values: list[float] = []
        self.notes: list[str] = []

    def set_rows(self, rows: Sequence[NumberRow], values: Sequence[float], notes: Sequence[str]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows, self.values, self.notes = tuple(rows), list(values), list(notes)
        self.endResetModel()

    def spoken(self, row: int) -> str:
        """Return a row as it is read out: the name, the number, and the note in words."""
        note = self.notes[row].replace("∂", self.tr("gradient")) if row < len(self.notes) else ""
        value = number_text(self.values[row], 3)
        if not note:
            return self.tr("{0}: {1}").format(self.rows[row].label, value)
        return self.tr("{0}: {1}, {2}").format(self.rows[row].label, value, note)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name, the number to be edited, or what is read out."""
        row = index.row()
        if not index.isValid() or row >= len(self.rows):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.rows[row].label
        if role == Qt.ItemDataRole.EditRole:
            return self.values[row]
        return self.spoken(row) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let every number be chosen and changed."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a number over, as it may be typed; what is none leaves everything as it is."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        try:
            number = parse_number(str(value), largest=LARGEST)
        except NnvizError:
            return False
        self.entered.emit(index.row(), number)
        return True
