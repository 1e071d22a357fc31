"""What is seen in a window, in an order that is the same every time.

`findChildren` takes what it finds for its own: Python objects of what Qt itself makes and deletes, such as the tab bars
between panels, would stay as long as the window.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget


def seen_widgets(top: QWidget) -> list[QWidget]:
    """Return `top` and all in it that is visible, from the upper edge down and from left to right.

    What is in another window is not in it.
    """

    def place_of(widget: QWidget) -> tuple[int, int, int, int, str, str]:
        at = widget.mapTo(top, QPoint(0, 0))
        return at.y(), at.x(), -widget.width(), -widget.height(), type(widget).__name__, widget.objectName()

    inside = [each for each in QApplication.allWidgets() if each.isVisible() and top.isAncestorOf(each)]
    return [top, *sorted(inside, key=place_of)]
