"""The signs of life that a worker gives, and who looks for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal, Slot

#: A worker that is at something for so long without a sign hangs, or is at least said to.
HANGS_AFTER_S = 10.0
LOOK_MS = 1000


class Pulse:
    """When a worker began what it is at. Written by the worker, read by the window.

    Parameters
    ----------
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since_s: float | None = None

    def beat(self) -> None:
        """Give a sign: something else begins."""
        self._since_s = self._clock()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Owe no sign: it waits for its post, or for the compiler, which may take a minute."""
        self._since_s = None
        try:
            yield
        finally:
            self.beat()

    def end(self) -> None:
        """Owe none any more."""
        self._since_s = None

    @property
    def silent_s(self) -> float:
        """How long there has been no sign; 0.0 where none is owed."""
        since_s = self._since_s
        return 0.0 if since_s is None else self._clock() - since_s


class PulseWatch(QObject):
    """Looks at the pulse of the run in the foreground.

    Signals
    -------
    looked : ()
        A second has passed.
    changed : bool
        It has given no sign for `HANGS_AFTER_S`; or it has again, or is no longer in front.
    """

    looked = Signal()
    changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pulse: Pulse | None = None
        self._is_silent = False
        self._timer = QTimer(self)
        self._timer.setObjectName("pulse")
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def is_silent(self) -> bool:
        """Whether the worker has given no sign for too long, now."""
        return self._pulse is not None and self._pulse.silent_s >= HANGS_AFTER_S

    def watch(self, pulse: Pulse | None, *, goes_on: bool = False) -> None:
        """Look at another worker's; None: at none, but tell of every second where that `goes_on`."""
        self._pulse = pulse
        if pulse is None and not goes_on:
            self._timer.stop()
        else:
            self._timer.start()
        self.look()

    @Slot()
    def look(self) -> None:
        """Tell what has changed; runs by itself every second."""
        if self.is_silent != self._is_silent:
            self._is_silent = not self._is_silent
            self.changed.emit(self._is_silent)
        self.looked.emit()
