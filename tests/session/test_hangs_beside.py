"""Runs beside the one in front that hang: told, given up, and in nobody's way, least of all in that of Save."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.core.errors import ExperimentError
from nnviz.experiment import load_document, save_document
from nnviz.experiment.document import Document
from nnviz.experiment.frame import Frame
from nnviz.session import abandoned, asking, pulse, writing
from nnviz.session.autosave import Autosave
from nnviz.session.controller import Controller
from nnviz.session.job import Job
from nnviz.session.run import Run
from nnviz.session.runs.kept_second import KeptSecond
from nnviz.session.runs.orders import GIVEN_UP
from nnviz.session.runs.race_keeper import RaceKeeper
from nnviz.session.runs.second_keeper import SecondKeeper
from nnviz.session.runs.wall_keeper import WallKeeper
from nnviz.session.state import ExperimentState
from nnviz.session.writing import writing_job
from nnviz.sweeps.race import Entrant

Train = Callable[[Controller, int], Frame]
ROOM = 2**23


class Hang:
    """Lets runs hang until it is let go, but for the window's thread."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot, self.begun, self.over = qtbot, threading.Event(), threading.Event()

    def set(self, run: Run | None) -> None:
        assert run is not None
        trainer: Any = run.trainer
        advance = trainer.advance

        def hang(*arguments: Any) -> int:
            if not self.over.is_set() and threading.current_thread() is not threading.main_thread():
                self.begun.set()
                self.over.wait()
            return int(advance(*arguments))

        trainer.advance = hang

    def until_silent(self, controller: Controller, *run_ids: int) -> None:
        silent = controller.lab.silent

        def is_told() -> bool:
            silent.look()
            return silent.beside == set(run_ids)

        self._qtbot.waitUntil(is_told, timeout=20_000)


@pytest.fixture
def hang(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hang]:
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 0.3)
    # No answer is waited for so long that a test would.
    monkeypatch.setattr(asking, "ANSWER_WITHIN_S", 600.0)
    hang = Hang(qtbot)
    yield hang
    hang.over.set()
    qtbot.waitUntil(lambda: not abandoned.is_any_left())


def test_a_second_network_that_hangs_is_told_of_and_goes_on_from_where_it_was(
    state: ExperimentState, controller: Controller, train: Train, hang: Hang, qtbot: QtBot, tmp_path: Path
) -> None:
    keeper = SecondKeeper(state, controller, controller, KeptSecond(state, controller, controller))
    keeper.open()
    controller.play_until(4)
    qtbot.waitUntil(lambda: keeper.is_settled and keeper.pair is not None and keeper.pair.first.epoch == 4)
    assert keeper.pair is not None
    former, reached = keeper.run_id, keeper.pair.second
    hang.set(keeper.run)
    controller.play()
    hang.until_silent(controller, former)
    # It is saved with all that it had learnt, and nobody waits for it.
    save_document(controller.document(past_bytes=ROOM), tmp_path / "a.nnviz")
    assert "0.parameters" in load_document(tmp_path / "a.nnviz").beside["second"]
    controller.pause()
    controller.lab.give_up(former)
    assert former not in controller.lab
    assert controller.lab.silent.beside == set() or former not in controller.lab.silent.beside
    qtbot.waitUntil(lambda: keeper.run_id not in (0, former) and keeper.is_settled, timeout=20_000)
    after = keeper.pair
    assert after.second.epoch == after.first.epoch >= reached.epoch
    assert keeper.run is not None
    assert keeper.run.trainer is not None
    # What it had learnt before is not learnt once more: its curve goes back to the beginning.
    assert np.array_equal(keeper.run.trainer.history.train_loss[:5], reached.curves.train_loss[:5])
    more = train(controller, after.first.epoch + 3).epoch
    qtbot.waitUntil(lambda: keeper.is_settled and keeper.pair.first.epoch >= more, timeout=20_000)
    keeper.close()


def test_a_wall_goes_on_without_the_run_that_hangs(
    state: ExperimentState, controller: Controller, hang: Hang, qtbot: QtBot, tmp_path: Path
) -> None:
    keeper = WallKeeper(state, controller, controller)
    wall = keeper.hang("run 3 seeds", 6, seeds=range(3))
    qtbot.waitUntil(lambda: wall.is_settled and wall.reached == 6, timeout=20_000)
    stuck = wall.tiles[1]
    hang.set(controller.lab.run(stuck.run_id))
    wall.train_on(4)
    hang.until_silent(controller, stuck.run_id)
    qtbot.waitUntil(lambda: [tile.standing.epoch for tile in wall.tiles] == [10, 6, 10], timeout=20_000)
    assert wall.is_training
    save_document(controller.document(past_bytes=ROOM), tmp_path / "a.nnviz")
    beside = load_document(tmp_path / "a.nnviz").beside["wall"]
    assert {f"{number}.parameters" for number in range(3)} <= set(beside)
    # A copy of it can be had as it was seen.
    shown = controller.run_id
    wall.request(1)
    qtbot.waitUntil(lambda: controller.run_id != shown, timeout=20_000)
    controller.lab.give_up(stuck.run_id)
    assert (stuck.standing.fault, stuck.message, stuck.standing.epoch) == ("failed", GIVEN_UP, 6)
    qtbot.waitUntil(lambda: wall.is_settled, timeout=20_000)
    wall.train_on(2)
    qtbot.waitUntil(lambda: wall.is_settled, timeout=20_000)
    assert [tile.standing.epoch for tile in wall.tiles] == [12, 6, 12]
    keeper.close()


