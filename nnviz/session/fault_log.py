"""What goes wrong unseen, in a file: exceptions that nobody caught, Qt's warnings, crashes of the process.

The application alone takes it up: windows of scripts, notebooks and tests leave the hooks of their process alone.
Each process writes files of its own, which are bounded in size and number and know no home folder by name.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from nnviz.core.inert import without_home
from nnviz.session.made_exceptions import forget_outermost

#: Of one file; the one before it is kept too.
MOST_BYTES = 200_000
#: Files of processes that have ended.
MOST_FILES = 6
#: The same again says nothing new, and a fault of every frame would fill the disk.
MOST_REPEATS = 5
#: So many kinds are told apart.
MOST_KINDS = 500
#: An empty file of another process says nothing once that has ended; by then, most have.
DAY_S = 24 * 3600.0
#: Of what a report quotes.
QUOTED_CHARACTERS = 12_000
#: With these words Qt's plugins end the process at once, without an event, when the screen's server has gone.
SCREEN_LOST = ("The X11 connection broke", "The Wayland connection broke", "The Wayland connection experienced")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_TOLD = "is_told"
_log = logging.getLogger("nnviz")


class FaultLog(QObject):
    """Hooks itself into the process, writes, and tells of it.

    Parameters
    ----------
    folder : Path
        Made where it is missing. Where it cannot be written to, faults are told and not kept.
    parent : QObject or None

    Signals
    -------
    happened : ()
        An exception that nobody caught, of a kind not met before; from whichever thread.
    screen_lost : ()
        The process ends when the slots, called directly, return.
    """

    happened = Signal()
    screen_lost = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._seen: dict[str, int] = {}
        self._handler: logging.Handler | None = None
        self._teller = _Teller(self)
        self._crashes: IO[bytes] | None = None
        self._hooks: tuple[Any, Any, Any] | None = None
        self._qt_before: Any = None

    def install(self) -> None:
        """Begin; the hooks that were there before go on being called."""
        if self._hooks is not None:
            return
        with contextlib.suppress(OSError):
            self._open()
        _log.addHandler(self._teller)
        self._hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
        sys.excepthook = self._on_exception
        sys.unraisablehook = self._on_unraisable
        threading.excepthook = self._on_thread_exception
        self._qt_before = qInstallMessageHandler(self._on_qt_message)

    def remove(self) -> None:
        """Give everything back, and delete files that stayed empty."""
        if self._hooks is None:
            return
        sys.excepthook, sys.unraisablehook, threading.excepthook = self._hooks
        self._hooks = None
        qInstallMessageHandler(self._qt_before)
        _log.removeHandler(self._teller)
        if self._handler is not None:
            _log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None
        if self._crashes is not None:
            faulthandler.disable()
            self._crashes.close()
            self._crashes = None
        _remove_empty(self._folder)

    def text(self) -> str:
        """Return what the latest files say, the oldest first and not too much of it, without the home folder."""
        said = []
        for file in reversed(_files(self._folder)):
            with contextlib.suppress(OSError):
                said.append(file.read_text(encoding="utf-8", errors="replace"))
        return without_home("".join(said)[-QUOTED_CHARACTERS:]).strip()

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        _remove_empty(self._folder)
        for file in _files(self._folder)[MOST_FILES:]:
            with contextlib.suppress(OSError):
                file.unlink()
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        self._handler = _File(
            self._folder / f"{name}.log", maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
        self._handler.setLevel(logging.WARNING)
        self._handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(message)s"))
        _log.addHandler(self._handler)
        self._crashes = (self._folder / f"{name}.crash.log").open("wb")
        faulthandler.enable(self._crashes)

    def _is_known(self, kind: str) -> bool:
        if len(self._seen) > MOST_KINDS:
            self._seen.clear()
        self._seen[kind] = self._seen.get(kind, 0) + 1
        return self._seen[kind] > 1

    def _note(self, kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
        forget_outermost(error)
        if not issubclass(kind, Exception):
            return
        frames = traceback.extract_tb(where)
        place = f"{kind.__name__} {frames[-1].filename}:{frames[-1].lineno}" if frames else kind.__name__
        is_known = self._is_known(place)
        if self._seen[place] <= MOST_REPEATS:
            _log.error("unexpected", exc_info=(kind, error or kind(), where), extra={_TOLD: True})
        if not is_known:
            self.happened.emit()

    def caught(self, kind: str) -> None:
        """Tell of a fault that was caught and logged, such as one that ended a run."""
        if not self._is_known(kind):
            self.happened.emit()

    def _on_exception(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        self._note(kind, error, where)
        if self._hooks is not None:
            self._hooks[0](kind, error, where)

    def _on_unraisable(self, said: Any) -> None:
        self._note(said.exc_type, said.exc_value, said.exc_traceback)
        if self._hooks is not None:
            self._hooks[1](said)

    def _on_thread_exception(self, said: Any) -> None:
        self._note(said.exc_type, said.exc_value, said.exc_traceback)
        if self._hooks is not None:
            self._hooks[2](said)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if text.startswith(SCREEN_LOST):
            self.screen_lost.emit()
        self._is_known(text)
        if self._seen[text] <= MOST_REPEATS:
            _log.log(_LEVELS[kind], "Qt: %s", text)
        if self._qt_before is not None:
            self._qt_before(kind, context, text)
        elif sys.stderr is not None and kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"{text}\n")


class _File(logging.handlers.RotatingFileHandler):
    """A log that says nothing where its own disk is full: what waits is written as soon as there is room."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Keep quiet: Python would print a traceback, of the log and not of what was logged."""

    def close(self) -> None:
        """Close, though what still waits finds no room."""
        with contextlib.suppress(OSError):
            super().close()


class _Teller(logging.Handler):
    """Hands on what others have logged with its traceback."""

    def __init__(self, log: FaultLog) -> None:
        super().__init__(logging.ERROR)
        self._owner = log

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and not hasattr(record, _TOLD):
            self._owner.caught(f"{record.pathname}:{record.lineno} {record.exc_info[0]}")


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info:
            forget_outermost(record.exc_info[1])
        return without_home(super().format(record))


def _files(folder: Path) -> list[Path]:
    """Return all logs, the latest first."""
    dated = []
    for file in folder.glob("*.log*"):
        with contextlib.suppress(OSError):
            dated.append((file.stat().st_mtime, file))
    return [file for _, file in sorted(dated, reverse=True)]


def _remove_empty(folder: Path) -> None:
    for file in _files(folder):
        with contextlib.suppress(OSError):
            state = file.stat()
            is_own = f"-{os.getpid()}." in file.name
            if state.st_size == 0 and (is_own or state.st_mtime < time.time() - DAY_S):
                file.unlink()
