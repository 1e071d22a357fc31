"""Forward and backward pass with the examples of a mini-batch side by side in the lanes.

Buffers hold one row per unit and one column per example (`pitch` columns, a multiple of 8), all layers below one
another, inputs first: unit `u` of example `e` is at ``(row + u)·pitch + e``. So every layer is the same few loops
whatever its size, and the network's own parameter vector is used as it is.
"""

from __future__ import annotations

from typing import Any

from nnviz.core.kernel_cache import compiled, inlined
from nnviz.core.kernels_math import SOFTMAX, activate, exponential, slope_of_loss
from nnviz.core.lanes import (
    first_lanes,
    load,
    spread,
    store,
    totals8,
    transposed,
    where_greater,
    zeros8,
)

WIDTH = 8
#: Columns of the table that describes the layers to the kernels.
N_IN, N_OUT, WEIGHTS, BIASES, ROW_IN, ROW_OUT, CODE = range(7)
FIELDS = 7
#: What `multiply` takes for "no bias"; both stay what they are when a row is added.
NO_BIAS, TIMES_TARGET = -(2**40), -(2**41)
#: Rows of `source` that `multiply` goes through at a time: 32 examples of them are 32 KiB.
PART = 128
#: From so many inputs on, a layer's weight gradients are worth the way of a product of matrices.
WIDE_LAYER = 32


@compiled
def multiply(
    weights: Any, at: int, row_step: int, column_step: int, bias: int, shape: Any, source: Any, target: Any
) -> None:
    """Set ``target[r] = Σ_c weights[at + r·row_step + c·column_step]·source[c] + weights[bias + r]``.

    With `NO_BIAS` nothing is added. With `TIMES_TARGET` nothing is added and `target`, which holds the slopes of the
    activations, is multiplied by the sum: the step of back-propagation. `shape` is (rows, columns, lanes, position
    and pitch of `source`, position and pitch of `target`); there are at least eight lanes. Long sums are made in
    parts, so that the part of `source` that all rows need stays in the innermost cache.
    """
    rows, columns, lanes, source_at, source_pitch, target_at, target_pitch = shape
    part = columns if bias < NO_BIAS else PART
    lane = 0
    while lane < lanes:
        wide = min(lanes - lane, 4 * WIDTH) // (2 * WIDTH) * (2 * WIDTH)
        lane = min(lane, lanes - max(wide, WIDTH))
        for first in range(0, columns, part):
            start = (at + first * column_step, row_step, column_step, bias, min(part, columns - first), first > 0)
            s, t = source_at + first * source_pitch + lane, target_at + lane
            row = 0
            if wide == 4 * WIDTH:
                row = _rows_by_four_wide(weights, start, rows, source, s, source_pitch, target, t, target_pitch)
            elif wide == 2 * WIDTH:
                row = _rows_by_two_wide(weights, start, rows, source, s, source_pitch, target, t, target_pitch)
            for single in range(row, rows):
                for k in range(0, max(wide, WIDTH), WIDTH):
                    to = t + k + single * target_pitch
                    _one_row(weights, start, single, source, s + k, source_pitch, target, to)
        lane += max(wide, WIDTH)


@inlined
def _begin(weights: Any, bias: int, target: Any, at: int, resumed: bool) -> Any:
    if resumed:
        return load(target, at, zeros8())
    return spread(weights, bias, zeros8()) if bias >= 0 else zeros8()


@inlined
def _finish(target: Any, at: int, value: Any, bias: int) -> None:
    if bias < NO_BIAS:
        value = value * load(target, at, value)
    store(target, at, value)


@inlined
def _one_row(
    weights: Any, start: Any, row: int, source: Any, source_at: int, source_pitch: int, target: Any, target_at: int
) -> None:
    at, row_step, column_step, bias, columns, resumed = start
    at += row * row_step
    acc = _begin(weights, bias + row, target, target_at, resumed)
    for _ in range(columns):
        acc = acc + spread(weights, at, acc) * load(source, source_at, acc)
        at += column_step
        source_at += source_pitch
    _finish(target, target_at, acc, bias)


