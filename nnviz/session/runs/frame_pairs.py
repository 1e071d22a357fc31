"""Which frames of two runs in step are of the same moment. Qt-free."""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec import Struct

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.session.run import Run

#: Frames of the first that are remembered until those of the second have come.
REMEMBERED: Final = 8
_ENDED = ("finished", "diverged", "failed")


class FramePair(Struct, frozen=True, eq=False):
    """What is shown of both.

    Attributes
    ----------
    first, second : Frame
    is_same_moment : bool
        Whether both have learnt from the same rows, but for the last ones of a larger batch, or the second has ended.
    """

    first: Frame
    second: Frame
    is_same_moment: bool


class FramePairs:
    """Joins the frames of two runs as they come, in whatever order."""

    def __init__(self) -> None:
        self._firsts: deque[Frame] = deque(maxlen=REMEMBERED)
        self._second: Frame | None = None
        self.sizes = (1, 1)

    @property
    def last_first(self) -> Frame | None:
        """The newest frame of the leader."""
        return self._firsts[-1] if self._firsts else None

    def size_up(self, prepared: Prepared | None, first: Experiment, second: Run | None) -> None:
        """Note the sizes of the mini-batches of both."""
        n = max(prepared.train.n_samples, 1) if prepared is not None else 1
        own = second.wanted.training.batch_size if second is not None else None
        self.sizes = min(first.training.batch_size or n, n), min(own or n, n)

    def clear(self) -> None:
        """Forget all frames: one of the runs is another one."""
        self._firsts.clear()
        self._second = None

    def add_first(self, frame: Frame) -> FramePair | None:
        """Return the pair that a frame of the leader makes; None: the other half is on its way."""
        if self._firsts and self._firsts[-1].run_id != frame.run_id:
            self._firsts.clear()
        self._firsts.append(frame)
        second = self._second
        if second is None:
            return None
        if second.status in _ENDED or (self._is_pair(frame, second) and not frame.is_moving):
            return FramePair(frame, second, is_same_moment=True)
        # While they train, the frame of the other one is on its way, and the last one may be of other rows.
        return None

    def add_second(self, frame: Frame) -> FramePair | None:
        """Return the pair that a frame of the follower makes, which may be far behind; None: none that fits, yet."""
        self._second = frame
        if not self._firsts:
            return None
        for first in reversed(self._firsts):
            if self._is_pair(first, frame):
                return FramePair(first, frame, is_same_moment=True)
        last = self._firsts[-1]
        has_ended = frame.status in _ENDED
        # What is an epoch away is about to be joined.
        return FramePair(last, frame, has_ended) if has_ended or frame.epoch + 1 < last.epoch else None

    def _is_pair(self, first: Frame, second: Frame) -> bool:
        of_first, of_second = self.sizes
        return first.epoch == second.epoch and first.batch * of_first // of_second == second.batch
