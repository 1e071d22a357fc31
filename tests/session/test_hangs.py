"""Work that hangs is said to, and stopping it, closing the window and the end of the process do not wait for it."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.schema import DataSpec, TableSource, TrainingSpec
from nnviz.session import abandoned, asking, file_follower, pulse
from nnviz.session.controller import Controller
from nnviz.session.engine_start import EngineStart
from nnviz.session.file_follower import FileFollower
from nnviz.session.job import Job
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.pulse import Pulse, PulseWatch
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

Train = Callable[[Controller, int], Frame]


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Hang:
    """Stands for a call that does not return before it is let go."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()

    def __call__(self, *_arguments: object) -> int:
        self.begun.set()
        self.over.wait()
        return 0


@pytest.fixture
def hang(qtbot: QtBot) -> Iterator[Hang]:
    hang = Hang()
    yield hang
    hang.over.set()
    qtbot.waitUntil(lambda: not abandoned.is_any_left())


def following(folder: Path) -> tuple[ExperimentState, Controller]:
    """Return a document that follows a table, and its run."""
    table = folder / "class.csv"
    table.write_text("a,b,kind\n" + "".join(f"{k},{k % 7},{'xy'[k % 2]}\n" for k in range(30)))
    data = DataSpec(table=TableSource(path=str(table)), follow=True)
    state = ExperimentState(Experiment(data=data, training=TrainingSpec(engine="numpy")))
    controller = Controller(state)
    controller.wait_idle()
    return state, controller


