"""Where the runs of a sweep hang on its wall."""

import pytest

import nnviz
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.result import SweepResult
from nnviz.sweeps.task import Outcome, train_task
from nnviz.sweeps.wall import MOST_SORTED, frame_of, wall_of

BASE = nnviz.Experiment(
    title="xor",
    data={"name": "xor", "parameters": {"n_samples": 20}},
    network={"hidden": [2]},
    training={"engine": "numpy", "epochs": 1},
)
TWO = {"training.learning_rate": [0.1, 0.2, 0.3], "network.hidden": [2, [2, 2]]}


def result_of(grid, losses=None, **more):
    plan = make_plan(BASE, grid, **more)
    trained = vars(train_task(plan.task(0)))
    losses = range(len(plan)) if losses is None else losses
    outcomes = {
        n: Outcome(**{**trained, "number": n, "figures": {**trained["figures"], "test_loss": float(loss)}})
        for n, loss in enumerate(losses)
        if loss is not None
    }
    return SweepResult(plan, outcomes)


def places(wall):
    return [(tile.row, tile.column, tile.run.number) for tile in wall.tiles]


def test_two_settings_are_its_axes():
    wall = wall_of(result_of(TWO))
    assert (wall.rows, wall.columns) == (("0.1", "0.2", "0.3"), ("2", "[2, 2]"))
    assert (wall.row_name, wall.column_name, wall.note, wall.title) == ("learning_rate", "hidden", "", "xor: 6 runs")
    assert places(wall) == [(0, 0, 0), (0, 1, 1), (1, 0, 2), (1, 1, 3), (2, 0, 4), (2, 1, 5)]
    assert wall.tiles[1].lines[0].endswith("%")
    assert wall.tiles[1].lines[1] == "loss 1.0000"


def test_of_several_seeds_that_with_the_median_loss_stands_for_all():
    losses = [3, 1, 2, *range(3), *[5, 4, float("nan")], *[7, None, None], *[None] * 3, *range(3)]
    wall = wall_of(result_of(TWO, losses, seeds=3))
    assert places(wall) == [(0, 0, 2), (0, 1, 4), (1, 0, 6), (1, 1, 9), (2, 1, 16)]
    assert wall.note == "of the 3 runs of each place, that with the median loss"


@pytest.mark.parametrize(("more", "name"), [({"seeds": 4}, "seed"), ({"folds": 4}, "fold")])
def test_a_setting_and_seeds_or_folds_are_axes_too(more, name):
    wall = wall_of(result_of({"learning_rate": [0.1, 0.2]}, **more))
    assert (wall.row_name, wall.column_name) == ("learning_rate", name)
    assert (wall.n_rows, wall.n_columns, len(wall.tiles)) == (2, 4, 8)


def test_everything_else_is_sorted_by_loss():
    wall = wall_of(result_of({**TWO, "dropout": [0.0, 0.1]}, range(12, 0, -1)))
    assert [tile.run.number for tile in wall.tiles] == list(range(11, -1, -1))
    assert (wall.n_rows, wall.n_columns, wall.rows, wall.note) == (3, 5, (), "sorted by loss")
    assert wall.tiles[0].lines[1:] == ("learning_rate 0.3", "hidden [2, 2]", "dropout 0.1")
    many = wall_of(result_of({}, seeds=MOST_SORTED + 1))
    assert len(many.tiles) == MOST_SORTED
    assert "151" in many.note


def test_a_single_run_is_a_wall():
    wall = wall_of(result_of({}))
    assert (wall.n_rows, wall.n_columns, len(wall.tiles)) == (1, 1, 1)


def test_a_map_shows_the_network_as_it_was_left():
    run = result_of({"learning_rate": [0.1, 0.5]}, folds=2).runs[0]
    frame, prepared = frame_of(run)
    assert frame.parameters.tolist() == run.parameters.tolist()
    assert frame.plane.values.shape[:2] == (120, 120)
    assert prepared.test.n_samples == 10
