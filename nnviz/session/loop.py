"""The training loop of a run, turn by turn: serve the post, train a slice, send a frame when one is wanted.

Qt-free, so that it is tested without an event loop; the threads of `nnviz.session.runs.crew` take its turns. Everything
that may go wrong in it ends as a status and one plain sentence.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, Literal

from nnviz.core.errors import NnvizError
from nnviz.core.trainer import Trainer
from nnviz.core.translation import translated
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.sources import NOTHING_PAINTED
from nnviz.session.engine_start import ENGINE_START, EngineStart
from nnviz.session.freed_memory import LET_GO
from nnviz.session.link import Link
from nnviz.session.loop_commands import SLOW_COMMANDS, LoopCommands
from nnviz.session.mailbox import Met
from nnviz.session.pacing import (
    GUI_TURN_S,
    SHORTEST_SLICE_S,
    SLICE_S,
    YIELDING_SLICE_S,
    DisplayForecast,
    Pace,
    RateMeter,
    SliceMeter,
)
from nnviz.session.refining import Refiner
from nnviz.session.report import Report, Severity, fault_sentence, fresh_engine_note, refusal
from nnviz.session.run import Ended, Run

_log = logging.getLogger(__name__)

#: Between two reports of how far the engine is.
TELL_S = 0.5
UNLIMITED = 2**62
CANNOT_GO_ON = {
    "diverged": (
        "This network has diverged; lower the learning rate, then press Reset to begin again "
        "or Play to go on from these weights."
    ),
    "empty": NOTHING_PAINTED,
}


class Loop(LoopCommands):
    """Does what a run has to do, some 20 ms of it in each turn.

    Parameters
    ----------
    run : Run
    link : Link
    deliver : callable
        Takes each `Report`; called in the loop's thread.
    clock : callable
        Seconds, monotonic.
    engine : EngineStart
    """

    def __init__(
        self,
        run: Run,
        link: Link,
        deliver: Callable[[Report], None],
        clock: Callable[[], float] = time.perf_counter,
        engine: EngineStart = ENGINE_START,
    ) -> None:
        self._run = run
        self._link = link
        self._deliver = deliver
        self._clock = clock
        self._engine = engine
        self._mailbox = run.mailbox
        self._needs = run.mailbox.needs
        self._pace = Pace(run.mailbox.speed, clock)
        self._slices = SliceMeter()
        self._rate = RateMeter(clock)
        self._refiner = Refiner(clock)
        self._forecast = DisplayForecast(clock)
        self._steps: deque[Literal["epoch", "batch"]] = deque()
        self._settling: list[int] = []
        self._owed = True
        self._sent_moving = False
        self._needs_changed = False
        self._unannounced: Prepared | None = None
        self._sent_s = self._told_s = -math.inf
        self._has_begun = False
        self._rest_s: float | None = 0.0
        self._goal: int | None = None
        self._met: Met = None

    def turn(self) -> float | None:
        """Prepare the run in the first turn, then do what is next.

        Returns
        -------
        float or None
            After how many seconds there is more to do: 0.0: at once; None: once the mailbox's bell has rung.
        """
        if self._link.stop.is_set():
            return None
        part, aside = (self._turn, nullcontext()) if self._has_begun else (self._prepare, self._link.away())
        with aside, self._link.holding(self._run.hosting):
            if self._link.stop.is_set():
                return None
            self._has_begun, self._rest_s = True, 0.0
            self._guarded(part)
            return self._rest_s

    # -- one turn -----------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        run = self._run
        if run.trainer is None:
            run.ended, run.message = "", ""
            run.prepare(self._link.stop.is_set)
            # A table leaves as much behind as it takes.
            LET_GO.set()
        if run.trainer is not None:
            self._unannounced = run.prepared
            self._tell_of_engine(run.trainer)
            if run.trainer.stop_reason and not run.ended:
                self._look_for_end(limited=False)

    def _tell_of_engine(self, trainer: Trainer) -> None:
        engine_note = fresh_engine_note(trainer) if self._engine_is_ready else ""
        for note in filter(None, (engine_note, self._run.take_note())):
            self._report(message=note, severity="info")

    def _turn(self) -> None:
        self._serve()
        sent = self._send_frame()
        trained = self._run.trainer is not None and self._get_engine() and self._advance()
        self._settle()
        if trained:
            self._refiner.drop()
        elif not sent and not self._refine():
            self._rest_s = self._delay_s()

    def _serve(self) -> None:
        """Take commands until a step is due: what was posted after it may wait for its first slice."""
        while (command := self._mailbox.take(self._link.stop)) is not None:
            with self._link.away() if isinstance(command, SLOW_COMMANDS) else nullcontext():
                self._HANDLERS[type(command)](self, command)
            if self._steps:
                break
        if self._mailbox.speed is not self._pace.speed:
            self._pace = Pace(self._mailbox.speed, self._clock)
        if self._mailbox.needs is not self._needs:
            self._needs = self._mailbox.needs
            self._owed = self._needs_changed = True

    def _get_engine(self) -> bool:
        """Return whether the engine can train; bring it nearer where the first frame is painted, or training waits."""
        is_painted = not self._owed and self._link.want_frame.is_set()
        if self._engine_is_ready or not (is_painted or self._wants_to_train):
            return self._engine_is_ready
        with self._link.away(), self._link.pulse.resting():
            is_ready = self._engine.look()
        if is_ready:
            assert self._run.trainer is not None
            self._owed = self._owed or self._wants_to_train
            self._tell_of_engine(self._run.trainer)
        elif self._wants_to_train and self._clock() - self._told_s >= TELL_S:
            self._told_s = self._clock()
            self._report()
        return self._engine_is_ready

    def _advance(self) -> bool:
        """Train one slice where there is something to train; return whether there was."""
        run = self._run
        assert run.trainer is not None
        if run.bond.follows:
            return self._follow(run.trainer)
        if not run.bond.lets_train(run.trainer):
            return False
        if self._steps:
            self._make_step()
            return True
        if self._pace.frame_due and self._link.unseen.is_set():
            self._pace.frame_sent()
        if not self._playing or self._pace.frame_due or self._pace.delay_s > 0.0:
            return False
        limits = (limit for limit in (self._run.epoch_limit, self._goal) if limit is not None)
        allowed = self._pace.epochs_allowed
        room = min(limits, default=UNLIMITED) - self._epoch
        if self._met is not None:
            # Every epoch is looked at.
            room = min(room, 1)
        if room > 0:
            budget_s = self._forecast.slice_s if allowed is None else SLICE_S
            self._train(budget_s, room if allowed is None else min(room, allowed))
        self._look_for_end()
        return True

    def _follow(self, trainer: Trainer) -> bool:
        """Train what the run that leads has trained; return whether there was anything to do."""
        bond, limit = self._run.bond, self._run.epoch_limit
        room = 0 if self._run.ended else bond.room(trainer)
        if room and (limit is None or limit > self._epoch):
            self._train(SLICE_S, UNLIMITED if limit is None else limit - self._epoch, max_batches=room)
        elif not room and (command := bond.due(trainer)) is not None:
            self._mailbox.post(command)
            return True
        elif not room and not self._playing and self._sent_moving and not self._owed:
            # What was shown of this very place was made in haste.
            self._owed = True
            return True
        elif not room and (not self._owed or self._link.unseen.is_set()):
            # Its last frame is of this very place, or nobody looks.
            bond.was_shown(trainer)
        if room:
            self._look_for_end()
        return room > 0

    def _make_step(self) -> None:
        unit, epoch = self._steps[0], self._epoch
        if self._run.ended == "finished":
            self._run.lift_stops()
        if self._refuses_to_train():
            self._steps.clear()
            return
        made = self._train(SLICE_S, 1, max_batches=1 if unit == "batch" else UNLIMITED)
        self._look_for_end(limited=False)
        trainer = self._run.trainer
        assert trainer is not None
        is_done = unit == "batch" or self._epoch > epoch or made == 0
        # The end of a run has taken all steps back already.
        if self._steps and is_done and not (made == 0 and trainer.is_amid):
            self._steps.popleft()

    def _train(self, budget_s: float, max_epochs: int, max_batches: int = UNLIMITED) -> int:
        """Train one slice of some `budget_s` seconds, at least a piece of an update; return the number of updates."""
        trainer, before = self._run.trainer, self._epoch
        assert trainer is not None
        if trainer.holds_interpreter and self._link.let_gui_work(GUI_TURN_S):
            budget_s = min(budget_s, YIELDING_SLICE_S)
        elif self._mailbox.is_hasty:
            budget_s = min(budget_s, SHORTEST_SLICE_S)
        start_s = self._clock()
        pause = partial(self._is_over, start_s + budget_s)
        made = trainer.advance(min(self._slices.batches(budget_s), max_batches), max_epochs, pause)
        self._slices.measured(made, self._clock() - start_s)
        self._pace.epochs_done(self._epoch - before)
        self._rate.add(self._epoch + trainer.batch / max(1, trainer.n_batches))
        self._owed = self._owed or made > 0 or not trainer.is_amid
        self._run.bond.has_trained(trainer)
        return made

    def _is_over(self, until_s: float) -> bool:
        """Give a sign between two pieces of an update, and return whether the slice is over."""
        self._link.pulse.beat()
        return self._link.stop.is_set() or self._clock() >= until_s

    def _look_for_end(self, *, limited: bool = True) -> None:
        trainer, limit = self._run.trainer, self._run.epoch_limit
        assert trainer is not None
        if trainer.diverged is not None:
            self._end("diverged", trainer.diverged.message, "warning")
        elif trainer.stop_reason:
            self._end("finished", trainer.stop_reason, "info")
        elif limited and limit is not None and self._epoch >= limit:
            self._end("finished", translated("Stopped at epoch {0}, as set; press Play to go on.", self._epoch), "info")
        elif self._is_there(trainer):
            self._mailbox.pause.set()
            self._goal = self._met = None
            self._owed = True
            self._report()

    def _is_there(self, trainer: Trainer) -> bool:
        if self._goal is not None and self._epoch >= self._goal:
            return True
        return self._met is not None and not trainer.is_amid and self._met(trainer)

    def _send_frame(self) -> bool:
        """Send the present moment where the display wants it and it has not been shown; return whether it was."""
        run = self._run
        if run.builder is None or not self._owed or not self._link.want_frame.is_set():
            return False
        if self._holds_back():
            return False
        self._forecast.frame_wanted()
        if self._needs_changed:
            # What has been begun is of other planes, or of other data.
            self._refiner.drop()
        frame = self._build()
        self._owed = self._needs_changed = False
        if frame is None:
            return False
        self._link.want_frame.clear()
        self._sent_moving = frame.is_moving
        self._report(frame=frame)
        if run.trainer is not None:
            run.bond.was_shown(run.trainer)
        self._sent_s = self._clock()
        self._forecast.frame_sent()
        self._pace.frame_sent()
        return True

    def _build(self) -> Frame | None:
        run = self._run
        assert run.builder is not None
        rate = self._rate.rate if self._playing else 0.0
        try:
            return run.builder.build(
                run.moment(),
                self._needs,
                status=self._status,
                message=run.message,
                epochs_per_second=rate,
            )
        except Exception:
            if run.ended != "failed":
                raise
            # The failure has been told; a run that failed may not even be in a state to be drawn.
            return None

    def _settle(self) -> None:
        waits = self._wants_to_train and not self._engine_is_ready
        if (
            self._settling
            and not self._steps
            and not waits
            and (self._playing or not self._owed or self._run.trainer is None)
        ):
            for token in self._settling:
                self._report(settled=token)
            self._settling.clear()

    def _refine(self) -> bool:
        """Make the map of a run at rest finer, a piece in each turn; return whether one was made."""
        builder, trainer = self._run.builder, self._run.trainer
        if self._playing or self._owed or builder is None or trainer is None or self._run.ended == "failed":
            self._refiner.drop()
            return False
        self._owed = self._refiner.advance(builder, self._run.moment, self._needs.planes)
        return self._owed or self._refiner.delay_s == 0.0

    # -- what is told -------------------------------------------------------------------------------------------

    def _refuses_to_train(self) -> bool:
        """Tell why, where a run that diverged, failed or has nothing to learn is asked to train on."""
        run = self._run
        if run.ended not in ("diverged", "failed") and not run.lacks_data:
            return False
        self._mailbox.pause.set()
        self._owed = True
        reason = run.ended if run.ended in CANNOT_GO_ON else "empty" if run.lacks_data else ""
        self._report(
            message=translated(CANNOT_GO_ON[reason]) if reason else run.message,
            severity="info" if reason == "empty" else "warning",
        )
        return True

    def _end(self, ended: Ended, message: str, severity: Severity) -> None:
        self._run.ended, self._run.message = ended, message
        self._mailbox.pause.set()
        self._steps.clear()
        self._owed = True
        self._report(message=message, severity=severity)

    def _report(self, *, frame: Frame | None = None, **said: Any) -> None:
        """Deliver a report; `said` are `message`, `severity`, `settled` or `misfit` of it."""
        prepared, self._unannounced = (self._unannounced, None) if frame is not None else (None, self._unannounced)
        served, status = self._mailbox.served, self._status
        preparation = self._engine.preparation if self._wants_to_train and not self._engine_is_ready else None
        self._deliver(
            Report(
                *(self._run.id, self._link.host_id, served, status),
                prepared=prepared,
                frame=frame,
                preparation=preparation,
                **said,
            )
        )

    def _guarded(self, part: Callable[[], None]) -> None:
        """Run `part`; let whatever it raises end the run with a sentence instead of the thread with a traceback."""
        try:
            part()
        except NnvizError as error:
            self._end("failed", str(error), refusal(error)["severity"])
        except Exception as error:
            _log.exception("run %d failed", self._run.id)
            self._end("failed", fault_sentence(error), "error")
