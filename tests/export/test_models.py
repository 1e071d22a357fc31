from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from nnviz.core.errors import DataError, ExperimentError
from nnviz.core.metrics import class_threshold, correct, r2
from nnviz.core.network import Network
from nnviz.core.numbers import percent_text
from nnviz.experiment import DataSpec, Document, Experiment, NetworkSpec, save_document
from nnviz.export.models import load_model, save_model


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
    predictions = model.predict(X)
    assert np.array_equal(predictions.outputs, prepared.targets.restore(network.predict(prepared.inputs.transform(X))))
    compared = model.predict(prepared.dataset)
    assert np.array_equal(compared.outputs, predictions.outputs)
    if prepared.task == "classification":
        assert np.mean(predictions.labels == prepared.dataset.labels) == pytest.approx(_accuracy(prepared, network))
        assert compared.accuracy == pytest.approx(_accuracy(prepared, network))
    else:
        assert compared.r2 == pytest.approx(r2(prepared.dataset.y, predictions.outputs))


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
    rows = list(csv.reader(io.StringIO(model.predict(prepared.dataset.X).text())))
    assert rows[0] == header
    assert len(rows) == prepared.dataset.n_samples + 1


def test_a_bare_network_is_no_model(tmp_path):
    Network([2, 1]).save(tmp_path / "n.npz")
    with pytest.raises(ExperimentError, match="bare network"):
        load_model(tmp_path / "n.npz")


def test_incomplete_rows_keep_their_place_without_a_prediction(tmp_path):
    _, _, model = trained(tmp_path, "moons")
    (tmp_path / "t.csv").write_text("x1,x2\n1,2\n?,3\nNA,4\n5,6\n")
    predictions = model.predict(tmp_path / "t.csv")
    assert predictions.complete.tolist() == [True, False, False, True]
    assert [bool(label) for label in predictions] == [True, False, False, True]
    assert [bool(line.strip(",")) for line in predictions.text().splitlines()] == [True, True, False, False, True]
    assert predictions.notes == ("2 of 4 rows lack a value and have no prediction: 'x1' (2 rows).",)


@pytest.mark.parametrize(
    "changes", [{"inputs": {}}, {"inputs": None}, {"class_names": ["a", "b", "c"]}, {"title": 1, "target_names": None}]
)
def test_a_damaged_description(tmp_path, changes):
    _, _, model = trained(tmp_path, "moons")
    model.network.metadata["model"] |= changes
    model.network.save(tmp_path / "d.npz")
    with pytest.raises(ExperimentError, match=r"d\.npz is damaged"):
        load_model(tmp_path / "d.npz")


def test_a_model_says_what_it_is(tmp_path):
    _, _, model = trained(tmp_path, "penguins")
    assert model.task == "classification"
    assert model.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert "island" in model.features
    assert "island=Biscoe" not in model.features
    assert repr(model).startswith("<Model 'model': 'species' (Adelie, Chinstrap, Gentoo) from ")
    assert trained(tmp_path, "auto_mpg")[2].task == "regression"


def test_only_what_the_network_sees_is_needed(tmp_path):
    _, network, model = trained(tmp_path, "iris", inputs=("petal_width_cm", "petal_length_cm"), standardise=True)
    assert model.features == ("petal_length_cm", "petal_width_cm")
    predictions = model.predict({"petal_length_cm": [1.4, 5.0], "petal_width_cm": [0.2, 2.0]})
    X = model.inputs.transform([[0.0, 0.0, 1.4, 0.2], [0.0, 0.0, 5.0, 2.0]])
    assert np.array_equal(predictions.outputs, network.predict(X))


