"""The way of points through a network: continuous, exact at its stations, and parted by a line at its end."""

from __future__ import annotations

import numpy as np
import pytest

import nnviz
from nnviz.core.warp import PHASES, Warp, usual_look, view_of


def warp_of(sizes: list[int], looks: list[object] | None = None, n_features: int = 2) -> tuple[Warp, nnviz.Network]:
    network = nnviz.Network(sizes, activation="tanh", output_activation="sigmoid", seed=3)
    rng = np.random.default_rng(1)
    for biases in network.biases:
        biases[:] = rng.normal(size=len(biases))
    X = rng.normal(size=(60, sizes[0]))
    usual = [usual_look(n, layer, n_features) for layer, n in enumerate(sizes)]
    chosen = usual if looks is None else looks
    return Warp.of(network.weights, network.biases, network.activation_entries, X, chosen), network  # type: ignore[arg-type]


def test_its_stations_are_what_the_network_says() -> None:
    warp, network = warp_of([2, 2, 2, 1])
    X = warp.values[0]
    assert warp.end == 9.0
    assert warp.places(X, 0.0) == pytest.approx(X)
    layers = network.forward(X)
    sums = network.pre_activations(X)
    for layer in range(2):
        assert warp.places(X, PHASES * layer + 2.0) == pytest.approx(sums[layer])
        assert warp.places(X, PHASES * (layer + 1.0)) == pytest.approx(layers[layer + 1])
    assert warp.places(X, 9.0, np.arange(60.0)) == pytest.approx(np.column_stack([layers[-1][:, 0], np.arange(60.0)]))


@pytest.mark.parametrize("sizes", [[2, 2, 1], [2, 5, 3, 1], [4, 3, 3], [1, 4, 1], [2, 1]])
def test_nothing_jumps_on_the_way(sizes: list[int]) -> None:
    warp, _ = warp_of(sizes, n_features=sizes[0])
    steps = np.linspace(0.0, warp.end, 40 * int(warp.end) + 1)
    way = np.array([warp.places(warp.values[0], at) for at in steps])
    assert np.isfinite(way).all()
    # A hundredth of what is passed through in a phase may go by in a step, not much more.
    assert np.abs(np.diff(way, axis=0)).max() < 0.1 * np.ptp(way, axis=(0, 1)).max()


def test_the_first_phase_is_linear_all_along() -> None:
    warp, _ = warp_of([2, 5, 1])
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 7, 2))
    for at in (0.3, 0.8):
        origin = warp.places(np.zeros((1, 2)), at)
        both = warp.places(a + b, at) - origin
        assert both == pytest.approx(warp.places(a, at) - origin + warp.places(b, at) - origin)


@pytest.mark.parametrize("sizes", [[2, 2, 1], [2, 1], [2, 6, 1]])
def test_classes_stand_on_two_sides_of_the_border(sizes: list[int]) -> None:
    warp, network = warp_of(sizes)
    answers = network.predict(warp.values[0])[:, 0]
    for at in (warp.end - 1.0, warp.end):
        border = warp.border(at, (-1.0, 1.0))
        assert border is not None
        assert np.ptp(border[:, 0]) < 1e-9
        assert border[[0, -1], 1] == pytest.approx([-1.0, 1.0])
    x = warp.places(warp.values[0], warp.end)[:, 0]
    assert np.array_equal(x > border[0, 0], answers > 0.5)


def test_the_border_comes_from_the_last_layer_of_two_units() -> None:
    warp, network = warp_of([2, 3, 2, 1])
    assert warp.border(2.0, (0.0, 1.0)) is None
    line = warp.border(6.0, (0.0, 1.0))
    assert line is not None
    # It lies in the space of the two units, where the output's sum is zero.
    assert line @ network.weights[-1][0] + network.biases[-1][0] == pytest.approx(np.zeros(len(line)), abs=1e-9)


def test_the_principal_plane_shows_most_and_stays_as_it_was_turned() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(80, 6)) * np.array([5.0, 3.0, 0.5, 0.4, 0.3, 0.2])
    view = view_of(values, "plane")
    variances = values.var(axis=0)
    assert view.share > 0.98 * variances[:2].sum() / variances.sum()
    assert view.axes @ view.axes.T == pytest.approx(np.eye(2))
    turned = np.array([[0.0, 1.0], [-1.0, 0.0]]) @ view.axes
    again = view_of(values + 0.01 * rng.normal(size=values.shape), "plane", former=type(view)(turned, view.centre))
    assert again.axes == pytest.approx(turned, abs=0.02)


def test_three_units_are_a_cloud_that_turns() -> None:
    values = np.random.default_rng(5).normal(size=(30, 3))
    before, after = (view_of(values, "cloud", angle=angle) for angle in (0.0, 0.4))
    assert before.axes @ before.axes.T == pytest.approx(np.eye(2))
    assert after.axes @ after.axes.T == pytest.approx(np.eye(2))
    assert np.abs(before.axes - after.axes).max() > 0.1
