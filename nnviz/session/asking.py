"""What can be asked of the run that a window shows, answered by a training thread between two slices."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TypeAlias, TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QEventLoop, QTimer, Signal, Slot

from nnviz.core.errors import Cancelled
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.prepare import Prepared
from nnviz.session.abandoned import note_hang
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.orders import copy_of
from nnviz.session.shown_run import ShownRun
from nnviz.session.state import ExperimentState

T = TypeVar("T")
Answer: TypeAlias = Future[Document]
"""A document that has been asked for."""

#: A training thread looks at the post between two slices; longer than this it is busy only where something is wrong.
ANSWER_WITHIN_S = 30.0
#: So often whoever waits looks for runs that give no sign.
LOOK_S = 0.25


def answered(answer: Answer, within_s: float) -> Document | None:
    """Wait for an answer; return None where it takes longer.

    Raises
    ------
    Cancelled
        Where there is none to come: the run was given up.
    """
    try:
        return answer.result(within_s)
    except CancelledError:
        raise Cancelled("Writing was given up.") from None
    except TimeoutError:
        return None


class AskedRun(ShownRun):
    """The part of a controller that asks its run, and does without an answer where it hangs.

    Signals
    -------
    silence_changed : bool
        The run has given no sign of life for `nnviz.session.pulse.HANGS_AFTER_S`; or it does again. The others are
        those of `ShownRun`.
    data_reloaded : ()
        The run is to read its data again.
    """

    silence_changed = Signal(bool)
    data_reloaded = Signal()

    _state: ExperimentState
    _run: Run
    lab: Laboratory

    def document(self, path: Path | None = None, within_s: float = ANSWER_WITHIN_S, *, past_bytes: int = 0) -> Document:
        """Return what *Save* writes: the experiment and the run, copied between two slices; waits for it.

        About `past_bytes` of the run's past come with it. Of a run that gives no sign, it is what it has reached,
        copied without it; so is what stands beside.
        """
        answer = self.request_document(path, past_bytes)
        until_s = time.monotonic() + within_s
        try:
            while (left_s := until_s - time.monotonic()) > 0.0:
                if (document := answered(answer, min(left_s, LOOK_S))) is not None:
                    return document
                # Whoever waits here lets no timer tell.
                self.lab.silent.look()
            note_hang()
            self.lab.silent.answer_all()
            document = answered(answer, 0.0)
        except Cancelled:
            document = None
        answer.cancel()
        return document if document is not None else self._reached(path)

    @Slot()
    def abandon_run(self) -> None:
        """Give up the run that is shown, which gives no sign, and go on, paused, from what it had reached."""
        if not self.lab.is_open(self.run_id):
            return
        document = self._reached(None)
        self.lab.abandon(self.run_id)
        run = self._new_run(self._state.experiment, document=document)
        self._stand_in(run.id, self.run_id)
        self._replace(run, playing=False)

    def _reached(self, path: Path | None) -> Document:
        """Return what the run has reached, in the midst of whatever it hangs in.

        Weights are whole numbers of updates old, but for the last one.
        """
        document = copy_of(self._run, self.observer, lambda run: run.saved(path))
        return replace(document, experiment=self._state.experiment, path=path)

    def _new_run(
        self,
        experiment: Experiment,
        *,
        document: Document | None = None,
        prepared: Prepared | None = None,
        carries: bool = False,
    ) -> Run:
        raise NotImplementedError

    def _replace(self, run: Run, *, playing: bool) -> None:
        raise NotImplementedError

    def _stand_in(self, run_id: int, former: int) -> None:
        raise NotImplementedError

    def request_document(self, path: Path | None = None, past_bytes: int = 0) -> Future[Document]:
        """Return what `document` returns, once a thread comes to it. Its callbacks are called in that thread."""
        experiment = self._state.experiment
        is_bare = self._run.trainer is None and not self._run.is_to_be_carried
        if is_bare or not self.lab.is_open(self._run.id):
            answer: Future[Document] = Future()
            answer.set_result(replace(self._run.unprepared(path), experiment=experiment))
            return answer
        return self.lab.ask_copy(self._run.id, lambda run: replace(run.saved(path, past_bytes), experiment=experiment))

    def request(self, function: Callable[[Run], T], *, hasty: bool = False) -> Future[T]:
        """Return what `ask` returns, once a thread comes to it. Its callbacks are called in that thread.

        Where it is `hasty`, the next question is expected to come at once.
        """
        if hasty:
            self._run.mailbox.hasten()
        return self.lab.ask(self._run.id, function)

    def ask(self, function: Callable[[Run], T], timeout_s: float = ANSWER_WITHIN_S) -> T:
        """Return what `function` makes of the run, called in a thread between two slices; waits for it.

        Raises
        ------
        TimeoutError
            Where all threads are busy for longer.
        """
        return self.request(function).result(timeout_s)

    def _turn_until_settled(self, timeout_s: float) -> bool:
        """Turn the event loop until what is awaited has been done and drawn; return whether that came in time."""
        loop, limit = QEventLoop(), QTimer(singleShot=True)
        limit.timeout.connect(loop.quit)
        self._settled.connect(loop.quit)
        limit.start(math.ceil(timeout_s * 1000.0))
        loop.exec()
        limit.stop()
        in_time = not self._awaited
        self._awaited = 0
        return in_time
