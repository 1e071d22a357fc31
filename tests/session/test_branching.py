"""Other courses of a run: bit-equal where nothing is changed, runs of their own with a place in a tree, and undone."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, ScheduleSpec, TrainingSpec
from nnviz.session.branching import branch_at
from nnviz.session.controller import Controller
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

Train = Callable[[Controller, int], Frame]


def small(**training: object) -> Experiment:
    return Experiment(
        title="small",
        data=DataSpec(name="xor", parameters={"n_samples": 24}, test_fraction=0.25),
        network=NetworkSpec(hidden=(LayerSpec(units=3),)),
        training=TrainingSpec(**training),  # type: ignore[arg-type]
    )


def prepared_run(experiment: Experiment) -> Run:
    run = Run(experiment, NOTHING, SPEEDS["full"])
    run.prepare()
    return run


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    schedule=st.sampled_from(sorted(SCHEDULES)),
    dropout=st.sampled_from([0.0, 0.4]),
    shuffle=st.booleans(),
    batch_size=st.sampled_from([1, 5, None]),
    engine=st.sampled_from(["numpy", "compiled"]),
    rate=st.sampled_from([None, 0.2]),
    fork=st.integers(0, 9),
)
def test_a_branch_with_nothing_changed_is_the_original_bit_for_bit(
    optimizer: str,
    schedule: str,
    dropout: float,
    shuffle: bool,
    batch_size: int | None,
    engine: str,
    rate: float | None,
    fork: int,
) -> None:
    experiment = small(
        optimizer=optimizer,
        schedule=ScheduleSpec(name=schedule),
        dropout=dropout,
        shuffle=shuffle,
        batch_size=batch_size,
        engine=engine,
        learning_rate=0.02,
    )
    run = prepared_run(experiment)
    assert run.trainer is not None
    run.trainer.run(epochs=4)
    if rate is not None:
        # A live edit lies behind the fork, or before it.
        run.follow(experiment.edited(training=experiment.training.edited(learning_rate=rate)))
    run.trainer.run(epochs=6)
    run.trainer.limit_past(2**15)

    branch = branch_at(fork, None, False, False, run)
    course = Run(
        branch.document.experiment, NOTHING, SPEEDS["full"], document=branch.document, prepared=branch.prepared
    )
    course.prepare()
    assert course.trainer is not None
    assert course.trainer.epoch == fork
    if rate is not None and fork <= 4:
        assert course.experiment.training.learning_rate == 0.02
        course.trainer.run(epochs=4 - fork)
        course.follow(run.experiment)
    course.trainer.run(epochs=10 - course.trainer.epoch)
    assert course.experiment == run.experiment
    assert course.trainer.network.parameters.tobytes() == run.trainer.network.parameters.tobytes()
    assert np.array_equal(course.trainer.history.train_loss, run.trainer.history.train_loss)


def test_a_run_knows_what_was_in_force_at_each_epoch() -> None:
    run = prepared_run(small(engine="numpy"))
    assert run.trainer is not None
    first = run.experiment
    rates = {}
    for epochs, rate in ((3, 0.2), (0, 0.3), (2, 0.4)):
        run.trainer.run(epochs=epochs) if epochs else None
        rates[run.trainer.epoch] = rate
        run.follow(first.edited(training=first.training.edited(learning_rate=rate)))
    run.trainer.run(epochs=1)
    known = [run.experiment_at(epoch).training.learning_rate for epoch in range(7)]
    assert known == [first.training.learning_rate] * 4 + [0.3] * 2 + [0.4]


def wait_for_branch(qtbot: QtBot, controller: Controller, run_id: int) -> None:
    def is_there() -> bool:
        frame = controller.frame
        is_shown = controller.run_id != run_id and frame is not None and frame.run_id == controller.run_id
        return is_shown and not controller.branching.is_waiting

    qtbot.waitUntil(is_there, timeout=20_000)
    controller.wait_idle()


def test_a_branch_is_another_run_beside_its_parent_and_undone(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    tree, last = controller.tree, train(controller, 30)
    assert not len(tree)
    parent = controller.run_id
    wanted = state.experiment.edited(
        training=state.experiment.training.edited(learning_rate=0.5, optimizer="sgd", batch_size=2)
    )
    controller.timeline.go_to(12)
    controller.continue_from(12, wanted, plays=False)
    wait_for_branch(qtbot, controller, parent)
    branch = controller.run_id
    assert state.experiment == wanted
    assert not controller.timeline.is_past
    frame = controller.frame
    assert frame is not None
    assert frame.epoch == 12
    assert np.array_equal(
        frame.parameters, controller.lab.ask(parent, lambda run: run.trainer.parameters_at(12)).result(20)
    )
    assert controller.ask(lambda run: run.trainer.settings.learning_rate) == 0.5
    assert [(course.name, course.parent, course.epoch, course.run_id) for course in tree.courses] == [
        ("run 1", 0, 0, parent),
        ("run 2", 1, 12, branch),
    ]
    assert state.undo_stack.undoText() == "continue from epoch 12"
    train(controller, 20)
    curves = [tree.curves_of(number) for number in (1, 2)]
    assert curves[0] is not None
    assert curves[1] is not None
    assert curves[0].epoch[-1] == last.epoch
    assert np.array_equal(curves[0].train_loss[:13], curves[1].train_loss[:13])
    assert curves[0].train_loss[14] != curves[1].train_loss[14]

    # What is done to entries of the tree is undone one by one, and then the branch itself.
    controller.change_course(2, name="too fast")
    controller.change_course(2, is_starred=True)
    controller.show_course(1)
    controller.wait_idle()
    assert controller.run_id == parent
    assert state.experiment != wanted
    controller.remove_course(1)
    assert len(tree) == 2
    controller.remove_course(2)
    assert [course.number for course in tree.courses] == [1]
    for _ in range(2):
        state.undo_stack.undo()
    assert tree.course(2) is not None
    assert (tree.course(2).name, tree.course(2).is_starred) == ("too fast", False)
    state.undo_stack.undo()
    state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, len(tree)) == (parent, 1)
    assert controller.frame.epoch == last.epoch
    state.undo_stack.redo()
    controller.wait_idle()
    assert (controller.run_id, controller.frame.epoch >= 20, len(tree)) == (branch, True, 2)
    assert state.experiment == wanted
    # Another start of the branch is the same course.
    controller.reset()
    controller.wait_idle()
    assert tree.course(2).run_id == controller.run_id != branch
    state.undo_stack.undo()
    assert tree.course(2).run_id == branch
    # Another document has no courses yet.
    state.replace(state.experiment.edited(title="another"))
    controller.wait_idle()
    assert not len(tree)


def test_another_activation_carries_what_was_learnt_on(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    train(controller, 10)
    parent, experiment = controller.run_id, state.experiment
    hidden = tuple(layer.edited(activation="relu") for layer in experiment.network.hidden)
    controller.continue_from(6, experiment.edited(network=experiment.network.edited(hidden=hidden)), plays=False)
    wait_for_branch(qtbot, controller, parent)
    then = controller.lab.ask(parent, lambda run: run.trainer.parameters_at(6)).result(20)
    frame = controller.frame
    assert frame is not None
    assert np.array_equal(frame.parameters, then)
    assert [reading.epoch for reading in frame.curves.marks] == [6]
    assert controller.ask(lambda run: run.trainer.network.activations[0]) == "relu"


def test_a_weight_that_is_set_in_the_past_makes_a_branch(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    train(controller, 10)
    parent, line = controller.run_id, controller.timeline
    line.go_to(4)
    qtbot.waitUntil(lambda: line.is_exact and line.shown_epoch == 4, timeout=20_000)
    # As a slider is dragged: before the branch is there, and afterwards.
    for value in (3.0, 6.0, 9.0):
        controller.edit_parameters({0: value}, "weight", "gesture 1")
    wait_for_branch(qtbot, controller, parent)
    controller.edit_parameters({0: 10.0}, "weight", "gesture 1")
    controller.wait_idle()
    frame = controller.frame
    assert frame is not None
    then = controller.lab.ask(parent, lambda run: run.trainer.parameters_at(4)).result(20)
    assert frame.parameters[0] == 10.0
    assert np.array_equal(frame.parameters[1:], then[1:])
    assert [state.undo_stack.text(index) for index in range(2)] == ["continue from epoch 4", "weight"]
    assert state.undo_stack.count() == 2
    assert controller.tree.courses[1].is_weighed
    state.undo_stack.undo()
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, then)
    state.undo_stack.undo()
    controller.wait_idle()
    assert controller.run_id == parent
    assert controller.lab.ask(parent, lambda run: run.trainer.parameters_at(4)).result(20)[0] == then[0]


def test_a_branch_from_where_the_run_has_not_been_is_refused_in_a_sentence(
    qtbot: QtBot, controller: Controller, train: Train
) -> None:
    train(controller, 3)
    run_id, told = controller.run_id, threading.Event()
    sentences: list[str] = []
    controller.message.connect(lambda _severity, text: (sentences.append(text), told.set()))
    controller.continue_from(999)
    qtbot.waitUntil(told.is_set, timeout=20_000)
    assert "999" in sentences[0]
    assert controller.run_id == run_id
    assert not controller.branching.is_waiting


def test_what_no_run_depends_on_is_kept_from_course_to_course(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    train(controller, 6)
    parent = controller.run_id
    state.edit(state.experiment.edited(title="mine", notes="what I saw"), "write notes")
    controller.continue_from(3, plays=False)
    wait_for_branch(qtbot, controller, parent)
    assert (state.experiment.title, state.experiment.notes) == ("mine", "what I saw")
    state.undo_stack.undo()
    assert (controller.run_id, state.experiment.notes) == (parent, "what I saw")
    state.undo_stack.redo()
    controller.show_course(1)
    assert (controller.run_id, state.experiment.notes) == (parent, "what I saw")


def test_edits_of_two_courses_are_two_steps_however_close_they_are(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    train(controller, 6)
    parent = controller.run_id

    def decay(l2: float) -> None:
        wanted = state.experiment.edited(training=state.experiment.training.edited(l2=l2))
        state.edit(wanted, "change weight decay", "series l2")

    controller.continue_from(3, plays=False)
    wait_for_branch(qtbot, controller, parent)
    decay(0.1)
    controller.show_course(1)
    decay(0.05)
    assert state.undo_stack.count() == 3
    state.undo_stack.undo()
    assert (controller.run_id, state.experiment.training.l2) == (parent, 0.0)
    state.undo_stack.undo()
    assert (controller.run_id != parent, state.experiment.training.l2) == (True, 0.0)
    state.undo_stack.undo()
    assert (controller.run_id, state.experiment.training.l2) == (parent, 0.0)


def test_a_branch_is_undone_though_the_course_that_it_was_taken_off_is_no_longer_kept(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    controller.parked._max_runs, begin = 1, state.experiment
    train(controller, 4)
    state.edit(begin.edited(training=begin.training.edited(l2=0.1)), "change weight decay")
    parent, top = controller.run_id, state.experiment
    controller.continue_from(None, plays=False)
    wait_for_branch(qtbot, controller, parent)
    controller.remove_course(1)
    for _ in range(2):
        train(controller, 2)
        controller.reset()
    assert parent not in controller.lab
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    controller.wait_idle()
    assert state.experiment == begin
    assert controller.ask(lambda run: run.trainer.settings.l2) == 0.0
    # What has begun instead is found again among the runs.
    assert [course.run_id for course in controller.tree.courses] == [controller.run_id]
    while state.undo_stack.canRedo():
        state.undo_stack.redo()
    controller.wait_idle()
    assert state.experiment == top


def test_a_course_is_removed_again_though_it_is_on_show(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    tree, parent = controller.tree, controller.run_id
    train(controller, 4)
    controller.continue_from(2, plays=False)
    wait_for_branch(qtbot, controller, parent)
    # One that has learnt nothing is another run after each reset, which is no step.
    controller.reset()
    controller.wait_idle()
    controller.show_course(1)
    controller.remove_course(2)
    state.undo_stack.undo()
    controller.show_course(2)
    controller.wait_idle()
    controller.reset()
    controller.wait_idle()
    branch, steps = controller.run_id, state.undo_stack.count()
    for _ in range(2):
        state.undo_stack.redo()
        assert (controller.run_id, [course.number for course in tree.courses]) == (parent, [1])
        state.undo_stack.undo()
        # It is on show as it was before.
        assert (controller.run_id, [course.number for course in tree.courses]) == (branch, [1, 2])
    state.undo_stack.redo()
    controller.wait_idle()
    assert (state.undo_stack.count(), controller.frame.epoch) == (steps, 4)


def test_a_course_is_removed_again_though_the_run_that_was_shown_is_no_longer_kept(
    qtbot: QtBot, controller: Controller, state: ExperimentState, train: Train
) -> None:
    parent, begin = controller.run_id, state.experiment
    train(controller, 2)
    controller.continue_from(1, begin.edited(training=begin.training.edited(l2=0.1)), plays=False)
    wait_for_branch(qtbot, controller, parent)
    controller.show_course(1)
    controller.remove_course(2)
    state.undo_stack.undo()
    controller.show_course(2)
    controller.wait_idle()
    controller.lab.remove(parent)
    state.undo_stack.redo()
    controller.wait_idle()
    assert (state.experiment, controller.tree.course(2)) == (begin, None)
    assert not state.undo_stack.canRedo()
