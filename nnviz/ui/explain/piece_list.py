"""What an update of one weight is made of, as a list: a row for each piece with its number and a bar either way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from nnviz.core.explain.attribution import Pieces
from nnviz.core.numbers import number_text
from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.help_text import plain_tooltip

#: Rows that have a line of their own; the others share one.
MOST_ROWS = 40
_SIZE, _ROW = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class _Bars(QStyledItemDelegate):
    """Paints a bar from the middle of a cell: to the right where a piece made the weight larger."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme, self.largest = theme, 1.0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the bar of one piece."""
        super().paint(painter, option, index)
        size = index.data(_SIZE)
        cell = QRectF(option.rect).adjusted(4.0, 3.0, -4.0, -3.0)
        length = 0.5 * cell.width() * min(abs(size) / self.largest, 1.0) if self.largest > 0.0 else 0.0
        middle = cell.center().x()
        left = middle - length if size < 0.0 else middle
        painter.fillRect(
            QRectF(left, cell.top(), max(length, 1.0), cell.height()),
            self.theme.colour("negative" if size < 0.0 else "positive"),
        )
        painter.fillRect(QRectF(middle - 0.5, cell.top() - 2.0, 1.0, cell.height() + 4.0), self.theme.colour("quiet"))


class PieceList(QTreeWidget):
    """Lists the pieces of an update, the largest examples first.

    Signals
    -------
    row_pointed : object
        The training row (int) of the piece under the mouse or the keyboard; None: of no row, or it was left.
    """

    row_pointed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = _Bars(theme, self)
        self.setHeaderLabels([self.tr("what moved it"), self.tr("by"), self.tr("down · up")])
        self.setAccessibleName(self.tr("Pieces of the update"))
        self.setToolTip(
            plain_tooltip(
                self.tr(
                    "What an update is made of; the pieces add up to it: what each training row of the mini-batch "
                    "contributed, what the optimiser carried over from earlier updates, and the penalty on large "
                    "weights. Point at a row to see it marked on the map."
                )
            )
        )
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(2, self._bars)
        header = self.header()
        header.setStretchLastSection(False)
        modes = QHeaderView.ResizeMode
        for column, mode in enumerate((modes.Stretch, modes.ResizeToContents, modes.Interactive)):
            header.setSectionResizeMode(column, mode)
        self.itemEntered.connect(self._on_entered)
        self.currentItemChanged.connect(self._on_entered)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._bars.theme = theme
        self.viewport().update()

    def show_pieces(self, pieces: Pieces | None, rows: NDArray[np.int64]) -> None:
        """Show the pieces of another update, of mini-batch `rows`, or none."""
        entries = [] if pieces is None else self._entries(pieces, rows)
        self._bars.largest = max((abs(size) for _, size, _ in entries), default=0.0)
        current = self.currentItem()
        pointed = None if current is None else current.data(0, _ROW)
        # What is listed anew is not pointed at anew.
        self.blockSignals(True)
        self.clear()
        for text, size, row in entries:
            item = QTreeWidgetItem([text, number_text(size, 2), ""])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, _ROW, row)
            item.setData(2, _SIZE, size)
            self.addTopLevelItem(item)
            if row is not None and row == pointed:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def _entries(self, pieces: Pieces, rows: NDArray[np.int64]) -> list[tuple[str, float, int | None]]:
        """Return text, size and training row of each line."""
        entries: list[tuple[str, float, int | None]] = []
        if pieces.carried:
            entries.append((self.tr("carried over"), pieces.carried, None))
        if pieces.penalty:
            entries.append((self.tr("penalty"), pieces.penalty, None))
        order: Sequence[int] = np.argsort(-np.abs(pieces.examples), kind="stable").tolist()
        entries += [
            (self.tr("row {0}").format(int(rows[place]) + 1), float(pieces.examples[place]), int(rows[place]))
            for place in order[:MOST_ROWS]
        ]
        if len(order) > MOST_ROWS:
            rest = float(pieces.examples[order[MOST_ROWS:]].sum())
            entries.append((self.tr("… {0} more rows").format(len(order) - MOST_ROWS), rest, None))
        return entries

    @Slot(QTreeWidgetItem)
    def _on_entered(self, item: QTreeWidgetItem | None) -> None:
        self.row_pointed.emit(None if item is None else item.data(0, _ROW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the bars a third of the width."""
        super().resizeEvent(event)
        self.setColumnWidth(2, max(self.viewport().width() // 3, 40))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go of the row."""
        super().leaveEvent(event)
        self.row_pointed.emit(None)
