"""Worked arithmetic as a sheet of paper: sections of equations, written as text, LaTeX, HTML or a Python script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import escape

from msgspec import Struct

from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.explain.equations import Equations
from nnviz.core.explain.expression import (
    Call,
    Equation,
    Expression,
    Negative,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from nnviz.core.explain.notation import PYTHON
from nnviz.core.explain.writers import HtmlWriter, LatexWriter, PythonWriter, TextWriter
from nnviz.core.numbers import typeset
from nnviz.core.translation import counted, translated

#: Units of a layer that a sheet writes about at the most.
MOST_UNITS = 12
_LATEX = str.maketrans({letter: f"\\{letter}" for letter in "%&_#$"})


#: Headings, of the only example and of one of several ({0} is its number).
_FORWARD = "Forward: layer {1}, {2}", "Example {0}, forward: layer {1}, {2}"
_LOSS = "Loss: {1}", "Example {0}, loss: {1}"
_BACKWARD = "Backward: layer {1}", "Example {0}, backward: layer {1}"


class Section(Struct, frozen=True):
    """A heading, what is computed under it, and what is left out.

    Attributes
    ----------
    title : str
    equations : tuple of Equation
    left_out : str
        A sentence, empty where nothing is.
    """

    title: str
    equations: tuple[Equation, ...]
    left_out: str = ""


def sections(equations: Equations, most_units: int = MOST_UNITS) -> Iterator[Section]:
    """Yield the sheet from the inputs to the new weights."""
    arithmetic = equations.arithmetic
    sizes, n_layers = arithmetic.subject.layout.sizes, equations.n_layers
    for row in range(arithmetic.n_rows):
        for layer in range(1, n_layers + 1):
            label = translated(arithmetic.subject.activations[layer - 1].label)
            title = _title(arithmetic, _FORWARD, row, layer, label)
            yield _section(title, sizes[layer], most_units, partial(_forward, equations, layer, row))
        yield _loss(equations, row)
        for layer in range(n_layers, 0, -1):
            title = _title(arithmetic, _BACKWARD, row, layer)
            yield _section(title, sizes[layer], most_units, partial(_backward, equations, layer, row))
    if not arithmetic.is_single:
        yield Section(translated("Loss of all examples"), (equations.total_loss(),))
        for layer in range(n_layers, 0, -1):
            title = translated("Gradient of all examples: layer {0}", layer)
            yield _section(title, sizes[layer], most_units, partial(_together, equations, layer))
    optimizer = arithmetic.subject.optimizer
    for layer in range(1, n_layers + 1):
        title = translated(
            "Update by {0}: layer {1}, learning rate {2}",
            translated(optimizer.label),
            layer,
            typeset(equations.written.plain(arithmetic.subject.rate)),
        )
        yield _section(title, sizes[layer], most_units, partial(_update, equations, layer))


def as_text(equations: Equations, most_units: int = MOST_UNITS) -> str:
    """Return the sheet as lines of text."""
    writer = TextWriter(equations.written)
    blocks = []
    for section in sections(equations, most_units):
        lines = [section.title, *(f"  {writer.equation(equation)}" for equation in section.equations)]
        blocks.append("\n".join(lines + ([f"  {section.left_out}"] if section.left_out else [])))
    return "\n\n".join(blocks) + "\n"


def as_latex(equations: Equations, most_units: int = MOST_UNITS) -> str:
    """Return the sheet for LaTeX with amsmath: headings and aligned equations."""
    writer = LatexWriter(equations.written)
    blocks = []
    for section in sections(equations, most_units):
        lines = " \\\\\n".join(_aligned(writer.equation(equation)) for equation in section.equations)
        left_out = f"\n\n{_latex_text(section.left_out)}" if section.left_out else ""
        title = _latex_text(section.title)
        blocks.append(f"\\paragraph{{{title}}}\n\\begin{{align*}}\n{lines}\n\\end{{align*}}{left_out}")
    return "\n\n".join(blocks) + "\n"


def as_html(equations: Equations, most_units: int = MOST_UNITS) -> str:
    """Return the sheet as a piece of a page."""
    writer = HtmlWriter(equations.written)
    blocks = []
    for section in sections(equations, most_units):
        lines = "".join(f"<li>{writer.equation(equation)}</li>" for equation in section.equations)
        left_out = f"<p>{escape(section.left_out)}</p>" if section.left_out else ""
        listed = f'<ul style="list-style: none">{lines}</ul>' if lines else ""
        blocks.append(f"<strong>{escape(section.title)}</strong>{listed}{left_out}")
    return f"<div>{''.join(blocks)}</div>"


def as_python(equations: Equations, most_units: int = MOST_UNITS) -> str:
    """Return a script that computes the same numbers, one assignment a line."""
    writer = PythonWriter(equations.written)
    known: dict[str, float] = {}
    lines: list[str] = []
    called: set[str] = set()
    for section in sections(equations, most_units):
        lines += ["", f"# {section.title}"]
        for equation in section.equations:
            lines += _assignments(equation.right, writer, known)
            lines.append(writer.equation(equation))
            called |= {call.python for call in _calls(equation.right)}
            assert equation.name is not None
            known[writer.name(equation.name)] = equation.value
        lines += [f"# {section.left_out}"] if section.left_out else []
    own = [PYTHON[name] for name in sorted(called) if name in PYTHON]
    return "\n".join(["from math import *  # noqa: F403", *own, *lines]) + "\n"


def _title(arithmetic: Arithmetic, titles: tuple[str, str], row: int, *values: object) -> str:
    return translated(titles[arithmetic.n_rows > 1], row + 1, *values)


def _section(title: str, n_units: int, most: int, written: Callable[[int], Iterable[Equation]]) -> Section:
    lines = tuple(equation for unit in range(min(n_units, most)) for equation in written(unit))
    hidden = max(n_units - most, 0)
    left_out = counted(hidden, "… and {0} more unit.", "… and {0} more units.") if hidden else ""
    return Section(title, lines, left_out)


def _forward(equations: Equations, layer: int, row: int, unit: int) -> Iterator[Equation]:
    yield equations.pre_activation(layer, unit, row)
    yield equations.activation(layer, unit, row)


def _loss(equations: Equations, row: int) -> Section:
    subject = equations.arithmetic.subject
    title = _title(equations.arithmetic, _LOSS, row, translated(subject.loss.label))
    n_outputs = subject.layout.sizes[-1]
    several = n_outputs > 1
    outputs = (equations.output_loss(unit, row) for unit in range(min(n_outputs, equations.most) * several))
    return Section(title, (*outputs, equations.example_loss(row)))


def _backward(equations: Equations, layer: int, row: int, unit: int) -> Iterator[Equation]:
    if equations.arithmetic.subject.activations[layer - 1].elementwise:
        yield equations.pull(layer, unit, row)
        yield equations.slope(layer, unit, row)
    yield equations.delta(layer, unit, row)
    single = equations.arithmetic.is_single
    for source in _sources(equations, layer, unit):
        yield (
            equations.gradient(layer, unit, source) if single else equations.example_gradient(layer, unit, source, row)
        )


def _together(equations: Equations, layer: int, unit: int) -> Iterator[Equation]:
    for source in _sources(equations, layer, unit):
        yield equations.gradient(layer, unit, source)


def _update(equations: Equations, layer: int, unit: int) -> Iterator[Equation]:
    for source in _sources(equations, layer, unit):
        yield from equations.update(layer, unit, source)


def _sources(equations: Equations, layer: int, unit: int) -> Iterator[int | None]:
    """Yield the sources that are written about, and None for the bias."""
    yield from equations.strongest_sources(layer, unit)
    if equations.arithmetic.subject.bias:
        yield None


def _aligned(text: str) -> str:
    for sign in (r" \leftarrow ", " = "):
        if sign in text:
            return text.replace(sign, f" &{sign.lstrip()}", 1)
    return text


def _latex_text(text: str) -> str:
    return text.translate(_LATEX).replace("−", "$-$").replace("…", r"\dots{}")


def _assignments(right: Expression | None, writer: PythonWriter, known: dict[str, float]) -> Iterator[str]:
    """Yield what has to be known before a formula can be computed."""
    for symbol in _symbols(right):
        name = writer.name(symbol.name)
        if known.get(name) != symbol.value:
            known[name] = symbol.value
            yield f"{name} = {writer.number(symbol.value)}"


def _parts(expression: Expression | None) -> Iterable[Expression]:
    match expression:
        case Sum(parts) | Product(parts):
            return parts
        case Negative(part) | Power(part) | Call(argument=part):
            return (part,)
        case Quotient(above, below):
            return above, below
    return ()


def _walked(expression: Expression | None) -> Iterator[Expression]:
    if expression is not None:
        yield expression
        for part in _parts(expression):
            yield from _walked(part)


def _symbols(expression: Expression | None) -> Iterator[Symbol]:
    return (part for part in _walked(expression) if isinstance(part, Symbol))


def _calls(expression: Expression | None) -> Iterator[Call]:
    return (part for part in _walked(expression) if isinstance(part, Call))
