"""The training loop without Qt and without a second thread: the display is always ready, the test says when to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from nnviz.core import pieces
from nnviz.core.trainer import Trainer
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Needs, PlaneRequest
from nnviz.experiment.refinement import Refinement
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TableSource
from nnviz.session import mailbox
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.mailbox import Adopt, Ask, Go, Halt, Reload, SetParameters, Settle, Step
from nnviz.session.pacing import SHORTEST_SLICE_S, SLICE_S, SliceMeter
from nnviz.session.report import Report
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from tests.session.turning import take_turns

NEEDS = Needs(planes={}, unit_maps=False, points=False)


class Driver:
    """Hosts a run in the test's own thread and collects its reports."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.reports: list[Report] = []

    def until(
        self,
        condition: Callable[[Report], bool],
        *,
        display: bool = True,
        clock: Callable[[], float] = time.perf_counter,
        draw: Callable[[], None] = lambda: None,
    ) -> Report:
        """Host the run until a report fulfils `condition`; return that report. `draw` is called with every frame."""
        link, found = Link(1), []

        def deliver(report: Report) -> None:
            self.reports.append(report)
            assert len(self.reports) < 5000
            if report.frame is not None:
                draw()
            if display:
                link.want_frame.set()
            if not found and condition(report):
                found.append(report)
                link.stop.set()

        if display:
            link.want_frame.set()
        take_turns(Loop(self.run, link, deliver, clock), self.run, link)
        return found[0]

    def settle(self) -> Frame:
        """Host the run until everything posted has been done and drawn; return the last frame."""
        self.run.mailbox.post(Settle(99))
        self.until(lambda report: report.settled == 99)
        return self.frames[-1]

    def end(self) -> Frame:
        """Host the run until it has ended by itself; return its last frame."""
        ends = {"finished", "diverged", "failed"}
        self.until(lambda report: report.frame is not None and report.frame.status in ends)
        return self.frames[-1]

    @property
    def frames(self) -> list[Frame]:
        return [report.frame for report in self.reports if report.frame is not None]

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [(report.severity, report.message) for report in self.reports if report.message]


def driver(experiment: Experiment, speed: str = "full", **changes: Any) -> Driver:
    if changes:
        experiment = experiment.edited(training=experiment.training.edited(**changes))
    return Driver(Run(experiment, NEEDS, SPEEDS[speed]))


def live(experiment: Experiment, **changes: Any) -> Adopt:
    return Adopt(experiment.edited(training=experiment.training.edited(**changes)))


def test_the_first_report_brings_data_and_the_untrained_network(experiment: Experiment) -> None:
    run = driver(experiment)
    frame = run.settle()
    assert (frame.status, frame.epoch, frame.run_id) == ("ready", 0, run.run.id)
    first = run.reports[0]
    assert first.prepared is run.run.prepared
    assert first.frame is not None
    assert all(report.prepared is None for report in run.reports[1:])


def test_a_step_makes_one_epoch_or_one_update(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Step("batch"))
    frame = run.settle()
    assert (frame.epoch, frame.batch, frame.n_batches) == (0, 1, 4)
    run.run.mailbox.post(Step("epoch"))
    frame = run.settle()
    assert (frame.epoch, frame.batch, frame.status) == (1, 0, "paused")
    for _ in range(3):
        run.run.mailbox.post(Step("epoch"))
    assert run.settle().epoch == 4


def test_a_halt_ends_a_step(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Step("epoch"))
    run.run.mailbox.post(Halt())
    assert run.settle().epoch == 0


@pytest.mark.parametrize("speed", ["10_per_frame", "100_per_frame"])
def test_counted_speeds_draw_after_exactly_so_many_epochs(experiment: Experiment, speed: str) -> None:
    run, count = driver(experiment, speed), SPEEDS[speed].epochs_per_frame
    run.run.mailbox.post(Go())
    # A clock that stands still: on a busy machine a frame would be sent before it is stale.
    run.until(lambda report: report.frame is not None and report.frame.epoch >= 3 * count, clock=lambda: 100.0)
    epochs = [frame.epoch for frame in run.frames if frame.epoch]
    assert epochs == [count, 2 * count, 3 * count]
    assert {frame.batch for frame in run.frames} == {0}


