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


@pytest.mark.parametrize("seed", range(4))
def test_a_reaches_95_percent_on_test_rows(seed):
    assert history_of("source-a", seed).test_accuracy[-1] >= 0.95


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["source-b", "source-c", "source-e"])
def test_tables_are_learnt_completely(name, seed):
    history = history_of(name, seed)
    assert history.train_accuracy[-1] == 1.0
    assert not np.isfinite(history.test_loss).any()


@pytest.mark.parametrize("seed", range(4))
def test_c_never_rises(seed):
    assert (np.diff(history_of("source-c", seed).train_loss) <= 0.0).all()


@pytest.mark.parametrize("seed", range(4))
def test_d_stands_at_ln_2(seed):
    history = history_of("source-d", seed)
    assert history.epoch[-1] == 200
    assert abs(history.train_loss[-1] - math.log(2.0)) < 0.001


def test_d_leaves_the_plateau_late_and_with_xavier_soon():
    experiment = LESSONS["source-d"].experiment
    assert experiment.trainer().run(4000).train_loss[[1000, -1]] == pytest.approx([math.log(2.0), 0.26], abs=0.02)
    xavier = experiment.edited(network=experiment.network.edited(init="xavier_uniform", init_scale=1.0))
    assert xavier.trainer().run(100).train_loss[-1] < 0.4


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
