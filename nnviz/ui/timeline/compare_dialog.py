"""All runs of the window in one table: what they are set to, with the differences in bold, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.errors import NnvizError
from nnviz.session.run_table import (
    RESULTS,
    RunRow,
    differing,
    epochs_text,
    result_text,
    setting_label,
    write_run_table,
)
from nnviz.ui.widgets.file_dialogs import file_to_save
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.opening_size import opening_size

_NUMBER = Qt.ItemDataRole.UserRole + 1


class _Cell(QTableWidgetItem):
    """Sorted by number where there is one."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        mine, others = self.data(_NUMBER), other.data(_NUMBER)
        if isinstance(mine, float) and isinstance(others, float):
            return (mine != mine, mine) < (others != others, others)
        return self.text().casefold() < other.text().casefold()


class CompareDialog(QDialog):
    """One row a run; the first one is what the others are compared with.

    Parameters
    ----------
    rows : list of RunRow
    tell : callable
        Takes a severity and a sentence.
    parent : QWidget
    """

    def __init__(self, rows: list[RunRow], tell: Callable[[str, str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._rows, self._tell = rows, tell
        self.setWindowTitle(self.tr("Compare runs"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(self.tr("Filter runs"))
        self.filter.setAccessibleName(self.tr("Filter of the table"))
        self.filter.setToolTip(self.tr("Show only rows that hold these words, such as adam"))
        self.filter.setClearButtonEnabled(True)
        self.only_differing = QCheckBox(self.tr("&Only settings that differ"), self)
        self.only_differing.setToolTip(self.tr("Leave out what all runs have in common"))
        self.only_differing.setChecked(True)
        self.table = QTableWidget(self)
        self.table.setAccessibleName(self.tr("Settings and results of all runs"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.setHorizontalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.save_button = buttons.addButton(self.tr("Save as CSV…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button.setToolTip(self.tr("Write one row a run with all settings and figures, for a spreadsheet"))
        buttons.rejected.connect(self.reject)
        self.save_button.clicked.connect(self._on_save)
        self.filter.textChanged.connect(self._on_filtered)
        self.only_differing.toggled.connect(self._fill)
        row = QHBoxLayout()
        row.addWidget(self.filter, 1)
        row.addWidget(self.only_differing)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        add_layout(column, row)
        column.addWidget(self.table, 1)
        column.addWidget(buttons)
        self.resize(opening_size(self, 860, 380))
        self._fill()

    @Slot()
    def _fill(self) -> None:
        """Show settings and results."""
        rows = self._rows
        settings = list(dict.fromkeys(name for row in rows for name in row.settings))
        different = differing(rows)
        shown = different if self.only_differing.isChecked() else settings
        results = [name for name in RESULTS if any(row.results[name] == row.results[name] for row in rows)]
        labels = {
            "train_loss": self.tr("train loss"),
            "validation_loss": self.tr("validation loss"),
            "test_loss": self.tr("test loss"),
            "train_score": self.tr("train score"),
            "validation_score": self.tr("validation score"),
            "test_score": self.tr("test score"),
        }
        table = self.table
        table.setSortingEnabled(False)
        table.clear()
        headers = [self.tr("run"), *(setting_label(name) for name in shown), self.tr("epochs")]
        headers += [labels[name] for name in results]
        table.setColumnCount(len(headers))
        table.setRowCount(len(rows))
        table.setHorizontalHeaderLabels(headers)
        bold = QFont(table.font())
        bold.setBold(True)
        for line, row in enumerate(rows):
            star = self.tr("★ {0}") if row.course.is_starred else "{0}"
            cells = [_Cell(star.format(row.course.name))]
            for name in shown:
                cell = _Cell(row.settings.get(name, ""))
                cell.setData(_NUMBER, _number(cell.text()))
                if row.settings.get(name, "") != rows[0].settings.get(name, ""):
                    cell.setFont(bold)
                cells.append(cell)
            cells.append(_figure(epochs_text(row), float(row.epochs)))
            cells += [_figure(result_text(name, row.results[name]), row.results[name]) for name in results]
            for place, cell in enumerate(cells):
                table.setItem(line, place, cell)
        table.setSortingEnabled(True)
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.horizontalHeader().setSortIndicatorClearable(True)
        table.resizeColumnsToContents()
        self._on_filtered(self.filter.text())

    @Slot(str)
    def _on_filtered(self, text: str) -> None:
        words, table = text.casefold().split(), self.table
        for line in range(table.rowCount()):
            cells = (table.item(line, column) for column in range(table.columnCount()))
            content = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            table.setRowHidden(line, not all(word in content for word in words))

    @Slot()
    def _on_save(self) -> None:
        path = file_to_save(self, self.tr("Save the table of runs"), "runs.csv", self.tr("CSV tables (*.csv)"), ".csv")
        if path is None:
            return
        try:
            write_run_table(self._rows, path)
        except NnvizError as error:
            self._tell("error", str(error))


def _figure(text: str, value: float) -> _Cell:
    cell = _Cell(text)
    cell.setData(_NUMBER, value)
    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return cell


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
