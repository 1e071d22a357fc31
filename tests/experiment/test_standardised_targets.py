"""Regressions whose targets are far from 0: they are learnt, and everything but the loss is told in their units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from nnviz.core.metrics import r2, rmse
from nnviz.experiment import DataSpec, Experiment, FrameBuilder, Needs, NetworkSpec, PlaneRequest, prepare
from nnviz.experiment.answers import answer_on_plane
from nnviz.experiment.document import load_document, validate_experiment
from nnviz.experiment.frame import Hold
from nnviz.experiment.schema import RowsSource, TableSource, TrainingSpec
from nnviz.export.models import load_model, save_model

UNITS = {"price": (280_000.0, 100_000.0), "share": (0.002, 0.0005), "both ways": (-4e9, 1e9)}


def table(offset: float, scale: float, n: int = 150) -> str:
    """Return a table with a target that a plane explains to 97 %, in units of `scale` around `offset`."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 3)) * (40.0, 0.5, 3.0) + (90.0, 2.0, 0.0)
    y = offset + scale * ((X - (90.0, 2.0, 0.0)) / (40.0, 0.5, 3.0) @ (0.8, 0.5, -0.3) + rng.normal(size=n) * 0.17)
    rows = [",".join(f"{value:.9g}" for value in (*x, target)) for x, target in zip(X, y, strict=True)]
    return "\n".join(["area,rooms,age,price", *rows])


def experiment_on(text: str, **data: object) -> Experiment:
    training = TrainingSpec(learning_rate=0.003, l2=0.003, engine="numpy")
    return Experiment(data=DataSpec(name=None, table=TableSource(text=text), **data), training=training)


@pytest.mark.parametrize("name", UNITS)
def test_a_table_is_learnt_whatever_its_units(name: str) -> None:
    prepared = prepare(experiment_on(table(*UNITS[name])))
    trainer = prepared.trainer()
    history = trainer.run(100)
    assert trainer.diverged is None
    assert history.test_score[-1] >= 0.9
    predicted = prepared.targets.restore(trainer.network.predict(prepared.X_test))
    assert history.test_rmse[-1] == pytest.approx(rmse(prepared.test.y, predicted), rel=1e-9)
    assert history.test_score[-1] == pytest.approx(r2(prepared.test.y, predicted), rel=1e-9)
    assert history.test_rmse[-1] < 0.3 * UNITS[name][1]
    assert history.train_loss[-1] < 0.1


def test_figures_do_not_depend_on_the_units() -> None:
    one, other = (prepare(experiment_on(table(*units))).trainer().run(20) for units in ((0.0, 10.0), (5e6, 1e7)))
    np.testing.assert_allclose(other.train_loss, one.train_loss, rtol=1e-4)
    np.testing.assert_allclose(other.test_score, one.test_score, rtol=1e-4)


@pytest.mark.parametrize("name", ["sine", "plane", "multi_gaussian", "nielsen", "source_c", "xor_table"])
def test_generated_sets_and_truth_tables_are_learnt_as_they_are(name: str) -> None:
    assert not prepare(Experiment(data=DataSpec(name=name))).targets.is_scaled


@pytest.mark.parametrize("name", ["auto_mpg", "concrete"])
def test_measured_sets_are_standardised(name: str) -> None:
    assert prepare(Experiment(data=DataSpec(name=name))).targets.is_scaled


def test_targets_that_are_easy_are_left_alone_unless_one_says_otherwise() -> None:
    text = table(0.0, 1.0)
    assert not prepare(experiment_on(text)).targets.is_scaled
    assert prepare(experiment_on(text, standardise_targets=True)).targets.is_scaled
    assert not prepare(experiment_on(table(*UNITS["price"]), standardise_targets=False)).targets.is_scaled


def test_what_is_fitted_is_fitted_on_training_rows() -> None:
    prepared = prepare(experiment_on(table(*UNITS["price"])))
    np.testing.assert_allclose(prepared.targets.offset, prepared.train.y.mean(axis=0))
    np.testing.assert_allclose(prepared.targets.scale, prepared.train.y.std(axis=0))


