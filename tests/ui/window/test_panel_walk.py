"""The window by keyboard alone: from panel to panel, through each, and back; wherever the keys are, it is seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.panel_walk import is_on_show

#: Pixels that tell at the least where the keys are, and by how much of 255 each.
FEWEST_PIXELS, LEAST_CHANGE = 20, 60
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QWidget:
    QTest.keyClick(QApplication.focusWidget(), key, modifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def picture(window: MainWindow, widget: QWidget) -> np.ndarray:
    rect = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-4, -4, 4, 4)
    image = window.grab(rect).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, :, :3].astype(int)


def test_one_key_goes_to_what_was_opened_and_from_panel_to_panel(window: MainWindow, qtbot: QtBot) -> None:
    window.show_proportioned()
    window.activateWindow()
    window.step()
    window.controller.wait_idle()
    window.setFocus()
    docks = window.docks
    # What has just been opened comes first, and there what comes first in it.
    for key, name in (
        (Qt.Key.Key_H, "health"),
        (Qt.Key.Key_Y, "weight"),
        (Qt.Key.Key_V, "warp"),
        (Qt.Key.Key_W, "worked"),
    ):
        press(key)
        qtbot.waitUntil(lambda name=name: docks[name].is_seen)
        first = press(Qt.Key.Key_F6)
        assert docks[name].isAncestorOf(first)
        # Nothing has lost the way back to the window.
        assert press(Qt.Key.Key_Escape) is window
    # Once around, forwards and back.
    stops = [press(Qt.Key.Key_F6) for _ in range(8)]
    there = {next((name for name in docks if docks[name].isAncestorOf(stop)), "window") for stop in stops}
    assert there == {"setup", "boundary", "worked", "timeline", "window"}, "behind another's tab nothing is seen"
    assert len(set(stops)) == 6, "the run bar and the network besides"
    here = press(Qt.Key.Key_F6)
    press(Qt.Key.Key_F6)
    assert press(Qt.Key.Key_F6, SHIFT) is here, "it comes back to where one was"


def test_tab_stops_only_at_what_is_seen_and_every_stop_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    window.show_proportioned()
    window.activateWindow()
    window.setFocus()
    press(Qt.Key.Key_W)
    qtbot.waitUntil(lambda: window.worked.model.worked is not None)
    window.setFocus()
    stops: list[QWidget] = []
    faint = []
    while True:
        focus = press(Qt.Key.Key_Tab)
        if focus in stops:
            break
        stops.append(focus)
        assert is_on_show(window, focus), focus
        with_keys = picture(window, focus)
        window.setFocus(Qt.FocusReason.OtherFocusReason)
        without = picture(window, focus)
        focus.setFocus(Qt.FocusReason.TabFocusReason)
        if (np.abs(with_keys - without).max(axis=2) > LEAST_CHANGE).sum() < FEWEST_PIXELS:
            faint.append((type(focus).__name__, focus.accessibleName()))
    assert not faint
    assert len(stops) > 60
    panel = window.worked.panel
    order = [widget for widget in stops if window.docks["worked"].isAncestorOf(widget)]
    assert order.index(panel.tabs["steps"]) < order.index(panel.on_button) < order.index(panel.sheet)
    assert not any(window.loss_view.isAncestorOf(widget) for widget in stops)
    # Qt leaves tab bars of places that nobody shares any more; they lie below the panels.
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        titles = {bar.tabText(n) for n in range(bar.count())}
        sharing = [dock for dock in window.docks.values() if dock.isVisible() and dock.windowTitle() in titles]
        assert len(sharing) > 1 or not is_on_show(window, bar)
