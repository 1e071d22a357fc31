"""Of a damaged file, what is whole can be had; of others, nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.core.errors import ExperimentError
from nnviz.experiment import Document, Experiment, load_document, save_document
from nnviz.experiment.recovering import recoverable
from nnviz.experiment.schema import DataSpec


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An experiment that has trained for some epochs."""
    experiment = Experiment(title="mine", data=DataSpec(name="xor"))
    trainer = experiment.trainer()
    trainer.run(epochs=5)
    checkpoint = trainer.checkpoint()
    path = tmp_path / "mine.nnviz"
    save_document(Document(experiment, checkpoint=checkpoint, history=checkpoint.history), path)
    return path


def damage(file: Path, member: bytes) -> None:
    """Turn a byte of the packed content of `member` over."""
    content = bytearray(file.read_bytes())
    content[content.index(member) + len(member) + 10] ^= 255
    file.write_bytes(content)


def test_a_damaged_history_leaves_experiment_and_weights(file: Path) -> None:
    whole = load_document(file)
    damage(file, b"checkpoint/order.npy")
    with pytest.raises(ExperimentError):
        load_document(file)
    left = recoverable(file)
    assert left is not None
    assert left.experiment == whole.experiment
    np.testing.assert_array_equal(left.parameters, whole.parameters)
    assert (left.checkpoint, left.history, left.path) == (None, None, None)


def test_damaged_weights_leave_the_experiment(file: Path) -> None:
    damage(file, b"checkpoint/parameters.npy")
    left = recoverable(file)
    assert left is not None
    assert left.experiment.title == "mine"
    assert left.parameters is None


def test_a_file_whose_end_is_missing_leaves_the_experiment(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    left = recoverable(file)
    assert left is not None
    assert left.experiment.title == "mine"


@pytest.mark.parametrize("n_bytes", [0, 3, 30, 60, 200])
def test_of_too_little_nothing_is_left(file: Path, n_bytes: int) -> None:
    file.write_bytes(file.read_bytes()[:n_bytes])
    assert recoverable(file) is None


def test_a_damaged_experiment_leaves_nothing(file: Path) -> None:
    damage(file, b"experiment.json")
    assert recoverable(file) is None


def test_only_files_that_are_experiments_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a")
    assert recoverable(tmp_path / "x.csv") is None
    assert recoverable(tmp_path / "missing.nnviz") is None
    assert recoverable("xor") is None