def test_everything_but_the_loss_is_in_the_units_of_the_data() -> None:
    prepared = prepare(experiment_on(table(*UNITS["price"])))
    trainer = prepared.trainer()
    trainer.run(30)
    raw = tuple(prepared.train.X[0].tolist())
    needs = Needs(planes={"": PlaneRequest(axes=(0, 1))}, answers=True, probes={"": raw})
    frame = FrameBuilder(prepared).build(trainer.moment(), needs, status="paused")
    assert frame.scaled_targets
    assert frame.plane is not None
    low, high = prepared.dataset.y.min(), prepared.dataset.y.max()
    assert low - (high - low) < frame.plane.values.min() < frame.plane.values.max() < high + (high - low)
    assert frame.probe is not None
    assert frame.answers_train is not None
    assert frame.probe.answer[0] == pytest.approx(frame.answers_train.outputs[0, 0], rel=1e-12)
    assert abs(frame.probe.activations[-1][0]) < 10.0
    assert abs(frame.answers_train.outputs - prepared.train.y).mean() < 40_000.0
    assert frame.answers_train.losses.mean() == pytest.approx(frame.metrics.train_loss, rel=1e-9)
    x, y = prepared.train.X[0, :2].tolist()
    plane = replace(frame.plane, hold=Hold("row", ("train", 0)))
    assert answer_on_plane(frame, plane, prepared, x, y)[0] == pytest.approx(frame.probe.answer[0], rel=1e-9)


def test_a_curve_and_its_parts_are_in_the_units_of_the_data() -> None:
    rows = "\n".join(["dose,bacteria", *(f"{x * x / 40:.3f},{1000 + 500 * x}" for x in range(40))])
    prepared = prepare(experiment_on(rows))
    trainer = prepared.trainer()
    trainer.run(5)
    needs = Needs(planes={"": PlaneRequest(axes=(0, 0), parts=True)})
    plane = FrameBuilder(prepared).build(trainer.moment(), needs, status="paused").plane
    assert plane is not None
    assert plane.parts is not None
    np.testing.assert_allclose(plane.parts.values.sum(axis=0) + plane.parts.bias, plane.values[0, :, 0], rtol=1e-4)
    assert plane.y_range[0] < 1000.0 < 20_500.0 < plane.y_range[1]


def test_a_model_answers_in_the_units_of_the_data(tmp_path: Path) -> None:
    prepared = prepare(experiment_on(table(*UNITS["price"])))
    trainer = prepared.trainer()
    trainer.run(30)
    save_model(tmp_path / "m.npz", trainer.network, prepared)
    model = load_model(tmp_path / "m.npz")
    expected = prepared.targets.restore(trainer.network.predict(prepared.X_test))
    predictions = model.predict(prepared.test.X)
    np.testing.assert_array_equal(predictions.outputs, expected)
    first = predictions.text().splitlines()[1]
    assert float(first) == pytest.approx(expected[0, 0], rel=1e-8)


def test_the_choice_is_saved(tmp_path: Path) -> None:
    experiment = experiment_on(table(*UNITS["price"]), standardise_targets=False)
    for name in ("a.toml", "a.nnviz"):
        experiment.save(tmp_path / name)
        assert Experiment.load(tmp_path / name) == experiment


OLD = {"format": 1, "data": {"name": "auto_mpg"}, "training": {"engine": "numpy"}}


def test_a_file_of_the_first_format_keeps_its_units() -> None:
    experiment = validate_experiment(OLD, "old.toml")
    assert experiment.data.standardise_targets is False
    assert not prepare(experiment).targets.is_scaled
    rows = RowsSource(feature_names=("a",), features=[[1.0], [2.0]], targets=[[100.0], [200.0]])
    content = {"format": 1, "data": {"rows": rows.model_dump(mode="json")}}
    assert not prepare(validate_experiment(content, "old.toml")).targets.is_scaled


def test_a_file_without_a_format_is_a_new_one() -> None:
    content = {name: value for name, value in OLD.items() if name != "format"}
    assert prepare(validate_experiment(content, "new.toml")).targets.is_scaled


def test_a_table_opened_by_its_name_is_learnt(tmp_path: Path) -> None:
    path = tmp_path / "flats.csv"
    path.write_text(table(*UNITS["price"]))
    experiment = load_document(path).experiment
    experiment = experiment.edited(network=NetworkSpec(), training=experiment.training.edited(engine="numpy"))
    assert experiment.trainer().run(100).test_score[-1] >= 0.9
