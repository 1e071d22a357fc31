"""How runs side by side stand: verdicts, order, spread of curves, and what all of them answer together."""

import math

import numpy as np
import pytest

from nnviz.experiment.frame import Plane
from nnviz.sweeps.standing import (
    Standing,
    mean_and_sd,
    mean_and_sd_of_all,
    outcome_words,
    outcomes,
    ranked,
    spread_of,
    together,
)

RUNS = [
    Standing(0, 50, 0.4, 0.75, ended=True),
    Standing(1, 50, 0.1, 0.96, ended=True),
    Standing(2, 20, 0.2, 0.80),
    Standing(3, 9, math.nan, math.nan, ended=True, fault="diverged"),
    Standing(4),
    Standing(5, 50, 0.01, 0.90, ended=True, fault="diverged"),
]


def test_a_verdict_depends_on_the_threshold_and_on_whether_a_run_is_at_its_end():
    assert [run.verdict(0.95) for run in RUNS] == ["stuck", "solved", "open", "diverged", "open", "diverged"]
    assert [run.verdict(0.75) for run in RUNS[:3]] == ["solved", "solved", "solved"]


def test_outcomes_are_counted_and_said_in_words():
    found = outcomes(RUNS, 0.95)
    assert found == {"solved": 1, "open": 2, "stuck": 1, "diverged": 2}
    assert [words for _, words in outcome_words(found)] == ["1 solved", "2 not yet", "1 stuck", "2 diverged"]


def test_the_lowest_loss_comes_first_and_what_has_none_or_is_at_fault_last():
    assert ranked(RUNS) == [1, 2, 0, 4, 5, 3]


def test_median_and_quartiles_are_those_of_the_curves_that_have_come_so_far():
    epochs = np.arange(11.0)
    curves = [(epochs, np.full(11, level)) for level in (1.0, 2.0, 3.0)] + [(epochs[:6], np.full(6, 4.0))]
    spread = spread_of(curves, n_points=11)
    assert np.array_equal(spread.epoch, epochs)
    assert spread.n.tolist() == [4] * 6 + [3] * 5
    assert (spread.median[0], spread.median[-1]) == (2.5, 2.0)
    assert (spread.low[-1], spread.high[-1]) == (1.5, 2.5)


def test_losses_that_are_no_numbers_count_for_nothing_in_the_spread():
    x = np.arange(3.0)
    spread = spread_of([(x, np.array([1.0, math.nan, math.nan])), (x, np.array([3.0, 3.0, math.inf]))], n_points=3)
    assert spread.epoch.tolist() == [0.0, 1.0]
    assert spread.median.tolist() == [2.0, 3.0]
    assert not len(spread_of([]).epoch)


def test_the_disagreement_of_classes_is_the_share_that_answers_otherwise_than_most():
    answers = [[0.9, 0.1], [0.8, 0.2], [0.6, 0.9], [0.4, 0.7]]
    planes = [plane(np.array(row)[None, :, None]) for row in answers]
    found = together(planes, "sigmoid", 2)
    assert found.disagreement.tolist() == [[0.25, 0.5]]
    assert found.mean[0, :, 0] == pytest.approx([0.675, 0.475])
    assert found.n == 4


def test_the_disagreement_of_a_regression_is_its_standard_deviation():
    planes = [plane(np.full((1, 2, 1), level)) for level in (1.0, 3.0)]
    found = together(planes, "linear", 0)
    assert found.disagreement.tolist() == [[1.0, 1.0]]
    assert found.mean.ravel().tolist() == [2.0, 2.0]


def test_planes_of_another_grid_are_left_out():
    assert together([plane(np.zeros((2, 2, 1)))] * 2 + [plane(np.ones((3, 3, 1)))], "linear", 0).n == 2
    assert together([], "linear", 0) is None


def test_mean_and_deviation_are_of_what_is_known():
    assert mean_and_sd([1.0, 3.0, math.nan]) == (2.0, 1.0, 2)
    assert mean_and_sd([math.nan])[2] == 0


def test_mean_and_deviation_of_runs_that_diverged_are_infinite_where_no_double_holds_them():
    assert mean_and_sd([1e200, 1.0]) == (5e199, math.inf, 2)
    assert mean_and_sd([1.7e308, 1.7e308]) == (math.inf, math.inf, 2)
    assert all(map(math.isnan, mean_and_sd_of_all([math.inf, -math.inf])))
    assert mean_and_sd_of_all([1.0, math.inf])[0] == math.inf


def plane(values):
    return Plane((0.0, 1.0), (0.0, 1.0), (0, 1), None, np.asarray(values, dtype=np.float32))
