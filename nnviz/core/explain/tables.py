"""Tables beside worked arithmetic: what a layer keeps for the way back, a softmax's slopes, costs side by side."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

from nnviz.core.arguments import numbers
from nnviz.core.errors import DataError
from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.layout import Array


class Cache(Struct, frozen=True):
    """What a layer keeps of the way forward because the way back needs it.

    Attributes
    ----------
    layer : int
        1 … L.
    before : ndarray ``(n_samples, n_in)``
        Activations of the layer before it, or the inputs; for the gradients of the weights.
    weights : ndarray ``(n_out, n_in)``
        For what goes back to the layer before it.
    biases : ndarray ``(n_out,)``
    z : ndarray ``(n_samples, n_out)``
        Pre-activations; for the slope of the activation.
    """

    layer: int
    before: Array
    weights: Array
    biases: Array
    z: Array

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Names and shapes, as columns of examples have them: A (n_in, m), W (n_out, n_in), b (n_out, 1), Z."""
        m, n_in = self.before.shape
        n_out = len(self.biases)
        inputs = "X" if self.layer == 1 else f"A{self.layer - 1}"
        return (
            (inputs, (n_in, m)),
            (f"W{self.layer}", (n_out, n_in)),
            (f"b{self.layer}", (n_out, 1)),
            (f"Z{self.layer}", (n_out, m)),
        )


def caches(arithmetic: Arithmetic) -> tuple[Cache, ...]:
    """Return what each layer keeps, ``[0]`` layer 1."""
    subject, passed = arithmetic.subject, arithmetic.passed
    weights, biases = subject.layout.weights(subject.parameters), subject.layout.biases(subject.parameters)
    return tuple(
        Cache(layer + 1, passed.before(layer), weights[layer], biases[layer], passed.Z[layer])
        for layer in range(subject.layout.n_layers)
    )


class SoftmaxSlopes(Struct, frozen=True):
    """Why the slope of cross-entropy behind a softmax is so simple.

    Attributes
    ----------
    probabilities : ndarray ``(n,)``
        ŷ.
    jacobian : ndarray ``(n, n)``
        ``∂ŷᵢ/∂zⱼ = ŷᵢ(δᵢⱼ − ŷⱼ)``.
    pull : ndarray ``(n,)``
        ``∂L/∂ŷ = −y/ŷ``.
    delta : ndarray ``(n,)``
        ``∂L/∂z = Jᵀ·∂L/∂ŷ = ŷ − y``.
    """

    probabilities: Array
    jacobian: Array
    pull: Array
    delta: Array


def softmax_slopes(probabilities: Array, targets: Array) -> SoftmaxSlopes:
    """Return Jacobian and slopes of one example, of ŷ and y ``(n,)``."""
    jacobian = np.diag(probabilities) - np.outer(probabilities, probabilities)
    with np.errstate(divide="ignore", invalid="ignore"):
        pull = np.where(targets == 0.0, 0.0, -targets / probabilities)
    return SoftmaxSlopes(probabilities, jacobian, pull, probabilities * targets.sum() - targets)


class CostComparison(Struct, frozen=True):
    """Costs of the same errors side by side.

    Attributes
    ----------
    differences : ndarray ``(n,)``
        Target minus output.
    plain : float
        Their sum, in which errors of opposite signs cancel.
    absolute : float
        The sum of their sizes, which has a kink at 0.
    half_squared : float
        Half the sum of their squares.
    """

    differences: Array
    plain: float
    absolute: float
    half_squared: float


def compare_costs(targets: ArrayLike, outputs: ArrayLike) -> CostComparison:
    """Compare the plain, the absolute and the half squared cost of outputs, ``(n,)`` each.

    Raises
    ------
    DataError
        Where there are not as many outputs as targets, or they are no finite numbers.
    """
    y, p = np.ravel(numbers(targets, "Targets")), np.ravel(numbers(outputs, "Outputs"))
    if len(y) != len(p):
        raise DataError("There are {0} targets but {1} outputs; give as many.", len(y), len(p))
    if not (np.isfinite(y).all() and np.isfinite(p).all()):
        raise DataError("Targets and outputs must be finite numbers.")
    with np.errstate(over="ignore"):
        errors = y - p
        squared = float(0.5 * (errors * errors).sum())
    return CostComparison(errors, float(errors.sum()), float(np.abs(errors).sum()), squared)
