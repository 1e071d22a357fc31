"""Forward and backward pass with the examples of a mini-batch side by side in the lanes.

Buffers hold one row per unit and one column per example (`pitch` columns, a multiple of 8), all layers below one
another, inputs first: unit `u` of example `e` is at ``(row + u)·pitch + e``. So every layer is the same few loops
whatever its size, and the network's own parameter vector is used as it is.
"""

from __future__ import annotations

from typing import Any

from nnviz.core.kernel_cache import compiled, inlined
from nnviz.core.kernels_math import (
    SOFTMAX,
    activate,
    exponential,
    slope_of_loss,
)
from nnviz.core.lanes import (
    first_lanes,
    load,
    spread,
    store,
    totals8,
    where_greater,
    zeros8,
)

WIDTH = 8
#: Columns of the table that describes the layers to the kernels.
N_IN, N_OUT, WEIGHTS, BIASES, ROW_IN, ROW_OUT, CODE = range(7)
FIELDS = 7
#: What `multiply` takes for "no bias": it stays negative when a row is added.
NO_BIAS = -(2**40)


@compiled
def multiply(
    weights: Any, at: int, row_step: int, column_step: int, bias: int, shape: Any, source: Any, target: Any, pitch: int
) -> None:
    """Set ``target[r] = Σ_c weights[at + r·row_step + c·column_step]·source[c] + weights[bias + r]``.

    With `NO_BIAS` nothing is added, and `target`, which holds the slopes of the activations, is multiplied by the
    sum instead: the step of back-propagation. `shape` is (rows, columns, first source row, first target row, lanes).
    """
    rows, columns, source_row, target_row, lanes = shape
    source_at, target_at = source_row * pitch, target_row * pitch
    for lane in range(0, lanes, 2 * WIDTH):
        if lanes - lane >= 2 * WIDTH:
            row = 0
            while row + 4 <= rows:
                _four_rows_two_wide(
                    weights, at + row * row_step, row_step, column_step, bias + row, columns,
                    source, source_at + lane, target, target_at + row * pitch + lane, pitch,
                )  # fmt: skip
                row += 4
            while row < rows:
                _one_row(
                    weights, at + row * row_step, column_step, bias + row, columns,
                    source, source_at + lane, target, target_at + row * pitch + lane, pitch,
                )  # fmt: skip
                _one_row(
                    weights, at + row * row_step, column_step, bias + row, columns,
                    source, source_at + lane + WIDTH, target, target_at + row * pitch + lane + WIDTH, pitch,
                )  # fmt: skip
                row += 1
        else:
            for row in range(rows):
                _one_row(
                    weights, at + row * row_step, column_step, bias + row, columns,
                    source, source_at + lane, target, target_at + row * pitch + lane, pitch,
                )  # fmt: skip


@inlined
def _start(weights: Any, bias: int) -> Any:
    return spread(weights, bias, zeros8()) if bias >= 0 else zeros8()


@inlined
def _finish(target: Any, at: int, value: Any, bias: int) -> None:
    if bias >= 0:
        store(target, at, value)
    else:
        store(target, at, value * load(target, at, value))


@inlined
def _one_row(
    weights: Any, at: int, column_step: int, bias: int, columns: int,
    source: Any, source_at: int, target: Any, target_at: int, pitch: int,
) -> None:  # fmt: skip
    acc = _start(weights, bias)
    for _ in range(columns):
        acc = acc + spread(weights, at, acc) * load(source, source_at, acc)
        at += column_step
        source_at += pitch
    _finish(target, target_at, acc, bias)


@inlined
def _four_rows_two_wide(
    weights: Any, at: int, row_step: int, column_step: int, bias: int, columns: int,
    source: Any, source_at: int, target: Any, target_at: int, pitch: int,
) -> None:  # fmt: skip
    """Keep 4 rows × 16 examples in eight registers: each load feeds several products."""
    a0 = _start(weights, bias)
    a1 = _start(weights, bias + 1)
    a2 = _start(weights, bias + 2)
    a3 = _start(weights, bias + 3)
    b0, b1, b2, b3 = a0, a1, a2, a3
    for _ in range(columns):
        x, y = load(source, source_at, a0), load(source, source_at + WIDTH, a0)
        w0 = spread(weights, at, a0)
        w1 = spread(weights, at + row_step, a0)
        w2 = spread(weights, at + 2 * row_step, a0)
        w3 = spread(weights, at + 3 * row_step, a0)
        a0, b0 = a0 + w0 * x, b0 + w0 * y
        a1, b1 = a1 + w1 * x, b1 + w1 * y
        a2, b2 = a2 + w2 * x, b2 + w2 * y
        a3, b3 = a3 + w3 * x, b3 + w3 * y
        at += column_step
        source_at += pitch
    _finish(target, target_at, a0, bias)
    _finish(target, target_at + WIDTH, b0, bias)
    _finish(target, target_at + pitch, a1, bias)
    _finish(target, target_at + pitch + WIDTH, b1, bias)
    _finish(target, target_at + 2 * pitch, a2, bias)
    _finish(target, target_at + 2 * pitch + WIDTH, b2, bias)
    _finish(target, target_at + 3 * pitch, a3, bias)
    _finish(target, target_at + 3 * pitch + WIDTH, b3, bias)


