"""Products of matrices in blocks that stay in registers and in the innermost cache, and transposition.

No BLAS: calling it from compiled code needs SciPy, and the layers that people draw are too small for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.core.kernels.cache import compiled, inlined
from nnviz.core.kernels.lanes import load, spread, store, transposed, zeros8

#: Numbers side by side.
WIDTH = 8
#: What `multiply` does with its sums. WORKAROUND: these are NumPy's integers, because Numba compiles `multiply` anew
#: for each of Python's that it meets as a literal.
SET, ADD, TIMES = np.int64(0), np.int64(1), np.int64(2)
#: What it takes for "no bias": it stays negative when a row is added.
NO_BIAS = np.int64(-(2**40))
#: Step from one number to the next, and the position of the first.
NEXT, FIRST = np.int64(1), np.int64(0)
#: Rows of `source` that `multiply` goes through at a time: 32 examples of them are 32 KiB.
PART = 128


@compiled
def multiply(weights: Any, shape: Any, source: Any, target: Any) -> None:
    """Set ``target[r] = Σ_c weights[at + r·row_step + c·column_step]·source[c] + weights[bias + r]``.

    With `NO_BIAS` no bias is added. `ADD` adds to what is in `target`. `TIMES` multiplies what is there, the slopes of
    the activations, by the sum: the step of back-propagation. `shape` is (one of these; at, row step, column step,
    bias; rows, columns, lanes; position and pitch of `source`, position and pitch of `target`); there are at least
    eight lanes. Where their number is no multiple of eight, the last eight are made twice, so they cannot be added.
    Long sums are made in parts, so that the part of `source` that all rows need stays in the innermost cache.
    """
    mode, at, row_step, column_step, bias, rows, columns, lanes, source_at, source_pitch, target_at, target_pitch = (
        shape
    )
    part = columns if mode == TIMES else PART
    lane = 0
    while lane < lanes:
        wide = min(lanes - lane, 4 * WIDTH) // (2 * WIDTH) * (2 * WIDTH)
        lane = min(lane, lanes - max(wide, WIDTH))
        for first in range(0, columns, part):
            start = (
                at + first * column_step,
                row_step,
                column_step,
                bias,
                min(part, columns - first),
                mode,
                first > 0 or mode == ADD,
            )
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
def _finish(target: Any, at: int, value: Any, mode: int) -> None:
    if mode == TIMES:
        value = value * load(target, at, value)
    store(target, at, value)


@inlined
def _one_row(
    weights: Any, start: Any, row: int, source: Any, source_at: int, source_pitch: int, target: Any, target_at: int
) -> None:
    at, row_step, column_step, bias, columns, mode, resumed = start
    at += row * row_step
    acc = _begin(weights, bias + row, target, target_at, resumed)
    for _ in range(columns):
        acc = acc + spread(weights, at, acc) * load(source, source_at, acc)
        at += column_step
        source_at += source_pitch
    _finish(target, target_at, acc, mode)


@inlined
def _rows_by_two_wide(
    weights: Any, start: Any, rows: int, source: Any, source_at: int, source_pitch: int,
    target: Any, target_at: int, pitch: int,
) -> int:  # fmt: skip
    """Keep 4 rows × 16 examples in eight registers: each load feeds several products. Return the rows done."""
    at, row_step, column_step, bias, columns, mode, resumed = start
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
        _finish(target, t0, a0, mode)
        _finish(target, t1, a1, mode)
        _finish(target, t2, a2, mode)
        _finish(target, t3, a3, mode)
        _finish(target, t0 + WIDTH, b0, mode)
        _finish(target, t1 + WIDTH, b1, mode)
        _finish(target, t2 + WIDTH, b2, mode)
        _finish(target, t3 + WIDTH, b3, mode)
        row += 4
    return row


@inlined
def _rows_by_four_wide(
    weights: Any, start: Any, rows: int, source: Any, source_at: int, source_pitch: int,
    target: Any, target_at: int, pitch: int,
) -> int:  # fmt: skip
    """Keep 4 rows × 32 examples in sixteen registers, as `_rows_by_two_wide`. Return the rows done."""
    at, row_step, column_step, bias, columns, mode, resumed = start
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
        _finish_four(target, t0, a0, b0, c0, d0, mode)
        _finish_four(target, t0 + pitch, a1, b1, c1, d1, mode)
        _finish_four(target, t0 + 2 * pitch, a2, b2, c2, d2, mode)
        _finish_four(target, t0 + 3 * pitch, a3, b3, c3, d3, mode)
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
def _finish_four(target: Any, at: int, a: Any, b: Any, c: Any, d: Any, mode: int) -> None:
    _finish(target, at, a, mode)
    _finish(target, at + WIDTH, b, mode)
    _finish(target, at + 2 * WIDTH, c, mode)
    _finish(target, at + 3 * WIDTH, d, mode)


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
