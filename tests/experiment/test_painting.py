"""From data to a canvas and back, the classes of a canvas, and which runs go on."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.core.errors import SettingError
from nnviz.data import load_dataset
from nnviz.data.table_file import write_table
from nnviz.experiment import DataSpec, Experiment, NetworkSpec, TableSource, TrainingSpec, prepare
from nnviz.experiment.effects import Effect, effect_of
from nnviz.experiment.painting import (
    MAX_CLASSES,
    canvas_of,
    drawn_keys,
    only_points_differ,
    rows_of,
    taken_over,
    why_not,
    with_class,
    with_class_name,
    with_nothing,
    with_rows,
    without_class,
)
from nnviz.experiment.sources import NothingPaintedError


def painted(name: str = "moons", **fields) -> Experiment:
    experiment = Experiment(data=DataSpec(name=name, **fields))
    return with_rows(experiment, taken_over(prepare(experiment)))


@pytest.mark.parametrize("name", ["moons", "spiral", "xor_table", "plane", "sine", "two_spirals_cmu"])
def test_every_point_is_taken_over_on_its_side_of_the_split(name):
    before = prepare(Experiment(data=DataSpec(name=name, split_seed=3)))
    after = prepare(painted(name, split_seed=3))
    for part in ("train", "test"):
        old, new = getattr(before, part), getattr(after, part)
        assert np.array_equal(old.X, new.X)
        assert np.array_equal(old.y, new.y)
    assert (before.class_names, before.layer_sizes, before.loss) == (after.class_names, after.layer_sizes, after.loss)
    assert before.inputs.standardise == after.inputs.standardise


@pytest.mark.parametrize("name", ["moons", "plane", "sine"])
def test_a_canvas_and_its_rows_are_the_same(name):
    rows = painted(name).data.rows
    assert rows_of(canvas_of(rows), rows) == rows


@pytest.mark.parametrize("name", ["moons", "plane", "sine"])
def test_one_more_point_changes_no_other(name):
    experiment = painted(name)
    before = prepare(experiment)
    rows = experiment.data.rows
    canvas = canvas_of(rows)
    more = canvas.added(np.array([[0.25, 0.5]]), 1.0, drawn_keys(1, np.random.default_rng(0)))
    after = prepare(with_rows(experiment, rows_of(more, rows)))
    assert after.dataset.n_samples == before.dataset.n_samples + 1
    assert np.array_equal(after.train.X[: before.train.n_samples], before.train.X)
    assert np.array_equal(after.test.X[: before.test.n_samples], before.test.X)


@pytest.mark.parametrize("name", ["moons", "spiral", "plane", "sine"])
def test_a_run_goes_on_when_its_data_are_painted_over(name):
    experiment = Experiment(data=DataSpec(name=name))
    first = with_rows(experiment, taken_over(prepare(experiment)))
    assert effect_of(experiment, first) is Effect.DATA
    assert effect_of(first, experiment) is Effect.DATA
    rows = first.data.rows
    fewer = with_rows(first, rows_of(canvas_of(rows).without(np.arange(len(rows.features)) < 5), rows))
    assert effect_of(first, fewer) is Effect.DATA
    assert only_points_differ(first, fewer)
    assert (
        effect_of(first, Experiment(data=DataSpec(name="circles" if name == "spiral" else "spiral"))) is Effect.RESTART
    )


def test_a_run_begins_again_with_other_classes():
    experiment = painted()
    added = with_class(experiment, experiment.data.rows)
    assert effect_of(experiment, added) is Effect.RESTART
    assert effect_of(Experiment(data=DataSpec(name="moons")), added) is Effect.RESTART
    assert prepare(added).class_names == ("class A", "class B", "class C")
    assert prepare(added).layer_sizes[-1] == 3
    renamed = with_class_name(experiment, experiment.data.rows, 0, "sun")
    assert effect_of(experiment, renamed) is Effect.DATA
    assert prepare(renamed).class_names == ("sun", "class B")


def test_a_class_goes_with_its_points():
    experiment = painted("blobs", parameters={"n_samples": 60, "n_classes": 4})
    rows = experiment.data.rows
    left = without_class(experiment, rows, 1).data.rows
    assert left.class_names == ("class A", "class C", "class D")
    assert left.labels.to_list() == [label for label in rows.labels.to_list() if label != "class B"]


def test_there_are_two_to_ten_classes_with_different_names():
    experiment = painted()
    with pytest.raises(SettingError, match="two classes at least"):
        without_class(experiment, experiment.data.rows, 0)
    with pytest.raises(SettingError, match="needs a name"):
        with_class_name(experiment, experiment.data.rows, 0, "  ")
    with pytest.raises(SettingError, match="already"):
        with_class_name(experiment, experiment.data.rows, 0, "class B")
    for _ in range(MAX_CLASSES - 2):
        experiment = with_class(experiment, experiment.data.rows)
    assert prepare(experiment).layer_sizes[-1] == MAX_CLASSES
    with pytest.raises(SettingError, match="10 classes"):
        with_class(experiment, experiment.data.rows)


def test_a_loss_of_two_classes_becomes_automatic_with_three():
    experiment = painted().edited(training=TrainingSpec(loss="binary_cross_entropy"))
    assert with_class(experiment, experiment.data.rows).training.loss == "auto"


def test_an_empty_canvas_is_news_and_no_fault():
    for empty in (
        with_nothing(painted(), painted().data.rows),
        with_nothing(Experiment(data=DataSpec(name="wine")), None),
    ):
        with pytest.raises(NothingPaintedError, match="no points yet"):
            prepare(empty)
        rows = empty.data.rows
        one = canvas_of(rows).added(np.array([[1.0, 2.0]]), 0.0, np.array([0], dtype=np.uint16))
        prepared = prepare(with_rows(empty, rows_of(one, rows)))
        assert (prepared.train.n_samples, prepared.test.n_samples) == (1, 0)
        assert effect_of(empty, with_rows(empty, rows_of(one, rows))) is Effect.DATA


def test_what_cannot_be_painted_says_why():
    assert why_not(load_dataset("wine")) == ("features", 13)
    assert why_not(load_dataset("moons")) == ("", 0)
    assert why_not(load_dataset("sine")) == ("", 0)


def test_two_tables_of_one_name_are_not_one_kind():
    tables = [DataSpec(table=TableSource(path=f"{folder}/a.csv")) for folder in "pq"]
    old, new = (Experiment(data=data, network=NetworkSpec()) for data in tables)
    assert effect_of(old, new) is Effect.RESTART
    assert effect_of(old, old.edited(data=old.data.edited(follow=True))) is Effect.NONE


@pytest.mark.parametrize("name", ["moons", "plane", "sine"])
def test_a_written_table_reads_back_equal(name, tmp_path):
    from nnviz.data import read_table

    data = load_dataset(name, n_samples=40)
    write_table(data, tmp_path / "points.csv")
    back = read_table(tmp_path / "points.csv")
    assert np.array_equal(back.X, data.X)
    assert np.array_equal(back.y, data.y)
    assert (back.feature_names, back.target_names) == (data.feature_names, data.target_names)
    assert back.class_names == data.class_names