def test_an_experiment_that_was_saved_with_its_run_is_a_model(tmp_path):
    (tmp_path / "t.csv").write_text("size,colour,price\n" + "1,red,100\n2,blue,300\n3,red,500\n4,blue,900\n" * 6)
    experiment = Experiment.load(tmp_path / "t.csv")
    trainer = experiment.trainer()
    trainer.run(3)
    save_model(tmp_path / "model.npz", trainer.network, experiment.prepared())
    save_document(Document(experiment, checkpoint=trainer.checkpoint()), tmp_path / "run.nnviz")
    save_document(Document(experiment, parameters=trainer.network.parameters), tmp_path / "weights.nnviz")
    save_document(Document(experiment), tmp_path / "untrained.nnviz")
    rows = {"colour": ["red", "blue"], "size": [2.5, 1.0]}
    expected = load_model(tmp_path).predict(rows).values
    assert expected.shape == (2,)
    for name in ("run.nnviz", "weights.nnviz"):
        assert np.array_equal(load_model(tmp_path / name).predict(rows).values, expected)
    with pytest.raises(ExperimentError, match=r"untrained\.nnviz holds no trained network"):
        load_model(tmp_path / "untrained.nnviz")
    (tmp_path / "t.csv").unlink()
    with pytest.raises(ExperimentError, match=r"run\.nnviz needs its data to be applied: There is no file"):
        load_model(tmp_path / "run.nnviz")
    assert np.array_equal(load_model(tmp_path / "model.npz").predict(rows).values, expected)


def test_what_is_no_model_ends_in_one_sentence(tmp_path):
    for name, sentence in {
        "gone.npz": "There is no file",
        "gone.nnviz": "There is no file",
        ".": "holds no model.npz",
        "e.toml": "holds no trained network",
        "t.csv": "is no saved network",
    }.items():
        (tmp_path / "t.csv").write_text("a,b\n1,2\n")
        with pytest.raises(ExperimentError, match=sentence):
            load_model(tmp_path / name)


def test_a_model_without_a_recipe_reads_tables_by_the_names_of_its_features(tmp_path):
    (tmp_path / "t.csv").write_text(
        "size,colour,day,kind\n1,red,2021-01-01,a\n2,blue,2021-01-03,b\n3,red,2021-01-04,b\n"
    )
    prepared = Experiment.load(tmp_path / "t.csv").prepared()
    save_model(tmp_path / "new.npz", prepared.network(), prepared)
    new = load_model(tmp_path / "new.npz")
    new.network.metadata["model"]["recipe"] = None
    new.network.save(tmp_path / "old.npz")
    old = load_model(tmp_path / "old.npz")
    assert old.features == new.features == ("size", "colour", "day")
    rows = {"day": ["2021-01-05", "01/02/2021"], "Size": [1, 4], "colour": ["Blue", "red"]}
    assert np.array_equal(old.predict(rows).outputs, new.predict(rows).outputs)
    ones = {"size": [1], "colour=blue": [1], "colour=red": [0], "day (days since 2021-01-01)": [4]}
    assert np.allclose(old.predict(ones).outputs[0], new.predict(rows).outputs[0], rtol=1e-12)
    with pytest.raises(DataError, match="lacks the columns 'colour', 'day', which the model needs"):
        old.predict({"size": [1, 2]})


def test_new_rows_of_the_cases(tmp_path):
    cases = Path(__file__).parents[1] / "data" / "cases"
    experiment = Experiment.load(cases / "train.csv")
    trainer = experiment.trainer()
    trainer.run(50)
    save_model(tmp_path / "m.npz", trainer.network, experiment.prepared())
    model = load_model(tmp_path / "m.npz")
    same = model.predict(cases / "train.csv")
    assert same.accuracy > 0.9
    category, case, labelled = (model.predict(cases / f"new_{name}.csv") for name in ("category", "case", "labelled"))
    assert any("'violet' (1 row) was never seen" in note for note in category.notes)
    assert np.allclose(category.outputs[1:4], same.outputs[:3], rtol=1e-12)
    assert np.allclose(case.outputs, same.outputs[: len(case)], rtol=1e-12)
    assert labelled.confusion.sum() == labelled.complete.sum()
    assert labelled.verdict().startswith("Accuracy ")
    figures = same.figures
    assert same.balanced_accuracy == pytest.approx(figures.recall.mean())
    assert f"balanced accuracy {percent_text(same.balanced_accuracy)}" in same.verdict()
    assert case.verdict() == ""
