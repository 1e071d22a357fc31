import math

import numpy as np
import pytest

from nnviz.core.metrics import METRICS, accuracy, class_threshold, correct, r2, rmse


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
        "r2": "regression",
        "rmse": "regression",
    }
    Y, A = np.array([[0.0], [1.0]]), np.array([[0.1], [0.9]])
    assert METRICS["accuracy"].function(Y, A, 0.5) == 1.0