def test_a_followed_file_whose_place_gives_no_answer_is_told_of_and_closing_does_not_wait_for_it(
    qtbot: QtBot, hang: Hang, train: Train, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(abandoned, "LEAVE_WITHIN_S", 0.1)
    monkeypatch.setattr(file_follower, "stamp_of", hang)
    state, controller = following(tmp_path)
    said: list[str] = []
    controller.message.connect(lambda _severity, text: said.append(text))
    follower = FileFollower(state, controller, controller, look_ms=5, silent_ms=20)
    qtbot.waitUntil(lambda: len(said) > 0)
    assert said[0].startswith("There is no answer from where class.csv is; the last good data stay")
    assert hang.begun.is_set()
    # It is said once, and training goes on.
    assert train(controller, 3).epoch >= 3
    assert len(said) == 1
    follower.end()
    controller.shutdown()
    assert abandoned.is_any_left()


def test_a_look_that_was_left_does_not_answer_for_the_next_one_at_the_same_file(
    qtbot: QtBot, hang: Hang, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    later, asked = threading.Event(), list[int]()

    def stamp(_path: Path) -> tuple[int, int]:
        asked.append(number := len(asked))
        (hang.over, later)[min(number, 1)].wait()
        return number, 0

    def n_looking() -> int:
        return sum(thread.name == "looking at a followed file" for thread in threading.enumerate())

    monkeypatch.setattr(file_follower, "stamp_of", stamp)
    state, controller = following(tmp_path)
    follower = FileFollower(state, controller, controller)
    reloads: list[bool] = []
    follower.reloading.connect(lambda: reloads.append(True))
    for follow in (False, True):
        state.edit(state.experiment.edited(data=state.experiment.data.edited(follow=follow)), "follow")
    qtbot.waitUntil(lambda: len(asked) == 2)
    hang.over.set()
    qtbot.waitUntil(lambda: n_looking() == 1)
    # What it has sent comes before what is sent from now on.
    QCoreApplication.processEvents()
    assert not reloads
    later.set()
    qtbot.waitUntil(lambda: len(reloads) == 1)
    follower.end()
    controller.shutdown()


def test_a_sign_is_owed_while_something_is_done_and_not_while_it_rests(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 10.0)
    clock, told = Clock(), list[bool]()
    parent = QObject()
    beats, watch = Pulse(clock), PulseWatch(parent)
    watch.changed.connect(told.append)
    watch.watch(beats)
    for act, after_s in ((beats.beat, 9.9), (beats.beat, 10.0), (beats.beat, 1.0), (beats.end, 99.0)):
        act()
        clock.now_s += after_s
        watch.look()
    assert told == [True, False]
    with beats.resting():
        clock.now_s += 100.0
        watch.look()
    watch.look()
    assert told == [True, False]
    clock.now_s += 100.0
    watch.look()
    watch.watch(None)
    assert told == [True, False, True, False]


def test_a_loop_owes_no_sign_while_it_compiles_or_waits_for_its_post(experiment: Experiment) -> None:
    clock, silent = Clock(), list[float]()
    link = Link(1, pulse=Pulse(clock))

    class Compiler(EngineStart):
        def look(self) -> bool:
            clock.now_s += 60.0
            silent.append(link.pulse.silent_s)
            self.is_ready = True
            return True

    training = experiment.training.edited(engine="compiled")
    run = Run(experiment.edited(training=training), Needs({}, False, False), SPEEDS["full"])
    link.want_frame.set()
    loop = Loop(run, link, lambda _report: link.want_frame.set(), engine=Compiler([]))
    while loop.turn() == 0.0:
        continue
    clock.now_s += 60.0
    assert silent == [0.0]
    assert link.pulse.silent_s == 0.0


def test_a_run_that_hangs_is_told_and_given_up_with_all_that_it_has_learnt(
    controller: Controller, train: Train, hang: Hang, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    frame = train(controller, 5)
    controller.pause()
    controller.wait_idle()
    reached = controller.frame
    assert reached is not None
    assert reached.epoch >= frame.epoch
    run = controller.run_id
    controller._run.trainer.advance = hang  # type: ignore[method-assign,union-attr]
    answer = controller.request_document()
    answer.result(60.0)
    controller.play()
    hang.begun.wait(60.0)
    asked = controller.request_document()
    told: list[bool] = []
    controller.silence_changed.connect(told.append)
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 0.0)
    controller.lab.pulse_watch.look()
    assert told == [True]
    saved = controller.document()
    assert saved.history is not None
    assert len(saved.history) == reached.epoch + 1
    # From here on only the run that does hang is one that hangs.
    monkeypatch.setattr(pulse, "HANGS_AFTER_S", 600.0)
    controller.abandon_run()
    assert told == [True, False]
    # It was asked before anybody knew, and answered once that was known.
    assert asked.result(0.0).parameters is not None
    assert abandoned.is_any_left()
    controller.wait_idle()
    assert controller.run_id != run
    after = controller.frame
    assert after is not None
    assert (after.epoch, after.run_id, after.status) == (reached.epoch, controller.run_id, "paused")
    assert after.parameters.tolist() == reached.parameters.tolist()
    assert train(controller, after.epoch + 3).epoch >= after.epoch + 3
    hang.over.set()
    qtbot.waitUntil(lambda: not abandoned.is_any_left())
    assert controller.frame is not None
    assert controller.frame.run_id == controller.run_id


def test_closing_waits_for_no_run_that_hangs(
    controller: Controller, hang: Hang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned, "LEAVE_WITHIN_S", 0.01)
    controller._run.trainer.advance = hang  # type: ignore[method-assign,union-attr]
    controller.play()
    hang.begun.wait(60.0)
    controller.shutdown()
    assert abandoned.is_any_left()


def test_what_is_asked_of_a_run_that_hangs_is_answered_without_it(
    controller: Controller, state: ExperimentState, hang: Hang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned, "_hung_s", -math.inf)
    controller._run.trainer.advance = hang  # type: ignore[method-assign,union-attr]
    controller.play()
    hang.begun.wait(60.0)
    patience_s = abandoned.patience_s()
    document = controller.document(within_s=0.01)
    assert document.experiment == state.experiment
    assert document.parameters is not None
    # The process that asked because it must end has waited already.
    assert abandoned.patience_s() <= 0.1 < patience_s
    monkeypatch.setattr(abandoned, "LEAVE_WITHIN_S", 0.01)
    # An edit puts it aside, and undoing that brings it back: nothing of it stands still.
    state.edit(state.experiment.edited(network=state.experiment.network.edited(seed=5)), "seed")
    controller.wait_idle()
    state.undo_stack.undo()
    controller.shutdown()
    assert asking.ANSWER_WITHIN_S > 1.0


def test_a_job_that_hangs_is_left_behind_and_shortens_the_wait_for_the_others(
    qtbot: QtBot, hang: Hang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned, "LEAVE_WITHIN_S", 0.5)
    monkeypatch.setattr(abandoned, "_hung_s", -math.inf)
    assert abandoned.patience_s() == 0.5
    parent = QObject()
    job = Job(hang, parent)
    job.start()
    hang.begun.wait(60.0)
    job.cancel()
    assert abandoned.is_any_left()
    assert abandoned.patience_s() <= 0.1


SCRIPT = """
import sys, threading
from PySide6.QtWidgets import QApplication
from nnviz.experiment.document import Experiment
from nnviz.experiment.schema import DataSpec, TrainingSpec
from nnviz.session import abandoned
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

abandoned.LEAVE_WITHIN_S = 0.05
app = QApplication([])
state = ExperimentState(Experiment(data=DataSpec(name="xor"), training=TrainingSpec(engine="numpy")))
controller = Controller(state, state)
controller.wait_idle()
begun = threading.Event()
controller._run.trainer.advance = lambda *_: (begun.set(), threading.Event().wait())
controller.play()
begun.wait()
sys.stdout.write("to the end")
"""


@pytest.mark.parametrize(("end", "status"), [("", 0), ("raise ValueError(3)", 1), ("abandoned.ends_with(7)", 7)])
def test_a_process_ends_although_a_thread_of_it_hangs(end: str, status: int) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    start_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + end], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (status, "to the end")
    assert ("ValueError: 3" in done.stderr) == (end != "" and status == 1)
    assert status == 1 or done.stderr == ""
    assert time.monotonic() - start_s < 100.0
