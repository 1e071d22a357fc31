"""A second opinion: gradients, every optimiser's steps, and whole random runs equal PyTorch's in float64."""

import numpy as np
import pytest

from nnviz.core import numpy_engine
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.network import Network
from nnviz.core.propagation import backward
from nnviz.core.rng import epoch_order
from nnviz.core.trainer import Trainer

torch = pytest.importorskip("torch")
from tests.benchmarks.fuzz_torch import (  # noqa: E402
    ENGINES,
    PAIRS,
    flat,
    outcomes,
    random_case,
    shrunk,
    tensors_of,
    torch_loss,
)

pytestmark = pytest.mark.bench_extra

OPTIMIZER = {
    "sgd": (torch.optim.SGD, {}, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}, {}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.8, "nesterov": True}, {"momentum": 0.8}),
    "rmsprop": (torch.optim.RMSprop, {}, {}),
    "adam": (torch.optim.Adam, {"betas": (0.8, 0.95)}, {"beta1": 0.8, "beta2": 0.95}),
    "adamw": (torch.optim.AdamW, {}, {}),
}


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


@pytest.mark.parametrize("seed", range(30))
def test_a_random_run(seed):
    """Thirty of those that `tests/benchmarks/fuzz_torch.py` makes, and makes simpler where one fails."""
    case = random_case(seed)
    results = outcomes(case)
    assert {engine: outcome.fault for engine, outcome in results.items()} == dict.fromkeys(ENGINES, ""), case


def test_what_differs_from_pytorch_is_found_and_made_simple(monkeypatch):
    case = next(case for case in map(random_case, range(100)) if case.optimizer == "sgd" and case.clip_norm is None)

    def too_long(*given, **named):
        gradient = backward(*given, **named)
        gradient *= 1.01  # In its buffer, which is what the engine reads.
        return gradient

    monkeypatch.setattr(numpy_engine, "backward", too_long)
    results = outcomes(case)
    assert "parameters differ" in results["numpy"].fault
    assert not results["compiled"].fault
    small = shrunk(case, "numpy")
    assert (small.sizes, small.n_rows, small.dropout) == ((1, 1), 1, 0.0)


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("n_outputs", [1, 2, 4])
def test_class_weights(n_outputs, engine):
    """The loss is that of CrossEntropyLoss(weight=…) and its binary equal; mini-batches, the last one short, take their
    mean of it by weights that are 1 on the average of all rows.
    """
    rng = np.random.default_rng(n_outputs)
    n_classes, n = max(n_outputs, 2), 47
    classes = np.minimum(rng.geometric(0.5, n) - 1, n_classes - 1)
    X, weights = rng.normal(size=(n, 3)), rng.uniform(0.2, 5.0, n_classes)
    Y = np.eye(n_classes)[classes] if n_outputs > 1 else classes[:, np.newaxis] * 1.0
    network = Network([3, 5, n_outputs], "tanh", "softmax" if n_outputs > 1 else "sigmoid", seed=1)
    tensors = tensors_of(network)
    optimizer = torch.optim.SGD(tensors, lr=0.1)
    trainer = Trainer(network, X, Y, engine=engine, batch_size=10, learning_rate=0.1, class_weights=weights, seed=3)

    counts = torch.as_tensor(weights)[torch.as_tensor(classes)]

    def loss_of(rows):
        own = counts[torch.as_tensor(rows)].sum() / (len(rows) * counts.mean())
        Z = torch.tanh(torch.as_tensor(X[rows]) @ tensors[0].T + tensors[1]) @ tensors[2].T + tensors[3]
        if n_outputs > 1:
            mean = torch.nn.CrossEntropyLoss(weight=torch.as_tensor(weights))(Z, torch.as_tensor(classes[rows]))
            return own * mean
        each = torch.as_tensor(weights)[torch.as_tensor(classes[rows])][:, None]
        return (
            own
            * torch.nn.functional.binary_cross_entropy_with_logits(Z, torch.as_tensor(Y[rows]), each, reduction="sum")
            / each.sum()
        )

    assert trainer.history.train_loss[0] == pytest.approx(loss_of(np.arange(n)).item(), rel=1e-12)
    trainer.run(3)
    for epoch in range(3):
        order = epoch_order(3, epoch, n)
        for first in range(0, n, 10):
            optimizer.zero_grad()
            loss_of(order[first : first + 10]).backward()
            optimizer.step()
    np.testing.assert_allclose(network.weights[0], tensors[0].detach().numpy(), rtol=0.0, atol=1e-12)
    assert trainer.history.train_loss[-1] == pytest.approx(loss_of(np.arange(n)).item(), rel=1e-11)
