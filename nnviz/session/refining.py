"""Makes the maps of a run at rest as fine as the screen, one piece in each turn of the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from nnviz.core.moment import Moment
from nnviz.experiment.frame import PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder

if TYPE_CHECKING:
    from nnviz.experiment.refinement import Refinement

#: So long nothing may have happened: who is still zooming or dragging wants the next map, not a finer one.
REST_S = 0.3
#: What a piece takes; a command waits no longer than that.
PIECE_S = 0.01


class Refiner:
    """Waits until a run has rested for a while, then works on its maps one by one until something happens.

    Parameters
    ----------
    clock : callable
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since_s: float | None = None
        self._moment: Moment | None = None
        self._work: Refinement | None = None
        self._n_done = 0
        self._is_over = False

    def drop(self) -> None:
        """Give up what was begun: something has happened."""
        self._since_s, self._moment, self._work, self._n_done, self._is_over = None, None, None, 0, False

    @property
    def delay_s(self) -> float | None:
        """For how long there is nothing to do: 0 while there is, None as long as nothing happens."""
        if self._is_over or self._since_s is None:
            return None
        return max(0.0, REST_S - (self._clock() - self._since_s))

    def advance(self, builder: FrameBuilder, moment: Callable[[], Moment], planes: Mapping[str, PlaneRequest]) -> bool:
        """Make one piece where it is time to; return whether a map is finer now.

        Parameters
        ----------
        builder : FrameBuilder
        moment : callable
            Returns where the run rests.
        planes : mapping of str to PlaneRequest
            What is on the screen.
        """
        if self._since_s is None:
            self._since_s = self._clock()
        if self._is_over or self.delay_s:
            return False
        if self._n_done >= len(planes):
            self._is_over = True
            return False
        if self._moment is None:
            self._moment = moment()
        name, request = list(planes.items())[self._n_done]
        if self._work is None:
            self._work = builder.refinement(self._moment, name, request)
        if self._work is not None and not self._work.is_done:
            self._work.advance(PIECE_S)
        if self._work is not None and not self._work.is_done:
            return False
        work, self._work = self._work, None
        self._n_done += 1
        self._is_over = self._n_done >= len(planes)
        return work is not None and builder.keep_refined(self._moment, name, request, work)
