"""How each number of worked arithmetic came about, as an equation: forward, loss, backward, update.

Layers are counted from 1, units, sources and examples from 0, as `nnviz.core.layout.Layout` does; the names that are
written count units and examples from 1.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from nnviz.core.explain import notation
from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.explain.expression import (
    Equation,
    Expression,
    Name,
    Number,
    Product,
    Quotient,
    Rest,
    Sum,
    Symbol,
    less,
    sign,
    times,
    total,
)
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.updates import Step, clipped, update_terms
from nnviz.core.layout import Array


class Terms(Struct, frozen=True):
    """The terms of a sum over the sources of a unit, or over the units that it feeds: the largest, and the others.

    Attributes
    ----------
    places : tuple of int
        Units at the other ends of the wires that are written out: all of them in order, or the largest terms first.
    weights, values, products : tuple of float
        What stands on the wire, what comes along it, and their product.
    n_others : int
        Terms that are not written out.
    others : float
        What those come to.
    """

    places: tuple[int, ...]
    weights: tuple[float, ...]
    values: tuple[float, ...]
    products: tuple[float, ...]
    n_others: int
    others: float


class Equations:
    """Writes the equations of an `Arithmetic`.

    Parameters
    ----------
    arithmetic : Arithmetic
    most : int
        Terms of a sum that are written out at the most.
    written : Rounding, optional
        How numbers are written; None: as they are rounded.
    """

    def __init__(self, arithmetic: Arithmetic, most: int = 8, written: Rounding | None = None) -> None:
        self.arithmetic, self.most = arithmetic, most
        self.written = arithmetic.rounding if written is None else written
        self._passed, self._subject = arithmetic.passed, arithmetic.subject
        layout = self._subject.layout
        self.n_layers = layout.n_layers
        self._of = "L" if arithmetic.is_single else "ℓ"
        self._forward: dict[tuple[int, int, int], Terms] = {}
        self._strongest: dict[tuple[int, int], tuple[int, ...]] = {}
        self._W, self._b = layout.weights(self._subject.parameters), layout.biases(self._subject.parameters)

    def forward_terms(self, layer: int, unit: int, row: int = 0) -> Terms:
        """Return the terms of a unit's sum."""
        key = layer, unit, row
        if key not in self._forward:
            self._forward[key] = self._terms(self._W[layer - 1][unit], self._passed.before(layer - 1)[row])
        return self._forward[key]

    def backward_terms(self, layer: int, unit: int, row: int = 0) -> Terms:
        """Return the terms of ``∂ℓ/∂a`` of a hidden unit: what comes back along its outgoing wires."""
        return self._terms(self._W[layer][:, unit], self._passed.deltas[layer][row])

    def strongest_sources(self, layer: int, unit: int) -> tuple[int, ...]:
        """Return the sources of a unit whose weights are written about: all, or those with the steepest gradients."""
        if (layer, unit) not in self._strongest:
            gradients = self._subject.layout.weights(self.arithmetic.gradient)[layer - 1][unit]
            self._strongest[layer, unit] = tuple(_largest(gradients, self.most))
        return self._strongest[layer, unit]

    def pre_activation(self, layer: int, unit: int, row: int = 0) -> Equation:
        """Return ``z = Σ w·a + b``."""
        terms = self.forward_terms(layer, unit, row)
        parts: list[Expression] = [
            Product((Symbol(self._weight(layer, unit, place), w), Symbol(self._unit(layer - 1, place), a)))
            for place, w, a in zip(terms.places, terms.weights, terms.values, strict=True)
        ]
        parts += _others(terms)
        if self._subject.bias:
            parts.append(Symbol(Name("b", layer, (unit + 1,)), float(self._b[layer - 1][unit])))
        return Equation(Name("z", layer, (unit + 1,)), total(*parts), self._z(layer, unit, row))

    def activation(self, layer: int, unit: int, row: int = 0) -> Equation:
        """Return ``a = f(z)``, times what dropout makes of it."""
        entry, place = self._subject.activations[layer - 1], layer - 1
        z = self._symbol_z(layer, unit, row)
        others: tuple[Expression, ...] = ()
        if not entry.elementwise:
            n_units = self._subject.layout.sizes[layer]
            others = tuple(self._symbol_z(layer, other, row) for other in range(n_units))
        right = notation.activated(entry, z, others)
        if place < len(self._passed.dropped):
            right = Product((Number(float(self._passed.dropped[place][row, unit])), right))
        return Equation(self._unit(layer, unit), right, self._a(layer, unit, row))

    def output_loss(self, unit: int, row: int = 0) -> Equation:
        """Return what one output adds to the loss of an example."""
        y, p = self._target_and_prediction(unit, row)
        targets, predictions = (np.array([[value]]) for value in (y.value, p.value))
        with np.errstate(all="ignore"):
            value = float(self._subject.loss.terms(targets, predictions)[0, 0])
        if not np.isfinite(value) or self.arithmetic.rounding.is_exact:
            value = self._exact_term(unit, row, value)
        right = notation.loss_term(self._subject.loss, y, p, value)
        units = (row + 1, unit + 1) if self.arithmetic.n_rows > 1 else (unit + 1,)
        return Equation(Name("ℓ", None, units), right, float(self.arithmetic.rounding.in_full(np.array(value))))

    def example_loss(self, row: int = 0) -> Equation:
        """Return the loss of an example, the sum over its outputs."""
        outputs = [self.output_loss(unit, row) for unit in range(self._subject.layout.sizes[-1])]
        value = float(self._passed.losses[row])
        name = Name(self._of, None, (row + 1,) if self.arithmetic.n_rows > 1 else ())
        if len(outputs) == 1:
            return Equation(name, outputs[0].right, value)
        parts = [_symbol(equation) for equation in outputs[: self.most]]
        rest = outputs[self.most :]
        others = [Rest(len(rest), sum(equation.value for equation in rest))] if rest else []
        return Equation(name, total(*parts, *others), value)

    def total_loss(self) -> Equation:
        """Return the loss of the examples together: their mean, or as the loss has it."""
        values = self._passed.losses
        several = len(values) > 1
        names = [
            Symbol(Name("ℓ", None, (row + 1,) if several else ()), float(value)) for row, value in enumerate(values)
        ]
        return Equation(Name("L"), self._together(names), self.arithmetic.total_loss)

    def pull(self, layer: int, unit: int, row: int = 0) -> Equation:
        """Return ``∂ℓ/∂a``: of an output from the loss, of a hidden unit from the units that it feeds."""
        name = self._slope_name(layer, unit, row)
        value = float(self._passed.pulls[layer - 1][row, unit])
        if layer == self.n_layers:
            y, p = self._target_and_prediction(unit, row)
            return Equation(name, notation.loss_slope(self._subject.loss, y, p, value), value)
        terms = self.backward_terms(layer, unit, row)
        parts: list[Expression] = [
            Product((Symbol(self._weight(layer + 1, place, unit), w), Symbol(self._delta(layer + 1, place), d)))
            for place, w, d in zip(terms.places, terms.weights, terms.values, strict=True)
        ]
        return Equation(name, total(*parts, *_others(terms)), value)

    def slope(self, layer: int, unit: int, row: int = 0) -> Equation:
        """Return ``∂a/∂z``, the slope of the activation where the unit stands."""
        value = float(self._passed.slopes[layer - 1][row, unit])
        letter = self._unit(layer, unit).letter
        a = Symbol(self._unit(layer, unit), float(self._passed.f[layer - 1][row, unit]))
        entry = self._subject.activations[layer - 1]
        right = notation.slope(entry, self._symbol_z(layer, unit, row), a, value)
        return Equation(Name("z", layer, (unit + 1,), of=letter), right, value)

    def delta(self, layer: int, unit: int, row: int = 0) -> Equation:
        """Return ``δ = ∂ℓ/∂z``: ``∂ℓ/∂a · f′(z)``, or ``ŷ − y`` where the loss goes with the output."""
        value = float(self._passed.deltas[layer - 1][row, unit])
        if layer == self.n_layers and self._subject.loss.logit_slopes is not None:
            y, p = self._target_and_prediction(unit, row)
            return Equation(self._delta(layer, unit), less(p, y), value)
        pull, slope = self.pull(layer, unit, row), self.slope(layer, unit, row)
        factors: list[Expression] = [_symbol(pull)]
        if layer - 1 < len(self._passed.dropped):
            factors.append(Number(float(self._passed.dropped[layer - 1][row, unit])))
        factors.append(_symbol(slope))
        return Equation(self._delta(layer, unit), Product(tuple(factors)), value)

    def chain(self, layer: int, unit: int, source: int, row: int = 0) -> tuple[Equation, ...]:
        """Return the factors of one weight's gradient, named as the chain rule has them: how the loss follows the
        unit's output, the output its sum, and the sum this weight.
        """
        before = float(self._passed.before(layer - 1)[row, source])
        last = Equation(
            Name("w", layer, (unit + 1, source + 1), of="z"), Symbol(self._unit(layer - 1, source), before), before
        )
        if not self._subject.activations[layer - 1].elementwise:
            delta = self.delta(layer, unit, row)
            return Equation(Name("z", layer, (unit + 1,), of=self._of), delta.right, delta.value), last
        return self.pull(layer, unit, row), self.slope(layer, unit, row), last

    def chain_rule(self, layer: int, unit: int, source: int, row: int = 0) -> Equation:
        """Return an example's gradient along a weight as the product of the factors of its `chain`."""
        factors: list[Expression] = [_symbol(factor) for factor in self.chain(layer, unit, source, row)]
        if layer - 1 < len(self._passed.dropped):
            factors.insert(1, Number(float(self._passed.dropped[layer - 1][row, unit])))
        gradient = self.example_gradient(layer, unit, source, row)
        return Equation(gradient.name, Product(tuple(factors)), gradient.value)

    def example_gradient(self, layer: int, unit: int, source: int | None, row: int = 0) -> Equation:
        """Return the gradient of one example's own loss along a weight, or the bias where `source` is None."""
        delta = Symbol(self._delta(layer, unit), float(self._passed.deltas[layer - 1][row, unit]))
        name = self._parameter(layer, unit, source)
        example = row + 1 if self.arithmetic.n_rows > 1 else None
        named = Name(name.letter, name.layer, name.units, of=self._of, example=example)
        if source is None:
            return Equation(named, delta, delta.value)
        before = Symbol(self._unit(layer - 1, source), float(self._passed.before(layer - 1)[row, source]))
        product = Product((delta, before))
        return Equation(named, product, float(self.arithmetic.rounding.used_on(np.array(product.value))))

    def gradient(self, layer: int, unit: int, source: int | None) -> Equation:
        """Return the gradient of the loss of all examples along a weight or bias."""
        name = self._parameter(layer, unit, source)
        rows = range(self.arithmetic.n_rows)
        parts = [_symbol(self.example_gradient(layer, unit, source, row)) for row in rows]
        value = float(self.arithmetic.gradient[self._index(layer, unit, source)])
        right: Expression | None = self._together(parts)
        if self.arithmetic.is_single:
            right = self.example_gradient(layer, unit, source).right
        return Equation(Name(name.letter, name.layer, name.units, of="L"), right, value)

    def update(self, layer: int, unit: int, source: int | None) -> tuple[Equation, ...]:
        """Return how a weight or bias changes: penalties and clipping where they act, then the optimiser's terms."""
        arithmetic, subject, hyper = self.arithmetic, self._subject, self._subject.hyper
        index, name = self._index(layer, unit, source), self._parameter(layer, unit, source)
        w = Symbol(name, float(subject.parameters[index]))
        if index in subject.held:
            return (Equation(name, w, float(arithmetic.after[index]), becomes=True),)
        gradient = Symbol(Name(name.letter, layer, name.units, of="L"), float(arithmetic.gradient[index]))
        found: list[Equation] = []
        if arithmetic.is_penalised and source is not None:
            parts: list[Expression] = [gradient]
            parts += [Product((Symbol(Name("λ₂"), hyper.l2), w))] if hyper.l2 else []
            parts += [Product((Symbol(Name("λ₁"), hyper.l1), sign(w)))] if hyper.l1 else []
            found.append(Equation(Name("g", layer, name.units), Sum(tuple(parts)), float(arithmetic.penalised[index])))
            gradient = _symbol(found[-1])
        if arithmetic.is_clipped:
            right = clipped(gradient, arithmetic.norm, hyper.clip_norm)
            again = gradient.name.letter == "g" and not gradient.name.of
            found.append(Equation(Name("g", layer, name.units), right, float(arithmetic.used[index]), becomes=again))
            gradient = _symbol(found[-1])
        memory = tuple(float(slot[index]) for slot in subject.slots)
        after = float(arithmetic.after[index])
        step = Step(w, gradient, memory, subject.rate, subject.t, hyper.optimizer_parameters, after)
        return (*found, *update_terms(subject.optimizer.name, step))

    def _terms(self, weights: Array, values: Array) -> Terms:
        with np.errstate(all="ignore"):
            products = weights * values
            places = _largest(products, self.most)
            n_others = len(products) - len(places)
            others = float(products.sum() - products[places].sum()) if n_others else 0.0
        picked: list[tuple[float, ...]] = [tuple(array[places].tolist()) for array in (weights, values, products)]
        return Terms(tuple(places), picked[0], picked[1], picked[2], n_others, others)

    def _together(self, parts: list[Symbol]) -> Expression:
        """Return what numbers of single examples come to together, by their shares."""
        shares, n = self._passed.shares, len(parts)
        if self.arithmetic.is_single:
            return parts[0]
        order = _largest(np.array([part.value for part in parts]) * shares, self.most)
        equal = bool((shares == shares[0]).all())
        shown: list[Expression] = [
            parts[row] if equal else Product((Number(float(shares[row])), parts[row])) for row in order
        ]
        if len(order) < n:
            factors = np.ones(n) if equal else shares
            left = set(range(n)) - set(order)
            shown.append(Rest(len(left), float(sum(factors[row] * parts[row].value for row in left))))
        if not equal or shares[0] == 1.0:
            return total(*shown)
        if shares[0] == 1.0 / n:
            return Quotient(total(*shown), Number(float(n)))
        return times(Number(float(shares[0])), total(*shown))

    def _exact_term(self, unit: int, row: int, value: float) -> float:
        loss = self._subject.loss
        if loss.logit_terms is None:
            return value
        Y, Z = self._passed.targets[row : row + 1], self._passed.Z[-1][row : row + 1]
        with np.errstate(all="ignore"):
            return float(loss.logit_terms(Y, Z)[0, unit])

    def _target_and_prediction(self, unit: int, row: int) -> tuple[Symbol, Symbol]:
        y = Symbol(Name("y", None, (unit + 1,)), float(self._passed.targets[row, unit]))
        return y, Symbol(self._unit(self.n_layers, unit), self._a(self.n_layers, unit, row))

    def _index(self, layer: int, unit: int, source: int | None) -> int:
        layout = self._subject.layout
        return layout.bias_index(layer, unit) if source is None else layout.weight_index(layer, unit, source)

    def _z(self, layer: int, unit: int, row: int) -> float:
        return float(self._passed.Z[layer - 1][row, unit])

    def _a(self, layer: int, unit: int, row: int) -> float:
        return float(self._passed.A[layer - 1][row, unit])

    def _symbol_z(self, layer: int, unit: int, row: int) -> Symbol:
        return Symbol(Name("z", layer, (unit + 1,)), self._z(layer, unit, row))

    def _unit(self, layer: int, unit: int) -> Name:
        """Return the name of what a unit passes on: x, a or ŷ."""
        if layer == 0:
            return Name("x", None, (unit + 1,))
        return Name("ŷ", None, (unit + 1,)) if layer == self.n_layers else Name("a", layer, (unit + 1,))

    def _slope_name(self, layer: int, unit: int, row: int) -> Name:
        name = self._unit(layer, unit)
        example = row + 1 if self.arithmetic.n_rows > 1 else None
        return Name(name.letter, name.layer, name.units, of=self._of, example=example)

    @staticmethod
    def _weight(layer: int, unit: int, source: int) -> Name:
        return Name("w", layer, (unit + 1, source + 1))

    @staticmethod
    def _delta(layer: int, unit: int) -> Name:
        return Name("δ", layer, (unit + 1,))

    def _parameter(self, layer: int, unit: int, source: int | None) -> Name:
        return Name("b", layer, (unit + 1,)) if source is None else self._weight(layer, unit, source)


def _symbol(equation: Equation) -> Symbol:
    """Return what an equation gives a name to."""
    assert equation.name is not None
    return Symbol(equation.name, equation.value)


def _largest(values: Array, most: int) -> list[int]:
    """Return the places of all values, or of the largest so many, the largest first."""
    if len(values) <= most:
        return list(range(len(values)))
    sizes = np.nan_to_num(np.abs(values), nan=np.inf)
    picked = np.argpartition(-sizes, most - 1)[:most]
    return [int(place) for place in picked[np.argsort(-sizes[picked], kind="stable")]]


def _others(terms: Terms) -> list[Expression]:
    return [Rest(terms.n_others, terms.others)] if terms.n_others else []
