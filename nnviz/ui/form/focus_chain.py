"""What the tab key reaches, in the order in which it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def focus_chain(item: QWidget | QLayout) -> Iterator[QWidget]:
    """Yield the widgets that the tab key reaches in `item`, in the order of its layouts, which is the visible one.

    WORKAROUND: the layouts are asked where their parts are, and never for their items. `QLayout.itemAt` of PySide6 6.11
    leaves a Python object behind for an item that Qt deletes together with its row, and the next object at that address
    then crashes.
    """
    if isinstance(item, QWidget) and item.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield item
    layout = item if isinstance(item, QLayout) else item.layout()
    owner = layout.parentWidget() if layout is not None else None
    if layout is None or owner is None:
        return
    inside = [*owner.children(), *layout.children()]
    parts = [(layout.indexOf(part), part) for part in inside if isinstance(part, QWidget | QLayout)]
    for place, part in sorted(parts, key=itemgetter(0)):
        if place >= 0:
            yield from focus_chain(part)
