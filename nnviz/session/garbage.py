"""Garbage collection on the GUI thread.

WORKAROUND: Python's cyclic collector runs in whichever thread trips its threshold. A widget or timer that is collected
in a worker thread crashes the process (reproduced; https://github.com/napari/napari/issues/1029,
https://github.com/pyqtgraph/pyqtgraph/issues/1628), so that automatic collection is switched off and a timer of the GUI
thread collects.
"""

from __future__ import annotations

import gc
import math
import time

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.session.freed_memory import LET_GO, give_back, keep_large_apart


class GarbageCollector(QObject):
    """Collects cyclic garbage from the event loop of the thread it lives in.

    Young generations are looked at often, as their thresholds ask. A full collection may take long, so it comes at
    most once a minute, and what exists when the application has started is taken out of it (`settle`). After it, and
    after a run has been let go of, the system gets back what lies free between what is kept
    (`nnviz.session.freed_memory`).

    Parameters
    ----------
    interval_ms : int
    full_interval_s : float
        Shortest time between two full collections.
    giving_delay_s : float
        Time from the moment at which something large is let go of until that is given back: frames may still hold it.
    parent : QObject or None
    """

    def __init__(
        self,
        interval_ms: int = 250,
        full_interval_s: float = 60.0,
        giving_delay_s: float = 2.0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._full_interval_s = full_interval_s
        self._giving_delay_s = giving_delay_s
        self._last_full_s = time.monotonic()
        self._give_at_s = math.inf
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Take over from the automatic collector."""
        keep_large_apart()
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
        now = time.monotonic()
        if LET_GO.is_set():
            LET_GO.clear()
            self._give_at_s = min(self._give_at_s, now + self._giving_delay_s)
        if self._collect() or now >= self._give_at_s:
            self._give_at_s = math.inf
            give_back()

    def _collect(self) -> bool:
        """Collect what is due; return whether that was everything."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if counts[0] <= thresholds[0]:
            return False
        generation = 1 if counts[1] > thresholds[1] else 0
        if generation == 1 and counts[2] > thresholds[2] and self._full_is_due():
            generation = 2
        gc.collect(generation)
        return generation == 2

    def _full_is_due(self) -> bool:
        now = time.monotonic()
        if now - self._last_full_s < self._full_interval_s:
            return False
        self._last_full_s = now
        return True