@compiled
def activate_layer(code: int, A: Any, slopes: Any, row: int, rows: int, pitch: int, lanes: int) -> None:
    """Replace the pre-activations in `A` by activations, and put their slopes into `slopes`."""
    like = zeros8()
    if code == SOFTMAX:
        softmax_layer(A, row, rows, pitch, lanes)
        return
    for unit in range(row, row + rows):
        for at in range(unit * pitch, unit * pitch + lanes, WIDTH):
            a, slope = activate(code, load(A, at, like))
            store(A, at, a)
            store(slopes, at, slope)


@inlined
def softmax_layer(A: Any, row: int, rows: int, pitch: int, lanes: int) -> None:
    """Turn logits into probabilities; shifted by the largest so that no exponential overflows."""
    for lane in range(0, lanes, WIDTH):
        at = row * pitch + lane
        largest = load(A, at, zeros8())
        for unit in range(1, rows):
            z = load(A, at + unit * pitch, largest)
            largest = where_greater(largest, z, largest, z)
        whole = zeros8()
        for unit in range(rows):
            part = exponential(load(A, at + unit * pitch, largest) - largest)
            store(A, at + unit * pitch, part)
            whole = whole + part
        share = 1.0 / whole
        for unit in range(rows):
            store(A, at + unit * pitch, load(A, at + unit * pitch, share) * share)


@compiled
def gather(X: Any, n_columns: int, order: Any, first: int, count: int, target: Any, pitch: int) -> None:
    """Put `count` rows of the flat `X`, in `order` from position `first`, into lanes from row 0; zeros fill up."""
    for e in range(count):
        _spread_row(X, order[first + e] * n_columns, n_columns, target, e, pitch)
    _fill_up(n_columns, count, target, pitch)


@compiled
def gather_in_order(X: Any, n_columns: int, first: int, count: int, target: Any, pitch: int) -> None:
    """Put the `count` rows of the flat `X` from row `first` on into lanes from row 0; zeros fill up."""
    for e in range(count):
        _spread_row(X, (first + e) * n_columns, n_columns, target, e, pitch)
    _fill_up(n_columns, count, target, pitch)


@inlined
def _spread_row(X: Any, source: int, n_columns: int, target: Any, at: int, pitch: int) -> None:
    for _ in range(n_columns):
        target[at] = X[source]
        source += 1
        at += pitch


@inlined
def _fill_up(n_columns: int, count: int, target: Any, pitch: int) -> None:
    for e in range(count, (count + WIDTH - 1) // WIDTH * WIDTH):
        for column in range(n_columns):
            target[column * pitch + e] = 0.0


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
        shape = (n_out, n_in, layers[layer * FIELDS + ROW_IN], layers[layer * FIELDS + ROW_OUT], lanes)
        multiply(
            parameters, layers[layer * FIELDS + WEIGHTS], n_in, 1, layers[layer * FIELDS + BIASES], shape, A, A, pitch
        )
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
    layers: Any, n_layers: int, loss: int, A: Any, Y: Any, deltas: Any, pitch: int, lanes: int, count: int, scale: float
) -> None:
    """Put dL/dZ of the last layer into `deltas`, which holds its slopes; zero in lanes beyond `count`."""
    row = layers[(n_layers - 1) * FIELDS + ROW_OUT]
    for lane in range(0, lanes, WIDTH):
        inside = first_lanes(count - lane, zeros8()) * scale
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
        shape = (n_in, n_out, layers[layer * FIELDS + ROW_OUT], layers[layer * FIELDS + ROW_IN], lanes)
        multiply(parameters, layers[layer * FIELDS + WEIGHTS], 1, n_in, NO_BIAS, shape, deltas, deltas, pitch)


@compiled
def weight_gradients(
    layers: Any, n_layers: int, A: Any, deltas: Any, gradient: Any, pitch: int, lanes: int, bias: bool
) -> None:
    """Set `gradient`, in the order of the parameters, from activations and deltas.

    Eight weights' sums stay in registers over the whole batch. The last eight of a row overlap those before; with
    fewer than eight in a row, eight neighbours in the parameter vector are taken together, whatever their rows. What
    is stored beyond a layer's end is overwritten by the next layer (`gradient` is 8 longer than the parameters).
    """
    for layer in range(n_layers):
        n_in, n_out = layers[layer * FIELDS + N_IN], layers[layer * FIELDS + N_OUT]
        source, target, at = (
            layers[layer * FIELDS + ROW_IN] * pitch,
            layers[layer * FIELDS + ROW_OUT] * pitch,
            layers[layer * FIELDS + WEIGHTS],
        )
        if n_in >= WIDTH:
            for unit in range(n_out):
                for i in range(0, n_in, WIDTH):
                    start = min(i, n_in - WIDTH)
                    sums = _eight_weights(A, source + start * pitch, deltas, target + unit * pitch, pitch, lanes)
                    store(gradient, at + unit * n_in + start, sums)
        else:
            _narrow_layer(A, source, deltas, target, gradient, at, n_in, n_out, pitch, lanes)
        if bias:
            for unit in range(0, n_out, WIDTH):
                sums = _eight_biases(deltas, target + unit * pitch, min(WIDTH, n_out - unit), pitch, lanes)
                store(gradient, layers[layer * FIELDS + BIASES] + unit, sums)
        else:
            for unit in range(n_out):
                gradient[layers[layer * FIELDS + BIASES] + unit] = 0.0


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
