import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.history import history as module
from nnviz.core.history.history import History

N_COLUMNS = len(RECORD_COLUMNS)
PENALTY = RECORD_COLUMNS.index("penalty")
AT = {name: position for position, name in enumerate(RECORD_COLUMNS)}


def fill(history, n, seed=0, piece=997):
    """Append `n` epochs of noise on a falling line, in pieces; return all records."""
    rng = np.random.default_rng(seed)
    first = history.last_epoch + 1
    records = rng.normal(size=(n, N_COLUMNS)) - np.linspace(0, 5, n)[:, None]
    for start in range(0, n, piece):
        part = records[start : start + piece]
        updates = (first + start + np.arange(len(part))) * 10
        history.append(part, updates, updates / 100)
    return records


def test_it_starts_empty():
    history = History("regression")
    assert len(history) == 0
    assert history.last_epoch == -1
    assert history.curve_points()["epoch"].size == 0


def test_columns():
    history = History("classification")
    records = fill(history, 2500)
    assert len(history) == 2500
    np.testing.assert_array_equal(history.epoch, np.arange(2500))
    np.testing.assert_array_equal(history.updates, np.arange(2500) * 10)
    np.testing.assert_array_equal(history.elapsed_s, np.arange(2500) / 10)
    for position, name in enumerate(RECORD_COLUMNS):
        np.testing.assert_array_equal(getattr(history, name), records[:, position])
        np.testing.assert_array_equal(history.minimum(name), records[:, position])
    np.testing.assert_array_equal(history.train_accuracy, records[:, AT["train_score"]])
    np.testing.assert_array_equal(history.test_accuracy, records[:, AT["test_score"]])
    np.testing.assert_array_equal(history.last_record, records[-1])


def test_scores_go_by_their_tasks_name():
    history = History("regression")
    fill(history, 3)
    np.testing.assert_array_equal(history.train_r2, history.train_score)
    np.testing.assert_array_equal(history.test_r2, history.test_score)
    with pytest.raises(SettingError, match="has train_r2, not train_accuracy"):
        _ = history.train_accuracy
    with pytest.raises(SettingError, match="no column 'loss'"):
        history.column("loss")


def test_views_are_read_only_and_stay_as_they_were():
    history = History("regression")
    records = fill(history, 10)
    view = history.train_loss
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0
    fill(history, 5000, seed=1)
    np.testing.assert_array_equal(view, records[:, 0])


def test_short_curves_are_whole():
    history = History("regression")
    records = fill(history, 2000)
    points = history.curve_points(2000)
    np.testing.assert_array_equal(points["train_loss"], records[:, 0])
    np.testing.assert_array_equal(points["epoch"], np.arange(2000))


@settings(max_examples=60)
@given(st.integers(1, 60_000), st.sampled_from([8, 50, 300, 2000]), st.integers(0, 99))
def test_thinned_curves_keep_their_extremes(n, max_points, seed):
    history = History("regression")
    records = fill(history, n, seed, piece=4999)
    points = history.curve_points(max_points)
    x = points["epoch"]
    assert len(x) <= max_points
    assert (np.diff(x) >= 0).all()
    assert x[0] == 0
    assert x[-1] == n - 1
    for position, name in enumerate(RECORD_COLUMNS):
        values = points[name]
        assert values[0] == records[0, position]
        assert values[-1] == records[-1, position]
        assert values.min() == records[:, position].min()
        assert values.max() == records[:, position].max()


def test_a_falling_curve_stays_a_falling_curve():
    history = History("regression")
    n = 50_000
    history.append(np.repeat(-np.arange(n)[:, None] * 1.0, N_COLUMNS, axis=1), np.arange(n), np.arange(n) * 1.0)
    assert (np.diff(history.curve_points(500)["train_loss"]) <= 0).all()


def test_every_spike_is_in_the_picture():
    history = History("regression")
    records = fill(history, 100_000)
    spikes = np.array([17, 5_000, 50_001, 99_998])
    records[spikes, 0] = [100.0, 200.0, 300.0, 400.0]
    history = History("regression")
    history.append(records, np.arange(100_000), np.arange(100_000) * 1.0)
    points = history.curve_points(400)
    assert {100.0, 200.0, 300.0, 400.0} <= set(points["train_loss"])


