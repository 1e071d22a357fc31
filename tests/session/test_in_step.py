"""Two runs in step, in the test's own thread: the same batches, the same moments shown, bit-equal where alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec
from nnviz.session.in_step import ALONE, SLICES_AHEAD, InStep
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.mailbox import Adopt, Ask, Command, Go, Halt, Redraw, Step
from nnviz.session.report import Report
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS

NEEDS = Needs(planes={}, unit_maps=False, points=False)


class Stand:
    """A run with its loop; every frame is wanted, and kept."""

    def __init__(self, experiment: Experiment, speed: str = "full") -> None:
        self.run = Run(experiment, NEEDS, SPEEDS[speed])
        self.link = Link(1)
        self.link.want_frame.set()
        self.frames: list[Frame] = []
        self.is_shown = True
        self.loop = Loop(self.run, self.link, self._take)

    def _take(self, report: Report) -> None:
        if report.frame is not None:
            self.frames.append(report.frame)
            if self.is_shown:
                self.link.want_frame.set()

    @property
    def place(self) -> tuple[int, int]:
        trainer = self.run.trainer
        return (trainer.epoch, trainer.sample) if trainer is not None else (0, 0)


class Two:
    """A leader and its follower, whose turns alternate."""

    def __init__(self, first: Experiment, second: Experiment, speed: str = "full") -> None:
        self.first, self.second = Stand(first, speed), Stand(second)
        for stand in (self.first, self.second):
            stand.loop.turn()
        self.pair = InStep(self.first.run, self.second.run)

    def post(self, *commands: Command) -> None:
        for command in commands:
            self.first.run.mailbox.post(command)

    def turns(self, n: int) -> Iterator[None]:
        for _ in range(n):
            self.first.loop.turn()
            self.second.loop.turn()
            yield

    def until(self, condition: Callable[[], bool], most: int = 20_000) -> None:
        assert any(condition() for _ in self.turns(most))

    def rest(self) -> None:
        """Pause, and let both come to the same place."""
        self.post(Halt())
        self.until(lambda: self.pair.is_together and self.first.run.mailbox.pause.is_set())
        for _ in self.turns(5):
            pass


def experiment(**training: Any) -> Experiment:
    base = Experiment(
        data=DataSpec(name="xor", parameters={"n_samples": 70}),
        network=NetworkSpec(hidden=(LayerSpec(units=3),)),
    )
    return base.edited(training=base.training.edited(**{"engine": "numpy", **training}))


def moments(stand: Stand) -> dict[tuple[int, int], np.ndarray]:
    return {(frame.epoch, frame.batch): frame.parameters for frame in stand.frames}


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("speed", ["full", "10_per_frame"])
def test_a_follower_like_its_leader_is_equal_to_it_at_every_moment_that_is_shown(engine: str, speed: str) -> None:
    alike = experiment(engine=engine, dropout=0.2)
    two = Two(alike, alike, speed)
    two.post(Go())
    two.until(lambda: len(two.second.frames) > 8 and two.first.place[0] > 20)
    two.rest()
    first, second = moments(two.first), moments(two.second)
    assert set(second) == set(first)
    assert len(second) > 8
    for moment, parameters in second.items():
        assert np.array_equal(parameters, first[moment])
    # The curves tell of every epoch.
    a, b = two.first.frames[-1].curves, two.second.frames[-1].curves
    assert np.array_equal(a.train_loss, b.train_loss)
    assert a.epoch[-1] == two.first.place[0]


def test_what_is_shown_of_a_follower_at_rest_was_made_at_rest() -> None:
    """While it trains, a map may be coarser; where it stays, nothing else would ever renew it."""
    two = Two(experiment(), experiment(), "20")
    two.post(Go())

    def is_shown() -> bool:
        """Whether what the follower has shown last is where its leader waits for the next epoch to be due."""
        return len(two.second.frames) > 3 and two.second.place == two.first.place == (two.second.frames[-1].epoch, 0)

    two.until(is_shown, 10**6)
    assert two.second.frames[-1].is_moving
    two.rest()
    assert two.second.frames[-1].status == two.first.frames[-1].status == "paused"
    n_frames = len(two.second.frames)
    for _ in two.turns(5):
        pass
    assert len(two.second.frames) == n_frames


def test_neither_is_more_than_a_frame_ahead() -> None:
    two = Two(experiment(batch_size=7), experiment(batch_size=7, learning_rate=0.3))
    two.post(Go())
    for _ in two.turns(20_000):
        assert two.second.place <= two.first.place
        assert len(two.first.frames) - len(two.second.frames) in (0, 1)
        if two.second.place[0] > 5:
            break
    assert two.second.place[0] > 5
    # Where the follower does nothing, the leader soon waits for it, ahead of it.
    for _ in range(3 * SLICES_AHEAD):
        two.first.loop.turn()
    waits_at = two.first.place
    assert waits_at > two.second.place
    assert two.first.loop.turn() is None
    assert two.first.place == waits_at


def test_the_same_rows_with_batches_of_another_size() -> None:
    two = Two(experiment(batch_size=10), experiment(batch_size=25))
    for _ in range(3):
        two.post(Step("batch"))
    two.until(lambda: two.second.place > (0, 0))
    two.rest()
    assert (two.first.place, two.second.place) == ((0, 30), (0, 25))
    two.post(Step("epoch"))
    two.until(lambda: two.first.place == (1, 0) == two.second.place)
    two.rest()
    assert two.second.frames[-1].status == "paused"


def test_other_rows_come_to_both_at_the_same_moment() -> None:
    alike = experiment()
    other = alike.edited(data=alike.data.edited(seed=5))
    two = Two(alike, alike)
    two.post(Go())
    two.until(lambda: two.second.place[0] > 3)
    # The leader is ahead of it when the rows change.
    for _ in range(3):
        two.first.loop.turn()
    assert two.second.place < two.first.place
    changed_at = two.first.place
    two.post(Adopt(other))
    answer: Future[None] = Future()
    two.post(Ask(lambda _run: two.pair.entrust(Adopt(other)), answer))
    two.until(lambda: two.second.place > changed_at)
    two.rest()
    assert two.second.run.experiment == other
    assert np.array_equal(two.second.frames[-1].parameters, two.first.frames[-1].parameters)


def test_a_follower_that_begins_late_catches_up() -> None:
    alike = experiment()
    two = Two(alike, alike)
    two.pair.end()
    assert two.first.run.bond is ALONE
    two.post(Go(until=30))
    for _ in two.turns(300):
        pass
    assert (two.first.place, two.second.place) == ((30, 0), (0, 0))
    two.pair = InStep(two.first.run, two.second.run)
    two.until(lambda: two.pair.is_together and two.second.place == (30, 0))
    two.rest()
    assert np.array_equal(two.second.frames[-1].parameters, two.first.frames[-1].parameters)


def test_one_that_has_ended_keeps_nobody_waiting() -> None:
    two = Two(experiment(), experiment(stop_at_epochs=True, epochs=4))
    two.post(Go())
    two.until(lambda: two.first.place[0] > 40)
    assert two.second.place == (4, 0)
    assert two.second.run.ended == "finished"
    assert two.second.frames[-1].status == "finished"
    # Nor anybody who waits for both to be together.
    two.rest()
    assert two.pair.is_together


def test_where_nobody_sees_the_window_they_stay_in_step() -> None:
    two = Two(experiment(), experiment(learning_rate=0.1))
    two.post(Go())
    two.until(lambda: two.second.place[0] > 2)
    for stand in (two.first, two.second):
        stand.is_shown = False
        stand.link.want_frame.clear()
        stand.link.unseen.set()
    n_frames = len(two.first.frames)
    epoch = two.second.place[0]
    two.until(lambda: two.second.place[0] > epoch + 20)
    assert len(two.first.frames) == n_frames


def test_a_moment_shown_twice_waits_for_nobody() -> None:
    two = Two(experiment(), experiment())
    two.post(Step("epoch"))
    two.until(lambda: two.pair.is_together and two.second.place == (1, 0))
    two.rest()
    n_frames = len(two.first.frames)
    two.post(Redraw())
    two.until(lambda: len(two.first.frames) == n_frames + 1 and two.pair.is_together)
    two.post(Step("epoch"))
    two.until(lambda: two.pair.is_together and two.second.place == (2, 0))
