"""A second opinion: gradients, and fifty steps of every optimiser, equal PyTorch's in float64."""

import numpy as np
import pytest

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.losses import LOSSES
from nnviz.core.network import Network
from nnviz.core.rng import epoch_order
from nnviz.core.trainer import Trainer

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.bench_extra

F = torch.nn.functional
ACTIVATION = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "softplus": F.softplus,
    "gelu": F.gelu,
    "silu": F.silu,
    "sine": torch.sin,
    "softmax": lambda z: torch.softmax(z, dim=1),
}
LOSS = {
    "binary_cross_entropy": lambda z, a, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y),
    "cross_entropy": lambda z, a, y: F.cross_entropy(z, y),
    "mean_squared_error": lambda z, a, y: F.mse_loss(a, y, reduction="sum") / len(y),
    "half_squared_error": lambda z, a, y: F.mse_loss(a, y, reduction="sum") / len(y) / 2,
    "sum_squared_error": lambda z, a, y: F.mse_loss(a, y, reduction="sum"),
    "mean_absolute_error": lambda z, a, y: F.l1_loss(a, y, reduction="sum") / len(y),
    "huber": lambda z, a, y: F.huber_loss(a, y, reduction="sum") / len(y),
}
PAIRS = [(o, loss.name) for loss in LOSSES.values() for o in loss.pairs_with if ACTIVATIONS[o].trainable]
OPTIMIZER = {
    "sgd": (torch.optim.SGD, {}, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}, {}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.8, "nesterov": True}, {"momentum": 0.8}),
    "rmsprop": (torch.optim.RMSprop, {}, {}),
    "adam": (torch.optim.Adam, {"betas": (0.8, 0.95)}, {"beta1": 0.8, "beta2": 0.95}),
    "adamw": (torch.optim.AdamW, {}, {}),
}


def tensors_of(network):
    return [
        torch.tensor(p.copy(), requires_grad=True)
        for pair in zip(network.weights, network.biases, strict=True)
        for p in pair
    ]


def torch_loss(network, tensors, X, Y, loss):
    A = Z = torch.as_tensor(X)
    for W, b, name in zip(tensors[::2], tensors[1::2], network.activations, strict=True):
        Z = A @ W.T + b
        A = ACTIVATION[name](Z)
    return LOSS[loss](Z, A, torch.as_tensor(Y))


def flat(tensors):
    return np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_losses_and_gradients(output, loss):
    rng = np.random.default_rng(0)
    for hidden in (entry.name for entry in ACTIVATIONS.values() if entry.trainable and entry.hidden):
        network = Network([3, 5, 4, 2], hidden, output, init="normal", seed=1)
        network.parameters[:] += 0.1 * rng.normal(size=network.parameters.shape)
        X, Y = rng.normal(size=(9, 3)), rng.dirichlet(np.ones(2), 9)
        tensors = tensors_of(network)
        value = torch_loss(network, tensors, X, Y, loss)
        value.backward()
        assert network.loss(X, Y, loss) == pytest.approx(value.item(), rel=1e-12)
        expected = flat([tensor.grad for tensor in tensors])
        np.testing.assert_allclose(network.flat_gradient(X, Y, loss), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("optimizer", OPTIMIZER)
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_fifty_steps(activation, optimizer, engine):
    rng = np.random.default_rng(1)
    n, batch_size, rate = 50, 10, 0.02
    X, Y = rng.normal(size=(n, 2)), rng.integers(0, 2, (n, 1)).astype(float)
    network = Network([2, 6, 5, 1], activation, "sigmoid", seed=2)
    tensors = tensors_of(network)
    make, theirs, ours = OPTIMIZER[optimizer]
    judge = make(tensors, lr=rate, **theirs)
    trainer = Trainer(
        network, X, Y, optimizer=optimizer, learning_rate=rate, batch_size=batch_size, engine=engine, seed=3, **ours
    )
    for epoch in range(10):
        order = epoch_order(3, epoch, n)
        for start in range(0, n, batch_size):
            rows = order[start : start + batch_size]
            judge.zero_grad()
            torch_loss(network, tensors, X[rows], Y[rows], "binary_cross_entropy").backward()
            judge.step()
            trainer.step_batch()
            np.testing.assert_allclose(network.parameters, flat(tensors), rtol=0, atol=1e-9)
    assert trainer.history.updates[-1] == 50


def test_clipping():
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    network = Network([2, 6, 1], "tanh", "linear", seed=2)
    tensors = tensors_of(network)
    trainer = Trainer(network, X, Y, learning_rate=0.1, batch_size=None, shuffle=False, clip_norm=0.05)
    judge = torch.optim.SGD(tensors, lr=0.1)
    for _ in range(20):
        judge.zero_grad()
        torch_loss(network, tensors, X, Y, "mean_squared_error").backward()
        torch.nn.utils.clip_grad_norm_(tensors, 0.05)
        judge.step()
        trainer.step_batch()
    # PyTorch divides by the norm plus 1e-6.
    np.testing.assert_allclose(network.parameters, flat(tensors), rtol=0, atol=1e-6)
