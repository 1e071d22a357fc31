"""How a training loop that holds the interpreter lock lets the GUI thread go first.

Nearly every call into Qt gives the lock away, and beside a loop in Python each of them waits a whole switch interval to
get it back: with the NumPy engine and a small network a frame took two seconds. So such a loop trains in short slices
and asks in between whether the event loop has come round: while it waits for the answer, the lock is free.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QEvent, QObject

from nnviz.session.pacing import DisplayClock


class Turnstile(QObject):
    """Answers, in the GUI thread, that the event loop has done what was to be done.

    Made in the GUI thread; `wait` alone is called by the worker.
    """

    _TURN = QEvent.Type(QEvent.registerEventType())

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._passed = threading.Event()
        self._asked = False
        self._hops_left = 0

    def wait(self, timeout_s: float) -> bool:
        """Sleep until the event loop has handled and painted all that it has; return False where that takes longer."""
        if not self._asked:
            self._asked = True
            self._passed.clear()
            self._hops_left = DisplayClock.HOPS
            self._post()
        passed = self._passed.wait(timeout_s)
        self._asked = not passed
        return passed

    def customEvent(self, event: QEvent) -> None:
        """Count a turn of the event loop, as `DisplayClock` does; after the last one all is painted."""
        if event.type() != self._TURN:
            return
        self._hops_left -= 1
        if self._hops_left > 0:
            self._post()
        else:
            self._passed.set()

    def _post(self) -> None:
        QCoreApplication.postEvent(self, QEvent(self._TURN), DisplayClock.PRIORITY)
