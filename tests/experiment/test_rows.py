"""The columns that an experiment carries: checked once, compared exactly, plain lists in files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.experiment import Experiment
from nnviz.experiment.document import validate_experiment
from nnviz.experiment.rows import TEST, TRAIN, VALIDATION, Keys, Labels, Matrix, keys_for, parts_of
from nnviz.experiment.schema import DataSpec, RowsSource
from nnviz.experiment.toml_text import experiment_to_toml, parse_toml


def test_a_matrix_is_read_only_and_its_own() -> None:
    given_ = np.zeros((2, 2))
    matrix = Matrix(given_)
    given_[0, 0] = 5.0
    assert matrix.array[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        matrix.array[0, 0] = 1.0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([[1.0], [1.0, 2.0]], "row 2 has 2 numbers"),
        ([[1.0], [float("nan")]], "row 2 holds a number that is not finite"),
        ([1.0, 2.0], "list of rows"),
        (["ab", "cd"], "list of rows"),
        ([[None]], "not a number"),
        ([["x"]], "could not convert"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(values: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Matrix(values)


def test_columns_compare_by_value_and_hash_alike() -> None:
    for one, other, different in (
        (Matrix([[1, 2]]), Matrix(np.array([[1.0, 2.0]])), Matrix([[1, 3]])),
        (Keys([1, 2]), Keys(np.array([1, 2])), Keys([1, 3])),
        (Labels(["b", "a"]), Labels.coded(("b", "a", "c"), np.array([0, 1])), Labels(["a", "b"])),
    ):
        assert one == other
        assert hash(one) == hash(other)
        assert one != different
        assert one != "text"
    assert Matrix(()) == Matrix(np.empty((0, 2)))


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.sampled_from("abc")), max_size=20))
def test_rows_read_back_equal_from_both_kinds_of_file(points: list[tuple[float, float, str]]) -> None:
    rows = RowsSource(
        feature_names=("x", "y"),
        features=[point[:2] for point in points],
        labels=[point[2] for point in points],
        class_names=("c", "b", "a"),
        split_keys=list(range(len(points))),
    )
    experiment = Experiment(data=DataSpec(rows=rows))
    content = json.loads(json.dumps(experiment.model_dump(mode="json")))
    assert content["data"]["rows"]["labels"] == [point[2] for point in points]
    assert validate_experiment(content, "file") == experiment
    assert validate_experiment(parse_toml(experiment_to_toml(experiment), "file"), "file") == experiment


def test_labels_outside_of_the_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="'b' is not among the class names"):
        RowsSource(feature_names=("x",), features=[[1.0], [2.0]], labels=["a", "b"], class_names=("a", "c"))
    with pytest.raises(ValueError, match="whole numbers from 0"):
        Keys([70_000])


@given(
    st.floats(0.1, 0.5), st.floats(0.01, 0.4), st.integers(0, 1000), st.lists(st.sampled_from(range(3)), max_size=60)
)
def test_keys_keep_a_given_split(fraction: float, share: float, seed: int, parts: list[int]) -> None:
    wanted = np.array(parts, dtype=np.int8)
    keys = keys_for(wanted, fraction, share, seed, np.random.default_rng(0))
    assert np.array_equal(parts_of(keys, fraction, share, seed), wanted)


def test_keys_of_two_parts_are_drawn_as_they_ever_were() -> None:
    wanted = np.array([TRAIN] * 4 + [TEST] * 3, dtype=np.int8)
    keys = keys_for(wanted, 0.3, 0.0, 7, np.random.default_rng(0))
    assert keys.tolist() == [64578, 6324, 35592, 28075, 50211, 44964, 45638]


def test_keys_share_out_new_rows() -> None:
    keys = np.random.default_rng(0).integers(0, 2**16, 10_000).astype(np.uint16)
    parts = parts_of(keys, 0.3, 0.2, 5)
    assert (parts == TEST).mean() == pytest.approx(0.3, abs=0.02)
    assert (parts == VALIDATION).mean() == pytest.approx(0.2, abs=0.02)
    assert np.array_equal(parts == TEST, parts_of(keys, 0.3, 0.0, 5) == TEST)
    assert (parts_of(keys, 0.0, 0.0, 5) == TRAIN).all()
