"""Play, pause, step, reset and speeds, through a real thread and event loop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from nnviz.core.errors import SettingError
from nnviz.core.trainer import Trainer
from nnviz.experiment import edits
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, PlaneRequest
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.schema import DataSpec
from nnviz.session import run as run_module
from nnviz.session.controller import Controller
from nnviz.session.runs.crew import CREW
from nnviz.session.runs.host import Host
from nnviz.session.state import ExperimentState

MakeController = Callable[[ExperimentState], Controller]
Reach = Callable[[Controller, int], None]
Train = Callable[[Controller, int], Frame]


class Heard:
    """What a controller has told."""

    def __init__(self, controller: Controller) -> None:
        self.order: list[str] = []
        self.frames: list[Frame] = []
        self.statuses: list[str] = []
        self.messages: list[tuple[str, str]] = []
        controller.frame_ready.connect(self._on_frame)
        controller.prepared_changed.connect(lambda _: self.order.append("prepared"))
        controller.status_changed.connect(self.statuses.append)
        controller.message.connect(lambda severity, text: self.messages.append((severity, text)))

    def _on_frame(self, frame: Frame) -> None:
        self.order.append("frame")
        self.frames.append(frame)


@pytest.fixture
def heard(controller: Controller) -> Heard:
    return Heard(controller)


def test_the_first_run_is_prepared_by_itself(make_controller: MakeController, state: ExperimentState) -> None:
    controller = make_controller(state)
    assert (controller.status, controller.frame, controller.prepared) == ("preparing", None, None)
    heard = Heard(controller)
    controller.wait_idle()
    assert controller.status == "ready"
    assert heard.order == ["prepared", "frame"]
    assert controller.frame is heard.frames[0]
    assert controller.frame.run_id == controller.run_id
    assert controller.prepared is not None


def test_play_and_pause(controller: Controller, heard: Heard, reach: Reach) -> None:
    controller.play()
    assert controller.is_training
    assert controller.status == "running"
    reach(controller, 50)
    assert controller.epochs_per_second > 0.0
    controller.pause()
    assert not controller.is_training
    controller.wait_idle()
    assert controller.status == "paused"
    assert controller.epochs_per_second == 0.0
    assert heard.statuses == ["running", "paused"]


def test_the_last_frame_is_the_final_state(controller: Controller, train: Train) -> None:
    frame = train(controller, 30)
    assert frame.status == "paused"
    final = controller.ask(lambda run: (run.trainer.epoch, run.trainer.batch, run.trainer.network.parameters.copy()))
    assert (frame.epoch, frame.batch) == final[:2]
    assert np.array_equal(frame.parameters, final[2])


def test_every_epoch_is_recorded_however_few_are_drawn(controller: Controller, heard: Heard, train: Train) -> None:
    frame = train(controller, 400)
    epochs = controller.ask(lambda run: run.trainer.history.epoch.copy())
    assert np.array_equal(epochs, np.arange(frame.epoch + 1))
    assert len(heard.frames) < frame.epoch


def test_out_of_sight_no_frames_are_built_and_training_goes_on(controller: Controller, heard: Heard) -> None:
    controller.wait_idle()
    controller.set_speed("100_per_frame")
    controller.display.set_seen(False)
    controller.play()
    for _ in range(20):
        controller.ask(lambda run: run.trainer.epoch)
    epoch = controller.ask(lambda run: run.trainer.epoch)
    while controller.ask(lambda run: run.trainer.epoch) < epoch + 300:
        pass
    QCoreApplication.processEvents()
    # The one that had been asked for, and one that may have been on its way.
    assert len(heard.frames) <= 3
    n_frames = len(heard.frames)
    while controller.ask(lambda run: run.trainer.epoch) < epoch + 900:
        QCoreApplication.processEvents()
    assert len(heard.frames) == n_frames
    controller.pause()
    controller.wait_idle()
    assert heard.frames[-1].epoch >= epoch + 900, "what has come of it is there at rest"


def test_toggle_plays_and_pauses(controller: Controller) -> None:
    controller.toggle()
    assert controller.is_training
    controller.toggle()
    assert not controller.is_training


def test_steps(controller: Controller) -> None:
    controller.step_batch()
    controller.wait_idle()
    assert (controller.frame.epoch, controller.frame.batch, controller.status) == (0, 1, "paused")
    controller.step_epoch()
    controller.wait_idle()
    assert (controller.frame.epoch, controller.frame.batch) == (1, 0)
    for _ in range(5):
        controller.step_epoch()
    controller.wait_idle()
    assert controller.frame.epoch == 6
    assert not controller.is_training


def test_a_step_while_training_pauses(controller: Controller, reach: Reach) -> None:
    controller.play()
    reach(controller, 5)
    controller.step_epoch()
    assert not controller.is_training
    controller.wait_idle()
    assert controller.status == "paused"
    assert controller.frame.batch == 0


def test_reset_begins_with_the_same_weights(controller: Controller, heard: Heard, train: Train) -> None:
    first, first_id = controller.frame, controller.run_id
    train(controller, 10)
    controller.reset()
    controller.wait_idle()
    assert controller.run_id != first_id
    assert (controller.frame.epoch, controller.frame.curves.n_epochs, controller.status) == (0, 1, "ready")
    assert np.array_equal(controller.frame.parameters, first.parameters)
    assert "prepared" not in heard.order


def test_undo_brings_back_the_run_from_before_a_reset(
    controller: Controller, state: ExperimentState, train: Train
) -> None:
    train(controller, 10)
    controller.edit_parameters({0: 1.25}, "change weight")
    controller.wait_idle()
    before, run_id = controller.frame, controller.run_id
    optimiser = controller.ask(lambda run: [slot.copy() for slot in run.trainer.checkpoint().state.slots])
    controller.reset()
    controller.step_epoch()
    controller.wait_idle()
    second = controller.frame
    assert state.undo_stack.undoText() == "start over"
    state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, controller.status, controller.is_training) == (run_id, "paused", False)
    assert np.array_equal(controller.frame.parameters, before.parameters)
    assert controller.frame.curves.n_epochs == before.curves.n_epochs
    again = controller.ask(lambda run: run.trainer.checkpoint().state.slots)
    assert all(map(np.array_equal, again, optimiser))
    state.undo_stack.redo()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, second.parameters)
    assert controller.frame.epoch == 1


def test_a_reset_of_a_run_that_has_learnt_nothing_is_no_step(controller: Controller, state: ExperimentState) -> None:
    controller.reset()
    controller.wait_idle()
    assert (controller.status, state.undo_stack.count()) == ("ready", 0)


def test_a_reset_whose_run_is_gone_goes_too(controller: Controller, state: ExperimentState, heard: Heard) -> None:
    controller.step_epoch()
    controller.wait_idle()
    controller.reset()
    controller.parked.clear()
    controller.wait_idle()
    run_id = controller.run_id
    state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, state.undo_stack.count()) == (run_id, 0)
    assert "no longer kept" in heard.messages[-1][1]


def test_reset_while_training_is_paused(controller: Controller, reach: Reach) -> None:
    controller.play()
    reach(controller, 5)
    controller.reset()
    assert not controller.is_training
    controller.wait_idle()
    assert (controller.status, controller.frame.epoch) == ("ready", 0)


def test_new_weights_are_others_and_an_undo_step(controller: Controller, state: ExperimentState) -> None:
    first = controller.frame
    controller.new_weights()
    controller.wait_idle()
    assert not np.array_equal(controller.frame.parameters, first.parameters)
    assert state.experiment.network.seed == 1
    state.undo_stack.undo()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, first.parameters)


def test_playing_begins_as_soon_as_the_run_is_prepared(
    make_controller: MakeController, state: ExperimentState, reach: Reach
) -> None:
    controller = make_controller(state)
    controller.play()
    assert controller.is_training
    assert controller.status == "preparing"
    reach(controller, 5)
    assert controller.is_training
    assert controller.status == "running"


def test_counted_speeds_draw_every_tenth_epoch(controller: Controller, heard: Heard, reach: Reach) -> None:
    controller.set_speed("10_per_frame")
    assert controller.speed == "10_per_frame"
    controller.play()
    reach(controller, 50)
    drawn = [frame.epoch for frame in heard.frames if frame.status == "running" and frame.epoch]
    assert drawn == list(range(10, 10 * len(drawn) + 1, 10))


def test_the_speed_can_be_changed_while_training(controller: Controller, heard: Heard, reach: Reach) -> None:
    controller.set_speed("1")
    controller.play()
    reach(controller, 1)
    controller.set_speed("full")
    reach(controller, 100)
    controller.set_speed("60")
    controller.wait_idle()
    with pytest.raises(SettingError, match="speed"):
        controller.set_speed("warp")


def test_needs_reach_the_worker_while_paused(controller: Controller, qtbot: QtBot) -> None:
    assert controller.frame.plane is None
    with qtbot.waitSignal(controller.frame_ready, timeout=5000):
        controller.set_needs("boundary", plane=PlaneRequest(max_resolution=20), points=True)
    assert controller.frame.plane.values.shape == (20, 20, 1)
    assert controller.frame.correct_train is not None
    controller.set_needs("boundary")
    controller.wait_idle()
    assert controller.frame.plane is None


def test_frames_are_read_only_copies(controller: Controller) -> None:
    controller.set_needs("all", plane=PlaneRequest(), unit_maps=True, points=True, gradient=True, probe=(1.0, 2.0))
    controller.wait_idle()
    frame = controller.frame
    arrays = [frame.parameters, frame.plane.values, *frame.unit_maps, frame.correct_train, frame.gradient]
    arrays += [*frame.probe.activations, frame.curves.train_loss]
    assert not any(array.flags.writeable for array in arrays)


def test_a_stop_ends_training_with_a_message(
    make_controller: MakeController, experiment: Experiment, qtbot: QtBot, reach: Reach
) -> None:
    training = experiment.training.edited(stop_at_epochs=True, epochs=40)
    controller = make_controller(ExperimentState(experiment.edited(training=training)))
    heard = Heard(controller)
    controller.play()
    qtbot.waitUntil(lambda: controller.frame is not None and controller.frame.status == "finished", timeout=20_000)
    assert not controller.is_training
    assert controller.status == "finished"
    assert controller.frame.epoch == 40
    assert heard.messages == [("info", controller.frame.message)]
    controller.play()
    reach(controller, 60)
    assert controller.is_training


def test_divergence_is_told_and_play_says_what_to_do(
    make_controller: MakeController, experiment: Experiment, qtbot: QtBot, reach: Reach
) -> None:
    wild = experiment.edited(
        data=DataSpec(name="plane", parameters={"n_samples": 40}),
        training=experiment.training.edited(optimizer="sgd", learning_rate=900.0),
    )
    state = ExperimentState(wild)
    controller = make_controller(state)
    heard = Heard(controller)
    controller.play()
    qtbot.waitUntil(lambda: controller.frame is not None and controller.frame.status == "diverged", timeout=20_000)
    assert not controller.is_training
    assert heard.messages == [("warning", controller.frame.message)]
    controller.play()
    controller.wait_idle()
    assert not controller.is_training
    assert controller.status == "diverged"
    assert "lower the learning rate" in heard.messages[-1][1]
    calm = wild.training.edited(learning_rate=1e-4)
    state.edit(wild.edited(training=calm), "Learning rate")
    # How far the last finite weights had gone depends on where a slice ended.
    controller.write_parameters(controller.run_id, dict.fromkeys(range(controller.frame.parameters.size), 0.01))
    controller.play()
    reach(controller, 5)
    assert controller.is_training


def test_a_fault_in_the_worker_is_a_status_and_a_sentence(
    controller: Controller,
    heard: Heard,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("oops")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", broken)
        controller.play()
        qtbot.waitUntil(lambda: controller.frame.status == "failed", timeout=20_000)
    assert controller.status == "failed"
    assert not controller.is_training
    assert heard.messages[-1][0] == "error"
    assert "oops" in heard.messages[-1][1]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    controller.reset()
    controller.wait_idle()
    assert controller.status == "ready"


def test_what_cannot_be_prepared_is_told_and_can_be_tried_again(
    make_controller: MakeController, experiment: Experiment, monkeypatch: pytest.MonkeyPatch, reach: Reach
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise SettingError("The table is gone; put it back.")

    controller = make_controller(ExperimentState(experiment))
    heard = Heard(controller)
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "prepare", unreadable)
        controller.wait_idle()
    assert controller.status == "failed"
    assert heard.messages == [("error", "The table is gone; put it back.")]
    controller.play()
    reach(controller, 1)
    assert controller.is_training


def test_late_frames_of_an_earlier_run_are_dropped(controller: Controller, heard: Heard, reach: Reach) -> None:
    for _ in range(5):
        controller.play()
        reach(controller, 3)
        controller.new_weights()
        controller.reset()
        count, present = len(heard.frames), controller.run_id
        controller.wait_idle()
        assert {frame.run_id for frame in heard.frames[count:]} == {present}
        assert all(frame.epoch == 0 for frame in heard.frames[count:])


def test_whoever_hears_of_new_data_finds_a_frame_of_them(controller: Controller, state: ExperimentState) -> None:
    sizes: list[tuple[int, int]] = []

    def on_prepared(prepared: Prepared) -> None:
        assert controller.shown_prepared is prepared
        sizes.append((prepared.layer_sizes[0], controller.frame.layout.sizes[0]))

    controller.prepared_changed.connect(on_prepared)
    for names in (("x1", "x2", "x1^2", "x2^2"), ("x1",)):
        state.edit(edits.with_inputs(state.experiment, names, ("x1", "x2")), "choose inputs")
        controller.wait_idle()
    state.undo_stack.undo()
    controller.wait_idle()
    assert sizes == [(4, 4), (1, 1), (4, 4)]


def test_shutdown_while_training_ends_the_thread(controller: Controller, reach: Reach) -> None:
    controller.play()
    reach(controller, 3)
    controller.shutdown()
    assert not controller.is_training
    controller.shutdown()
    for command in (controller.play, controller.pause, controller.step_epoch, controller.reset, controller.wait_idle):
        command()
    controller.edit_parameters({0: 1.0}, "Weight")
    assert not controller.is_training


def test_shutdown_while_the_run_is_being_prepared(
    make_controller: MakeController, state: ExperimentState, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    original = run_module.prepare

    def slow(*args: object, **keywords: object) -> object:
        begun.set()
        assert go_on.wait(10.0)
        return original(*args, **keywords)

    monkeypatch.setattr(run_module, "prepare", slow)
    controller = make_controller(state)
    controller.start()
    controller.play()
    assert begun.wait(10.0)
    assert controller.status == "preparing"
    threading.Timer(0.02, go_on.set).start()
    controller.shutdown()
    assert controller.frame is None


def test_shutdown_before_the_event_loop_has_turned(make_controller: MakeController, state: ExperimentState) -> None:
    make_controller(state).shutdown()


def test_commands_never_wait_for_a_busy_worker(
    make_controller: MakeController, state: ExperimentState, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    original = run_module.prepare

    def slow(*args: object, **keywords: object) -> object:
        assert go_on.wait(10.0)
        return original(*args, **keywords)

    monkeypatch.setattr(run_module, "prepare", slow)
    controller = make_controller(state)
    controller.start()
    for _ in range(5):
        controller.new_weights()
        controller.play()
        controller.pause()
        controller.reset()
        controller.regenerate_data()
        controller.edit_parameters({0: 1.0}, "Weight")
    assert controller.status == "preparing"
    go_on.set()
    controller.wait_idle()
    assert controller.status == "ready"


def test_fifty_restarts_leave_no_thread(controller: Controller, qtbot: QtBot) -> None:
    for number in range(50):
        controller.play()
        if number % 2:
            controller.new_weights()
        else:
            controller.reset()
    controller.wait_idle()
    # Those that undo brings back rest in the laboratory, without a thread; the others have ended and are gone.
    assert len(controller.lab) <= 1 + 50
    qtbot.waitUntil(lambda: len(controller.findChildren(Host)) <= 1 + len(controller.parked), timeout=10_000)
    qtbot.waitUntil(lambda: CREW.n_threads <= CREW.n_hands, timeout=10_000)


def test_waiting_gives_up_in_the_end(
    make_controller: MakeController, state: ExperimentState, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(run_module, "prepare", lambda *which, **how: (go_on.wait(10.0), prepare(*which, **how))[1])
    controller = make_controller(state)
    with pytest.raises(TimeoutError, match="preparing"):
        controller.wait_idle(0.02)
    go_on.set()
    controller.wait_idle()
