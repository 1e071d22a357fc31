"""Backpropagation against central differences: every activation, every loss, zero to four hidden layers."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.losses import LOSSES
from nnviz.core.network import Network

HIDDEN = [entry.name for entry in ACTIVATIONS.values() if entry.trainable and entry.hidden]
PAIRS = [(output, loss.name) for loss in LOSSES.values() for output in loss.pairs_with if ACTIVATIONS[output].trainable]


def has_kink(entry):
    """Return whether the first or second derivative jumps at 0, which spoils a fourth-order difference across it."""
    Z = 1e-4 * np.array([[-2.0], [-1.0], [1.0], [2.0]])
    before, across, after = np.diff(entry.derivative(Z, entry.function(Z)).ravel())
    return abs(across) > 0.1 or abs(after - before) > 1e-5


KINKED = {entry.name for entry in ACTIVATIONS.values() if has_kink(entry)}
#: Of the difference quotient, and how far from a kink it must stay.
STEP, CLEARANCE = 1e-4, 4e-3


def make(sizes, hidden, output, loss, bias, seed):
    """Return a random network with data whose losses lie well inside their smooth pieces, or None."""
    rng = np.random.default_rng(seed)
    network = Network(sizes, hidden, output, bias=bias, init="xavier_uniform", seed=seed)
    if bias:
        for b in network.biases:
            b[:] = rng.normal(0.0, 0.5, b.shape)
    X = rng.normal(size=(4, sizes[0]))
    Y = rng.normal(0.0, 1.0, (4, sizes[-1]))
    if loss == "binary_cross_entropy":
        Y = rng.random(Y.shape)
    elif loss == "cross_entropy":
        Y = rng.dirichlet(np.ones(sizes[-1]), 4)
    pre = network.pre_activations(X)
    clear = all(np.abs(Z).min() > CLEARANCE for name, Z in zip(network.activations, pre, strict=True) if name in KINKED)
    error = np.abs(network.predict(X) - Y)
    if loss == "mean_absolute_error":
        clear &= error.min() > CLEARANCE
    elif loss == "huber":
        clear &= np.abs(error - 1.0).min() > CLEARANCE
    return (network, X, Y) if clear else None


def slope(network, X, Y, loss, direction):
    """Return the derivative of the loss along `direction`: a central difference of fourth order."""
    start = network.parameters.copy()

    def at(t):
        network.parameters[:] = start + t * direction
        return network.loss(X, Y, loss)

    value = (8.0 * (at(STEP) - at(-STEP)) - (at(2 * STEP) - at(-2 * STEP))) / (12.0 * STEP)
    network.parameters[:] = start
    return value


def assert_close(exact, numeric, scale):
    """Relative error ≤ 1e-6, above the rounding of the difference quotient."""
    assert np.abs(exact - numeric).max() <= 1e-6 * np.abs(exact).max() + 1e-11 * max(scale, 1.0)


@given(
    hidden=st.lists(st.sampled_from(HIDDEN), max_size=4),
    pair=st.sampled_from(PAIRS),
    units=st.lists(st.integers(1, 4), min_size=6, max_size=6),
    bias=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_every_coordinate_of_random_networks(hidden, pair, units, bias, seed):
    output, loss = pair
    # One that shares 1 among the outputs needs two of them.
    assume(units[-1] > 1 or ACTIVATIONS[output].elementwise)
    made = make([*units[: len(hidden) + 1], units[-1]], hidden, output, loss, bias, seed)
    assume(made is not None)
    network, X, Y = made
    exact = network.flat_gradient(X, Y, loss)
    free = np.ones(len(exact), dtype=bool) if bias else network.layout.is_weight
    numeric = np.zeros_like(exact)
    for index in np.flatnonzero(free):
        direction = np.zeros_like(exact)
        direction[index] = 1.0
        numeric[index] = slope(network, X, Y, loss, direction)
    assert_close(exact, numeric, network.loss(X, Y, loss))


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_activation_with_every_loss_at_every_depth(output, loss):
    """One random direction through each layer's weights and biases checks the whole of it."""
    for hidden in HIDDEN:
        for depth in range(5):
            sizes = [2, *[3] * depth, 2]
            made = next(
                filter(None, (make(sizes, hidden, output, loss, True, seed) for seed in range(depth, depth + 99)))
            )
            network, X, Y = made
            exact = network.flat_gradient(X, Y, loss)
            rng = np.random.default_rng(depth)
            for where in (*network.layout.weight_slices, *network.layout.bias_slices):
                direction = np.zeros_like(exact)
                direction[where] = rng.uniform(-1.0, 1.0, where.stop - where.start)
                numeric = slope(network, X, Y, loss, direction)
                bound = 1e-6 * np.abs(exact * direction).sum() + 1e-11 * max(network.loss(X, Y, loss), 1.0)
                assert abs(exact @ direction - numeric) <= bound, (hidden, depth)
