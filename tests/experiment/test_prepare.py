from __future__ import annotations

import sys

import numpy as np
import pytest

from nnviz.core.errors import DataError, ExperimentError, NnvizError, SettingError
from nnviz.data import DATASETS
from nnviz.experiment import (
    DataSpec,
    Experiment,
    NetworkSpec,
    RowsSource,
    TableSource,
    TrainingSpec,
    prepare,
    trainer_settings,
)
from nnviz.experiment.painting import taken_over, with_rows
from nnviz.experiment.schema import WeightsSpec
from nnviz.experiment.short_text import from_short_text, to_short_text


def experiment(data: str = "moons", *, training=None, **network) -> Experiment:
    parameters = {"n_samples": 30} if "n_samples" in {p.name for p in DATASETS[data].parameters} else {}
    return Experiment(
        data=DataSpec(name=data, parameters=parameters),
        network=NetworkSpec.model_validate({"hidden": [3], **network}),
        training=TrainingSpec.model_validate(training or {}),
    )


@pytest.mark.parametrize(
    ("data", "output", "loss", "n_outputs"),
    [
        ("moons", "sigmoid", "binary_cross_entropy", 1),
        ("iris", "softmax", "cross_entropy", 3),
        ("sine", "linear", "mean_squared_error", 1),
    ],
)
def test_auto_follows_the_task(data, output, loss, n_outputs):
    prepared = prepare(experiment(data))
    assert (prepared.output_activation, prepared.loss, prepared.n_outputs) == (output, loss, n_outputs)
    assert prepared.Y_train.shape == (prepared.train.n_samples, n_outputs)


@pytest.mark.parametrize(
    ("data", "output", "loss"),
    [
        ("moons", "tanh", "mean_squared_error"),
        ("moons", "softmax", "cross_entropy"),
        ("iris", "sigmoid", "binary_cross_entropy"),
        ("sine", "sigmoid", "mean_squared_error"),
    ],
)
def test_auto_loss_follows_a_chosen_output(data, output, loss):
    prepared = prepare(experiment(data, output_activation=output))
    assert prepared.loss == loss
    prepared.trainer().run(1)


@pytest.mark.parametrize("name", list(DATASETS))
def test_every_data_set_trains_with_the_defaults(name):
    trainer = experiment(name).trainer()
    trainer.run(1)
    assert np.isfinite(trainer.history.train_loss).all()


def test_targets_are_plus_and_minus_one_for_tanh():
    prepared = prepare(experiment(output_activation="tanh"))
    assert set(np.unique(prepared.Y_train)) == set(np.unique(prepared.Y_test)) == {-1.0, 1.0}


def test_two_classes_with_softmax_get_two_outputs():
    prepared = prepare(experiment(output_activation="softmax"))
    assert prepared.layer_sizes == (2, 3, 2)
    assert np.array_equal(prepared.Y_train.sum(axis=1), np.ones(prepared.train.n_samples))


def test_no_hidden_layer_is_fine():
    assert prepare(experiment(hidden=[])).network().layer_sizes == (2, 1)


def test_split_and_standardising_follow_the_data_set_unless_told():
    toy, table, truth = prepare(experiment()), prepare(experiment("wine")), prepare(experiment("xor_table"))
    assert (toy.inputs.standardise, table.inputs.standardise) == (False, True)
    assert (toy.test.n_samples, truth.test.n_samples) == (9, 0)
    whole = experiment("wine").edited(data=DataSpec(name="wine", test_fraction=0.0, standardise=False))
    assert prepare(whole).test.n_samples == 0
    assert not prepare(whole).inputs.standardise


def test_validation_rows_are_taken_from_the_training_rows():
    content = {"data": {"name": "moons"}}
    two, three = (
        prepare(Experiment.model_validate({"data": {**content["data"], "validation_fraction": share}}))
        for share in (0.0, 0.2)
    )
    assert np.array_equal(two.test.X, three.test.X)
    assert three.shown_parts == ("train", "validation", "test")
    assert three.validation.n_samples == round(0.2 * three.dataset.n_samples)
    assert two.train.n_samples == three.train.n_samples + three.validation.n_samples
    trainer = three.trainer()
    assert trainer.problem.watched == "validation"
    assert len(trainer.problem.X_validation) == three.validation.n_samples
    assert from_short_text(to_short_text(three.experiment)) == three.experiment
    painted = taken_over(three)
    again = prepare(with_rows(three.experiment, painted))
    for name in three.shown_parts:
        assert np.array_equal(again.part(name).X, three.part(name).X)


