from __future__ import annotations

import pytest
from pydantic import ValidationError

from nnviz.core.errors import ExperimentError
from nnviz.experiment import DataSpec, Experiment, LayerSpec, NetworkSpec, RowsSource, TableSource, TrainingSpec


def test_bare_numbers_are_hidden_layers_of_tanh_units():
    network = NetworkSpec.model_validate({"hidden": [8, {"units": 3, "activation": "relu"}]})
    assert network.hidden == (LayerSpec(units=8, activation="tanh"), LayerSpec(units=3, activation="relu"))


def test_all_stands_for_a_full_batch():
    assert TrainingSpec.model_validate({"batch_size": "all"}).batch_size is None


def test_a_bare_name_is_a_schedule():
    assert TrainingSpec.model_validate({"schedule": "cosine"}).schedule.name == "cosine"


def test_naming_a_table_replaces_the_default_data_set():
    assert DataSpec.model_validate({"table": {"path": "a.csv"}}).name is None


@pytest.mark.parametrize(
    "content",
    [
        {"name": "moons", "table": {"path": "a.csv"}},
        {"name": None},
        {"table": TableSource(path="a.csv"), "rows": RowsSource(feature_names=("x",), features=((1.0,),))},
    ],
)
def test_data_come_from_exactly_one_source(content):
    with pytest.raises(ValidationError, match="exactly one of name, table and rows"):
        DataSpec.model_validate(content)


@pytest.mark.parametrize("fraction", [0.05, 0.95, -0.1])
def test_test_fraction_is_none_or_a_tenth_to_nine_tenths(fraction):
    with pytest.raises(ExperimentError):
        DataSpec(test_fraction=fraction)


def test_an_edit_leaves_the_original_alone(moons):
    edited = moons.edited(training=moons.training.edited(learning_rate=0.5))
    assert (moons.training.learning_rate, edited.training.learning_rate) == (0.01, 0.5)
    assert edited.data is not None
    assert edited.edited(training=moons.training) == moons


def test_an_edit_is_validated(moons):
    with pytest.raises(ExperimentError):
        moons.training.edited(learning_rate=-1.0)
    with pytest.raises(ExperimentError):
        moons.training.edited(rate=1.0)


def test_documents_cannot_be_changed_in_place(moons):
    with pytest.raises(ExperimentError):
        moons.title = "other"


def test_thin_methods_prepare_and_train(moons, tmp_path):
    history = moons.trainer().run(moons.training.epochs)
    assert len(history) == 6
    assert moons.prepared().task == "classification"
    moons.save(tmp_path / "m.nnviz")
    assert Experiment.load(tmp_path / "m.nnviz") == moons
