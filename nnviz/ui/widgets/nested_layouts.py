"""Layouts within layouts, without the Python objects that PySide leaves behind for what lies in them.

WORKAROUND: `addLayout` of PySide 6.10 and 6.11 makes a Python object of every item that the inner layout has by then,
and so does `itemAt`. Qt deletes an item with its widget and tells nobody; the object stays, and stands for whatever
comes to lie at that address. If that is a `QObject`, the process crashes when it is deleted.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QBoxLayout, QFormLayout, QGridLayout, QLayout, QStackedLayout

#: Layouts of Qt's own, which need no Python object of an item.
_KINDS = QBoxLayout, QFormLayout, QGridLayout, QStackedLayout


def add_layout(outer: QBoxLayout | QGridLayout, inner: QLayout, *place: int) -> None:
    """Put `inner` into `outer`: at its end and with a stretch, or in a grid at a row and a column, and their spans."""
    outer.addLayout(inner, *place)  # type: ignore[call-overload]
    _forget_items(inner)


def _forget_items(layout: QLayout) -> None:
    if not isinstance(layout, _KINDS):
        return
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if isinstance(item, QLayout):
            _forget_items(item)
        elif item is not None:
            shiboken6.invalidate(item)
