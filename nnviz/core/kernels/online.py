"""Forward and backward pass with the units of a layer side by side in the lanes: for one example, or very few, a time.

Layers are padded to whole vectors. The packed parameters of a layer are its transposed weights, one row of
`padded units` per (padded) input, and then a row of biases; the padding is zeros and stays so, because neither
activations nor slopes of it reach anything.
"""

from __future__ import annotations

import math
from typing import Any

from nnviz.core.kernels.cache import inlined
from nnviz.core.kernels.functions import SOFTMAX, activate, slope_of_loss
from nnviz.core.kernels.lanes import load, spread, store, totals4, zeros4

WIDTH = 4
#: Columns of the table that describes the layers to these kernels. `PADDED` units per layer; `ACTIVATIONS_IN` and
#: `ACTIVATIONS_OUT` are positions in the buffers of activations, slopes and deltas.
N_IN, N_OUT, PADDED_IN, PADDED_OUT, WEIGHTS, BIASES, UNITS_IN, UNITS_OUT, CODE = range(9)
FIELDS = 9


@inlined
def forward_one(layers: Any, n_layers: int, packed: Any, A: Any, slopes: Any, factors: Any, dropping: bool) -> None:
    """Propagate the example whose inputs are at the start of `A`; the last layer's softmax included."""
    for layer in range(n_layers):
        n_in, padded = layers[layer * FIELDS + N_IN], layers[layer * FIELDS + PADDED_OUT]
        source, target = layers[layer * FIELDS + UNITS_IN], layers[layer * FIELDS + UNITS_OUT]
        code = layers[layer * FIELDS + CODE]
        for unit in range(0, padded, WIDTH):
            z = _weighted_sum(
                packed,
                layers[layer * FIELDS + WEIGHTS] + unit,
                padded,
                layers[layer * FIELDS + BIASES] + unit,
                A,
                source,
                n_in,
            )
            a, slope = activate(code, z)
            if dropping and layer < n_layers - 1:
                factor = load(factors, target - layers[UNITS_OUT] + unit, z)
                a, slope = a * factor, slope * factor
            store(A, target + unit, a)
            store(slopes, target + unit, slope)
        if code == SOFTMAX:
            _softmax(A, slopes, target, layers[layer * FIELDS + N_OUT])


@inlined
def _weighted_sum(packed: Any, at: int, padded: int, bias: int, A: Any, source: int, n_in: int) -> Any:
    """Return pre-activations; two sums side by side halve the wait for one product after the other."""
    even = load(packed, bias, zeros4())
    odd = zeros4()
    for _ in range(n_in // 2):
        even = even + spread(A, source, even) * load(packed, at, even)
        odd = odd + spread(A, source + 1, even) * load(packed, at + padded, even)
        at += 2 * padded
        source += 2
    if n_in % 2 == 1:
        even = even + spread(A, source, even) * load(packed, at, even)
    return even + odd


@inlined
def _softmax(A: Any, slopes: Any, at: int, n: int) -> None:
    """Do what `nnviz.core.kernels.batch.softmax_layer` does, for one example."""
    largest = A[at]
    for k in range(at + 1, at + n):
        largest = max(largest, A[k])
    others = largest_ones = 0.0
    for k in range(at, at + n):
        is_largest = 0.0 if A[k] < largest else 1.0
        A[k] = math.exp(A[k] - largest)
        others += A[k] - is_largest
        largest_ones += is_largest
    whole = others + largest_ones
    for k in range(at, at + n):
        A[k] /= whole
        slopes[k] = A[k] * (others / whole if A[k] > 0.5 else 1.0 - A[k])


@inlined
def backward_one(
    layers: Any, n_layers: int, loss: int, packed: Any, A: Any, deltas: Any, y: Any, inside: Any, scale: float
) -> None:
    """Turn the slopes in `deltas` into dL/dZ, from the last layer to the first; `inside` marks real outputs by ones."""
    last = n_layers - 1
    at = layers[last * FIELDS + UNITS_OUT]
    for unit in range(0, layers[last * FIELDS + PADDED_OUT], WIDTH):
        target = load(y, unit, zeros4())
        delta = slope_of_loss(loss, target, load(A, at + unit, target), load(deltas, at + unit, target))
        store(deltas, at + unit, delta * (scale * load(inside, unit, target)))
    for layer in range(last, 0, -1):
        padded, at = layers[layer * FIELDS + PADDED_OUT], layers[layer * FIELDS + WEIGHTS]
        source, target_at = layers[layer * FIELDS + UNITS_OUT], layers[layer * FIELDS + UNITS_IN]
        for unit in range(0, layers[layer * FIELDS + PADDED_IN], WIDTH):
            a = b = c = d = zeros4()
            row = at + unit * padded
            for k in range(0, padded, WIDTH):
                delta = load(deltas, source + k, a)
                a = a + delta * load(packed, row + k, a)
                b = b + delta * load(packed, row + padded + k, a)
                c = c + delta * load(packed, row + 2 * padded + k, a)
                d = d + delta * load(packed, row + 3 * padded + k, a)
            slope = load(deltas, target_at + unit, a)
            store(deltas, target_at + unit, totals4(a, b, c, d) * slope)


@inlined
def descend_one(layers: Any, n_layers: int, packed: Any, A: Any, deltas: Any, rate: float, bias: bool) -> None:
    """Take the gradient step of plain gradient descent at once: ``w −= rate·δ·a``."""
    for layer in range(n_layers):
        padded, source, target = (
            layers[layer * FIELDS + PADDED_OUT],
            layers[layer * FIELDS + UNITS_IN],
            layers[layer * FIELDS + UNITS_OUT],
        )
        for unit in range(0, padded, WIDTH):
            change = rate * load(deltas, target + unit, zeros4())
            at = layers[layer * FIELDS + WEIGHTS] + unit
            for i in range(layers[layer * FIELDS + N_IN]):
                store(packed, at, load(packed, at, change) - spread(A, source + i, change) * change)
                at += padded
            if bias:
                at = layers[layer * FIELDS + BIASES] + unit
                store(packed, at, load(packed, at, change) - change)


@inlined
def accumulate_one(layers: Any, n_layers: int, gradient: Any, A: Any, deltas: Any, bias: bool) -> None:
    """Add this example's part to the packed `gradient`."""
    for layer in range(n_layers):
        padded, source, target = (
            layers[layer * FIELDS + PADDED_OUT],
            layers[layer * FIELDS + UNITS_IN],
            layers[layer * FIELDS + UNITS_OUT],
        )
        for unit in range(0, padded, WIDTH):
            delta = load(deltas, target + unit, zeros4())
            at = layers[layer * FIELDS + WEIGHTS] + unit
            for i in range(layers[layer * FIELDS + N_IN]):
                store(gradient, at, load(gradient, at, delta) + spread(A, source + i, delta) * delta)
                at += padded
            if bias:
                at = layers[layer * FIELDS + BIASES] + unit
                store(gradient, at, load(gradient, at, delta) + delta)


@inlined
def take_example(X: Any, n_features: int, Y: Any, n_outputs: int, row: int, A: Any, y: Any) -> None:
    """Copy the inputs and targets of `row` to the start of `A` and `y`."""
    for k in range(n_features):
        A[k] = X[row * n_features + k]
    for k in range(n_outputs):
        y[k] = Y[row * n_outputs + k]
