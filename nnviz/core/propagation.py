"""Forward and backward pass in plain NumPy: the readable mathematics that everything else is checked against.

With the field's notation: ``Z[l] = A[l-1] @ W[l].T + b[l]``, ``A[l] = f(Z[l])``, ``A[0] = X``; backwards
``delta = dL/dZ``, ``dW[l] = delta.T @ A[l-1]``, ``db[l] = Σ delta``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from nnviz.core.activations import Activation
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import Loss, row_shares
from nnviz.core.masks import Masks


class Forward(Struct, frozen=True):
    """What a forward pass leaves behind.

    Attributes
    ----------
    Z : list of ndarray
        Pre-activations of layers 1 … L.
    f : list of ndarray
        ``f(Z)`` of layers 1 … L, before dropout.
    A : list of ndarray
        Activations of layers 0 … L, after dropout.
    """

    Z: list[Array]
    f: list[Array]
    A: list[Array]


def forward(
    layout: Layout, activations: Sequence[Activation], parameters: Array, X: Array, masks: Sequence[Array] = ()
) -> Forward:
    """Propagate `X` ``(n_samples, n_inputs)``; `masks`, one per hidden layer, are what dropout multiplies by."""
    result = Forward([], [], [X])
    for weights, biases, activation in zip(
        layout.weights(parameters), layout.biases(parameters), activations, strict=True
    ):
        Z = result.A[-1] @ weights.T
        Z += biases
        f = activation.function(Z)
        layer = len(result.Z)
        result.Z.append(Z)
        result.f.append(f)
        result.A.append(f * masks[layer] if layer < len(masks) else f)
    return result


def silence(passed: Forward, masks: Masks) -> Forward:
    """Set the answers of muted units to zero, in place; nobody has heard them, for what leads out of them is zero."""
    for mask in masks.muted:
        passed.A[mask.layer][:, mask.unit] = 0.0
    return passed


def output_delta(
    loss: Loss, activation: Activation, Y: Array, Z: Array, A: Array, shares: Array | None = None
) -> Array:
    """Return dL/dZ of the output layer; `shares` ``(n_samples,)`` are what the loss of each example counts in L."""
    if shares is not None:
        # As a loss gives gradients, the examples have equal shares already.
        equal = len(Y) if loss.mean else 1
        return output_delta(loss, activation, Y, Z, A) * (equal * shares)[:, np.newaxis]
    if loss.logit_slopes is not None:
        return loss.logit_slopes(Y, Z, A) / len(Y)
    return loss.gradient(Y, A) * activation.derivative(Z, A)


def backward(
    layout: Layout,
    activations: Sequence[Activation],
    loss: Loss,
    parameters: Array,
    passed: Forward,
    Y: Array,
    *,
    bias: bool = True,
    masks: Sequence[Array] = (),
    weights: Array | None = None,
    shares: Array | None = None,
    out: Array | None = None,
) -> Array:
    """Return the exact gradient of the loss, flat ``(n_parameters,)``; with ``bias=False`` zero for the biases.

    `weights` ``(n_samples,)`` say how much each example counts; where these are only some of a loss's examples,
    `shares` do: as `nnviz.core.losses.row_shares` has them of all, or as `batch_shares` of a mini-batch. The gradient
    is put into `out` where that is given.
    """
    if weights is not None:
        shares = row_shares(loss, weights)
    gradient = np.empty(layout.n_parameters) if out is None else out
    matrices, weight_gradients = layout.weights(parameters), layout.weights(gradient)
    bias_gradients = layout.biases(gradient)
    delta = output_delta(loss, activations[-1], Y, passed.Z[-1], passed.f[-1], shares)
    for layer in reversed(range(layout.n_layers)):
        np.matmul(delta.T, passed.A[layer], out=weight_gradients[layer])
        bias_gradients[layer][:] = delta.sum(axis=0) if bias else 0.0
        if layer:
            below = layer - 1
            delta = delta @ matrices[layer]
            if masks:
                delta *= masks[below]
            delta *= activations[below].derivative(passed.Z[below], passed.f[below])
    return gradient