def test_nothing_but_missing_values_stays_missing():
    history = History("regression")
    records = np.ones((40_000, N_COLUMNS))
    records[:, AT["test_loss"]] = np.nan
    records[0, AT["learning_rate"]] = np.nan
    history.append(records, np.arange(40_000), np.arange(40_000) * 1.0)
    for max_points in (5000, 100):
        points = history.curve_points(max_points)
        assert np.isnan(points["test_loss"]).all()
        assert (points["train_loss"] == 1.0).all()
        assert np.isnan(points["learning_rate"][0])
        assert (points["learning_rate"][1:] == 1.0).all()


def test_the_pyramid_grows_with_the_history():
    history, at_once = History("regression"), History("regression")
    for seed in range(30):
        fill(history, 1357, seed)
        history.curve_points(64)
    at_once.append(
        np.column_stack([history.column(name) for name in RECORD_COLUMNS]), history.updates, history.elapsed_s
    )
    ours, expected = history.curve_points(64), at_once.curve_points(64)
    for name in ours:
        np.testing.assert_array_equal(ours[name], expected[name])


@pytest.fixture
def small(monkeypatch):
    """Histories that are exact for 1 000 entries and keep later ones in blocks of 100."""
    monkeypatch.setattr(module, "EXACT_ENTRIES", 1000)
    monkeypatch.setattr(module, "BLOCK", 100)


@pytest.mark.parametrize("piece", [1, 37, 100, 997, 5000])
def test_late_epochs_are_kept_in_blocks(small, piece):
    history = History("regression")
    records = fill(history, 4250, piece=piece)
    assert len(history) == 1000 + 32 + 1
    assert history.last_epoch == 4249
    np.testing.assert_array_equal(history.last_record, records[-1])
    np.testing.assert_array_equal(history.epoch[:1000], np.arange(1000))
    np.testing.assert_array_equal(history.epoch[1000:-1], np.arange(1099, 4200, 100))
    np.testing.assert_array_equal(history.updates[1000:-1], np.arange(1099, 4200, 100) * 10)
    np.testing.assert_allclose(history.elapsed_s[1000:-1], np.arange(1099, 4200, 100) / 10)
    blocks = records[1000:4200].reshape(32, 100, -1)
    np.testing.assert_allclose(history.train_loss[1000:-1], blocks.mean(axis=1)[:, 0])
    np.testing.assert_array_equal(history.minimum("test_loss")[1000:-1], blocks.min(axis=1)[:, AT["test_loss"]])
    np.testing.assert_array_equal(history.maximum("penalty")[1000:-1], blocks.max(axis=1)[:, PENALTY])
    np.testing.assert_array_equal(history.maximum("penalty")[:1000], records[:1000, PENALTY])
    assert history.minimum("penalty")[-1] == records[4200:, PENALTY].min()


@pytest.mark.parametrize("n", [1000, 1001, 1099, 1100, 1101, 4200, 4250])
def test_the_last_entry_is_the_last_epoch_wherever_its_block_ends(small, n, tmp_path):
    history = History("regression")
    records = fill(history, n)
    for seen in (history, History.from_arrays(history.to_arrays())):
        assert (seen.epoch[-1], seen.updates[-1], seen.elapsed_s[-1]) == (n - 1, 10 * (n - 1), (n - 1) / 10)
        for position, name in enumerate(RECORD_COLUMNS):
            column = seen.column(name)
            assert len(column) == len(seen) == len(seen.minimum(name)) == len(seen.epoch)
            assert column[-1] == records[-1, position] == seen.curve_points(64)[name][-1]
            assert seen.minimum(name)[-1] <= column[-1] <= seen.maximum(name)[-1]
        assert seen.figures_of(n)["train_loss"] == records[-1, 0]
        assert (np.diff(seen.epoch) > 0).all()
        seen.to_csv(tmp_path / "history.csv")
        last = list(csv.DictReader((tmp_path / "history.csv").read_text().splitlines()))[-1]
        assert (int(last["epoch"]), float(last["train_loss"])) == (n - 1, records[-1, 0])


