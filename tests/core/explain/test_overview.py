"""Pages that show a layer, a network or its loss as a whole: coloured matrices, the nested formula, caches, costs."""

import re

import numpy as np
import pytest

import nnviz
from nnviz.core.errors import DataError
from nnviz.core.explain.layer_forms import MOST_COLUMNS, MOST_ROWS, layer_forms
from nnviz.core.explain.loss_page import cost_table, softmax_page
from nnviz.core.explain.matrices import vector
from nnviz.core.explain.overview import formula_html, kept_beside, kept_pages, subject_formula
from nnviz.core.explain.page import Pages
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.writers import HtmlWriter
from nnviz.core.network import Network

HTML = HtmlWriter(Rounding(figures=3))


def worked_of(sizes, rows=None, hidden="tanh", output=None, seed=3):
    net = Network(sizes, hidden, output, seed=seed) if output else Network(sizes, hidden, seed=seed)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=sizes[0] if rows is None else (rows, sizes[0]))
    n_outputs = sizes[-1]
    y = np.eye(n_outputs)[0] if rows is None else np.eye(n_outputs)[np.arange(rows) % n_outputs]
    return nnviz.worked_example(net, x, y if n_outputs > 1 else y[..., :1])


def plain(html):
    return re.sub(r"<[^>]+>", "", html)


def cells(html, name):
    """Return the numbers in all cells of a class."""
    found = re.findall(r'<td class="entry ([^"]*)">(.*?)</td>', html)
    return [plain(text) for names, text in found if name in names.split()]


def test_rows_and_columns_have_the_same_colours_in_all_three_forms():
    worked, batch = worked_of((3, 4, 2)), worked_of((3, 4, 2), rows=3)
    forms = dict(layer_forms(worked.equations(), 1, unit=2, batch=batch.arithmetic, n_batch=9))
    assert list(forms) == ["One unit", "Matrix · vector", "Matrix · matrix"]
    assert "z(1)3 = " in plain(forms["One unit"])
    assert forms["One unit"].count('<span class="r2">') == 2 * 4, "three weights and a bias, as symbols and as numbers"
    assert forms["One unit"].count('<span class="c0">') == 2 * 3
    W = worked.arithmetic.subject.layout.weights(worked.arithmetic.subject.parameters)[0]
    one, many = forms["Matrix · vector"], forms["Matrix · matrix"]
    # Row 3 is that of the weights, of the bias and of the result; the column that of the input and of the result.
    third = [HTML.number(value) for value in (*W[2], 0.0, worked.z[0][2])]
    assert cells(one, "r2") == third
    assert cells(one, "c0") == [HTML.number(value) for value in (*worked.x, *worked.z[0])]
    assert cells(many, "c1") == [HTML.number(value) for value in (*batch.x[1], *batch.z[0][1])]
    assert "(4 × 3)·(3 × 1) + (4 × 1) = (4 × 1)" in plain(one)
    assert "(4 × 3)·(3 × 9) + (4 × 1) = (4 × 9)" in plain(many)
    assert "the next mini-batch: 3 of its 9 examples" in plain(many)
    assert 'href="wire:1.2.1"' in one
    narrow = dict(layer_forms(worked.equations(), 1, narrow=True))["Matrix · vector"]
    assert narrow.count('<table cellspacing="0"') == 2
    assert cells(narrow, "r2") == third


def test_a_wide_layer_is_cut_and_says_so():
    worked = worked_of((60, 50, 2))
    form = dict(layer_forms(worked.equations(), 1))["Matrix · vector"]
    assert form.count("href=") == MOST_ROWS * MOST_COLUMNS
    assert "⋮" in form
    assert "…" in form
    assert "(50 × 60)" in plain(form)


def test_each_part_of_the_formula_is_a_link_to_its_layer():
    worked = worked_of((3, 4, 2, 1), hidden=["relu", "tanh"])
    formula = subject_formula(worked.arithmetic)
    page = formula_html(formula)
    assert plain(page) == formula.text == "Ŷ = σ(W3·tanh(W2·ReLU(W1·X + b1) + b2) + b3)"
    parts = re.findall(r'href="layer:(\d)">(.*?)</a>', page)
    assert parts == [
        ("3", "σ(W3·"),
        ("2", "tanh(W2·"),
        ("1", "ReLU(W1·"),
        ("1", " + b1)"),
        ("2", " + b2)"),
        ("3", " + b3)"),
    ]
    with_numbers = subject_formula(worked.arithmetic, numbers=True)
    assert "W3" not in with_numbers.text
    assert plain(formula_html(with_numbers)) == with_numbers.text
    assert "\\begin{pmatrix}" in subject_formula(worked.arithmetic, "latex", numbers=True).text
    assert "W1 @ X" in subject_formula(worked.arithmetic, "python").text


