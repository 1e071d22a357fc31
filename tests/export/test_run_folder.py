from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PySide6.QtGui import QImage

from nnviz.core.errors import ExperimentError
from nnviz.experiment import DataSpec, Experiment, LayerSpec, NetworkSpec, TrainingSpec
from nnviz.export import run_folder
from nnviz.export.run_folder import make_folder, write_run

TABLES = ("history.csv", "model.npz", "summary.json")
PICTURES = ("boundary.png", "loss.png", "network.png")


def run(name: str = "moons", **parameters):
    experiment = Experiment(data=DataSpec(name=name, parameters=parameters), training=TrainingSpec(engine="numpy"))
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    trainer.run(3)
    return trainer, prepared


@pytest.fixture
def without_pictures(monkeypatch):
    monkeypatch.setattr(run_folder, "library_problem", lambda **_: "Qt misses libEGL.so.1; install libegl1.")


def test_everything_is_written_and_named(qapp, tmp_path):
    make_folder(tmp_path / "new" / "folder")
    written = write_run(*run(n_samples=40), tmp_path / "new" / "folder", elapsed_s=1.5)
    assert written.names == (*TABLES, *PICTURES)
    assert written.left_out == ""
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == sorted(written.names)


@pytest.mark.parametrize("name", ["iris", "sine", "xor_table", "plane"])
def test_pictures_of_every_kind_of_data_show_something(qapp, tmp_path, name):
    write_run(*run(name), tmp_path, elapsed_s=0.0)
    for picture in PICTURES:
        image = QImage(str(tmp_path / picture))
        pixels = {image.pixel(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)}
        assert image.width() >= 1800
        assert len(pixels) > 8, picture


def test_without_qt_the_pictures_are_left_out_and_named(without_pictures, tmp_path):
    written = write_run(*run(n_samples=40), tmp_path, elapsed_s=0.0)
    assert written.names == TABLES
    assert "boundary.png" in written.left_out
    assert "libegl1" in written.left_out


def test_the_history_is_a_table_of_every_epoch(without_pictures, tmp_path):
    trainer, prepared = run(n_samples=40)
    write_run(trainer, prepared, tmp_path, elapsed_s=0.0)
    with (tmp_path / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [0, 1, 2, 3]
    assert np.array_equal([float(row["train_loss"]) for row in rows], trainer.history.train_loss)
    assert "test_accuracy" in rows[0]


@pytest.mark.parametrize(("name", "score"), [("moons", "accuracy"), ("sine", "r2"), ("xor_table", "accuracy")])
def test_the_summary_is_plain_json(without_pictures, tmp_path, name, score):
    trainer, prepared = run(name)
    write_run(trainer, prepared, tmp_path, elapsed_s=2.0)

    def refuse(text: str) -> None:
        raise AssertionError(text)

    summary = json.loads((tmp_path / "summary.json").read_text(), parse_constant=refuse)
    assert summary["last"]["train_loss"] == trainer.history.train_loss[-1]
    assert summary["last"][f"train_{score}"] == trainer.history.train_score[-1]
    assert (summary["last"]["test_loss"] is None) == (name == "xor_table")
    assert Experiment.model_validate(summary["experiment"]) == prepared.experiment
    assert (summary["epochs"], summary["elapsed_s"], summary["engine"]) == (3, 2.0, "numpy")


def test_folders_that_cannot_be_used(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExperimentError, match="cannot be made"):
        make_folder(tmp_path / "file" / "x")
    # Root may write anywhere, so that taking the permission away would prove nothing.
    monkeypatch.setattr(run_folder.os, "access", lambda *_: False)
    with pytest.raises(ExperimentError, match="cannot be written to"):
        make_folder(tmp_path)


def test_zeros_in_place_of_biases_are_no_parameters(without_pictures, tmp_path):
    network = NetworkSpec(hidden=(LayerSpec(units=3),), bias=False)
    prepared = Experiment(data=DataSpec(name="moons", parameters={"n_samples": 20}), network=network).prepared()
    write_run(prepared.trainer(), prepared, tmp_path, elapsed_s=1.0)
    assert json.loads((tmp_path / "summary.json").read_text())["n_parameters"] == 2 * 3 + 3
