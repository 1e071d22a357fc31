"""Exceptions in methods that Qt calls."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnviz.session import made_exceptions
from nnviz.session.made_exceptions import OutermostError, amid_handling, forget_outermost

#: An event filter that fails in C, called by Qt, which is called by Python: in the loop of the whole application.
APPLICATION = """
import sys
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from nnviz import app

class Filter(QObject):
    def eventFilter(self, _watched, event):
        if event.type() == QEvent.Type.User:
            [][0]
        return False

def fail():
    receiver, filter_ = QObject(), Filter()
    receiver.installEventFilter(filter_)
    QCoreApplication.sendEvent(receiver, QEvent(QEvent.Type.User))

def create_window(*given, made=app.create_window, **named):
    window = made(*given, **named)
    QTimer.singleShot(0, window, fail)
    QTimer.singleShot(0, window, window.close)
    return window

app.create_window = create_window
sys.exit(app.main(["nnviz"]))
"""


def test_what_fails_in_c_within_a_call_of_qt_is_told_and_does_not_end_the_application(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", APPLICATION],
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "list index out of range" in ended.stderr
    assert "OutermostError" not in ended.stderr
    logged = "".join(file.read_text() for file in tmp_path.rglob("*.log"))
    assert "IndexError" in logged
    assert "OutermostError" not in logged


def test_an_exception_is_made_where_it_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_exceptions, "MADE_AT_ONCE", False)
    assert amid_handling(lambda: sys.exc_info()[0]) is OutermostError
    with pytest.raises(ZeroDivisionError) as caught:
        amid_handling(lambda: 1 // 0)
    assert isinstance(caught.value.__context__, OutermostError)
    forget_outermost(caught.value)
    assert caught.value.__context__ is None
    monkeypatch.setattr(made_exceptions, "MADE_AT_ONCE", True)
    assert amid_handling(lambda: sys.exc_info()[0]) is None


def test_what_an_exception_came_after_is_kept_but_for_the_outermost() -> None:
    cause, error = KeyError("first"), ValueError("then")
    cause.__context__ = OutermostError()
    error.__context__ = cause
    forget_outermost(error)
    assert error.__context__ is cause
    assert cause.__context__ is None
    # One that came after itself is gone through once.
    cause.__context__ = error
    forget_outermost(error)
    forget_outermost(None)
