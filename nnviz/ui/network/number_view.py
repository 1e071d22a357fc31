"""A painted list view of named numbers with bars: where its rows are and what they look like, not how they are edited.

It is a list to Qt and to whoever hears the window. Rows are painted at once, without an option and a delegate for each:
784 weights open as fast as four.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAccessible, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScrollArea, QSizePolicy, QWidget

from nnviz.core.numbers import number_text
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.ui.network import number_bar
from nnviz.ui.network.number_bar import NumberRow
from nnviz.ui.network.number_model import NumberModel

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_HELP = (QEvent.Type.ToolTip, QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis)


class NumberView(QListView):
    """Rows of label, bar and number, in one or more columns, all as high as they are: it lives in a scroll area.

    Parameters
    ----------
    theme : Theme
    parent : QWidget or None
    column_width : float
        About how wide a column is; 0: one column, as wide as the list.

    Signals
    -------
    notes_came_or_went : ()
        There is room for `notes` now, or no longer.
    """

    notes_came_or_went = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, column_width: float = 0.0) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column_width = column_width
        self._current = -1
        self._editing = -1
        self._widths_for: tuple[float, bool] | None = None
        self._kept_widths = (0.0, 0.0, 0.0)
        self._had_notes = False
        self._numbers = NumberModel(self)
        self.setModel(self._numbers)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAutoScroll(False)
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        # It fills its own background: the cards below, round and framed, would be painted for every number otherwise.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    # What is shown

    @property
    def rows(self) -> tuple[NumberRow, ...]:
        """The rows, top to bottom."""
        return self._numbers.rows

    @property
    def values(self) -> tuple[float, ...]:
        """Their values, as shown."""
        return tuple(self._numbers.values)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self._widths_for = None
        self._resize_to_rows()
        self.repaint_rows()

    def set_rows(self, rows: Sequence[NumberRow], values: Sequence[float], notes: Sequence[str] = ()) -> None:
        """Show other rows; `notes` are quiet numbers behind the values, such as gradients."""
        if tuple(rows) == self.rows:
            self.set_values(values, notes)
            return
        self._widths_for = None
        self._numbers.set_rows(rows, values, notes)
        if self._current >= len(self.rows):
            self._current = -1
        self._choose_current()
        self.repaint_rows()
        if self.rows_height() != self.minimumHeight():
            self._resize_to_rows()
        self._tell_of_notes()

    def set_values(self, values: Sequence[float], notes: Sequence[str] = ()) -> None:
        """Follow new values."""
        numbers = self._numbers
        numbers.values, numbers.notes = list(values), list(notes)
        self.repaint_rows()
        self._tell_of_notes()
        if QAccessible.isActive() and numbers.rows:
            # Qt lays all items out anew for it, which is in vain where nobody listens.
            numbers.dataChanged.emit(numbers.index(0), numbers.index(len(numbers.rows) - 1))

    @Slot()
    def repaint_rows(self) -> None:
        """Paint all rows anew."""
        self.viewport().update()

    @property
    def shows_notes(self) -> bool:
        """Whether there are notes, and room for them."""
        return bool(self.rows) and self._widths(self.cell(0).width())[2] > 0.0

    def _tell_of_notes(self) -> None:
        if self.shows_notes != self._had_notes:
            self._had_notes = not self._had_notes
            self.notes_came_or_went.emit()

    def _choose_current(self) -> None:
        """Let Qt, and whoever hears the window, know which row the keyboard is on."""
        index = self._numbers.index(self._current) if self._current >= 0 else QModelIndex()
        if index != self.currentIndex():
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)

    # Geometry

    def sizeHint(self) -> QSize:
        """As high as all rows."""
        return QSize(240, self.rows_height())

    def minimumSizeHint(self) -> QSize:
        """As high as all rows: the list lives in a scroll area."""
        return QSize(140, self.rows_height())

    def readable_width(self, *, with_notes: bool = True, bar: float = number_bar.SHORTEST_BAR) -> float:
        """Return the width in which no name is cut beside a bar, a number and a note."""
        metrics = QFontMetricsF(ui_font(self._theme.font_size))
        return number_bar.readable_width(metrics, self.rows, with_notes=with_notes, bar=bar)

    def rows_height(self) -> int:
        """Return how high all rows are."""
        return int(self._row_height() * -(-len(self.rows) // self._columns())) + 1

    @property
    def is_stacked(self) -> bool:
        """Whether names stand above their bars, as a list that is too narrow for both would cut them."""
        return self._widths(self.width())[0] == 0.0 if not self._column_width else False

    def line_height(self) -> float:
        """Return how high one line is."""
        return round(QFontMetricsF(ui_font(self._theme.font_size)).height() * 1.32)

    def _row_height(self) -> float:
        return self.line_height() * (2 if self.is_stacked else 1)

    def _columns(self) -> int:
        return max(1, int(self.width() // self._column_width)) if self._column_width else 1

    def _resize_to_rows(self) -> None:
        self.setMinimumHeight(self.rows_height())
        self.updateGeometry()

    def cell(self, row: int) -> QRectF:
        """Return where a row is."""
        columns = self._columns()
        width, height, gutter = self.width() / columns, self._row_height(), 14.0 if columns > 1 else 0.0
        return QRectF((row % columns) * width, (row // columns) * height, width - gutter, height)

    def _widths(self, width: float) -> tuple[float, float, float]:
        """Return the widths of label, number and note in a cell of `width`; the same for all rows.

        Of a label that stands above all it is 0.
        """
        key = width, bool(self._numbers.notes)
        if self._widths_for != key:
            metrics = QFontMetricsF(ui_font(self._theme.font_size))
            stacked = not self._column_width and number_bar.cuts_a_name(metrics, width, self.rows)
            widths = number_bar.column_widths(metrics, width, () if stacked else self.rows, key[1])
            self._widths_for, self._kept_widths = key, (0.0, *widths[1:]) if stacked else widths
        return self._kept_widths

    def parts(self, row: int) -> tuple[QRectF, QRectF, QRectF, QRectF]:
        """Return where label, bar, number and note of a row are."""
        cell, height = self.cell(row), self.line_height()
        label, number, note = self._widths(cell.width())
        x, y, above = cell.left(), cell.bottom() - height, self.is_stacked
        if above:
            x, label = x + 4.0, 0.0
        bar = max(cell.right() - x - label - number - note - 12.0, 20.0)
        return (
            QRectF(cell.left(), cell.top(), cell.width() if above else label, height),
            QRectF(x + label, y + 0.18 * height, bar, 0.64 * height),
            QRectF(x + label + bar + 6.0, y, number, height),
            QRectF(x + label + bar + 6.0 + number, y, note, height),
        )

    def row_at(self, point: QPointF) -> int:
        """Return the row at a point, −1 where there is none."""
        columns = self._columns()
        column = min(int(point.x() // (self.width() / columns)), columns - 1)
        row = int(point.y() // self._row_height()) * columns + column
        return row if 0 <= row < len(self.rows) and point.y() >= 0 else -1

    # What Qt and screen readers ask of a list

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Return where an item is."""
        return self.cell(index.row()).toRect() if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the item at a point."""
        row = self.row_at(QPointF(point))
        return self._numbers.index(row) if row >= 0 else QModelIndex()

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        _hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Let the scroll area that the list is in show an item."""
        if index.isValid():
            self.scroll_to_row(index.row())

    def scroll_to_row(self, row: int) -> None:
        """Let the scroll area that the list is in, if it is in one, show a row."""
        place, part = self.cell(row), self.parentWidget()
        while part is not None and not isinstance(part, QScrollArea):
            part = part.parentWidget()
        content = part.widget() if isinstance(part, QScrollArea) else None
        if isinstance(part, QScrollArea) and content is not None:
            at = self.mapTo(content, QPoint(round(place.left()), round(place.center().y())))
            part.ensureVisible(at.x(), at.y(), 0, round(place.height()))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are on the screen."""
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._theme.colour("panel"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(ui_font(self._theme.font_size))
            columns, height = self._columns(), self._row_height()
            first = int(event.rect().top() // height) * columns
            last = min((int(event.rect().bottom() // height) + 1) * columns, len(self.rows))
            for row in range(max(first, 0), last):
                self._paint_row(painter, row)

    def _paint_row(self, painter: QPainter, row: int) -> None:
        entry, value, notes = self.rows[row], self._numbers.values[row], self._numbers.notes
        label, bar, number, note = self.parts(row)
        if row == self._current and self.hasFocus():
            number_bar.paint_ring(painter, self.cell(row), self._theme)
        number_bar.paint_label(painter, label, entry, self._theme)
        number_bar.paint_number_bar(painter, bar, entry, value, self._theme)
        if row != self._editing:
            painter.setPen(self._theme.colour("text"))
            painter.drawText(number, _RIGHT, number_text(value, 3))
        if note.width() and row < len(notes):
            painter.setPen(self._theme.colour("quiet"))
            painter.drawText(note, _RIGHT, notes[row])

    # Events

    def viewportEvent(self, event: QEvent) -> bool:
        """Leave help to the list as a whole: Qt would ask each item for its own, and find none."""
        return False if event.type() in _HELP else super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the scroll area."""
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in another application font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._widths_for = None
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Refill the columns."""
        self._resize_to_rows()
        super().resizeEvent(event)
        self._tell_of_notes()
