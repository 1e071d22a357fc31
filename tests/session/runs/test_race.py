"""A race of optimisers: each is what it would be alone, all in step, stopped and kept, and one taken to the front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.experiment import load_document, save_document
from nnviz.experiment.document import Experiment
from nnviz.session.controller import Controller
from nnviz.session.runs.kept_race import read_race
from nnviz.session.runs.race import Race
from nnviz.session.runs.race_keeper import RaceKeeper
from nnviz.session.state import ExperimentState
from nnviz.sweeps.race import Entrant, slice_of

THREE = (Entrant("sgd", 0.1), Entrant("momentum", 0.03), Entrant("adam", 0.01))


@pytest.fixture
def keeper(state: ExperimentState, controller: Controller) -> Iterator[RaceKeeper]:
    keeper = RaceKeeper(state, controller, controller)
    yield keeper
    keeper.close()


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[Race], None]:
    def wait(race: Race) -> None:
        qtbot.waitUntil(lambda: race.is_settled and race.epoch > 0 and race.ground is not None, timeout=20_000)

    return wait


Settle = Callable[[Race], None]


def test_every_racer_is_bit_for_bit_what_it_would_be_alone(
    keeper: RaceKeeper, experiment: Experiment, settle: Settle
) -> None:
    race = keeper.begin(THREE, 30)
    settle(race)
    assert not race.can_go_on
    assert race.ground is not None
    firsts = []
    for racer in race.racers:
        trainer = racer.entrant.experiment(experiment).trainer()
        assert (trainer.settings.optimizer, trainer.settings.learning_rate) == (
            racer.entrant.optimizer,
            racer.entrant.rate,
        )
        trail = racer.trail
        assert trail.epochs == [*range(31)], (racer.entrant, trail.epochs)
        firsts.append(trail.points[0])
        for epoch in range(31):
            if epoch:
                trainer.run(1)
            assert np.array_equal(trail.points[epoch], trainer.network.parameters)
            assert trail.losses[epoch] == pytest.approx(trainer.history.train_loss[epoch], rel=1e-12)
            assert racer.loss_at(epoch) == trainer.history.train_loss[epoch]
        # What the surface would have there is the loss that it has.
        assert race.ground.losses(trail.points[-1][None])[0] == pytest.approx(trainer.history.train_loss[-1], rel=1e-12)
    assert all(np.array_equal(first, firsts[0]) for first in firsts)
    plane = slice_of([racer.trail for racer in race.racers], None)
    paths = np.vstack([np.array(racer.trail.points) for racer in race.racers]) - firsts[0]
    singular = np.linalg.svd(paths, compute_uv=False)
    assert plane.share == pytest.approx((singular[:2] ** 2).sum() / (singular**2).sum(), rel=1e-9)


def test_undo_and_save_stop_a_race_where_it_is_say_so_and_it_goes_on_to_its_end(
    keeper: RaceKeeper, controller: Controller, state: ExperimentState, settle: Settle, qtbot: QtBot
) -> None:
    said: list[str] = []
    keeper.said.connect(lambda _severity, sentence: said.append(sentence))
    controller.step_epoch()
    controller.wait_idle()
    race = keeper.begin(THREE[:2], 1_000_000, from_now=True)
    qtbot.waitUntil(lambda: race.epoch > 0, timeout=20_000)
    now = controller.frame
    assert now is not None
    assert now.epoch == 1
    assert all(np.array_equal(racer.trail.points[0], now.parameters) for racer in race.racers)
    assert state.undo_stack.undoText() == "race optimisers"
    state.undo_stack.undo()
    assert not race.is_training
    assert said[-1].startswith("The race was stopped at epoch")
    settle(race)
    assert race.can_go_on
    reached = race.epoch
    # Stepped, all of them by an epoch at least; then on to the end by redoing.
    race.step()
    settle(race)
    assert race.epoch >= reached
    race.goal = max(racer.epoch for racer in race.racers) + 50
    state.undo_stack.redo()
    qtbot.waitUntil(lambda: race.is_settled and not race.can_go_on, timeout=20_000)
    assert {racer.epoch for racer in race.racers} == {race.goal}
    race.train_on(1_000_000)
    qtbot.waitUntil(lambda: race.epoch > race.goal - 1_000_000, timeout=20_000)
    state.mark_saved(Path("x.nnviz"))
    assert not race.is_training
    assert said[-1].startswith("Saved; the race was stopped")
    assert not state.is_dirty


def test_a_racer_comes_to_the_front_as_one_step_and_a_race_goes_with_its_document(
    keeper: RaceKeeper,
    controller: Controller,
    state: ExperimentState,
    experiment: Experiment,
    qtbot: QtBot,
    settle: Settle,
) -> None:
    said: list[str] = []
    controller.message.connect(lambda _severity, sentence: said.append(sentence))
    race = keeper.begin((*THREE, Entrant("sgd", 10.0)), 20)
    settle(race)
    before, n_steps = controller.run_id, state.undo_stack.count()
    race.request(2)
    qtbot.waitUntil(lambda: controller.run_id != before, timeout=20_000)
    controller.wait_idle()
    assert controller.frame is not None
    assert (controller.frame.epoch, state.experiment.training.optimizer, keeper.main_number) == (20, "adam", 2)
    assert np.array_equal(controller.frame.parameters, race.racers[2].trail.points[-1])
    assert state.undo_stack.count() == n_steps + 1
    state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, keeper.main_number) == (before, None)
    for wrong in ((THREE[0],), (Entrant("sgd", -1.0), THREE[0]), [Entrant("sgd", 0.01 * n) for n in range(1, 12)]):
        with pytest.raises(NnvizError):
            keeper.begin(wrong, 5)
    assert keeper.race is race
    state.replace(experiment.edited(title="other"))
    controller.wait_idle()
    assert keeper.race is None
    assert list(controller.lab) == [controller.run_id]
    assert said == ["The race was ended: it belonged to the experiment before."]


def test_a_race_that_was_saved_is_there_again_with_its_trails_and_goes_on(
    keeper: RaceKeeper,
    controller: Controller,
    state: ExperimentState,
    make_controller: Callable[[ExperimentState], Controller],
    settle: Settle,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    controller.step_epoch()
    controller.wait_idle()
    race = keeper.begin(THREE, 30, from_now=True)
    settle(race)
    path = tmp_path / "race.nnviz"
    save_document(controller.document(path, past_bytes=2**23), path)
    document = load_document(path)
    its_state = ExperimentState(Experiment())
    other = make_controller(its_state)
    its_keeper, said = RaceKeeper(its_state, other, other), list[str]()
    other.message.connect(lambda _severity, sentence: said.append(sentence))
    its_state.replace(document.experiment, document.path, document)
    other.wait_idle()
    assert said == ["A race of 3 runs was saved with it: Run → Many runs → Show the race."]
    again = its_keeper.race
    assert again is not None
    again.look()
    qtbot.waitUntil(lambda: again.is_ready and again.is_settled and again.ground is not None, timeout=20_000)
    assert (again.epoch, again.goal) == (30, 30)
    for mine, its in zip(race.racers, again.racers, strict=True):
        assert (mine.entrant, mine.trail.epochs, mine.trail.losses) == (its.entrant, its.trail.epochs, its.trail.losses)
        assert np.array_equal(mine.trail.points, its.trail.points)
        assert np.array_equal(mine.frame.parameters, its.frame.parameters)
    for each in (race, again):
        each.train_on(5)
        settle(each)
    for mine, its in zip(race.racers, again.racers, strict=True):
        assert its.epoch == 35
        assert np.array_equal(mine.frame.parameters, its.frame.parameters)
    # With little room, the trails have fewer points, of which the first and the last stay.
    whole = document.beside["race"]
    runs = sum(array.nbytes for name, array in whole.items() if not name.startswith("trail"))
    asked = its_keeper.ask_written(runs + 3000, None)
    arrays, note = asked.written([answer.result(20) for answer in asked.answers])
    assert note == ""
    assert len(arrays["trail1.epochs"]) < len(again.racers[1].trail.epochs)
    assert arrays["trail1.epochs"][[0, -1]].tolist() == [0, 35]
    its_keeper.close()
    good = document.beside["race"]
    wrong = [
        {"trail0.epochs": good["trail0.epochs"][::-1]},
        {"trail0.points": good["trail0.points"][:, 1:]},
        {"trail0.points": good["trail0.points"] * np.nan},
        {"trail0.losses": good["trail0.losses"][1:]},
        {"start": good["start"][1:]},
        {"0.slots": np.zeros(7)},
    ]
    for change in wrong:
        with pytest.raises(ExperimentError, match="The race that was saved with this run is damaged"):
            read_race(replace(document, beside={"race": {**good, **change}}))
