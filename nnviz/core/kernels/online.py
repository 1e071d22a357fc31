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
from nnviz.core.kernels.lanes import each_spread, four, load, spread, store, totals4, zeros4
from nnviz.core.kernels.update import copy

WIDTH = 4
#: Columns of the table that describes the layers to these kernels. `PADDED` units per layer; `ACTIVATIONS_IN` and
#: `ACTIVATIONS_OUT` are positions in the buffers of activations, slopes and deltas.
N_IN, N_OUT, PADDED_IN, PADDED_OUT, WEIGHTS, BIASES, UNITS_IN, UNITS_OUT, CODE = range(9)
FIELDS = 9


@inlined
def forward_one(
    layers: Any, n_layers: int, packed: Any, A: Any, slopes: Any, factors: Any, dropping: bool, inputs: Any
) -> None:
    """Propagate the example whose inputs are at the start of `A`; the last layer's softmax included.

    What a layer of one vector passes on stays in a register, for each step waits for the one before: through memory
    it would take as long as two more products. `inputs` are the first four there.
    """
    before = inputs
    for layer in range(n_layers):
        padded_in, padded = layers[layer * FIELDS + PADDED_IN], layers[layer * FIELDS + PADDED_OUT]
        source, target = layers[layer * FIELDS + UNITS_IN], layers[layer * FIELDS + UNITS_OUT]
        code, z = layers[layer * FIELDS + CODE], before
        for unit in range(0, padded, WIDTH):
            at, bias = layers[layer * FIELDS + WEIGHTS] + unit, layers[layer * FIELDS + BIASES] + unit
            if padded_in == WIDTH:
                z = _sum_of_four(packed, at, padded, bias, before)
            else:
                z = _weighted_sum(packed, at, padded, bias, A, source, layers[layer * FIELDS + N_IN])
            a, slope = activate(code, z)
            if dropping and layer < n_layers - 1:
                factor = load(factors, target - layers[UNITS_OUT] + unit, z)
                a, slope = a * factor, slope * factor
            store(A, target + unit, a)
            store(slopes, target + unit, slope)
            z = a
        before = z
        if code == SOFTMAX:
            _softmax(A, slopes, target, layers[layer * FIELDS + N_OUT])


@inlined
def _sum_of_four(packed: Any, at: int, padded: int, bias: int, x: Any) -> Any:
    """Do what `_weighted_sum` does with four inputs, in a register: the weights of those that there are not are 0."""
    a, b, c, d = each_spread(x)
    even = load(packed, bias, x) + a * load(packed, at, x)
    odd = b * load(packed, at + padded, x)
    even = even + c * load(packed, at + 2 * padded, x)
    odd = odd + d * load(packed, at + 3 * padded, x)
    return even + odd


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
        slopes[k] = others / whole if A[k] > 0.5 else 1.0 - A[k]


@inlined
def backward_one(
    layers: Any, n_layers: int, loss: int, packed: Any, A: Any, deltas: Any, y: Any, inside: Any, scale: float,
    target: Any, factor: float, bias: bool,
) -> None:  # fmt: skip
    """Turn the slopes in `deltas` into dL/dZ, from the last layer to the first; `inside` marks real outputs by ones.

    `factor` times the example's part of the gradient is added to the packed `target`: to a gradient, or with minus the
    learning rate to the parameters themselves, which is plain gradient descent.
    """
    last = n_layers - 1
    at, delta = layers[last * FIELDS + UNITS_OUT], zeros4()
    for unit in range(0, layers[last * FIELDS + PADDED_OUT], WIDTH):
        wanted = load(y, unit, delta)
        delta = slope_of_loss(loss, wanted, load(A, at + unit, wanted), load(deltas, at + unit, wanted))
        delta = delta * (scale * load(inside, at + unit, wanted))
        store(deltas, at + unit, delta)
    for layer in range(last, -1, -1):
        # The weights are asked before they change; `delta` are those of a layer of one vector.
        below = delta
        if layer > 0:
            below = _deltas_below(layers, layer, packed, deltas, delta)
        _learn(layers, layer, A, deltas, delta, target, factor, bias)
        delta = below


@inlined
def _deltas_below(layers: Any, layer: int, packed: Any, deltas: Any, delta: Any) -> Any:
    """Multiply the slopes of the units below a layer by what reaches them; return the last four."""
    padded, at = layers[layer * FIELDS + PADDED_OUT], layers[layer * FIELDS + WEIGHTS]
    source, below = layers[layer * FIELDS + UNITS_OUT], layers[layer * FIELDS + UNITS_IN]
    made = delta
    for unit in range(0, layers[layer * FIELDS + PADDED_IN], WIDTH):
        row = at + unit * padded
        slope = load(deltas, below + unit, delta)
        if padded == WIDTH:
            sums = totals4(
                delta * load(packed, row, delta),
                delta * load(packed, row + WIDTH, delta),
                delta * load(packed, row + 2 * WIDTH, delta),
                delta * load(packed, row + 3 * WIDTH, delta),
            )
        else:
            a = b = c = d = zeros4()
            for k in range(0, padded, WIDTH):
                here = load(deltas, source + k, a)
                a = a + here * load(packed, row + k, a)
                b = b + here * load(packed, row + padded + k, a)
                c = c + here * load(packed, row + 2 * padded + k, a)
                d = d + here * load(packed, row + 3 * padded + k, a)
            sums = totals4(a, b, c, d)
        made = sums * slope
        store(deltas, below + unit, made)
    return made


@inlined
def _learn(layers: Any, layer: int, A: Any, deltas: Any, delta: Any, target: Any, factor: float, bias: bool) -> None:
    """Add ``factor·a·δ`` to a layer's part of `target`."""
    padded, source = layers[layer * FIELDS + PADDED_OUT], layers[layer * FIELDS + UNITS_IN]
    for unit in range(0, padded, WIDTH):
        here = delta
        if padded > WIDTH:
            here = load(deltas, layers[layer * FIELDS + UNITS_OUT] + unit, delta)
        at = layers[layer * FIELDS + WEIGHTS] + unit
        for i in range(layers[layer * FIELDS + N_IN]):
            store(target, at, load(target, at, here) + (factor * spread(A, source + i, here)) * here)
            at += padded
        if bias:
            at = layers[layer * FIELDS + BIASES] + unit
            store(target, at, load(target, at, here) + factor * here)


@inlined
def take_example(X: Any, n_features: int, Y: Any, n_outputs: int, row: int, A: Any, y: Any) -> Any:
    """Copy the inputs and targets of `row` to the start of `A` and `y`; return the first four inputs.

    Where there are fewer, the last stands for the others. They come from `X`: a vector cannot be read before all of it
    has arrived in memory, where single numbers have just been put there.
    """
    for k in range(n_features):
        A[k] = X[row * n_features + k]
    for k in range(n_outputs):
        y[k] = Y[row * n_outputs + k]
    at, last = row * n_features, n_features - 1
    return four(X, at, at + min(1, last), at + min(2, last), at + min(3, last), zeros4())


@inlined
def pack(plan: Any, source: Any, target: Any) -> None:
    """Copy a vector of the network's to where the kernels want it: as it is where examples are side by side."""
    if not plan.online:
        copy(source, target, plan.n_parameters)
        return
    for k in range(plan.n_parameters):
        target[plan.places[k]] = source[k]


@inlined
def unpack(plan: Any, source: Any, target: Any) -> None:
    """Copy it back."""
    if not plan.online:
        copy(source, target, plan.n_parameters)
        return
    for k in range(plan.n_parameters):
        target[k] = source[plan.places[k]]
