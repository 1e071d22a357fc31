"""Blocks of a product of matrices whose sums stay in registers, as many as the processor has; emitted as LLVM's loops.

Every number of the result is summed up by itself and in the order of the columns, so that blocks of all sizes give the
same to the last bit.
"""

# ruff: noqa: ARG001 - as in `lanes`
from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from nnviz.core.kernels.tracing import INT64, Traced, splat, vector
from nnviz.core.processor import processor_class

WIDTH = 8
#: Rows, and vectors of eight numbers, whose sums leave registers for what they are made of: 32 registers of 8 numbers,
#: 16 of 4, 32 of 2 and 16 of 2. Those of NEON have been counted, not measured.
TILES = {"AVX-512": (4, 4), "AVX2": (6, 1), "NEON": (6, 1), "SSE2": (2, 1)}
TILE = TILES.get(processor_class(), TILES["SSE2"])
#: What sums begin with.
FROM_ZERO, WITH_BIAS, RESUMED = np.int64(0), np.int64(1), np.int64(2)
#: `TIMES` of `matrix`: the result is multiplied by what is in its place.
PRODUCT = 2


class _Sums:
    """The sums of one block while its code is written down; a row's are neighbours."""

    def __init__(self, builder: Any, rows: int, vectors: int) -> None:
        self.builder, self.rows, self.vectors = builder, rows, vectors
        self.kind = vector(WIDTH)
        self.zero = ir.Constant(self.kind, [0.0] * WIDTH)

    def whole(self, function: Any) -> Any:
        """Return a new block by the function of row and position of a vector in it."""
        return [function(row, k) for row in range(self.rows) for k in range(self.vectors)]

    def address(self, numbers: Any, at: Any, ahead: int = 0) -> Any:
        """Return where `ahead` numbers after position `at` are."""
        return self.builder.gep(numbers, [self.builder.add(at, INT64(ahead)) if ahead else at])

    def load(self, numbers: Any, at: Any, k: int) -> Any:
        """Return the `k`-th vector after a position."""
        place = self.builder.bitcast(self.address(numbers, at, k * WIDTH), self.kind.as_pointer())
        return self.builder.load(place, align=8)

    def store(self, numbers: Any, at: Any, k: int, value: Any) -> None:
        """Put it there."""
        place = self.builder.bitcast(self.address(numbers, at, k * WIDTH), self.kind.as_pointer())
        self.builder.store(value, place, align=8)

    def spread(self, numbers: Any, at: Any) -> Any:
        """Return the number at a position, eight times."""
        return splat(self.builder, self.builder.load(self.address(numbers, at)), WIDTH)

    def begin(self, how: Any, target: Any, places: list[Any], weights: Any, biases: list[Any]) -> list[Any]:
        """Return what the sums begin with."""
        builder, arrived = self.builder, []
        end, zeros = builder.append_basic_block("begun"), builder.block
        resumed, biased = builder.append_basic_block("resumed"), builder.append_basic_block("biased")
        switch = builder.switch(how, end)
        switch.add_case(INT64(int(RESUMED)), resumed)
        switch.add_case(INT64(int(WITH_BIAS)), biased)
        arrived.append((self.whole(lambda _row, _k: self.zero), zeros))
        builder.position_at_end(resumed)
        arrived.append((self.whole(lambda row, k: self.load(target, places[row], k)), resumed))
        builder.branch(end)
        builder.position_at_end(biased)
        spread = [self.spread(weights, bias) for bias in biases]
        arrived.append((self.whole(lambda row, _k: spread[row]), biased))
        builder.branch(end)
        builder.position_at_end(end)
        return [self.merged([(values[position], block) for values, block in arrived]) for position in range(self.size)]

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return self.rows * self.vectors

    def merged(self, values: list[tuple[Any, Any]]) -> Any:
        """Return whichever value comes from the block that has run."""
        phi = self.builder.phi(values[0][0].type)
        for value, block in values:
            phi.add_incoming(value, block)
        return phi

    def finish(self, sums: list[Any], mode: Any, target: Any, places: list[Any]) -> None:
        """Store the sums, or their products with what is there."""
        builder = self.builder
        times, plain, end = (builder.append_basic_block(name) for name in ("times", "plain", "finished"))
        builder.cbranch(builder.icmp_signed("==", mode, INT64(PRODUCT)), times, plain)
        for block in (times, plain):
            builder.position_at_end(block)
            for position, value in enumerate(sums):
                row, k = divmod(position, self.vectors)
                made = Traced(builder, value)
                if block is times:
                    made = made * Traced(builder, self.load(target, places[row], k))
                self.store(target, places[row], k, made.value)
            builder.branch(end)
        builder.position_at_end(end)


