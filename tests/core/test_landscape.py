"""Loss surfaces: they are the loss of the network at each point; their plane is that of the principal components."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnviz
from nnviz.core.landscape import Ground, Slice, principal_slice, spans_of, surface_of, weights_slice
from nnviz.core.losses import LOSSES

RNG = np.random.default_rng(0)


def network(sizes=(2, 3, 1), **kinds):
    return nnviz.Network(list(sizes), **{"activation": "tanh", "seed": 3} | kinds)


CASES = [
    ((2, 3, 1), "sigmoid", "binary_cross_entropy", True),
    ((2, 3, 4), "softmax", "cross_entropy", True),
    ((2, 4, 3, 2), "linear", "huber", True),
    ((2, 3, 1), "tanh", "sum_squared_error", False),
    ((2, 1), "linear", "half_squared_error", True),
]


def rows(sizes, loss, n=23):
    X = RNG.normal(size=(n, sizes[0]))
    if loss in ("binary_cross_entropy", "cross_entropy"):
        classes = RNG.integers(0, max(sizes[-1], 2), n)
        return X, classes[:, None].astype(float) if sizes[-1] == 1 else np.eye(sizes[-1])[classes]
    return X, RNG.normal(size=(n, sizes[-1]))


@pytest.mark.parametrize(("sizes", "output", "loss", "bias"), CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_surface_is_the_loss_of_the_network_at_each_of_its_points(sizes, output, loss, bias, weighted):
    net = network(sizes, output_activation=output, bias=bias)
    X, Y = rows(sizes, loss)
    weights = RNG.uniform(0.1, 3.0, len(X)) if weighted else None
    ground = Ground.of(net, LOSSES[loss], X, Y, weights)
    moving = net.layout.is_weight | bias
    paths = [net.parameters + 0.3 * moving * RNG.normal(size=(5, len(moving))) for _ in range(2)]
    plane = principal_slice(net.parameters, paths)
    surface = surface_of(ground, plane, ((-1.0, 1.0), (-2.0, 0.5)), 6)
    assert surface is not None
    for row in (0, 2, 5):
        for column in (0, 3, 5):
            at = plane.parameters(np.array([surface.x[column], surface.y[row]]))
            other = network(sizes, output_activation=output, bias=bias)
            other.parameters = at
            expected = other.loss(X, Y, loss=loss, row_weights=weights)
            assert surface.values[row, column] == pytest.approx(expected, rel=1e-12)
    # Computed a few at a time it is the same.
    assert ground.at_once > 36
    alone = [ground.losses(plane.parameters(np.array([[x, y]])))[0] for y in surface.y for x in surface.x]
    np.testing.assert_allclose(surface.values.ravel(), alone, rtol=1e-12)


def test_a_cancelled_surface_is_none():
    net = network()
    ground = Ground.of(net, LOSSES["half_squared_error"], *rows((2, 3, 1), "half_squared_error"))
    plane = weights_slice(net.parameters, 0, 1)
    assert surface_of(ground, plane, ((-1.0, 1.0), (-1.0, 1.0)), 5, lambda: True) is None


@settings(max_examples=40, deadline=None)
@given(
    n_paths=st.integers(1, 4), n_points=st.integers(1, 12), n_parameters=st.integers(1, 30), seed=st.integers(0, 999)
)
def test_the_share_of_the_motion_is_that_of_the_two_largest_singular_values(n_paths, n_points, n_parameters, seed):
    rng = np.random.default_rng(seed)
    start = rng.normal(size=n_parameters)
    scale = rng.uniform(0.0, 3.0, n_parameters)
    paths = [start + scale * rng.normal(size=(n_points, n_parameters)) for _ in range(n_paths)]
    plane = principal_slice(start, paths)
    singular = np.linalg.svd(np.vstack(paths) - start, compute_uv=False)
    assert plane.share == pytest.approx((singular[:2] ** 2).sum() / (singular**2).sum(), rel=1e-9)
    n_axes = min(2, n_parameters)
    np.testing.assert_allclose((plane.along @ plane.along.T)[:n_axes, :n_axes], np.eye(n_axes), atol=1e-9)
    np.testing.assert_allclose(plane.coordinates(start), 0.0, atol=1e-12)


def test_there_is_a_plane_where_nothing_moves_and_where_all_move_along_a_line():
    start = np.array([1.0, 2.0, 3.0])
    still = principal_slice(start, [np.tile(start, (4, 1))])
    np.testing.assert_allclose(still.along @ still.along.T, np.eye(2), atol=1e-12)
    line = principal_slice(start, [start + np.outer(np.arange(5.0), [0.0, 0.6, 0.8])])
    np.testing.assert_allclose(np.abs(line.along[0]), [0.0, 0.6, 0.8], atol=1e-12)
    np.testing.assert_allclose(line.along @ line.along.T, np.eye(2), atol=1e-12)
    assert line.share == pytest.approx(1.0)


def test_the_end_of_a_trail_lies_on_the_surface_where_the_plane_goes_through_it():
    data = nnviz.load_dataset("moons", n_samples=60, seed=1)
    net = network(output_activation="sigmoid")
    trainer = nnviz.Trainer(net, data.X, data.targets(net), learning_rate=0.5)
    start = net.parameters.copy()
    path = [start]
    for _ in range(6):
        trainer.run(1)
        path.append(net.parameters.copy())
    ground = Ground.of(net, LOSSES[trainer.loss], data.X, data.targets(net))
    # Through the start, and through the end of the one path there is: their difference is in any plane of two points.
    plane = principal_slice(start, [np.array([start, path[-1]])])
    for parameters, loss in ((start, trainer.history.train_loss[0]), (path[-1], trainer.history.train_loss[-1])):
        found = ground.losses(plane.parameters(plane.coordinates(parameters))[None])[0]
        assert found == pytest.approx(loss, rel=1e-12)
    # Two weights, the others as the run has them now.
    plane = weights_slice(path[-1], 0, 5, [np.array(path)])
    assert ground.losses(plane.parameters(np.zeros((1, 2))))[0] == pytest.approx(
        trainer.history.train_loss[-1], rel=1e-12
    )
    assert 0.0 < plane.share < 1.0


def test_two_parameters_have_one_true_surface():
    net = nnviz.Network([1, 1], output_activation="linear", seed=0)
    path = net.parameters + RNG.normal(size=(5, 2))
    plane = weights_slice(path[-1], 0, 1, [path])
    assert plane.share == 1.0
    X, Y = rows((1, 1), "half_squared_error")
    ground = Ground.of(net, LOSSES["half_squared_error"], X, Y)
    for each in path:
        net.parameters = each
        at = plane.parameters(plane.coordinates(each))
        assert ground.losses(at[None])[0] == pytest.approx(net.loss(X, Y, loss="half_squared_error"), rel=1e-12)


def test_rows_are_left_out_evenly_and_a_sum_stands_for_all():
    net = network()
    X, Y = rows((2, 3, 1), "half_squared_error", 1000)
    for loss in ("sum_squared_error", "mean_squared_error"):
        ground = Ground.of(net, LOSSES[loss], X, Y)
        part = ground.thinned(500)
        assert (part.n_rows, part.n_all) == (500, 1000)
        assert part.losses(net.parameters[None])[0] == pytest.approx(ground.losses(net.parameters[None])[0], rel=0.2)
    assert ground.thinned(5000) is ground


@pytest.mark.parametrize(("sizes", "n"), [((2, 8, 8, 1), 250), ((2, 3, 1), 20), ((64, 64, 10), 4000)])
@pytest.mark.parametrize("budget", [3e7, 1e9])
def test_a_surface_is_as_fine_as_it_may_cost(sizes, n, budget):
    net = network(sizes, output_activation="sigmoid")
    ground, resolution = Ground.of(net, LOSSES["half_squared_error"], *rows(sizes, "x", n)).within(budget, 1000, 81)
    assert 13 <= resolution <= 81
    assert min(n, 60) <= ground.n_rows <= min(n, 1000)
    cost = ground.n_rows * net.layout.n_parameters * resolution**2
    assert cost <= budget or (ground.n_rows, resolution) == (60, 13)


def test_a_plane_keeps_its_bearings_and_its_ranges_hold_the_points():
    plane = Slice(np.zeros(3), np.eye(3)[:2])
    turned = Slice(np.zeros(3), np.array([[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    np.testing.assert_array_equal(turned.seen_like(plane).along, plane.along)
    points = [np.array([[0.0, 0.0], [10.0, 0.1]]), np.array([[np.nan, 3.0], [4.0, 0.0]])]
    (x0, x1), (y0, y1) = spans_of(points)
    assert x0 < 0.0 < 10.0 < x1
    assert y0 < 0.0 < 0.1 < y1
    assert y1 - y0 >= 0.2 * 10.0
    assert spans_of([]) == ((-1.0, 1.0), (-1.0, 1.0))
    surface = surface_of(
        Ground.of(network((2, 1), output_activation="linear"), LOSSES["half_squared_error"], *rows((2, 1), "x")),
        plane,
        ((0.0, 1.0), (0.0, 1.0)),
        3,
    )
    assert surface is not None
    heights = surface.height(np.array([[0.5, 0.5], [0.25, 0.0], [2.0, 0.0]]))
    assert heights[0] == surface.values[1, 1]
    assert heights[1] == pytest.approx(surface.values[0, :2].mean())
    assert np.isnan(heights[2])
