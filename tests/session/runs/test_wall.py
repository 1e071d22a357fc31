"""A wall of runs: what each would be alone, stopped and kept, and one of them taken to the front and back."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import nnviz
from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.experiment import load_document, save_document
from nnviz.experiment.beside import described
from nnviz.experiment.document import Document, Experiment
from nnviz.session.controller import Controller
from nnviz.session.run_names import run_name
from nnviz.session.runs.found_wall import FoundWall
from nnviz.session.runs.kept_wall import read_wall
from nnviz.session.runs.live_wall import BUILD_LOAD, PREPARED_AT_ONCE, ROUND_MS, LiveWall
from nnviz.session.runs.wall_keeper import WallKeeper
from nnviz.session.runs.wall_table import wall_table
from nnviz.session.state import ExperimentState
from nnviz.sweeps.folder import load_sweep
from nnviz.sweeps.plan import untried_plan


@pytest.fixture
def keeper(state: ExperimentState, controller: Controller) -> Iterator[WallKeeper]:
    keeper = WallKeeper(state, controller, controller)
    yield keeper
    keeper.close()


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[LiveWall], None]:
    def wait(wall: LiveWall) -> None:
        qtbot.waitUntil(lambda: wall.is_settled and wall.reached > 0, timeout=20_000)

    return wait


Settle = Callable[[LiveWall], None]


def test_every_run_of_a_wall_is_what_a_sweep_makes_of_it(
    keeper: WallKeeper, controller: Controller, experiment: Experiment, settle: Settle, qtbot: QtBot
) -> None:
    controller.play()
    wall = keeper.hang("run 4 seeds", 12, seeds=range(4))
    settle(wall)
    alone = nnviz.sweep(experiment, seeds=4, epochs=12)
    for tile, run in zip(wall.tiles, alone.runs, strict=True):
        assert tile.frame is not None
        assert tile.plane is not None
        assert tile.standing.epoch == 12
        assert np.array_equal(tile.frame.parameters, run.parameters)
        assert tile.standing.loss == pytest.approx(run.loss, rel=1e-12)
        assert tile.standing.score == run.score
    by_loss = sorted(range(4), key=lambda number: wall.tiles[number].standing.loss)
    assert list(wall.order) == by_loss
    assert not wall.can_go_on
    # The run in front has been training all the while, and goes on.
    assert controller.is_training
    wall.set_threshold(0.0)
    assert wall.outcomes() == {"solved": 4}
    assert [row[-1] for row in wall_table(wall)] == ["outcome", *["solved"] * 4]


def test_folds_hold_back_their_own_rows(keeper: WallKeeper, experiment: Experiment, settle: Settle) -> None:
    wall = keeper.hang("cross-validate", 5, folds=3)
    settle(wall)
    alone = nnviz.sweep(experiment, folds=3, epochs=5)
    assert [tile.standing.score for tile in wall.tiles] == [run.score for run in alone.runs]
    assert [tile.part for tile in wall.tiles] == ["test"] * 3


def test_a_run_that_is_picked_comes_to_the_front_as_one_step_and_stays_on_the_wall(
    keeper: WallKeeper, controller: Controller, state: ExperimentState, settle: Settle, qtbot: QtBot
) -> None:
    wall = keeper.hang("run 3 seeds", 6, seeds=range(3))
    settle(wall)
    before = controller.run_id
    n_steps = state.undo_stack.count()
    wall.request(2)
    qtbot.waitUntil(lambda: controller.run_id != before, timeout=20_000)
    controller.wait_idle()
    assert (controller.frame.epoch, state.experiment.network.seed, keeper.main_number) == (6, 2, 2)
    assert np.array_equal(controller.frame.parameters, wall.tiles[2].frame.parameters)
    assert state.undo_stack.count() == n_steps + 1
    # It is a copy: what becomes of it leaves the wall alone.
    controller.step_epoch()
    controller.wait_idle()
    assert controller.frame.epoch == 7
    assert wall.tiles[2].standing.epoch == 6
    state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, controller.frame.epoch, keeper.main_number) == (before, 0, None)
    state.undo_stack.redo()
    controller.wait_idle()
    assert (controller.frame.epoch, keeper.main_number) == (7, 2)


def test_runs_that_go_before_they_were_prepared_are_given_up_and_the_others_train(
    keeper: WallKeeper, settle: Settle, qtbot: QtBot
) -> None:
    n_runs = PREPARED_AT_ONCE + 3
    wall = keeper.hang(f"run {n_runs} seeds", 3, seeds=range(n_runs))
    tiles = wall.tiles
    # One that nobody has begun with, and one that is being prepared.
    for tile in (tiles[-1], tiles[0]):
        wall._lab.remove(tile.run_id)
    settle(wall)
    assert [tile.standing.fault != "" for tile in tiles] == [True, *[False] * (n_runs - 2), True]
    # The last frame of a run that has come to its end may be on its way.
    qtbot.waitUntil(lambda: [tile.standing.epoch for tile in tiles[1:-1]] == [3] * (n_runs - 2))


def test_undo_and_save_stop_a_wall_where_it_is_and_say_so_and_it_goes_on_to_its_end(
    keeper: WallKeeper, state: ExperimentState, settle: Settle, qtbot: QtBot
) -> None:
    said: list[str] = []
    keeper.said.connect(lambda _severity, sentence: said.append(sentence))
    wall = keeper.hang("run 2 seeds", 100_000, seeds=range(2))
    qtbot.waitUntil(lambda: wall.epoch > 0, timeout=20_000)
    assert state.undo_stack.undoText() == "run 2 seeds"
    # Pictures that take long to make are made seldom: training does not pay for them.
    wall._clock.stop()
    frame = wall.tiles[0].frame
    wall._on_frame(wall.tiles[0].run_id, msgspec.structs.replace(frame, build_s=4.0))
    assert wall._clock.interval() >= 1000 * 4.0 / BUILD_LOAD / wall._lab.n_hands
    state.undo_stack.undo()
    assert not wall.is_training
    assert "stopped at epoch" in said[-1]
    assert wall._clock.remainingTime() <= 2 * ROUND_MS
    settle(wall)
    reached = wall.epoch
    assert wall.can_go_on
    assert wall.outcomes().keys() <= {"solved", "open"}
    # To redo it is to go on, exactly as far as was wanted.
    wall.goal = max(tile.standing.epoch for tile in wall.tiles) + 50
    state.undo_stack.redo()
    qtbot.waitUntil(lambda: wall.is_settled and not wall.can_go_on, timeout=20_000)
    assert {tile.standing.epoch for tile in wall.tiles} == {wall.goal}
    assert wall.goal > reached
    wall.train_on(100_000)
    qtbot.waitUntil(lambda: wall.is_training and wall.epoch > wall.goal - 100_000, timeout=20_000)
    state.mark_saved(Path("x.nnviz"))
    assert not wall.is_training
    assert said[-1].startswith("Saved; the wall was stopped")
    assert not state.is_dirty


def test_a_wall_goes_with_its_document_and_leaves_no_run_behind(
    keeper: WallKeeper, controller: Controller, state: ExperimentState, experiment: Experiment, qtbot: QtBot
) -> None:
    said: list[str] = []
    controller.message.connect(lambda _severity, sentence: said.append(sentence))
    wall = keeper.hang("run 3 seeds", 100_000, seeds=range(3))
    qtbot.waitUntil(lambda: wall.epoch > 0, timeout=20_000)
    state.replace(experiment.edited(title="other"))
    controller.wait_idle()
    assert keeper.wall is None
    assert list(controller.lab) == [controller.run_id]
    assert said == ["The wall was taken down: it belonged to the experiment before."]


def test_runs_that_are_let_go_before_they_are_prepared_are_given_up(keeper: WallKeeper, controller: Controller) -> None:
    wall = keeper.hang("run 9 seeds", 2, seeds=range(9))
    controller.lab.keep_only({controller.run_id})
    assert [tile.standing.fault for tile in wall.tiles] == ["failed"] * 9
    assert not wall.is_training


def test_a_run_that_cannot_be_prepared_says_why_and_the_others_train(
    keeper: WallKeeper, settle: Settle, qtbot: QtBot
) -> None:
    wall = keeper.hang("sweep", 3, grid={"network.output_activation": ["sigmoid", "step"]})
    qtbot.waitUntil(lambda: wall.is_settled and wall.reached == 3, timeout=20_000)
    trained, failed = wall.tiles
    assert (trained.standing.epoch, trained.standing.fault) == (3, "")
    assert failed.standing.fault == "failed"
    assert "cannot be trained through step" in failed.message
    with pytest.raises(NnvizError):
        keeper.hang("sweep", 3, grid={"training.nothing": [1]})


def test_many_runs_take_a_quarter_of_the_memory_and_leave_the_rest_to_the_one_in_front(
    keeper: WallKeeper, controller: Controller
) -> None:
    keeper.hang("run 100 seeds", 5, seeds=range(100))
    lab = controller.lab
    budget = lab.memory.budget_bytes
    shares = {run_id: lab.run(run_id).past_bytes for run_id in lab}
    assert sum(shares.values()) <= budget
    assert shares[controller.run_id] >= 0.7 * budget


def test_a_sweep_is_hung_as_it_was_left_and_one_of_its_runs_can_be_taken(
    keeper: WallKeeper, controller: Controller, experiment: Experiment, qtbot: QtBot, tmp_path: Path
) -> None:
    result = nnviz.sweep(experiment, {"training.learning_rate": [0.01, 0.1]}, seeds=2, epochs=5, folder=tmp_path)
    (tmp_path / "runs" / "00003.npz").unlink()
    damaged = tmp_path / "runs" / "00001.npz"
    arrays = dict(np.load(damaged))
    np.savez(damaged, **arrays | {"parameters": arrays["parameters"][:-1]})
    wall = keeper.show_sweep(*load_sweep(tmp_path))
    qtbot.waitUntil(lambda: wall.is_settled, timeout=20_000)
    assert wall.sides is not None
    assert [side.texts for side in wall.sides] == [("0.01", "0.1"), ("0", "1")]
    for tile, run in ((wall.tiles[number], result.runs[number]) for number in (0, 2)):
        assert (tile.standing.epoch, tile.standing.score) == (5, run.score)
        assert tile.standing.loss == pytest.approx(run.loss, rel=1e-12)
        assert tile.plane is not None
        curve = tile.curve()
        assert curve is not None
        assert curve[1].tolist() == run.history.column(f"{tile.part}_loss").tolist()
    assert wall.tiles[3].frame is None
    assert wall.tiles[3].message
    # Weights of another network spoil its own tile alone.
    assert wall.tiles[1].frame is None
    assert "must be an array of" in wall.tiles[1].message
    assert not wall.is_training
    wall.request(2)
    qtbot.waitUntil(lambda: keeper.main_number == 2, timeout=20_000)
    controller.wait_idle()
    assert np.array_equal(controller.frame.parameters, result.runs[2].parameters)


def test_the_wall_of_a_sweep_is_saved_with_the_document_and_needs_its_folder_no_more(
    keeper: WallKeeper,
    controller: Controller,
    experiment: Experiment,
    make_controller: Callable[[ExperimentState], Controller],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    grid = {"training.learning_rate": [0.01, 0.1]}
    result = nnviz.sweep(experiment, grid, seeds=2, seed_data=True, epochs=5, folder=tmp_path / "sweep")
    (tmp_path / "sweep" / "runs" / "00003.npz").unlink()
    wall = keeper.show_sweep(*load_sweep(tmp_path / "sweep"))
    wall.set_threshold(0.6)
    qtbot.waitUntil(lambda: wall.is_settled, timeout=20_000)
    path = tmp_path / "wall.nnviz"
    save_document(controller.document(path, past_bytes=2**23), path)
    shutil.rmtree(tmp_path / "sweep")
    document, state = load_document(path), ExperimentState(Experiment())
    other = make_controller(state)
    its_keeper, said = WallKeeper(state, other, other), list[str]()
    other.message.connect(lambda _severity, sentence: said.append(sentence))
    state.replace(document.experiment, document.path, document)
    other.wait_idle()
    assert said == ["A wall of 4 runs was saved with it: Run → Many runs → Show the wall."]
    again = its_keeper.wall
    assert isinstance(again, FoundWall)
    assert (again.is_restored, again.threshold, again.sides) == (True, 0.6, wall.sides)
    again.look()
    qtbot.waitUntil(lambda: again.is_settled, timeout=20_000)
    assert not again.is_restored
    for mine, its in zip(wall.tiles[:3], again.tiles[:3], strict=True):
        assert (mine.point, mine.standing, mine.experiment) == (its.point, its.standing, its.experiment)
        assert np.array_equal(mine.frame.parameters, its.frame.parameters)
    assert again.tiles[3].message.endswith("it may be in the folder of the sweep.")
    again.request(2)
    qtbot.waitUntil(lambda: its_keeper.main_number == 2, timeout=20_000)
    assert state.undo_stack.undoText() == "show a run of the wall"
    other.wait_idle()
    assert np.array_equal(other.frame.parameters, result.runs[2].parameters)
    # With less room the best runs come first, and it is said what is left out.
    whole = other.document(None, past_bytes=2**23).beside["wall"]
    one_run = sum(array.nbytes for name, array in whole.items() if name.startswith("0."))
    arrays, note = its_keeper.ask_written(int(1.5 * one_run), None).written([])
    assert {name.partition(".")[0] for name in arrays} == {"description", str(again.order[0])}
    assert note.startswith("2 runs of the sweep had no room in the file;")
    # A run under another number, or none at all, is damaged.
    for name, array in (("2.run", whole["1.run"]), ("1.parameters", np.zeros((2, 2))), ("7.run", whole["1.run"])):
        damaged = msgspec.structs.replace(document, beside={"wall": {**whole, name: array}})
        with pytest.raises(ExperimentError, match="The wall that was saved with this run is damaged"):
            read_wall(damaged)
    its_keeper.close()


def test_a_wall_that_was_saved_is_there_again_and_goes_on_as_if_it_had_never_stopped(
    keeper: WallKeeper,
    controller: Controller,
    experiment: Experiment,
    make_controller: Callable[[ExperimentState], Controller],
    settle: Settle,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    grid = {"training.learning_rate": [0.02, 0.2]}
    wall = keeper.hang("sweep", 6, grid=grid, seeds=range(2))
    wall.set_threshold(0.75)
    settle(wall)
    path = tmp_path / "wall.nnviz"
    save_document(controller.document(path, past_bytes=2**23), path)
    document = load_document(path)
    state = ExperimentState(Experiment())
    other = make_controller(state)
    its_keeper, said = WallKeeper(state, other, other), list[str]()
    other.message.connect(lambda _severity, sentence: said.append(sentence))
    state.replace(document.experiment, document.path, document)
    other.wait_idle()
    assert said == ["A wall of 4 runs was saved with it: Run → Many runs → Show the wall."]
    again = its_keeper.wall
    assert isinstance(again, LiveWall)
    assert [run_name(other, run_id) for run_id in other.lab][:2] == [
        "Run 1, which is shown",
        "wall: training.learning_rate=0.02, seed 0",
    ]
    assert again.is_restored
    assert (again.goal, again.threshold, again.sides) == (6, 0.75, wall.sides)
    # Nothing of it is computed before somebody looks.
    assert not any(other.lab.is_open(tile.run_id) for tile in again.tiles)
    again.look()
    qtbot.waitUntil(lambda: all(tile.frame is not None for tile in again.tiles), timeout=20_000)
    for mine, its in zip(wall.tiles, again.tiles, strict=True):
        assert (mine.point, mine.standing) == (its.point, its.standing)
        assert np.array_equal(mine.frame.parameters, its.frame.parameters)
        assert its.plane is not None
    again.train_on(4)
    settle(again)
    alone = nnviz.sweep(experiment, grid, seeds=2, epochs=10)
    for tile, run in zip(again.tiles, alone.runs, strict=True):
        assert np.array_equal(tile.frame.parameters, run.parameters)
    # It is saved again from there; with less room the best runs come first, and the others begin anew.
    whole = other.document(None, past_bytes=2**23).beside["wall"]
    assert {name.partition(".")[0] for name in whole} == {"description", "0", "1", "2", "3"}
    one_run = sum(array.nbytes for name, array in whole.items() if name.startswith("0."))
    asked = its_keeper.ask_written(int(2.5 * one_run), None)
    arrays, note = asked.written([answer.result(20) for answer in asked.answers])
    assert {name.partition(".")[0] for name in arrays} == {"description", *map(str, again.order[:2])}
    assert note.startswith("2 runs had no room in the file and begin anew there")
    its_keeper.close()


@pytest.mark.parametrize(
    "change",
    [
        {"format": 9},
        {"goal": -1},
        {"goal": "six"},
        {"threshold": math.inf},
        {"seeds": [1, 1]},
        {"seeds": 10**9},
        {"folds": "three"},
        {"grid": [{"key": "training.nothing", "values": [1]}]},
        {"grid": [{"key": "training.learning_rate", "values": list(range(1, 500))}]},
        {"grid": [{"key": "training.learning_rate", "values": [0.1, "../../x"]}], "is_found": True},
        {"is_found": "yes"},
        {"seed_data": None},
        {"experiment": {"network": 3}},
        {"experiment": []},
    ],
)
def test_a_damaged_wall_is_refused_in_one_sentence(experiment: Experiment, change: dict[str, object]) -> None:
    plan = untried_plan(experiment, {}, seeds=2, epochs=3)
    content = {**plan.content(), "experiment": {}, "goal": 3, "threshold": 0.9, **change}
    arrays = described(content)
    with pytest.raises(ExperimentError, match="The wall that was saved with this run is damaged"):
        read_wall(Document(experiment, beside={"wall": arrays}))
