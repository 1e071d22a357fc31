"""Distances from a slice: what is drawn faintly because the map does not speak of it."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.experiment import DataSpec, Experiment, prepare
from nnviz.experiment.frame import Needs, PlaneRequest
from nnviz.experiment.frames import FrameBuilder
from nnviz.experiment.slices import FAINTEST, FAR, NEAR, held_features, middle_row, opacities, slice_distances


def test_nothing_is_held_on_a_plane_of_two_features(moons: Experiment) -> None:
    assert held_features(prepare(moons), (0, 1)) == ()
    assert slice_distances(prepare(moons), ()) is None


def test_the_distance_is_the_rms_in_standard_deviations_over_the_held_features() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    distances = slice_distances(prepared, held_features(prepared, (3, 1)))
    assert distances is not None
    train = prepared.train.X
    row = prepared.test.X[4]
    by_hand = [(row[j] - train[:, j].mean()) / train[:, j].std() for j in (0, 2)]
    assert distances["test"][4] == pytest.approx(np.sqrt((by_hand[0] ** 2 + by_hand[1] ** 2) / 2.0))
    # Over the training rows, each held feature has a mean square of 1 by definition.
    assert (distances["train"] ** 2).mean() == pytest.approx(1.0)


def test_a_feature_that_does_not_vary_counts_for_nothing() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="digits8x8")))
    constant = np.flatnonzero(np.ptp(prepared.train.X, axis=0) == 0.0)
    assert len(constant)
    distances = slice_distances(prepared, held_features(prepared, (20, 21)))
    assert distances is not None
    assert np.isfinite(distances["train"]).all()
    assert (distances["train"] ** 2).mean() == pytest.approx(1.0)


def test_points_fade_from_near_to_far_and_never_vanish() -> None:
    shown = opacities(np.array([0.0, NEAR, 0.5 * (NEAR + FAR), FAR, 50.0]))
    assert shown[:2].tolist() == [1.0, 1.0]
    assert shown[2] == pytest.approx(0.5 * (1.0 + FAINTEST))
    assert shown[3:] == pytest.approx([FAINTEST, FAINTEST])


def test_a_slice_through_a_sample_holds_the_others_at_its_values() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    row = prepared.test.X[7]
    held = held_features(prepared, (0, 2), ("test", 7))
    assert held == ((1, row[1]), (3, row[3]))
    distances = slice_distances(prepared, held)
    assert distances is not None
    assert distances["test"][7] == 0.0


def test_a_row_that_is_not_there_stands_for_the_means() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    assert np.array_equal(middle_row(prepared, ("train", 10**6)), prepared.inputs.feature_means)


def test_the_plane_through_a_sample_answers_for_it() -> None:
    """Where the sample lies on the plane, the map holds the network's own answer to it."""
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    trainer = prepared.trainer()
    row = prepared.train.X[5]
    request = PlaneRequest(
        x_range=(row[0] - 0.5, row[0] + 0.5),
        y_range=(row[1] - 0.5, row[1] + 0.5),
        max_resolution=41,
        through=("train", 5),
    )
    plane = FrameBuilder(prepared).build(trainer, Needs(plane=request)).plane
    assert plane is not None
    expected = trainer.network.predict(prepared.X_train[5:6])[0]
    assert plane.values[20, 20] == pytest.approx(expected, abs=1e-6)
