"""Who takes part in a race, and how its trails are kept short."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.errors import NnvizError
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.experiment.document import Experiment
from nnviz.sweeps.race import (
    TRAIL_BYTES,
    Entrant,
    Trail,
    points_of_trails,
    rates_in,
    slice_of,
    usual_rate,
)


@pytest.mark.parametrize(
    ("text", "rates"),
    [("0.01", [0.01]), ("0.01, 0.1", [0.01, 0.1]), ("0,01; 1e-3", [0.01, 0.001]), ("0.1 1/3 0.1", [0.1, 1 / 3])],
)
def test_rates_are_read_as_numbers_are_written(text, rates):
    assert rates_in(text) == rates


@pytest.mark.parametrize("text", ["", "fast", "0.1, -2"])
def test_what_is_no_rate_is_said(text):
    with pytest.raises(NnvizError):
        rates_in(text)


def test_an_entrant_differs_in_its_optimiser_alone():
    base = Experiment()
    base = base.edited(training=base.training.edited(optimizer="momentum", optimizer_parameters={"momentum": 0.5}))
    same, other = Entrant("momentum", 0.2).experiment(base), Entrant("adam", 0.02).experiment(base)
    assert dict(same.training.optimizer_parameters) == {"momentum": 0.5}
    assert (other.training.optimizer, dict(other.training.optimizer_parameters)) == ("adam", {})
    back = other.training.edited(optimizer="momentum", optimizer_parameters={"momentum": 0.5}, learning_rate=0.03)
    assert other.edited(training=back).training == base.training.edited(learning_rate=0.03)
    assert usual_rate(base, "momentum") == base.training.learning_rate
    assert all(0.0 < usual_rate(base, name) <= 1.0 for name in OPTIMIZERS)


@given(n=st.integers(1, 500), stride=st.integers(1, 9), most=st.integers(4, 40))
def test_a_trail_keeps_its_beginning_its_end_and_even_steps_between(n, stride, most):
    trail = Trail(most=most)
    for at in range(n):
        trail.add(at * stride, np.array([float(at)]), float(at))
        trail.add(at * stride, np.array([99.0]), 99.0)
        assert len(trail.epochs) <= most + 1
    assert (trail.epochs[0], trail.epochs[-1]) == (0, (n - 1) * stride)
    assert [int(point[0]) * stride for point in trail.points] == trail.epochs
    gaps = set(np.diff(trail.epochs[:-1]).tolist())
    assert len(gaps) <= 1
    assert trail.until(trail.epochs[-1]) == len(trail.epochs)
    assert trail.until(0) == 1


def test_what_is_not_finite_is_no_point_and_wide_networks_have_shorter_trails():
    trail = Trail()
    trail.add(0, np.zeros(2), 1.0)
    trail.add(1, np.array([np.inf, 0.0]), 1.0)
    assert trail.epochs == [0]
    assert points_of_trails(20, 6) == 400
    n = points_of_trails(100_000, 6)
    assert 8 * n * 6 * 100_000 <= TRAIL_BYTES


def test_two_weights_are_shown_where_the_best_run_has_the_others():
    trails = [Trail([0, 1], [np.zeros(4), np.full(4, end)], [1.0, loss]) for end, loss in ((1.0, 0.5), (2.0, 0.2))]
    plane = slice_of(trails, (1, 3))
    np.testing.assert_array_equal(plane.origin, np.full(4, 2.0))
    assert plane.weights == (1, 3)
    assert plane.share == pytest.approx(0.5)
    assert slice_of(trails, None).share == pytest.approx(1.0)