def _emit(builder: Any, rows: int, vectors: int, values: Any, start: list[Any]) -> None:
    weights, row, source, source_at, source_pitch, target, target_at, pitch = values
    at, row_step, column_step, bias, columns, mode, how = start
    sums = _Sums(builder, rows, vectors)
    first = builder.add(at, builder.mul(row, row_step))
    steps = [builder.mul(row_step, INT64(r)) for r in range(rows)]
    places = [builder.add(target_at, builder.mul(pitch, INT64(r))) for r in range(rows)]
    biases = [builder.add(builder.add(bias, row), INT64(r)) for r in range(rows)]
    begun = sums.begin(how, target, places, weights, biases)

    def column(w: Any, s: Any, carried: list[Any]) -> tuple[Any, ...]:
        """Add one column's products; return where the next is, and the sums."""
        x = [Traced(builder, sums.load(source, s, k)) for k in range(vectors)]
        made = []
        for r in range(rows):
            factor = Traced(builder, sums.spread(weights, builder.add(w, steps[r])))
            made += [(Traced(builder, carried[r * vectors + k]) + factor * x[k]).value for k in range(vectors)]
        return builder.add(w, column_step), builder.add(s, source_pitch), *made

    # Two by two, and then the last where their number is odd.
    pairs, rest, single, end = (builder.append_basic_block(name) for name in ("pairs", "rest", "single", "summed"))
    before, begins = builder.block, (first, source_at, *begun)
    n_pairs = builder.ashr(columns, INT64(1))
    builder.cbranch(builder.icmp_signed(">", n_pairs, INT64(0)), pairs, rest)
    builder.position_at_end(pairs)
    left, *carried = (builder.phi(value.type) for value in (n_pairs, *begins))
    w, s, *partial = column(carried[0], carried[1], carried[2:])
    later = column(w, s, partial)
    fewer = builder.sub(left, INT64(1))
    for phi, initial, value in zip((left, *carried), (n_pairs, *begins), (fewer, *later), strict=True):
        phi.add_incoming(initial, before)
        phi.add_incoming(value, pairs)
    builder.cbranch(builder.icmp_signed(">", fewer, INT64(0)), pairs, rest)
    builder.position_at_end(rest)
    arrived = [sums.merged([(a, before), (b, pairs)]) for a, b in zip(begins, later, strict=True)]
    is_odd = builder.icmp_signed("!=", builder.and_(columns, INT64(1)), INT64(0))
    builder.cbranch(is_odd, single, end)
    builder.position_at_end(single)
    _, _, *last = column(arrived[0], arrived[1], arrived[2:])
    builder.branch(end)
    builder.position_at_end(end)
    made = [sums.merged([(a, rest), (b, single)]) for a, b in zip(arrived[2:], last, strict=True)]
    sums.finish(made, mode, target, places)


def tile(rows: int, vectors: int) -> Any:
    """Return what computes a block of so many rows and of so many vectors of eight numbers.

    It takes weights; a tuple (position, row step, column step, position of the bias, columns, mode, what sums begin
    with); the first row; `source`, position and pitch; `target`, position and pitch.
    """

    def block(
        _context: Any, weights: Any, start: Any, row: Any, source: Any, source_at: Any, source_pitch: Any,
        target: Any, target_at: Any, pitch: Any,
    ) -> Any:  # fmt: skip
        def emit(context: Any, builder: Any, _sig: Any, values: Any) -> Any:
            parts = [builder.extract_value(values[1], position) for position in range(len(start))]
            _emit(builder, rows, vectors, (values[0], *values[2:]), parts)
            return context.get_dummy_value()

        number = types.intp
        whole = types.UniTuple(number, len(start))
        return types.void(weights, whole, number, source, number, number, target, number, number), emit

    return intrinsic(block)
