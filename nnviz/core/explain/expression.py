"""Formulas as data: small trees that are written with symbols or with numbers, and that have a value.

A tree knows nothing of how it is written; `nnviz.core.explain.writers` does, and `value` is what the tests compare
with the numbers that were computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

import numpy as np
from msgspec import Struct


class Name(Struct, frozen=True):
    """A symbol of the field, such as w⁽²⁾₁₃.

    Attributes
    ----------
    letter : str
        "z", "a", "w", "b", "x", "y", "ŷ", "δ", "η" …
    layer : int or None
        1 … L.
    units : tuple of int
        Counted from 1: of a unit one, of a weight the unit and its source.
    of : str
        Where it is not the thing itself but the slope ``∂of/∂thing``: "L" the loss, "ℓ" that of one example.
    example : int or None
        Which example of a batch, counted from 1, that slope is of.
    """

    letter: str
    layer: int | None = None
    units: tuple[int, ...] = ()
    of: str = ""
    example: int | None = None


class Symbol(Struct, frozen=True):
    """A named number."""

    name: Name
    value: float


class Number(Struct, frozen=True):
    """A number without a name."""

    value: float


class Rest(Struct, frozen=True):
    """The terms of a long sum that are not written out one by one."""

    count: int
    value: float


class Sum(Struct, frozen=True):
    """Terms that are added up; a `Negative` one is taken away."""

    parts: tuple[Expression, ...]

    @property
    def value(self) -> float:
        """What it comes to; NaN and infinities as in an engine, where they are among the terms or too much to hold."""
        values = [part.value for part in self.parts]
        try:
            return math.fsum(values)
        except (ValueError, OverflowError):
            # ∞ − ∞, or a sum beyond what a double holds.
            return sum(values)


class Product(Struct, frozen=True):
    """Factors."""

    parts: tuple[Expression, ...]

    @property
    def value(self) -> float:
        """What it comes to."""
        return reduce(lambda product, part: product * part.value, self.parts, 1.0)


class Negative(Struct, frozen=True):
    """Minus something."""

    part: Expression

    @property
    def value(self) -> float:
        """What it comes to."""
        return -self.part.value


class Quotient(Struct, frozen=True):
    """Something divided by something."""

    above: Expression
    below: Expression

    @property
    def value(self) -> float:
        """What it comes to; of a division by zero an infinite number, or NaN."""
        above, below = self.above.value, self.below.value
        if below == 0.0:
            return math.nan if above == 0.0 else math.copysign(math.inf, above)
        return above / below


class Power(Struct, frozen=True):
    """Something to the power of a whole number."""

    base: Expression
    exponent: int

    @property
    def value(self) -> float:
        """What it comes to; an infinite number where it is beyond what a double holds."""
        return math.prod([self.base.value] * self.exponent)


class Call(Struct, frozen=True):
    """A function of something.

    Attributes
    ----------
    text, latex, python : str
        What it is called in each of them.
    argument : Expression
    function : callable
        ``float -> float``.
    """

    text: str
    latex: str
    python: str
    argument: Expression
    function: Callable[[float], float]

    @property
    def value(self) -> float:
        """What it comes to."""
        with np.errstate(all="ignore"):
            return self.function(self.argument.value)


Expression = Symbol | Number | Rest | Sum | Product | Negative | Quotient | Power | Call


class Equation(Struct, frozen=True):
    """A named number and how it came about.

    Attributes
    ----------
    name : Name or None
        None: a part of something, such as a term of a sum.
    right : Expression or None
        How it came about; None where that is not written as a formula.
    value : float
        As it is used on, which on paper is rounded.
    becomes : bool
        Whether it is a new value of something that had another one: ``w ← …``.
    """

    name: Name | None
    right: Expression | None
    value: float
    becomes: bool = False


def total(*parts: Expression) -> Expression:
    """Return the sum of what there is; one term alone is no sum."""
    return parts[0] if len(parts) == 1 else Sum(parts)


def times(*parts: Expression) -> Expression:
    """Return the product of what there is; one factor alone is no product."""
    return parts[0] if len(parts) == 1 else Product(parts)


def less(first: Expression, second: Expression) -> Expression:
    """Return ``first − second``."""
    return Sum((first, Negative(second)))


def logarithm(argument: Expression) -> Expression:
    """Return the natural logarithm."""
    return Call("ln", r"\ln", "log", argument, _logarithm)


def root(argument: Expression) -> Expression:
    """Return the square root."""
    return Call("√", r"\sqrt", "sqrt", argument, lambda x: math.nan if x < 0.0 else math.sqrt(x))


def size(argument: Expression) -> Expression:
    """Return the absolute value."""
    return Call("abs", "abs", "abs", argument, abs)


def sign(argument: Expression) -> Expression:
    """Return −1, 0 or 1."""
    return Call(
        "sign", r"\operatorname{sign}", "sign", argument, lambda x: x if math.isnan(x) else float((x > 0.0) - (x < 0.0))
    )


def _logarithm(value: float) -> float:
    if value > 0.0:
        return math.log(value)
    return math.nan if math.isnan(value) or value < 0.0 else -math.inf