@pytest.mark.parametrize("max_points", [100, 500, 2000])
def test_curves_of_blocks_keep_extremes_and_end_at_the_last_epoch(small, max_points):
    history = History("regression")
    records = fill(history, 64_250)
    points = history.curve_points(max_points)
    assert len(points["epoch"]) <= max_points
    assert points["epoch"][-1] == 64_249
    assert points["train_loss"][-1] == records[-1, 0]
    if max_points < len(history):
        assert points["train_loss"].max() == records[:64_200, 0].max()
        assert points["train_loss"].min() == records[:64_200, 0].min()


@pytest.mark.parametrize("n", [5, 1000, 1050, 4200])
def test_through_arrays_and_back(small, n):
    history = History("classification")
    fill(history, n)
    again = History.from_arrays(history.to_arrays())
    assert (again.task, again.last_epoch, len(again)) == ("classification", n - 1, len(history))
    np.testing.assert_array_equal(again.last_record, history.last_record)
    fill(history, 333, seed=2)
    fill(again, 333, seed=2)
    for name in (*RECORD_COLUMNS, "elapsed_s"):
        np.testing.assert_array_equal(again.column(name), history.column(name))
        np.testing.assert_array_equal(again.minimum(name), history.minimum(name))
    np.testing.assert_array_equal(again.updates, history.updates)


def test_damaged_arrays_are_refused():
    history = History("regression")
    fill(history, 5)
    arrays = history.to_arrays()
    del arrays["history_counts"]
    with pytest.raises(ExperimentError, match="history in this file is damaged"):
        History.from_arrays(arrays)
    with pytest.raises(ExperimentError, match="history in this file is damaged"):
        History.from_arrays({**history.to_arrays(), "history_figures": np.zeros((2, 5))})
    with pytest.raises(ExperimentError, match="history in this file is damaged"):
        History.from_arrays({**history.to_arrays(), "history_counts": np.zeros((2, 4), dtype=np.int64)})
    with pytest.raises(ExperimentError, match="history in this file is damaged"):
        History.from_arrays(History("regression").to_arrays())


def is_new(name):
    return "balanced" in name or name.startswith("validation")


@pytest.mark.parametrize("n", [5, 1050])
def test_a_history_of_version_0_1_has_neither_balanced_accuracy_nor_validation_figures(small, n):
    history = History("classification")
    fill(history, n)
    arrays = history.to_arrays()
    columns = arrays.pop("history_columns").tolist()
    new = [columns.index(name) for name in columns if is_new(name)]
    for name in ("history_figures", "history_low", "history_high", "history_pending"):
        arrays[name] = np.delete(arrays[name], new, axis=0)
    arrays["history_last"] = np.delete(arrays["history_last"], new)
    again = History.from_arrays(arrays)
    for name in (*RECORD_COLUMNS, "elapsed_s"):
        values = history.column(name)
        np.testing.assert_array_equal(again.column(name), np.full(len(values), np.nan) if is_new(name) else values)
    assert again.last_record[PENALTY] == history.last_record[PENALTY]
    with pytest.raises(ExperimentError, match="history in this file is damaged"):
        History.from_arrays({**history.to_arrays(), "history_columns": np.array(["loss", *columns[1:]])})


def test_csv(tmp_path):
    history = History("classification")
    records = np.full((2, N_COLUMNS), np.nan)
    for row, figures in enumerate(
        (
            {"train_loss": 0.7, "train_score": 0.5, "train_balanced_accuracy": 0.25, "penalty": 0.0},
            {
                "train_loss": 0.1,
                "train_score": 1.0,
                "train_balanced_accuracy": 1.0,
                "penalty": 0.0,
                "learning_rate": 0.03,
            },
        )
    ):
        for name, value in figures.items():
            records[row, RECORD_COLUMNS.index(name)] = value
    history.append(records, np.array([0, 25]), np.array([0.0, 0.5]))
    path = tmp_path / "history.csv"
    history.to_csv(path)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0] == {
        "epoch": "0",
        "train_loss": "0.7",
        "train_accuracy": "0.5",
        "train_balanced_accuracy": "0.25",
        "penalty": "0.0",
        "learning_rate": "",
        "elapsed_s": "0.0",
        "updates": "0",
    }
    assert rows[1]["learning_rate"] == "0.03"


