"""Whether anybody can see the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.session.pacing import DisplayClock
from nnviz.ui.window.seen import SeenWindow


def test_a_hidden_or_minimised_window_is_not_seen(qtbot: QtBot) -> None:
    window, display = SeenWindow(), DisplayClock()
    qtbot.addWidget(window)
    window.seen_changed.connect(display.set_seen)
    assert display.seen, "before it is shown"
    told: list[bool] = []
    display.seen_changed.connect(told.append)
    window.show()
    window.setWindowState(Qt.WindowState.WindowMinimized)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.hide()
    window.show()
    assert told == [False, True, False, True]
