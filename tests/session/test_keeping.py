"""A changed network that goes on with what was learnt: one undo step, files that hold it, runs set aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz import headless
from nnviz.core.errors import SettingError
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from nnviz.experiment import edits
from nnviz.experiment.carried import is_carriable
from nnviz.experiment.document import Experiment, load_document, save_document
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

Train = Callable[[Controller, int], Frame]


def show(controller: Controller) -> Frame:
    """Return the present run's frame, at rest."""
    controller.wait_idle()
    frame = controller.frame
    assert frame is not None
    assert frame.run_id == controller.run_id
    return frame


def marks(frame: Frame) -> list[float]:
    return [mark.epoch for mark in frame.curves.marks]


def with_units(state: ExperimentState, units: int, merge_key: str = "") -> None:
    state.edit(edits.with_layer(state.experiment, 0, units=units), "change the units", merge_key)


def test_a_kept_change_is_one_step_there_and_back(state: ExperimentState, controller: Controller, train: Train) -> None:
    before = train(controller, 30)
    loss, steps = before.metrics.train_loss, state.undo_stack.count()
    controller.keep_learnt(True)
    with_units(state, 6)
    after = show(controller)
    assert state.undo_stack.count() == steps + 1
    assert after.epoch == before.epoch
    assert after.metrics.train_loss == pytest.approx(loss, abs=1e-12)
    assert marks(after) == [before.epoch]
    assert len(after.curves.epoch) == len(before.curves.epoch)

    later = train(controller, int(before.epoch) + 5)
    state.undo_stack.undo()
    back = show(controller)
    assert (back.parameters == before.parameters).all()
    assert back.epoch == before.epoch
    assert not back.curves.marks
    state.undo_stack.redo()
    again = show(controller)
    assert (again.parameters == later.parameters).all()
    assert marks(again) == marks(later) == [before.epoch]


def test_what_is_made_small_and_large_in_one_breath_has_lost_nothing(
    state: ExperimentState, controller: Controller, train: Train
) -> None:
    before = train(controller, 20)
    controller.keep_learnt(True)
    for units in (3, 2, 1, 2, 3):
        with_units(state, units, "units")
    with_units(state, 4)
    assert (show(controller).parameters == before.parameters).all()

    # The other activation keeps every number, and its mark is no second one where nothing was trained in between.
    state.edit(edits.with_layer(state.experiment, 0, activation="relu"), "change the activation")
    after = show(controller)
    assert (after.parameters == before.parameters).all()
    assert len(after.curves.marks) == 1


def test_the_choice_after_the_change_swaps_two_runs(
    state: ExperimentState, controller: Controller, train: Train
) -> None:
    before = train(controller, 20)
    with_units(state, 5)
    with_units(state, 6, "units")
    fresh = show(controller)
    assert (fresh.epoch, fresh.curves.marks) == (0, ())
    # The run from before the last edit has learnt nothing; that before the first can be had by undoing twice.
    assert not controller.offers_learnt
    state.undo_stack.undo()
    state.undo_stack.undo()
    assert (show(controller).parameters == before.parameters).all()

    with_units(state, 5)
    assert controller.offers_learnt
    trained = train(controller, 4)
    controller.keep_learnt(True)
    kept = show(controller)
    assert kept.epoch == before.epoch
    assert kept.metrics.train_loss == pytest.approx(before.metrics.train_loss, abs=1e-12)
    controller.keep_learnt(False)
    assert (show(controller).parameters == trained.parameters).all()
    controller.keep_learnt(True)
    assert (show(controller).parameters == kept.parameters).all()
    state.undo_stack.undo()
    assert (show(controller).parameters == before.parameters).all()
    assert len(controller.parked) <= 3


def test_a_saved_run_holds_what_was_carried_and_says_so(
    state: ExperimentState, controller: Controller, train: Train, tmp_path: Path
) -> None:
    train(controller, 20)
    controller.keep_learnt(True)
    with_units(state, 6)
    # Saved while it is being prepared: not one weight is missing.
    file = tmp_path / "carried.nnviz"
    save_document(controller.document(file), file)
    said: list[str] = []
    controller.message.connect(lambda _, sentence: said.append(sentence))
    shown = show(controller)
    opened = load_document(file)
    assert opened.history is not None
    assert opened.history.marks == (shown.epoch,)
    assert opened.parameters is not None
    assert (opened.parameters == shown.parameters).all()
    controller.open_document(opened)
    again = show(controller)
    assert (again.parameters == shown.parameters).all()
    assert marks(again) == [shown.epoch]
    assert any("seeds alone do not give it again" in sentence for sentence in said)

    # In a terminal it goes on from there, bit for bit as in the window, unless other settings leave nothing to go on.
    prepared = opened.experiment.prepared()
    trainer, note = headless.trainer_of(prepared, opened)
    assert "seeds alone do not give it again" in note
    end = int(shown.epoch) + 3
    trainer.run(3)
    controller.step_epoch()
    controller.wait_idle()
    controller.step_epoch()
    controller.wait_idle()
    controller.step_epoch()
    window = show(controller)
    assert (window.epoch, trainer.epoch) == (end, end)
    assert (window.parameters == trainer.network.parameters).all()
    fewer = edits.with_layer(opened.experiment, 0, units=2)
    anew, note = headless.trainer_of(fewer.prepared(), opened)
    assert anew.epoch == 0
    assert "left out" in note
    plain, note = headless.trainer_of(prepared, None)
    assert (plain.epoch, note) == (0, "")


def test_other_data_new_weights_and_no_change_carry_nothing(experiment: Experiment) -> None:
    def carriable(new: Experiment) -> bool:
        return is_carriable(experiment, new)

    assert carriable(edits.with_hidden_count(experiment, 2))
    assert carriable(edits.with_layer(experiment, 0, activation="relu"))
    assert carriable(edits.with_training(experiment, loss="mse"))
    assert not carriable(experiment)
    assert not carriable(edits.next_weights(experiment))
    assert not carriable(edits.next_data(experiment))
    assert not carriable(edits.with_network(experiment, init="he_normal"))
    assert not carriable(edits.with_training(experiment, seed=1))


def test_a_history_of_another_task_is_refused() -> None:
    X = np.linspace(-1.0, 1.0, 12).reshape(-1, 2)
    classes = Trainer(Network([2, 3, 1]), X, (X[:, :1] > 0.0).astype(float), engine="numpy")
    numbers = Trainer(Network([2, 3, 1], output_activation="linear"), X, X[:, :1], engine="numpy")
    classes.run(2)
    with pytest.raises(SettingError, match="cannot go on"):
        numbers.take_over(classes.checkpoint())
    assert (numbers.epoch, len(numbers.history)) == (0, 1)


def test_the_choice_is_about_the_same_course(
    state: ExperimentState, controller: Controller, train: Train, qtbot: QtBot
) -> None:
    train(controller, 4)
    controller.continue_from(2, plays=False)
    qtbot.waitUntil(lambda: not controller.branching.is_waiting)
    with_units(state, 5)
    for keep in (True, False, True):
        controller.keep_learnt(keep)
        show(controller)
        assert controller.tree.course(2).run_id == controller.run_id
        assert (controller.run_id in controller.tree.anew) is not keep
