"""The published systems B, C, D and E: the figures that they reach, reproduced."""

import math

import numpy as np
import pytest

from nnviz.core.network import Network
from nnviz.core.trainer import Trainer

B_X = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 1, 0], [1, 1, 1]], dtype=float)
B_Y = np.array([[1, 0, 0, 1, 1]], dtype=float).T
C_X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
C_Y = np.array([[0, 1, 1, 0]], dtype=float).T
E_X = np.array([[x, y, z] for x in (1, 0) for y in (1, 0) for z in (1, 0)], dtype=float)
E_Y = np.array([[1, 1, 0, 1, 0, 1, 0, 1]], dtype=float).T

engines = pytest.mark.parametrize("engine", ["numpy", "auto"])


@engines
def test_b_learns_its_table(engine):
    network = Network([3, 4, 1], "sigmoid", "sigmoid", seed=0)
    trainer = Trainer(network, B_X, B_Y, learning_rate=2.0, batch_size=None, shuffle=False, engine=engine)
    history = trainer.run(1000)
    assert trainer.loss == "binary_cross_entropy"
    assert history.train_accuracy[-1] == 1.0
    assert history.train_loss[-1] < 0.05
    assert len(history) == 1001


def test_b_the_chain_rule_simplifies():
    """∂J/∂W2 = (ŷ − y)·a1 for sigmoid with cross-entropy, averaged over the examples."""
    network = Network([3, 4, 1], "sigmoid", "sigmoid", seed=0)
    _, A1, A2 = network.forward(B_X)
    dW, db = network.gradients(B_X, B_Y, "binary_cross_entropy")
    np.testing.assert_allclose(dW[1], (A2 - B_Y).T @ A1 / 5, rtol=1e-14)
    dZ1 = (A2 - B_Y) @ network.weights[1] * A1 * (1 - A1)
    np.testing.assert_allclose(dW[0], dZ1.T @ B_X / 5, rtol=1e-14)
    np.testing.assert_allclose(db[0], dZ1.sum(axis=0) / 5, rtol=1e-14)


@engines
@pytest.mark.parametrize(
    ("seed", "before", "late", "after"),
    [
        (0, 1.298103813, 0.002800222, 0.002797652),
        (1, 1.311838215, 0.003358845, 0.003355766),
        (2, 1.250691523, 0.001821334, 0.001819723),
    ],
)
def test_c_reproduces_its_losses(engine, seed, before, late, after):
    # The published figures belong to NumPy's legacy generator.
    rng = np.random.RandomState(seed)
    network = Network([3, 4, 1], "sigmoid", "sigmoid", bias=False)
    network.weights[0][:] = rng.rand(3, 4).T
    network.weights[1][:] = rng.rand(4, 1).T
    trainer = Trainer(
        network,
        C_X,
        C_Y,
        loss="sum_squared_error",
        learning_rate=1.0,
        batch_size=None,
        shuffle=False,
        engine=engine,
    )
    trainer.run(1499)
    predictions = network.predict(C_X)[:, 0]
    loss = trainer.run(1).train_loss
    assert loss[[0, 1499, 1500]] == pytest.approx([before, late, after], abs=6e-10)
    assert (np.diff(loss) < 0).all()
    if seed == 0:
        # The published predictions are those of the 1500th forward pass, before its update.
        np.testing.assert_allclose(predictions, [0.01010, 0.97158, 0.97167, 0.03298], rtol=0, atol=5e-6)


def moons(n):
    """Two interleaved half circles of unit scale, n/2 points each, no noise."""
    angle = np.linspace(0.0, np.pi, n // 2)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.vstack([upper, lower]), np.repeat([0.0, 1.0], n // 2)[:, None]


def source_d(layer_sizes, engine):
    rng = np.random.RandomState(3)
    network = Network(layer_sizes, "sigmoid", "sigmoid")
    for weights in network.weights:
        weights[:] = rng.randn(*weights.shape) * 0.01
    X, Y = moons(200)
    return Trainer(network, X, Y, learning_rate=1.2, batch_size=None, shuffle=False, engine=engine)


@engines
def test_d_sits_on_its_plateau(engine):
    loss = source_d([2, 5, 3, 1], engine).run(1000).train_loss
    assert f"{loss[0]:.7f}" == "0.6931474"
    assert f"{loss[1000]:.7f}" == "0.6931471"
    assert np.abs(loss[1:] - math.log(2)).max() < 1e-6


def test_d_with_one_hidden_layer_leaves_it_at_once():
    loss = source_d([2, 4, 1], "auto").run(300).train_loss
    assert loss[10] == pytest.approx(math.log(2), abs=0.02)
    assert loss[300] < 0.35


@engines
def test_e_learns_its_boolean_function(engine):
    """F(x, y, z) = x·y + ¬z."""
    network = Network([3, 3, 1], "sigmoid", "sigmoid", seed=1)
    trainer = Trainer(
        network,
        E_X,
        E_Y,
        loss="half_squared_error",
        task="classification",
        learning_rate=4.0,
        batch_size=None,
        engine=engine,
    )
    history = trainer.run(3000)
    assert history.train_accuracy[-1] == 1.0
    assert history.train_loss[-1] < 0.01
    assert ((network.predict(E_X) > 0.5) == (E_Y > 0.5)).all()
