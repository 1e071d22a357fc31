"""The mouse rests between two docks, or holds what lies between them, while the docks are rearranged below it.

Where it does not let go of it first, Qt ends the process.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHoverEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from nnviz.ui.window.main_window import MainWindow

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

SPLIT = Qt.CursorShape.SplitHCursor


def hover(window: MainWindow, place: QPoint) -> None:
    at, on_screen = QPointF(place), QPointF(window.mapToGlobal(place))
    QApplication.sendEvent(window, QHoverEvent(QEvent.Type.HoverMove, at, on_screen, at))


def mouse(window: MainWindow, kind: QEvent.Type, place: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button, held = (none, left) if kind == QEvent.Type.MouseMove else (left, left)
    at, on_screen = QPointF(place), QPointF(window.mapToGlobal(place))
    QApplication.sendEvent(window, QMouseEvent(kind, at, on_screen, button, held, Qt.KeyboardModifier.NoModifier))


def between(window: MainWindow) -> QPoint:
    """Put the map beside the loss, above the answers, and the mouse between the two; return where that is."""
    docks = window.docks
    docks["answers"].open()
    window.splitDockWidget(docks["boundary"], docks["loss"], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    edge = docks["loss"].geometry()
    for x in range(edge.left() - 4, edge.left() + 4):
        place = QPoint(x, edge.center().y())
        hover(window, place)
        if window.cursor().shape() == SPLIT:
            return place
    raise AssertionError("there is nothing between them")


def choose(window: MainWindow, _former: object) -> None:
    window.actions_.layouts["explore"].trigger()


def put_back(window: MainWindow, former: object) -> None:
    assert window.layouts.put_back(former)


def drop(window: MainWindow, _former: object) -> None:
    """Let both go where the table is, tab by tab."""
    for name in ("loss", "boundary"):
        window.docks[name].setFloating(False)
        window.tabifyDockWidget(window.docks["answers"], window.docks[name])


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize("rearrange", [choose, put_back, drop])
def test_the_mouse_lies_between_docks_that_are_rearranged(
    window: MainWindow, rearrange: Callable[[MainWindow, object], None], is_held: bool
) -> None:
    window.resize(1600, 900)
    former = window.layouts.arrangement()
    place = between(window)
    if is_held:
        mouse(window, QEvent.Type.MouseButtonPress, place)
        mouse(window, QEvent.Type.MouseMove, place + QPoint(10, 0))
    rearrange(window, former)
    assert window.cursor().shape() != SPLIT
    QApplication.processEvents()
    before = {name: dock.geometry() for name, dock in window.docks.items()}
    mouse(window, QEvent.Type.MouseMove, place + QPoint(40, 0))
    hover(window, QPoint(5, 5))
    QApplication.processEvents()
    mouse(window, QEvent.Type.MouseButtonRelease, place)
    # Nothing is held any more that would move docks, or bring their former places back.
    assert {name: dock.geometry() for name, dock in window.docks.items()} == before
