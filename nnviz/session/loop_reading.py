"""What can be read of a loop: what it is doing, and for how long it has nothing to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from nnviz.experiment.frame import Status
from nnviz.session.engine_start import LOOK_S, EngineStart
from nnviz.session.mailbox import Mailbox
from nnviz.session.pacing import Pace
from nnviz.session.refining import Refiner
from nnviz.session.run import Run

#: Where an epoch, or the epochs of a frame, last longer than this, frames are sent in between.
STALE_S = 1.0


class LoopReading:
    """The half of a `nnviz.session.loop.Loop` that changes nothing."""

    _run: Run
    _engine: EngineStart
    _mailbox: Mailbox
    _pace: Pace
    _refiner: Refiner
    _clock: Callable[[], float]
    _steps: deque[Literal["epoch", "batch"]]
    _needs_changed: bool
    _sent_s: float

    @property
    def _playing(self) -> bool:
        run = self._run
        if run.bond.follows:
            return not run.ended and run.trainer is not None and run.bond.is_drawn(run.trainer)
        return not self._mailbox.pause.is_set() and not run.ended

    @property
    def _engine_is_ready(self) -> bool:
        trainer = self._run.trainer
        return trainer is None or trainer.engine_name == "numpy" or self._engine.is_ready

    @property
    def _wants_to_train(self) -> bool:
        return self._playing or bool(self._steps)

    @property
    def _epoch(self) -> int:
        return int(self._run.trainer.epoch) if self._run.trainer is not None else 0

    @property
    def _status(self) -> Status:
        run = self._run
        if run.ended:
            return run.ended
        if run.trainer is None:
            return "preparing"
        if self._playing:
            return "running" if self._engine_is_ready else "preparing"
        return "paused" if run.touched or run.trainer.epoch or run.trainer.batch else "ready"

    def _holds_back(self) -> bool:
        """Whether the frame waits for the end of a step, or for the epochs of its speed."""
        bond = self._run.bond
        # Of a run that is led, the next moment that is shown of both is not far.
        is_led = bond.follows and self._playing
        if (self._needs_changed and not is_led) or self._clock() - self._sent_s > STALE_S:
            return False
        if not self._run.ended and not bond.lets_show(self._run.trainer):
            return True
        if self._steps:
            return True
        return not bond.follows and self._playing and self._pace.between_frames

    def _delay_s(self) -> float | None:
        if not self._engine_is_ready:
            return LOOK_S
        if self._run.bond.waits:
            # The other one rings the bell.
            return None
        if self._steps:
            return 0.0
        if not self._run.bond.follows and self._playing and not self._pace.frame_due and self._pace.delay_s > 0.0:
            return self._pace.delay_s
        return self._refiner.delay_s
