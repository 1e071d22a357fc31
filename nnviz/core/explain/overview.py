"""The whole network on one page: a nested formula whose parts know their layers, and what layers keep for the way back.

Each part of the formula is a link such as ``layer:2``.
"""

from __future__ import annotations

from html import escape

from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.explain.formula import Form, NetworkFormula, formula_of
from nnviz.core.explain.matrices import matrix, side_by_side, vector
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.steps import Step
from nnviz.core.explain.tables import Cache, caches
from nnviz.core.explain.writers import HtmlWriter
from nnviz.core.translation import translated

#: Rows and columns of a kept matrix that are written out.
MOST_KEPT = (4, 4)
#: Layers whose caches are on one page; of a deeper network the last ones.
MOST_LAYERS = 8


def subject_formula(arithmetic: Arithmetic, form: Form = "text", *, numbers: bool = False) -> NetworkFormula:
    """Return the formula of the network of worked arithmetic, with symbols or with its present numbers."""
    subject = arithmetic.subject
    weights, biases = subject.layout.weights(subject.parameters), subject.layout.biases(subject.parameters)
    values = list(zip(weights, biases, strict=True)) if numbers else None
    digits = arithmetic.rounding.digits
    rounding = Rounding(figures=3) if digits is None else Rounding(digits)
    return formula_of(subject.activations, bias=subject.bias, values=values, form=form, rounding=rounding)


def formula_html(formula: NetworkFormula) -> str:
    """Return a formula whose parts are links to their layers."""
    text, marks = formula.text, []
    for part in formula.parts:
        marks += [(start, stop, part.layer) for start, stop in part.spans if stop > start]
    pieces, place = [], 0
    for start, stop, layer in sorted(marks):
        pieces.append(escape(text[place:start]))
        pieces.append(f'<a class="line" href="layer:{layer}">{escape(text[start:stop])}</a>')
        place = stop
    return "".join([*pieces, escape(text[place:])])


def kept_pages(html: HtmlWriter, arithmetic: Arithmetic, row: int) -> tuple[str, ...]:
    """Return what each layer keeps for the way back, as tables with shapes; of one example a column each."""
    kept, short = caches(arithmetic)[-MOST_LAYERS:], HtmlWriter(html.rounding.short())
    words = translated("Layer {0} keeps for the way back", "{0}")
    return tuple(
        f'<a class="line" href="layer:{cache.layer}">{escape(words.format(cache.layer))}</a>'
        + _tables(short, cache, row, has_bias=arithmetic.subject.bias)
        for cache in kept
    )


def kept_beside(html: HtmlWriter, arithmetic: Arithmetic, step: Step, source: int | None) -> str:
    """Return what a step of the way back takes out of what layers kept, empty for a step that takes nothing.

    Parameters
    ----------
    source : int or None
        The other end of the wire that the step is about.
    """
    row, kept = step.row, caches(arithmetic)
    cache = kept[step.layer - 1]
    name, shape = cache.shapes[0]
    if step.kind == "slope":
        name, shape = cache.shapes[-1]
        numbers = vector(html, cache.z[row], step.unit)
    elif step.kind == "gradient" and step.phase == "backward" and source is not None:
        numbers = vector(html, cache.before[row], source)
    elif step.kind == "pull" and step.layer < len(kept):
        cache = kept[step.layer]
        name, shape = cache.shapes[1]
        numbers = vector(html, cache.weights[:, step.unit], -1)
        name = translated("{0}, column {1}", name, step.unit + 1)
    else:
        return ""
    sizes = " × ".join(map(str, shape))
    words = translated("Kept by layer {0} on the way forward: {1} ({2})", cache.layer, name, sizes)
    return f'<span class="quiet">{escape(words)}</span><br>{numbers}'


def _tables(html: HtmlWriter, cache: Cache, row: int, *, has_bias: bool) -> str:
    """Return the matrices that a layer keeps under their names and shapes."""
    values = cache.before[[row]].T, cache.weights, cache.biases[:, None], cache.z[[row]].T
    parts = []
    for (name, shape), each in zip(cache.shapes, values, strict=True):
        if has_bias or not name.startswith("b"):
            table = matrix(html, each, most=MOST_KEPT, n_columns=shape[1])
            # A name may be wider than its numbers: the next one is not to touch it.
            parts.append(f"<i>{name}</i> {' × '.join(map(str, shape))}&nbsp;&nbsp;{table}")
    return side_by_side(*parts, align="top")
