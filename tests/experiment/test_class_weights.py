"""Weights of classes and rows in an experiment: in files, lines of text and edits, with the data, and in figures."""

import json
import re

import numpy as np
import pytest

from nnviz import headless
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.metrics import ClassFigures, confusion
from nnviz.core.numbers import percent_text
from nnviz.data import Dataset
from nnviz.experiment import Experiment, edits, load_document
from nnviz.experiment.document import Document, save_document
from nnviz.experiment.edits import Facts
from nnviz.experiment.overrides import with_settings
from nnviz.experiment.painting import canvas_of, rows_of, taken_over, with_class, with_rows, without_class
from nnviz.experiment.rare_classes import lone_class_note, rare_class
from nnviz.experiment.short_text import from_short_text, to_short_text
from nnviz.export.run_folder import summary

MOONS = Experiment.load("moons")
WEIGHTED = """@relation r
@attribute a real
@attribute b real
@attribute c {x,y}
@data
""" + "".join(f"{k},{-k % 7},{'xy'[k % 3 == 0]},{{{k % 4 + 1}}}\n" for k in range(40))


def weighing(experiment, weights):
    return with_settings(experiment, [f"training.class_weights={weights}"])


@pytest.mark.parametrize(("text", "value"), [("balanced", "balanced"), ("[1, 2.5]", (1.0, 2.5)), ("none", None)])
def test_weights_are_set_saved_and_passed_on(text, value, tmp_path):
    experiment = weighing(MOONS, text)
    assert experiment.training.class_weights == value
    assert from_short_text(to_short_text(experiment)).training.class_weights == value
    for suffix in (".toml", ".nnviz"):
        save_document(Document(experiment), tmp_path / f"e{suffix}")
        assert load_document(tmp_path / f"e{suffix}").experiment.training.class_weights == value
    assert experiment.trainer().class_weights == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("even", "training.class_weights: Class weights are balanced, or one number for each class"),
        ("[1, -2]", "training.class_weights: Class weight must lie between"),
        ("[1]", "training.class_weights: Class weights need one number for each class"),
        ("3", "training.class_weights: Class weights are balanced"),
    ],
)
def test_wrong_weights_are_refused_in_one_sentence(text, words):
    with pytest.raises(ExperimentError, match=words):
        weighing(MOONS, text)


def test_weights_that_do_not_go_with_the_data_are_refused():
    with pytest.raises(SettingError, match="There are 2 classes but 3 class weights"):
        weighing(MOONS, "[1, 2, 3]").prepared()
    with pytest.raises(SettingError, match="class weights, but Sine has no classes"):
        weighing(Experiment.load("sine"), "balanced").prepared()
    squared = with_settings(MOONS, ["loss=mean_squared_error"])
    with pytest.raises(SettingError, match="Class weights go with the losses"):
        weighing(squared, "balanced").prepared()


def test_edits_take_weights_away_where_they_cannot_stay():
    balanced, typed = weighing(MOONS, "balanced"), weighing(MOONS, "[1, 2]")
    facts = Facts.of(MOONS.prepared())
    for experiment in (balanced, typed):
        assert edits.with_loss(experiment, "mean_squared_error", facts).training.class_weights is None
        assert edits.with_loss(experiment, "auto", facts).training.class_weights is not None
        assert edits.with_output(experiment, "tanh", facts).training.class_weights is None
        assert edits.with_dataset(experiment, "sine", "classification").training.class_weights is None
        edits.with_dataset(experiment, "wine", "classification").prepared()
    assert edits.with_dataset(balanced, "wine", "classification").training.class_weights == "balanced"
    assert edits.with_dataset(typed, "wine", "classification").training.class_weights is None
    assert edits.with_dataset(typed, "circles", "classification").training.class_weights == (1.0, 2.0)
    spiral = weighing(Experiment.load("spiral"), "balanced")
    arms = edits.with_data_parameter(spiral, "arms", 4)
    assert arms.training.class_weights == "balanced"
    assert edits.with_data_parameter(weighing(arms, "[1,2,3,4]"), "arms", 3).training.class_weights is None


def test_painted_classes_come_and_go_with_their_weights():
    rows = taken_over(MOONS.prepared())
    experiment = with_rows(weighing(MOONS, "[1, 2]"), rows)
    more = with_class(experiment, rows)
    assert more.training.class_weights == (1.0, 2.0, 1.0)
    fewer = without_class(more, more.data.rows, 0)
    assert fewer.training.class_weights == (2.0, 1.0)
    assert np.isfinite(with_rows(experiment, rows).trainer().history.train_loss[0])