def test_standardising_sees_training_rows_only():
    prepared = prepare(experiment("wine"))
    assert np.allclose(prepared.X_train.mean(axis=0), 0.0, atol=1e-12)
    assert not np.allclose(prepared.X_test.mean(axis=0), 0.0, atol=1e-3)


def test_derived_inputs_become_network_inputs():
    wanted = experiment().edited(data=DataSpec(name="moons", inputs=("x1", "x1*x2")))
    assert prepare(wanted).layer_sizes[0] == 2
    assert prepare(wanted).inputs.names == ("x1", "x1*x2")


def test_a_batch_larger_than_the_data_means_all_rows():
    prepared = prepare(experiment(training={"batch_size": 10_000}))
    assert prepared.trainer().n_batches == 1
    assert trainer_settings(TrainingSpec(batch_size=21), 21)["batch_size"] is None


def test_settings_reach_the_trainer():
    training = {
        "optimizer": "momentum",
        "optimizer_parameters": {"momentum": 0.5},
        "schedule": {"name": "step", "parameters": {"period": 7}},
        "l2": 0.01,
        "dropout": 0.25,
        "clip_norm": 2.0,
        "patience": 9,
        "target_loss": 0.001,
        "seed": 5,
    }
    settings = prepare(experiment(training=training)).trainer().settings
    assert settings.optimizer_parameters == {"momentum": 0.5}
    assert (settings.schedule, settings.schedule_parameters["period"]) == ("step", 7)
    assert (settings.l2, settings.dropout, settings.clip_norm) == (0.01, 0.25, 2.0)
    assert (settings.patience, settings.target_loss, settings.seed) == (9, 0.001, 5)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"data": {"name": "moonz"}}, "did you mean 'moons'"),
        ({"data": {"name": "moons", "parameters": {"arms": 3}}}, "arms"),
        ({"data": {"name": "moons", "parameters": {"n_samples": 5}}}, "between 10 and"),
        ({"data": {"name": "moons", "inputs": ["x7"]}}, "x7"),
        ({"data": {"name": "moons", "inputs": []}}, "at least one input"),
        ({"network": {"hidden": [{"units": 2, "activation": "tan"}]}}, "did you mean 'tanh'"),
        ({"network": {"hidden": [3, {"units": 2, "activation": "softmax"}]}}, "hidden layer 2"),
        ({"network": {"init": "he"}}, "he_"),
        ({"network": {"output_activation": "sigmoyd"}}, "did you mean 'sigmoid'"),
        ({"network": {"output_activation": "tanh"}, "training": {"loss": "cross_entropy"}}, "cross_entropy"),
        ({"network": {"output_activation": "softmax"}, "training": {"loss": "huber"}}, "softmax"),
        ({"data": {"name": "sine"}, "training": {"loss": "binary_cross_entropy"}}, "compares classes"),
        ({"data": {"name": "sine"}, "network": {"output_activation": "softmax"}}, "softmax"),
        ({"training": {"optimizer": "adamm"}}, "did you mean 'adam"),
        ({"training": {"optimizer_parameters": {"momentum": 0.5}}}, "momentum"),
        ({"training": {"optimizer": "momentum", "optimizer_parameters": {"momentum": 2.0}}}, "between"),
        ({"training": {"schedule": "linear"}}, "linear"),
        ({"training": {"schedule": {"name": "step", "parameters": {"perod": 3}}}}, "perod"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(content, sentence):
    wanted = Experiment.model_validate({"data": {"name": "moons"}, **content})
    with pytest.raises(NnvizError, match=sentence) as caught:
        prepare(wanted)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "?"))


def test_training_through_a_step_is_refused():
    prepared = prepare(experiment(hidden=[{"units": 3, "activation": "step"}]))
    with pytest.raises(SettingError, match="step"):
        prepared.trainer()


WEIGHTS = (((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)), ((0.1, 0.2, 0.3),))


def test_a_network_too_large_for_memory_is_refused_before_anything_is_allocated():
    with pytest.raises(SettingError, match=r"52\u2009270\u2009593 weights and biases.*fewer or smaller layers"):
        prepare(experiment(hidden=[512] * 200))
    assert prepare(experiment(hidden=[512] * 20)).layer_sizes == (2, *[512] * 20, 1)


