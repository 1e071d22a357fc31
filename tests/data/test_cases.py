"""The tables of ``cases/``: what each opens as, through the API and as an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nnviz.data import default_choices, make_dataset, open_table, read_table, summarise
from nnviz.experiment import load_document

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Right:
    """What a file must open as: target, rows, classes (0 for a regression) and its first inputs."""

    target: str
    n_rows: int
    n_classes: int
    inputs: tuple[str, ...]


RIGHT = {
    "loans.csv": Right("risk", 60, 2, ("amount", "other_plans=bank", "other_plans=none", "other_plans=stores")),
    "loans.arff": Right("risk", 60, 2, ("amount", "other_plans=bank", "other_plans=none", "other_plans=stores")),
    "na_is_a_value.arff": Right("class", 24, 2, ("continent=EU", "continent=NA", "continent=SA", "sign=+", "sign=-")),
    "growth.csv": Right("bacteria", 30, 0, ("minutes",)),
    "beats.arff": Right("kind", 160, 14, ("width", "origin=1", "origin=2", "origin=3")),
    "numeric_last_few_values.arff": Right("score", 24, 0, ("a", "b")),
    "wing.arff": Right("flap", 20, 0, ("roll", "pitch")),
    "basket.arff": Right("who buys", 6, 2, ("apples", "bread=rye, dark", "bread=white", "bread={mixed}", "milk")),
    "shells.csv": Right("Rings", 90, 0, ("Sex=F", "Sex=I", "Sex=M", "Length", "Weight")),
    "purchased_last.csv": Right("Purchased", 80, 2, ("Gender=Female", "Gender=Male", "Age", "EstimatedSalary")),
    "y_first.csv": Right("y", 60, 2, ("x1", "x2")),
    "kaggle_header.csv.gz": Right("label", 90, 3, tuple(f"pixel{number}" for number in range(784))),
    "deals.arff": Right("class", 50, 2, ("raise", "hours", "pension=n", "pension=y")),
    "visitors.csv": Right("Visitors", 80, 0, ("Date (days since 2021-01-01)",)),
    "three_rows.tab": Right("grade", 24, 2, ("height", "group=a", "group=b", "group=c")),
    "t10k-images-idx3-ubyte.gz": Right("label", 20, 10, ("row 0 column 0",)),
    "t10k-labels-idx1-ubyte.gz": Right("label", 20, 10, ("row 0 column 0",)),
    "readme_first.xlsx": Right("play", 30, 2, ("temp", "count", "colour=blue", "colour=red")),
    "hidden_first.xlsx": Right("play", 30, 2, ("temp", "count", "colour=blue", "colour=red")),
    "label_case.csv": Right("answer", 60, 5, ("a", "b")),
    "train.csv": Right("play", 80, 2, ("temp", "wind", "colour=blue", "colour=green", "colour=red")),
    "form_answers.csv": Right("Would you take part again?", 100, 5, ("Timestamp (days since 2023-03-01)",)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_case_opens_right(name):
    if name.endswith(".xlsx"):
        pytest.importorskip("python_calamine")
    right, data = RIGHT[name], read_table(CASES / name)
    assert data.target_names == (right.target,)
    assert (data.n_samples, len(data.class_names)) == (right.n_rows, right.n_classes)
    assert data.feature_names[: len(right.inputs)] == right.inputs


@pytest.mark.parametrize("name", ["deals.arff", "visitors.csv", "t10k-labels-idx1-ubyte.gz", "three_rows.tab"])
def test_a_case_is_an_experiment(name):
    prepared = load_document(CASES / name).experiment.prepared()
    assert prepared.dataset.n_samples == RIGHT[name].n_rows


def test_pictures_keep_their_dark_pixels():
    for name, shape in (("kaggle_header.csv.gz", (28, 28)), ("t10k-images-idx3-ubyte.gz", (8, 8))):
        data = read_table(CASES / name)
        assert data.image_shape == shape
        assert data.n_features == shape[0] * shape[1]
    assert (np.ptp(read_table(CASES / "kaggle_header.csv.gz").X, axis=0) == 0).any()


def test_both_idx_files_are_the_same_table():
    one, other = (read_table(CASES / f"t10k-{which}-ubyte.gz") for which in ("images-idx3", "labels-idx1"))
    assert np.array_equal(one.X, other.X)
    assert one.labels.tolist() == other.labels.tolist() == [str(row % 10) for row in range(20)]


def test_sparse_rows_are_read_to_their_quotes():
    table = open_table(CASES / "basket.arff")
    assert table.preview(4) == [
        ["2", "rye, dark", "0", "two, or more"],
        ["0", "white", "1.5", "single"],
        ["1", "{mixed}", "3", "single"],
        ["0", "rye, dark", "1", "two, or more"],
    ]


def test_no_complete_row_is_filled_and_said():
    table = open_table(CASES / "deals.arff")
    choices = default_choices(table)
    summary = summarise(table, choices)
    assert summary.n_used == 50
    assert any("more than a third" in sentence for sentence in summary.warnings)
    assert {choice.missing for choice in choices.columns.values()} == {"median", "most_frequent", "drop"}
    assert summary.missing["hours"] == 17
    assert "Leave out incomplete rows" in [offer.action for offer in summary.offers]


def test_spellings_are_joined_with_one_choice():
    table = open_table(CASES / "label_case.csv")
    summary = summarise(table, default_choices(table))
    assert any("'yes', 'Yes', 'YES'" in sentence for sentence in summary.warnings)
    (offer,) = summary.offers
    assert offer.action == "Join the spellings in 'answer'"
    joined = make_dataset(table, offer.choices)
    assert joined.class_names == ("no", "yes")
    assert joined.n_samples == 60
    assert summarise(table, offer.choices).offers == ()


def test_a_form_says_what_its_cells_are():
    table = open_table(CASES / "form_answers.csv")
    assert any("several answers in one cell, such as 'bus;bike;walk'" in note for note in table.notes)
    assert any("'n/a'" in note for note in table.notes)


def test_a_date_is_days_since_the_first_row():
    data = read_table(CASES / "visitors.csv")
    assert data.X[:3].tolist() == [[0.0], [1.0], [2.0]]


@pytest.mark.parametrize("name", ["readme_first.xlsx", "hidden_first.xlsx"])
def test_the_sheet_that_was_proposed_is_kept(name):
    pytest.importorskip("python_calamine")
    assert load_document(CASES / name).experiment.data.table.sheet == "Data"
    assert open_table(CASES / name).sheet == "Data"


def test_balanced_weights_find_the_rare_class_and_a_note_says_what_accuracy_hides():
    experiment = load_document(CASES / "imbalance.csv").experiment
    assert any("Accuracy says little here: only 3.2 %" in note for note in experiment.prepared().notes)
    recall = {}
    for weights in (None, "balanced"):
        prepared = experiment.edited(training=experiment.training.edited(class_weights=weights)).prepared()
        trainer = prepared.trainer()
        trainer.run(150)
        answers = trainer.network.predict(prepared.X_train)[:, 0] >= 0.5
        recall[weights] = answers[prepared.Y_train[:, 0] == 1.0].mean()
    assert recall["balanced"] >= 0.9
    assert recall[None] < 0.6