def test_caches_are_tables_with_shapes_and_stand_beside_the_step_that_uses_them():
    worked = worked_of((3, 4, 2))
    first, second = kept_pages(HTML, worked.arithmetic, 0)
    assert "Layer 1 keeps for the way back" in plain(first)
    for name in ("X 3 × 1", "W1 4 × 3", "b1 4 × 1", "Z1 4 × 1"):
        assert name in plain(first)
    assert "A1 4 × 1" in plain(second)
    assert HTML.number(worked.a[0][2]) in plain(second)
    steps, pages = worked.steps, Pages(worked.equations(), worked.steps)
    seen = set()
    for place, step in enumerate(steps):
        kept = plain(pages.at(place).kept)
        assert bool(kept) == (
            step.phase == "backward"
            and (step.kind in ("slope", "gradient") or (step.kind == "pull" and step.layer == 1))
        ), step.id
        if kept:
            name = {"slope": f"Z{step.layer}", "gradient": "X" if step.layer == 1 else "A1", "pull": "W2, column"}[
                step.kind
            ]
            assert f"on the way forward: {name}" in kept
            seen.add(step.kind)
    assert seen == {"slope", "gradient", "pull"}
    gradient = next(step for step in steps if step.kind == "gradient" and step.layer == 2 and step.term == 1)
    beside = kept_beside(HTML, worked.arithmetic, gradient, steps.source_of(gradient))
    assert f"<b>{HTML.number(worked.a[0][steps.source_of(gradient)])}</b>" in beside
    long = vector(HTML, np.arange(30.0), 17)
    assert plain(long) == "(…; 15; 16; 17; 18; 19; …)"
    assert "<b>17</b>" in long


def test_a_gradient_is_told_as_the_chain_of_its_named_factors():
    net = Network([3, 3, 1], "sigmoid", "sigmoid", bias=False)
    net.weights = [[[0.9, 0.8, 0.1], [0.3, 0.5, 0.6], [0.2, 0.4, 0.7]], [[0.3, 0.5, 0.9]]]
    worked = nnviz.worked_example(net, [1, 0, 1], [0], loss="half_squared_error", learning_rate=0.5, digits=2)
    pages = Pages(worked.equations(), worked.steps)
    place = next(n for n, step in enumerate(worked.steps) if step.kind == "gradient" and step.layer == 2)
    first, second = plain(pages.at(place).current.replace("<br>", "\n")).split("\n")
    assert first == "∂L/∂w(2)11 = ∂L/∂ŷ1·∂ŷ/∂z(2)1·∂z/∂w(2)11 = 0.77·0.1771·0.73 ≈ 0.1"
    assert second.startswith("∂L/∂w(2)11 = δ(2)1·a(1)1 = ")
    # Of a softmax with cross-entropy the first two are one; of a batch each example has its own.
    batch = worked_of((2, 3, 3), rows=2, output="softmax")
    chain = HTML.equation(batch.equations().chain_rule(2, 1, 0, 1))
    assert plain(chain).startswith("∂ℓ2/∂w(2)21 = ∂ℓ/∂z(2)2·∂z/∂w(2)21 = ")
    for layer, unit, source, row in ((1, 2, 1, 0), (2, 0, 2, 1)):
        rule = batch.equations().chain_rule(layer, unit, source, row)
        assert rule.right.value == pytest.approx(rule.value, rel=1e-12)


def test_the_comparison_of_costs_that_source_e_prints():
    table = cost_table(HTML, [2, 3, 5, 9], [1, 5, 3, 6])
    sums = re.findall(r"<b>(.*?)</b>", table)
    assert sums == ["4", "8", "9"]
    assert "sum" in plain(table)
    with pytest.raises(DataError):
        cost_table(HTML, [1, 2], [1])
    assert "⋮" in cost_table(HTML, np.zeros(20), np.ones(20))


def test_a_softmax_has_its_jacobian_and_others_have_none():
    worked = worked_of((3, 4, 3), output="softmax")
    lines = softmax_page(HTML, worked.arithmetic, 0)
    p = worked.a[-1]
    page = lines[-1]
    assert cells(page, "c1")[:3] == [HTML.number(value) for value in (-p[0] * p[1], p[1] * (1 - p[1]), -p[2] * p[1])]
    assert [HTML.number(value) for value in worked.delta[-1]] == [
        row[-1] for row in (cells(page, f"r{n}") for n in range(3))
    ]
    assert softmax_page(HTML, worked_of((3, 4, 1)).arithmetic, 0) == ()
