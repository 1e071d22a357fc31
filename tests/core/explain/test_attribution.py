"""An update is the sum of its pieces, per-example gradients are those of a loop, and a muted unit is really muted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.explain.attribution import Attribution, example_gradients
from nnviz.core.explain.importance import contribution, importance
from nnviz.core.losses import LOSSES
from nnviz.core.network import Network
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.trainer import Trainer


def trainer(optimizer, seed=0, bias=True, **more):
    rng = np.random.default_rng(seed)
    net = Network([3, 4, 2], "tanh", "softmax", bias=bias, seed=seed)
    X, Y = rng.normal(size=(12, 3)), np.eye(2)[rng.integers(0, 2, 12)]
    run = Trainer(net, X, Y, optimizer=optimizer, batch_size=5, engine="numpy", learning_rate=0.02, **more)
    run.run(2)
    return run


@given(
    st.sampled_from(list(OPTIMIZERS)),
    st.sampled_from([{}, {"l1": 0.01, "l2": 0.2}, {"clip_norm": 0.01}, {"clip_norm": 0.05, "l2": 0.1}]),
    st.booleans(),
    st.integers(0, 99),
)
@settings(max_examples=50)
def test_the_pieces_add_up(optimizer, more, bias, seed):
    run = trainer(optimizer, seed, bias, **more)
    worked = run.worked_example()
    attribution = Attribution(worked.arithmetic)
    pushed = [attribution.pushes(row) for row in range(worked.arithmetic.n_rows)]
    for layer, unit, source in ((1, 2, 0), (2, 1, 3), (1, 0, None), (2, 1, None)):
        pieces = attribution.pieces(layer, unit, source)
        total = pieces.examples.sum() + pieces.carried + pieces.penalty
        assert total == pytest.approx(pieces.change, rel=1e-9, abs=1e-15)
        now = run.network.biases[layer - 1][unit] if source is None else run.network.weights[layer - 1][unit, source]
        after = worked.updated_biases[layer - 1][unit] if source is None else worked.updated_weights[layer - 1][unit]
        assert pieces.change == (after if source is None else after[source]) - now
        for row, (weights, biases) in enumerate(pushed):
            push = biases[layer - 1][unit] if source is None else weights[layer - 1][unit, source]
            assert push == pytest.approx(pieces.examples[row], rel=1e-12, abs=1e-18)
        assert bool(pieces.penalty) == (source is not None and bool(more.get("l2"))) or optimizer == "adamw"
        assert not pieces.carried or OPTIMIZERS[optimizer].n_slots


def test_an_unknown_optimiser_gives_all_to_the_examples(monkeypatch):
    monkeypatch.setattr("nnviz.core.explain.attribution._SPLITS", {})
    pieces = Attribution(trainer("adam").worked_example().arithmetic).pieces(1, 0, 0)
    assert pieces.examples.sum() == pytest.approx(pieces.change, rel=1e-9)


def test_all_gradients_at_once_are_those_of_a_loop():
    run = trainer("sgd")
    worked = run.worked_example(range(12))
    for layer, gradients in enumerate(example_gradients(worked.arithmetic)):
        for row in range(12):
            x, y = worked.x[row], worked.y[row]
            np.testing.assert_allclose(gradients[row], run.network.gradients(x, y)[0][layer], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("hidden", "output", "loss"),
    [("relu", "linear", "mean_squared_error"), ("tanh", "softmax", "cross_entropy"), ("sine", "tanh", "huber")],
)
def test_importance_is_the_rise_of_the_loss_without_the_unit(hidden, output, loss):
    rng = np.random.default_rng(0)
    net = Network([2, 5, 3, 2], hidden, output, seed=1)
    X, Y = rng.normal(size=(30, 2)), np.eye(2)[rng.integers(0, 2, 30)]
    weights = rng.random(30)
    found = importance(net.layout, net.activation_entries, LOSSES[loss], net.parameters, X, Y, weights)
    whole = net.loss(X, Y, loss, row_weights=weights)
    for layer, rises in enumerate(found, start=1):
        for unit, rise in enumerate(rises):
            without = net.copy()
            without.weights[layer][:, unit] = 0.0
            assert rise == pytest.approx(without.loss(X, Y, loss, row_weights=weights) - whole, rel=1e-9, abs=1e-12)
            part = contribution(net.layout, net.activation_entries, net.parameters, X, layer, unit)
            np.testing.assert_allclose(part, net.predict(X) - without.predict(X), atol=1e-13)


def test_importance_in_pieces_is_the_same(monkeypatch):
    net, rng = Network([2, 7, 4, 1], seed=1), np.random.default_rng(0)
    X, Y = rng.normal(size=(10, 2)), rng.random((10, 1))
    arguments = net.layout, net.activation_entries, LOSSES["binary_cross_entropy"], net.parameters, X, Y
    whole = importance(*arguments)
    monkeypatch.setattr("nnviz.core.explain.importance._NUMBERS_AT_ONCE", 100)
    for ours, expected in zip(importance(*arguments), whole, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-15)
