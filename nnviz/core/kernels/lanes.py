"""A Numba type for a few float64 numbers that one instruction handles together, and the operations on it.

Numba's own vectoriser neither keeps accumulators in registers across loops nor vectorises `exp` and `tanh`. Values of
this type become LLVM vectors (one AVX-512 register for eight numbers; two AVX registers or four SSE or NEON ones where
the processor has no wider ones), so the kernels say directly what should be done side by side.
"""

# ruff: noqa: ARG001 - the arguments of an intrinsic are its types; what it emits takes the values
from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.extending import register_model
from numba.core.imputils import lower_builtin, lower_cast
from numba.core.typeconv import Conversion
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic

from nnviz.core.kernels import tracing
from nnviz.core.kernels.tracing import DOUBLE, FUSE, Traced, constant, splat, vector


class Lanes(types.Type):  # type: ignore[misc]
    """`width` float64 numbers side by side."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"lanes{width}")

    def can_convert_from(self, _context: Any, other: Any) -> Any:
        """Let a single number stand for as many equal ones."""
        return Conversion.safe if isinstance(other, types.Float | types.Integer) else None


LANES4, LANES8 = Lanes(4), Lanes(8)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, lanes: Lanes) -> None:
        super().__init__(manager, lanes, vector(lanes.width))


@lower_cast(types.Float, Lanes)
@lower_cast(types.Integer, Lanes)
def _cast_number(context: Any, builder: Any, from_type: Any, to_type: Any, value: Any) -> Any:
    return splat(builder, context.cast(builder, value, from_type, types.float64), to_type.width)


def _register_operator(function: Any, method: str) -> None:
    """Give a Python operator a meaning for lanes with lanes and lanes with numbers."""

    class Template(ConcreteTemplate):  # type: ignore[misc]
        cases = [  # noqa: RUF012
            signature(lanes, *pair)
            for lanes in (LANES4, LANES8)
            for pair in ((lanes, lanes), (lanes, types.float64), (types.float64, lanes))
        ]

    infer_global(function)(Template)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        left, right = (
            context.cast(builder, value, kind, sig.return_type) for value, kind in zip(args, sig.args, strict=True)
        )
        return getattr(builder, method)(left, right, flags=FUSE)

    for lanes in (LANES4, LANES8):
        for pair in ((lanes, lanes), (lanes, types.float64), (types.float64, lanes)):
            lower_builtin(function, *pair)(lower)


for _function, _method in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _register_operator(_function, _method)


def traced(function: Callable[..., Any], results: int = 1) -> Any:
    """Let kernels call what is written for `Traced`: lanes and numbers arrive as lanes, whole numbers as LLVM's.

    Parameters
    ----------
    function : callable
        Returns as many lanes as `results` says: more than one as a tuple.
    """

    def typed(_context: Any, *kinds: Any) -> Any:
        lanes = next(kind for kind in kinds if isinstance(kind, Lanes))
        taken = [types.intp if isinstance(kind, types.Integer) else lanes for kind in kinds]

        def emit(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            made = function(
                *(Traced(builder, v) if kind is lanes else v for v, kind in zip(values, taken, strict=True))
            )
            if results == 1:
                return made.value
            return context.make_tuple(builder, sig.return_type, [one.value for one in made])

        return (lanes if results == 1 else types.UniTuple(lanes, results))(*taken), emit

    typed.__name__, typed.__doc__ = function.__name__, function.__doc__
    own = inspect.signature(function).parameters.values()
    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    typed.__signature__ = inspect.Signature([first, *own])  # type: ignore[attr-defined]
    return intrinsic(typed)


absolute, root, where_greater = traced(tracing.absolute), traced(tracing.root), traced(tracing.where_greater)
logarithm_of_one_plus = traced(tracing.logarithm_of_one_plus)


@intrinsic
def pointer(_context: Any, array: Any) -> Any:
    """Return where a contiguous array's numbers are: arrays themselves would be counted as references at each call."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return context.make_array(sig.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), emit


@intrinsic
def ahead(_context: Any, start: Any, distance: Any) -> Any:
    """Return the pointer `distance` numbers after `start`."""
    return start(start, types.intp), lambda _c, builder, _s, args: builder.gep(args[0], [args[1]])


@intrinsic
def load(_context: Any, numbers: Any, index: Any, like: Any) -> Any:
    """Return the numbers from `index` on, as many as `like` is wide."""

    def emit(_c: Any, builder: Any, sig: Any, args: Any) -> Any:
        address = builder.gep(args[0], [args[1]])
        whole = builder.bitcast(address, vector(sig.return_type.width).as_pointer())
        return builder.load(whole, align=8)

    return like(numbers, types.intp, like), emit


@intrinsic
def store(_context: Any, numbers: Any, index: Any, value: Any) -> Any:
    """Put the lanes of `value` at `index` and after it."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        address = builder.gep(args[0], [args[1]])
        builder.store(args[2], builder.bitcast(address, vector(sig.args[2].width).as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(numbers, types.intp, value), emit


@intrinsic
def prefetch(_context: Any, numbers: Any, index: Any) -> Any:
    """Have the number at `index` brought near, without waiting for it; it need not be there."""

    def emit(context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        how = [ir.Constant(number, flag) for flag in (0, 2, 1)]
        builder.call(function, [builder.bitcast(builder.gep(args[0], [args[1]]), byte), *how])
        return context.get_dummy_value()

    return types.void(numbers, types.intp), emit


@intrinsic
def spread(_context: Any, numbers: Any, index: Any, like: Any) -> Any:
    """Return the number at `index` as often as `like` is wide."""

    def emit(_c: Any, builder: Any, sig: Any, args: Any) -> Any:
        number = builder.load(builder.gep(args[0], [args[1]]))
        return splat(builder, number, sig.return_type.width)

    return like(numbers, types.intp, like), emit


@intrinsic
def each_spread(_context: Any, x: Any) -> Any:
    """Return as many vectors as `x` has lanes, each of the number in one of them."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        width = sig.args[0].width
        mask = ir.VectorType(ir.IntType(32), width)
        made = [builder.shuffle_vector(args[0], args[0], ir.Constant(mask, [lane] * width)) for lane in range(width)]
        return context.make_tuple(builder, sig.return_type, made)

    return types.UniTuple(x, x.width)(x), emit


