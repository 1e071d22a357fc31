"""A second opinion on worked arithmetic: PyTorch's automatic slopes, where it is installed."""

import numpy as np
import pytest

import nnviz
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.network import Network

torch = pytest.importorskip("torch")
from tests.benchmarks.fuzz_torch import PAIRS, flat, tensors_of, torch_loss  # noqa: E402

pytestmark = pytest.mark.bench_extra


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_gradients_and_updates_are_pytorchs(output, loss):
    rng = np.random.default_rng(0)
    for hidden in (entry.name for entry in ACTIVATIONS.values() if entry.trainable and entry.hidden):
        net = Network([3, 4, 2], hidden, output, init="normal", seed=1)
        x, y = rng.normal(size=3), rng.dirichlet(np.ones(2))
        tensors = tensors_of(net)
        value = torch_loss(net, tensors, x[None], y[None], loss)
        value.backward()
        worked = nnviz.worked_example(net, x, y, loss=loss, learning_rate=0.01, optimizer="adamw")
        assert worked.loss == pytest.approx(value.item(), rel=1e-12)
        pairs = zip(worked.weight_gradients, worked.bias_gradients, strict=True)
        ours = np.concatenate([part.ravel() for pair in pairs for part in pair])
        np.testing.assert_allclose(ours, flat([tensor.grad for tensor in tensors]), rtol=1e-9, atol=1e-13)
        torch.optim.AdamW(tensors, lr=0.01).step()
        pairs = zip(worked.updated_weights, worked.updated_biases, strict=True)
        np.testing.assert_allclose(
            np.concatenate([part.ravel() for pair in pairs for part in pair]), flat(tensors), rtol=1e-9, atol=1e-11
        )
