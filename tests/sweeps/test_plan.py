"""Which runs a sweep has, and that it is refused before anything trains where one of them cannot be trained."""

import numpy as np
import pytest

from nnviz.core.errors import NnvizError
from nnviz.data.split import Fold
from nnviz.experiment import Experiment
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.task import Outcome, train_task

BASE = Experiment(
    data={"name": "xor", "parameters": {"n_samples": 40}, "seed": 5, "split_seed": 6},
    network={"hidden": [2], "seed": 7},
    training={"engine": "numpy", "seed": 8, "epochs": 3},
)


def test_runs_are_numbered_in_the_order_of_the_grid():
    plan = make_plan(BASE, {"learning_rate": [0.1, 0.2], "dropout": [0.0, 0.5]}, seeds=[4, 9], folds=3)
    assert len(plan) == len(plan.points) == 24
    told = [(dict(point.combination), point.seed, point.fold) for point in plan.points]
    assert told[:4] == [
        ({"training.learning_rate": 0.1, "training.dropout": 0.0}, 4, Fold(0, 3)),
        ({"training.learning_rate": 0.1, "training.dropout": 0.0}, 4, Fold(1, 3)),
        ({"training.learning_rate": 0.1, "training.dropout": 0.0}, 4, Fold(2, 3)),
        ({"training.learning_rate": 0.1, "training.dropout": 0.0}, 9, Fold(0, 3)),
    ]
    assert told[6][0]["training.dropout"] == 0.5
    assert plan.points[23].words == "training.learning_rate=0.2, training.dropout=0.5, seed 9, fold 3 of 3"


def seeds_of(experiment):
    data, network, training = experiment.data, experiment.network, experiment.training
    return data.seed, data.split_seed, network.seed, training.seed


def test_seeds_are_those_of_weights_and_order_and_of_the_data_if_wanted():
    assert seeds_of(make_plan(BASE, {}).task(0).experiment) == (5, 6, 7, 8)
    plan = make_plan(BASE, {}, seeds=3)
    assert [seeds_of(plan.task(n).experiment) for n in range(3)] == [(5, 6, n, n) for n in range(3)]
    plan = make_plan(BASE, {}, seeds=[3], seed_data=True)
    assert seeds_of(plan.task(0).experiment) == (3, 3, 3, 3)


def test_epochs_are_the_experiments_unless_given():
    plan = make_plan(BASE, {"epochs": [2, 5]})
    assert [plan.task(n).epochs for n in range(2)] == [2, 5]
    assert make_plan(BASE, {}, epochs=9).task(0).epochs == 9


def test_a_run_is_the_one_that_the_experiment_gives():
    plan = make_plan(BASE, {"learning_rate": [0.1, 0.2]}, seeds=2)
    outcome = train_task(plan.task(3))
    trainer = plan.task(3).experiment.trainer()
    trainer.run(3)
    np.testing.assert_array_equal(outcome.parameters, trainer.network.parameters)
    assert outcome.figures["test_loss"] == trainer.history.test_loss[-1]
    assert (outcome.judged, outcome.engine, outcome.epochs) == ("test", "numpy", 3)
    kept = Outcome.from_arrays(outcome.to_arrays())
    np.testing.assert_array_equal(kept.parameters, outcome.parameters)
    np.testing.assert_equal({**vars(kept), "parameters": 0}, {**vars(outcome), "parameters": 0})


def test_folds_are_tested_on_their_own_rows():
    plan = make_plan(BASE, {"data.validation_fraction": [0.2]}, folds=4)
    rows = []
    for number in range(4):
        prepared = plan.task(number).prepared()
        assert [prepared.part(name).n_samples for name in ("train", "validation", "test")] == [22, 8, 10]
        assert sorted(prepared.test.class_counts) == [5, 5]
        rows.append(prepared.test.X)
    np.testing.assert_array_equal(np.unique(np.vstack(rows), axis=0), np.unique(prepared.dataset.X, axis=0))
    assert train_task(plan.task(0)).judged == "test"


def test_runs_are_judged_by_validation_rows_where_there_are_some():
    plan = make_plan(BASE, {"data.validation_fraction": [0.0, 0.2], "data.test_fraction": [0.0, 0.3]})
    assert [train_task(plan.task(n)).judged for n in range(4)] == ["train", "test", "validation", "validation"]


def test_a_run_that_returned_to_its_best_epoch_tells_the_figures_of_that_one():
    stops = {"patience": [2], "restore_best": [True], "learning_rate": [3.0]}
    outcome = train_task(make_plan(BASE, stops, epochs=200).task(0))
    assert outcome.best_epoch < outcome.epochs < 200
    assert outcome.figures["test_loss"] == min(outcome.history["history_figures"][2])


def test_a_run_that_is_stopped_has_no_result():
    task = make_plan(BASE, {}, epochs=10**6).task(0)
    asked = []
    assert train_task(task, lambda: asked.append(0) or len(asked) > 3) is None
    assert len(asked) == 4


def test_a_table_is_read_once(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,kind\n" + "".join(f"{n},{n % 7},{'xy'[n % 2]}\n" for n in range(30)))
    plan = make_plan(Experiment.load(path), {"learning_rate": [0.1, 0.2]}, epochs=1)
    task = plan.task(1)
    path.unlink()
    assert task.prepared().dataset.n_samples == 30
    assert plan.fingerprint["rows"] != make_plan(BASE, {}).fingerprint["rows"]


def test_the_place_of_a_table_does_not_matter_but_its_rows_do(tmp_path):
    prints = []
    for name, last in (("one", "x"), ("two", "x"), ("three", "y")):
        path = tmp_path / f"{name}.csv"
        path.write_text("a,kind\n1,x\n2,y\n3,x\n4," + last + "\n")
        plan = make_plan(Experiment.load(path), {}, epochs=1)
        prints.append(plan.fingerprint)
    assert prints[0] == prints[1]
    assert {name for name in prints[0] if prints[0][name] != prints[2][name]} == {"rows"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"grid": {"loss": ["binary_cross_entropy", "huber"], "output_activation": ["relu"]}}, "loss=binary_cross"),
        ({"grid": {"data.name": ["xor", "xorr"]}}, "did you mean 'xor'"),
        ({"grid": {"network.hidden.0.activation": ["tanh", "step"]}}, "activation=step: "),
        ({"seeds": 0}, "seeds must be how many"),
        ({"seeds": [1, 1]}, "different numbers"),
        ({"seeds": []}, "at least one"),
        ({"seeds": 1.5}, "whole number"),
        ({"seed_data": True}, "needs seeds"),
        ({"folds": 1}, "at least 2"),
        ({"folds": 41}, "at most 40 folds"),
        ({"epochs": 0}, "Epochs must lie between 1 and"),
        ({"grid": {"learning_rate": [n / 1000 for n in range(1000)]}, "seeds": 1000}, "at most 100\u2009000"),
    ],
    ids=str,
)
def test_what_cannot_be_swept_is_said_in_a_sentence(given, words):
    with pytest.raises(NnvizError, match=words) as caught:
        make_plan(BASE, given.pop("grid", {}), **given)
    assert "\n" not in str(caught.value)