@intrinsic
def four(_context: Any, numbers: Any, a: Any, b: Any, c: Any, d: Any, like: Any) -> Any:
    """Return the numbers at four positions."""

    def emit(_c: Any, builder: Any, sig: Any, args: Any) -> Any:
        made = args[5]
        for lane, position in enumerate(args[1:5]):
            number = builder.load(builder.gep(args[0], [position]))
            made = builder.insert_element(made, number, ir.Constant(ir.IntType(32), lane))
        return made

    return like(numbers, types.intp, types.intp, types.intp, types.intp, like), emit


@intrinsic
def zeros4(_context: Any) -> Any:
    """Return four zeros."""
    return LANES4(), lambda _c, _b, _s, _a: constant(4, 0.0)


@intrinsic
def zeros8(_context: Any) -> Any:
    """Return eight zeros."""
    return LANES8(), lambda _c, _b, _s, _a: constant(8, 0.0)


@intrinsic
def first_lanes(_context: Any, count: Any, like: Any) -> Any:
    """Return ones in the first `count` lanes and zeros in the others."""

    def emit(_c: Any, builder: Any, sig: Any, args: Any) -> Any:
        width = sig.return_type.width
        limit = splat(builder, builder.sitofp(args[0], DOUBLE), width)
        positions = ir.Constant(vector(sig.return_type.width), [float(position) for position in range(width)])
        inside = builder.fcmp_ordered("<", positions, limit)
        return builder.select(inside, constant(width, 1.0), constant(width, 0.0))

    return like(types.intp, like), emit


@intrinsic
def total(_context: Any, x: Any) -> Any:
    """Return the sum of the lanes, added pairwise."""

    def emit(_c: Any, builder: Any, sig: Any, args: Any) -> Any:
        numbers = [builder.extract_element(args[0], ir.Constant(ir.IntType(32), i)) for i in range(sig.args[0].width)]
        while len(numbers) > 1:
            half = len(numbers) // 2
            numbers = [builder.fadd(a, b) for a, b in zip(numbers[:half], numbers[half:], strict=True)]
        return numbers[0]

    return types.float64(x), emit


def _merge_pairs(builder: Any, left: Any, right: Any, distance: int) -> Any:
    """Return sums of partners `distance` lanes apart, those of `left` and `right` alternating in blocks of it."""
    width = left.type.count
    low, high = [], []
    for position in range(width):
        source = (position // (2 * distance)) * 2 * distance + position % distance
        offset = width if (position // distance) % 2 else 0
        low.append(source + offset)
        high.append(source + distance + offset)
    mask = ir.VectorType(ir.IntType(32), width)
    return builder.fadd(
        builder.shuffle_vector(left, right, ir.Constant(mask, low)),
        builder.shuffle_vector(left, right, ir.Constant(mask, high)),
    )


def _emit_totals(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
    """Transpose by halves while adding: three operations per sum instead of ten."""
    vectors, distance = list(args), 1
    while len(vectors) > 1:
        pairs = zip(vectors[0::2], vectors[1::2], strict=True)
        vectors = [_merge_pairs(builder, left, right, distance) for left, right in pairs]
        distance *= 2
    return vectors[0]


@intrinsic
def totals4(_context: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return the sums of the lanes of four vectors as one vector."""
    return a(a, a, a, a), _emit_totals


@intrinsic
def totals8(_context: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Any:
    """Return the sums of the lanes of eight vectors as one vector."""
    return a(a, a, a, a, a, a, a, a), _emit_totals


def _emit_transposed(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    vectors, distance = list(args), 1
    while distance < len(vectors):
        for low in (k for k in range(len(vectors)) if not k & distance):
            pair = vectors[low], vectors[low + distance]
            vectors[low], vectors[low + distance] = _exchanged(builder, *pair, distance)
        distance *= 2
    return context.make_tuple(builder, sig.return_type, vectors)


@intrinsic
def transposed4(_context: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return four vectors whose k-th holds the k-th lanes of the given four."""
    return types.UniTuple(a, 4)(a, a, a, a), _emit_transposed


@intrinsic
def transposed(_context: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Any:
    """Return eight vectors whose k-th holds the k-th lanes of the given eight."""
    return types.UniTuple(a, 8)(a, a, a, a, a, a, a, a), _emit_transposed


def _exchanged(builder: Any, left: Any, right: Any, distance: int) -> tuple[Any, Any]:
    """Return both with the odd blocks of `distance` lanes of `left` swapped for the even ones of `right`."""
    width = left.type.count
    mask = ir.VectorType(ir.IntType(32), width)
    low = [k - distance + width if k & distance else k for k in range(width)]
    high = [k + width if k & distance else k + distance for k in range(width)]
    return (
        builder.shuffle_vector(left, right, ir.Constant(mask, low)),
        builder.shuffle_vector(left, right, ir.Constant(mask, high)),
    )
