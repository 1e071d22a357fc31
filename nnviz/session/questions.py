"""Questions to the run in the foreground that are asked again as it goes on, as seldom as they are dear.

The answer is made in the run's own thread, between two slices; who asks neither waits nor computes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnviz.session.controller import Controller
from nnviz.session.run import Run

#: Between two answers, while the run trains and while it rests.
TRAINING_PAUSE_S, RESTING_PAUSE_S = 1.0, 0.1
#: Of the thread's time, at the most.
SHARE = 0.02


class Question(QObject):
    """One question, asked at once and then again whenever it is said that something is new.

    Parameters
    ----------
    controller : Controller
    function : callable
        Takes a `Run`, in its thread; what it returns is the answer.
    parent : QObject
    clock : callable
        Seconds, monotonic.

    Signals
    -------
    answered : object
        The answer, or the exception that came of it. None comes of a run that is no longer shown, nor of what was
        asked before `forget`.
    """

    answered = Signal(object)
    _came = Signal(object, object, object)

    def __init__(
        self,
        controller: Controller,
        function: Callable[[Run], Any],
        parent: QObject,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._controller, self.function, self._clock = controller, function, clock
        self._is_wanted = self._is_asking = False
        self._asked, self._asked_run = 0, -1
        self._due_s = -math.inf
        self._timer = QTimer(self, singleShot=True)
        self._timer.setObjectName("pause between two questions to a run")
        self._timer.timeout.connect(self._go)
        self._came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)

    @property
    def is_open(self) -> bool:
        """Whether an answer is to come."""
        return self._is_wanted or self._is_asking

    def ask(self) -> None:
        """Ask again once the last answer is old enough: something is new."""
        self._is_wanted = True
        self._go()

    def ask_now(self) -> None:
        """Ask again at once: somebody wants to know something else."""
        self.forget()
        self._due_s = -math.inf
        self.ask()

    def forget(self) -> None:
        """Want no answer any more."""
        self._timer.stop()
        self._asked += 1
        self._is_wanted = self._is_asking = False

    @Slot()
    def _go(self) -> None:
        # A run that has been set aside meanwhile may never answer.
        waits = self._is_asking and self._asked_run == self._controller.run_id
        if not self._is_wanted or waits:
            return
        left_s = self._due_s - self._clock()
        if left_s > 0.0:
            if not self._timer.isActive():
                self._timer.start(math.ceil(1000.0 * left_s))
            return
        self._timer.stop()
        self._is_wanted, self._is_asking = False, True
        self._asked, self._asked_run = self._asked + 1, self._controller.run_id
        answer = self._controller.request(partial(_timed, self.function))
        answer.add_done_callback(partial(self._tell, self._asked))

    def _tell(self, asked: int, answer: Future[tuple[Any, float]]) -> None:
        """Hand the answer over; called in whatever thread has made it."""
        if answer.cancelled():
            return
        error = answer.exception()
        self._came.emit(asked, *((error, 0.0) if error is not None else answer.result()))

    @Slot(object, object, object)
    def _on_came(self, asked: int, answer: object, cpu_s: float) -> None:
        if asked != self._asked:
            return
        self._is_asking = False
        pause_s = TRAINING_PAUSE_S if self._controller.is_training else RESTING_PAUSE_S
        self._due_s = self._clock() + max(pause_s, cpu_s / SHARE if self._controller.is_training else cpu_s)
        if self._asked_run == self._controller.run_id:
            self.answered.emit(answer)
        self._go()


def _timed(function: Callable[[Run], Any], run: Run) -> tuple[Any, float]:
    """Answer, and say how much of its thread's time that took."""
    began_s = time.thread_time()
    answer = function(run)
    return answer, time.thread_time() - began_s
