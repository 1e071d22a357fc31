"""Formulas written down as machine code by running them once, on stand-ins for numbers.

Numba infers the types of every operation, which takes it milliseconds for each. What is a formula without loops, as an
activation is, needs no inference: all of it is lanes. Here Python's own operators emit LLVM's instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llvmlite import ir
from numba.core import cgutils

FUSE = ("contract",)
"""A product may be fused with a sum. Numbers are never assumed to be finite, because divergence has to show."""
DOUBLE = ir.DoubleType()
INT32 = ir.IntType(32)
INT64 = ir.IntType(64)


def vector(width: int) -> ir.VectorType:
    """Return LLVM's type of so many float64 numbers side by side."""
    return ir.VectorType(DOUBLE, width)


def constant(width: int, number: float) -> Any:
    """Return as many equal numbers."""
    return ir.Constant(vector(width), [number] * width)


def splat(builder: Any, number: Any, width: int) -> Any:
    """Return a number, known only when the code runs, as often."""
    kind = vector(width)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(INT32, 0))
    order = ir.Constant(ir.VectorType(INT32, width), [0] * width)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), order)


class Traced:
    """Lanes that will be known when the code runs; a number beside them stands for as many equal ones."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    @property
    def width(self) -> int:
        """How many numbers it stands for."""
        return int(self.value.type.count)

    def like(self, other: Any) -> Any:
        """Return the LLVM value of lanes or of a number."""
        return other.value if isinstance(other, Traced) else constant(self.width, float(other))

    def made(self, value: Any) -> Traced:
        """Return the stand-in of another value."""
        return Traced(self.builder, value)

    def __add__(self, other: Any) -> Traced:
        return self.made(self.builder.fadd(self.value, self.like(other), flags=FUSE))

    def __radd__(self, other: Any) -> Traced:
        return self.made(self.builder.fadd(self.like(other), self.value, flags=FUSE))

    def __sub__(self, other: Any) -> Traced:
        return self.made(self.builder.fsub(self.value, self.like(other), flags=FUSE))

    def __rsub__(self, other: Any) -> Traced:
        return self.made(self.builder.fsub(self.like(other), self.value, flags=FUSE))

    def __mul__(self, other: Any) -> Traced:
        return self.made(self.builder.fmul(self.value, self.like(other), flags=FUSE))

    def __rmul__(self, other: Any) -> Traced:
        return self.made(self.builder.fmul(self.like(other), self.value, flags=FUSE))

    def __truediv__(self, other: Any) -> Traced:
        return self.made(self.builder.fdiv(self.value, self.like(other), flags=FUSE))

    def __rtruediv__(self, other: Any) -> Traced:
        return self.made(self.builder.fdiv(self.like(other), self.value, flags=FUSE))


def _whole(name: str, *values: Traced) -> Traced:
    """Emit a call of the LLVM function `name` on whole vectors."""
    kind, builder = values[0].value.type, values[0].builder
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(kind, [kind] * len(values)), f"llvm.{name}.v{kind.count}f64"
    )
    return values[0].made(builder.call(function, [value.value for value in values]))


def _each(name: str, values: Traced) -> Traced:
    """Emit one call of the C library's function `name` per number: for functions that are seldom needed."""
    builder = values.builder
    function = cgutils.insert_pure_function(builder.module, ir.FunctionType(DOUBLE, [DOUBLE]), name)
    result = ir.Constant(values.value.type, ir.Undefined)
    for position in range(values.width):
        index = ir.Constant(INT32, position)
        number = builder.call(function, [builder.extract_element(values.value, index)])
        result = builder.insert_element(result, number, index)
    return values.made(result)


def absolute(x: Traced) -> Traced:
    """Return ``|x|``."""
    return _whole("fabs", x)


def fused(a: Traced, b: Any, c: Any) -> Traced:
    """Return ``a·b + c`` in one operation where the processor has one: of two products, LLVM fuses either."""
    return _whole("fmuladd", a, a.made(a.like(b)), a.made(a.like(c)))


def root(x: Traced) -> Traced:
    """Return the square root of `x`."""
    return _whole("sqrt", x)


def copysign(magnitude: Traced, sign: Traced) -> Traced:
    """Return the magnitude of the one with the sign of the other."""
    return _whole("copysign", magnitude, sign)


def sine(x: Traced) -> Traced:
    """Return ``sin x``."""
    return _each("sin", x)


def cosine(x: Traced) -> Traced:
    """Return ``cos x``."""
    return _each("cos", x)


def error_function(x: Traced) -> Traced:
    """Return ``erf x``."""
    return _each("erf", x)


def logarithm_of_one_plus(x: Traced) -> Traced:
    """Return ``ln(1 + x)``."""
    return _each("log1p", x)


def where_greater(left: Any, right: Any, yes: Any, no: Any) -> Traced:
    """Return `yes` where ``left > right``, else `no`; so also where either is NaN."""
    lanes: Traced = next(value for value in (left, right, yes, no) if isinstance(value, Traced))
    is_greater = lanes.builder.fcmp_ordered(">", lanes.like(left), lanes.like(right))
    return lanes.made(lanes.builder.select(is_greater, lanes.like(yes), lanes.like(no)))


def power_of_two(shifted: Traced) -> Traced:
    """Return ``2**k`` for whole ``|k| < 1023``, given as ``k + 1.5·2**52 + 1023``: its low bits are the exponent's."""
    builder, whole = shifted.builder, ir.VectorType(INT64, shifted.width)
    exponent = builder.shl(builder.bitcast(shifted.value, whole), ir.Constant(whole, [52] * whole.count))
    return shifted.made(builder.bitcast(exponent, shifted.value.type))


Results = tuple[Traced, ...]
Formula = Callable[..., Results]


def choose(builder: Any, code: Any, formulas: Mapping[int, Formula], otherwise: Formula, *arguments: Any) -> Results:
    """Compute the formula whose key is `code`, or `otherwise`: the code of the others does not run."""
    end, default = builder.append_basic_block("chosen"), builder.append_basic_block("otherwise")
    switch, results = builder.switch(code, default), []
    for key, formula in (*formulas.items(), (None, otherwise)):
        block = default if key is None else builder.append_basic_block(f"choice{key}")
        if key is not None:
            switch.add_case(ir.Constant(code.type, key), block)
        builder.position_at_end(block)
        results.append((formula(*arguments), builder.block))
        builder.branch(end)
    builder.position_at_end(end)
    chosen = []
    for position, first in enumerate(results[0][0]):
        phi = builder.phi(first.value.type)
        for values, block in results:
            phi.add_incoming(values[position].value, block)
        chosen.append(first.made(phi))
    return tuple(chosen)
