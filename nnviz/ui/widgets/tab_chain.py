"""The order of the tab key, asked for without taking those who come next for children of those who were asked.

WORKAROUND: PySide 6.10 and 6.11 take what a method returns for a child of its object, whatever its parent is: so
`nextInFocusChain` and `focusProxy` do. Where that object is deleted, all that Qt has made for the supposed child, such
as the actions of its menu, counts as deleted too, and nothing of Python's keeps the child itself. A window that came
next belongs to Python no longer.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

#: More widgets than a chain has: it is a ring, which may change while it is walked.
_LONGEST = 20_000


def first_in_chain(place: QWidget, is_wanted: Callable[[QWidget], bool]) -> QWidget | None:
    """Return the first widget that `place` holds, in the order of the tab key, of which `is_wanted` holds."""
    met: list[QWidget] = []
    after: QWidget | None = place
    try:
        while after is not None and len(met) < _LONGEST:
            after = after.nextInFocusChain()
            if after is None:
                break
            met.append(after)
            if after is place:
                break
            if place.isAncestorOf(after) and is_wanted(after):
                return after
    finally:
        _know_parents(met)
    return None


def takes_tab(widget: QWidget) -> bool:
    """Whether the tab key stops at a widget."""
    policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    if not (policy and widget.isEnabled() and widget.isVisible()):
        return False
    if (proxy := widget.focusProxy()) is None:
        return True
    _know_parents([proxy])
    return False


def _know_parents(widgets: list[QWidget]) -> None:
    """Make each a child of its parent again."""
    for parent in {widget.parentWidget() for widget in widgets}:
        if parent is not None:
            # What it finds is taken for its own.
            parent.findChildren(QObject, options=Qt.FindChildOption.FindDirectChildrenOnly)
    for widget in widgets:
        if widget.parentWidget() is None:
            # For Qt this changes nothing.
            widget.setParent(None)
