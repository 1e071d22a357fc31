"""Random edits, undos and redos, with training in between, always lead back to equal experiments and weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import next_data, next_weights
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec, ViewSpec
from nnviz.session.controller import Controller
from nnviz.session.state import ExperimentState

START = Experiment(
    title="small",
    data=DataSpec(name="xor", parameters={"n_samples": 20}, test_fraction=0.5),
    network=NetworkSpec(hidden=(LayerSpec(units=2),)),
    training=TrainingSpec(batch_size=5, engine="numpy"),
)
UNITS = st.lists(st.integers(1, 4), max_size=3)


def seen_alike(one: Experiment, other: Experiment) -> bool:
    """Whether they are equal but for what is looked at, which is no undo step."""
    return bool(one.model_copy(update={"view": other.view}) == other)


class UndoMachine(RuleBasedStateMachine):
    """A window's state and controller beside a plain list of documents and weight edits."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ExperimentState(START)
        self.controller = Controller(self.state)
        self.controller.wait_idle()
        self.first = self.parameters()
        self.steps: list[tuple[str, Experiment, Experiment]] = []
        self.position = 0
        self.trained = False

    def parameters(self) -> np.ndarray:
        frame = self.controller.frame
        assert frame is not None
        return frame.parameters.copy()

    def edit(self, experiment: Experiment, text: str) -> None:
        before = self.state.experiment
        self.state.edit(experiment, text)
        self.note(text, before)

    def note(self, text: str, before: Experiment) -> None:
        """Expect a new step where something has changed; it ends what could have been redone."""
        if self.state.undo_stack.index() != self.position:
            del self.steps[self.position :]
            self.steps.append((text, before, self.state.experiment))
            self.position += 1
        else:
            assert self.state.experiment == before

    @rule(
        rate=st.sampled_from([0.01, 0.1, 0.5]),
        l2=st.sampled_from([0.0, 0.01]),
        optimizer=st.sampled_from(["sgd", "adam"]),
    )
    def change_training(self, **changes: Any) -> None:
        changes["learning_rate"] = changes.pop("rate")
        experiment = self.state.experiment
        self.edit(experiment.edited(training=experiment.training.edited(**changes)), "change training")

    @rule(noise=st.sampled_from([0.0, 0.2]), name=st.sampled_from(["xor", "moons"]))
    def change_data(self, noise: float, name: str) -> None:
        experiment = self.state.experiment
        parameters = {**experiment.data.parameters, "noise": noise}
        self.edit(experiment.edited(data=experiment.data.edited(name=name, parameters=parameters)), "change data")

    @rule(units=UNITS)
    def change_layers(self, units: list[int]) -> None:
        experiment = self.state.experiment
        hidden = tuple(LayerSpec(units=n) for n in units)
        self.edit(experiment.edited(network=experiment.network.edited(hidden=hidden)), "change layers")

    @rule()
    def draw_new_weights(self) -> None:
        before = self.state.experiment
        self.controller.new_weights()
        assert self.state.experiment == next_weights(before)
        self.note("draw new weights", before)

    @rule()
    def regenerate_data(self) -> None:
        before = self.state.experiment
        self.controller.regenerate_data()
        assert self.state.experiment == next_data(before)
        self.note("regenerate data", before)

    @rule(value=st.floats(-2.0, 2.0))
    def change_weight(self, value: float) -> None:
        self.controller.wait_idle()
        before, old = self.state.experiment, self.parameters()[0]
        self.controller.edit_parameters({0: value}, "change weight")
        self.note("change weight", before)
        self.controller.wait_idle()
        assert self.parameters()[0] == value
        if self.state.undo_stack.undoText() == "change weight" and value != old:
            self.state.undo_stack.undo()
            self.controller.wait_idle()
            assert self.parameters()[0] == old
            self.state.undo_stack.redo()

    @rule()
    def train_a_batch(self) -> None:
        self.trained = True
        self.controller.step_batch()

    @rule(log=st.booleans())
    def look_elsewhere(self, log: bool) -> None:
        self.state.set_view(ViewSpec(log_loss=log))
        assert self.state.undo_stack.index() == self.position

    @precondition(lambda self: self.position > 0)
    @rule()
    def undo(self) -> None:
        self.state.undo_stack.undo()
        self.position -= 1
        assert seen_alike(self.state.experiment, self.steps[self.position][1])

    @precondition(lambda self: self.position < len(self.steps))
    @rule()
    def redo(self) -> None:
        self.state.undo_stack.redo()
        self.position += 1
        assert seen_alike(self.state.experiment, self.steps[self.position - 1][2])

    @invariant()
    def the_menu_names_the_steps(self) -> None:
        stack, texts = self.state.undo_stack, [text for text, _, _ in self.steps]
        assert (stack.count(), stack.index()) == (len(texts), self.position)
        assert stack.undoText() == (texts[self.position - 1] if self.position else "")
        assert stack.redoText() == (texts[self.position] if self.position < len(texts) else "")
        assert self.state.is_dirty == (self.position > 0)

    def teardown(self) -> None:
        while self.position < len(self.steps):
            self.redo()
        last = self.state.experiment
        while self.position:
            self.undo()
        assert seen_alike(self.state.experiment, START)
        assert not self.state.is_dirty
        self.controller.wait_idle()
        if not self.trained:
            np.testing.assert_array_equal(self.parameters(), self.first)
        while self.position < len(self.steps):
            self.redo()
        assert seen_alike(self.state.experiment, last)
        self.controller.shutdown()


def test_every_way_back_leads_to_equal_experiments(qapp: object) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        UndoMachine,
        settings=settings(
            max_examples=60,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
