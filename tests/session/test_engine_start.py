"""The start of the compiled engine, with helpers that stand in for the compiler."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Needs
from nnviz.experiment.schema import DataSpec, TrainingSpec
from nnviz.session import engine_start
from nnviz.session.engine_start import EngineStart, Preparation
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.mailbox import Go, Settle, Step
from nnviz.session.report import Report
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from tests.session.turning import take_turns

#: Helpers that end without having compiled anything, and that never end by themselves.
AT_ONCE = [sys.executable, "-c", ""]
NEVER = [sys.executable, "-c", "import threading; threading.Event().wait()"]


class Kernels:
    """What is kept, and how often this process has taken it up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept, self.taken, self.is_locked = False, 0, False
        self.compiler = 0
        monkeypatch.setattr(engine_start, "is_being_compiled", lambda: self.is_locked)
        monkeypatch.setattr(engine_start, "compiling_process", lambda: self.compiler)
        monkeypatch.setattr(engine_start, "is_compiled", lambda: self.kept)
        monkeypatch.setattr(engine_start, "compile_kernels", self._take)

    def _take(self) -> str:
        self.taken += 1
        return ""


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> Kernels:
    return Kernels(monkeypatch)


@pytest.fixture
def compiling(kernels: Kernels) -> Iterator[EngineStart]:
    """A start whose helper goes on compiling until it is ended."""
    start = EngineStart(NEVER)
    yield start
    start.end()


def test_kernels_that_are_kept_are_taken_up_at_once(kernels: Kernels) -> None:
    kernels.kept = True
    start = EngineStart(["there is no such program"])
    assert start.look()
    assert start.look()
    assert (kernels.taken, start.preparation) == (1, None)


def test_a_helper_compiles_and_this_process_takes_up_what_it_made(kernels: Kernels, compiling: EngineStart) -> None:
    assert not compiling.look()
    assert not compiling.look()
    assert kernels.taken == 0
    preparation = compiling.preparation
    assert preparation is not None
    assert 0.0 <= preparation.share < 1.0
    assert preparation.total_s >= 1
    kernels.kept = True
    assert compiling.look()
    assert (kernels.taken, compiling.preparation) == (1, None)


def test_it_says_whether_another_program_compiles(kernels: Kernels, compiling: EngineStart) -> None:
    def by_another() -> bool:
        assert not compiling.look()
        assert compiling.preparation is not None
        return compiling.preparation.by_another

    kernels.is_locked = True
    assert by_another()
    assert compiling._helper is None
    kernels.is_locked = False
    assert not by_another()
    assert compiling._helper is not None
    kernels.compiler = compiling._helper.pid
    assert not by_another()
    # Both may have begun at once: then the helper waits for the other one.
    kernels.compiler += 1
    assert by_another()


