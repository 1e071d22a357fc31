"""How a training loop that holds the interpreter lock lets the GUI thread go first.

WORKAROUND: nearly every call into Qt gives the lock away, and beside a loop in Python each of them waits a whole switch
interval to get it back: with the NumPy engine and a small network a frame took two seconds. So such a loop trains in
short slices and asks in between whether the event loop has come round: while it waits for the answer, the lock is free.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from nnviz.session.pacing import DisplayClock


class Turnstile(QObject):
    """Tells that the event loop has handled and painted what was to be done when it was asked.

    Lives in the GUI thread; `wait` alone is for a worker.

    Signals
    -------
    passed()
        The event loop has come round since `ask`.
    """

    _TURN = QEvent.Type(QEvent.registerEventType())

    passed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._has_passed = threading.Event()
        self._asked = False
        self._hops_left = 0

    def ask(self) -> None:
        """Let the event loop come round, without waiting for it."""
        self._has_passed.clear()
        self._hops_left = DisplayClock.HOPS
        self._post()

    def shut(self) -> None:
        """Take back what was asked."""
        self._hops_left = 0

    def wait(self, timeout_s: float) -> bool:
        """Sleep until the event loop has come round; return False where that takes longer."""
        if not self._asked:
            self._asked = True
            self.ask()
        has_passed = self._has_passed.wait(timeout_s)
        self._asked = not has_passed
        return has_passed

    def customEvent(self, event: QEvent) -> None:
        """Count a turn of the event loop, as `DisplayClock` does; after the last one all is painted."""
        if event.type() != self._TURN or self._hops_left == 0:
            return
        self._hops_left -= 1
        if self._hops_left:
            self._post()
        else:
            self._has_passed.set()
            self.passed.emit()

    def _post(self) -> None:
        QCoreApplication.postEvent(self, QEvent(self._TURN), DisplayClock.PRIORITY)
