"""Random edits, undos and redos of two runs, with training in between, always lead back to equal experiments, weights.

The window shows now the one run, now the other: a step of the one that is not shown brings it back first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import next_data, next_weights
from nnviz.experiment.painting import canvas_of, rows_of, taken_over, with_nothing, with_rows
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec, ViewSpec
from nnviz.session.controller import Controller
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

START = Experiment(
    title="small",
    data=DataSpec(name="xor", parameters={"n_samples": 20}, test_fraction=0.5),
    network=NetworkSpec(hidden=(LayerSpec(units=2),)),
    training=TrainingSpec(batch_size=5, engine="numpy"),
)
BESIDE = START.edited(title="beside", network=NetworkSpec(hidden=(LayerSpec(units=3), LayerSpec(units=2)), seed=7))
Moment = tuple[int, int, int, int, bytes]
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
        # What the step is called, experiments and runs before and after it, and which of the two lines it is of.
        self.steps: list[tuple[str, Experiment, Experiment, int, int, int]] = []
        beside = self.controller.lab.add(Run(BESIDE, NOTHING, SPEEDS["full"])).run_id
        self.fronts, self.line = [self.controller.run_id, beside], 0
        self.starts = (START, BESIDE)
        # What every run held when it was last seen at rest.
        self.known: dict[int, Moment] = {}
        # What a run held when a step took another in its place, and what that one held when the step was undone.
        self.left: dict[int, Moment] = {}
        self.position = 0
        self.trained = False

    def parameters(self) -> np.ndarray:
        frame = self.controller.frame
        assert frame is not None
        return frame.parameters.copy()

    def moment(self) -> Moment:
        """Wait until the run rests, and return what it is then."""
        self.controller.wait_idle()
        frame = self.controller.frame
        assert frame is not None
        assert not self.controller.is_training
        run_id = self.controller.run_id
        self.known[run_id] = run_id, frame.epoch, frame.batch, frame.curves.n_epochs, frame.parameters.tobytes()
        return self.known[run_id]

    def edit(self, experiment: Experiment, text: str) -> None:
        before, moment = self.state.experiment, self.moment()
        self.state.edit(experiment, text)
        self.note(text, before, moment)

    def note(self, text: str, before: Experiment, moment: Moment) -> None:
        """Expect a new step where something has changed; it ends what could have been redone."""
        if self.state.undo_stack.index() != self.position:
            del self.steps[self.position :]
            self.left = {place: kept for place, kept in self.left.items() if place < self.position}
            now = self.controller.run_id
            self.steps.append((text, before, self.state.experiment, moment[0], now, self.line))
            self.fronts[self.line] = now
            if self.controller.run_id != moment[0]:
                self.left[self.position] = moment
            self.position += 1
        else:
            assert self.state.experiment == before
            # Starting a run over that has learnt nothing is no step: another one stands for it.
            self.replaced(moment[0], self.controller.run_id)

    def replaced(self, old: int, new: int) -> None:
        self.fronts[self.line] = new
        self.steps = [
            (text, before, after, *(new if run_id == old else run_id for run_id in (before_id, after_id)), line)
            for text, before, after, before_id, after_id, line in self.steps
        ]
        self.left = {place: (new, *kept[1:]) if kept[0] == old else kept for place, kept in self.left.items()}
        self.known[new] = self.moment()

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
        parameters = {"n_samples": 20, "noise": noise}
        data = experiment.data.edited(name=name, rows=None, parameters=parameters)
        self.edit(experiment.edited(data=data), "change data")

    @rule(units=UNITS)
    def change_layers(self, units: list[int]) -> None:
        experiment = self.state.experiment
        hidden = tuple(LayerSpec(units=n) for n in units)
        self.edit(experiment.edited(network=experiment.network.edited(hidden=hidden)), "change layers")

    @rule()
    def draw_new_weights(self) -> None:
        before, moment = self.state.experiment, self.moment()
        self.controller.new_weights()
        assert self.state.experiment == next_weights(before)
        self.note("draw new weights", before, moment)

    @rule()
    def start_over(self) -> None:
        before, moment = self.state.experiment, self.moment()
        self.controller.reset()
        self.note("start over", before, moment)
        assert self.moment()[1:3] == (0, 0)

    @rule(same_kind=st.booleans())
    def start_empty(self, same_kind: bool) -> None:
        before, moment = self.state.experiment, self.moment()
        prepared = self.controller.prepared
        assert prepared is not None
        self.state.begin(with_nothing(before, taken_over(prepared) if same_kind else None), "start empty")
        self.note("start empty", before, moment)
        assert self.moment()[1:4] == (0, 0, 0)

    @precondition(lambda self: self.state.experiment.data.rows is not None)
    @rule()
    def paint(self) -> None:
        experiment = self.state.experiment
        canvas = canvas_of(experiment.data.rows)
        places = np.array([[1.0, -1.0], [-2.0, 0.5], [0.25, 3.0]]) + 0.1 * len(canvas)
        painted = canvas.added(places, 1.0, np.zeros(3, dtype=np.uint16))
        self.edit(with_rows(experiment, rows_of(painted, experiment.data.rows)), "paint points")

    @rule()
    def regenerate_data(self) -> None:
        before, moment = self.state.experiment, self.moment()
        self.controller.regenerate_data()
        assert self.state.experiment == next_data(before)
        self.note("regenerate data" if before.data.rows is None else "split data anew", before, moment)

    @rule(value=st.floats(-2.0, 2.0))
    def change_weight(self, value: float) -> None:
        moment = self.moment()
        before, old = self.state.experiment, self.parameters()[0]
        self.controller.edit_parameters({0: value}, "change weight")
        self.note("change weight", before, moment)
        self.controller.wait_idle()
        assert self.parameters()[0] == value
        if self.state.undo_stack.undoText() == "change weight" and value != old:
            self.state.undo_stack.undo()
            self.controller.wait_idle()
            assert self.parameters()[0] == old
            self.state.undo_stack.redo()

    @rule(back=st.integers(0, 3), rate=st.sampled_from([None, 0.02, 0.3]))
    def take_another_course(self, back: int, rate: float | None) -> None:
        before, moment = self.state.experiment, self.moment()
        epoch = max(self.controller.timeline.first, moment[1] - back)
        wanted = self.controller.experiment_at(epoch)
        if rate is not None:
            wanted = wanted.edited(training=wanted.training.edited(learning_rate=rate))
        then = self.controller.ask(lambda run: run.trainer.parameters_at(epoch))
        self.controller.continue_from(epoch, wanted, plays=False)
        self.wait(lambda: not self.controller.branching.is_waiting)
        self.note(f"continue from epoch {epoch}", before, moment)
        now = self.moment()
        assert now[0] != moment[0]
        assert now[1:3] == (epoch, 0)
        assert now[4] == then.tobytes()
        assert seen_alike(self.state.experiment, wanted)
        assert self.controller.tree.course_of(now[0]) is not None

    @rule(share=st.floats(0.0, 1.0))
    def look_back(self, share: float) -> None:
        """What is looked at is no step, and leads to no other weights."""
        moment, line = self.moment(), self.controller.timeline
        epoch = line.first + round(share * (line.last - line.first))
        line.go_to(epoch)
        self.wait(lambda: line.is_exact and not line._is_asking)
        if line.is_past:
            assert line.shown_epoch == epoch
            then = self.controller.ask(lambda run: run.trainer.parameters_at(epoch))
            assert np.array_equal(self.parameters(), then)
        line.go_to_present()
        self.wait(lambda: self.controller.frame is not None and self.controller.frame.is_live)
        assert self.moment() == moment
        assert self.state.undo_stack.index() == self.position

    def wait(self, reached: Callable[[], bool]) -> None:
        for _ in range(200):
            if reached():
                return
            self.controller.wait_idle()
        raise AssertionError("it never comes to that")

    @rule()
    def train_an_epoch(self) -> None:
        self.trained = True
        self.controller.step_epoch()

    @rule()
    def train_a_batch(self) -> None:
        self.trained = True
        self.controller.step_batch()

    @rule(log=st.booleans())
    def look_elsewhere(self, log: bool) -> None:
        self.state.set_view(ViewSpec(log_loss=log))
        assert self.state.undo_stack.index() == self.position

    @rule()
    def look_at_the_other_run(self) -> None:
        self.moment()
        self.line = 1 - self.line
        assert self.controller.show_run(self.fronts[self.line])
        assert self.controller.run_id == self.state.run_id == self.fronts[self.line]
        now = self.moment()
        assert now == self.known.get(now[0], now)
        assert self.state.undo_stack.index() == self.position

    @precondition(lambda self: self.position > 0)
    @rule(elsewhere=st.booleans())
    def undo(self, elsewhere: bool = False) -> None:
        if elsewhere:
            self.look_at_the_other_run()
        self.moment()
        self.state.undo_stack.undo()
        self.position -= 1
        _, before, _, before_id, after_id, self.line = self.steps[self.position]
        assert seen_alike(self.state.experiment, before)
        self.comes_back(after_id, before_id)

    @precondition(lambda self: self.position < len(self.steps))
    @rule(elsewhere=st.booleans())
    def redo(self, elsewhere: bool = False) -> None:
        if elsewhere:
            self.look_at_the_other_run()
        self.moment()
        self.state.undo_stack.redo()
        _, _, after, before_id, after_id, self.line = self.steps[self.position]
        assert seen_alike(self.state.experiment, after)
        self.comes_back(before_id, after_id)
        self.position += 1

    def comes_back(self, left_id: int, shown_id: int) -> None:
        """Expect the run that the present step had put aside, as it was then, and keep the other for the way back."""
        assert self.controller.run_id == self.state.run_id == shown_id
        self.fronts[self.line] = shown_id
        here = self.known[left_id]
        if self.position in self.left:
            kept, now = self.left[self.position], self.moment()
            # It is the very same run, also where it had learnt nothing and is prepared anew.
            assert now == kept
            self.left[self.position] = here

    @invariant()
    def the_menu_names_the_steps(self) -> None:
        stack, texts = self.state.undo_stack, [step[0] for step in self.steps]
        assert (stack.count(), stack.index()) == (len(texts), self.position)
        assert stack.undoText() == (texts[self.position - 1] if self.position else "")
        assert stack.redoText() == (texts[self.position] if self.position < len(texts) else "")
        assert self.state.is_dirty == any(text != "start over" for text in texts[: self.position])

    def teardown(self) -> None:
        while self.position < len(self.steps):
            self.redo()
        while self.position:
            self.undo()
        for line in (1, 0):
            self.line = 1 - line
            self.look_at_the_other_run()
            assert seen_alike(self.state.experiment, self.starts[line])
        assert not self.state.is_dirty
        self.controller.wait_idle()
        if not self.trained:
            np.testing.assert_array_equal(self.parameters(), self.first)
        while self.position < len(self.steps):
            self.redo()
        if self.steps:
            assert seen_alike(self.state.experiment, self.steps[-1][2])
        self.controller.shutdown()


def test_every_way_back_leads_to_equal_experiments(qapp: object) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        UndoMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