def test_what_another_program_has_not_finished_a_helper_does(kernels: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    start = EngineStart(AT_ONCE)
    kernels.is_locked = True
    ended = threading.Event()
    monkeypatch.setattr(engine_start.time, "sleep", lambda _s: setattr(kernels, "is_locked", False) or ended.set())
    start.wait_for_helper(lambda: False)
    assert ended.is_set()
    assert start._helper is not None
    assert start._helper.poll() == 0


def test_who_finds_the_folder_in_use_looks_again_and_can_be_called_off(kernels: Kernels) -> None:
    kernels.kept = kernels.is_locked = True
    start = EngineStart(["there is no such program"])
    assert not start.look()
    assert kernels.taken == 0
    assert start.preparation is not None
    start.wait_for_helper(lambda: True)
    kernels.is_locked = False
    start.wait_for_helper(lambda: False)
    assert start.look()
    assert (kernels.taken, start.preparation) == (1, None)


def test_a_program_that_compiles_for_ever_is_not_waited_for(kernels: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels.kept = kernels.is_locked = True
    monkeypatch.setattr(engine_start, "WAIT_S", 0.0)
    start = EngineStart(["there is no such program"])
    assert start.look()
    assert kernels.taken == 1


@pytest.mark.parametrize("command", [["there is no such program"], [], AT_ONCE])
def test_without_a_helper_that_does_it_the_engine_is_compiled_here(kernels: Kernels, command: list[str]) -> None:
    start = EngineStart(command)
    start.wait_for_helper(lambda: False)
    assert start.look()
    assert kernels.taken == 1


def test_without_numba_there_is_nothing_to_wait_for(kernels: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_start, "compiled_unavailable_reason", lambda: "No Numba.")
    start = EngineStart(["there is no such program"])
    assert start.look()
    assert kernels.taken == 0


def test_the_end_ends_the_helper_and_who_waits_for_it(kernels: Kernels, compiling: EngineStart) -> None:
    assert not compiling.look()
    waiting = threading.Thread(target=compiling.wait_for_helper, args=(lambda: False,))
    waiting.start()
    compiling.end()
    waiting.join(10.0)
    assert not waiting.is_alive()
    compiling.end()
    compiling.wait_for_helper(lambda: True)


class Later(EngineStart):
    """An engine that is ready once it is told to be."""

    def look(self) -> bool:
        return self.is_ready

    @property
    def preparation(self) -> Preparation | None:
        return None if self.is_ready else Preparation(0.25, 12)


def hosted(run: Run, engine: EngineStart, is_last: str, reports: list[Report]) -> None:
    """Host `run` until a report has the status `is_last`, or settles; the engine is ready once training waits."""
    link = Link(1)

    def deliver(report: Report) -> None:
        reports.append(report)
        link.want_frame.set()
        if report.preparation is not None:
            engine.is_ready = True
        if report.status == is_last or report.settled:
            link.stop.set()

    link.want_frame.set()
    take_turns(Loop(run, link, deliver, engine=engine), run, link)


def make_run() -> Run:
    training = TrainingSpec(engine="compiled", epochs=3, stop_at_epochs=True)
    return Run(Experiment(data=DataSpec(name="xor"), training=training), Needs(), SPEEDS["full"])


def test_the_first_frame_does_not_wait_for_the_engine() -> None:
    run, reports = make_run(), []
    run.mailbox.post(Settle(1))
    hosted(run, Later(), "", reports)
    (frame,) = [report.frame for report in reports if report.frame is not None]
    assert (frame.epoch, frame.status, frame.plane is not None) == (0, "ready", True)
    assert all(report.preparation is None for report in reports)


@pytest.mark.parametrize("command", [Go(), Step("epoch")])
def test_training_waits_for_the_engine_says_so_and_begins_by_itself(command: Go | Step) -> None:
    run, reports = make_run(), []
    run.mailbox.post(command)
    if isinstance(command, Step):
        run.mailbox.post(Settle(1))
    hosted(run, Later(), "finished", reports)
    waiting = [report for report in reports if report.preparation is not None]
    assert waiting
    assert {report.preparation for report in waiting} == {Preparation(0.25, 12)}
    assert run.trainer is not None
    assert run.trainer.epoch > 0
    assert reports[-1].preparation is None


def test_a_run_that_waited_is_bit_equal_to_one_that_did_not() -> None:
    waited, ready = make_run(), make_run()
    for run, engine in ((waited, Later()), (ready, EngineStart())):
        run.mailbox.post(Go())
        hosted(run, engine, "finished", [])
        assert run.trainer is not None
    assert waited.trainer.epoch == ready.trainer.epoch == 3
    np.testing.assert_array_equal(waited.trainer.network.parameters, ready.trainer.network.parameters)
    for name in ("train_loss", "test_loss", "train_score"):
        np.testing.assert_array_equal(waited.trainer.history.column(name), ready.trainer.history.column(name))


def test_ending_the_process_ends_its_helper() -> None:
    """As closing the window or a signal does while the engine is compiled."""
    code = (
        "import sys; from nnviz.session import engine_start as e; e.is_compiled = lambda: False\n"
        f"start = e.EngineStart({NEVER!r}); start.look(); print(start._helper.pid)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    gone = subprocess.run(["ps", "-p", done.stdout.strip()], capture_output=True, check=False)
    assert gone.returncode != 0
