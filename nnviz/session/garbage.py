"""Garbage collection on the GUI thread.

WORKAROUND: Python's cyclic collector runs in whichever thread trips its threshold. A widget or timer that is collected
in a worker thread crashes the process (reproduced; https://github.com/napari/napari/issues/1029,
https://github.com/pyqtgraph/pyqtgraph/issues/1628), so that automatic collection is switched off and a timer of the GUI
thread collects.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import time

from PySide6.QtCore import QObject, QTimer, Slot


class GarbageCollector(QObject):
    """Collects cyclic garbage from the event loop of the thread it lives in.

    Young generations are looked at often, as their thresholds ask. A full collection may take long, so it comes at
    most once a minute, and what exists when the application has started is taken out of it (`settle`). After it the
    system gets back what lies free between what is kept (`give_back`).

    Parameters
    ----------
    interval_ms : int
    full_interval_s : float
        Shortest time between two full collections.
    parent : QObject or None
    """

    def __init__(self, interval_ms: int = 250, full_interval_s: float = 60.0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._full_interval_s = full_interval_s
        self._last_full_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Take over from the automatic collector."""
        gc.disable()
        self._timer.start()

    def settle(self) -> None:
        """Take all that exists now (modules, tables, compiled functions) out of future collections; costs nothing."""
        gc.freeze()

    def stop(self) -> None:
        """Give collection back to the interpreter."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def _on_timeout(self) -> None:
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if counts[0] <= thresholds[0]:
            return
        generation = 1 if counts[1] > thresholds[1] else 0
        if generation == 1 and counts[2] > thresholds[2] and self._full_is_due():
            generation = 2
        gc.collect(generation)
        if generation == 2:
            give_back()

    def _full_is_due(self) -> bool:
        now = time.monotonic()
        if now - self._last_full_s < self._full_interval_s:
            return False
        self._last_full_s = now
        return True


def give_back() -> bool:
    """Give the system back what memory lies free in pieces; return whether this platform can.

    WORKAROUND: glibc keeps what is freed below something that is still in use, and runs free megabytes of histories
    among those that stay: a window that began a run every few seconds held a tenth more after each twenty. It takes
    some 10 ms.
    """
    if not sys.platform.startswith("linux"):
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))
    return trim is not None
