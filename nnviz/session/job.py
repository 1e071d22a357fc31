"""A piece of work that is not training, such as reading a large table, in a thread of its own.

The work is a free function that reports its progress and asks whether it is still wanted; it knows neither Qt nor
threads. What comes of it, a result or an error, arrives in the GUI thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from nnviz.session import abandoned
from nnviz.session.gui_turn import Turnstile
from nnviz.session.pacing import GUI_TURN_S, YIELDING_SLICE_S

#: Between two reports of progress.
REPORT_S = 0.05

Progress: TypeAlias = Callable[[float], None]
"""Takes the share that is done, 0 … 1."""
Cancelled: TypeAlias = Callable[[], bool]
"""Whether the result is no longer wanted. Asked often: in between the GUI thread gets its turn."""
Work: TypeAlias = Callable[[Progress, Cancelled], Any]


class _Worker(QObject):
    """Does the work in the thread it has been moved to.

    Signals
    -------
    progressed : object
        Share that is done, a float.
    ended : object, object
        Result and error, one of them None.
    """

    progressed = Signal(object)
    ended = Signal(object, object)

    def __init__(self, work: Work, cancelled: threading.Event, let_gui_work: Callable[[float], bool]) -> None:
        super().__init__()
        self._work = work
        self._cancelled = cancelled
        self._let_gui_work = let_gui_work
        self._yielded_s = self._reported_s = time.perf_counter()

    @Slot()
    def run(self) -> None:
        """Do the work, and tell what has come of it."""
        try:
            result, error = self._work(self._report, self._is_cancelled), None
        except Exception as raised:
            result, error = None, raised
        self.ended.emit(result, error)

    def _report(self, share: float) -> None:
        now = time.perf_counter()
        if now - self._reported_s >= REPORT_S:
            self._reported_s = now
            self.progressed.emit(float(share))

    def _is_cancelled(self) -> bool:
        if time.perf_counter() - self._yielded_s >= YIELDING_SLICE_S:
            self._let_gui_work(GUI_TURN_S)
            self._yielded_s = time.perf_counter()
        return self._cancelled.is_set()


class Job(QObject):
    """One piece of work and its thread.

    Parameters
    ----------
    work : callable
        ``work(progress, cancelled)``; what it returns is the result.
    parent : QObject

    Signals
    -------
    progressed : object
        Share that is done, a float; at most some 20 a second.
    succeeded : object
        The result.
    failed : object
        The exception. Neither comes after `cancel`.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._cancelled = threading.Event()
        self._worker = _Worker(work, self._cancelled, Turnstile(self).wait)
        self._thread = QThread()
        self._thread.setObjectName("job")
        self._worker.moveToThread(self._thread)
        self._worker.progressed.connect(self._on_progressed, Qt.ConnectionType.QueuedConnection)
        self._worker.ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._thread.started.connect(self._worker.run)

    @property
    def is_running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._thread.isRunning()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """End the work, wait for that, and tell nothing of it; work that hangs is left behind."""
        self._cancelled.set()
        self._thread.quit()
        if not abandoned.ended(self._thread, self, self._worker):
            self.setParent(None)

    @Slot(object)
    def _on_progressed(self, share: float) -> None:
        if not self._cancelled.is_set():
            self.progressed.emit(share)

    @Slot(object, object)
    def _on_ended(self, result: Any, error: Exception | None) -> None:
        self._thread.quit()
        self._thread.wait()
        if self._cancelled.is_set():
            return
        if error is not None:
            self.failed.emit(error)
        else:
            self.succeeded.emit(result)
