"""What each kind of edit does to a run."""

from __future__ import annotations

from typing import Any

import pytest

from nnviz.experiment.document import Experiment
from nnviz.experiment.effects import (
    INDEPENDENT,
    LIVE_TRAINING,
    SAME_KIND_DATA,
    Effect,
    effect_of,
    mixes_parts,
)
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, ScheduleSpec, TrainingSpec, ViewSpec

BASE = Experiment()


def after(part: str, **changes: Any) -> Effect:
    return effect_of(BASE, BASE.edited(**{part: getattr(BASE, part).edited(**changes)}))


def test_an_equal_experiment_has_no_effect() -> None:
    assert effect_of(BASE, Experiment()) is Effect.NONE


@pytest.mark.parametrize(
    "changes", [{"title": "other"}, {"notes": "a"}, {"view": ViewSpec(log_loss=True)}], ids=lambda c: next(iter(c))
)
def test_what_no_run_depends_on_has_no_effect(changes: dict[str, Any]) -> None:
    assert effect_of(BASE, BASE.edited(**changes)) is Effect.NONE


def test_the_length_counts_only_where_it_is_a_stop() -> None:
    assert after("training", epochs=7) is Effect.NONE
    assert after("training", epochs=7, stop_at_epochs=True) is Effect.LIVE
    stopping = BASE.edited(training=BASE.training.edited(stop_at_epochs=True))
    assert effect_of(stopping, stopping.edited(training=stopping.training.edited(epochs=7))) is Effect.LIVE


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.5},
        {"batch_size": None},
        {"l1": 0.1},
        {"l2": 0.1},
        {"dropout": 0.2},
        {"clip_norm": 1.0},
        {"schedule": ScheduleSpec(name="cosine")},
        {"optimizer": "sgd"},
        {"optimizer_parameters": {"beta1": 0.8}},
        {"shuffle": False},
        {"target_loss": 0.1},
        {"patience": 5},
        {"stop_at_epochs": True},
    ],
    ids=lambda c: next(iter(c)),
)
def test_training_settings_are_live(changes: dict[str, Any]) -> None:
    assert after("training", **changes) is Effect.LIVE


@pytest.mark.parametrize("changes", [{"loss": "huber"}, {"seed": 1}, {"engine": "numpy"}], ids=lambda c: next(iter(c)))
def test_another_loss_seed_or_engine_restarts(changes: dict[str, Any]) -> None:
    assert after("training", **changes) is Effect.RESTART


@pytest.mark.parametrize(
    "changes",
    [{"seed": 3}, {"parameters": {"noise": 0.5}}, {"test_fraction": 0.2}, {"split_seed": 4}],
    ids=lambda c: next(iter(c)),
)
def test_other_rows_of_the_same_kind_keep_the_run(changes: dict[str, Any]) -> None:
    assert after("data", **changes) is Effect.DATA


@pytest.mark.parametrize(
    "changes",
    [{"name": "moons"}, {"parameters": {"arms": 4}}, {"inputs": ("x1", "x2", "x1*x2")}, {"standardise": True}],
    ids=lambda c: next(iter(c)),
)
def test_another_kind_of_data_restarts(changes: dict[str, Any]) -> None:
    assert after("data", **changes) is Effect.RESTART


def test_another_network_restarts() -> None:
    assert after("network", hidden=(LayerSpec(units=3),)) is Effect.RESTART
    assert after("network", seed=1) is Effect.RESTART


def test_the_strongest_effect_counts() -> None:
    changed = BASE.edited(
        title="b", training=BASE.training.edited(learning_rate=0.5), data=BASE.data.edited(split_seed=1)
    )
    assert effect_of(BASE, changed) is Effect.DATA


def test_the_table_names_fields_that_exist() -> None:
    assert set(TrainingSpec.model_fields) >= LIVE_TRAINING
    assert set(DataSpec.model_fields) >= SAME_KIND_DATA
    assert set(Experiment.model_fields) >= INDEPENDENT | {"data", "network", "training"}
    assert "hidden" in NetworkSpec.model_fields


@pytest.mark.parametrize(
    ("changes", "mixes"),
    [
        ({}, False),
        ({"test_fraction": 0.4}, True),
        ({"test_fraction": 0.2}, False),
        ({"test_fraction": None}, True),
        ({"validation_fraction": 0.2}, True),
        ({"validation_fraction": 0.0}, False),
        ({"split_seed": 7}, True),
        # Other rows altogether: nothing has been learnt from them.
        ({"seed": 7}, False),
        ({"seed": 7, "test_fraction": 0.4}, False),
    ],
)
def test_rows_that_were_learnt_from_judge_only_after_another_split(changes: dict[str, Any], mixes: bool) -> None:
    data = DataSpec(name="moons", test_fraction=0.3, validation_fraction=0.1)
    assert mixes_parts(data, data.edited(**changes)) is mixes
