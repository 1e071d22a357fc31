"""The clock of the dots that move along the edges: a phase that grows with time, and a timer between late frames."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

FLOW_INTERVAL_MS = 33
FLOW_SPEED = 0.35
"""Lengths of an edge that a dot travels in a second."""


class FlowClock(QObject):
    """Says where the dots are.

    *Signals*

    ticked() : time for another picture, because no frame came.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = 0.0
        self._last = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setObjectName("flow of the network diagram")
        self._timer.setInterval(FLOW_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def is_running(self) -> bool:
        """Whether the dots move."""
        return self._timer.isActive()

    def set_running(self, running: bool) -> None:
        """Start or stop; the dots go on from where they were."""
        if running and not self._timer.isActive():
            self._last = time.monotonic()
            self._timer.start()
        elif not running:
            self._timer.stop()

    def frame_came(self) -> None:
        """Move the dots with a frame that is painted anyway; the timer fires only where the next one is late."""
        if self._timer.isActive():
            self._advance()
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        self._advance()
        self.ticked.emit()

    def _advance(self) -> None:
        now = time.monotonic()
        self.phase = (self.phase + min(now - self._last, 0.1) * FLOW_SPEED) % 1.0
        self._last = now
