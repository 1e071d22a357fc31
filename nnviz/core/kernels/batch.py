"""Forward and backward pass with the examples of a mini-batch side by side in the lanes.

Buffers hold one row per unit and one column per example (`pitch` columns, a multiple of 8), all layers below one
another, inputs first: unit `u` of example `e` is at ``(row + u)·pitch + e``. So every layer is the same few loops
whatever its size, and the network's own parameter vector is used as it is.
"""

from __future__ import annotations

from typing import Any

from nnviz.core.kernels.cache import compiled, inlined
from nnviz.core.kernels.functions import SOFTMAX, activate_rows, exponential, slope_of_loss
from nnviz.core.kernels.lanes import (
    first_lanes,
    load,
    store,
    totals8,
    where_greater,
    zeros8,
)
from nnviz.core.kernels.matrix import ADD, FIRST, NEXT, NO_BIAS, SET, TIMES, WIDTH, multiply, turn_eight

#: Columns of the table that describes the layers to the kernels.
N_IN, N_OUT, WEIGHTS, BIASES, ROW_IN, ROW_OUT, CODE = range(7)
FIELDS = 7
#: From so many inputs on, a layer's weight gradients are worth the way of a product of matrices.
WIDE_LAYER = 32


@compiled
def activate_layer(code: int, A: Any, slopes: Any, row: int, rows: int, pitch: int, lanes: int) -> None:
    """Replace the pre-activations in `A` by activations, and put their slopes into `slopes`."""
    if code == SOFTMAX:
        softmax_layer(A, slopes, row, rows, pitch, lanes)
    else:
        activate_rows(code, A, slopes, row * pitch, pitch, rows, lanes)


@inlined
def softmax_layer(A: Any, slopes: Any, row: int, rows: int, pitch: int, lanes: int) -> None:
    """Turn logits into probabilities a; shifted by the largest so that no exponential overflows.

    In place of slopes its cross-entropy takes 1 − a, which keeps its digits where one class is all but certain: what
    that lacks to 1 is the others' sum.
    """
    for lane in range(0, lanes, WIDTH):
        at = row * pitch + lane
        largest = load(A, at, zeros8())
        for unit in range(1, rows):
            z = load(A, at + unit * pitch, largest)
            largest = where_greater(largest, z, largest, z)
        others, largest_ones = zeros8(), zeros8()
        for unit in range(rows):
            z = load(A, at + unit * pitch, largest)
            part = exponential(z - largest)
            store(A, at + unit * pitch, part)
            others = others + where_greater(largest, z, part, part - 1.0)
            largest_ones = largest_ones + where_greater(largest, z, 0.0, 1.0)
        share = 1.0 / (others + largest_ones)
        lacking = others * share
        for unit in range(rows):
            a = load(A, at + unit * pitch, share) * share
            store(A, at + unit * pitch, a)
            store(slopes, at + unit * pitch, where_greater(a, 0.5, lacking, 1.0 - a))


@inlined
def _eight(X: Any, starts: Any, later: Any, columns: int, target: Any, at: int, pitch: int) -> None:
    """Do the same with any number of columns."""
    if columns >= WIDTH:
        turn_eight(X, starts, later, columns, target, at, pitch)
        return
    a, b, c, d, e, f, g, h = starts
    for column in range(columns):
        here = at + column * pitch
        target[here], target[here + 1], target[here + 2] = X[a + column], X[b + column], X[c + column]
        target[here + 3], target[here + 4], target[here + 5] = X[d + column], X[e + column], X[f + column]
        target[here + 6], target[here + 7] = X[g + column], X[h + column]