@pytest.mark.parametrize(("speed", "frame_s"), [("60", 0.1), ("60", 0.3), ("5", 0.2)])
def test_timed_speeds_are_kept_whatever_the_display_takes(experiment: Experiment, speed: str, frame_s: float) -> None:
    run, now = driver(experiment, speed), [100.0]

    def draw() -> None:
        now[0] += frame_s

    run.run.mailbox.post(Go())
    rate = SPEEDS[speed].epochs_per_second
    run.until(lambda report: report.frame is not None and now[0] > 120.0, clock=lambda: now[0], draw=draw)
    last = run.frames[-1]
    assert last.epoch / (now[0] - 100.0) == pytest.approx(rate, rel=1.0 / 30.0)
    assert last.epochs_per_second == pytest.approx(rate, rel=0.1)
    steps = np.diff([frame.epoch for frame in run.frames])[2:]
    assert steps.min() >= 1
    assert steps.mean() == pytest.approx(rate * frame_s, rel=0.05)


def test_where_nobody_sees_the_window_training_waits_for_no_frame(experiment: Experiment) -> None:
    run, link = driver(experiment, "10_per_frame", stop_at_epochs=True, epochs=50), Link(1)
    link.unseen.set()
    run.run.mailbox.post(Go())

    class Stop(Loop):
        def _settle(self) -> None:
            super()._settle()
            if self._run.ended:
                link.stop.set()

    take_turns(Stop(run.run, link, run.reports.append), run.run, link)
    assert run.run.trainer is not None
    assert run.run.trainer.epoch == 50
    assert not run.frames


def test_training_waits_for_a_display_that_is_not_ready_only_where_it_is_counted(experiment: Experiment) -> None:
    for speed, epochs in (("10_per_frame", 10), ("full", 50)):
        run = driver(experiment, speed, stop_at_epochs=True, epochs=50)
        answer: Future[int] = Future()
        run.run.mailbox.post(Go())
        link = Link(1)

        class Stop(Loop):
            def _settle(self) -> None:
                super()._settle()
                if self._run.ended or self._pace.frame_due:
                    link.stop.set()  # noqa: B023

        take_turns(Stop(run.run, link, run.reports.append), run.run, link)
        assert run.run.trainer is not None
        assert run.run.trainer.epoch == epochs
        assert not answer.done()


def test_every_epoch_is_in_the_history_at_full_speed(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Go())
    run.until(lambda report: report.frame is not None and report.frame.epoch >= 300)
    assert run.run.trainer is not None
    history = run.run.trainer.history
    assert np.array_equal(history.epoch, np.arange(len(history)))
    assert len(history) == run.run.trainer.epoch + 1


def test_a_run_stops_at_its_epochs_and_goes_on_when_asked(experiment: Experiment) -> None:
    run = driver(experiment, stop_at_epochs=True, epochs=30)
    run.run.mailbox.post(Go())
    frame = run.end()
    assert (frame.epoch, frame.status) == (30, "finished")
    assert frame.message == run.messages[-1][1]
    assert run.messages[-1][0] == "info"
    run.run.mailbox.post(Go())
    run.until(lambda report: report.frame is not None and report.frame.epoch > 60)
    assert run.run.ended == ""


def test_more_epochs_let_a_finished_run_go_on_to_the_new_end(experiment: Experiment) -> None:
    run = driver(experiment, stop_at_epochs=True, epochs=30)
    run.run.mailbox.post(Go())
    run.end()
    run.run.mailbox.post(live(experiment, stop_at_epochs=True, epochs=50))
    assert run.settle().status == "paused"
    run.run.mailbox.post(Go())
    assert run.end().epoch == 50


def test_a_target_that_was_gone_past_does_not_come_back_with_another_edit(experiment: Experiment) -> None:
    run = driver(experiment, target_loss=0.6)
    run.run.mailbox.post(Go())
    frame = run.end()
    assert frame.status == "finished"
    assert "0.6" in frame.message
    run.run.mailbox.post(Go())
    run.until(lambda report: report.frame is not None and report.frame.epoch > frame.epoch + 5)
    run.run.mailbox.post(live(experiment, target_loss=0.6, learning_rate=0.01))
    run.until(lambda report: report.frame is not None and report.frame.epoch > frame.epoch + 50)
    assert run.run.ended == ""
    run.run.mailbox.post(live(experiment, target_loss=0.55, learning_rate=0.01))
    run.until(lambda report: report.status == "finished")


