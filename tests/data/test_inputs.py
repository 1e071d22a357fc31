"""From raw features to inputs: choice, derived inputs, and standardising that never sees a test row."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnviz.core.errors import SettingError
from nnviz.data import DERIVED, Dataset, InputMap, available_inputs, input_label, load_dataset

tables = hnp.arrays(
    np.float64,
    st.tuples(st.integers(2, 30), st.integers(1, 5)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda v: round(v, 3)),
)


def values(X) -> Dataset:
    X = np.asarray(X, dtype=np.float64)
    return Dataset.of_values(X, X[:, 0], [f"f{i}" for i in range(X.shape[1])], ["y"])


@given(tables)
def test_standardised_training_rows_have_mean_0_and_deviation_1_or_are_constant(X):
    Z = InputMap.fit(values(X), standardise=True).transform(X)
    assert np.isfinite(Z).all()
    for raw, column in zip(X.T, Z.T, strict=True):
        if np.ptp(raw) == 0.0:
            assert np.abs(column).max() <= 1e-9
        elif np.ptp(raw) > 1e-6 * np.abs(raw).max():
            assert abs(column.mean()) < 1e-6
            assert column.std() == pytest.approx(1.0, rel=1e-6)


@given(tables)
def test_without_standardising_the_features_pass_unchanged(X):
    fitted = InputMap.fit(values(X))
    Z = fitted.transform(X)
    assert np.array_equal(Z, X)
    assert Z.flags.c_contiguous
    assert Z.flags.writeable
    assert not np.shares_memory(Z, X)


def test_test_rows_do_not_change_the_fit():
    data = load_dataset("iris")
    train, test = data.split(0.3, seed=0)
    fitted = InputMap.fit(train, standardise=True)
    assert np.allclose(fitted.feature_means, train.X.mean(axis=0))
    assert np.allclose(fitted.transform(test.X), (test.X - train.X.mean(axis=0)) / train.X.std(axis=0))


def test_derived_inputs_are_what_their_names_say():
    X = np.array([[2.0, 3.0], [-1.0, 0.5]])
    fitted = InputMap.fit(values(X), tuple(DERIVED))
    assert fitted.names == ("x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")
    assert fitted.transform(X)[0] == pytest.approx([4.0, 9.0, 6.0, np.sin(2.0), np.sin(3.0)])


def test_inputs_keep_the_order_in_which_they_are_named():
    X = np.array([[2.0, 3.0], [4.0, 5.0]])
    fitted = InputMap.fit(values(X), ("x1^2", "f1"))
    assert fitted.n_inputs == 2
    assert fitted.n_features == 2
    assert fitted.transform(X).tolist() == [[4.0, 3.0], [16.0, 5.0]]
    assert InputMap.fit(values(X), ("f1",)).transform(X).tolist() == [[3.0], [5.0]]


def test_derived_inputs_are_standardised_like_others():
    data = load_dataset("moons")
    Z = InputMap.fit(data, ("x1", "x1^2"), standardise=True).transform(data.X)
    assert np.allclose(Z.mean(axis=0), 0.0)
    assert np.allclose(Z.std(axis=0), 1.0)


def test_labels_are_written_as_people_write_them():
    assert InputMap.fit(load_dataset("moons"), ("x1", "x2^2", "sin(x1)")).labels == ("x₁", "x₂²", "sin x₁")
    assert input_label("petal_length_cm") == "petal_length_cm"
    assert input_label("x12") == "x₁₂"


def test_offered_inputs():
    assert available_inputs(load_dataset("moons")) == ("x1", "x2", *DERIVED)
    assert available_inputs(load_dataset("sine")) == ("x",)
    assert available_inputs(load_dataset("iris")) == load_dataset("iris").feature_names


@pytest.mark.parametrize(
    ("name", "inputs", "reason"),
    [
        ("iris", ("x1^2",), r"x₁² needs data with exactly two features; Iris has 4"),
        ("sine", ("sin(x1)",), "exactly two features; Sine has 1"),
        ("moons", ("x3",), "no input 'x3'; choose from: x1, x2, x1\\^2"),
        ("moons", (), "at least one input"),
        ("moons", ("x1", "x1"), "chosen twice"),
    ],
)
def test_impossible_inputs_are_refused(name, inputs, reason):
    with pytest.raises(SettingError, match=reason):
        InputMap.fit(load_dataset(name), inputs)


@pytest.mark.parametrize("X", [np.zeros((3, 3)), np.zeros(2), [[1.0]]])
def test_rows_of_another_width_are_refused(X):
    with pytest.raises(SettingError, match="2 features are needed"):
        InputMap.fit(load_dataset("moons")).transform(X)


def test_a_map_of_no_rows_changes_nothing():
    empty = load_dataset("moons").take([])
    assert InputMap.fit(empty, standardise=True).transform([[1.0, 2.0]]).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(("name", "inputs"), [("iris", None), ("moons", ("x2", "x1*x2"))])
def test_a_map_survives_a_file(name, inputs):
    data = load_dataset(name)
    fitted = InputMap.fit(data, inputs, standardise=True)
    again = InputMap.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert again.names == fitted.names
    assert np.array_equal(again.transform(data.X), fitted.transform(data.X))
    assert np.array_equal(again.feature_means, fitted.feature_means)


@pytest.mark.parametrize(
    "change",
    [
        {"scale": [0.0, 1.0]},
        {"offset": [1.0]},
        {"names": []},
        {"names": ["x9", "x1"]},
        {"feature_means": "many"},
        {"scale": None},
    ],
)
def test_a_damaged_description_is_refused(change):
    stored = {**InputMap.fit(load_dataset("moons")).to_dict(), **change}
    with pytest.raises(SettingError, match="damaged"):
        InputMap.from_dict(stored)
