from __future__ import annotations

import pytest

from nnviz.core.errors import NnvizError
from nnviz.experiment import Experiment
from nnviz.experiment.overrides import with_settings


def test_values_are_read_as_toml_and_text_needs_no_quotes():
    changed = with_settings(
        Experiment(),
        [
            "training.learning_rate=0.5",
            "training.shuffle=false",
            "training.optimizer=sgd",
            "training.batch_size=all",
            "training.schedule=cosine",
            "title=a = b",
            "network.hidden=[4, {units = 2, activation = 'relu'}]",
            "network.hidden.0.units=5",
            "data.parameters.n_samples=50",
            "data.test_fraction=none",
        ],
    )
    training, network = changed.training, changed.network
    assert (training.learning_rate, training.shuffle, training.optimizer, training.batch_size) == (
        0.5,
        False,
        "sgd",
        None,
    )
    assert (training.schedule.name, changed.title) == ("cosine", "a = b")
    assert [(layer.units, layer.activation) for layer in network.hidden] == [(5, "tanh"), (2, "relu")]
    assert (changed.data.parameters, changed.data.test_fraction) == ({"n_samples": 50.0}, None)


def test_names_that_occur_once_need_no_section():
    changed = with_settings(Experiment(), ["learning_rate=0.5", "bias=false", "split_seed=3"])
    assert (changed.training.learning_rate, changed.network.bias, changed.data.split_seed) == (0.5, False, 3)


def test_other_data_forget_the_parameters_of_the_former():
    start = with_settings(Experiment(), ["data.parameters.arms=3"])
    assert with_settings(start, ["data.name=moons"]).data.parameters == {}
    table = with_settings(start, ["data.table={path = 'x.csv'}"])
    assert (table.data.name, table.data.table.path) == (None, "x.csv")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("epochs", "key=value"),
        ("=3", "key=value"),
        ("seed=3", "data.seed or network.seed or training.seed"),
        ("training.learning_rat=3", "did you mean 'learning_rate'"),
        ("learning_rat=3", "no field called 'learning_rat'"),
        ("training.learning_rate=-3", "must be at least 0"),
        ("training.learning_rate=fast", "must be a number"),
        ("network.hidden.7.units=3", "no field '7'"),
        ("network.hidden.7=3", "no field '7'"),
        ("title.x=3", "no field"),
        ("nothing.at.all=3", "no field 'nothing'"),
    ],
)
def test_faults_are_named(setting, sentence):
    with pytest.raises(NnvizError, match=sentence) as caught:
        with_settings(Experiment(), [setting])
    assert "--set" in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("learning_rate=true", "training.learning_rate must be a number, not 'true'"),
        ("training.epochs=true", "training.epochs must be a whole number"),
        ("batch_size=false", "training.batch_size must be a whole number"),
        ("patience=true", "training.patience must be a whole number"),
        ("data.test_fraction=false", "data.test_fraction must be a number"),
        ("data.parameters.noise=true", "data.parameters.noise must be a number"),
        ("training.schedule.parameters={period = true}", "training.schedule.parameters.period must be a number"),
        ("network.hidden=[4, true]", "network.hidden.1.units must be a whole number"),
        ("view.x_range=[false, true]", "view.x_range.0 must be a number"),
    ],
)
def test_true_and_false_are_no_numbers(setting, place):
    with pytest.raises(NnvizError, match=place):
        with_settings(Experiment(), [setting])


@pytest.mark.parametrize("text", ["5", "true", "2026-11-27", "[1, 2]", "nan", "0x10", "none", "5\nformat = 9"])
def test_text_that_looks_like_something_else_needs_no_quotes(text):
    assert with_settings(Experiment(), [f"title={text}"]).title == text


def test_what_is_no_text_is_refused_as_what_it_was_read_as():
    with pytest.raises(NnvizError, match=r"training.shuffle must be true or false, not 1.5"):
        with_settings(Experiment(), ["training.shuffle=1.5"])


def test_one_alone_stands_for_a_list_of_it():
    changed = with_settings(Experiment(), ["network.hidden=4", "data.inputs=x1"])
    assert [layer.units for layer in changed.network.hidden] == [4]
    assert changed.data.inputs == ("x1",)
    with pytest.raises(NnvizError, match=r"network\.hidden must be a list, not 'four'"):
        with_settings(Experiment(), ["network.hidden=four"])
