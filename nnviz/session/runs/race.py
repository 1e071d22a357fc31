"""A race: several optimisers train the same network from the same weights with the same mini-batches, in step.

They train in rounds: one begins when all have come to the end of the last one. What each is at the end of a round
becomes a point of its trail, so that all trails have the same epochs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.core.landscape import Ground
from nnviz.core.layout import Array
from nnviz.core.losses import LOSSES
from nnviz.core.numbers import exact_text
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.translation import translated
from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.prepare import Prepared
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.runs.orders import GIVEN_UP
from nnviz.session.runs.racer import Racer
from nnviz.session.runs.run_copies import RunCopies
from nnviz.session.runs.wall_run import SharedRows, WallRun
from nnviz.session.speeds import Speed
from nnviz.sweeps.plan import Point
from nnviz.sweeps.race import Entrant, Trail, points_of_trails

#: Between two rounds, at least: as many as the eye can follow.
ROUND_MS: Final = 33
#: Rounds in which a race comes to its end at full speed, where they are short: its trails have as many points.
ROUNDS: Final = 100
#: A round that takes less may be followed by one of more epochs, one that takes more by one of fewer.
SHORT_S, LONG_S = 0.2, 0.5
NO_DOCUMENTS: Final[Mapping[int, Document]] = {}
NO_TRAILS: Final[Mapping[int, Trail]] = {}


class Race(QObject):
    """Trains all racers, in step, to a common goal.

    Parameters
    ----------
    experiment : Experiment
    entrants : iterable of Entrant
    goal : int
        Epochs that each is to be trained.
    lab : Laboratory
    rows : SharedRows
    start : ndarray ``(n_parameters,)`` or None
        The weights that all begin with; None: the first ones of the experiment.
    speed : callable
        How fast it is to go now.
    parent : QObject or None
    documents : mapping of int to Document
        Runs that go on from where a file has them, by number.
    trails : mapping of int to Trail
        Where these have been.

    Attributes
    ----------
    is_restored : bool
        Whether it was brought back from a file and not looked at since.
    racers : tuple of Racer
    ground : Ground or None
        What the loss is computed of, once that is known.

    Signals
    -------
    changed : ()
        All have come a round further, or one has failed.
    state_changed : ()
        It began to train, was stopped, or is done.
    taken : object, object
        Number of a racer, and a copy of its run to be opened.
    """

    changed = Signal()
    state_changed = Signal()
    taken = Signal(object, object)
    _grounded = Signal(object)

    def __init__(
        self,
        experiment: Experiment,
        entrants: Iterable[Entrant],
        goal: int,
        lab: Laboratory,
        rows: SharedRows,
        start: Array | None,
        speed: Callable[[], Speed],
        parent: QObject | None = None,
        documents: Mapping[int, Document] = NO_DOCUMENTS,
        trails: Mapping[int, Trail] = NO_TRAILS,
    ) -> None:
        super().__init__(parent)
        self.experiment, self.goal, self._lab, self._speed = experiment, goal, lab, speed
        self.start, self.is_restored = start, False
        self.ground: Ground | None = None
        self._by_run: dict[int, Racer] = {}
        racers = []
        for number, entrant in enumerate(entrants):
            own = entrant.experiment(experiment)
            document = documents.get(number) or (None if start is None else Document(own, start.copy()))
            label = translated("race: {0} {1}", OPTIMIZERS[entrant.optimizer].label, exact_text(entrant.rate))
            run = WallRun(own, Point(number, (), None, None), rows, document, label)
            racer = Racer(number, entrant, own, run.id, trail=trails.get(number) or Trail())
            racers.append(racer)
            self._by_run[run.id] = racer
            lab.add(run, rests=True)
            lab.set_needs(run.id, NOTHING)
        self.racers = tuple(racers)
        self._awaited: set[int] = set()
        self._target, self._wants = 0, False
        self._is_closed = self._is_stopping = False
        self._due_s = self._round_s = 0.0
        self._begun_s = math.inf
        self._usual = 1
        self._timer = QTimer(self)
        self._timer.setObjectName("rounds of a race")
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._begin_round)
        self._grounded.connect(self._on_grounded)
        self._copies = RunCopies(lab, self)
        lab.frame_ready.connect(self._on_frame)
        lab.run_changed.connect(self._on_run_changed)
        lab.removed.connect(self._on_removed)

    # -- training -----------------------------------------------------------------------------------------------

    @property
    def prepared(self) -> Prepared | None:
        """The data, once they are known."""
        first = self.racers[0].run_id
        return self._lab.observer(first).prepared if first in self._lab else None

    @property
    def epoch(self) -> int:
        """The epoch that all have reached that go on; of a race that is over, the last one of any."""
        going = [racer.epoch for racer in self.racers if not racer.ended]
        return min(going) if going else max(racer.epoch for racer in self.racers)

    @property
    def is_ready(self) -> bool:
        """Whether all stand at the start, or further."""
        return all(racer.frame is not None or racer.ended for racer in self.racers)

    @property
    def is_training(self) -> bool:
        """Whether it goes on by itself."""
        return self._wants and not self._is_closed

    @property
    def is_settled(self) -> bool:
        """Whether it rests, and all that has come of it is known."""
        return not self.is_training and not self._awaited

    @property
    def can_go_on(self) -> bool:
        """Whether one of them has not come to its end."""
        return not self._is_closed and any(not racer.ended and racer.epoch < self.goal for racer in self.racers)

    def look(self) -> None:
        """Let the runs of a file be seen as they were left: they are prepared, and rest."""
        if not self._is_closed and self.is_restored:
            self._prepare()

    def _prepare(self) -> None:
        self.is_restored = False
        if not self.is_ready:
            for racer in self.racers:
                if racer.frame is None and racer.run_id in self._lab:
                    self._awaited.add(racer.run_id)
                    self._lab.open(racer.run_id)
                    self._lab.glance(racer.run_id)

    def go_on(self) -> None:
        """Train all that have not come to their end; the first time, they are prepared before."""
        if self._is_closed:
            return
        self._wants = True
        self._prepare()
        self._wind()
        self.state_changed.emit()

    def train_on(self, epochs: int) -> None:
        """Train all of them so many epochs more than they were to be."""
        self.goal += epochs
        self.go_on()

    def step(self) -> None:
        """Train all of them one epoch, and rest."""
        if self.is_settled and self.is_ready and self.can_go_on:
            self._advance(1)

    def stop(self) -> bool:
        """Let all of them stay where they are; return whether any was training."""
        was_training = self.is_training
        self._wants, self._is_stopping = False, True
        self._timer.stop()
        if was_training:
            self._lab.pause(run_id for run_id in self._by_run if self._lab.is_open(run_id))
        self.state_changed.emit()
        return was_training

    def close(self) -> None:
        """Let the runs go."""
        if self._is_closed:
            return
        self._is_closed, self._wants = True, False
        self._copies.forget()
        self._timer.stop()
        self._lab.frame_ready.disconnect(self._on_frame)
        self._lab.run_changed.disconnect(self._on_run_changed)
        self._lab.removed.disconnect(self._on_removed)
        for run_id in self._by_run:
            if run_id in self._lab:
                self._lab.remove(run_id)
        self._by_run.clear()
        self._awaited.clear()
        self.deleteLater()

    def _stride(self, speed: Speed) -> int:
        """Return the epochs of a round: at full speed so many that it takes some 100 rounds."""
        most = max(self.goal // ROUNDS, 1)
        if speed.epochs_per_second is not None:
            return max(1, min(round(speed.epochs_per_second * ROUND_MS / 1000.0), most))
        if speed.epochs_per_frame is not None:
            return min(speed.epochs_per_frame, most)
        if self._round_s < SHORT_S:
            self._usual *= 2
        elif self._round_s > LONG_S:
            self._usual //= 2
        self._usual = max(1, min(self._usual, most))
        return self._usual

    def _wind(self) -> None:
        """Begin the next round once it is due, where all have come to the end of the last one."""
        if not self._wants or self._awaited or self._timer.isActive() or not self.is_ready:
            return
        if not self.can_go_on:
            self._wants = False
            self.state_changed.emit()
            return
        self._timer.start(max(math.ceil(1000.0 * (self._due_s - time.perf_counter())), 0))

    @Slot()
    def _begin_round(self) -> None:
        speed = self._speed()
        stride, seconds = self._stride(speed), ROUND_MS / 1000.0
        if speed.epochs_per_second is not None:
            seconds = max(seconds, stride / speed.epochs_per_second)
        self._begun_s = time.perf_counter()
        self._due_s = self._begun_s + seconds
        self._advance(stride)

    def _advance(self, stride: int) -> None:
        going = [racer for racer in self.racers if not racer.ended and racer.epoch < self.goal]
        self._is_stopping = False
        # At whole rounds: after a stop, they catch up with each other.
        self._target = min((min(racer.epoch for racer in going) // stride + 1) * stride, self.goal)
        for racer in going:
            if racer.epoch < self._target and racer.run_id in self._lab:
                self._awaited.add(racer.run_id)
                self._lab.train([racer.run_id], until=self._target)

    # -- what comes back ----------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_frame(self, run_id: int, frame: Frame) -> None:
        racer = self._by_run.get(run_id)
        if racer is None or run_id not in self._awaited:
            return
        is_over = frame.status in ("finished", "diverged", "failed")
        if not is_over and (frame.status == "running" or (frame.epoch < self._target and not self._is_stopping)):
            # In the middle of a round.
            self._lab.glance(run_id)
            return
        racer.frame = frame
        racer.ended = is_over
        racer.fault = frame.status if frame.status in ("diverged", "failed") else ""
        racer.message = frame.message if is_over else ""
        if not racer.fault and not frame.batch:
            racer.trail.most = points_of_trails(len(frame.parameters), len(self.racers))
            racer.trail.add(frame.epoch, frame.parameters, frame.metrics.train_loss)
        if self.ground is None and not racer.number:
            self._ask_ground(run_id)
        self._arrive(run_id)

    @Slot(object)
    def _on_run_changed(self, run_id: int) -> None:
        racer = self._by_run.get(run_id)
        if racer is None:
            return
        observer = self._lab.observer(run_id)
        if observer.status == "failed":
            racer.ended, racer.fault = True, "failed"
            racer.message = self._lab.run(run_id).message
            self._arrive(run_id)
        elif run_id in self._awaited and not observer.is_training:
            # It has come to the end of the round: only that is wanted of it.
            self._lab.glance(run_id)

    def _arrive(self, run_id: int) -> None:
        if run_id in self._awaited:
            self._awaited.discard(run_id)
            if not self._awaited:
                self._round_s = max(time.perf_counter() - self._begun_s, 0.0)
                self.changed.emit()
                self.state_changed.emit()
                self._wind()

    @Slot(object)
    def _on_removed(self, run_id: int) -> None:
        racer = self._by_run.pop(run_id, None)
        if racer is not None:
            racer.ended, racer.fault, racer.message = True, "failed", translated(GIVEN_UP)
            self._arrive(run_id)

    def _ask_ground(self, run_id: int) -> None:
        answer: Future[Ground] = self._lab.ask(run_id, _ground_of)
        answer.add_done_callback(self._tell_ground)

    def _tell_ground(self, answer: Future[Ground]) -> None:
        """Called in a training thread."""
        if not answer.cancelled() and answer.exception() is None and not self._is_closed:
            self._grounded.emit(answer.result())

    @Slot(object)
    def _on_grounded(self, ground: Ground) -> None:
        self.ground = ground
        if not self._is_closed:
            self.changed.emit()

    # -- one of them --------------------------------------------------------------------------------------------

    def request(self, number: int) -> None:
        """Have a copy of a racer's run, which `taken` brings: the run itself stays in the race."""
        racer = self.racers[number]
        if racer.run_id in self._by_run and racer.frame is not None:
            ends = self.experiment.training.stop_at_epochs
            self._copies.ask(racer.run_id, partial(self.taken.emit, number), lambda run: _saved(run, ends))


def _ground_of(run: Run) -> Ground:
    """Called in a training thread, between two slices."""
    trainer = run.trainer
    assert trainer is not None
    problem = trainer.problem
    return Ground.of(trainer.network, LOSSES[trainer.loss], problem.X, problem.Y, problem.weights)


def _saved(run: Run, stop_at_epochs: bool) -> Document:
    document = run.saved(None)
    experiment = document.experiment
    own = experiment.edited(training=experiment.training.edited(stop_at_epochs=stop_at_epochs))
    return Document(own, document.parameters, document.checkpoint, document.history)
