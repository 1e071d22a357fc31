"""Worked arithmetic as a worksheet: what is given, lines with blanks to be filled in, and the key to them.

A line that is given shows its formula and its result, but not the numbers in between: they would tell what is blank
above. The key has everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Literal

from msgspec import Struct

from nnviz.core.explain.equations import Equations
from nnviz.core.explain.example import WorkedExample
from nnviz.core.explain.expression import Equation, Name
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.sheet import sections
from nnviz.core.explain.writers import HtmlWriter
from nnviz.core.translation import translated

Blanks = Literal["every", "layer", "update"]
#: Figures of numbers that are not rounded, and units of a layer that are written about.
FIGURES, MOST_UNITS = 4, 6
_BLANK = "_" * 14


class BlankChoice(Struct, frozen=True):
    """Which results are left blank.

    Attributes
    ----------
    kind : "every", "layer" or "update"
        Every so many-th result, all results of one layer, or only the new weights and what leads to them.
    number : int
        With "every" from 1 (all of them); with "layer" the layer, 1 … L; else it does not matter.
    """

    kind: Blanks = "every"
    number: int = 1


class Line(Struct, frozen=True):
    """A line of a sheet.

    Attributes
    ----------
    equation : Equation
    is_blank : bool
    """

    equation: Equation
    is_blank: bool


def lines_of(equations: Equations, choice: BlankChoice) -> Iterator[tuple[str, tuple[Line, ...], str]]:
    """Yield title, lines and what is left out of each section."""
    written = list(sections(equations, MOST_UNITS))
    count = 0
    for place, section in enumerate(written):
        # The updates of all layers come last.
        is_update = place >= len(written) - equations.n_layers
        lines = []
        for equation in section.equations:
            count += 1
            layer = equation.name.layer if equation.name is not None else None
            is_blank = {
                "every": count % max(choice.number, 1) == 0,
                "layer": layer == choice.number,
                "update": is_update,
            }[choice.kind]
            lines.append(Line(equation, is_blank))
        yield section.title, tuple(lines), section.left_out


def worksheet_html(examples: Sequence[WorkedExample], choice: BlankChoice, *, key: bool = False) -> str:
    """Return a page of HTML with a variant for each example, each on a new sheet; or the key to it."""
    parts = []
    for number, worked in enumerate(examples, start=1):
        rounding = Rounding(worked.arithmetic.rounding.digits, FIGURES)
        equations = Equations(worked.arithmetic, written=rounding)
        html = HtmlWriter(rounding)
        title = translated("Key, variant {0}", number) if key else translated("Worksheet, variant {0}", number)
        new_page = ' style="page-break-before: always"' if number > 1 else ""
        body = [f"<h2{new_page}>{escape(title)}</h2>"]
        if not key:
            body.append(f"<p>{escape(translated('Name:'))} {2 * _BLANK}</p>")
        body.append(f"<p>{_given(html, worked)}</p>")
        for heading, lines, left_out in lines_of(equations, choice):
            written = "".join(f'<p style="margin: 5px 0 5px 16px">{_line(html, line, key)}</p>' for line in lines)
            body.append(f"<h4>{escape(heading)}</h4>{written}")
            if left_out:
                body.append(f"<p>{escape(left_out)}</p>")
        parts.append("".join(body))
    return "".join(parts)


def _line(html: HtmlWriter, line: Line, key: bool) -> str:
    equation = line.equation
    if key:
        written = html.equation(equation)
        return f"<b>{written}</b>" if line.is_blank else written
    sign = html.becomes if equation.becomes else " = "
    name = "" if equation.name is None else f"{html.name(equation.name)}{sign}"
    formula = "" if equation.right is None else f"{html.formula(equation.right, numbers=False)} = "
    return name + formula + (_BLANK if line.is_blank else html.number(equation.value))


def _given(html: HtmlWriter, worked: WorkedExample) -> str:
    """Write down inputs, targets, weights and biases."""
    arithmetic = worked.arithmetic
    subject = arithmetic.subject
    symbols = [(Name("x", None, (n,)), float(v)) for n, v in enumerate(arithmetic.passed.inputs[0], start=1)]
    symbols += [(Name("y", None, (n,)), float(v)) for n, v in enumerate(arithmetic.passed.targets[0], start=1)]
    for layer, weights in enumerate(subject.layout.weights(subject.parameters), start=1):
        for unit, row in enumerate(weights[:MOST_UNITS], start=1):
            symbols += [(Name("w", layer, (unit, k)), float(v)) for k, v in enumerate(row[: 2 * MOST_UNITS], start=1)]
    for layer, biases in enumerate(subject.layout.biases(subject.parameters), start=1):
        if subject.bias:
            symbols += [(Name("b", layer, (n,)), float(v)) for n, v in enumerate(biases[:MOST_UNITS], start=1)]
    symbols.append((Name("η"), subject.rate))
    listed = ", &nbsp; ".join(f"{html.name(name)}&nbsp;=&nbsp;{html.number(value)}" for name, value in symbols)
    return f"<b>{escape(translated('Given'))}:</b> {listed}"
