"""The lessons keep their promises: the ends that they measure, over several seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.experiment import LESSONS, Experiment, default_experiment

SOURCES = ("source-a", "source-b", "source-c", "source-d", "source-e")


def with_seed(experiment: Experiment, seed: int) -> Experiment:
    """Every seed of `experiment` moved on by `seed`."""
    return experiment.edited(
        data=experiment.data.edited(seed=experiment.data.seed + seed, split_seed=experiment.data.split_seed + seed),
        network=experiment.network.edited(seed=experiment.network.seed + seed),
        training=experiment.training.edited(seed=experiment.training.seed + seed),
    )


def history_of(name: str, seed: int = 0):
    experiment = with_seed(LESSONS[name].experiment, seed)
    return experiment.trainer().run(experiment.training.epochs)


def test_the_sources_come_first():
    assert tuple(LESSONS)[: len(SOURCES)] == SOURCES
    assert len(LESSONS) >= len(SOURCES)
    assert "source-q" not in LESSONS
    with pytest.raises(KeyError):
        LESSONS["source-q"]


@pytest.mark.parametrize("name", list(LESSONS))
def test_every_lesson_has_a_title_and_says_what_to_look_at(name):
    lesson = LESSONS[name]
    assert lesson.label
    assert len(lesson.help) > 200
    assert lesson.experiment.notes == lesson.help


@pytest.mark.parametrize("name", SOURCES)
def test_it_stops_where_its_effect_has_been_seen(name):
    training = LESSONS[name].experiment.training
    assert training.stop_at_epochs
    assert training.epochs == {"a": 100, "b": 1000, "c": 1500, "d": 3500, "e": 3000}[name[-1]]


def test_notes_speak_of_what_the_window_shows():
    for name in SOURCES:
        words = LESSONS[name].help
        assert "cost" not in words
        assert "initialiser" not in words


@pytest.mark.parametrize("seed", range(4))
def test_a_reaches_95_percent_on_test_rows(seed):
    history = history_of("source-a", seed)
    assert history.test_accuracy[-1] >= 0.95
    assert seed == 0 or 0.2 <= history.test_accuracy[0] <= 0.8


def test_a_begins_nearly_right_and_gets_sure():
    history = history_of("source-a")
    assert history.test_accuracy[[0, -1]] == pytest.approx([0.94, 0.98], abs=0.005)
    assert history.train_loss[1] < 0.5 * history.train_loss[0]


def test_a_explodes_and_vanishes_as_told():
    experiment = LESSONS["source-a"].experiment
    fast = experiment.edited(training=experiment.training.edited(learning_rate=10.0)).trainer().run(10)
    assert fast.train_loss.max() > 5.0 * fast.train_loss[0]
    deep = [*experiment.network.hidden, *({"units": 8, "activation": "sigmoid"} for _ in range(10))]
    trainer = experiment.edited(network=experiment.network.edited(hidden=deep)).trainer()
    dW, _ = trainer.network.gradients(trainer.problem.X, trainer.problem.Y)
    assert np.abs(dW[0]).mean() < 1e-4 * np.abs(dW[-1]).mean()


def test_b_falls_at_once_then_steeply_then_ever_more_slowly():
    loss = history_of("source-b").train_loss
    assert loss[[0, 1, 10, 50, 1000]] == pytest.approx([0.99, 0.74, 0.616, 0.207, 0.002], abs=0.005)
    assert (np.diff(loss) < 0.0).all()
    assert loss[1] - loss[10] < loss[0] - loss[1] < loss[10] - loss[50]


def test_b_has_twins_for_ever_where_the_first_weights_are_zeros():
    experiment = LESSONS["source-b"].experiment
    trainer = experiment.edited(network=experiment.network.edited(init="zeros")).trainer()
    trainer.run(1000)
    assert np.ptp(trainer.network.weights[0], axis=0).max() == 0.0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["source-b", "source-c", "source-e"])
def test_tables_are_learnt_completely(name, seed):
    history = history_of(name, seed)
    assert history.train_accuracy[-1] == 1.0
    assert not np.isfinite(history.test_loss).any()


@pytest.mark.parametrize("seed", range(4))
def test_c_never_rises(seed):
    loss = history_of("source-c", seed).train_loss
    assert (np.diff(loss) <= 0.0).all()
    # The steepest part, after the outputs have found their mean.
    assert 100 < 50 + int(np.argmin(np.diff(loss[50:]))) < 310


def test_c_parts_between_epochs_100_and_200():
    loss = history_of("source-c").train_loss
    assert loss[[100, 200]] == pytest.approx([0.835, 0.181], abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_d_stands_at_ln_2(seed):
    loss = history_of("source-d", seed).train_loss
    assert abs(loss[1000] - math.log(2.0)) < 0.001
    assert loss[-1] < 0.3


def test_d_leaves_the_plateau_late_and_with_xavier_soon():
    experiment = LESSONS["source-d"].experiment
    loss = experiment.trainer().run(3500).train_loss
    assert loss[[1400, 1600, -1]] == pytest.approx([math.log(2.0), 0.27, 0.26], abs=0.03)
    network = experiment.network
    xavier = experiment.edited(network=network.edited(init="xavier_uniform", init_scale=1.0))
    shallow = experiment.edited(network=network.edited(hidden=network.hidden[:1]))
    for soon in (xavier, shallow):
        assert soon.trainer().run(60).train_loss[-1] < 0.5
    small = experiment.edited(network=network.edited(init="xavier_uniform"))
    assert small.trainer().run(1500).train_loss[-1] == pytest.approx(math.log(2.0), abs=0.001)


def test_e_starts_from_the_weights_of_the_worked_example():
    prepared = LESSONS["source-e"].experiment.prepared()
    network = prepared.network()
    _, hidden, output = network.forward(np.array([[1.0, 0.0, 1.0]]))
    assert np.allclose(hidden[0], [0.731058578630, 0.710949502625, 0.710949502625], atol=1e-12)
    assert output[0, 0] == pytest.approx(0.7711201275, abs=1e-10)
    dW, _ = network.gradients([[1.0, 0.0, 1.0]], [[0.0]], loss="half_squared_error")
    assert dW[1][0, 0] == pytest.approx(0.0994955962, abs=1e-10)
    assert not any(b.any() for b in network.biases)


@pytest.mark.parametrize("seed", range(5))
def test_the_default_experiment_looks_good_within_a_hundred_epochs(seed):
    history = with_seed(default_experiment(), seed).trainer().run(100)
    assert history.test_accuracy[-1] >= 0.97
