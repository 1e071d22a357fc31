"""Formulas in words of people, of LaTeX, of pages and of Python; a network as one of them; tables beside them."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

import nnviz
from nnviz.core.explain.expression import (
    Equation,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
    Symbol,
    less,
    logarithm,
    root,
    size,
)
from nnviz.core.explain.formula import network_formula
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.writers import HtmlWriter, LatexWriter, PythonWriter, TextWriter
from nnviz.core.network import Network

X, W = Symbol(Name("x", None, (2,)), -0.5), Symbol(Name("w", 12, (3, 12)), 0.25)
FORMULAS = [
    (Sum((Product((W, X)), Number(0.1))), "w⁽¹²⁾₃,₁₂·x₂ + 0.1", "0.25·(−0.5) + 0.1"),
    (Sum((Product((X, W)), Product((X, W)))), "x₂·w⁽¹²⁾₃,₁₂ + x₂·w⁽¹²⁾₃,₁₂", "−0.5·0.25 + (−0.5)·0.25"),
    (less(X, less(W, X)), "x₂ − (w⁽¹²⁾₃,₁₂ − x₂)", "−0.5 − (0.25 − (−0.5))"),
    (Product((Sum((X, W)), X)), "(x₂ + w⁽¹²⁾₃,₁₂)·x₂", "(−0.5 + 0.25)·(−0.5)"),
    (Power(X, 2), "x₂²", "(−0.5)²"),
    (Quotient(Sum((X, W)), Number(2.0)), "(x₂ + w⁽¹²⁾₃,₁₂) / 2", "(−0.5 + 0.25) / 2"),
    (Negative(logarithm(W)), "−ln(w⁽¹²⁾₃,₁₂)", "−ln(0.25)"),
    (Product((W, Negative(X))), "w⁽¹²⁾₃,₁₂·(−x₂)", "0.25·(−(−0.5))"),
    (Sum((size(X), Rest(50, 0.112))), "|x₂| + … 50 more", "|−0.5| + [… 50 more = 0.112]"),
]


@pytest.mark.parametrize(("formula", "symbols", "numbers"), FORMULAS)
def test_text(formula, symbols, numbers):
    writer = TextWriter(Rounding())
    assert writer.formula(formula, numbers=False) == symbols
    assert writer.formula(formula, numbers=True) == numbers


@pytest.mark.parametrize(("formula", "_symbols", "_numbers"), FORMULAS)
def test_python_reads_what_is_written(formula, _symbols, _numbers):
    from math import log

    written = PythonWriter(Rounding()).formula(formula, numbers=True)
    assert eval(written, {"log": log, "abs": abs}) == pytest.approx(formula.value)


def test_latex_and_html():
    writer = LatexWriter(Rounding())
    slope = Name("w", 2, (1, 3), of="L")
    assert writer.name(slope) == r"\frac{\partial L}{\partial w^{(2)}_{1,3}}"
    assert writer.number(1e-8) == r"1 \cdot 10^{-8}"
    assert writer.formula(Quotient(X, root(W)), numbers=False) == r"\frac{x_{2}}{\sqrt{w^{(12)}_{3,12}}}"
    assert HtmlWriter(Rounding()).name(slope) == "∂L/∂<i>w</i><sup>(2)</sup><sub>13</sub>"


def test_equations():
    writer = TextWriter(Rounding(2))
    eta = Name("η")
    assert writer.equation(Equation(eta, None, 0.5)) == "η = 0.5"
    assert writer.equation(Equation(eta, Number(0.5), 0.5)) == "η = 0.5"
    assert writer.equation(Equation(eta, Number(0.123), 0.12)) == "η = 0.123 ≈ 0.12"
    assert writer.equation(Equation(eta, X, -0.5, becomes=True)) == "η ← x₂ = −0.5"
    assert writer.number(1e-8) == "1e−8"


class Checked(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_documents_are_well_formed():
    net = Network([2, 3, 2], "gelu", "softmax", seed=0)
    worked = nnviz.worked_example(net, [0.5, -1.0], [0.0, 1.0], l2=0.1, clip_norm=0.01, optimizer="adam")
    page = Checked()
    page.feed(worked._repr_html_())
    assert not page.open
    latex = worked.to_latex()
    assert latex.isascii()
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\begin{align*}") == latex.count(r"\end{align*}") > 6
    assert latex.count(r"\left") == latex.count(r"\right") + latex.count(r"\leftarrow")
    assert "‖g‖" in worked.to_text()


def test_the_network_as_one_formula():
    net = Network([2, 2, 1], "relu", "sigmoid", init="constant")
    formula = network_formula(net)
    assert formula.text == "Ŷ = σ(W2·ReLU(W1·X + b1) + b2)"
    pieces = [[formula.text[first:last] for first, last in part.spans] for part in formula.parts]
    assert pieces == [["ReLU(W1·", " + b1)"], ["σ(W2·", " + b2)"]]
    assert [part.layer for part in formula.parts] == [1, 2]
    numbers = network_formula(net, numbers=True).text
    assert numbers.startswith("Ŷ = σ([")
    assert ";" in numbers
    latex = network_formula(Network([2, 1], bias=False), "latex", numbers=True).text
    assert latex.startswith(r"\hat{Y} = \sigma\left(\begin{pmatrix}")
    assert network_formula(Network([20, 20, 1]), numbers=True).text.count("W1") == 1


@pytest.mark.parametrize("hidden", ["relu", "linear", "tanh"])
def test_the_formula_in_python_computes_the_network(hidden):
    net = Network([2, 3, 2], hidden, "sigmoid", seed=1)
    net.biases[0][:] = [0.1, -0.2, 0.3]
    columns = np.array([[0.5, -1.0], [2.0, 0.3]]).T
    functions = {
        "relu": lambda z: np.maximum(z, 0),
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }
    known = {"np": np, "X": columns, **functions}
    exec(network_formula(net, "python", numbers=True, rounding=Rounding(figures=17)).text, known)
    np.testing.assert_allclose(known["Y_hat"].T, net.predict(columns.T), rtol=1e-12)


def test_source_ds_caches():
    net = Network([2, 3, 1], seed=0)
    worked = nnviz.worked_example(net, [[0.5, -1.0], [1.0, 2.0]], [[0.0], [1.0]])
    first, second = worked.caches
    assert dict(first.shapes) == {"X": (2, 2), "W1": (3, 2), "b1": (3, 1), "Z1": (3, 2)}
    assert dict(second.shapes) == {"A1": (3, 2), "W2": (1, 3), "b2": (1, 1), "Z2": (1, 2)}
    np.testing.assert_allclose(second.before @ second.weights.T + second.biases, second.z)


def test_softmax_and_its_jacobian():
    net = Network([2, 3], [], "softmax", seed=0)
    worked = nnviz.worked_example(net, [0.5, -1.0], [0.0, 1.0, 0.0])
    slopes = worked.softmax_slopes()
    np.testing.assert_allclose(slopes.jacobian.T @ slopes.pull, slopes.delta, atol=1e-15)
    np.testing.assert_allclose(slopes.delta, worked.delta[0], atol=1e-15)
    with pytest.raises(nnviz.DataError, match="no softmax"):
        nnviz.worked_example(Network([2, 1]), [0.5, -1.0], [0.0]).softmax_slopes()


def test_source_bs_three_factors():
    net = Network([3, 2, 1], "sigmoid", "sigmoid", seed=0)
    worked = nnviz.worked_example(net, [0.0, 1.0, 0.0], [1.0], loss="binary_cross_entropy")
    factors = worked.chain(2, 0, 1)
    assert [TextWriter(Rounding()).name(factor.name) for factor in factors] == [
        *("∂L/∂ŷ₁", "∂ŷ/∂z⁽²⁾₁", "∂z/∂w⁽²⁾₁₂"),
    ]
    product = np.prod([factor.value for factor in factors])
    assert product == pytest.approx(worked.weight_gradients[1][0, 1], rel=1e-12)
    assert product == pytest.approx((worked.a[1][0] - 1.0) * worked.a[0][1], rel=1e-12)
    hidden = np.prod([factor.value for factor in worked.chain(1, 1, 1)])
    assert hidden == pytest.approx(worked.weight_gradients[0][1, 1], rel=1e-12)
    with pytest.raises(nnviz.NnvizError, match="layer"):
        worked.chain(3, 0, 0)


def test_what_it_says_of_itself():
    worked = nnviz.worked_example(Network([2, 1], init="zeros"), [[0.5, -1.0]] * 3, [1.0, 0.0, 1.0], digits=3)
    assert repr(worked) == "<Worked example of a network 2-1: 3 examples, loss 0.6931, rounded to 3 digits>"
    assert re.search(r"\.to_python|def ", worked.to_python())
    with pytest.raises(ValueError, match="read-only"):
        worked.z[0][0] = 1.0
