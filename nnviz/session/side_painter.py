"""Pictures painted beside the GUI thread: what a frame changes is painted there while the window goes on.

A picture is made of what cannot change meanwhile, such as a frame; the widget shows the one before until it is there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot

Work = Callable[[], Any]
"""Paints a `QImage`, which threads may do, and nothing that belongs to the GUI thread; what it returns is told."""


class _Task(QObject):
    """One picture.

    *Signals*

    ended(object) : the task itself
        Sent from the thread that painted it.
    """

    ended = Signal(object)

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.is_wanted = True
        self.is_done = threading.Event()
        self.result: Any = None
        self.error: Exception | None = None
        self.took_s = 0.0
        self._work = work

    def run(self) -> None:
        """Paint it, in a thread of Qt's pool."""
        begun_s = time.thread_time()
        try:
            self.result = self._work()
        except Exception as error:
            self.error = error
        self.took_s = time.thread_time() - begun_s
        self.is_done.set()
        self.ended.emit(self)


class SidePainter(QObject):
    """Paints one picture after the other; of those that wait meanwhile, only the newest is painted.

    Attributes
    ----------
    own_s : float
        Processor time of its pictures, in seconds.

    *Signals*

    painted(object) : what the work returned
    """

    painted = Signal(object)

    #: Processor time of all pictures of this process, in seconds.
    spent_s: ClassVar[float] = 0.0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.own_s = 0.0
        self._running: _Task | None = None
        self._waiting: Work | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a picture is awaited."""
        return self._waiting is not None or (self._running is not None and self._running.is_wanted)

    def paint(self, work: Work) -> None:
        """Have a picture painted, after the one that is being painted; `painted` tells when it is."""
        if self._running is None:
            self._start(work)
        else:
            self._waiting = work

    def forget(self) -> None:
        """Tell of no picture that was asked for before."""
        self._waiting = None
        if self._running is not None:
            self._running.is_wanted = False

    def stop(self) -> None:
        """Forget all pictures, and wait for the one that is being painted."""
        self.forget()
        if self._running is not None:
            self._running.is_done.wait()

    def _start(self, work: Work) -> None:
        self._running = task = _Task(work)
        task.ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        QThreadPool.globalInstance().start(task.run)

    @Slot(object)
    def _on_ended(self, task: _Task) -> None:
        SidePainter.spent_s += task.took_s
        self.own_s += task.took_s
        is_wanted, task.is_wanted = task.is_wanted, False
        if is_wanted and task.error is None:
            self.painted.emit(task.result)
        # Only now: what is painted next may take the place of what was on show until then.
        self._running = None
        if self._waiting is not None:
            work, self._waiting = self._waiting, None
            self._start(work)
        if task.error is not None:
            raise task.error


def seconds_beside() -> float:
    """Return the processor time that this process has spent on pictures beside the GUI thread."""
    return SidePainter.spent_s
