"""Worksheets: blanks where they were asked for, nothing that tells them, and a key that has everything."""

import random
import re

import pytest

import nnviz
from nnviz.core.explain.equations import Equations
from nnviz.core.explain.page import Pages
from nnviz.core.explain.worksheet import BlankChoice, lines_of, worksheet_html


@pytest.fixture(scope="module")
def worked():
    net = nnviz.Network([2, 3, 1], "tanh", seed=0)
    return nnviz.worked_example(net, [0.5, -1.0], [1.0], learning_rate=0.5, digits=3)


@pytest.mark.parametrize(
    "choice", [BlankChoice("every", 1), BlankChoice("every", 3), BlankChoice("layer", 2), BlankChoice("update")]
)
def test_blanks_are_where_they_were_asked_for(worked, choice):
    listed = list(lines_of(Equations(worked.arithmetic), choice))
    lines = [line for _, part, _ in listed for line in part]
    blanks = [line.is_blank for line in lines]
    if choice.kind == "every":
        assert blanks == [n % choice.number == 0 for n in range(1, len(lines) + 1)]
    elif choice.kind == "layer":
        assert {line.equation.name.layer for line in lines if line.is_blank} == {2}
    else:
        assert all(line.is_blank == title.startswith("Update") for title, part, _ in listed for line in part)
    sheet = worksheet_html([worked], choice)
    assert sheet.count("_" * 14) - 2 == sum(blanks)
    key = worksheet_html([worked], choice, key=True)
    assert "___" not in key
    assert key.count("<b>") - 1 == sum(blanks)


def test_a_given_line_does_not_tell_the_blank_before_it(worked):
    sheet = worksheet_html([worked], BlankChoice("layer", 1))
    hidden = f"{worked.a[0][0]:.3f}".replace("-", "−")
    assert hidden not in re.sub(r"Given.*?</p>", "", sheet, count=1)
    assert hidden in worksheet_html([worked], BlankChoice("layer", 1), key=True)


EXTREME = (0.0, 1.0, -1.0, 1e308, -1e308, 1e200, -1e160, 5e-324, 700.0, -800.0)


@pytest.mark.parametrize("seed", range(12))
def test_numbers_beyond_what_a_double_holds_are_written_too(seed):
    """As of a run that has diverged: what comes of them is infinite or NaN, in the engine as on paper; no warning."""
    chosen = random.Random(seed)
    loss, output = chosen.choice(
        [
            ("binary_cross_entropy", "sigmoid"),
            ("cross_entropy", "softmax"),
            ("mean_squared_error", "linear"),
            ("huber", "tanh"),
            ("half_squared_error", "sine"),
        ]
    )
    n_outputs = 3 if output == "softmax" else 1
    net = nnviz.Network([2, 3, n_outputs], chosen.choice(["tanh", "relu", "silu", "softplus"]), output, seed=seed)
    net.parameters = [chosen.choice(EXTREME) for _ in net.parameters]
    target = [1.0, 0.0, 0.0][:n_outputs]
    worked = nnviz.worked_example(
        net, [1e308, -1.0], target, loss, optimizer=chosen.choice(["adam", "rmsprop", "momentum"]),
        digits=chosen.choice([None, 3]), l2=0.1, l1=0.1, clip_norm=chosen.choice([None, 1.0]),
    )  # fmt: skip
    sheet = worksheet_html([worked], BlankChoice(), key=True)
    for written in (sheet, worked.to_text(), worked.to_latex(), worked.to_python(), worked._repr_html_()):
        assert written
    pages = Pages(worked.equations(), worked.steps)
    assert all(pages.at(position).title for position in range(len(worked.steps)))


def test_every_variant_has_a_sheet_of_its_own_with_what_is_given(worked):
    sheet = worksheet_html([worked, worked], BlankChoice())
    assert sheet.count("page-break-before") == 1
    assert "variant 1" in sheet
    assert "variant 2" in sheet
    for name in (
        "<i>x</i><sub>2</sub>&nbsp;=&nbsp;−1",
        "<i>y</i><sub>1</sub>&nbsp;=&nbsp;1",
        "<i>η</i>&nbsp;=&nbsp;0.5",
    ):
        assert name in sheet
