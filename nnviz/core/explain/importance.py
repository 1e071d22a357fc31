"""What a hidden unit is good for: the output without it, and how much the loss rises when it is muted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnviz.core.activations import Activation
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import Loss, row_losses, row_shares
from nnviz.core.propagation import forward

#: Activations that are computed at once: of more units and rows, pieces.
_NUMBERS_AT_ONCE = 2_000_000


def contribution(
    layout: Layout, activations: Sequence[Activation], parameters: Array, X: Array, layer: int, unit: int
) -> Array:
    """Return the outputs less the outputs without a hidden unit of `layer` (1 … L − 1), ``(n_samples, n_outputs)``."""
    passed = forward(layout, activations, parameters, X)
    _, A = _muted(layout, activations, parameters, passed.A[layer], passed.Z[layer], layer, slice(unit, unit + 1))
    without: Array = A[0]
    return np.asarray(passed.A[-1] - without)


def importance(
    layout: Layout,
    activations: Sequence[Activation],
    loss: Loss,
    parameters: Array,
    X: Array,
    Y: Array,
    weights: Array | None = None,
) -> list[Array]:
    """Return by how much the loss rises when each hidden unit is muted, ``(n_units,)`` of each hidden layer.

    All units of a layer go through the layers behind it at once, as so many copies of the examples.
    """
    with np.errstate(all="ignore"):
        passed = forward(layout, activations, parameters, X)
        shares = row_shares(loss, np.ones(len(X)) if weights is None else weights)
        whole = float(shares @ row_losses(loss, Y, passed.Z[-1], passed.A[-1]))
        rises = []
        for layer in range(1, layout.n_layers):
            n_units = layout.sizes[layer]
            step = max(_NUMBERS_AT_ONCE // (max(len(X), 1) * max(layout.sizes[layer:])), 1)
            rise = np.empty(n_units)
            for first in range(0, n_units, step):
                units = slice(first, min(first + step, n_units))
                Z, A = _muted(layout, activations, parameters, passed.A[layer], passed.Z[layer], layer, units)
                n = units.stop - first
                flat = row_losses(loss, np.tile(Y, (n, 1)), Z.reshape(-1, Z.shape[2]), A.reshape(-1, A.shape[2]))
                rise[units] = flat.reshape(n, len(X)) @ shares - whole
            rises.append(rise)
        return rises


def _muted(
    layout: Layout,
    activations: Sequence[Activation],
    parameters: Array,
    A: Array,
    Z: Array,
    layer: int,
    units: slice,
) -> tuple[Array, Array]:
    """Return sums and activations of the output without each of some units, ``(n_units, n_samples, n_outputs)``.

    `A` are the activations of their layer ``(n_samples, n_units)``, `Z` the sums of the layer behind it.
    """
    matrices, biases = layout.weights(parameters), layout.biases(parameters)
    taken = A[:, units].T[:, :, np.newaxis] * matrices[layer][:, units].T[:, np.newaxis, :]
    sums = Z[np.newaxis] - taken
    n_units, n_samples = sums.shape[:2]
    flat = sums.reshape(n_units * n_samples, -1)
    values = activations[layer].function(flat)
    for behind in range(layer + 1, layout.n_layers):
        flat = values @ matrices[behind].T + biases[behind]
        values = activations[behind].function(flat)
    shape = n_units, n_samples, layout.sizes[-1]
    return flat.reshape(shape), values.reshape(shape)
