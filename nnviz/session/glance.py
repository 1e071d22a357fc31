"""Which frames of a run that trains are worth a look: numbers and curves need fewer a second than moving pictures."""

from __future__ import annotations

import time
from collections.abc import Callable

from nnviz.experiment.frame import Frame

#: Between two looks at numbers: nobody reads more of them a second, and 10 epochs a second are all seen.
NUMBERS_S = 0.09
#: Between two looks at curves that grow by a few pixels.
CURVES_S = 0.045


class Glance:
    """Says of each frame whether a view takes it over. Frames of what rests, and the first of a run, always count.

    Parameters
    ----------
    interval_s : float
        The least time between two looks at a run that trains.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, interval_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval_s, self._clock = interval_s, clock
        self._run_id = -1
        self._looked_s = 0.0

    def forget(self) -> None:
        """Look at the next frame, whichever it is."""
        self._run_id = -1

    def is_worth(self, frame: Frame) -> bool:
        """Whether to take `frame` over; whoever asks does."""
        now = self._clock()
        is_next = frame.is_moving and frame.run_id == self._run_id
        if is_next and now - self._looked_s < self._interval_s:
            return False
        self._looked_s = now
        # What comes after a rest is a change that somebody made.
        self._run_id = frame.run_id if frame.is_moving else -1
        return True