def test_a_step_goes_past_a_stop(experiment: Experiment) -> None:
    run = driver(experiment, stop_at_epochs=True, epochs=3)
    run.run.mailbox.post(Go())
    run.end()
    run.run.mailbox.post(Step("epoch"))
    frame = run.settle()
    assert (frame.epoch, frame.status) == (4, "paused")


@pytest.fixture
def diverging(experiment: Experiment) -> Driver:
    regression = experiment.edited(data=DataSpec(name="plane", parameters={"n_samples": 40}))
    run = driver(regression, optimizer="sgd", learning_rate=900.0)
    run.run.mailbox.post(Go())
    return run


def test_divergence_ends_the_run_with_its_last_finite_state(diverging: Driver) -> None:
    frame = diverging.end()
    assert frame.status == "diverged"
    assert np.isfinite(frame.parameters).all()
    assert diverging.messages == [("warning", frame.message)]
    assert "diverged" in frame.message


def test_a_diverged_run_says_what_to_do_and_trains_after_an_edit(diverging: Driver) -> None:
    diverging.end()
    diverging.run.mailbox.post(Go())
    assert diverging.settle().status == "diverged"
    assert "learning rate" in diverging.messages[-1][1]
    diverging.run.mailbox.post(live(diverging.run.experiment, learning_rate=1e-4))
    # How far the last finite weights had gone depends on where a slice ended.
    small = tuple((index, 0.01) for index in range(diverging.frames[-1].parameters.size))
    diverging.run.mailbox.post(SetParameters(small))
    before = diverging.settle()
    assert diverging.run.ended == ""
    diverging.run.mailbox.post(Step("epoch"))
    assert diverging.settle().epoch == before.epoch + 1


def test_weights_that_are_beyond_all_bounds_are_told_before_training(experiment: Experiment) -> None:
    network = NetworkSpec(hidden=(LayerSpec(units=8, activation="linear"),) * 3, init="constant", init_scale=1e155)
    run = driver(experiment.edited(data=DataSpec(name="plane", parameters={"n_samples": 40}), network=network))
    frame = run.settle()
    assert (frame.status, frame.epoch) == ("diverged", 0)
    assert run.messages[0][0] == "warning"


