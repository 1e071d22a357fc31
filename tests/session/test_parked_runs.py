from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame, Needs
from nnviz.experiment.schema import LayerSpec
from nnviz.session.controller import Controller
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.speeds import SPEEDS
from nnviz.session.state import ExperimentState

EXPERIMENT = Experiment()


@pytest.fixture
def lab(qapp: object) -> Iterator[Laboratory]:
    lab = Laboratory()
    yield lab
    lab.shutdown()


def add(lab: Laboratory, *, touched: bool = True) -> Run:
    made = Run(EXPERIMENT, Needs(), SPEEDS["full"])
    made.touched = touched
    lab.add(made)
    return made


def test_a_run_that_is_taken_back_is_the_very_same(lab: Laboratory) -> None:
    parked, run = ParkedRuns(lab), add(lab)
    parked.park(run.id)
    assert len(parked) == 1
    assert parked.take(run.id) is run
    assert len(parked) == 0
    assert parked.take(12345678) is None


def test_a_run_that_is_nothing_of_its_own_keeps_its_name_but_no_memory(lab: Laboratory) -> None:
    parked, run = ParkedRuns(lab, max_runs=0), add(lab, touched=False)
    run.prepare()
    parked.park(run.id)
    assert (len(parked), run.trainer, run.prepared) == (0, None, None)
    assert parked.take(run.id) is run


def test_the_oldest_go_first(lab: Laboratory) -> None:
    parked, runs = ParkedRuns(lab, max_runs=2), [add(lab) for _ in range(3)]
    for run in runs:
        parked.park(run.id)
    assert runs[0].id not in lab
    assert parked.take(runs[2].id) is runs[2]


def test_who_is_set_aside_again_is_there_once(lab: Laboratory) -> None:
    parked, runs = ParkedRuns(lab, max_runs=2), [add(lab) for _ in range(3)]
    for run in (*runs[:2], runs[0], runs[2]):
        parked.park(run.id)
    assert [run.id in lab for run in runs] == [True, False, True]
    parked.clear()
    assert (len(parked), len(lab)) == (0, 0)


def test_memory_is_bounded_but_the_last_run_stays(lab: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "nbytes", property(lambda self: 100))
    parked = ParkedRuns(lab, budget_bytes=250)
    for _ in range(4):
        parked.park(add(lab).id)
    assert len(parked) == len(lab) == 2
    tight = ParkedRuns(lab, budget_bytes=10)
    tight.park(add(lab).id)
    assert len(tight) == 1


def test_runs_that_no_command_names_go(lab: Laboratory) -> None:
    parked, runs = ParkedRuns(lab), [add(lab) for _ in range(3)]
    for run in runs:
        parked.park(run.id)
    parked.keep_only({runs[1].id})
    assert list(lab) == [runs[1].id]
    parked.clear()
    assert list(lab) == []


def test_steps_of_a_run_that_is_no_longer_kept_are_undone_in_the_one_that_begins_instead(
    controller: Controller, state: ExperimentState, train: Callable[[Controller, int], Frame]
) -> None:
    controller.parked._max_runs = 1
    begin = state.experiment
    train(controller, 2)
    state.edit(begin.edited(training=begin.training.edited(l2=0.1)), "change l2")
    first = controller.run_id
    for units in (3, 2):
        hidden = (LayerSpec(units=units),)
        state.edit(state.experiment.edited(network=state.experiment.network.edited(hidden=hidden)), "change units")
        train(controller, 2)
    assert first not in controller.lab
    top = state.experiment
    for _ in range(3):
        state.undo_stack.undo()
        controller.wait_idle()
    assert state.experiment == begin
    assert state.undo_stack.count() == 3
    while state.undo_stack.canRedo():
        state.undo_stack.redo()
    assert state.experiment == top
    controller.wait_idle()


def test_steps_from_before_resets_are_undone_though_the_runs_of_then_are_no_longer_kept(
    controller: Controller, state: ExperimentState, train: Callable[[Controller, int], Frame]
) -> None:
    controller.parked._max_runs = 1
    begin = state.experiment
    state.edit(begin.edited(training=begin.training.edited(l2=0.1)), "change l2")
    told: list[str] = []
    controller.message.connect(lambda _severity, text: told.append(text))
    for _ in range(3):
        train(controller, 2)
        controller.reset()
    controller.wait_idle()
    assert state.undo_stack.count() == 4
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    controller.wait_idle()
    assert state.experiment == begin
    assert controller.ask(lambda run: run.trainer.settings.l2) == 0.0
    # Two resets have nothing to lead back to.
    assert told == ["The run from before this reset is no longer kept."] * 2
    assert state.undo_stack.count() == 2


def branch_and_begin(
    controller: Controller, state: ExperimentState, train: Callable[[Controller, int], Frame], qtbot: QtBot
) -> tuple[Experiment, int]:
    """Keep one run at a time, branch off, and begin another document; return the one before and the branch's run."""
    controller.parked._max_runs = 1
    train(controller, 2)
    controller.continue_from(1, plays=False)
    qtbot.waitUntil(lambda: not controller.branching.is_waiting)
    begin, branch = state.experiment, controller.run_id
    state.begin(begin.edited(title="another"), "begin")
    return begin, branch


def test_a_course_is_removed_that_a_document_which_began_has_set_aside_already(
    controller: Controller, state: ExperimentState, train: Callable[[Controller, int], Frame], qtbot: QtBot
) -> None:
    begin, _ = branch_and_begin(controller, state, train, qtbot)
    for number in (2, 1):
        controller.remove_course(number)
    train(controller, 2)
    controller.reset()
    assert (len(controller.tree), len(controller.parked)) == (0, 1)
    while state.undo_stack.canUndo():
        state.undo_stack.undo()
    assert state.experiment == begin


def test_a_course_is_kept_however_many_runs_are_set_aside_after_it(
    controller: Controller, state: ExperimentState, train: Callable[[Controller, int], Frame], qtbot: QtBot
) -> None:
    begin, branch = branch_and_begin(controller, state, train, qtbot)
    for _ in range(2):
        train(controller, 2)
        controller.reset()
    assert [course.number for course in controller.tree.courses] == [1, 2]
    while state.undo_stack.undoText() != "continue from epoch 1":
        state.undo_stack.undo()
    assert (controller.run_id, state.experiment) == (branch, begin)
