"""Pictures painted beside the GUI thread: one after the other, of those that wait the newest, none that is unwanted."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnviz.session.side_painter import SidePainter, seconds_beside


def held(gate: threading.Event, done: list[str], name: str) -> Callable[[], str]:
    """Return work that waits for the gate."""

    def work() -> str:
        assert threading.current_thread() is not threading.main_thread()
        gate.wait(10.0)
        done.append(name)
        return name

    return work


def test_of_those_that_wait_only_the_newest_is_painted(qtbot: QtBot) -> None:
    owner, gate, done, told = QObject(), threading.Event(), [], []
    painter = SidePainter(owner)
    painter.painted.connect(told.append)
    before = seconds_beside()
    for name in "abcd":
        painter.paint(held(gate, done, name))
    assert painter.is_busy
    gate.set()
    qtbot.waitUntil(lambda: not painter.is_busy)
    assert done == told == ["a", "d"]
    assert seconds_beside() >= before


def test_what_is_forgotten_is_not_told_and_what_comes_after_it_is(qtbot: QtBot) -> None:
    owner, gate, done, told = QObject(), threading.Event(), [], []
    painter = SidePainter(owner)
    painter.painted.connect(told.append)
    painter.paint(held(gate, done, "a"))
    painter.paint(held(gate, done, "b"))
    painter.forget()
    assert not painter.is_busy
    painter.paint(held(gate, done, "c"))
    gate.set()
    qtbot.waitUntil(lambda: told == ["c"])
    assert done == ["a", "c"]
    painter.paint(held(gate, done, "d"))
    painter.stop()
    assert done == ["a", "c", "d"], "it waits for what is being painted"
    qtbot.wait(0)
    assert told == ["c"]


def test_a_picture_that_cannot_be_painted_is_an_error_of_the_gui_thread(qtbot: QtBot) -> None:
    owner, told = QObject(), []
    painter = SidePainter(owner)
    painter.painted.connect(told.append)

    def fails() -> object:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as raised:
        painter.paint(fails)
        qtbot.waitUntil(lambda: not painter.is_busy)
        qtbot.waitUntil(lambda: len(raised) == 1)
    assert raised[0][0] is ZeroDivisionError
    painter.paint(lambda: 7)
    qtbot.waitUntil(lambda: told == [7])


def test_a_painter_may_go_while_its_picture_is_being_painted(qtbot: QtBot) -> None:
    owner, gate, done = QObject(), threading.Event(), []
    painter = SidePainter(owner)
    painter.paint(held(gate, done, "a"))
    task = painter._running
    assert task is not None
    owner.deleteLater()
    del painter, owner
    gate.set()
    assert task.is_done.wait(10.0)
    qtbot.wait(0)
    assert done == ["a"]
