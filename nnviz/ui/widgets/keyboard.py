"""What tells a walk by keyboard from a click: a key that the window uses too belongs to a widget only during a walk."""

from __future__ import annotations

from PySide6.QtCore import Qt

#: Ways to get the focus that begin a walk.
BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
#: Ways to lose the focus for a while: a menu borrows the keys, or another window has them.
FOR_A_WHILE = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
