"""Products of matrices in blocks that stay in registers and in the innermost cache, and transposition.

No BLAS: calling it from compiled code needs SciPy, and the layers that people draw are too small for it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.core.kernels.cache import compiled
from nnviz.core.kernels.lanes import load, prefetch, store, transposed, zeros8
from nnviz.core.kernels.tiles import FROM_ZERO, PRODUCT, RESUMED, TILE, WITH_BIAS, tile

#: Numbers side by side.
WIDTH = 8
#: What `multiply` does with its sums. WORKAROUND: these are NumPy's integers, because Numba compiles `multiply` anew
#: for each of Python's that it meets as a literal.
SET, ADD, TIMES = np.int64(0), np.int64(1), np.int64(PRODUCT)
#: What it takes for "no bias": it stays negative when a row is added.
NO_BIAS = np.int64(-(2**40))
#: Step from one number to the next, and the position of the first.
NEXT, FIRST = np.int64(1), np.int64(0)
#: Rows of `source` that `multiply` goes through at a time: 32 examples of them are 32 KiB.
PART = 128

TALL = TILE[0]
#: Eight rows are four and four: of two alone each product would wait for the one before.
_DIVIDED = 8 if TALL > 4 else 0
_one_row, _four_rows, _tall = tile(1, 1), tile(4, 1), tile(TALL, 1)
_four_rows_of_two, _four_rows_of_four = tile(4, 2), tile(4, 4)
_eight_rows, _eight_rows_of_two, _one_row_of_four = tile(8, 1), tile(8, 2), tile(1, 4)


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
        wide = max(min(lanes - lane, 4 * WIDTH) // (2 * WIDTH) * (2 * WIDTH), WIDTH)
        lane = min(lane, lanes - wide)
        for first in range(0, columns, part):
            begin = RESUMED if first > 0 or mode == ADD else WITH_BIAS if bias >= 0 else FROM_ZERO
            start = (at + first * column_step, row_step, column_step, bias, min(part, columns - first), mode, begin)
            s, t = source_at + first * source_pitch + lane, target_at + lane
            _rows_of_wide(weights, start, rows, wide, source, s, source_pitch, target, t, target_pitch)
        lane += wide


@compiled
def _rows_of_many(
    weights: Any, start: Any, rows: int, wide: int, source: Any, s: int, source_pitch: int,
    target: Any, t: int, target_pitch: int,
) -> None:  # fmt: skip
    """Do `wide` lanes of all rows in the largest tiles that fit: where registers hold four rows of 32 lanes."""
    row = 0
    while row + 8 <= rows and wide <= 2 * WIDTH:
        to = t + row * target_pitch
        if wide == WIDTH:
            _eight_rows(weights, start, row, source, s, source_pitch, target, to, target_pitch)
        else:
            _eight_rows_of_two(weights, start, row, source, s, source_pitch, target, to, target_pitch)
        row += 8
    while row + 4 <= rows:
        to = t + row * target_pitch
        if wide == 4 * WIDTH:
            _four_rows_of_four(weights, start, row, source, s, source_pitch, target, to, target_pitch)
        elif wide == WIDTH:
            _four_rows(weights, start, row, source, s, source_pitch, target, to, target_pitch)
        else:
            _four_rows_of_two(weights, start, row, source, s, source_pitch, target, to, target_pitch)
        row += 4
    for single in range(row, rows):
        to = t + single * target_pitch
        if wide == 4 * WIDTH:
            # Of one vector alone each product would wait for the one before.
            _one_row_of_four(weights, start, single, source, s, source_pitch, target, to, target_pitch)
        else:
            for k in range(0, wide, WIDTH):
                _one_row(weights, start, single, source, s + k, source_pitch, target, to + k, target_pitch)


@compiled
def _rows_of_one(
    weights: Any, start: Any, rows: int, wide: int, source: Any, s: int, source_pitch: int,
    target: Any, t: int, target_pitch: int,
) -> None:  # fmt: skip
    """Do the same in tall tiles, where registers hold no more than `TALL` rows of eight lanes."""
    row = 0
    while row < rows:
        left = rows - row
        height = TALL if left >= TALL and left != _DIVIDED else 4 if left >= 4 and TALL > 4 else 1
        for k in range(0, wide, WIDTH):
            to = t + k + row * target_pitch
            if height == TALL:
                _tall(weights, start, row, source, s + k, source_pitch, target, to, target_pitch)
            elif height == 4:
                _four_rows(weights, start, row, source, s + k, source_pitch, target, to, target_pitch)
            else:
                _one_row(weights, start, row, source, s + k, source_pitch, target, to, target_pitch)
        row += height


_rows_of_wide = _rows_of_many if TILE[1] > 1 else _rows_of_one


@compiled
def turn_eight(X: Any, starts: Any, later: Any, columns: int, target: Any, at: int, pitch: int) -> None:
    """Set ``target[at + c·pitch + k] = X[starts[k] + c]`` for k < 8 and all of `columns`, at least eight.

    Rows that start `later`, which come next, are brought near meanwhile: tables of pictures are in no cache.
    """
    a, b, c, d, e, f, g, h = starts
    i, j, k, m, n, o, p, q = later
    like = zeros8()
    for column in range(0, columns, WIDTH):
        here = min(column, columns - WIDTH)
        a1, b1, c1, d1, e1, f1, g1, h1 = transposed(
            load(X, a + here, like),
            load(X, b + here, like),
            load(X, c + here, like),
            load(X, d + here, like),
            load(X, e + here, like),
            load(X, f + here, like),
            load(X, g + here, like),
            load(X, h + here, like),
        )
        prefetch(X, i + here)
        prefetch(X, j + here)
        prefetch(X, k + here)
        prefetch(X, m + here)
        prefetch(X, n + here)
        prefetch(X, o + here)
        prefetch(X, p + here)
        prefetch(X, q + here)
        to = at + here * pitch
        store(target, to, a1)
        store(target, to + pitch, b1)
        store(target, to + 2 * pitch, c1)
        store(target, to + 3 * pitch, d1)
        store(target, to + 4 * pitch, e1)
        store(target, to + 5 * pitch, f1)
        store(target, to + 6 * pitch, g1)
        store(target, to + 7 * pitch, h1)
