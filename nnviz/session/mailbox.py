"""What the window wants of a run: orders and edits in sequence, and the latest wish for needs and speed.

The one object of a run that both threads write to. Edits posted while a run is being prepared, or just before it is
set aside, wait here and are never lost.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from nnviz.core.trainer import Trainer
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.session.speeds import Speed

#: So long after a question of somebody who moves through time the next one is expected.
HASTE_S: Final = 0.25


#: Takes a trainer at the end of every epoch, in its thread; returns whether that was the last one.
Met: TypeAlias = Callable[[Trainer], bool] | None


class Go(Struct, frozen=True):
    """Train until told otherwise, so many epochs more, until an epoch has been reached, or the first one is.

    Attributes
    ----------
    epochs, until : int or None
    met : callable or None
        However fast a run goes, it rests in the very epoch in which something came about.
    """

    epochs: int | None = None
    until: int | None = None
    met: Met = None


class Halt(Struct, frozen=True):
    """Train no further; a step that has begun ends where it is."""


class Step(Struct, frozen=True):
    """Train to the end of the present epoch, or one mini-batch."""

    unit: Literal["epoch", "batch"]


class Adopt(Struct, frozen=True):
    """Follow an edited experiment of the same kind: live settings, and data where they differ."""

    experiment: Experiment


class Reload(Struct, frozen=True):
    """Read the data again: their file has changed."""


class SetParameters(Struct, frozen=True):
    """Overwrite some weights or biases: (flat index, value) pairs."""

    values: tuple[tuple[int, float], ...]


class Operate(Struct, frozen=True):
    """Let a function rewrite weights of the trainer's network, between two slices."""

    function: Callable[[Any], None]


class Ask(Struct, frozen=True):
    """Call a function with the run between two slices, and answer with what it returns.

    Attributes
    ----------
    function : callable
    answer : Future
    without : callable or None
        Gives the answer where the run gives no sign; None: there is none without it.
    """

    function: Callable[[Any], Any]
    answer: Future[Any]
    without: Callable[[], Any] | None = None

    def give(self, function: Callable[[], Any]) -> None:
        """Answer with what `function` returns or raises, unless nobody waits for it any more."""
        if not self.answer.set_running_or_notify_cancel():
            return
        try:
            self.answer.set_result(function())
        except Exception as error:
            self.answer.set_exception(error)


class Redraw(Struct, frozen=True):
    """Send a frame, although nothing may have changed since the last one: somebody looks at the run again."""


class Settle(Struct, frozen=True):
    """Report back once everything posted before has been done and drawn."""

    token: int


Command: TypeAlias = Go | Halt | Step | Adopt | Reload | SetParameters | Operate | Ask | Redraw | Settle


class Mailbox:
    """Thread-safe post from the window to the worker of one run.

    Parameters
    ----------
    needs : Needs
    speed : Speed

    Attributes
    ----------
    pause : threading.Event
        Set while the run should not train of its own accord. Looked at between slices.
    bell : callable
        Called at whatever is posted, in any thread: there is something to do.
    """

    def __init__(self, needs: Needs, speed: Speed) -> None:
        self.pause = threading.Event()
        self.pause.set()
        self.bell: Callable[[], None] = _nobody_listens
        self._lock = threading.Lock()
        self._queue: deque[tuple[int, Command]] = deque()
        self._needs = needs
        self._speed = speed
        self._posted = 0
        self._served = 0
        self._hasty_until_s = -math.inf

    @property
    def needs(self) -> Needs:
        """What the views want of the next frame. A new object where they changed their minds."""
        return self._needs

    @property
    def speed(self) -> Speed:
        """How drawing is paced."""
        return self._speed

    @property
    def served(self) -> int:
        """Number of the command that was taken out last; 0 before the first."""
        return self._served

    def post(self, command: Command) -> int:
        """Append `command` and ring the bell; returns its number, counted from 1.

        Of two edits in a row only the later one is kept: the settings of a slider that is being dragged. A halt takes
        back the steps that have not begun.
        """
        with self._lock:
            self._posted += 1
            number = self._posted
            if isinstance(command, Halt):
                self._queue = deque(entry for entry in self._queue if not isinstance(entry[1], Step))
            if self._queue and isinstance(command, Adopt) and isinstance(self._queue[-1][1], Adopt):
                self._queue.pop()
            self._queue.append((number, command))
        self.bell()
        return number

    def take(self, stop: threading.Event | None = None) -> Command | None:
        """Remove and return the oldest command, or None.

        Once `stop` is set, whoever asks is on the way out: what is posted from then on is for the next one.
        """
        with self._lock:
            if not self._queue or (stop is not None and stop.is_set()):
                return None
            self._served, command = self._queue.popleft()
            return command

    def refuse(self) -> None:
        """Throw away what has not been taken, for nobody will; whoever waits for an answer learns it."""
        with self._lock:
            left, self._queue = self._queue, deque()
        for _, command in left:
            if isinstance(command, Ask):
                command.answer.cancel()

    def answer_without(self) -> None:
        """Answer the questions that can be answered without the run, which gives no sign."""
        with self._lock:
            asked = [command for _, command in self._queue if isinstance(command, Ask) and command.without]
            self._queue = deque(
                (number, command)
                for number, command in self._queue
                if not (isinstance(command, Ask) and command.without)
            )
        for command in asked:
            if command.without is not None:
                command.give(command.without)

    def set_needs(self, needs: Needs) -> None:
        """Let the next frames carry `needs`; a paused run makes a new frame of them."""
        self._needs = needs
        self.bell()

    def set_speed(self, speed: Speed) -> None:
        """Pace drawing by `speed` from the next epoch on."""
        self._speed = speed
        self.bell()

    def hasten(self) -> None:
        """Let the post be looked at more often for `HASTE_S`: somebody waits for one answer after another."""
        self._hasty_until_s = time.monotonic() + HASTE_S

    @property
    def is_hasty(self) -> bool:
        """Whether somebody waits for one answer after another."""
        return time.monotonic() < self._hasty_until_s

    def silence(self) -> None:
        """Take the bell away: nobody works on the run any more, and what is posted waits."""
        self.bell = _nobody_listens


def _nobody_listens() -> None:
    """Nobody works on the run: what is posted waits."""