def test_a_fault_becomes_a_status_a_sentence_and_a_log_record(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("oops")

    run = driver(experiment)
    run.settle()
    monkeypatch.setattr(Trainer, "advance", broken)
    run.run.mailbox.post(Go())
    frame = run.end()
    assert frame.status == "failed"
    assert "ZeroDivisionError: oops" in frame.message
    assert run.messages[-1][0] == "error"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    run.run.mailbox.post(Go())
    run.settle()
    assert "Reset" in run.messages[-1][1]


def test_a_fault_in_drawing_is_told_once_and_the_run_still_answers(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = driver(experiment)
    run.settle()

    def broken(*_: object, **__: object) -> Frame:
        raise ZeroDivisionError

    monkeypatch.setattr(run.run.builder, "build", broken)
    run.run.mailbox.post(Step("batch"))
    run.settle()
    assert len(run.messages) == 1
    assert "ZeroDivisionError" in run.messages[0][1]
    assert len(caplog.records) == 1


def test_an_experiment_that_cannot_be_trained_is_refused_in_one_sentence(experiment: Experiment) -> None:
    bad = experiment.edited(data=DataSpec(name="no such data"))
    run = Driver(Run(bad, NEEDS, SPEEDS["full"]))
    run.until(lambda report: report.status == "failed")
    assert run.messages[-1][0] == "error"
    assert "no such data" in run.messages[-1][1]
    assert run.frames == []
    run.run.mailbox.post(Go())
    run.run.mailbox.post(Adopt(experiment))
    assert run.settle().status == "ready"


def test_a_live_edit_changes_only_what_differs(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Step("epoch"))
    run.run.mailbox.post(live(experiment, learning_rate=0.5, optimizer_parameters={"beta1": 0.5}))
    assert run.settle().epoch == 1
    trainer = run.run.trainer
    assert trainer is not None
    assert (trainer.settings.learning_rate, trainer.settings.optimizer_parameters["beta1"]) == (0.5, 0.5)
    run.run.mailbox.post(live(experiment, optimizer="adamw", optimizer_parameters={"beta1": 0.5}))
    run.settle()
    assert trainer.settings.optimizer_parameters["beta1"] == 0.5
    run.run.mailbox.post(Adopt(experiment))
    run.settle()
    assert (trainer.settings.learning_rate, trainer.settings.optimizer_parameters["beta1"]) == (0.05, 0.9)


def test_a_refused_edit_is_told_and_the_run_keeps_its_settings(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(live(experiment, learning_rate=0.5, optimizer="no such optimiser"))
    run.settle()
    assert run.messages[-1][0] == "error"
    assert run.run.trainer is not None
    assert run.run.trainer.settings.learning_rate == 0.05
    run.run.mailbox.post(live(experiment, learning_rate=0.5))
    run.settle()
    assert run.run.trainer.settings.learning_rate == 0.5


def test_other_data_keep_weights_and_history(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Step("epoch"))
    before = run.settle()
    old = run.run.prepared
    run.run.mailbox.post(Adopt(experiment.edited(data=experiment.data.edited(seed=7, parameters={"n_samples": 90}))))
    after = run.settle()
    assert np.array_equal(before.parameters, after.parameters)
    assert after.curves.n_epochs == 2
    assert after.n_batches == 9
    assert run.run.prepared is not old
    announced = [report for report in run.reports if report.prepared is run.run.prepared]
    assert [report.frame for report in announced] == [after]


def test_a_batch_beyond_the_new_data_means_all_of_them(experiment: Experiment) -> None:
    run = driver(experiment, batch_size=20)
    run.settle()
    for n_samples, n_batches in ((10, 1), (80, 2)):
        data = experiment.data.edited(parameters={"n_samples": n_samples})
        training = experiment.training.edited(batch_size=20)
        run.run.mailbox.post(Adopt(experiment.edited(data=data, training=training)))
        assert run.settle().n_batches == n_batches


def test_data_of_another_shape_are_refused(experiment: Experiment) -> None:
    blobs = experiment.edited(data=DataSpec(name="blobs", parameters={"n_samples": 60, "n_classes": 3}))
    run = driver(blobs)
    run.settle()
    run.run.mailbox.post(Adopt(blobs.edited(data=blobs.data.edited(parameters={"n_samples": 60, "n_classes": 4}))))
    assert run.settle().status == "ready"
    assert "a new run begins" in run.messages[-1][1]
    assert [report.misfit for report in run.reports if report.message] == [True]


def test_a_table_is_read_again_and_the_last_good_data_stay(experiment: Experiment, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"

    def write(n: int, *classes: str, tail: str = "") -> None:
        rows = [f"{k},{k * k % 7},{classes[k % len(classes)]}" for k in range(n)]
        table.write_text("\n".join(["p,q,kind", *rows]) + tail, encoding="utf-8")

    write(30, "a", "b")
    run = driver(experiment.edited(data=DataSpec(table=TableSource(path=str(table)))))
    weights = run.settle().parameters
    run.run.mailbox.post(Reload())
    run.settle()
    assert not run.messages
    write(40, "a", "b")
    run.run.mailbox.post(Reload())
    frame = run.settle()
    assert run.messages[-1] == ("info", "t.csv was read again: 40 rows, 10 more.")
    assert run.run.prepared is not None
    assert run.run.prepared.dataset.n_samples == 40
    assert np.array_equal(frame.parameters, weights)
    for spoil in (lambda: write(50, "a", "b", tail="\n1,"), table.unlink):
        spoil()
        run.run.mailbox.post(Reload())
        run.settle()
        assert run.messages[-1][0] == "warning"
        assert run.messages[-1][1].startswith("The last good data stay. ")
        assert run.run.prepared.dataset.n_samples == 40
    write(50, "a", "b", "c")
    run.run.mailbox.post(Reload())
    run.settle()
    assert [report.misfit for report in run.reports if report.message][-1]


def test_weights_are_written_between_two_slices(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(SetParameters(((0, 1.5), (3, -2.0))))
    frame = run.settle()
    assert (frame.parameters[0], frame.parameters[3]) == (1.5, -2.0)
    run.run.mailbox.post(SetParameters(((10_000, 1.0),)))
    run.settle()
    assert run.messages[-1][0] == "error"


def test_edits_posted_before_it_is_prepared_are_not_lost(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(live(experiment, learning_rate=0.25))
    run.run.mailbox.post(SetParameters(((0, 4.0),)))
    frame = run.settle()
    assert run.run.trainer is not None
    assert run.run.trainer.settings.learning_rate == 0.25
    assert frame.parameters[0] == 4.0


def test_new_needs_make_a_new_frame_of_a_paused_run(experiment: Experiment) -> None:
    run = driver(experiment)
    assert run.settle().gradient is None
    run.run.mailbox.set_needs(replace(NEEDS, gradient=True))
    assert run.settle().gradient is not None


def test_a_run_at_rest_refines_its_map_to_the_pixel(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz.session.refining.REST_S", 0.01)
    run = driver(experiment)
    fine = replace(NEEDS, planes={"": PlaneRequest(max_resolution=20, pixels=(70, 50))})
    run.run.mailbox.set_needs(fine)

    def is_fine(report: Report) -> bool:
        frame = report.frame
        return frame is not None and frame.plane is not None and frame.plane.values.shape[:2] == (50, 70)

    assert run.settle().plane.values.shape[:2] == (20, 20)
    run.until(is_fine)
    n_frames = len(run.frames)
    # It is done once: nothing more is sent until something happens.
    assert run.settle().plane.values.shape[:2] == (50, 70)
    assert len(run.frames) <= n_frames + 1
    run.run.mailbox.post(Step("epoch"))
    assert run.settle().plane.values.shape[:2] == (20, 20)


def test_a_map_that_is_asked_for_amid_the_work_on_another_is_not_mistaken_for_it(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnviz.session.refining.REST_S", 0.001)
    # A row in each turn.
    monkeypatch.setattr("nnviz.session.refining.PIECE_S", 1e-9)
    run, n_pieces = driver(experiment), 0
    first = PlaneRequest(x_range=(-5.0, 5.0), y_range=(-5.0, 5.0), max_resolution=20, pixels=(70, 50))
    wider = replace(first, x_range=(-9.0, 9.0))
    advance = Refinement.advance

    def piece(work: Refinement, budget_s: float) -> None:
        nonlocal n_pieces
        n_pieces += 1
        if n_pieces == 6:
            run.run.mailbox.set_needs(replace(NEEDS, planes={"": wider}))
        advance(work, budget_s)

    monkeypatch.setattr(Refinement, "advance", piece)
    run.run.mailbox.set_needs(replace(NEEDS, planes={"": first}))
    run.until(lambda report: report.frame is not None and report.frame.plane.values.shape[:2] == (50, 70))
    assert n_pieces > 6
    assert run.settle().plane.x_range == (-9.0, 9.0)


def test_a_run_can_be_hosted_again(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Step("epoch"))
    before = run.settle()
    again = Driver(run.run)
    frame = again.settle()
    assert np.array_equal(before.parameters, frame.parameters)
    assert (frame.epoch, frame.status) == (1, "paused")
    assert again.reports[0].prepared is run.run.prepared


def test_a_run_that_is_stopped_while_it_is_prepared_is_prepared_later(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.prepare(lambda: True)
    assert run.run.trainer is None
    assert run.settle().status == "ready"


def test_what_is_asked_of_a_run_that_is_shown_again_is_left_to_those_who_serve_it_then(experiment: Experiment) -> None:
    run, link = driver(experiment), Link(1)

    def leave(_run: Run) -> None:
        # An undo and a redo take less than the turn in which the run was left.
        link.stop.set()
        run.run.mailbox.post(Settle(7))

    run.run.mailbox.post(Ask(leave, Future()))
    take_turns(Loop(run.run, link, run.reports.append), run.run, link)
    assert run.run.mailbox.take() == Settle(7)


def test_a_question_is_answered_from_between_the_slices(experiment: Experiment) -> None:
    run = driver(experiment)
    good: Future[int] = Future()
    bad: Future[int] = Future()
    cancelled: Future[int] = Future()
    cancelled.cancel()
    run.run.mailbox.post(Ask(lambda run: run.trainer.epoch, good))
    run.run.mailbox.post(Ask(lambda run: run.no_such_thing, bad))
    run.run.mailbox.post(Ask(lambda run: 1, cancelled))
    run.settle()
    assert good.result(0) == 0
    assert isinstance(bad.exception(0), AttributeError)


def test_slices_are_short_while_one_answer_after_another_is_waited_for(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: list[float] = []
    monkeypatch.setattr(mailbox, "HASTE_S", 1e9)
    monkeypatch.setattr(SliceMeter, "batches", lambda _self, budget_s: budgets.append(budget_s) or 1)
    run = driver(experiment, engine="auto")
    run.run.mailbox.post(Step("epoch"))
    run.settle()
    assert set(budgets) == {SLICE_S}
    budgets.clear()
    run.run.mailbox.hasten()
    run.run.mailbox.post(Step("epoch"))
    run.settle()
    assert set(budgets) == {SHORTEST_SLICE_S}


def test_a_saved_run_goes_on_bit_equal(experiment: Experiment) -> None:
    first = driver(experiment)
    for unit in ("epoch", "epoch", "batch"):
        first.run.mailbox.post(Step(unit))
    first.settle()
    document = first.run.saved(None)
    second = Driver(Run(experiment, NEEDS, SPEEDS["full"], document=document))
    restored = second.settle()
    assert (restored.epoch, restored.batch, restored.status) == (2, 1, "paused")
    for run in (first, second):
        run.run.mailbox.post(Step("epoch"))
    assert np.array_equal(first.settle().parameters, second.settle().parameters)
    one, other = first.run.trainer, second.run.trainer
    assert one is not None
    assert other is not None
    assert np.array_equal(one.history.train_loss, other.history.train_loss)


def test_saved_weights_without_a_checkpoint_begin_a_run(experiment: Experiment) -> None:
    run = driver(experiment)
    run.run.mailbox.post(Step("epoch"))
    trained = run.settle().parameters
    document = replace(run.run.saved(None), checkpoint=None, history=None)
    again = Driver(Run(experiment, NEEDS, SPEEDS["full"], document=document))
    frame = again.settle()
    assert np.array_equal(frame.parameters, trained)
    assert frame.epoch == 0


def test_saved_weights_of_another_network_are_refused(experiment: Experiment) -> None:
    run = driver(experiment)
    run.settle()
    document = run.run.saved(None)
    wider = experiment.edited(network=experiment.network.edited(hidden=()))
    for content in (document, replace(document, checkpoint=None)):
        other = Driver(Run(wider, NEEDS, SPEEDS["full"], document=content))
        other.until(lambda report: report.status == "failed")
        assert "Reset" in other.messages[-1][1]


def test_that_a_slower_engine_trains_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    note = "The compiled engine cannot start (a fault); the NumPy engine, which is slower, serves."
    monkeypatch.setattr(Trainer, "engine_note", note)
    said = []
    for _ in range(2):
        driver = Driver(Run(Experiment(data=DataSpec(name="and")), NEEDS, SPEEDS["full"]))
        driver.settle()
        said += [(report.severity, report.message) for report in driver.reports if report.message]
    assert said == [("info", note)]


def test_a_large_update_ends_no_turn_late_and_gives_signs_between_its_pieces(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_PIECE_WORK", 1)
    now, turns, beats = [0.0], 0, []
    training = experiment.training.edited(engine="numpy", batch_size=None)
    run, link = Run(experiment.edited(training=training), NEEDS, SPEEDS["full"]), Link(1)

    def clock() -> float:
        # Every look at it takes longer than a slice: no turn makes more than a piece.
        now[0] += 1.0
        return now[0]

    monkeypatch.setattr(link.pulse, "beat", lambda: beats.append(turns))
    loop = Loop(run, link, lambda _report: None, clock)
    run.mailbox.post(Step("batch"))
    run.mailbox.post(Step("epoch"))
    loop.turn()
    assert run.trainer is not None
    n_rows, before = len(run.trainer.problem.X), run.trainer.network.parameters.copy()
    while run.trainer.epoch == 0:
        assert (run.trainer.network.parameters == before).all()
        assert loop.turn() == 0.0
        turns += 1
        if turns == n_rows // 2:
            # Halted amid the update: nothing has been lost, and it goes on with the next step.
            run.mailbox.post(Halt())
            loop.turn()
            assert run.trainer.is_amid
            run.mailbox.post(Step("batch"))
    assert turns > n_rows
    assert beats.count(5) >= 2
    link.stop.set()
    assert loop.turn() is None
