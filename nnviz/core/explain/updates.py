"""The update of one weight or bias, term by term, for every optimiser."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from nnviz.core.explain.expression import (
    Equation,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    less,
    root,
)


class Step(Struct, frozen=True):
    """What an update of one parameter is made of.

    Attributes
    ----------
    w : Symbol
        The parameter before.
    g : Symbol
        Its gradient, penalties and clipping included.
    memory : tuple of float
        The optimiser's memory of this parameter, before.
    rate : float
        The learning rate of this update.
    t : int
        Which update it is, counted from 1.
    own : tuple of float
        The optimiser's own parameters.
    after : float
        The parameter after the update.
    """

    w: Symbol
    g: Symbol
    memory: tuple[float, ...]
    rate: float
    t: int
    own: tuple[float, ...]
    after: float

    @property
    def eta(self) -> Symbol:
        """The learning rate."""
        return Symbol(Name("η"), self.rate)

    def named(self, letter: str, value: float) -> Symbol:
        """Return a number that belongs to this parameter, such as its velocity."""
        return Symbol(Name(letter, self.w.name.layer, self.w.name.units), value)

    def changed(self, change: Expression) -> Equation:
        """Return ``w ← w − change``."""
        return Equation(self.w.name, less(self.w, change), self.after, becomes=True)


def update_terms(optimizer: str, step: Step) -> tuple[Equation, ...]:
    """Return the equations of an update, the last of them that of the parameter itself.

    An optimiser that is not known here, such as one that a script adds, says only what comes out.
    """
    terms = _TERMS.get(optimizer)
    return (Equation(step.w.name, None, step.after, becomes=True),) if terms is None else tuple(terms(step))


def _rolling(now: Symbol, keep: Symbol, new: Expression, *, share: bool) -> Equation:
    """Return ``now ← keep·now + new``, or with ``(1 − keep)·new``."""
    added = Product((less(Number(1.0), keep), new)) if share else new
    right = Sum((Product((keep, now)), added))
    return Equation(now.name, right, right.value, becomes=True)


def _after(equation: Equation) -> Symbol:
    assert equation.name is not None
    return Symbol(equation.name, equation.value)


def _sgd(step: Step) -> list[Equation]:
    return [step.changed(Product((step.eta, step.g)))]


def _momentum(step: Step) -> list[Equation]:
    (momentum,) = step.own
    velocity = _rolling(step.named("v", step.memory[0]), Symbol(Name("μ"), momentum), step.g, share=False)
    return [velocity, step.changed(Product((step.eta, _after(velocity))))]


def _nesterov(step: Step) -> list[Equation]:
    mu = Symbol(Name("μ"), step.own[0])
    velocity = _rolling(step.named("v", step.memory[0]), mu, step.g, share=False)
    ahead = Sum((step.g, Product((mu, _after(velocity)))))
    return [velocity, step.changed(Product((step.eta, ahead)))]


def _rmsprop(step: Step) -> list[Equation]:
    alpha, epsilon = step.own
    square = _rolling(step.named("s", step.memory[0]), Symbol(Name("α"), alpha), Power(step.g, 2), share=True)
    below = Sum((root(_after(square)), Symbol(Name("ε"), epsilon)))
    return [square, step.changed(Quotient(Product((step.eta, step.g)), below))]


def _adam(step: Step) -> list[Equation]:
    beta1, beta2, epsilon = step.own
    mean = _rolling(step.named("m", step.memory[0]), Symbol(Name("β₁"), beta1), step.g, share=True)
    square = _rolling(step.named("v", step.memory[1]), Symbol(Name("β₂"), beta2), Power(step.g, 2), share=True)
    corrected = []
    for letter, equation, name, beta in (("m̂", mean, "β₁ᵗ", beta1), ("v̂", square, "β₂ᵗ", beta2)):
        right = Quotient(_after(equation), less(Number(1.0), Symbol(Name(name), beta**step.t)))
        corrected.append(Equation(step.named(letter, 0.0).name, right, right.value))
    first, second = map(_after, corrected)
    below = Sum((root(second), Symbol(Name("ε"), epsilon)))
    return [mean, square, *corrected, step.changed(Quotient(Product((step.eta, first)), below))]


def _adamw(step: Step) -> list[Equation]:
    *adam, decay = step.own
    shrunk = less(step.w, Product((step.eta, Symbol(Name("λ"), decay), step.w)))
    first = Equation(step.w.name, shrunk, shrunk.value, becomes=True)
    rest = Step(_after(first), step.g, step.memory, step.rate, step.t, tuple(adam), step.after)
    return [first, *_adam(rest)]


_TERMS: dict[str, Callable[[Step], list[Equation]]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}


def clipped(gradient: Symbol, norm: float, limit: float) -> Expression:
    """Return ``g·limit/‖g‖``."""
    return Quotient(Product((gradient, Number(limit))), Symbol(Name("‖g‖"), norm))