@compiled
def gather(X: Any, n_columns: int, order: Any, first: int, count: int, target: Any, pitch: int) -> None:
    """Put `count` rows of the flat `X`, in `order` from position `first`, into lanes from row 0.

    Lanes that are left over repeat the last row, so that nothing in them is stranger than the data.
    """
    last = first + count - 1
    for e in range(0, count, WIDTH):
        p = first + e
        starts, later = _rows_from(order, p, last, n_columns), _rows_from(order, min(p + WIDTH, last), last, n_columns)
        _eight(X, starts, later, n_columns, target, e, pitch)


@inlined
def _rows_from(order: Any, p: int, last: int, n_columns: int) -> Any:
    """Return where the eight rows begin that come in `order` from position `p` on, up to position `last`."""
    return (
        order[p] * n_columns,
        order[min(p + 1, last)] * n_columns,
        order[min(p + 2, last)] * n_columns,
        order[min(p + 3, last)] * n_columns,
        order[min(p + 4, last)] * n_columns,
        order[min(p + 5, last)] * n_columns,
        order[min(p + 6, last)] * n_columns,
        order[min(p + 7, last)] * n_columns,
    )


@compiled
def gather_in_order(X: Any, n_columns: int, first: int, count: int, target: Any, pitch: int) -> None:
    """Do what `gather` does with the rows of the flat `X` from `first` on."""
    last = first + count - 1
    for e in range(0, count, WIDTH):
        p = first + e
        starts, later = _rows_in_order(p, last, n_columns), _rows_in_order(min(p + WIDTH, last), last, n_columns)
        _eight(X, starts, later, n_columns, target, e, pitch)


@inlined
def _rows_in_order(p: int, last: int, n_columns: int) -> Any:
    """Do what `_rows_from` does where the order is the table's."""
    return (
        p * n_columns,
        min(p + 1, last) * n_columns,
        min(p + 2, last) * n_columns,
        min(p + 3, last) * n_columns,
        min(p + 4, last) * n_columns,
        min(p + 5, last) * n_columns,
        min(p + 6, last) * n_columns,
        min(p + 7, last) * n_columns,
    )


@compiled
def forward(
    layers: Any,
    n_layers: int,
    parameters: Any,
    A: Any,
    slopes: Any,
    factors: Any,
    pitch: int,
    lanes: int,
    dropping: bool,
) -> None:
    """Propagate through all layers but the last activation: the last rows of `A` are left as pre-activations."""
    for layer in range(n_layers):
        n_in, n_out = layers[layer * FIELDS + N_IN], layers[layer * FIELDS + N_OUT]
        source, target = layers[layer * FIELDS + ROW_IN] * pitch, layers[layer * FIELDS + ROW_OUT] * pitch
        weights, biases = layers[layer * FIELDS + WEIGHTS], layers[layer * FIELDS + BIASES]
        multiply(parameters, (SET, weights, n_in, NEXT, biases, n_out, n_in, lanes, source, pitch, target, pitch), A, A)
        if layer < n_layers - 1:
            row = layers[layer * FIELDS + ROW_OUT]
            activate_layer(layers[layer * FIELDS + CODE], A, slopes, row, n_out, pitch, lanes)
            if dropping:
                _drop_units(factors, A, slopes, layers[ROW_OUT], row, n_out, pitch, lanes)


@inlined
def _drop_units(factors: Any, A: Any, slopes: Any, first: int, row: int, rows: int, pitch: int, lanes: int) -> None:
    """Multiply activations and slopes of a hidden layer by their dropout factors; row 0 of these is unit `first`."""
    like = zeros8()
    for unit in range(row, row + rows):
        for at in range(unit * pitch, unit * pitch + lanes, WIDTH):
            factor = load(factors, at - first * pitch, like)
            store(A, at, load(A, at, like) * factor)
            store(slopes, at, load(slopes, at, like) * factor)


