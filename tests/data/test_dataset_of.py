"""`Dataset.of`: features and targets as people have them."""

import numpy as np
import pandas as pd
import pytest

import nnviz
from nnviz.core.errors import DataError, NnvizError

X = [[1, 2], [3, 4], [5, 6], [7, 8]]
of = nnviz.Dataset.of


@pytest.mark.parametrize(
    "y",
    [
        ["b", "a", "a", "b"],
        np.array(["b", "a", "a", "b"]),
        np.array(["b", "a", "a", "b"], dtype=object),
        pd.Series(["b", "a", "a", "b"]),
        pd.Series(["b", "a", "a", "b"], dtype="category"),
        pd.DataFrame({"y": ["b", "a", "a", "b"]}),
        ("b", "a", "a", "b"),
        [["b"], ["a"], ["a"], ["b"]],
    ],
)
def test_text_makes_classes_in_the_order_of_the_alphabet(y):
    data = of(X, y)
    assert (data.task, data.class_names, data.target_names) == ("classification", ("a", "b"), ("y",))
    assert data.labels.tolist() == ["b", "a", "a", "b"]
    assert data.y.ravel().tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("y", "names"),
    [
        ([2, 10, 2, 10], ("2", "10")),
        (np.array([2.0, 10.0, 2.0, 10.0]), ("2", "10")),
        (pd.Series([2, 10, 2, 10], dtype="Int64"), ("2", "10")),
        ([True, False, True, True], ("False", "True")),
        ([-1, 1, 1, -1], ("-1", "1")),
        ([0, 1, 2, 2], None),
        ([1.5, 2.5, 1.5, 2.5], None),
        ([1000, 2000, 1000, 2000], None),
    ],
)
def test_numbers_make_classes_where_a_table_would_make_them(y, names):
    data = of(X, y)
    assert data.class_names == (names or ())
    assert data.task == ("classification" if names else "regression")


def test_the_task_may_be_said():
    assert of(X, [0, 1, 2, 2], task="classification").class_names == ("0", "1", "2")
    assert of(X, [1.5, 2.5, 1.5, 1.5], task="classification").class_names == ("1.5", "2.5")
    assert of(X, [0, 1, 1, 0], task="regression").y.ravel().tolist() == [0, 1, 1, 0]
    with pytest.raises(DataError, match="'b' in row 1, which is no number"):
        of(X, ["b", "a", "a", "b"], task="regression")


def test_names_of_tables_are_kept():
    frame = pd.DataFrame({"height": [1.0, 2.0, 3.0, 4.0], "old": [True, False, True, False], 3: [1, 2, 3, 4]})
    data = of(frame, pd.Series([1.5, 2.0, 3.5, 4.0], name="price"))
    assert data.feature_names == ("height", "old", "3")
    assert data.target_names == ("price",)
    assert data.X.tolist()[0] == [1, 1, 1]
    several = of(frame, pd.DataFrame({"a": [1.5, 2, 3, 4], "b": [5, 6, 7, 8]}))
    assert (several.target_names, several.y.shape) == (("a", "b"), (4, 2))
    renamed = of(frame, [1.5, 2, 3, 4], feature_names=["x", "y", "z"], target_names="t")
    assert (renamed.feature_names, renamed.target_names) == (("x", "y", "z"), ("t",))


def test_arrays_get_names():
    data = of([1, 2, 3, 4], [[1.5, 2], [3, 4], [5, 6], [7, 8]])
    assert (data.feature_names, data.target_names) == (("x1",), ("y1", "y2"))


def test_class_names_may_be_said():
    assert of(X, [0, 1, 1, 0], class_names=["no", "yes"]).labels.tolist() == ["no", "yes", "yes", "no"]
    assert of(X, ["b", "a", "a", "b"], class_names=["b", "a", "c"]).class_index.tolist() == [0, 1, 1, 0]
    one_hot = of(X, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], class_names=["u", "v", "w"])
    assert one_hot.labels.tolist() == ["u", "v", "w", "u"]
    with pytest.raises(DataError, match="'b' is not among the class names"):
        of(X, ["b", "a", "a", "b"], class_names=["a", "c"])


@pytest.mark.parametrize(
    ("rows", "y", "words"),
    [
        (X, ["a", None, "b", "a"], "Row 2 has no y; leave it out."),
        (X, [0, np.nan, 1, 0], "Row 2, column 1 of the targets is nan"),
        (X, ["a"] * 4, "at least two different classes"),
        (X, [1.5, 2], "4 rows of features but 2 of targets"),
        (pd.DataFrame({"s": ["q", "r"]}), [0, 1], "'s' has 'q' in row 1, which is no number"),
        (pd.DataFrame({"s": [1, None]}, dtype="Int64"), [0, 1], "Row 2, column 1 of the features is nan"),
        (pd.DataFrame({"s": pd.to_datetime(["2020-01-01", "2020-01-02"])}), [0, 1], "dates"),
        (pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]), [0, 1], "2 features need 2 different names"),
        (np.zeros((2, 2, 2)), [0, 1], "not an array of 3 dimensions"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(rows, y, words):
    with pytest.raises(NnvizError) as caught:
        of(rows, y)
    assert words in str(caught.value)


def test_pandas_is_not_imported_for_it():
    import subprocess
    import sys

    code = "import nnviz, sys; nnviz.Dataset.of([[1], [2]], ['a', 'b']); print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_where_a_trainer_is_given_labels_its_sentence_points_here():
    for y in (["a", "b", "b", "a"], [0, 1, 2, 1]):
        with pytest.raises(DataError, match=r"nnviz\.Dataset\.of\(X, y\)"):
            nnviz.Trainer(nnviz.Network([2, 3], output_activation="softmax"), X, y)
    data = of(X, ["a", "b", "c", "a"])
    network = nnviz.Network([2, 3], output_activation="softmax")
    assert nnviz.Trainer(network, data.X, data.targets(network), engine="numpy").run(1).last_epoch == 1