def test_weights_of_rows_reach_the_trainer_from_a_file_and_through_painting(tmp_path):
    path = tmp_path / "weighted.arff"
    path.write_text(WEIGHTED, encoding="utf-8")
    prepared = Experiment.load(path).prepared()
    weight_of = {float(k): k % 4 + 1.0 for k in range(40)}
    trainer = prepared.trainer()
    for part, weights in ((prepared.train, trainer.problem.weights), (prepared.test, trainer.problem.weights_test)):
        given = np.array([weight_of[x] for x in part.X[:, 0].tolist()])
        # Those of training rows are 1 on the average.
        np.testing.assert_allclose(weights, given / given.mean() if part is prepared.train else given, rtol=1e-15)
    assert prepared.is_weighted
    assert "(losses weighted)" in headless.describe_result(trainer, prepared)
    balanced = weighing(prepared.experiment, "balanced").trainer()
    factors = balanced.problem.weights / trainer.problem.weights
    assert len(np.unique(factors.round(9))) == 2

    rows = taken_over(prepared)
    canvas = canvas_of(rows)
    assert [weight_of[x] for x in canvas.places[:, 0].tolist()] == canvas.weights.tolist()
    canvas = canvas.without(canvas.places[:, 0] < 30.0).added(np.array([[3.5, 1.0]]), 1, np.array([0], dtype=np.uint16))
    painted = with_rows(prepared.experiment, rows_of(canvas, rows)).prepared()
    whole = dict(zip(painted.dataset.X[:, 0].tolist(), painted.dataset.row_weights.tolist(), strict=True))
    assert whole == {3.5: 1.0} | {x: w for x, w in weight_of.items() if x >= 30.0}


@pytest.mark.parametrize(
    ("counts", "rare"),
    [
        ((97, 3), "b"),
        ((90, 10), None),
        ((91, 9), "b"),
        ((4, 60, 36), "a"),
        ((50, 50, 0), None),
        (tuple([10] * 9 + [9]), None),
        (tuple([10] * 9 + [4]), "j"),
    ],
)
def test_a_class_is_rare_where_accuracy_says_little(counts, rare):
    names = list("abcdefghij"[: len(counts)])
    classes = np.repeat(np.arange(len(counts)), counts)
    found = rare_class(Dataset.of_classes(np.arange(len(classes))[:, None], classes, names, ["x"]))
    assert (found and found.name) == rare


@pytest.mark.parametrize(("counts", "says"), [((7, 0), True), ((0, 0, 2), True), ((7, 1), False), ((0, 0), False)])
def test_a_single_class_leaves_nothing_to_tell_apart(counts: tuple[int, ...], says: bool) -> None:
    names = list("ABC"[: len(counts)])
    classes = np.repeat(np.arange(len(counts)), counts)
    note = lone_class_note(Dataset.of_classes(np.zeros((len(classes), 1)), classes, names, ["x"]))
    assert ("nothing to tell apart" in note) == says
    assert not says or repr(names[int(np.argmax(counts))]) in note


def test_an_unbalanced_table_is_noted_and_balanced_weights_raise_the_recall(tmp_path):
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(480, 2)), rng.normal((1.7, 0.5), 1.0, (20, 2))])
    lines = [f"{a:.3f},{b:.3f},{'fraud' if k >= 480 else 'fine'}" for k, (a, b) in enumerate(X)]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,kind", *lines]), encoding="utf-8")
    experiment = with_settings(Experiment.load(tmp_path / "t.csv"), ["learning_rate=0.01", "batch_size=50"])
    recalls = {}
    for weights in ("none", "balanced"):
        prepared = weighing(experiment, weights).prepared()
        trainer = prepared.trainer()
        trainer.run(60)
        told = summary(trainer, prepared, 0.0)
        json.dumps(told)
        each = told["classes"]["train"]["each"]
        assert [one["name"] for one in each] == ["fine", "fraud"]
        recalls[weights] = each[1]["recall"]
        assert told["classes"]["train"]["balanced_accuracy"] == pytest.approx(
            told["last"]["train_balanced_accuracy"], rel=1e-12
        )
        assert told["class_weights"] == (None if weights == "none" else "balanced")
    assert recalls["balanced"] > recalls["none"] + 0.3
    assert any("only 4.0 % of the rows are 'fraud'" in note.replace("\u2009", " ") for note in prepared.notes)
    assert "(balanced " in headless.describe_result(trainer, prepared)
    table = headless.class_table(trainer, prepared).splitlines()
    figures = ClassFigures.of(confusion(prepared.Y_test, trainer.network.predict(prepared.X_test), 0.5))
    assert re.split(r"\s{2,}", table[2].strip()) == [
        "fraud",
        "6",
        percent_text(figures.precision[1]),
        percent_text(figures.recall[1]),
        percent_text(figures.f1[1]),
    ]
    assert not headless.class_table(MOONS.trainer(), MOONS.prepared())
