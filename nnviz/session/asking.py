"""What can be asked of a window's run, answered by its worker between two slices."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal, Slot

from nnviz.experiment.document import Document, Experiment
from nnviz.session.mailbox import Ask
from nnviz.session.observer import RunObserver
from nnviz.session.present_run import Hosting
from nnviz.session.run import Run
from nnviz.session.state import ExperimentState

T = TypeVar("T")

#: A worker looks at its post between two slices; longer than this it is busy only where something is wrong.
ANSWER_WITHIN_S = 30.0


class AskedRun(RunObserver):
    """The part of a controller that asks its run, and does without an answer where it hangs.

    Signals
    -------
    silence_changed : bool
        The run has given no sign of life for `nnviz.session.pulse.HANGS_AFTER_S`; or it does again.
    """

    silence_changed = Signal(bool)

    _state: ExperimentState
    _hosting: Hosting
    _run: Run

    def document(self, path: Path | None = None, within_s: float = ANSWER_WITHIN_S) -> Document:
        """Return what *Save* writes: the experiment and the run, copied between two slices; waits for it.

        Of a run that gives no sign, it is what it has reached, copied without it.
        """
        if self._hosting.watch.is_silent:
            return self._reached(path)
        answer = self.request_document(path)
        try:
            return answer.result(within_s)
        except TimeoutError:
            answer.cancel()
            return self._reached(path)

    @Slot()
    def abandon_run(self) -> None:
        """Give up the present run, which gives no sign, and go on, paused, from what it had reached."""
        if not self._hosting.is_active:
            return
        document = self._reached(None)
        self._hosting.abandon()
        self._begin(self._new_run(self._state.experiment, document=document), playing=False)

    def _reached(self, path: Path | None) -> Document:
        experiment, frame = self._state.experiment, self._frame
        try:
            # In the midst of whatever it hangs in: weights are whole numbers of updates old, but for the last one.
            return replace(self._run.saved(path), experiment=experiment)
        except Exception:
            parameters = frame.parameters if frame is not None and frame.run_id == self._run.id else None
            return Document(experiment, parameters, path=path)

    def _new_run(self, experiment: Experiment, *, document: Document | None = None) -> Run:
        raise NotImplementedError

    def _begin(self, run: Run, *, playing: bool) -> None:
        raise NotImplementedError

    def request_document(self, path: Path | None = None) -> Future[Document]:
        """Return what `document` returns, once the worker comes to it. Its callbacks are called in the worker."""
        answer: Future[Document] = Future()
        experiment = self._state.experiment
        is_bare = self._run.trainer is None and not self._run.is_to_be_carried
        if is_bare or not self._hosting.is_active:
            answer.set_result(replace(self._run.unprepared(path), experiment=experiment))
        else:
            self._run.mailbox.post(Ask(lambda run: replace(run.saved(path), experiment=experiment), answer))
        return answer

    def ask(self, function: Callable[[Run], T], timeout_s: float = ANSWER_WITHIN_S) -> T:
        """Return what `function` makes of the run, called in its worker between two slices; waits for it.

        Raises
        ------
        TimeoutError
            Where the worker is busy for longer.
        """
        answer: Future[T] = Future()
        self._run.mailbox.post(Ask(function, answer))
        return answer.result(timeout_s)
