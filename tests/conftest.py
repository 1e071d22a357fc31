"""What every test gets: Qt offscreen, isolated settings, and no thread or timer left behind.

Qt is imported only for the tests that use it: the others run where its system libraries are missing.
"""

from __future__ import annotations

import gc
import math
import os
import threading
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import settings

# How long an example takes says more about what else the machine is doing.
# The same examples in every run, so that one that fails fails for everybody.
settings.register_profile("nnviz", deadline=None, derandomize=True)
settings.load_profile("nnviz")

#: How often the collector comes by, usually and in tests without Qt, where its many rounds find next to nothing.
USUAL, SELDOM = gc.get_threshold(), (50_000, 20, 100)
gc.set_threshold(*SELDOM)

#: How long a test waits for what has to happen, however busy the computer is.
PATIENCE_MS = 60_000


class LeakWatch:
    """Watches `QTimer.start` and `QThread.start`, and finds what is still running at the end.

    Parameters
    ----------
    monkeypatch : pytest.MonkeyPatch
        Undoes the watching.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from PySide6.QtCore import QThread, QTimer

        self._timers: list[tuple[weakref.ref[QTimer], str]] = []
        self._qthreads: list[tuple[weakref.ref[QThread], str]] = []
        self._threads_before = set(threading.enumerate())
        for kind, seen in ((QTimer, self._timers), (QThread, self._qthreads)):
            monkeypatch.setattr(kind, "start", _watched(kind.start, seen))

    def end(self) -> list[str]:
        """Return one line per leak, after ending it so that the next test is not blamed."""
        return [*self._running_timers(), *self._running_qthreads(), *self._running_threads()]

    def _running_timers(self) -> Iterator[str]:
        for timer, place in _alive(self._timers):
            if timer.isActive():
                timer.stop()
                yield f"active QTimer {timer.objectName()!r}, started at {place}"

    def _running_qthreads(self) -> Iterator[str]:
        for thread, place in _alive(self._qthreads):
            if thread.isRunning():
                thread.quit()
                thread.wait(2000)
                yield f"running QThread {thread.objectName()!r}, started at {place}"

    def _running_threads(self) -> Iterator[str]:
        for thread in threading.enumerate():
            # Python keeps a dummy for every foreign thread that has ever asked for its current thread.
            known = thread in self._threads_before or isinstance(thread, threading._DummyThread)
            if not known and thread.is_alive():
                yield f"running thread {thread.name!r}"


def _patient(wait: Callable[..., Any]) -> Callable[..., Any]:
    def patient(bot: Any, awaited: Any, *, timeout: int = 0, **options: Any) -> Any:
        # What must not come, as `assertNotEmitted` has it, is waited for no longer than is asked.
        patience = timeout if options.get("raising") is False else max(timeout, PATIENCE_MS)
        return wait(bot, awaited, timeout=patience, **options)

    return patient


def _watched(start: Callable[..., None], seen: list[tuple[Any, str]]) -> Callable[..., None]:
    def watched(thing: Any, *args: Any) -> None:
        caller = traceback.extract_stack(limit=2)[0]
        seen.append((weakref.ref(thing), f"{caller.filename}:{caller.lineno} in {caller.name}"))
        start(thing, *args)

    return watched


def _alive(seen: list[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    from shiboken6 import isValid

    for reference, place in seen:
        thing = reference()
        if thing is not None and isValid(thing):
            yield thing, place


def _release_buttons() -> None:
    """Let no test find a mouse button pressed.

    WORKAROUND: a double click by `QTest` leaves it so, and wherever the focus goes later counts as clicked.
    """
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QWidget

        QTest.mouseRelease(QWidget(), Qt.MouseButton.LeftButton)


def _uses_qt(request: pytest.FixtureRequest) -> bool:
    folders = {"session", "ui"} & set(Path(str(request.node.path)).parts)
    return bool(folders or {"qtbot", "qapp"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def isolated_settings(request: pytest.FixtureRequest) -> None:
    """Let `QSettings` read and write in a folder of the test's own."""
    if not _uses_qt(request):
        return
    from PySide6.QtCore import QSettings

    folder = str(request.getfixturevalue("tmp_path") / "settings")
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, folder)


@pytest.fixture(scope="session")
def compiled_kernels() -> None:
    """Have the kernels compiled before a test waits for a run: with an empty cache that outlasts every patience."""
    from nnviz.core.compiling import compile_kernels

    compile_kernels()


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the test that leaves a thread or an active timer, and name it.

    Cyclic garbage is collected here, in the main thread, as in the application: a widget that is collected in a
    worker thread crashes the process.
    """
    if not _uses_qt(request):
        yield
        return
    request.getfixturevalue("compiled_kernels")
    from PySide6.QtCore import QCoreApplication, QEvent

    # However busy the computer is, nothing hangs here, but where a test says so; nor has anything hung just now, though
    # a test before this one said so: what ends would be given up after a tenth of a second, and be found left behind.
    from pytestqt.qtbot import QtBot

    from nnviz.session import abandoned, pulse

    monkeypatch.setattr(abandoned, "LEAVE_WITHIN_S", 60.0)
    monkeypatch.setattr(abandoned, "_hung_s", -math.inf)
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 600.0)
    for name in ("waitUntil", "waitSignal"):
        monkeypatch.setattr(QtBot, name, _patient(getattr(QtBot, name)))
    # The first bar of progress of a process starts a thread that watches all of them, and never ends.
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    watch = LeakWatch(monkeypatch)
    gc.disable()
    gc.set_threshold(*USUAL)
    # What the test before held on to until its very end, such as its window: frozen, it would never go, and every
    # change of the style would polish it again.
    gc.collect()
    gc.freeze()
    yield
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        _release_buttons()
    gc.collect()
    gc.set_threshold(*SELDOM)
    gc.enable()
    leaks = watch.end()
    if leaks:
        pytest.fail("left behind:\n" + "\n".join(leaks), pytrace=False)


@pytest.fixture
def leak_watch(qapp: object) -> Iterator[LeakWatch]:
    """A watch of its own for the tests of the watch."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield LeakWatch(monkeypatch)
