"""What a table is about to become: a preview as typed, the role of every column, classes, every warning in words."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.numbers import count_text, filled
from nnviz.data import Table, TableChoices, shown
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.ui.documents.column_roles import ColumnRoles
from nnviz.ui.documents.offer_buttons import OfferButtons
from nnviz.ui.documents.role_table import RoleTable
from nnviz.ui.documents.selection_bar import SelectionBar
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.opening_size import opening_size

#: Rows of the preview.
PREVIEW_ROWS = 100
#: Columns of the preview that are as wide as what they hold, and the room beside it, in pixels.
MOST_FITTED = 60
CELL_PADDING = 26
#: Classes whose share has a bar; the others are summed up.
MOST_BARS = 12


class PreviewModel(QAbstractTableModel):
    """The first rows of a table, as typed."""

    def __init__(self, table: Table, parent: QWidget) -> None:
        super().__init__(parent)
        self._names = [shown(column.name) for column in table.columns]
        self._rows = table.preview(PREVIEW_ROWS)
        self._lines = table.lines[: len(self._rows)]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns of the table."""
        return 0 if parent.isValid() else len(self._names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's name, or a row's line in the file."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._names[section] if orientation == Qt.Orientation.Horizontal else int(self._lines[section])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell as typed, made inert."""
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(self._rows[index.row()][index.column()])
        return None


class ClassBars(QWidget):
    """How many rows each class has, as bars."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_classes(self, classes: tuple[tuple[str, int], ...]) -> None:
        """Show the classes and their counts; none for a regression."""
        self._bars = [(shown(label, 24), count) for label, count in classes[:MOST_BARS]]
        if len(classes) > MOST_BARS:
            rest = classes[MOST_BARS:]
            self._bars.append((filled(self.tr("{0} more"), len(rest)), sum(count for _, count in rest)))
        self.setAccessibleName(", ".join(f"{label}: {count_text(count)}" for label, count in self._bars))
        self.setVisible(bool(self._bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as all bars."""
        return QSize(200, self._row_height() * len(self._bars))

    def minimumSizeHint(self) -> QSize:
        """As high as all bars."""
        return QSize(120, self._row_height() * len(self._bars))

    def _row_height(self) -> int:
        return round(1.35 * QFontMetrics(self.font()).height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint label, bar and count of every class."""
        theme, height = self._theme, self._row_height()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            metrics = painter.fontMetrics()
            widest = max((count for _, count in self._bars), default=1)
            number = max((metrics.horizontalAdvance(count_text(count)) for _, count in self._bars), default=0)
            label_width = min(
                max((metrics.horizontalAdvance(label) for label, _ in self._bars), default=0), self.width() * 0.6
            )
            room = max(10.0, self.width() - label_width - number - 20.0)
            for row, (label, count) in enumerate(self._bars):
                top = row * height
                text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, int(label_width) + 1)
                painter.setPen(theme.colour("text"))
                left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
                painter.drawText(QRectF(0, top, label_width + 2, height), left, text)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.class_colour(row) if row < MOST_BARS else theme.colour("line"))
                painter.drawRoundedRect(
                    QRectF(label_width + 8, top + 0.22 * height, room * count / widest, 0.56 * height), 2, 2
                )
                painter.setPen(theme.colour("quiet"))
                right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
                painter.drawText(QRectF(0, top, self.width(), height), right, count_text(count))


class ImportDialog(QDialog):
    """Shows a table before it is opened, or later to change what its columns mean.

    Parameters
    ----------
    table : Table
    theme : Theme
    choices : TableChoices or None
        Where the editor starts; None: at what is proposed.
    parent : QWidget or None

    Signals
    -------
    chosen : object
        The `TableChoices` that were accepted.
    sheet_chosen : str
        Another sheet of the workbook is wanted instead.
    """

    chosen = Signal(object)
    sheet_chosen = Signal(str)

    def __init__(
        self,
        table: Table,
        theme: Theme,
        choices: TableChoices | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open data"))
        self._theme = theme
        # WORKAROUND: the style sheet's font reaches the widgets only when they are shown; sizes are needed before.
        self._metrics = QFontMetrics(ui_font(theme.font_size))
        self.table = table
        self.roles = ColumnRoles(table, choices, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        add_layout(column, self._build_heading())
        halves = QHBoxLayout()
        halves.setSpacing(18)
        halves.addWidget(self._build_tables(), 3)
        halves.addWidget(self._build_summary(), 1)
        add_layout(column, halves, 1)
        add_layout(column, self._build_buttons())
        self.roles.changed.connect(self._show_summary)
        self._show_summary()
        self._set_size()
        self.open_button.setFocus()

    # -- building -----------------------------------------------------------------------------------------------

    def _build_heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(2)
        title = ElidedLabel(shown(self.table.name, 120), self)
        title.setProperty("role", "heading")
        words.addWidget(title)
        dialect = ElidedLabel(self.table.dialect, self)
        dialect.setProperty("role", "quiet")
        words.addWidget(dialect)
        add_layout(row, words, 1)
        self.sheets = QComboBox(self)
        self.sheets.setAccessibleName(self.tr("Sheet"))
        self.sheets.setToolTip(self.tr("Which sheet of the workbook is read"))
        for name in self.table.sheets:
            self.sheets.addItem(shown(name), name)
        self.sheets.setCurrentIndex(max(0, self.sheets.findData(self.table.sheet)))
        self.sheets.setVisible(self.sheets.count() > 1)
        self.sheets.activated.connect(self._on_sheet)
        row.addWidget(self.sheets)
        return row

    def _build_tables(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        above = QWidget(splitter)
        self.editor = RoleTable(self.roles, self._metrics, above)
        self.selection = SelectionBar(self.editor, above)
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.selection)
        column.addWidget(self.editor, 1)
        self.preview = QTableView(splitter)
        self.preview.setModel(PreviewModel(self.table, self))
        self.preview.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.preview.setAccessibleName(self.tr("The first rows, as typed"))
        self.preview.setToolTip(self.tr("The first rows as they stand in the file; on the left the line"))
        self.preview.setTabKeyNavigation(False)
        self.preview.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self._fit_preview()
        for view in (self.editor, self.preview):
            view.setShowGrid(False)
            view.setAlternatingRowColors(True)
            view.setWordWrap(False)
            view.setTextElideMode(Qt.TextElideMode.ElideRight)
            view.verticalHeader().setDefaultSectionSize(round(1.75 * self._metrics.height()))
            view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            view.horizontalHeader().setHighlightSections(False)
        # A table of few columns leaves its room to the rows.
        needed = self.selection.sizeHint().height() + round(
            1.75 * self._metrics.height() * (self.roles.rowCount() + 2.8)
        )
        splitter.setSizes([min(needed, 360), 600 - min(needed, 360)])
        for part in (0, 1):
            splitter.setStretchFactor(part, 1)
        return splitter

    def _fit_preview(self) -> None:
        """Give the first columns of the preview room for their names and cells; long ones get what the others leave."""
        model, widest = self.preview.model(), 24 * self._metrics.averageCharWidth() + CELL_PADDING
        needed = []
        for section in range(min(model.columnCount(), MOST_FITTED)):
            cells = (str(model.index(row, section).data()) for row in range(min(model.rowCount(), 20)))
            texts = (str(model.headerData(section, Qt.Orientation.Horizontal)), *cells)
            needed.append(max(60, max(self._metrics.horizontalAdvance(text) for text in texts) + CELL_PADDING))
        is_whole = len(needed) == model.columnCount()
        left = self.preview.viewport().width() - sum(min(each, widest) for each in needed) if is_whole else 0
        for section, each in enumerate(needed):
            more = min(max(each - widest, 0), max(left, 0))
            self.preview.setColumnWidth(section, min(each, widest) + more)
            left -= more

    def showEvent(self, event: QShowEvent) -> None:
        """Share out what room there is."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self._fit_preview()

    def _build_summary(self) -> QWidget:
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        self.shape = self._sentence("heading")
        column.addWidget(self.shape)
        task_row = QHBoxLayout()
        label = QLabel(self.tr("predict"), inner)
        label.setProperty("role", "quiet")
        task_row.addWidget(label)
        self.task = QComboBox(inner)
        self.task.setAccessibleName(self.tr("What is predicted"))
        self.task.setToolTip(self.tr("Whether the target names classes, or is a number whose size counts"))
        for words, task in (
            ("", None),
            (self.tr("classes"), "classification"),
            (self.tr("a number (regression)"), "regression"),
        ):
            self.task.addItem(words, task)
        self.task.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.task.activated.connect(self._on_task)
        label.setBuddy(self.task)
        task_row.addWidget(self.task, 1)
        add_layout(column, task_row)
        self.bars = ClassBars(self._theme, inner)
        column.addWidget(self.bars)
        self.offers = OfferButtons(inner)
        self.offers.chosen.connect(self.roles.choose)
        column.addWidget(self.offers)
        self.warnings = self._sentence("quiet")
        column.addWidget(self.warnings)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setProperty("role", "panel")
        area.setMinimumWidth(34 * self._metrics.averageCharWidth())
        return area

    def _sentence(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.reset = QPushButton(self.tr("Reset"), self)
        self.reset.setToolTip(self.tr("Go back to what was proposed"))
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self.roles.reset_choices)
        row.addWidget(self.reset)
        self.problem = self._sentence("error")
        row.addWidget(self.problem, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.open_button = QPushButton(self.tr("Open"), self)
        self.open_button.setProperty("role", "primary")
        self.open_button.setToolTip(self.tr("Train on this table; Undo brings the data before it back"))
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        self.open_button.setDefault(True)
        row.addWidget(buttons)
        return row

    def _set_size(self) -> None:
        self.resize(opening_size(self, 1180, 690))

    # -- showing ------------------------------------------------------------------------------------------------

    @Slot()
    def _show_summary(self) -> None:
        summary = self.roles.summary
        self.shape.setText(summary.shape)
        self.bars.show_classes(summary.classes)
        self.warnings.setText("\n\n".join([*summary.warnings, *self.table.notes]))
        self.warnings.setVisible(bool(self.warnings.text()))
        self.offers.show_offers(summary.offers)
        self.problem.setText(summary.problem)
        self.open_button.setEnabled(not summary.problem)
        self.reset.setEnabled(self.roles.choices != self.roles.defaults)
        self.task.setCurrentIndex(self.task.findData(self.roles.choices.task))
        self.task.setItemText(0, self._proposed_task())

    def _proposed_task(self) -> str:
        """Return what the proposal comes to, as far as that is known."""
        if self.roles.choices.task is not None or self.roles.summary.problem:
            return self.tr("as proposed")
        return self.tr("classes (proposed)") if self.roles.summary.classes else self.tr("a number (proposed)")

    # -- choosing -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_task(self) -> None:
        task: Literal["classification", "regression"] | None = self.task.currentData()
        self.roles.set_task(task)

    @Slot()
    def _on_sheet(self) -> None:
        self.sheet_chosen.emit(str(self.sheets.currentData()))

    @Slot()
    def _on_accepted(self) -> None:
        if self.roles.summary.problem:
            return
        self.chosen.emit(self.roles.choices)
        self.accept()
