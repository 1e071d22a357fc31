"""What a loop does for each kind of command that it finds in its mailbox."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from nnviz.core.errors import NnvizError
from nnviz.core.trainer import Trainer
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.session.loop_reading import LoopReading
from nnviz.session.mailbox import (
    Adopt,
    Ask,
    Command,
    Go,
    Halt,
    Met,
    Operate,
    Redraw,
    Reload,
    SetParameters,
    Settle,
    Step,
)
from nnviz.session.pacing import Pace, RateMeter
from nnviz.session.report import news_of, refusal

#: Commands that may read files, or do whatever somebody asks.
SLOW_COMMANDS = (Adopt, Reload, Ask)


class LoopCommands(LoopReading):
    """The part of a `nnviz.session.loop.Loop` that serves commands; `_HANDLERS` is the table of them."""

    _goal: int | None
    _met: Met
    _owed: bool
    _rate: RateMeter
    _settling: list[int]
    _unannounced: Prepared | None

    def _prepare(self) -> None:
        raise NotImplementedError

    def _refuses_to_train(self) -> bool:
        raise NotImplementedError

    def _report(self, *, frame: Frame | None = None, **said: Any) -> None:
        raise NotImplementedError

    def _tell_of_engine(self, trainer: Trainer) -> None:
        raise NotImplementedError

    def _go(self, command: Go) -> None:
        self._steps.clear()
        self._goal = command.until if command.epochs is None else self._epoch + command.epochs
        self._met = command.met
        if self._run.trainer is None:
            self._mailbox.pause.set()
        if self._run.trainer is None or self._refuses_to_train():
            return
        self._mailbox.pause.clear()
        limit = self._run.epoch_limit
        if self._run.ended == "finished" or (limit is not None and self._epoch >= limit):
            self._run.lift_stops()
        self._rate.clear()
        self._pace = Pace(self._mailbox.speed, self._clock)
        if math.isfinite(self._sent_s):
            # However long the run was paused, its last frame is not stale.
            self._sent_s = self._clock()
        self._owed = True

    def _halt(self, _command: Halt) -> None:
        self._steps.clear()
        self._goal = self._met = None
        self._mailbox.pause.set()
        self._owed = True

    def _step(self, command: Step) -> None:
        if self._run.trainer is not None:
            self._steps.append(command.unit)

    def _adopt(self, command: Adopt) -> None:
        run, experiment = self._run, command.experiment
        if run.trainer is None:
            # It could not be prepared; perhaps it can be now.
            run.experiment, run.prepared = experiment, None
            self._prepare()
            return
        try:
            if effect_of(run.experiment, experiment) >= Effect.DATA:
                self._unannounced = run.replace_data(experiment)
            run.follow(experiment)
        except NnvizError as error:
            self._report(**refusal(error))
        else:
            run.resume_after_edit()
            if self._playing:
                self._refuses_to_train()
            self._tell_of_engine(run.trainer)
        self._owed = self._needs_changed = True

    def _reload(self, _command: Reload) -> None:
        run, before = self._run, self._run.prepared
        if run.trainer is not None:
            try:
                self._unannounced = run.replace_data(run.experiment)
            except NnvizError as error:
                self._report(**refusal(error, reloading=True))
                return
            self._report(message=news_of(before, self._unannounced))
        self._adopt(Adopt(run.experiment))

    def _set_parameters(self, command: SetParameters) -> None:
        trainer = self._run.trainer
        if trainer is None:
            return
        try:
            for index, value in command.values:
                trainer.set_parameter(index, value)
        except NnvizError as error:
            self._report(message=str(error), severity="error")
        else:
            self._run.resume_after_edit()
        self._owed = self._needs_changed = True

    def _operate(self, command: Operate) -> None:
        if self._run.trainer is None:
            return
        command.function(self._run.trainer)
        self._run.trainer.clear_stop()
        self._run.resume_after_edit()
        self._owed = self._needs_changed = True

    def _answer(self, command: Ask) -> None:
        command.give(partial(command.function, self._run))

    def _redraw(self, _command: Redraw) -> None:
        self._owed = self._needs_changed = True

    def _note_settle(self, command: Settle) -> None:
        self._settling.append(command.token)

    _HANDLERS: ClassVar[dict[type[Command], Callable[[Any, Any], None]]] = {
        Go: _go,
        Halt: _halt,
        Step: _step,
        Adopt: _adopt,
        Reload: _reload,
        SetParameters: _set_parameters,
        Operate: _operate,
        Ask: _answer,
        Redraw: _redraw,
        Settle: _note_settle,
    }
