"""What can be asked of a window's run, answered by its worker between two slices."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from nnviz.experiment.document import Document
from nnviz.session.mailbox import Ask
from nnviz.session.observer import RunObserver
from nnviz.session.present_run import Hosting
from nnviz.session.run import Run
from nnviz.session.state import ExperimentState

T = TypeVar("T")

#: A worker looks at its post between two slices; longer than this it is busy only where something is wrong.
ANSWER_WITHIN_S = 30.0


class AskedRun(RunObserver):
    """The part of a controller that asks its run. Signals are those of `RunObserver`."""

    _state: ExperimentState
    _hosting: Hosting
    _run: Run

    def document(self, path: Path | None = None) -> Document:
        """Return what *Save* writes: the experiment and the run, copied between two slices; waits for it."""
        return self.request_document(path).result(ANSWER_WITHIN_S)

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
