"""What goes wrong unseen is in a file that stays small and names nobody."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType
from pytestqt.qtbot import QtBot

from nnviz.session import fault_log
from nnviz.session.fault_log import FaultLog


@pytest.fixture
def log(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultLog]:
    """A log whose hooks come before silent ones instead of pytest's, which would fail the test."""
    monkeypatch.setattr(sys, "excepthook", lambda *_said: None)
    monkeypatch.setattr(threading, "excepthook", lambda _said: None)
    # Of the test run itself.
    monkeypatch.setattr(fault_log.faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(fault_log.faulthandler, "disable", lambda: None)
    log = FaultLog(tmp_path / "log")
    log.install()
    # pytest-qt's, which fails a test for every warning.
    before, log._qt_before = log._qt_before, lambda *_said: None
    yield log
    log._qt_before = before
    log.remove()


def fail(error: Exception) -> None:
    try:
        raise error
    except type(error):
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def test_an_exception_is_told_once_and_logged_without_the_home_folder(log: FaultLog, qtbot: QtBot) -> None:
    told: list[int] = []
    log.happened.connect(lambda: told.append(1))
    for _ in range(100):
        fail(ValueError(f"no {Path.home()}/table.csv"))
    assert len(told) == 1
    assert log.text().count("ValueError: no ~/table.csv") == fault_log.MOST_REPEATS
    assert str(Path.home()) not in log.text()


def test_threads_and_faults_that_were_caught_are_told_too(log: FaultLog, qapp: QCoreApplication) -> None:
    told: list[int] = []
    log.happened.connect(lambda: told.append(1))
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert "ZeroDivisionError" in log.text()
    try:
        raise KeyError("lost")
    except KeyError:
        logging.getLogger("nnviz.session.loop").exception("run 3 failed")
    assert "run 3 failed" in log.text()
    qapp.processEvents()
    assert len(told) == 2
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert len(told) == 2


def test_what_is_written_is_bounded(log: FaultLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3000):
        log._on_qt_message(QtMsgType.QtWarningMsg, QMessageLogContext(), f"{number} " + 200 * "x")
    sizes = [file.stat().st_size for file in (tmp_path / "log").iterdir()]
    assert sum(sizes) <= 2 * fault_log.MOST_BYTES + 1000
    assert len(log.text()) <= fault_log.QUOTED_CHARACTERS
    # Files of processes that have ended are few, and empty ones of this one go.
    log.remove()
    for number in range(20):
        (tmp_path / "log" / f"20200101-000000-{number}x.log").write_text("old")
    log.install()
    log.remove()
    assert len(list((tmp_path / "log").iterdir())) == fault_log.MOST_FILES


def test_hooks_are_given_back(log: FaultLog) -> None:
    log.remove()
    assert not isinstance(getattr(sys.excepthook, "__self__", None), FaultLog)
    assert not isinstance(getattr(threading.excepthook, "__self__", None), FaultLog)
    assert all("fault_log" not in type(each).__module__ for each in logging.getLogger("nnviz").handlers)


def test_a_folder_that_cannot_be_written_to_keeps_nothing_and_stops_nothing(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", lambda *_said: None)
    (tmp_path / "log").write_text("a file in its place")
    log = FaultLog(tmp_path / "log")
    log.install()
    told: list[int] = []
    log.happened.connect(lambda: told.append(1))
    fail(ValueError("lost"))
    log.remove()
    assert told == [1]
    assert log.text() == ""


def test_a_disk_that_is_full_ends_in_no_traceback_and_stops_nothing(
    log: FaultLog, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        logging.getLogger("nnviz.somewhere").warning("x" * 300)
        log.remove()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert capfd.readouterr() == ("", "")
    assert "xxx" in log.text()


def test_the_end_of_the_screen_is_told_before_the_process_ends(log: FaultLog) -> None:
    told: list[int] = []
    log.screen_lost.connect(lambda: told.append(1))
    text = "The X11 connection broke (error 1). Did the X11 server die?"
    log._on_qt_message(QtMsgType.QtWarningMsg, QMessageLogContext(), text)
    assert told == [1]


def test_a_crash_leaves_its_trace(tmp_path: Path) -> None:
    code = (
        "import faulthandler; from pathlib import Path; from nnviz.session.fault_log import FaultLog\n"
        f"log = FaultLog(Path({str(tmp_path)!r})); log.install()\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGABRT)"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=60, check=False)
    assert "Fatal Python error: Aborted" in FaultLog(tmp_path).text()