def test_memory_is_the_columns_and_the_pyramid():
    history = History("regression")
    n = 300_000
    history.append(np.zeros((n, N_COLUMNS)), np.zeros(n, dtype=np.int64), np.zeros(n))
    history.curve_points()
    assert history.nbytes < 2.2 * n * 8 * (N_COLUMNS + 3)


def test_a_history_that_is_trimmed_keeps_no_spare_room_and_goes_on_as_before() -> None:
    history, other = History("regression"), History("regression")
    records = np.random.default_rng(0).random((3000, N_COLUMNS))
    for each in (history, other):
        each.append(records, np.arange(len(records)), np.arange(len(records), dtype=float))
        each.curve_points()
    view, before = history.column("train_loss"), history.nbytes
    assert history.spare_nbytes > 0
    history.trim()
    assert (history.nbytes, history.spare_nbytes) == (before - other.spare_nbytes, 0)
    for each in (history, other):
        each.append(records, np.arange(len(records)), np.arange(len(records), dtype=float))
    assert np.array_equal(view, records[:, 0])
    for name, kept in other.to_arrays().items():
        assert np.array_equal(history.to_arrays()[name], kept, equal_nan=kept.dtype.kind == "f"), name
    assert np.array_equal(history.curve_points(100)["train_loss"], other.curve_points(100)["train_loss"])


def test_marks_are_kept_in_order_and_travel_with_the_figures() -> None:
    history = History("classification")
    history.append(np.zeros((3, len(RECORD_COLUMNS))), np.arange(3), np.zeros(3))
    history.mark()
    history.mark()
    assert history.marks == (2,)
    arrays = history.to_arrays()
    assert History.from_arrays(arrays).marks == (2,)
    assert History.from_arrays({k: v for k, v in arrays.items() if k != "history_marks"}).marks == ()
    for marks in ([3], [-1], [2, 1], [1, 1]):
        with pytest.raises(ExperimentError, match="damaged"):
            History.from_arrays({**arrays, "history_marks": np.array(marks, dtype=np.int64)})


def test_a_history_up_to_an_epoch_is_what_it_was_then(monkeypatch):
    monkeypatch.setattr(module, "EXACT_ENTRIES", 1000)
    monkeypatch.setattr(module, "BLOCK", 100)
    random = np.random.default_rng(0)
    records, updates = random.normal(size=(1250, len(RECORD_COLUMNS))), np.arange(1250) * 7
    whole, parts = History("classification"), {}
    for epoch in range(1250):
        whole.append(records[epoch : epoch + 1], updates[epoch : epoch + 1], np.array([epoch / 8]))
        if epoch in (0, 1, 500, 999, 1000, 1099, 1249):
            parts[epoch] = History.from_arrays(whole.to_arrays())
        if epoch in (3, 700):
            whole.mark()
    for epoch, expected in parts.items():
        cut = whole.upto(epoch)
        assert cut.marks == tuple(mark for mark in (3, 700) if mark <= epoch)
        assert cut.last_epoch == epoch
        if epoch == 1000:
            # In the middle of a block, of which means are left.
            np.testing.assert_allclose(cut.last_record, records[1000:1100].mean(axis=0))
            assert cut.figures_of(1000)["updates"] == 7000
            continue
        for name, array in expected.to_arrays().items():
            if epoch < 1099 or name != "history_last":
                np.testing.assert_array_equal(cut.to_arrays()[name], array, err_msg=f"{name} {epoch}")
    for epoch in (-1, 1250):
        with pytest.raises(SettingError):
            whole.upto(epoch)
