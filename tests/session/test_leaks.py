"""The watch that guards the other tests has to bite."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QThread, QTimer


def test_an_active_timer_is_named_with_the_line_that_started_it(leak_watch: Any) -> None:
    timer = QTimer()
    timer.setObjectName("ticker")
    timer.start(1000)
    (leak,) = leak_watch.end()
    assert "ticker" in leak
    assert "test_leaks.py" in leak
    assert not timer.isActive()


def test_a_running_qthread_is_named(leak_watch: Any) -> None:
    thread = QThread()
    thread.setObjectName("stray")
    thread.start()
    (leak,) = leak_watch.end()
    assert "stray" in leak
    assert thread.isFinished()


def test_a_running_python_thread_is_named(leak_watch: Any) -> None:
    leave = threading.Event()
    thread = threading.Thread(target=leave.wait, name="stray")
    thread.start()
    (leak,) = leak_watch.end()
    leave.set()
    thread.join()
    assert "stray" in leak


def test_what_has_been_stopped_is_no_leak(leak_watch: Any) -> None:
    timer, thread = QTimer(), QThread()
    timer.start(1000)
    thread.start()
    timer.stop()
    thread.quit()
    thread.wait()
    assert leak_watch.end() == []
