import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.metrics import (
    METRICS,
    ClassFigures,
    accuracy,
    balanced_accuracy,
    class_threshold,
    confusion,
    correct,
    r2,
    rmse,
)


def test_accuracy_of_one_column_goes_by_the_threshold():
    Y = np.array([[-1.0], [1.0], [1.0], [-1.0]])
    A = np.array([[-0.2], [0.3], [-0.1], [0.0]])
    assert class_threshold(Y) == 0.0
    assert correct(Y, A, 0.0).tolist() == [True, True, False, True]
    assert accuracy(Y, A, 0.0) == 0.75


@pytest.mark.parametrize(
    ("codes", "usual", "threshold"),
    [
        ([0.0, 1.0], (0.0, 1.0), 0.5),
        ([-1.0, 1.0], (-1.0, 1.0), 0.0),
        ([0.0, 1.0], (-1.0, 1.0), 0.5),
        ([1.0], (0.0, 1.0), 0.5),
        ([0.0], (0.0, 1.0), 0.5),
        ([1.0], (-1.0, 1.0), 0.0),
        ([-1.0], (-1.0, 1.0), 0.0),
        ([0.1, 0.9], (0.0, 1.0), 0.5),
    ],
)
def test_two_classes_are_parted_by_their_codes_and_not_by_what_occurs(codes, usual, threshold):
    assert class_threshold(np.array(codes)[:, np.newaxis], usual) == threshold


def test_accuracy_of_several_columns_goes_by_the_largest():
    Y = np.eye(3)
    A = np.array([[0.9, 0.0, 0.1], [0.5, 0.4, 0.1], [0.2, 0.2, 0.6]])
    assert accuracy(Y, A, 0.0) == pytest.approx(2 / 3)


def test_rmse_is_over_samples_and_outputs():
    assert rmse(np.zeros((2, 2)), np.array([[1.0, 1.0], [1.0, 3.0]])) == math.sqrt(3.0)


def test_r2():
    Y = np.array([[1.0, 10.0], [3.0, 30.0]])
    assert r2(Y, Y) == 1.0
    assert r2(Y, np.array([[2.0, 20.0], [2.0, 20.0]])) == 0.0
    assert r2(Y, Y + 1.0) == pytest.approx(1 - 4 / 202)
    assert math.isnan(r2(np.ones((3, 1)), np.zeros((3, 1))))


def test_table():
    assert {name: entry.task for name, entry in METRICS.items()} == {
        "accuracy": "classification",
        "balanced_accuracy": "classification",
        "precision": "classification",
        "recall": "classification",
        "f1": "classification",
        "r2": "regression",
        "rmse": "regression",
    }
    Y, A = np.array([[0.0], [1.0]]), np.array([[0.1], [0.9]])
    assert all(METRICS[name].function(Y, A, 0.5) == 1.0 for name in METRICS if METRICS[name].task == "classification")


#: Of ten rows, two are of the second class: one of them is recognised, and one of the others taken for it.
RARE = np.array([[0.0]] * 8 + [[1.0]] * 2), np.array([[0.2]] * 7 + [[0.9], [0.8], [0.1]])


def test_figures_of_a_rare_class():
    Y, A = RARE
    assert confusion(Y, A, 0.5).tolist() == [[7, 1], [1, 1]]
    assert accuracy(Y, A, 0.5) == 0.8
    assert balanced_accuracy(Y, A, 0.5) == pytest.approx((7 / 8 + 1 / 2) / 2)
    figures = ClassFigures.of(confusion(Y, A, 0.5))
    assert figures.precision.tolist() == [7 / 8, 1 / 2]
    assert figures.recall.tolist() == [7 / 8, 1 / 2]
    assert figures.f1.tolist() == [14 / 16, 2 / 4]
    assert METRICS["f1"].function(Y, A, 0.5) == pytest.approx((14 / 16 + 2 / 4) / 2)
    assert figures.balanced_accuracy == pytest.approx(balanced_accuracy(Y, A, 0.5))


def test_a_class_that_nobody_names_counts_nothing_and_one_without_rows_is_left_out():
    """As scikit-learn with zero_division=0: labels are those of the targets and the predictions."""
    figures = ClassFigures.of(np.array([[3, 0, 1, 0], [2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    assert np.isnan(figures.precision).tolist() == [False, True, False, True]
    assert np.isnan(figures.recall).tolist() == [False, False, True, True]
    assert figures.mean("precision") == pytest.approx((3 / 5 + 0 + 0) / 3)
    assert figures.mean("recall") == pytest.approx((3 / 4 + 0 + 0) / 3)
    assert figures.mean("f1") == pytest.approx((2 * 3 / (4 + 5) + 0 + 0) / 3)
    assert figures.balanced_accuracy == pytest.approx((3 / 4 + 0) / 2)


@given(st.integers(0, 99), st.integers(1, 5), st.integers(1, 40))
def test_balanced_accuracy_is_the_mean_recall_of_the_classes_with_rows(seed, n_outputs, n):
    rng = np.random.default_rng(seed)
    A = rng.random((n, n_outputs))
    Y = np.eye(n_outputs)[rng.integers(0, n_outputs, n)] if n_outputs > 1 else (rng.random((n, 1)) > 0.7) * 1.0
    figures = ClassFigures.of(confusion(Y, A, 0.5))
    assert confusion(Y, A, 0.5).trace() == correct(Y, A, 0.5).sum()
    assert balanced_accuracy(Y, A, 0.5) == pytest.approx(figures.balanced_accuracy, rel=1e-12, abs=1e-15)
