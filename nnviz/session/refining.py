"""Makes the map of a run at rest as fine as the screen, one piece in each turn of the loop."""

from __future__ import annotations

from collections.abc import Callable

from nnviz.core.trainer import Trainer
from nnviz.experiment.frame import PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.refinement import Refinement

#: So long nothing may have happened: who is still zooming or dragging wants the next map, not a finer one.
REST_S = 0.3
#: What a piece takes; a command waits no longer than that.
PIECE_S = 0.01


class Refiner:
    """Waits until a run has rested for a while, then works on its map until something happens.

    Parameters
    ----------
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since_s: float | None = None
        self._work: Refinement | None = None
        self._is_over = False

    def drop(self) -> None:
        """Give up what was begun: something has happened."""
        self._since_s, self._work, self._is_over = None, None, False

    @property
    def delay_s(self) -> float | None:
        """For how long there is nothing to do: 0 while there is, None as long as nothing happens."""
        if self._is_over or self._since_s is None:
            return None
        return max(0.0, REST_S - (self._clock() - self._since_s))

    def advance(self, builder: FrameBuilder, trainer: Trainer, request: PlaneRequest | None) -> bool:
        """Make one piece where it is time to; return whether the map is finer now."""
        if self._since_s is None:
            self._since_s = self._clock()
        if self._is_over or self.delay_s:
            return False
        if self._work is None:
            self._work = builder.refinement(trainer, request)
        if self._work is not None and not self._work.is_done:
            self._work.advance(PIECE_S)
        if self._work is not None and not self._work.is_done:
            return False
        self._is_over = True
        return self._work is not None and builder.keep_refined(trainer, request, self._work)
