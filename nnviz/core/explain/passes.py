"""The numbers of worked arithmetic: one forward and backward pass over a few examples, rounded as on paper or not.

Every example has rows of its own, with the slopes of its own loss; their gradients come together as the loss of the
batch does, ``Σ shareᵢ·gᵢ``, which is their mean where all count the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from nnviz.core.activations import Activation
from nnviz.core.explain.rounding import Rounding
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import Loss, batch_shares, row_losses


class Passes(Struct, frozen=True):
    """What the passes leave behind; lists are over layers, ``[0]`` the first one with weights.

    Attributes
    ----------
    inputs : ndarray ``(n_samples, n_inputs)``
    targets : ndarray ``(n_samples, n_outputs)``
    Z : list of ndarray ``(n_samples, n_units)``
        Pre-activations.
    f : list of ndarray
        ``f(Z)``, before dropout.
    A : list of ndarray
        Activations, after dropout.
    slopes : list of ndarray
        ``f′(Z)``; of a softmax the diagonal of its Jacobian.
    pulls : list of ndarray
        ``∂ℓ/∂A`` of each example's own loss.
    deltas : list of ndarray
        ``∂ℓ/∂Z`` of each example's own loss.
    losses : ndarray ``(n_samples,)``
        Of each example.
    shares : ndarray ``(n_samples,)``
        What each example's loss and gradient are multiplied by in those of the batch.
    dropped : list of ndarray
        What dropout multiplies each hidden layer by; empty without.
    """

    inputs: Array
    targets: Array
    Z: list[Array]
    f: list[Array]
    A: list[Array]
    slopes: list[Array]
    pulls: list[Array]
    deltas: list[Array]
    losses: Array
    shares: Array
    dropped: Sequence[Array]

    def before(self, layer: int) -> Array:
        """Return what goes into layer `layer` (0 …): the inputs, or the activations of the layer before it."""
        return self.inputs if layer == 0 else self.A[layer - 1]


def passes(
    layout: Layout,
    activations: Sequence[Activation],
    loss: Loss,
    parameters: Array,
    X: Array,
    Y: Array,
    rounding: Rounding,
    *,
    dropped: Sequence[Array] = (),
    shares: Array | None = None,
) -> Passes:
    """Compute both passes over ``X (n_samples, n_inputs)``; `shares` ``(n_samples,)`` are what each counts in the loss,
    None: all the same.
    """
    W, b = layout.weights(parameters), layout.biases(parameters)
    Z: list[Array] = []
    f: list[Array] = []
    A: list[Array] = []
    slopes: list[Array] = []
    for layer, activation in enumerate(activations):
        Z.append(rounding.in_full((A[-1] if A else X) @ W[layer].T + b[layer]))
        f.append(rounding.used_on(activation.function(Z[-1])))
        kept = layer < len(dropped)
        A.append(rounding.used_on(f[-1] * dropped[layer]) if kept else f[-1])
        slopes.append(rounding.slope(activation.derivative(Z[-1], f[-1])))
    pulls, deltas = _backward(W, loss, Y, Z, A, slopes, rounding, dropped)
    return Passes(
        inputs=X,
        targets=Y,
        Z=Z,
        f=f,
        A=A,
        slopes=slopes,
        pulls=pulls,
        deltas=deltas,
        losses=_losses(loss, Y, Z[-1], A[-1], rounding),
        shares=batch_shares(loss, np.ones(len(X))) if shares is None else shares,
        dropped=dropped,
    )


def _backward(
    W: Sequence[Array],
    loss: Loss,
    Y: Array,
    Z: Sequence[Array],
    A: Sequence[Array],
    slopes: Sequence[Array],
    rounding: Rounding,
    dropped: Sequence[Array],
) -> tuple[list[Array], list[Array]]:
    """Return ``∂ℓ/∂A`` and ``∂ℓ/∂Z`` of all layers, for each example's own loss."""
    # A loss gives the gradients of a mean with the equal shares in them.
    pull = loss.gradient(Y, A[-1]) * (len(Y) if loss.mean else 1)
    if loss.logit_slopes is None:
        delta = pull * slopes[-1]
    else:
        delta = loss.logit_slopes(Y, Z[-1], A[-1]) if rounding.is_exact else A[-1] - Y
    pulls, deltas = [pull], [rounding.used_on(delta)]
    for layer in reversed(range(1, len(W))):
        pull = rounding.in_full(deltas[0] @ W[layer])
        pulls.insert(0, pull)
        below = layer - 1
        delta = pull * dropped[below] if below < len(dropped) else pull
        deltas.insert(0, rounding.used_on(delta * slopes[below]))
    return pulls, deltas


def _losses(loss: Loss, Y: Array, Z: Array, A: Array, rounding: Rounding) -> Array:
    exact = row_losses(loss, Y, Z, A)
    if rounding.is_exact:
        return exact
    written = loss.terms(Y, A).sum(axis=1)
    # A prediction that is rounded to 0 or 1 has no logarithm.
    return np.where(np.isfinite(written), rounding.in_full(written), exact)


def gradient_of(layout: Layout, passed: Passes, rounding: Rounding, *, bias: bool) -> Array:
    """Return the gradient of the batch's loss, flat: ``Σ shareᵢ·δᵢ ⊗ aᵢ``, each example's rounded before."""
    gradient = np.zeros(layout.n_parameters)
    weights, biases = layout.weights(gradient), layout.biases(gradient)
    for layer, delta in enumerate(passed.deltas):
        before = passed.before(layer)
        if rounding.is_exact:
            shared = delta * passed.shares[:, np.newaxis]
            np.matmul(shared.T, before, out=weights[layer])
        else:
            for share, d, a in zip(passed.shares, delta, before, strict=True):
                weights[layer] += share * rounding.used_on(np.outer(d, a))
        if bias:
            biases[layer][:] = passed.shares @ delta
    return rounding.used_on(gradient)
