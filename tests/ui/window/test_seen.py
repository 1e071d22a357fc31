"""Whether anybody can see the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from nnviz.session.pacing import DisplayClock
from nnviz.ui.window.seen import SeenWatch


def test_a_hidden_or_minimised_window_is_not_seen(qtbot: QtBot) -> None:
    window, display = QMainWindow(), DisplayClock()
    qtbot.addWidget(window)
    SeenWatch(window, display)
    assert display.seen, "before it is shown"
    told: list[bool] = []
    display.seen_changed.connect(told.append)
    window.show()
    window.setWindowState(Qt.WindowState.WindowMinimized)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.hide()
    window.show()
    assert told == [False, True, False, True]
