"""Plain gradient descent, an example at a time, in a network whose layers are one vector each: four units or fewer.

Every step waits for the one before, from the inputs to the weights and on to the next example: what an update takes is
how long that chain is. So everything on it stays in registers, and what is not on it is made before it is wanted. It is
laid out as for `online`, where layers of one vector take the same room each.
"""

from __future__ import annotations

from typing import Any

from nnviz.core.kernels.cache import inlined
from nnviz.core.kernels.functions import activate_briefly, slope_of_loss
from nnviz.core.kernels.lanes import each_spread, four, load, store, transposed4, zeros4
from nnviz.core.kernels.online import CODE, FIELDS, N_IN, N_OUT, WIDTH

#: Where the biases of a layer are, and the next layer is.
_BIASES, _LAYER = 4 * WIDTH, 5 * WIDTH


@inlined
def numbers_of(rows: Any, n: int, row: int) -> Any:
    """Return the up to four numbers of a row; where there are fewer, the last stands for the others."""
    at, last = row * n, n - 1
    return four(rows, at, at + min(1, last), at + min(2, last), at + min(3, last), zeros4())


@inlined
def descend(
    layers: Any, n_layers: int, loss: int, weights: Any, A: Any, slopes: Any, x: Any, y: Any, inside: Any,
    scale: float, rate: float, bias: bool,
) -> None:  # fmt: skip
    """Take the step for inputs `x` and targets `y`, whose loss counts `scale`; `inside` marks real units by ones."""
    store(A, 0, x)
    a, slope = x, x
    for layer in range(n_layers):
        at = layer * _LAYER
        first, second, third, fourth = each_spread(a)
        even = load(weights, at + _BIASES, a) + first * load(weights, at, a)
        odd = second * load(weights, at + WIDTH, a)
        if layers[layer * FIELDS + N_IN] > 2:
            even = even + third * load(weights, at + 2 * WIDTH, a)
            odd = odd + fourth * load(weights, at + 3 * WIDTH, a)
        a, slope = activate_briefly(layers[layer * FIELDS + CODE], even + odd)
        store(A, (layer + 1) * WIDTH, a)
        store(slopes, (layer + 1) * WIDTH, slope)
    arriving = slope_of_loss(loss, y, a, slope)
    delta, counts = arriving * (scale * load(inside, n_layers * WIDTH, a)), scale
    shift = rate if bias else 0.0
    for layer in range(n_layers - 1, -1, -1):
        at, here = layer * _LAYER, layer * WIDTH
        first, second = load(weights, at, a), load(weights, at + WIDTH, a)
        third, fourth = load(weights, at + 2 * WIDTH, a), load(weights, at + 3 * WIDTH, a)
        slope = load(slopes, here, a) * counts
        of_first, of_second, of_third, of_fourth = transposed4(first, second, third, fourth)
        p, q, r, s = each_spread(arriving)
        arriving = p * (of_first * slope)
        if layers[layer * FIELDS + N_OUT] > 1:
            arriving = arriving + q * (of_second * slope)
        if layers[layer * FIELDS + N_OUT] > 2:
            arriving = arriving + (r * (of_third * slope) + s * (of_fourth * slope))
        p, q, r, s = each_spread((load(A, here, a) * load(inside, here, a)) * rate)
        store(weights, at, first - p * delta)
        store(weights, at + WIDTH, second - q * delta)
        store(weights, at + 2 * WIDTH, third - r * delta)
        store(weights, at + 3 * WIDTH, fourth - s * delta)
        store(weights, at + _BIASES, load(weights, at + _BIASES, delta) - shift * delta)
        delta, counts = arriving, 1.0
