"""Surgery on a run: every operation one undo step, whose way back gives its run the bits from before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnviz import headless
from nnviz.core.masks import Mask
from nnviz.core.surgery import Operation
from nnviz.experiment.document import load_document, save_document
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState
from nnviz.session.surgery import Surgeon

Train = Callable[[Controller, int], Frame]


def rest(controller: Controller) -> Frame:
    controller.wait_idle()
    frame = controller.frame
    assert frame is not None
    assert frame.run_id == controller.run_id
    return frame


@pytest.fixture
def surgeon(state: ExperimentState, controller: Controller) -> Surgeon:
    return Surgeon(state, controller)


OPERATIONS: dict[str, Callable[[Surgeon], None]] = {
    "freeze": lambda s: s.mask(Mask("frozen", 1, 2), "freeze unit"),
    "freeze layer": lambda s: s.mask(Mask("frozen", 1), "freeze layer"),
    "mute": lambda s: s.mask(Mask("muted", 1, 2), "mute unit"),
    "cut": lambda s: s.mask(Mask("cut", 1, 2, 0), "cut"),
    "pin": lambda s: s.mask(Mask("pinned", 1, 2, 0, 0.75), "pin"),
    "swap": lambda s: s.swap(1, 0, 3),
    "negate": lambda s: s.negate(1, 1),
    "draw": lambda s: s.draw(1, 1),
    "clone": lambda s: s.operate(Operation("clone", 1, 1), "clone unit"),
    "add": lambda s: s.operate(Operation("add", 1), "add unit"),
    "remove": lambda s: s.operate(Operation("remove", 1, 1), "remove unit"),
    "insert": lambda s: s.operate(Operation("insert_layer", 2), "insert layer"),
    "remove layer": lambda s: s.operate(Operation("remove_layer", 1), "remove layer"),
}
#: Those after which the network answers as before.
SILENT = ("freeze", "freeze layer", "swap", "negate", "clone", "add", "insert")


def test_each_is_one_step_there_and_back_to_the_last_bit(
    state: ExperimentState, controller: Controller, surgeon: Surgeon, train: Train
) -> None:
    before = train(controller, 20)
    run_id, experiment = controller.run_id, state.experiment
    for name, operate in OPERATIONS.items():
        steps = state.undo_stack.index()
        operate(surgeon)
        after = rest(controller)
        assert state.undo_stack.index() == steps + 1, name
        assert after.epoch == before.epoch, name
        if name in SILENT:
            assert after.metrics.train_loss == pytest.approx(before.metrics.train_loss, rel=1e-9), name
        state.undo_stack.undo()
        back = rest(controller)
        assert controller.run_id == run_id, name
        assert state.experiment == experiment, name
        assert back.parameters.tobytes() == before.parameters.tobytes(), name
        assert not back.masks, name
        state.undo_stack.redo()
        again = rest(controller)
        assert again.layout == after.layout, name
        np.testing.assert_array_equal(again.parameters, after.parameters, err_msg=name)
        state.undo_stack.undo()
        rest(controller)
    # Nothing is left of it: the run goes on as the same.
    assert train(controller, 25).epoch >= 25


def test_masks_hold_while_the_run_goes_on_and_go_to_their_own_run(
    state: ExperimentState, controller: Controller, surgeon: Surgeon, train: Train
) -> None:
    train(controller, 5)
    surgeon.mask(Mask("pinned", 1, 2, 0, 0.75), "pin")
    surgeon.mask(Mask("muted", 1, 0), "mute unit")
    surgeon.mask(Mask("frozen", 2), "freeze layer")
    held = rest(controller)
    assert held.masks
    later = train(controller, int(held.epoch) + 10)
    assert (later.parameters[held.masks.held] == held.parameters[held.masks.held]).all()
    assert (later.parameters != held.parameters).any()
    run_id = controller.run_id
    surgeon.operate(Operation("clone", 1, 1), "clone unit")
    assert rest(controller).masks is not None
    assert controller.run_id != run_id
    assert [mask.unit for mask in rest(controller).masks.muted] == [0]  # type: ignore[union-attr]
    for _ in range(4):
        state.undo_stack.undo()
    back = rest(controller)
    assert controller.run_id == run_id
    assert not back.masks
    assert back.layout.weights(back.parameters)[0][2, 0] != 0.75


def test_a_weight_that_is_held_is_not_dragged_and_says_why(
    state: ExperimentState, controller: Controller, surgeon: Surgeon, train: Train, tmp_path: Path
) -> None:
    told: list[str] = []
    controller.message.connect(lambda _severity, text: told.append(text))
    surgeon.mask(Mask("cut", 1, 2, 0), "cut")
    frame = rest(controller)
    controller.edit_parameters({frame.layout.weight_index(1, 2, 0): 1.0}, "change weight")
    assert rest(controller).layout.weights(rest(controller).parameters)[0][2, 0] == 0.0
    surgeon.swap(1, 2, 3)
    assert any("cut" in text for text in told)
    assert any("release" in text for text in told)
    file = tmp_path / "cut.nnviz"
    save_document(controller.document(file), file)
    opened = load_document(file)
    trainer, _ = headless.trainer_of(opened.experiment.prepared(), opened)
    trainer.run(2)
    assert trainer.network.weights[0][2, 0] == 0.0
    assert [mask.kind for mask in trainer.network.masks.entries] == ["cut"]


def test_what_is_named_of_a_network_that_has_gone_is_left_undone(
    state: ExperimentState, controller: Controller, surgeon: Surgeon, train: Train
) -> None:
    surgeon.run_id = train(controller, 2).run_id
    told: list[str] = []
    controller.message.connect(lambda _severity, text: told.append(text))
    network = state.experiment.network
    state.edit(state.experiment.edited(network=network.edited(hidden=(), explicit=None)), "take away")
    count = state.undo_stack.count()
    for ask in OPERATIONS.values():
        # At once, while the old network is still on show …
        ask(surgeon)
    rest(controller)
    for ask in OPERATIONS.values():
        # … and when a menu of then is still open.
        ask(surgeon)
    assert state.undo_stack.count() == count
    assert len(told) == 2 * len(OPERATIONS)


def test_weights_of_a_run_that_its_data_have_ended_are_not_written_into_the_next_one(
    state: ExperimentState, controller: Controller, surgeon: Surgeon, train: Train
) -> None:
    train(controller, 5)
    surgeon.mask(Mask("cut", 1, 2, 0), "cut")
    rest(controller)
    controller.observer.misfitted.emit()
    begun = rest(controller)
    state.undo_stack.undo()
    assert not state.experiment.network.masks
    assert (rest(controller).parameters == begun.parameters).all()