@inlined
def _rows_by_two_wide(
    weights: Any, start: Any, rows: int, source: Any, source_at: int, source_pitch: int,
    target: Any, target_at: int, pitch: int,
) -> int:  # fmt: skip
    """Keep 4 rows × 16 examples in eight registers: each load feeds several products. Return the rows done."""
    at, row_step, column_step, bias, columns, resumed = start
    row = 0
    while row + 4 <= rows:
        w, s, t0 = at + row * row_step, source_at, target_at + row * pitch
        t1, t2, t3 = t0 + pitch, t0 + 2 * pitch, t0 + 3 * pitch
        a0 = _begin(weights, bias + row, target, t0, resumed)
        a1 = _begin(weights, bias + row + 1, target, t1, resumed)
        a2 = _begin(weights, bias + row + 2, target, t2, resumed)
        a3 = _begin(weights, bias + row + 3, target, t3, resumed)
        b0 = _begin(weights, bias + row, target, t0 + WIDTH, resumed)
        b1 = _begin(weights, bias + row + 1, target, t1 + WIDTH, resumed)
        b2 = _begin(weights, bias + row + 2, target, t2 + WIDTH, resumed)
        b3 = _begin(weights, bias + row + 3, target, t3 + WIDTH, resumed)
        for _ in range(columns):
            x, y = load(source, s, a0), load(source, s + WIDTH, a0)
            u = spread(weights, w, a0)
            a0, b0 = a0 + u * x, b0 + u * y
            u = spread(weights, w + row_step, a0)
            a1, b1 = a1 + u * x, b1 + u * y
            u = spread(weights, w + 2 * row_step, a0)
            a2, b2 = a2 + u * x, b2 + u * y
            u = spread(weights, w + 3 * row_step, a0)
            a3, b3 = a3 + u * x, b3 + u * y
            w += column_step
            s += source_pitch
        _finish(target, t0, a0, bias)
        _finish(target, t1, a1, bias)
        _finish(target, t2, a2, bias)
        _finish(target, t3, a3, bias)
        _finish(target, t0 + WIDTH, b0, bias)
        _finish(target, t1 + WIDTH, b1, bias)
        _finish(target, t2 + WIDTH, b2, bias)
        _finish(target, t3 + WIDTH, b3, bias)
        row += 4
    return row


@inlined
def _rows_by_four_wide(
    weights: Any, start: Any, rows: int, source: Any, source_at: int, source_pitch: int,
    target: Any, target_at: int, pitch: int,
) -> int:  # fmt: skip
    """Keep 4 rows × 32 examples in sixteen registers, as `_rows_by_two_wide`. Return the rows done."""
    at, row_step, column_step, bias, columns, resumed = start
    row = 0
    while row + 4 <= rows:
        w, s, t0 = at + row * row_step, source_at, target_at + row * pitch
        a0, b0, c0, d0 = _begin_four(weights, bias + row, target, t0, resumed)
        a1, b1, c1, d1 = _begin_four(weights, bias + row + 1, target, t0 + pitch, resumed)
        a2, b2, c2, d2 = _begin_four(weights, bias + row + 2, target, t0 + 2 * pitch, resumed)
        a3, b3, c3, d3 = _begin_four(weights, bias + row + 3, target, t0 + 3 * pitch, resumed)
        for _ in range(columns):
            p, q = load(source, s, a0), load(source, s + WIDTH, a0)
            x, y = load(source, s + 2 * WIDTH, a0), load(source, s + 3 * WIDTH, a0)
            u = spread(weights, w, a0)
            a0, b0, c0, d0 = a0 + u * p, b0 + u * q, c0 + u * x, d0 + u * y
            u = spread(weights, w + row_step, a0)
            a1, b1, c1, d1 = a1 + u * p, b1 + u * q, c1 + u * x, d1 + u * y
            u = spread(weights, w + 2 * row_step, a0)
            a2, b2, c2, d2 = a2 + u * p, b2 + u * q, c2 + u * x, d2 + u * y
            u = spread(weights, w + 3 * row_step, a0)
            a3, b3, c3, d3 = a3 + u * p, b3 + u * q, c3 + u * x, d3 + u * y
            w += column_step
            s += source_pitch
        _finish_four(target, t0, a0, b0, c0, d0, bias)
        _finish_four(target, t0 + pitch, a1, b1, c1, d1, bias)
        _finish_four(target, t0 + 2 * pitch, a2, b2, c2, d2, bias)
        _finish_four(target, t0 + 3 * pitch, a3, b3, c3, d3, bias)
        row += 4
    return row


@inlined
def _begin_four(weights: Any, bias: int, target: Any, at: int, resumed: bool) -> Any:
    if resumed:
        like = zeros8()
        return (
            load(target, at, like),
            load(target, at + WIDTH, like),
            load(target, at + 2 * WIDTH, like),
            load(target, at + 3 * WIDTH, like),
        )
    value = spread(weights, bias, zeros8()) if bias >= 0 else zeros8()
    return value, value, value, value


