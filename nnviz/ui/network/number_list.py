"""A painted list of named numbers with bars: read them, drag the bars, type, or nudge with the arrow keys.

One widget with one editor stands for what would be hundreds of child widgets: 784 weights open as fast as four.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import exact_text, number_text
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.session.commands import next_gesture
from nnviz.ui.network import number_bar
from nnviz.ui.network.number_bar import NumberRow
from nnviz.ui.network.number_editor import NumberEditor, scroll_to

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SHIFT = Qt.KeyboardModifier.ShiftModifier
NUDGE = 0.02
"""An arrow key's step, as a share of the bar's length; with Shift ten times as much."""
LARGEST = 1e6
"""Magnitude beyond which a weight or an input is surely a slip, and soon an overflow."""
MOST_TAB_STOPS = 64
"""Rows up to which Tab walks through a list; a longer one would keep the keyboard from what comes behind it."""
_TYPED = "0123456789.,-+"


class NumberList(QWidget):
    """Rows of label, bar and number, in one or more columns.

    *Signals*

    value_edited(object, float, str) : key, value, merge key
        The user changed a number; edits of one drag or of one series of nudges share a merge key.
    complained(str) :
        One sentence about what was typed, or "" when all is well again.
    """

    value_edited = Signal(object, float, str)
    complained = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, column_width: float = 0.0) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column_width = column_width
        self._rows: tuple[NumberRow, ...] = ()
        self._values: list[float] = []
        self._notes: list[str] = []
        self._current = -1
        self._editing = -1
        self._dragged: tuple[int, float] | None = None
        self._drag_key = ""
        self._offered = ""
        self._widths_for: tuple[float, bool] | None = None
        self._kept_widths = (0.0, 0.0, 0.0)
        self._editor = NumberEditor(self)
        self._editor.went.connect(self._on_went)
        self._editor.given_up.connect(self._close_editor)
        self._editor.left.connect(self._on_left)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # It fills its own background: the cards below, round and framed, would be painted for every number otherwise.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    # What is shown

    @property
    def rows(self) -> tuple[NumberRow, ...]:
        """The rows, top to bottom."""
        return self._rows

    @property
    def values(self) -> tuple[float, ...]:
        """Their values, as shown."""
        return tuple(self._values)

    @property
    def editor(self) -> QLineEdit:
        """The one field for typing, hidden until a row is edited."""
        return self._editor

    @property
    def is_busy(self) -> bool:
        """Whether the user is typing, dragging or pointing here: rows should then stay where they are."""
        return self._editing >= 0 or self._dragged is not None or self.underMouse()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self._widths_for = None
        self._resize_to_rows()
        self.update()

    def set_rows(self, rows: Sequence[NumberRow], values: Sequence[float], notes: Sequence[str] = ()) -> None:
        """Show other rows; `notes` are quiet numbers behind the values, such as gradients."""
        before = len(self._rows)
        self._rows = tuple(rows)
        self._widths_for = None
        if self._current >= len(self._rows):
            self._current = -1
        if self._editing >= len(self._rows):
            self._close_editor()
        self.set_values(values, notes)
        if len(self._rows) != before:
            self._resize_to_rows()

    def set_values(self, values: Sequence[float], notes: Sequence[str] = ()) -> None:
        """Follow new values; the row under the user's finger keeps its own."""
        self._values = list(values)
        self._notes = list(notes)
        if self._dragged is not None and self._dragged[0] < len(self._values):
            self._values[self._dragged[0]] = self._dragged[1]
        self.update()

    def sizeHint(self) -> QSize:
        """As high as all rows."""
        return QSize(240, self._rows_height())

    def minimumSizeHint(self) -> QSize:
        """As high as all rows: the list lives in a scroll area."""
        return QSize(140, self._rows_height())

    def readable_width(self) -> float:
        """Return the width in which no name is cut beside a bar, a number and a note."""
        return number_bar.readable_width(QFontMetricsF(ui_font(self._theme.font_size)), self._rows)

    def _row_height(self) -> float:
        return round(QFontMetricsF(ui_font(self._theme.font_size)).height() * 1.32)

    def _columns(self) -> int:
        return max(1, int(self.width() // self._column_width)) if self._column_width else 1

    def _rows_height(self) -> int:
        columns = self._columns()
        return int(self._row_height() * -(-len(self._rows) // columns)) + 1

    def _resize_to_rows(self) -> None:
        self.setMinimumHeight(self._rows_height())
        self.updateGeometry()

    # Geometry

    def cell(self, row: int) -> QRectF:
        """Return where a row is."""
        columns = self._columns()
        width, height, gutter = self.width() / columns, self._row_height(), 14.0 if columns > 1 else 0.0
        return QRectF((row % columns) * width, (row // columns) * height, width - gutter, height)

    def _widths(self, width: float) -> tuple[float, float, float]:
        """Return the widths of label, number and note in a cell of `width`; the same for all rows."""
        key = width, bool(self._notes)
        if self._widths_for != key:
            metrics = QFontMetricsF(ui_font(self._theme.font_size))
            self._widths_for, self._kept_widths = (
                key,
                number_bar.column_widths(metrics, width, self._rows, bool(self._notes)),
            )
        return self._kept_widths

    def parts(self, row: int) -> tuple[QRectF, QRectF, QRectF, QRectF]:
        """Return where label, bar, number and note of a row are."""
        cell = self.cell(row)
        label, number, note = self._widths(cell.width())
        bar = max(cell.width() - label - number - note - 12.0, 20.0)
        x, y, height = cell.left(), cell.top(), cell.height()
        return (
            QRectF(x, y, label, height),
            QRectF(x + label, y + 0.18 * height, bar, 0.64 * height),
            QRectF(x + label + bar + 6.0, y, number, height),
            QRectF(x + label + bar + 6.0 + number, y, note, height),
        )

    def _row_at(self, point: QPointF) -> int:
        columns = self._columns()
        column = min(int(point.x() // (self.width() / columns)), columns - 1)
        row = int(point.y() // self._row_height()) * columns + column
        return row if 0 <= row < len(self._rows) and point.y() >= 0 else -1

    def _value_at(self, row: int, x: float) -> float:
        return number_bar.value_at(self.parts(row)[1], self._rows[row], x)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are on the screen."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour("panel"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(self._theme.font_size))
        columns, height = self._columns(), self._row_height()
        first = int(event.rect().top() // height) * columns
        last = min((int(event.rect().bottom() // height) + 1) * columns, len(self._rows))
        for row in range(max(first, 0), last):
            self._paint_row(painter, row)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int) -> None:
        entry, label, note = self._rows[row], self.parts(row)[0], self.parts(row)[3]
        if row == self._current and self.hasFocus():
            number_bar.paint_ring(painter, self.cell(row), self._theme)
        number_bar.paint_label(painter, label, entry, self._theme)
        number_bar.paint_number_bar(painter, self.parts(row)[1], entry, self._values[row], self._theme)
        if row != self._editing:
            painter.setPen(self._theme.colour("text"))
            painter.drawText(self.parts(row)[2], _RIGHT, number_text(self._values[row], 3))
        if note.width() and row < len(self._notes):
            painter.setPen(self._theme.colour("quiet"))
            painter.drawText(note, _RIGHT, self._notes[row])

    # Editing

    def edit_row(self, row: int, text: str | None = None) -> None:
        """Open the editor on a row, with its value or with `text` in it."""
        if not 0 <= row < len(self._rows):
            return
        self._go(row)
        self._editing = row
        number = self.parts(row)[2]
        self._editor.setGeometry(number.adjusted(-26.0, 0.0, 2.0, 0.0).toRect())
        self._editor.setStyleSheet("padding: 0px 3px; min-height: 0px;")
        self._editor.setAccessibleName(self._rows[row].label)
        self._offered = exact_text(float(f"{self._values[row]:.6g}")) if text is None else ""
        self._editor.setText(self._offered if text is None else text)
        self._editor.show()
        self._editor.setFocus()
        if text is None:
            self._editor.selectAll()

    @Slot()
    def _close_editor(self) -> None:
        if self._editing < 0:
            return
        had_focus = self._editor.hasFocus()
        self._editing = -1
        self._editor.hide()
        self.complained.emit("")
        if had_focus:
            self.setFocus()
        self.update()

    def _commit(self) -> bool:
        """Take over what was typed; where it is no number, say so and keep the old value."""
        row = self._editing
        if self._editor.text() == self._offered:
            # It has six digits of the value: taken over, they would round it.
            self._close_editor()
            return True
        try:
            value = parse_number(self._editor.text(), largest=LARGEST)
        except NnvizError as error:
            self.complained.emit(str(error))
            self._editor.selectAll()
            return False
        self._close_editor()
        self._set(row, value, "")
        return True

    def _set(self, row: int, value: float, merge_key: str) -> None:
        self._values[row] = value
        self.value_edited.emit(self._rows[row].key, float(value), merge_key)
        # Alone: a drag paints it several times a frame. Bars reach a little out of their cells.
        self.update(self.cell(row).toAlignedRect().adjusted(-2, -2, 2, 2))

    @Slot(int, bool)
    def _on_went(self, step: int, by_tab: bool) -> None:
        row = self._editing + step
        if not self._commit() or not step:
            return
        if 0 <= row < len(self._rows):
            self.edit_row(row)
        elif by_tab:
            self.focusNextPrevChild(step > 0)
        else:
            self.edit_row(row - step)

    @Slot()
    def _on_left(self) -> None:
        if self._editing >= 0 and not self._commit():
            row, self._editing = self._editing, -1
            self._editor.hide()
            self._current = row

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab walk through a list that is short enough, number by number."""
        row = self._current + (1 if forward else -1)
        if not (self.hasFocus() and 0 <= row < len(self._rows) <= MOST_TAB_STOPS):
            return super().focusNextPrevChild(forward)
        self._go(row)
        return True

    def _go(self, row: int) -> None:
        """Make a row the current one, and scroll to it."""
        self._current = row
        scroll_to(self, self.cell(row))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a bar, or open the editor on a number."""
        row = self._row_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            return
        self.setFocus()
        self._current = row
        _, bar, number, _ = self.parts(row)
        if bar.adjusted(-4.0, -6.0, 4.0, 6.0).contains(event.position()):
            self._drag_key = next_gesture()
            self._drag_to(row, event.position().x())
        elif number.contains(event.position()):
            self.edit_row(row)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show what can be done here."""
        if self._dragged is not None:
            self._drag_to(self._dragged[0], event.position().x())
            return
        row = self._row_at(event.position())
        cursor = Qt.CursorShape.ArrowCursor
        if row >= 0:
            _, bar, number, _ = self.parts(row)
            if bar.contains(event.position()):
                cursor = Qt.CursorShape.SizeHorCursor
            elif number.contains(event.position()):
                cursor = Qt.CursorShape.IBeamCursor
        self.setCursor(cursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the bar."""
        self._dragged = None
        super().mouseReleaseEvent(event)

    def _drag_to(self, row: int, x: float) -> None:
        value = self._value_at(row, x)
        if self._dragged != (row, value):
            self._dragged = (row, value)
            self._set(row, value, self._drag_key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose a row, left and right nudge it, Enter or a digit edits it."""
        key, row = event.key(), max(self._current, 0)
        if not self._rows:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = self._columns() * (1 if key == Qt.Key.Key_Down else -1)
            self._go(min(max(row + step, 0), len(self._rows) - 1) if self._current >= 0 else 0)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            entry = self._rows[row]
            nudge = NUDGE * (entry.high - entry.low) / 2 * (10.0 if event.modifiers() & _SHIFT else 1.0)
            self._current = row
            sign = 1.0 if key == Qt.Key.Key_Right else -1.0
            self._set(row, self._values[row] + sign * nudge, f"nudge {entry.key}")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_row(row)
        elif event.text() and event.text() in _TYPED:
            self.edit_row(row, event.text())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the current row; Tab comes to the first, and back to the last."""
        ends = {Qt.FocusReason.TabFocusReason: 0, Qt.FocusReason.BacktabFocusReason: len(self._rows) - 1}
        self._current = ends.get(event.reason(), max(self._current, 0)) if self._rows else -1
        self.update()
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep what is typed from shortcuts: digits stay digits."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._rows:
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and event.text() and event.text() in _TYPED:
                event.accept()
                return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in another application font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._widths_for = None
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Refill the columns."""
        self._resize_to_rows()
        super().resizeEvent(event)