def test_explicit_weights_are_taken_bit_for_bit():
    network = prepare(experiment(explicit=WeightsSpec(weights=WEIGHTS, biases=((7.0, 8.0, 9.0), (0.5,))))).network()
    assert [W.tolist() for W in network.weights] == [[list(row) for row in W] for W in WEIGHTS]
    assert [b.tolist() for b in network.biases] == [[7.0, 8.0, 9.0], [0.5]]


def test_explicit_weights_without_biases_start_them_at_zero():
    network = prepare(experiment(explicit=WeightsSpec(weights=WEIGHTS))).network()
    assert [b.tolist() for b in network.biases] == [[0.0] * 3, [0.0]]


@pytest.mark.parametrize(
    ("weights", "biases", "bias", "sentence"),
    [
        (WEIGHTS[:1], (), True, "2 layers"),
        ((WEIGHTS[0], ((0.1, 0.2),)), (), True, "layer 2 must be 1 rows"),
        ((WEIGHTS[0][:2], WEIGHTS[1]), (), True, "layer 1 must be 3 rows"),
        (WEIGHTS, ((1.0,), (1.0,)), True, "3 biases"),
        (WEIGHTS, ((1.0, 0.0, 0.0), (0.0,)), False, "no biases"),
    ],
)
def test_explicit_weights_must_fit(weights, biases, bias, sentence):
    prepared = prepare(experiment(bias=bias, explicit=WeightsSpec(weights=weights, biases=biases)))
    with pytest.raises(SettingError, match=sentence):
        prepared.network()


def test_a_table_is_read_relative_to_the_base_path(tmp_path):
    lines = ["a,b,kind", *(f"{i},{i % 3},{'left' if i < 12 else 'right'}" for i in range(24))]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    wanted = Experiment(data=DataSpec(name=None, table=TableSource(path="t.csv", target="kind")))
    prepared = prepare(wanted, tmp_path)
    assert prepared.class_names == ("left", "right")
    assert prepared.test.n_samples > 0
    assert prepared.inputs.standardise


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        prepare(Experiment(data=DataSpec(name=None, table=TableSource(path="nowhere.csv"))), tmp_path)


def rows(**changes) -> Experiment:
    content = {"feature_names": ("p", "q"), "features": ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0)), **changes}
    return Experiment(data=DataSpec(name=None, rows=RowsSource(**content)))


def test_embedded_classes_and_numbers():
    classes = prepare(rows(labels=("no", "yes", "no")))
    assert (classes.class_names, classes.test.n_samples) == (("no", "yes"), 0)
    assert classes.train.class_index.tolist() == [0, 1, 0]
    numbers = prepare(rows(targets=((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))))
    assert (numbers.task, numbers.n_outputs) == ("regression", 2)


def test_embedded_rows_are_equally_long():
    with pytest.raises(ExperimentError, match="row 2 has 1 numbers"):
        rows(features=((0.0, 0.0), (1.0,), (1.0, 0.0)), labels=("a", "b", "a"))
    with pytest.raises(ExperimentError, match="same number of values"):
        rows(targets=((1.0,), (2.0, 3.0), (4.0,)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"labels": ("a", "b")}, "3 rows of features, but 2"),
        ({}, "either labels"),
        ({"labels": ("a", "b", "a"), "targets": ((1.0,), (2.0,), (3.0,))}, "either labels"),
        ({"labels": ("a", "a", "a")}, "two different classes"),
        ({"features": (), "labels": ()}, "empty"),
        ({"targets": ((), (), ())}, "same number of values"),
    ],
)
def test_embedded_rows_must_be_whole(changes, sentence):
    with pytest.raises(DataError, match=sentence):
        prepare(rows(**changes))


def test_however_much_is_wrong_a_sentence_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise DataError("{0} cannot be used: {1}", "table.csv", ", ".join(f"column {k} is empty" for k in range(99)))

    monkeypatch.setattr(sys.modules[prepare.__module__], "load_source", refuse)
    with pytest.raises(DataError) as refused:
        prepare(Experiment(data=DataSpec(name="xor")))
    assert str(refused.value).startswith("table.csv cannot be used: column 0 is empty")
    assert len(str(refused.value)) <= 300