@compiled
def output_deltas(
    layers: Any, n_layers: int, loss: int, A: Any, Y: Any, deltas: Any, pitch: int, lanes: int, count: int,
    scale: float, weights: Any, weighted: bool,
) -> None:  # fmt: skip
    """Put dL/dZ of the last layer into `deltas`, which holds its slopes; zero in lanes beyond `count`.

    Each example counts `scale`, times its weight where they are `weighted`.
    """
    row = layers[(n_layers - 1) * FIELDS + ROW_OUT]
    for lane in range(0, lanes, WIDTH):
        inside = first_lanes(count - lane, zeros8()) * scale
        if weighted:
            inside = inside * load(weights, lane, inside)
        for unit in range(layers[(n_layers - 1) * FIELDS + N_OUT]):
            at = (row + unit) * pitch + lane
            y = load(Y, unit * pitch + lane, inside)
            slope = slope_of_loss(loss, y, load(A, at, inside), load(deltas, at, inside))
            store(deltas, at, slope * inside)


@compiled
def backward(layers: Any, n_layers: int, parameters: Any, deltas: Any, pitch: int, lanes: int) -> None:
    """Carry the deltas from the last layer to the first; `deltas` holds slopes and ends with dL/dZ everywhere."""
    for layer in range(n_layers - 1, 0, -1):
        n_in, n_out = layers[layer * FIELDS + N_IN], layers[layer * FIELDS + N_OUT]
        source, target = layers[layer * FIELDS + ROW_OUT] * pitch, layers[layer * FIELDS + ROW_IN] * pitch
        weights = layers[layer * FIELDS + WEIGHTS]
        shape = (TIMES, weights, NEXT, n_in, NO_BIAS, n_in, n_out, lanes, source, pitch, target, pitch)
        multiply(parameters, shape, deltas, deltas)


@compiled
def weight_gradients(
    layers: Any, n_layers: int, A: Any, deltas: Any, parameters: Any, at_once: bool, gradient: Any, rows: Any,
    pitch: int, lanes: int, bias: bool,
) -> None:  # fmt: skip
    """Set `gradient`, in the order of the parameters, from activations and deltas.

    With `at_once` the deltas carry minus the learning rate, and the products are added to `parameters`, for wide
    layers without passing through `gradient`: a third of the traffic between processor and cache.

    Sums stay in registers over the whole batch. Layers with many inputs are a product of matrices, for which `rows`
    takes the examples as rows. In smaller ones, eight neighbours in the parameter vector are taken together: of one
    unit (the last eight overlap those before), or where a unit has fewer, of several. What is stored beyond a layer's
    end is overwritten by the next layer (`gradient` is 8 longer than the parameters).
    """
    for layer in range(n_layers):
        n_in, n_out = layers[layer * FIELDS + N_IN], layers[layer * FIELDS + N_OUT]
        source, target = layers[layer * FIELDS + ROW_IN] * pitch, layers[layer * FIELDS + ROW_OUT] * pitch
        at, biases = layers[layer * FIELDS + WEIGHTS], layers[layer * FIELDS + BIASES]
        direct = False
        if n_in >= WIDE_LAYER:
            row_pitch = n_in + WIDTH
            for i in range(0, n_in, WIDTH):
                start = min(i, n_in - WIDTH)
                first = source + start * pitch
                starts = (
                    first,
                    first + pitch,
                    first + 2 * pitch,
                    first + 3 * pitch,
                    first + 4 * pitch,
                    first + 5 * pitch,
                    first + 6 * pitch,
                    first + 7 * pitch,
                )
                turn_eight(A, starts, starts, lanes, rows, start, row_pitch)
            direct = at_once and n_in % WIDTH == 0
            mode = ADD if direct else SET
            shape = (mode, target, pitch, NEXT, NO_BIAS, n_out, lanes, n_in, FIRST, row_pitch, at, n_in)
            multiply(deltas, shape, rows, parameters if direct else gradient)
        elif n_in >= WIDTH:
            for i in range(0, n_in, WIDTH):
                start = min(i, n_in - WIDTH)
                for unit in range(n_out):
                    sums = _eight_weights(A, source + start * pitch, deltas, target + unit * pitch, pitch, lanes)
                    store(gradient, at + unit * n_in + start, sums)
        else:
            _narrow_layer(A, source, deltas, target, gradient, at, n_in, n_out, pitch, lanes)
        if bias:
            for unit in range(0, n_out, WIDTH):
                sums = _eight_biases(deltas, target + unit * pitch, min(WIDTH, n_out - unit), pitch, lanes)
                store(gradient, biases + unit, sums)
        else:
            for unit in range(n_out):
                gradient[biases + unit] = 0.0
        if at_once:
            for k in range(biases if direct else at, biases + n_out):
                parameters[k] += gradient[k]


