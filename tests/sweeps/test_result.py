"""What is told of a sweep: records, the best run, tables."""

import csv
import math

import numpy as np
import pytest

import nnviz
from nnviz.core.errors import ExperimentError
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.result import SweepResult
from nnviz.sweeps.task import Outcome, train_task

BASE = nnviz.Experiment(
    data={"name": "xor", "parameters": {"n_samples": 40}},
    network={"hidden": [2]},
    training={"engine": "numpy", "epochs": 3},
)
PLAN = make_plan(BASE, {"training.learning_rate": [0.1, 0.2, 0.3], "network.hidden": [2, [2, 2]]}, seeds=2)
TRAINED = {n: train_task(PLAN.task(n)) for n in (0, 1)}


def made_up(number, score, loss, **more):
    figures = {**TRAINED[0].figures, "test_accuracy": score, "test_loss": loss}
    return Outcome(**{**vars(TRAINED[0]), "number": number, "figures": figures, **more})


def result_of(*figures):
    return SweepResult(PLAN, {n: made_up(n, *pair) for n, pair in enumerate(figures)})


def test_one_lucky_run_of_a_poor_setting_does_not_win():
    result = result_of((1.0, 0.1), (0.5, 0.1), (0.8, 0.3), (0.9, 0.2), (0.85, 0.1), (0.85, 0.2))
    assert [found.score for found in result.settings] == pytest.approx([0.75, 0.85, 0.85])
    # Equal scores are told apart by the loss.
    assert result.best_settings().settings == {"training.learning_rate": 0.2, "network.hidden": 2}
    assert result.best().number == 4
    assert result.settings[1].score_sd == pytest.approx(np.std([0.8, 0.9]))
    assert result.settings[1].loss_sd == pytest.approx(np.std([0.3, 0.2]))


def test_what_is_no_number_is_the_worst():
    result = result_of((math.nan, math.nan), (0.1, 3.0), (0.2, 9.0), (0.0, math.nan))
    assert result.best().number == 2
    assert "–" in result.settings_text(9)


def test_the_table_has_all_that_differs_and_all_figures(tmp_path):
    result = SweepResult(PLAN, TRAINED)
    result.to_csv(tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["run"], row["seed"], row["fold"], row["training.learning_rate"]) for row in rows] == [
        ("0", "0", "", "0.1"),
        ("1", "1", "", "0.1"),
    ]
    for row, run in zip(rows, result.runs, strict=True):
        known = {name: value for name, value in run.figures.items() if not math.isnan(value)}
        assert {name: float(row[name]) for name in known} == known
        assert not set(run.figures) - set(known) & set(row)
        assert (row["engine"], row["epochs"], row["diverged"], row["judged_by"]) == ("numpy", "3", "false", "test")
    assert result.settings_table()[1][:3] == [0.1, 2, 2]


def test_a_record_is_frozen_and_gives_its_network():
    run = SweepResult(PLAN, TRAINED).runs[1]
    with pytest.raises(AttributeError):
        run.outcome = None
    with pytest.raises(TypeError):
        run.settings["training.learning_rate"] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        run.parameters[0] = 1.0
    trainer = run.experiment.trainer()
    trainer.run(run.epochs)
    np.testing.assert_array_equal(run.network().parameters, trainer.network.parameters)
    np.testing.assert_array_equal(run.history.test_loss, trainer.history.test_loss)
    assert (run.loss, run.score, run.score_name) == (run.history.test_loss[-1], run.history.test_score[-1], "accuracy")
    assert (run.seed, run.fold, run.diverged, run.stop_reason) == (1, None, False, "")


def test_a_notebook_shows_the_best_first_and_nothing_of_strangers_acts():
    strange = BASE.edited(title="<script>alert(1)</script>")
    plan = make_plan(strange, {"title": ["<b>x</b>", "y"]})
    result = SweepResult(plan, {n: made_up(n, 0.5 + n / 10, 0.3) for n in range(2)})
    shown = result._repr_html_()
    assert shown.index("title y") < shown.index("title &lt;b&gt;")
    assert "<b>" not in shown
    assert "<svg" in shown
    assert repr(result) == "<Sweep of 2 runs: title (<b>x</b>, y); best title y: 60.0 %, loss 0.3000>"
    assert repr(result.runs[1]) == "<Run 1 of a sweep (title=y): test loss 0.3000, 60.0 %>"
    assert "<table>" in result.runs[0]._repr_html_()
    many = result_of(*[(0.5, 0.1)] * 9)
    assert "9 of them finished" in repr(many)


def test_regressions_are_told_by_r2():
    base = nnviz.Experiment(data={"name": "sine"}, training={"engine": "numpy"})
    result = nnviz.sweep(base, seeds=2, epochs=1)
    assert result.runs[0].score_name == "r2"
    assert "R²" in repr(result)
    assert "test_r2" in result.table()[0]
    assert "±" in result.settings_text(5)


def test_diverged_runs_count_and_keep_their_last_figures():
    base = nnviz.Experiment(data={"name": "sine"}, training={"engine": "numpy", "optimizer": "sgd"})
    result = nnviz.sweep(base, {"learning_rate": [0.01, 1e5]}, epochs=5)
    assert [run.diverged for run in result.runs] == [False, True]
    assert math.isfinite(result.runs[1].loss)
    assert result.settings_table()[2][-1] == 1
    assert result.best().number == 0


def test_without_a_finished_run_there_is_no_best():
    result = SweepResult(PLAN, {})
    assert (len(result), result.n_planned, list(result)) == (0, 12, [])
    with pytest.raises(ExperimentError, match="No run of this sweep is finished"):
        result.best()
    assert "12 runs, 0 of them finished" in repr(result)
    assert result.table()[0][0] == "run"


def test_cross_validation_tells_mean_and_deviation_over_the_folds():
    result = nnviz.sweep(BASE.edited(data={"name": "iris"}), folds=5, epochs=2)
    scores = [run.history.test_score[-1] for run in result.runs]
    (found,) = result.settings
    assert (found.score, found.score_sd) == pytest.approx((np.mean(scores), np.std(scores)))
    assert sum(run.prepared().test.n_samples for run in result.runs) == 150
