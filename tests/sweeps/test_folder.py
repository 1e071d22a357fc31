"""A sweep on disk goes on where it ended, and takes no other sweep for itself."""

import csv
import json
import os

import numpy as np
import pytest

import nnviz
from nnviz.core.errors import ExperimentError
from nnviz.core.storage import UNFINISHED
from nnviz.sweeps.folder import SweepFolder, is_sweep
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.task import train_task

BASE = nnviz.Experiment(
    data={"name": "xor", "parameters": {"n_samples": 40}},
    network={"hidden": [2]},
    training={"engine": "numpy", "epochs": 3},
)
GRID = {"training.learning_rate": [0.02, 0.1]}


def test_what_is_finished_is_not_trained_again(tmp_path):
    folder = tmp_path / "deep" / "sweep"
    plan = make_plan(BASE, GRID, seeds=2)
    place = SweepFolder(folder, plan)
    for number in (0, 2):
        place.keep(train_task(plan.task(number)))
    before = {path: path.stat().st_mtime_ns for path in (folder / "runs").iterdir()}
    # Killed while it wrote, a while ago.
    left = folder / "runs" / f".00001.npz.abcdefgh{UNFINISHED}"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    result = nnviz.sweep(BASE, GRID, seeds=2, folder=folder)
    assert len(result.runs) == 4
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert sorted(path.name for path in (folder / "runs").iterdir()) == [f"0000{n}.npz" for n in range(4)]
    whole = nnviz.sweep(BASE, GRID, seeds=2)
    again = nnviz.SweepResult.load(folder)
    for runs in zip(whole.runs, result.runs, again.runs, strict=True):
        for run in runs[1:]:
            np.testing.assert_array_equal(run.parameters, runs[0].parameters)
            np.testing.assert_array_equal(run.history.train_loss, runs[0].history.train_loss)
            assert (run.settings, run.seed, run.experiment) == (runs[0].settings, runs[0].seed, runs[0].experiment)


def test_a_damaged_run_is_trained_again(tmp_path):
    whole = nnviz.sweep(BASE, GRID, folder=tmp_path)
    path = tmp_path / "runs" / "00001.npz"
    for damage in (b"", b"no archive", path.read_bytes()[:-40], (tmp_path / "runs" / "00000.npz").read_bytes()):
        path.write_bytes(damage)
        again = nnviz.sweep(BASE, GRID, folder=tmp_path)
        np.testing.assert_array_equal(again.runs[1].parameters, whole.runs[1].parameters)


def test_tables_and_histories_are_written(tmp_path):
    result = nnviz.sweep(BASE, GRID, seeds=2, folder=tmp_path)
    with (tmp_path / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["test_loss"]) for row in rows] == [run.loss for run in result.runs]
    with (tmp_path / "settings.csv").open(newline="") as file:
        assert [row["training.learning_rate"] for row in csv.DictReader(file)] == ["0.02", "0.1"]
    with (tmp_path / "histories" / "00003.csv").open(newline="") as file:
        losses = [float(row["train_loss"]) for row in csv.DictReader(file)]
    assert losses == result.runs[3].history.train_loss.tolist()
    assert json.loads((tmp_path / "sweep.json").read_text())["grid"][0]["values"] == [0.02, 0.1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grid": {"training.learning_rate": [0.02, 0.2]}}, "another grid of settings"),
        ({"seeds": 3}, "other seeds"),
        ({"seed_data": True}, "seeds that mean something else"),
        ({"folds": 2}, "another number of folds"),
        ({"epochs": 4}, "another number of epochs"),
        ({"experiment": BASE.edited(data={"name": "moons"})}, "other data"),
        ({"experiment": BASE.edited(network={"hidden": [3]})}, "another network"),
        ({"experiment": BASE.edited(training={"l2": 0.1, "engine": "numpy"})}, "other training settings"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_folder_of_another_sweep_is_refused(changes, words, tmp_path):
    given = {"experiment": BASE, "grid": GRID, "seeds": 2}
    SweepFolder(tmp_path, make_plan(**given))
    with pytest.raises(ExperimentError, match=f"holds another sweep, with {words}; choose another folder"):
        nnviz.sweep(**{**given, **changes}, folder=tmp_path)
    renamed = BASE.edited(title="other words", notes="change nothing")
    SweepFolder(tmp_path, make_plan(**{**given, "experiment": renamed}))


def test_other_rows_of_a_table_are_another_sweep(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,kind\n1,x\n2,y\n3,x\n4,y\n")
    nnviz.sweep(nnviz.Experiment.load(path), epochs=1, folder=tmp_path / "sweep")
    path.write_text("a,kind\n1,x\n2,y\n3,x\n5,y\n")
    with pytest.raises(ExperimentError, match="other rows in its table"):
        nnviz.sweep(nnviz.Experiment.load(path), epochs=1, folder=tmp_path / "sweep")


def test_folders_that_hold_no_sweep_are_told(tmp_path):
    assert not is_sweep(tmp_path)
    assert not is_sweep("a\0b")
    with pytest.raises(ExperimentError, match="holds no sweep"):
        nnviz.SweepResult.load(tmp_path)
    for content, words in (
        ("", "sweep.json"),
        ("[]", "sweep.json"),
        ('{"format": 9}', "format"),
        ('{"format": 1}', "sweep.json"),
        ('{"format": 1, "experiment": {}, "grid": 3, "seeds": 1, "folds": 1}', "sweep.json"),
    ):
        (tmp_path / "sweep.json").write_text(content)
        assert is_sweep(tmp_path)
        with pytest.raises(ExperimentError, match=words) as caught:
            nnviz.SweepResult.load(tmp_path)
        assert "\n" not in str(caught.value)
    (tmp_path / "taken").write_text("")
    with pytest.raises(ExperimentError, match="cannot be made"):
        SweepFolder(tmp_path / "taken", make_plan(BASE, {}))