@inlined
def _eight_weights(A: Any, source: int, deltas: Any, target: int, pitch: int, lanes: int) -> Any:
    a = b = c = d = e = f = g = h = zeros8()
    for lane in range(0, lanes, WIDTH):
        delta = load(deltas, target + lane, a)
        at = source + lane
        a = a + delta * load(A, at, a)
        b = b + delta * load(A, at + pitch, a)
        c = c + delta * load(A, at + 2 * pitch, a)
        d = d + delta * load(A, at + 3 * pitch, a)
        e = e + delta * load(A, at + 4 * pitch, a)
        f = f + delta * load(A, at + 5 * pitch, a)
        g = g + delta * load(A, at + 6 * pitch, a)
        h = h + delta * load(A, at + 7 * pitch, a)
    return totals8(a, b, c, d, e, f, g, h)


@inlined
def _eight_biases(deltas: Any, target: int, count: int, pitch: int, lanes: int) -> Any:
    a = b = c = d = e = f = g = h = zeros8()
    last = count - 1
    for lane in range(0, lanes, WIDTH):
        at = target + lane
        a = a + load(deltas, at, a)
        b = b + load(deltas, at + min(1, last) * pitch, a)
        c = c + load(deltas, at + min(2, last) * pitch, a)
        d = d + load(deltas, at + min(3, last) * pitch, a)
        e = e + load(deltas, at + min(4, last) * pitch, a)
        f = f + load(deltas, at + min(5, last) * pitch, a)
        g = g + load(deltas, at + min(6, last) * pitch, a)
        h = h + load(deltas, at + min(7, last) * pitch, a)
    return totals8(a, b, c, d, e, f, g, h)


@inlined
def _product(
    A: Any, source: int, deltas: Any, target: int, pair: int, last: int, n_in: int, pitch: int, like: Any
) -> Any:
    q = min(pair, last)
    unit = q // n_in
    return load(deltas, target + unit * pitch, like) * load(A, source + (q - unit * n_in) * pitch, like)


@inlined
def _narrow_layer(
    A: Any, source: int, deltas: Any, target: int, gradient: Any, at: int, n_in: int, n_out: int, pitch: int, lanes: int
) -> None:
    last = n_in * n_out - 1
    for q in range(0, last + 1, WIDTH):
        a = b = c = d = e = f = g = h = zeros8()
        for lane in range(0, lanes, WIDTH):
            x, y = source + lane, target + lane
            a = a + _product(A, x, deltas, y, q, last, n_in, pitch, a)
            b = b + _product(A, x, deltas, y, q + 1, last, n_in, pitch, a)
            c = c + _product(A, x, deltas, y, q + 2, last, n_in, pitch, a)
            d = d + _product(A, x, deltas, y, q + 3, last, n_in, pitch, a)
            e = e + _product(A, x, deltas, y, q + 4, last, n_in, pitch, a)
            f = f + _product(A, x, deltas, y, q + 5, last, n_in, pitch, a)
            g = g + _product(A, x, deltas, y, q + 6, last, n_in, pitch, a)
            h = h + _product(A, x, deltas, y, q + 7, last, n_in, pitch, a)
        store(gradient, at + q, totals8(a, b, c, d, e, f, g, h))
