"""The data set: coding of the targets, checks, and arrays that cannot change."""

from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from nnviz.core.errors import DataError, SettingError
from nnviz.data import Dataset

X = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]


@dataclass
class Net:
    layer_sizes: tuple[int, ...]
    activations: tuple[str, ...]


def two_classes() -> Dataset:
    return Dataset.of_classes(X, [0, 1, 1], ["no", "yes"], ["a", "b"], name="ill")


def three_classes() -> Dataset:
    return Dataset.of_classes(X, [2, 0, 1], ["r", "g", "b"], ["a", "b"])


def test_two_classes_are_one_column_of_0_and_1():
    data = two_classes()
    assert data.y.tolist() == [[0.0], [1.0], [1.0]]
    assert data.labels.tolist() == ["no", "yes", "yes"]
    assert data.class_index.tolist() == [0, 1, 1]
    assert data.class_counts == (1, 2)
    assert (data.n_samples, len(data), data.n_features, data.n_outputs) == (3, 3, 2, 1)
    assert data.task == "classification"
    assert "2 classes" in repr(data)


def test_more_classes_are_one_hot():
    data = three_classes()
    assert data.y.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert data.class_index.tolist() == [2, 0, 1]


def test_values_stay_values():
    data = Dataset.of_values(X, [1.5, 2.5, 3.5], ["a", "b"], ["y"])
    assert data.y.tolist() == [[1.5], [2.5], [3.5]]
    assert data.labels is None
    assert data.class_names == ()
    assert data.task == "regression"
    assert "regression" in repr(data)
    with pytest.raises(SettingError, match="values, not classes"):
        _ = data.class_index


def test_several_target_columns_are_possible():
    assert Dataset.of_values(X, X, ["a", "b"], ["u", "v"]).n_outputs == 2


@pytest.mark.parametrize("array", ["X", "y", "labels", "class_index"])
def test_arrays_are_read_only(array):
    values = getattr(three_classes(), array)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = values[1]


def test_the_callers_array_is_copied():
    mine = np.array(X)
    data = Dataset.of_values(mine, [1.0, 2.0, 3.0], ["a", "b"], ["y"])
    mine[0, 0] = 99.0
    assert data.X[0, 0] == 0.0
    view = np.array(X)
    data = Dataset.of_values(view[:2], [1.0, 2.0], ["a", "b"], ["y"])
    view[0, 0] = 99.0
    assert data.X[0, 0] == 0.0


def test_fields_cannot_be_replaced():
    with pytest.raises(FrozenInstanceError):
        two_classes().name = "other"


def test_take_keeps_names_and_order():
    taken = three_classes().take([2, 0])
    assert taken.X.tolist() == [[4, 5], [0, 1]]
    assert taken.labels.tolist() == ["g", "b"]
    assert taken.class_names == ("r", "g", "b")
    assert three_classes().take(np.array([True, False, False])).X.tolist() == [[0, 1]]
    assert three_classes().take([]).n_samples == 0


def test_targets_of_tanh_are_minus_one_and_one():
    assert two_classes().targets(Net((2, 1), ("tanh",))).tolist() == [[-1], [1], [1]]
    assert three_classes().targets(Net((2, 3), ("tanh",))).tolist() == [[-1, -1, 1], [1, -1, -1], [-1, 1, -1]]


def test_targets_of_other_outputs_are_0_and_1():
    assert two_classes().targets(Net((2, 4, 1), ("tanh", "sigmoid"))).tolist() == [[0], [1], [1]]


def test_two_classes_serve_two_outputs():
    assert two_classes().targets(Net((2, 2), ("softmax",))).tolist() == [[1, 0], [0, 1], [0, 1]]


def test_targets_of_a_regression_are_never_recoded():
    data = Dataset.of_values(X, [0.0, 1.0, 0.5], ["a", "b"], ["y"])
    assert data.targets(Net((2, 1), ("tanh",))).tolist() == [[0.0], [1.0], [0.5]]


def test_targets_are_a_writable_copy():
    data = two_classes()
    targets = data.targets(Net((2, 1), ("sigmoid",)))
    targets[:] = 7.0
    assert data.y.max() == 1.0


def test_a_network_with_other_outputs_is_refused():
    with pytest.raises(SettingError, match="needs 3 outputs, but the network has 1"):
        three_classes().targets(Net((2, 1), ("sigmoid",)))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Dataset.of_values([[np.nan]], [1.0], ["a"], ["y"]), "Row 1, column 1 of the features is nan"),
        (lambda: Dataset.of_values([[1.0]], [np.inf], ["a"], ["y"]), "of the targets is inf"),
        (lambda: Dataset.of_values([[1.0], [-1e31]], [1.0, 2.0], ["a"], ["y"]), "Row 2, column 1"),
        (lambda: Dataset.of_values([[1.0]], [1.0, 2.0], ["a"], ["y"]), "as many"),
        (lambda: Dataset.of_values([1.0], [1.0], ["a"], ["y"]), "rows and columns"),
        (lambda: Dataset.of_values([[]], [1.0], [], ["y"]), "rows and columns"),
        (lambda: Dataset.of_values([[1.0, 2.0]], [1.0], ["a"], ["y"]), "different names"),
        (lambda: Dataset.of_values([[1.0, 2.0]], [1.0], ["a", "a"], ["y"]), "different names"),
        (lambda: Dataset.of_values([[1.0]], [1.0], ["a"], ["y", "z"]), "target names"),
        (lambda: Dataset.of_values([[1.0]], [1.0], ["a"], ["y"], image_shape=(2, 2)), "no picture"),
        (lambda: Dataset.of_classes([[1.0]], [0], ["a"], ["a"]), "at least two"),
        (lambda: Dataset.of_classes([[1.0]], [0], ["a", "a"], ["a"]), "at least two"),
        (lambda: Dataset.of_classes([[1.0]], [2], ["a", "b"], ["a"]), "numbered from 0 to 1"),
        (lambda: Dataset.of_classes([[1.0]], [-1], ["a", "b"], ["a"]), "numbered from 0 to 1"),
    ],
)
def test_unfit_rows_are_refused(make, reason):
    with pytest.raises(DataError, match=reason):
        make()


def test_more_classes_than_there_is_room_for_are_refused_before_they_are_coded() -> None:
    n = 100_000
    with pytest.raises(DataError, match=r"100.000 rows of 100.000 classes are more than can be learnt"):
        Dataset.of_classes(np.zeros((n, 1)), np.arange(n), [str(number) for number in range(n)], ["a"])
    many = Dataset.of_classes(np.zeros((300, 1)), np.arange(300)[::-1], [str(number) for number in range(300)], ["a"])
    assert np.array_equal(many.y, np.eye(300)[::-1])