def test_a_wall_goes_on_without_a_run_that_cannot_even_be_drawn(
    state: ExperimentState, controller: Controller, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = WallKeeper(state, controller, controller)
    wall = keeper.hang("run 2 seeds", 10**6, seeds=range(2))
    qtbot.waitUntil(lambda: all(tile.frame and tile.frame.status == "running" for tile in wall.tiles), timeout=20_000)
    builder: Any = controller.lab.run(wall.tiles[0].run_id).builder

    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("cannot be drawn")

    builder.build = fail
    qtbot.waitUntil(lambda: wall.tiles[0].standing.fault == "failed", timeout=20_000)
    assert "cannot be drawn" in wall.tiles[0].message
    assert "cannot be drawn" in caplog.text
    wall.stop()
    qtbot.waitUntil(lambda: wall.is_settled, timeout=20_000)
    epoch = wall.tiles[1].standing.epoch
    wall.go_on()
    qtbot.waitUntil(lambda: wall.tiles[1].standing.epoch > epoch, timeout=20_000)
    caplog.clear()
    keeper.close()


def test_a_race_goes_on_without_the_racer_that_hangs(
    state: ExperimentState, controller: Controller, hang: Hang, qtbot: QtBot
) -> None:
    keeper = RaceKeeper(state, controller, controller)
    race = keeper.begin((Entrant("sgd", 0.1), Entrant("adam", 0.01)), 4)
    qtbot.waitUntil(lambda: race.is_settled and race.epoch == 4, timeout=20_000)
    stuck = race.racers[1]
    hang.set(controller.lab.run(stuck.run_id))
    race.train_on(4)
    hang.until_silent(controller, stuck.run_id)
    controller.lab.give_up(stuck.run_id)
    assert (stuck.ended, stuck.fault, stuck.message) == (True, "failed", GIVEN_UP)
    qtbot.waitUntil(lambda: race.is_settled, timeout=20_000)
    assert race.racers[0].epoch == 8
    keeper.close()


def test_another_course_that_hangs_is_one_that_rests_where_it_had_come_to(
    controller: Controller, train: Train, hang: Hang, qtbot: QtBot
) -> None:
    train(controller, 4)
    first = controller.run_id
    controller.continue_from(2, plays=False)
    qtbot.waitUntil(lambda: controller.run_id != first, timeout=20_000)
    controller.wait_idle()
    course = controller.tree.course_of(first)
    assert course is not None
    hang.set(controller.lab.run(first))
    controller.lab.train([first])
    hang.until_silent(controller, first)
    controller.lab.give_up(first)
    moved = controller.tree.course(course.number)
    assert moved is not None
    assert moved.run_id != first
    assert controller.tree.curves_of(course.number) is not None
    controller.show_course(course.number)
    controller.wait_idle()
    assert controller.frame is not None
    assert (controller.frame.run_id, controller.frame.epoch) == (moved.run_id, 4)
    # Undo knows it by its new name.
    assert train(controller, 6).epoch >= 6


def test_steps_and_marks_of_a_run_that_was_stopped_go_on_with_what_stands_for_it(
    state: ExperimentState, controller: Controller, train: Train, hang: Hang, qtbot: QtBot
) -> None:
    train(controller, 4)
    former = controller.run_id
    controller.timeline.marks.toggle_star(former, 2)
    controller.timeline.marks.set_note(former, 3, "here")
    assert controller.frame is not None
    weight = float(controller.frame.parameters[0])
    controller.edit_parameters({0: weight + 1.0}, "change weight")
    controller.wait_idle()
    hang.set(controller._run)
    controller.play()
    qtbot.waitUntil(lambda: controller.lab.pulse_watch.is_silent, timeout=20_000)
    controller.abandon_run()
    controller.wait_idle()
    present = controller.run_id
    assert present != former
    assert [(mark.epoch, mark.note) for mark in controller.timeline.marks.of(present)] == [(2, ""), (3, "here")]
    assert controller.frame.parameters[0] == weight + 1.0
    stack, n_steps = state.undo_stack, state.undo_stack.count()
    stack.undo()
    controller.wait_idle()
    assert (controller.run_id, stack.count()) == (present, n_steps)
    assert controller.frame.parameters[0] == weight
    stack.undo()
    stack.undo()
    assert controller.timeline.marks.of(present) == ()
    while stack.canRedo():
        stack.redo()
    controller.wait_idle()
    assert (controller.run_id, stack.count()) == (present, n_steps)
    assert controller.frame.parameters[0] == weight + 1.0
    assert [mark.epoch for mark in controller.timeline.marks.of(present)] == [2, 3]


def test_runs_are_trained_beside_one_that_hangs_though_it_has_been_taken_down(
    state: ExperimentState, controller: Controller, train: Train, hang: Hang, qtbot: QtBot
) -> None:
    keeper, crew = WallKeeper(state, controller, controller), controller.lab._crew
    wall = keeper.hang("run a seed", 6, seeds=[1])
    qtbot.waitUntil(lambda: wall.is_settled and wall.reached == 6, timeout=20_000)
    before, crew.n_hands = crew.n_hands, 1
    try:
        hang.set(controller.lab.run(wall.tiles[0].run_id))
        wall.train_on(4)
        assert hang.begun.wait(60.0)
        leaving = controller.lab._places[wall.tiles[0].run_id].host
        keeper.take_down()
        assert leaving is not None
        qtbot.waitUntil(lambda: leaving.is_silent, timeout=20_000)
        # By itself, the timer would come to that within a second.
        controller.lab.silent.look()
        assert train(controller, 3).epoch >= 3
    finally:
        crew.n_hands = before
    keeper.close()


def test_the_autosave_does_not_wait_for_runs_that_hang(
    state: ExperimentState, controller: Controller, train: Train, hang: Hang, tmp_path: Path, qtbot: QtBot
) -> None:
    reached = train(controller, 4).epoch
    autosave = Autosave(state, controller, tmp_path)
    hang.set(controller._run)
    controller.play()
    qtbot.waitUntil(lambda: controller.lab.pulse_watch.is_silent, timeout=20_000)
    state.edit(state.experiment.edited(title="edited while it hangs"), "title")
    autosave.look()
    autosave.wait()
    document = load_document(next(tmp_path.glob("*.nnviz")))
    assert document.experiment.title == "edited while it hangs"
    assert document.history is not None
    assert document.history.epoch[-1] == reached
    autosave.end()


def test_what_was_asked_before_a_run_hung_is_answered_once_that_is_known(
    controller: Controller, train: Train, hang: Hang, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = train(controller, 4).epoch
    hang.set(controller._run)
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 600.0)
    controller.play()
    pulse_of = controller.lab._places[controller.run_id]
    qtbot.waitUntil(lambda: pulse_of.host is not None and pulse_of.host.pulse.silent_s > 0.1, timeout=20_000)
    answer = controller.request_document()
    job, results = writing_job(answer, tmp_path / "a.nnviz", controller, keep_old=False), list[object]()
    job.succeeded.connect(results.append)
    job.failed.connect(results.append)
    job.start()
    assert not answer.done()
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 0.1)
    controller.lab.pulse_watch.look()
    qtbot.waitUntil(lambda: bool(results), timeout=20_000)
    assert isinstance(results[0], Document)
    history = load_document(tmp_path / "a.nnviz").history
    assert history is not None
    assert history.epoch[-1] == reached