@inlined
def _finish_four(target: Any, at: int, a: Any, b: Any, c: Any, d: Any, bias: int) -> None:
    _finish(target, at, a, bias)
    _finish(target, at + WIDTH, b, bias)
    _finish(target, at + 2 * WIDTH, c, bias)
    _finish(target, at + 3 * WIDTH, d, bias)


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
def turn_eight(X: Any, starts: Any, columns: int, target: Any, at: int, pitch: int) -> None:
    """Set ``target[at + c·pitch + k] = X[starts[k] + c]`` for k < 8 and all of `columns`, at least eight."""
    a, b, c, d, e, f, g, h = starts
    like = zeros8()
    for column in range(0, columns, WIDTH):
        here = min(column, columns - WIDTH)
        block = transposed(
            load(X, a + here, like),
            load(X, b + here, like),
            load(X, c + here, like),
            load(X, d + here, like),
            load(X, e + here, like),
            load(X, f + here, like),
            load(X, g + here, like),
            load(X, h + here, like),
        )
        for k in range(WIDTH):
            store(target, at + here * pitch + k * pitch, block[k])


@inlined
def _eight(X: Any, starts: Any, columns: int, target: Any, at: int, pitch: int) -> None:
    """Do the same with any number of columns."""
    if columns >= WIDTH:
        turn_eight(X, starts, columns, target, at, pitch)
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
        starts = (
            order[p] * n_columns,
            order[min(p + 1, last)] * n_columns,
            order[min(p + 2, last)] * n_columns,
            order[min(p + 3, last)] * n_columns,
            order[min(p + 4, last)] * n_columns,
            order[min(p + 5, last)] * n_columns,
            order[min(p + 6, last)] * n_columns,
            order[min(p + 7, last)] * n_columns,
        )
        _eight(X, starts, n_columns, target, e, pitch)


@compiled
def gather_in_order(X: Any, n_columns: int, first: int, count: int, target: Any, pitch: int) -> None:
    """Do what `gather` does with the rows of the flat `X` from `first` on."""
    last = first + count - 1
    for e in range(0, count, WIDTH):
        p = first + e
        starts = (
            p * n_columns,
            min(p + 1, last) * n_columns,
            min(p + 2, last) * n_columns,
            min(p + 3, last) * n_columns,
            min(p + 4, last) * n_columns,
            min(p + 5, last) * n_columns,
            min(p + 6, last) * n_columns,
            min(p + 7, last) * n_columns,
        )
        _eight(X, starts, n_columns, target, e, pitch)


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
        shape = (n_out, n_in, lanes, source, pitch, target, pitch)
        weights, biases = layers[layer * FIELDS + WEIGHTS], layers[layer * FIELDS + BIASES]
        multiply(parameters, weights, n_in, 1, biases, shape, A, A)
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
        source, target = layers[layer * FIELDS + ROW_OUT] * pitch, layers[layer * FIELDS + ROW_IN] * pitch
        shape = (n_in, n_out, lanes, source, pitch, target, pitch)
        multiply(parameters, layers[layer * FIELDS + WEIGHTS], 1, n_in, TIMES_TARGET, shape, deltas, deltas)


@compiled
def weight_gradients(
    layers: Any, n_layers: int, A: Any, deltas: Any, gradient: Any, rows: Any, pitch: int, lanes: int, bias: bool
) -> None:
    """Set `gradient`, in the order of the parameters, from activations and deltas.

    Sums stay in registers over the whole batch. Layers with many inputs are a product of matrices, for which `rows`
    takes the examples as rows. In smaller ones, eight neighbours in the parameter vector are taken together: of one
    unit (the last eight overlap those before), or where a unit has fewer, of several. What is stored beyond a layer's
    end is overwritten by the next layer (`gradient` is 8 longer than the parameters).
    """
    for layer in range(n_layers):
        n_in, n_out = layers[layer * FIELDS + N_IN], layers[layer * FIELDS + N_OUT]
        source, target = layers[layer * FIELDS + ROW_IN] * pitch, layers[layer * FIELDS + ROW_OUT] * pitch
        at, biases = layers[layer * FIELDS + WEIGHTS], layers[layer * FIELDS + BIASES]
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
                turn_eight(A, starts, lanes, rows, start, row_pitch)
            # As a variable, so that this is the same compiled function as in the forward pass.
            no_bias = min(NO_BIAS, biases)
            shape = (n_out, lanes, n_in, 0 * at, row_pitch, at, n_in)
            multiply(deltas, target, pitch, 1, no_bias, shape, rows, gradient)
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
