"""A list of named numbers with bars that can be edited: drag the bars, type, or nudge with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import exact_text
from nnviz.drawing.theme import Theme
from nnviz.session.commands import next_gesture
from nnviz.ui.network import number_bar
from nnviz.ui.network.number_bar import NumberRow
from nnviz.ui.network.number_editor import NumberEditor
from nnviz.ui.network.number_model import LARGEST
from nnviz.ui.network.number_view import NumberView

_SHIFT = Qt.KeyboardModifier.ShiftModifier
NUDGE = 0.02
"""An arrow key's step, as a share of the bar's length; with Shift ten times as much."""
MOST_TAB_STOPS = 64
"""Rows up to which Tab walks through a list; a longer one would keep the keyboard from what comes behind it."""
_TYPED = "0123456789.,-+"
#: With these held a key is a command, such as Ctrl and minus, and no number.
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class NumberList(NumberView):
    """A `NumberView` whose numbers can be changed.

    *Signals*

    value_edited(object, float, str) : key, value, merge key
        The user changed a number; edits of one drag or of one series of nudges share a merge key.
    complained(str) :
        One sentence about what was typed, or "" when all is well again.
    menu_wanted(object, QPoint) : key, where on the screen
        A right click on a row, or the menu key.
    """

    value_edited = Signal(object, float, str)
    complained = Signal(str)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, column_width: float = 0.0) -> None:
        super().__init__(theme, parent, column_width=column_width)
        self._dragged: tuple[int, float] | None = None
        self._drag_key = ""
        self._offered = ""
        self._editor = NumberEditor(self.viewport())
        self._editor.went.connect(self._on_went)
        self._editor.given_up.connect(self._close_editor)
        self._editor.left.connect(self._on_left)
        self._numbers.entered.connect(self._on_entered)

    @property
    def editor(self) -> QLineEdit:
        """The one field for typing, hidden until a row is edited."""
        return self._editor

    @property
    def is_busy(self) -> bool:
        """Whether the user is typing, dragging or pointing here: rows should then stay where they are."""
        return self.is_held or self.underMouse()

    @property
    def is_held(self) -> bool:
        """Whether the user is typing or dragging here: what is shown should then follow at once."""
        return self._editing >= 0 or self._dragged is not None

    def set_rows(self, rows: Sequence[NumberRow], values: Sequence[float], notes: Sequence[str] = ()) -> None:
        """Show other rows; a number that is typed into one that has gone, or dragged there, is forgotten."""
        if not self._keeps(self._editing, rows):
            self._close_editor()
        if self._dragged is not None and not self._keeps(self._dragged[0], rows):
            self._dragged = None
        super().set_rows(rows, values, notes)
        self._keep_dragged()

    def _keeps(self, row: int, rows: Sequence[NumberRow]) -> bool:
        """Return whether a row is the same among others."""
        return 0 <= row < min(len(self.rows), len(rows)) and self.rows[row].key == rows[row].key

    def set_values(self, values: Sequence[float], notes: Sequence[str] = ()) -> None:
        """Follow new values; the row under the user's finger keeps its own."""
        super().set_values(values, notes)
        self._keep_dragged()

    def _keep_dragged(self) -> None:
        if self._dragged is not None and self._dragged[0] < len(self._numbers.values):
            self._numbers.values[self._dragged[0]] = self._dragged[1]

    # Editing

    def edit_row(self, row: int, text: str | None = None) -> None:
        """Open the editor on a row, with its value or with `text` in it."""
        if not 0 <= row < len(self.rows):
            return
        self._go(row)
        self._editing = row
        number = self.parts(row)[2]
        self._editor.setStyleSheet("padding: 0px 3px; min-height: 0px;")
        # Before it has its place: until it is polished it insists on the height of a field in a form.
        self._editor.ensurePolished()
        self._editor.setGeometry(number.adjusted(-26.0, 0.0, 2.0, 0.0).toRect())
        self._editor.setAccessibleName(self.rows[row].label)
        self._offered = exact_text(float(f"{self._numbers.values[row]:.6g}")) if text is None else ""
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
        self.repaint_rows()

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
        self._numbers.values[row] = value
        self.value_edited.emit(self.rows[row].key, float(value), merge_key)
        # Alone: a drag paints it several times a frame. Bars reach a little out of their cells.
        self.viewport().update(self.cell(row).toAlignedRect().adjusted(-2, -2, 2, 2))

    @Slot(int, float)
    def _on_entered(self, row: int, value: float) -> None:
        self._set(row, value, "")

    @Slot(int, bool)
    def _on_went(self, step: int, by_tab: bool) -> None:
        row = self._editing + step
        if not self._commit() or not step:
            return
        if 0 <= row < len(self.rows):
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
        if not (self.hasFocus() and 0 <= row < len(self.rows) <= MOST_TAB_STOPS):
            return super().focusNextPrevChild(forward)
        self._go(row)
        return True

    def _go(self, row: int) -> None:
        """Make a row the current one, and scroll to it."""
        self._current = row
        self._choose_current()
        self.scroll_to_row(row)
        self.repaint_rows()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a bar, or open the editor on a number."""
        row = self.row_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            return
        self.setFocus()
        self._current = row
        self._choose_current()
        _, bar, number, _ = self.parts(row)
        if bar.adjusted(-4.0, -6.0, 4.0, 6.0).contains(event.position()):
            self._drag_key = next_gesture()
            self._drag_to(row, event.position().x())
        elif number.contains(event.position()):
            self.edit_row(row)
        self.repaint_rows()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let quick clicks all count."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show what can be done here."""
        if not event.buttons():
            # Let go over a dialog that came meanwhile.
            self._dragged = None
        if self._dragged is not None:
            self._drag_to(self._dragged[0], event.position().x())
            return
        row = self.row_at(event.position())
        cursor = Qt.CursorShape.ArrowCursor
        if row >= 0:
            _, bar, number, _ = self.parts(row)
            if bar.contains(event.position()):
                cursor = Qt.CursorShape.SizeHorCursor
            elif number.contains(event.position()):
                cursor = Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(cursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go of the bar."""
        self._dragged = None

    def _drag_to(self, row: int, x: float) -> None:
        value = number_bar.value_at(self.parts(row)[1], self.rows[row], x)
        if self._dragged != (row, value):
            self._dragged = (row, value)
            self._set(row, value, self._drag_key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose a row, left and right nudge it, Enter or a digit edits it."""
        key, row = event.key(), max(self._current, 0)
        if not self.rows:
            event.ignore()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = self._columns() * (1 if key == Qt.Key.Key_Down else -1)
            self._go(min(max(row + step, 0), len(self.rows) - 1) if self._current >= 0 else 0)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            entry = self.rows[row]
            nudge = NUDGE * (entry.high - entry.low) / 2 * (10.0 if event.modifiers() & _SHIFT else 1.0)
            self._current = row
            sign = 1.0 if key == Qt.Key.Key_Right else -1.0
            self._set(row, self._numbers.values[row] + sign * nudge, f"nudge {entry.key}")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_row(row)
        elif event.text() and event.text() in _TYPED and not event.modifiers() & _COMMANDS:
            self.edit_row(row, event.text())
        else:
            # Qt's own lists look for an item that begins with what is typed; the single keys are the window's.
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the mouse, or of the one that the keyboard is on."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = self._current if by_keyboard else self.row_at(QPointF(event.pos()))
        if not 0 <= row < len(self.rows):
            event.ignore()
            return
        middle = self.viewport().mapToGlobal(self.parts(row)[1].center().toPoint())
        self.menu_wanted.emit(self.rows[row].key, middle if by_keyboard else event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the current row; Tab comes to the first, and back to the last."""
        ends = {Qt.FocusReason.TabFocusReason: 0, Qt.FocusReason.BacktabFocusReason: len(self.rows) - 1}
        self._current = ends.get(event.reason(), max(self._current, 0)) if self.rows else -1
        self._choose_current()
        self.repaint_rows()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.repaint_rows()

    def event(self, event: QEvent) -> bool:
        """Keep what is typed from shortcuts: digits stay digits."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self.rows:
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and event.text() and event.text() in _TYPED:
                event.accept()
                return True
        return super().event(event)