def test_a_file_for_which_no_run_gives_an_answer_is_refused_in_a_sentence(
    controller: Controller, hang: Hang, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 600.0)
    monkeypatch.setattr(writing, "ANSWER_WITHIN_S", 0.0)
    hang.set(controller._run)
    controller.play()
    place = controller.lab._places[controller.run_id]
    qtbot.waitUntil(lambda: place.host is not None and place.host.pulse.silent_s > 0.1, timeout=20_000)
    job: Job = writing_job(controller.request_document(), tmp_path / "a.nnviz", controller, keep_old=False)
    with qtbot.waitSignal(job.failed, timeout=20_000) as failed:
        job.start()
    error = failed.args[0]
    assert isinstance(error, ExperimentError)
    assert str(error).startswith("a.nnviz was not written: a run gives no answer.")
    assert not (tmp_path / "a.nnviz").exists()


def test_a_run_that_cannot_be_copied_is_saved_as_it_was_seen(
    controller: Controller, train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = train(controller, 3)
    trainer: Any = controller._run.trainer

    def fail() -> None:
        raise RuntimeError("it is broken")

    monkeypatch.setattr(trainer, "checkpoint", fail)
    document = controller.document()
    assert document.parameters is not None
    assert np.array_equal(document.parameters, frame.parameters)
    assert document.note.startswith("The run could not be copied")
