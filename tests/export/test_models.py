from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from nnviz.core.errors import DataError, ExperimentError
from nnviz.core.metrics import class_threshold, correct
from nnviz.core.network import Network
from nnviz.experiment import DataSpec, Experiment, NetworkSpec
from nnviz.export.models import load_model, predictions_csv, read_features, save_model


def trained(tmp_path, name: str, output: str = "auto", **data):
    experiment = Experiment(
        title="model",
        data=DataSpec(name=name, **data),
        network=NetworkSpec.model_validate({"hidden": [3], "output_activation": output}),
    )
    prepared = experiment.prepared()
    trainer = prepared.trainer()
    trainer.run(5)
    save_model(tmp_path / "m.npz", trainer.network, prepared)
    return prepared, trainer.network, load_model(tmp_path / "m.npz")


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("iris", "auto"),
        ("moons", "auto"),
        ("moons", "tanh"),
        ("moons", "softmax"),
        ("auto_mpg", "auto"),
        ("sine", "auto"),
    ],
)
def test_a_model_predicts_as_the_network_that_was_trained(tmp_path, name, output):
    prepared, network, model = trained(tmp_path, name, output)
    X = prepared.dataset.X
    outputs = model.predict(X)
    assert np.array_equal(outputs, prepared.targets.restore(network.predict(prepared.inputs.transform(X))))
    if prepared.task == "classification":
        accuracy = np.mean(np.array(model.classify(outputs)) == prepared.dataset.labels)
        assert accuracy == pytest.approx(_accuracy(prepared, network))


def _accuracy(prepared, network) -> float:
    n_right = 0
    for part in (prepared.train, prepared.test):
        Y, A = part.targets(prepared), network.predict(prepared.inputs.transform(part.X))
        n_right += correct(Y, A, class_threshold(Y)).sum()
    return n_right / prepared.dataset.n_samples


def test_derived_inputs_and_standardising_travel_along(tmp_path):
    prepared, _, model = trained(tmp_path, "circles", inputs=("x1^2", "x2^2"), standardise=True)
    assert model.inputs.feature_names == ("x1", "x2")
    assert np.allclose(model.inputs.transform(prepared.train.X), prepared.X_train)


def test_columns_are_found_by_name_in_any_order(tmp_path):
    (tmp_path / "t.csv").write_text("b,extra,a\n1,hello,2\n3,world,4\n")
    assert read_features(tmp_path / "t.csv", ("a", "b")).tolist() == [[2.0, 1.0], [4.0, 3.0]]


def test_categories_are_found_in_their_column(tmp_path):
    (tmp_path / "t.csv").write_text("sex\nmale\nfemale\n")
    assert read_features(tmp_path / "t.csv", ("sex=female", "sex=male")).tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,c\n1,2\n", r"t\.csv lacks the column 'b'"),
        ("c,d\n1,2\n", r"t\.csv lacks the columns 'a', 'b'"),
        ("a,b\n1,2\n3,x\n", r"t\.csv, line 3: 'b' must be a number, not 'x'"),
        ("a,b\n1,1e99\n", "must be a number, not '1e99'"),
        ("", "empty"),
    ],
)
def test_tables_that_do_not_fit(tmp_path, text, sentence):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=sentence):
        read_features(tmp_path / "t.csv", ("a", "b"))


def test_one_feature_needs_one_column(tmp_path):
    _, _, model = trained(tmp_path, "sine")
    (tmp_path / "t.csv").write_text("x\n0.5\n-1\n")
    X = read_features(tmp_path / "t.csv", model.inputs.feature_names)
    assert X.tolist() == [[0.5], [-1.0]]


def test_categories_of_any_table_become_inputs(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes("kind;x;grade\nNone;1,5;1\nb;2,5;2.0\n?;3;1\n".encode("utf-16"))
    names = ("x", "kind=None", "kind=b", "grade=1", "grade=2")
    expected = [[1.5, 1, 0, 1, 0], [2.5, 0, 1, 0, 1], [3, np.nan, np.nan, 1, 0]]
    assert np.array_equal(read_features(path, names), expected, equal_nan=True)


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_features(tmp_path / "t.csv", ("a",))


@pytest.mark.parametrize(
    ("name", "output", "header"),
    [
        ("iris", "auto", ["species", "p(setosa)", "p(versicolor)", "p(virginica)"]),
        ("moons", "tanh", ["class", "output(class B)"]),
        ("sine", "auto", ["y"]),
    ],
)
def test_predictions_are_a_table(tmp_path, name, output, header):
    prepared, _, model = trained(tmp_path, name, output)
    rows = list(csv.reader(io.StringIO(predictions_csv(model, prepared.dataset.X))))
    assert rows[0] == header
    assert len(rows) == prepared.dataset.n_samples + 1


def test_a_bare_network_is_no_model(tmp_path):
    Network([2, 1]).save(tmp_path / "n.npz")
    with pytest.raises(ExperimentError, match="bare network"):
        load_model(tmp_path / "n.npz")


def test_incomplete_rows_keep_their_place_without_a_prediction(tmp_path):
    _, _, model = trained(tmp_path, "moons")
    (tmp_path / "t.csv").write_text("x1,x2\n1,2\n?,3\nNA,4\n5,6\n")
    X = read_features(tmp_path / "t.csv", ("x1", "x2"))
    lines = predictions_csv(model, X).splitlines()
    assert [bool(line.strip(",")) for line in lines] == [True, True, False, False, True]


@pytest.mark.parametrize(
    "changes", [{"inputs": {}}, {"inputs": None}, {"class_names": ["a", "b", "c"]}, {"title": 1, "target_names": None}]
)
def test_a_damaged_description(tmp_path, changes):
    _, _, model = trained(tmp_path, "moons")
    model.network.metadata["model"] |= changes
    model.network.save(tmp_path / "d.npz")
    with pytest.raises(ExperimentError, match=r"d\.npz is damaged"):
        load_model(tmp_path / "d.npz")


def test_dates_are_counted_from_the_day_that_the_model_knows(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("other,day\n1,2021-03-03\n2,01.03.2021\n3,?\n")
    names = ("day (days since 2021-03-01)", "day (weekday)=Mon", "day (weekday)=Wed")
    X = read_features(path, names)
    assert X[:2].tolist() == [[2, 0, 1], [0, 1, 0]]
    assert np.isnan(X[2]).all()
    path.write_text("time\n10:30\n12:00\n")
    assert read_features(path, ("time (hours)",)).tolist() == [[10.5], [12.0]]
    with pytest.raises(DataError, match=r"lacks the column 'day \(days since 2021-03-01\)'"):
        read_features(path, names[:1])
