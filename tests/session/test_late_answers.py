"""What edits the document once a run has answered belongs to the run and the document that it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.runs.kept_second import KeptSecond
from nnviz.session.runs.race_keeper import RaceKeeper
from nnviz.session.runs.second_keeper import SecondKeeper
from nnviz.session.runs.wall_keeper import WallKeeper
from nnviz.session.state import ExperimentState
from nnviz.sweeps.race import Entrant
from tests.session.held_back import held_back, let_come

Train = Callable[[Controller, int], Frame]
Another = Callable[[], None]


@pytest.fixture(params=["another document", "new weights"])
def show_another(
    request: pytest.FixtureRequest, controller: Controller, state: ExperimentState, experiment: Experiment
) -> Another:
    """A function that lets another run be in front."""

    def show() -> None:
        if request.param == "new weights":
            controller.new_weights()
        else:
            state.replace(experiment.edited(title="other", training=experiment.training.edited(learning_rate=0.2)))
        controller.wait_idle()

    return show


def test_a_branch_of_a_run_that_is_no_longer_shown_is_given_up(
    controller: Controller, state: ExperimentState, train: Train, show_another: Another, qtbot: QtBot
) -> None:
    train(controller, 10)
    with held_back(controller.lab) as answers:
        controller.continue_from(4)
    show_another()
    assert not controller.branching.is_waiting
    there, run_id, count = state.experiment, controller.run_id, state.undo_stack.count()
    train(controller, 6)
    with held_back(controller.lab) as later:
        controller.continue_from(3, plays=False)
    let_come(answers)
    assert (state.experiment, controller.run_id, state.undo_stack.count()) == (there, run_id, count)
    # The one that was asked for since is not given up for it.
    let_come(later)
    assert state.undo_stack.undoText() == "continue from epoch 3"
    controller.wait_idle()


def test_who_asks_a_run_that_goes_is_told_and_can_ask_the_next_one(
    controller: Controller, state: ExperimentState, experiment: Experiment, train: Train, qtbot: QtBot
) -> None:
    train(controller, 5)
    # The crew takes no turn: nothing is answered before the run goes.
    with patch.object(controller.lab._crew, "rouse"):
        answer: Future[int] = controller.request(lambda run: run.id)
        controller.continue_from(2)
        state.replace(experiment.edited(title="other"))
    assert answer.cancelled() or answer.done()
    controller.wait_idle()
    assert not controller.branching.is_waiting
    train(controller, 5)
    controller.continue_from(2, plays=False)
    qtbot.waitUntil(lambda: state.undo_stack.undoText() == "continue from epoch 2", timeout=20_000)
    controller.wait_idle()


@pytest.fixture
def second(controller: Controller, state: ExperimentState) -> Iterator[SecondKeeper]:
    keeper = SecondKeeper(state, controller, controller, KeptSecond(state, controller, controller))
    yield keeper
    keeper.close()


def test_neither_swapping_nor_making_alike_reaches_another_run(
    second: SecondKeeper,
    controller: Controller,
    state: ExperimentState,
    train: Train,
    show_another: Another,
    qtbot: QtBot,
) -> None:
    train(controller, 5)
    second.open()
    qtbot.waitUntil(lambda: second.is_settled, timeout=20_000)
    for deed in (second.swap, second.make_like_first):
        with held_back(controller.lab) as answers:
            deed()
            show_another()
        qtbot.waitUntil(lambda: state.experiment.second is not None or second._copies.is_busy, timeout=20_000)
        there, run_id, count = state.experiment, controller.run_id, state.undo_stack.count()
        let_come(answers)
        assert controller.run_id == run_id
        assert state.undo_stack.count() == count
        assert state.experiment.model_copy(update={"second": there.second}) == there
        controller.wait_idle()
        qtbot.waitUntil(lambda: second.is_settled, timeout=20_000)
        assert np.array_equal(second.pair.first.parameters, controller.frame.parameters)


def test_a_first_copy_is_of_the_run_that_is_shown_when_it_comes(
    second: SecondKeeper, controller: Controller, state: ExperimentState, train: Train, qtbot: QtBot
) -> None:
    train(controller, 5)
    with held_back(controller.lab) as answers:
        second.open()
    controller.new_weights()
    let_come(answers)
    qtbot.waitUntil(lambda: second.is_settled, timeout=20_000)
    assert state.experiment.second is not None
    assert second.pair.first.run_id == controller.run_id
    assert np.array_equal(second.pair.first.parameters, second.pair.second.parameters)
    assert state.undo_stack.count() == 1
    # The second of two copies that a swap needs is of a run that has gone.
    first = controller.run_id
    second._copies.ask(controller.run_id, lambda _document: second._copies.ask(first + 1000, lambda _document: None))
    qtbot.waitUntil(lambda: not second._copies.is_busy and second.is_settled, timeout=20_000)


@pytest.mark.parametrize("kind", ["race", "wall"])
def test_a_run_that_was_picked_comes_to_the_front_of_its_own_document_only(
    kind: str, controller: Controller, state: ExperimentState, experiment: Experiment, qtbot: QtBot
) -> None:
    keeper: RaceKeeper | WallKeeper
    if kind == "race":
        keeper = RaceKeeper(state, controller, controller)
        kept = keeper.begin((Entrant("sgd", 0.1), Entrant("adam", 0.01)), 3)
    else:
        keeper = WallKeeper(state, controller, controller)
        kept = keeper.hang("run 2 seeds", 3, seeds=range(2))
    qtbot.waitUntil(lambda: kept.is_settled and kept.epoch == 3, timeout=20_000)
    for show_another in (
        controller.new_weights,
        lambda: state.replace(experiment.edited(title="other")),
    ):
        with held_back(controller.lab) as answers:
            kept.request(1)
        show_another()
        there, run_id, count = state.experiment, controller.run_id, state.undo_stack.count()
        let_come(answers)
        assert (state.experiment, controller.run_id, state.undo_stack.count()) == (there, run_id, count)
    controller.wait_idle()
    keeper.close()


def test_a_file_that_is_written_while_something_else_happens(state: ExperimentState, experiment: Experiment) -> None:
    stand = state.stand
    state.set_view(experiment.view.edited(log_loss=True))
    state.mark_saved(Path("a.nnviz"), stand)
    assert (state.path, state.is_dirty) == (Path("a.nnviz"), False)
    # Edited meanwhile, by a step that is joined to the one before.
    for rate, expected in ((0.1, True), (0.2, True)):
        state.edit(
            experiment.edited(training=experiment.training.edited(learning_rate=rate)), "change rate", "gesture 1"
        )
        assert state.undo_stack.count() == 1
        state.mark_saved(Path("b.nnviz"), stand)
        assert (state.path, state.is_dirty) == (Path("b.nnviz"), expected)
        stand = state.stand
    state.undo_stack.undo()
    assert state.is_dirty
    # Another document is shown by now: what was written has nothing to do with it.
    for show_another in (
        lambda: state.replace(experiment.edited(title="other")),
        lambda: state.begin(experiment.edited(title="empty"), "start with an empty canvas"),
        state.undo_stack.undo,
    ):
        stand = state.stand
        show_another()
        path = state.path
        state.mark_saved(Path("c.nnviz"), stand)
        assert state.path == path != Path("c.nnviz")
