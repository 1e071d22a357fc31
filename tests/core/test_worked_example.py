"""Source E's worked example, digit for digit, with its arithmetic spelled out.

Network 3-3-1 without biases, sigmoid throughout; x = (1, 0, 1), target 0; hidden weights h1 (.9, .8, .1),
h2 (.3, .5, .6), h3 (.2, .4, .7); output weights (.3, .5, .9); learning rate 0.5; error ½(0 − output)².
"""

from math import exp

import numpy as np
import pytest

from nnviz.core.network import Network
from nnviz.core.trainer import Trainer

X, Y = np.array([[1.0, 0.0, 1.0]]), np.array([[0.0]])


def sigmoid(z):
    return 1.0 / (1.0 + exp(-z))


@pytest.fixture
def network():
    net = Network([3, 3, 1], "sigmoid", "sigmoid", bias=False)
    net.weights[0][:] = [[0.9, 0.8, 0.1], [0.3, 0.5, 0.6], [0.2, 0.4, 0.7]]
    net.weights[1][:] = [[0.3, 0.5, 0.9]]
    return net


def test_forward(network):
    z1 = 0.9 * 1 + 0.8 * 0 + 0.1 * 1
    z2 = 0.3 * 1 + 0.5 * 0 + 0.6 * 1
    z3 = 0.2 * 1 + 0.4 * 0 + 0.7 * 1
    assert (z1, z2, z3) == pytest.approx((1.0, 0.9, 0.9), abs=1e-12)
    h1, h2, h3 = sigmoid(z1), sigmoid(z2), sigmoid(z3)
    assert (h1, h2, h3) == pytest.approx((0.731058578630, 0.710949502625, 0.710949502625), abs=5e-13)
    total = 0.3 * h1 + 0.5 * h2 + 0.9 * h3
    assert total == pytest.approx(1.2146468773, abs=5e-11)
    output = sigmoid(total)
    assert output == pytest.approx(0.7711201275, abs=5e-11)

    Z1, Z2 = network.pre_activations(X)
    _, A1, A2 = network.forward(X)
    np.testing.assert_allclose(Z1, [[z1, z2, z3]], rtol=0, atol=1e-15)
    np.testing.assert_allclose(A1, [[h1, h2, h3]], rtol=0, atol=1e-15)
    assert Z2[0, 0] == pytest.approx(total, abs=1e-15)
    assert A2[0, 0] == pytest.approx(output, abs=1e-15)
    # The source rounds the hidden activations to two digits before it adds them up.
    rounded = 0.3 * 0.73 + 0.5 * 0.71 + 0.9 * 0.71
    assert rounded == pytest.approx(1.213)
    assert sigmoid(rounded) == pytest.approx(0.7708293340, abs=5e-11)


def test_error(network):
    output = network.predict(X)[0, 0]
    rounded = 0.5 * (0.0 - 0.77) ** 2
    assert rounded == pytest.approx(0.29645)
    error = network.loss(X, Y, "half_squared_error")
    assert error == pytest.approx(0.5 * (0.0 - output) ** 2, rel=1e-15)
    assert error == pytest.approx(0.2973131255, abs=5e-11)


def test_backward(network):
    _, (h1, h2, h3), output = (layer[0] for layer in network.forward(X))
    # ∂E/∂w10 = ∂E/∂ŷ · ∂ŷ/∂z · ∂z/∂w10 = (ŷ − 0) · ŷ(1 − ŷ) · h1
    delta = (output[0] - 0.0) * output[0] * (1.0 - output[0])
    dW, db = network.gradients(X, Y, "half_squared_error")
    np.testing.assert_allclose(dW[1], [[delta * h1, delta * h2, delta * h3]], rtol=1e-14)
    assert dW[1][0, 0] == pytest.approx(0.0994955962, abs=5e-11)
    # One layer down: ∂E/∂w = delta · w_out · h(1 − h) · x
    for unit, (w_out, h) in enumerate(zip((0.3, 0.5, 0.9), (h1, h2, h3), strict=True)):
        np.testing.assert_allclose(dW[0][unit], delta * w_out * h * (1 - h) * X[0], rtol=1e-14)
    assert not db[0].any()
    assert not db[1].any()


def test_update(network):
    trainer = Trainer(network, X, Y, loss="half_squared_error", learning_rate=0.5, batch_size=1)
    trainer.step_batch()
    # w10 = 0.3 − 0.5 · 0.0994955962
    assert network.weights[1][0, 0] == pytest.approx(0.2502522019, abs=5e-11)
    assert not any(b.any() for b in network.biases)
    # The second input is 0: nothing is learned about its weights.
    assert network.weights[0][:, 1].tolist() == [0.8, 0.5, 0.4]


def test_one_unit_one_layer_and_all_examples_are_the_same_mathematics(network):
    inputs = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    W = network.weights[0]
    one_unit = sum(W[1, i] * inputs[0, i] for i in range(3))
    one_layer = W @ inputs[0]
    all_examples = inputs @ W.T
    Z = network.pre_activations(inputs)[0]
    assert Z[0, 1] == pytest.approx(one_unit, rel=1e-15)
    np.testing.assert_allclose(Z[0], one_layer, rtol=1e-15)
    np.testing.assert_allclose(Z, all_examples, rtol=1e-15)
