"""Edits, undo and redo of a run: what changes, what comes back, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment, load_document, save_document
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import LayerSpec
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

Reach = Callable[[Controller, int], None]
Train = Callable[[Controller, int], Frame]


def with_training(experiment: Experiment, **changes: Any) -> Experiment:
    return experiment.edited(training=experiment.training.edited(**changes))


def with_units(experiment: Experiment, units: int) -> Experiment:
    return experiment.edited(network=experiment.network.edited(hidden=(LayerSpec(units=units),)))


def history(controller: Controller) -> dict[str, np.ndarray]:
    return controller.ask(lambda run: {name: a.copy() for name, a in run.trainer.history.to_arrays().items()})


def same_history(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(a.tobytes() == other[name].tobytes() for name, a in one.items())


def test_a_live_edit_keeps_the_run(controller: Controller, state: ExperimentState, reach: Reach) -> None:
    run_id = controller.run_id
    controller.play()
    reach(controller, 20)
    state.edit(with_training(state.experiment, learning_rate=0.001, batch_size=None), "Learning rate")
    controller.wait_idle()
    assert controller.run_id == run_id
    assert controller.is_training
    controller.pause()
    controller.wait_idle()
    assert controller.frame.epoch >= 20
    settings = controller.ask(lambda run: run.trainer.settings)
    assert (settings.learning_rate, settings.batch_size) == (0.001, None)
    state.undo_stack.undo()
    settings = controller.ask(lambda run: run.trainer.settings)
    assert (settings.learning_rate, settings.batch_size) == (0.05, 5)


def test_a_live_edit_holds_after_a_reset(controller: Controller, state: ExperimentState) -> None:
    state.edit(with_training(state.experiment, learning_rate=0.4), "Learning rate")
    controller.wait_idle()
    controller.reset()
    controller.wait_idle()
    assert controller.ask(lambda run: run.trainer.settings.learning_rate) == 0.4


def test_an_edit_without_effect_touches_nothing(controller: Controller, state: ExperimentState) -> None:
    frame, run_id = controller.frame, controller.run_id
    state.edit(state.experiment.edited(title="other"), "Title")
    controller.wait_idle()
    assert (controller.frame, controller.run_id) == (frame, run_id)


def test_a_restart_goes_on_playing(controller: Controller, state: ExperimentState, reach: Reach) -> None:
    controller.play()
    reach(controller, 10)
    state.edit(with_units(state.experiment, 6), "Units")
    assert controller.is_training
    reach(controller, 10)
    assert controller.frame.layout.sizes == (2, 6, 1)
    assert controller.status == "running"


def test_undoing_a_restart_brings_the_run_back_paused(
    controller: Controller, state: ExperimentState, train: Train
) -> None:
    before, run_id = train(controller, 20), controller.run_id
    record = history(controller)
    state.edit(with_units(state.experiment, 6), "Units")
    after = train(controller, 15)
    controller.play()
    state.undo_stack.undo()
    assert not controller.is_training
    controller.wait_idle()
    assert (controller.run_id, controller.status) == (run_id, "paused")
    assert np.array_equal(controller.frame.parameters, before.parameters)
    assert (controller.frame.epoch, controller.frame.batch) == (before.epoch, before.batch)
    assert same_history(record, history(controller))
    state.undo_stack.redo()
    controller.wait_idle()
    assert controller.frame.layout.sizes == (2, 6, 1)
    assert controller.frame.epoch >= after.epoch
    assert controller.status == "paused"


def test_a_run_that_came_back_goes_on_as_if_nothing_had_been(controller: Controller, state: ExperimentState) -> None:
    for _ in range(3):
        controller.step_epoch()
    controller.wait_idle()
    state.edit(with_units(state.experiment, 6), "Units")
    state.undo_stack.undo()
    for _ in range(3):
        controller.step_epoch()
    controller.wait_idle()
    interrupted = controller.frame.parameters
    controller.reset()
    for _ in range(6):
        controller.step_epoch()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, interrupted)


def test_a_live_edit_just_before_a_restart_is_not_lost(controller: Controller, state: ExperimentState) -> None:
    controller.step_epoch()
    state.edit(with_training(state.experiment, learning_rate=0.4), "Learning rate")
    state.edit(with_units(state.experiment, 6), "Units")
    state.undo_stack.undo()
    controller.wait_idle()
    assert controller.ask(lambda run: run.trainer.settings.learning_rate) == 0.4


def test_a_drag_over_restarts_comes_back_to_the_run_before_it(
    controller: Controller, state: ExperimentState, train: Train
) -> None:
    before = train(controller, 10)
    for units in (5, 6, 7):
        state.edit(with_units(state.experiment, units), "Units", "units")
        controller.step_epoch()
    controller.wait_idle()
    state.undo_stack.undo()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, before.parameters)
    assert len(controller.parked) == 1


def test_undo_without_a_kept_run_begins_a_new_one(controller: Controller, state: ExperimentState, train: Train) -> None:
    first = controller.frame
    train(controller, 5)
    state.edit(with_units(state.experiment, 6), "Units")
    controller.parked.clear()
    state.undo_stack.undo()
    controller.wait_idle()
    assert controller.frame.epoch == 0
    assert np.array_equal(controller.frame.parameters, first.parameters)


def test_other_data_keep_weights_and_keep_running(
    controller: Controller, state: ExperimentState, qtbot: QtBot, reach: Reach
) -> None:
    order: list[str] = []
    controller.play()
    reach(controller, 20)
    run_id, prepared = controller.run_id, controller.prepared
    controller.prepared_changed.connect(lambda p: order.append(f"prepared {p.experiment.data.seed}"))
    controller.regenerate_data()
    assert state.experiment.data.seed == 1
    qtbot.waitUntil(lambda: bool(order), timeout=10_000)
    assert controller.is_training
    assert controller.run_id == run_id
    assert controller.prepared is not prepared
    controller.pause()
    controller.wait_idle()
    assert controller.frame.curves.n_epochs == controller.frame.epoch + 1
    assert controller.frame.epoch >= 20
    weights = controller.frame.parameters
    state.undo_stack.undo()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, weights)
    assert np.array_equal(controller.prepared.train.X, prepared.train.X)
    assert order == ["prepared 1", "prepared 0"]


def test_a_fixed_table_is_split_anew(make_controller: Any, experiment: Experiment) -> None:
    iris = experiment.edited(data=experiment.data.edited(name="iris", parameters={}))
    state = ExperimentState(iris)
    controller = make_controller(state)
    controller.wait_idle()
    before = controller.prepared
    controller.regenerate_data()
    controller.wait_idle()
    assert (state.experiment.data.seed, state.experiment.data.split_seed) == (0, 1)
    assert not np.array_equal(controller.prepared.train.X, before.train.X)


def test_another_data_set_while_training_restarts(controller: Controller, state: ExperimentState, reach: Reach) -> None:
    controller.play()
    reach(controller, 5)
    data = state.experiment.data.edited(name="blobs", parameters={"n_samples": 60, "n_classes": 3})
    state.edit(state.experiment.edited(data=data), "Data")
    reach(controller, 5)
    assert controller.is_training
    assert controller.frame.layout.sizes[-1] == 3
    assert len(controller.prepared.class_names) == 3


def test_prepared_comes_before_the_first_frame_of_its_data(
    controller: Controller, state: ExperimentState, reach: Reach
) -> None:
    shapes: list[bool] = []
    controller.frame_ready.connect(lambda frame: shapes.append(controller.prepared.layer_sizes == frame.layout.sizes))
    controller.play()
    for n_classes in (3, 2, 4):
        data = state.experiment.data.edited(name="blobs", parameters={"n_samples": 60, "n_classes": n_classes})
        state.edit(state.experiment.edited(data=data), "Data")
        reach(controller, 2)
    assert shapes
    assert all(shapes)


def test_a_weight_edit_is_undone_alone(controller: Controller, state: ExperimentState, train: Train) -> None:
    old = float(controller.frame.parameters[2])
    controller.edit_parameters({2: 3.5}, "Weight")
    controller.wait_idle()
    assert controller.frame.parameters[2] == 3.5
    assert state.is_dirty
    train(controller, 5)
    trained = controller.frame.parameters.copy()
    state.undo_stack.undo()
    controller.wait_idle()
    trained[2] = old
    assert np.array_equal(controller.frame.parameters, trained)
    state.undo_stack.redo()
    controller.wait_idle()
    assert controller.frame.parameters[2] == 3.5


def test_a_dragged_weight_is_one_step_back(controller: Controller, state: ExperimentState) -> None:
    old = float(controller.frame.parameters[2])
    for value in (1.0, 1.5, 2.0):
        controller.edit_parameters({2: value}, "Weight", "weight 2")
    assert state.undo_stack.count() == 1
    controller.wait_idle()
    assert controller.frame.parameters[2] == 2.0
    state.undo_stack.undo()
    controller.wait_idle()
    assert controller.frame.parameters[2] == old


def test_a_second_edit_knows_the_first_before_a_frame_shows_it(controller: Controller, state: ExperimentState) -> None:
    controller.edit_parameters({2: 1.0}, "Weight")
    controller.edit_parameters({2: 2.0}, "Weight")
    state.undo_stack.undo()
    controller.wait_idle()
    assert controller.frame.parameters[2] == 1.0


def test_a_weight_edit_while_training(controller: Controller, state: ExperimentState, reach: Reach) -> None:
    controller.play()
    reach(controller, 5)
    controller.edit_parameters({0: 0.25}, "Weight")
    controller.wait_idle()
    assert controller.is_training
    assert state.undo_stack.count() == 1


def test_weight_edits_that_make_no_sense_are_refused(controller: Controller, state: ExperimentState) -> None:
    messages: list[str] = []
    controller.message.connect(lambda severity, _: messages.append(severity))
    controller.edit_parameters({}, "Weight")
    controller.edit_parameters({0: float("nan")}, "Weight")
    controller.edit_parameters({0: float(controller.frame.parameters[0])}, "Weight")
    state.edit(with_units(state.experiment, 6), "Units")
    controller.edit_parameters({0: 1.0}, "Weight")
    assert messages == ["error", "info"]
    assert state.undo_stack.count() == 1


def test_training_alone_never_makes_the_document_dirty(
    controller: Controller, state: ExperimentState, train: Train
) -> None:
    train(controller, 10)
    controller.step_epoch()
    controller.reset()
    assert not state.is_dirty


def test_a_saved_session_opens_where_it_was(
    controller: Controller, state: ExperimentState, tmp_path: Path, train: Train
) -> None:
    path = tmp_path / "work.nnviz"
    before = train(controller, 10)
    save_document(controller.document(path), path)
    state.mark_saved(path)
    record = history(controller)
    controller.open_document(load_document(path))
    assert not controller.is_training
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, before.parameters)
    assert (controller.frame.epoch, controller.status) == (before.epoch, "paused")
    assert same_history(record, history(controller))
    assert state.path == path
    assert not state.is_dirty


def test_weights_that_were_loaded_come_back_too(
    controller: Controller, state: ExperimentState, tmp_path: Path, train: Train
) -> None:
    path = tmp_path / "work.nnviz"
    before = train(controller, 10)
    save_document(controller.document(path), path)
    controller.open_document(load_document(path))
    state.edit(with_units(state.experiment, 6), "Units")
    state.undo_stack.undo()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, before.parameters)


def test_a_run_that_is_not_prepared_is_saved_as_its_experiment(make_controller: Any, state: ExperimentState) -> None:
    document = make_controller(state).document()
    assert document.experiment is state.experiment
    assert document.checkpoint is None


@pytest.mark.parametrize("undo_first", [True, False])
def test_opening_another_document_lets_the_kept_runs_go(
    controller: Controller, state: ExperimentState, undo_first: bool, train: Train
) -> None:
    train(controller, 3)
    state.edit(with_units(state.experiment, 6), "Units")
    if undo_first:
        controller.step_epoch()
        state.undo_stack.undo()
    assert len(controller.parked) == 1
    state.replace(Experiment(title="other", training=state.experiment.training))
    assert len(controller.parked) == 0
    controller.wait_idle()
    assert (controller.status, controller.frame.epoch) == ("ready", 0)
