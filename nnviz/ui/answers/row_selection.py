"""Which rows of the table are selected, kept as a mask over the data instead of Qt's ranges of cells.

WORKAROUND: thousands of scattered rows (one class, sorted by loss) would be thousands of ranges, which Qt compares pair
by pair; a mask stays with its rows while they are sorted and filtered, and costs nothing.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject, Signal

from nnviz.ui.answers.rows_model import Mask, RowsModel

Flag = QItemSelectionModel.SelectionFlag
#: Up to so many ranges Qt is told too, for screen readers and whoever asks the view.
MOST_RANGES = 200


class RowSelection(QItemSelectionModel):
    """Takes the commands of a table view, as `QItemSelectionModel` defines them, for whole rows.

    Attributes
    ----------
    rows : ndarray of bool
        Over all rows of the data, whether or not they are shown.

    Signals
    -------
    chosen : ()
        The user has selected other rows.
    """

    chosen = Signal()

    def __init__(self, model: RowsModel, parent: QObject) -> None:
        super().__init__(model, parent)
        self._rows = model
        self.rows: Mask = np.zeros(0, dtype=bool)
        self._kept: Mask = self.rows
        self._current: Mask | None = None
        self._command = Flag.NoUpdate

    def show_rows(self, rows: Mask) -> None:
        """Select just `rows`; no signal."""
        self.rows = self._kept = rows
        self._current = None
        self.mirror()

    def select(self, selection: QItemSelection | QModelIndex, command: Flag) -> None:  # type: ignore[override]
        """Select, deselect or toggle the rows of `selection`; ``Current`` replaces what was dragged last."""
        if command == Flag.NoUpdate:
            return
        picked = np.zeros(self._rows.n_rows, dtype=bool)
        if isinstance(selection, QModelIndex):
            spans = [(selection.row(), selection.row())] if selection.isValid() else []
        else:
            spans = [(part.top(), part.bottom()) for part in selection]  # type: ignore[attr-defined]
        for top, bottom in spans:
            picked[self._rows.order[top : bottom + 1]] = True
        if command & Flag.Clear or len(self._kept) != len(picked):
            self._kept, self._current = np.zeros_like(picked), None
        if not command & Flag.Current:
            self._kept, self._current = self._merged(), None
        if command & (Flag.Select | Flag.Deselect | Flag.Toggle):
            self._current, self._command = picked, command
        before, self.rows = self.rows, self._merged()
        if not np.array_equal(before, self.rows):
            self.mirror()
            self.chosen.emit()

    def _merged(self) -> Mask:
        if self._current is None:
            return self._kept
        if self._command & Flag.Toggle:
            return self._kept ^ self._current
        if self._command & Flag.Deselect:
            return self._kept & ~self._current
        return self._kept | self._current

    def forget(self) -> None:
        """Leave Qt nothing to carry along while the rows are sorted; `mirror` tells it again."""
        super().select(QItemSelection(), Flag.Clear)

    def mirror(self) -> None:
        """Tell Qt what is selected, where that takes few ranges."""
        shown, model = QItemSelection(), self._rows
        if len(self.rows) == model.n_rows:
            inside = np.concatenate([[False], self.rows[model.order], [False]])
            edges = np.flatnonzero(inside[1:] != inside[:-1]).tolist()
            last = model.columnCount() - 1
            if len(edges) <= 2 * MOST_RANGES:
                for top, end in zip(edges[::2], edges[1::2], strict=True):
                    shown.select(model.index(top, 0), model.index(end - 1, last))
        super().select(shown, Flag.ClearAndSelect)
