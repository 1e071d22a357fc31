"""How the choices of the tables are written as formulas: activations and losses, and their slopes.

What has no entry here, such as a choice that a script adds, is written by its name and has the right value all the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nnviz.core.activations import Activation
from nnviz.core.explain.expression import (
    Call,
    Expression,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    less,
    logarithm,
    sign,
    size,
)
from nnviz.core.losses import Loss

#: Text and LaTeX of activations that mathematics has a sign for; others are called by their labels.
_SIGNS = {"sigmoid": ("σ", r"\sigma"), "tanh": ("tanh", r"\tanh"), "sine": ("sin", r"\sin")}
#: What each function is in Python, beside what `from math import *` brings.
PYTHON = {
    "sigmoid": "def sigmoid(z): return 1 / (1 + exp(-z))",
    "sine": "sine = sin",
    "step": "def step(z): return 1.0 if z >= 0 else 0.0",
    "relu": "def relu(z): return max(0.0, z)",
    "leaky_relu": "def leaky_relu(z): return z if z > 0 else 0.01*z",
    "elu": "def elu(z): return z if z > 0 else expm1(z)",
    "softplus": "def softplus(z): return log(1 + exp(z))",
    "gelu": "def gelu(z): return z * (1 + erf(z / sqrt(2))) / 2",
    "silu": "def silu(z): return z / (1 + exp(-z))",
    "sign": "def sign(x): return (x > 0) - (x < 0)",
}
#: Functions of `from math import *`.
_OF_MATH = ("tanh",)


def function_name(activation: Activation, form: str) -> str:
    """Return what an activation is called in "text", "latex" or "python"."""
    if form == "python":
        return activation.name
    text, latex = _SIGNS.get(activation.name, (activation.label, rf"\operatorname{{{activation.label}}}"))
    return text if form == "text" else latex


def activated(activation: Activation, z: Expression, others: Sequence[Expression]) -> Expression:
    """Return ``f(z)``; `others` are the sums of all units of the layer, which softmax shares 1 among."""
    if activation.linear:
        return z
    if not activation.elementwise:
        return Quotient(_power_of_e(z), Sum(tuple(map(_power_of_e, others))))
    return _function(activation, z, activation.function)


def slope(activation: Activation, z: Expression, a: Expression, value: float) -> Expression:
    """Return ``f′(z)``, in terms of the activation where that is how it is computed."""
    written = _SLOPES.get(activation.name)
    if written is not None:
        return written(z, a)
    return Number(value)


def loss_term(loss: Loss, y: Expression, p: Expression, value: float) -> Expression:
    """Return what one output adds to the loss of an example, of its target and prediction."""
    written = _TERMS.get(loss.name)
    return Number(value) if written is None else written(y, p)


def loss_slope(loss: Loss, y: Expression, p: Expression, value: float) -> Expression:
    """Return the slope of `loss_term` along the prediction."""
    written = _PULLS.get(loss.name)
    return Number(value) if written is None else written(y, p)


def _power_of_e(z: Expression) -> Expression:
    return Call("exp", r"\exp", "exp", z, lambda x: float(np.exp(x)))


def _function(activation: Activation, z: Expression, function: Callable[[np.ndarray], np.ndarray]) -> Expression:
    text, latex = function_name(activation, "text"), function_name(activation, "latex")
    python = activation.name if activation.name in (*PYTHON, *_OF_MATH) else ""
    return Call(text, latex, python, z, lambda x: float(function(np.array([[x]]))[0, 0]))


def _sigmoid(z: Expression) -> Expression:
    return Call("σ", r"\sigma", "sigmoid", z, lambda x: float(1.0 / (1.0 + np.exp(-x))))


def _cosine(z: Expression) -> Expression:
    return Call("cos", r"\cos", "cos", z, lambda x: float(np.cos(x)))


_ONE, _TWO = Number(1.0), Number(2.0)
_SLOPES: dict[str, Callable[[Expression, Expression], Expression]] = {
    "sigmoid": lambda z, a: Product((a, less(_ONE, a))),  # noqa: ARG005
    "tanh": lambda z, a: less(_ONE, Power(a, 2)),  # noqa: ARG005
    "softplus": lambda z, a: _sigmoid(z),  # noqa: ARG005
    "sine": lambda z, a: _cosine(z),  # noqa: ARG005
}


def _binary_term(y: Expression, p: Expression) -> Expression:
    if y.value == 1.0:
        return Negative(logarithm(p))
    if y.value == 0.0:
        return Negative(logarithm(less(_ONE, p)))
    return Negative(Sum((Product((y, logarithm(p))), Product((less(_ONE, y), logarithm(less(_ONE, p)))))))


def _binary_slope(y: Expression, p: Expression) -> Expression:
    if y.value == 1.0:
        return Negative(Quotient(_ONE, p))
    if y.value == 0.0:
        return Quotient(_ONE, less(_ONE, p))
    return Quotient(less(p, y), Product((p, less(_ONE, p))))


def _surprise(y: Expression, p: Expression) -> Expression:
    """Return ``−y·ln ŷ``, which is 0 for the classes that it is not."""
    if y.value == 0.0:
        return Number(0.0)
    return Negative(logarithm(p)) if y.value == 1.0 else Negative(Product((y, logarithm(p))))


def _huber(y: Expression, p: Expression) -> Expression:
    if abs(p.value - y.value) <= 1.0:
        return Product((Number(0.5), Power(less(p, y), 2)))
    return less(size(less(p, y)), Number(0.5))


_TERMS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "binary_cross_entropy": _binary_term,
    "cross_entropy": _surprise,
    "mean_squared_error": lambda y, p: Power(less(p, y), 2),
    "half_squared_error": lambda y, p: Product((Number(0.5), Power(less(p, y), 2))),
    "sum_squared_error": lambda y, p: Power(less(y, p), 2),
    "mean_absolute_error": lambda y, p: size(less(p, y)),
    "huber": _huber,
}
_PULLS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "binary_cross_entropy": _binary_slope,
    "cross_entropy": lambda y, p: Number(0.0) if y.value == 0.0 else Negative(Quotient(y, p)),
    "mean_squared_error": lambda y, p: Product((_TWO, less(p, y))),
    "half_squared_error": lambda y, p: less(p, y),
    "sum_squared_error": lambda y, p: Product((_TWO, less(p, y))),
    "mean_absolute_error": lambda y, p: sign(less(p, y)),
    "huber": lambda y, p: less(p, y) if abs(p.value - y.value) <= 1.0 else sign(less(p, y)),
}
