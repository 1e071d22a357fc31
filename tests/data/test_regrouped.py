"""The rows of a large data set are kept by its parts, and nobody notices."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from nnviz.data import Dataset, regrouped
from nnviz.experiment import Experiment
from nnviz.experiment.grids import feature_limits
from nnviz.experiment.prepare import prepare
from nnviz.experiment.schema import DataSpec


@pytest.fixture(autouse=True)
def _every_data_set_is_large(monkeypatch):
    monkeypatch.setattr(regrouped, "FEWEST_BYTES", 0)


def three_classes() -> Dataset:
    X = np.random.default_rng(0).normal(size=(30, 4))
    return Dataset.of_classes(X, np.arange(30) % 3, ["a", "b", "c"], ["x", "y", "z", "w"])


def values() -> Dataset:
    X = np.random.default_rng(0).normal(size=(30, 2))
    return Dataset.of_values(X, X[:, 0], ["x", "y"], ["goal"], row_weights=np.arange(1.0, 31.0))


@pytest.mark.parametrize("made", [three_classes, values])
def test_it_is_the_same_data_set(made):
    whole = made()
    rows = np.random.default_rng(1).permutation(30)
    again, parts = regrouped.regrouped(whole, (rows[:20], rows[20:20], rows[20:]))
    assert isinstance(again, regrouped.Regrouped)
    assert "X" not in vars(again)
    for part, some in zip(parts, (rows[:20], rows[20:20], rows[20:]), strict=True):
        assert np.array_equal(part.X, whole.X[some])
    pickled = pickle.loads(pickle.dumps(again))
    for one, other in ((again, whole), (pickled, whole), (again.take([3, 1]), whole.take([3, 1]))):
        assert one.X.tobytes() == other.X.tobytes()
        assert not one.X.flags.writeable
        assert np.array_equal(one.y, other.y)
        assert (one.n_samples, one.n_features, one.n_outputs) == (other.n_samples, other.n_features, other.n_outputs)
        assert (one.labels is None) == (other.labels is None)
        assert one.labels is None or one.labels.tolist() == other.labels.tolist()
        assert (one.row_weights is None) == (other.row_weights is None)
        assert one.row_weights is None or np.array_equal(one.row_weights, other.row_weights)
        assert repr(one) == repr(other)
        if one.task == "classification":
            assert (one.class_index.tolist(), one.class_counts) == (other.class_index.tolist(), other.class_counts)
    assert np.array_equal(feature_limits(again), feature_limits(whole))
    X = again.X
    assert again.X is X, "while somebody has it, it is not made again"
    with pytest.raises(AttributeError):
        again.nothing  # noqa: B018 - it is asked for


def test_what_is_learnt_whole_is_one_data_set():
    whole, nothing = three_classes(), np.empty(0, dtype=np.int64)
    again, (train, validation, test) = regrouped.regrouped(whole, (np.arange(30), nothing, nothing))
    assert again is train is whole
    assert validation.n_samples == test.n_samples == 0


def test_an_experiment_keeps_its_rows_once():
    prepared = prepare(Experiment(data=DataSpec(name="spiral", parameters={"n_samples": 60, "arms": 2, "noise": 0.1})))
    parts = [prepared.part(name) for name in prepared.shown_parts]
    assert isinstance(prepared.dataset, regrouped.Regrouped)
    assert prepared.dataset.n_samples == sum(part.n_samples for part in parts) == 60
    assert sorted(map(tuple, prepared.dataset.X.tolist())) == sorted(
        tuple(row) for part in parts for row in part.X.tolist()
    )
    assert prepared.trainer().problem.Y is prepared.Y_train
    assert prepared.trainer().problem.X is prepared.X_train
