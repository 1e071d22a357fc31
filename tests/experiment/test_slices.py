"""Distances from a slice: what is drawn faintly because the map does not speak of it."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.data import Dataset
from nnviz.experiment import DataSpec, Experiment, NetworkSpec, prepare
from nnviz.experiment.answers import answer_on_plane
from nnviz.experiment.components import principal_components
from nnviz.experiment.frame import Hold, Needs, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.slices import (
    FAINTEST,
    FAR,
    MOST_AVERAGED,
    NEAR,
    averaged_rows,
    held_features,
    in_force,
    middle_row,
    opacities,
    places,
    slice_distances,
)


def test_nothing_is_held_on_a_plane_of_two_features(moons: Experiment) -> None:
    assert held_features(prepare(moons), (0, 1)) == ()
    assert slice_distances(prepare(moons), (0, 1)) is None


def test_the_distance_is_the_rms_in_standard_deviations_over_the_held_features() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    found = slice_distances(prepared, (3, 1))
    assert found is not None
    train_distances, _, test_distances = found
    train = prepared.train.X
    row = prepared.test.X[4]
    by_hand = [(row[j] - train[:, j].mean()) / train[:, j].std() for j in (0, 2)]
    assert test_distances[4] == pytest.approx(np.sqrt((by_hand[0] ** 2 + by_hand[1] ** 2) / 2.0))
    # Over the training rows, each held feature has a mean square of 1 by definition.
    assert (train_distances**2).mean() == pytest.approx(1.0)


def test_a_feature_that_does_not_vary_counts_for_nothing() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="digits8x8")))
    constant = np.flatnonzero(np.ptp(prepared.train.X, axis=0) == 0.0)
    assert len(constant)
    distances = slice_distances(prepared, (20, 21))
    assert distances is not None
    assert np.isfinite(distances[0]).all()
    assert (distances[0] ** 2).mean() == pytest.approx(1.0)


def test_points_fade_from_near_to_far_and_never_vanish() -> None:
    shown = opacities(np.array([0.0, NEAR, 0.5 * (NEAR + FAR), FAR, 50.0]))
    assert shown[:2].tolist() == [1.0, 1.0]
    assert shown[2] == pytest.approx(0.5 * (1.0 + FAINTEST))
    assert shown[3:] == pytest.approx([FAINTEST, FAINTEST])


def test_a_slice_through_a_sample_holds_the_others_at_its_values() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    row = prepared.test.X[7]
    hold = Hold("row", ("test", 7))
    assert held_features(prepared, (0, 2), hold) == ((1, row[1]), (3, row[3]))
    distances = slice_distances(prepared, (0, 2), hold)
    assert distances is not None
    assert distances[2][7] == 0.0


def test_a_row_that_is_not_there_stands_for_the_means() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    for hold in (Hold("row", ("train", 10**6)), Hold("row"), Hold("values", values=(1.0, 2.0))):
        assert in_force(prepared, hold) == Hold()
        assert np.array_equal(middle_row(prepared, hold), prepared.inputs.feature_means)


def test_the_plane_through_a_sample_answers_for_it() -> None:
    """Where the sample lies on the plane, the map holds the network's own answer to it."""
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    trainer = prepared.trainer()
    row = prepared.train.X[5]
    request = PlaneRequest(
        x_range=(row[0] - 0.5, row[0] + 0.5),
        y_range=(row[1] - 0.5, row[1] + 0.5),
        max_resolution=41,
        hold=Hold("row", ("train", 5)),
    )
    plane = FrameBuilder(prepared).build(trainer.moment(), Needs(planes={"": request})).plane
    assert plane is not None
    expected = trainer.network.predict(prepared.X_train[5:6])[0]
    assert plane.values[20, 20] == pytest.approx(expected, abs=1e-6)


def test_values_are_held_as_they_are_given() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    assert held_features(prepared, (0, 1), Hold("values", values=(9.0, 9.0, 1.5, 0.25))) == ((2, 1.5), (3, 0.25))


def test_an_average_is_the_mean_answer_to_the_rows_with_two_features_changed() -> None:
    """Partial dependence by its definition, at one place of the map and under the pointer."""
    prepared = prepare(Experiment(data=DataSpec(name="iris")))
    trainer = prepared.trainer()
    trainer.run(3)
    request = PlaneRequest(axes=(1, 3), hold=Hold("average"), max_resolution=30)
    frame = FrameBuilder(prepared).build(trainer.moment(), Needs(planes={"": request}))
    plane = frame.plane
    assert plane is not None
    rows = averaged_rows(prepared).copy()
    assert plane.n_averaged == len(rows) == prepared.train.n_samples <= MOST_AVERAGED
    assert plane.away is None
    (x0, x1), (y0, y1) = plane.x_range, plane.y_range
    n_y, n_x, _ = plane.values.shape
    x, y = x0 + 7.5 * (x1 - x0) / n_x, y0 + 21.5 * (y1 - y0) / n_y
    rows[:, 1], rows[:, 3] = x, y
    expected = trainer.network.predict(prepared.inputs.transform(rows)).mean(axis=0)
    assert plane.values[21, 7] == pytest.approx(expected, abs=1e-6)
    assert answer_on_plane(frame, plane, prepared, x, y) == pytest.approx(expected, abs=1e-12)
    maps = frame.unit_maps
    assert maps is not None
    assert np.isfinite(maps[1]).all()


def test_fewer_rows_are_averaged_for_larger_networks() -> None:
    small = prepare(Experiment(data=DataSpec(name="wine_quality_red")))
    network = NetworkSpec.model_validate({"hidden": [256, 256]})
    large = prepare(Experiment(data=DataSpec(name="wine_quality_red"), network=network))
    assert len(averaged_rows(small)) == MOST_AVERAGED
    assert 10 <= len(averaged_rows(large)) < MOST_AVERAGED


@pytest.mark.parametrize("name", ["wine", "digits8x8"])
def test_the_components_are_those_of_the_singular_value_decomposition(name: str) -> None:
    prepared = prepare(Experiment(data=DataSpec(name=name)))
    found = prepared.components
    Z = (prepared.train.X - prepared.train.X.mean(axis=0)) / found.scale
    assert (Z**2).mean() == pytest.approx(1.0)
    _, s, Vt = np.linalg.svd(Z, full_matrices=False)
    assert found.explained == pytest.approx(s[:2] ** 2 / (s**2).sum())
    assert np.abs(found.directions @ Vt[:2].T) == pytest.approx(np.eye(2), abs=1e-6)
    scores = found.scores(prepared.train.X)
    assert scores.var(axis=0) == pytest.approx(s[:2] ** 2 / len(Z))
    assert found.scores(found.rows(scores)) == pytest.approx(scores)
    # What is not explained is the mean square distance from the plane.
    lost = (1.0 - sum(found.explained)) * (Z**2).mean()
    assert (found.distances(prepared.train.X) ** 2).mean() == pytest.approx(lost)


def test_more_features_than_rows_have_components_too() -> None:
    rng = np.random.default_rng(0)
    data = Dataset.of_values(rng.normal(size=(12, 40)), rng.normal(size=12), [f"f{k}" for k in range(40)], ["y"])
    found = principal_components(data)
    assert found.directions @ found.directions.T == pytest.approx(np.eye(2), abs=1e-12)
    Z = (data.X - found.centre) / found.scale
    Vt = np.linalg.svd(Z, full_matrices=False)[2]
    assert np.abs(found.directions @ Vt[:2].T) == pytest.approx(np.eye(2), abs=1e-6)


def test_the_plane_of_the_components_answers_for_the_points_on_it() -> None:
    prepared = prepare(Experiment(data=DataSpec(name="wine")))
    trainer = prepared.trainer()
    hold = Hold("components")
    frame = FrameBuilder(prepared).build(
        trainer.moment(), Needs(planes={"": PlaneRequest(hold=hold, max_resolution=40)})
    )
    plane = frame.plane
    assert plane is not None
    assert plane.hold == hold
    where = places(prepared, (0, 1), hold)
    low, high = np.array([plane.x_range, plane.y_range]).T
    assert (np.vstack(list(where.values())) > low).all()
    assert (np.vstack(list(where.values())) < high).all()
    raw = prepared.components.rows(where["test"][3:4])
    expected = trainer.network.predict(prepared.inputs.transform(raw))[0]
    assert answer_on_plane(frame, plane, prepared, *where["test"][3].tolist()) == pytest.approx(expected, abs=1e-12)
    assert plane.away is not None
    assert len(plane.away[2]) == prepared.test.n_samples
