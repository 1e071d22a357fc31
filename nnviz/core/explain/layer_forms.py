"""Three forms of the same layer: one unit, matrix · vector, matrix · matrix over a mini-batch, coloured alike."""

from __future__ import annotations

from functools import partial
from html import escape

from nnviz.core.explain.arithmetic import Arithmetic
from nnviz.core.explain.equations import Equations
from nnviz.core.explain.expression import Expression, Symbol
from nnviz.core.explain.matrices import column_class, matrix, row_class, side_by_side
from nnviz.core.explain.rounding import Rounding
from nnviz.core.explain.writers import HtmlWriter
from nnviz.core.translation import translated

#: Rows and columns of a matrix that are written out, and examples of a mini-batch.
MOST_ROWS, MOST_COLUMNS, MOST_EXAMPLES = 6, 4, 4


class _Tinted(HtmlWriter):
    """Writes one unit's sum in the colours that its matrices have: weights as the row, what comes in as the column."""

    def __init__(self, rounding: Rounding, unit: int) -> None:
        super().__init__(rounding)
        self._unit = unit

    def _write(self, expression: Expression, numbers: bool, level: int, *, leading: bool = False) -> str:
        text = super()._write(expression, numbers, level, leading=leading)
        if not isinstance(expression, Symbol):
            return text
        name = column_class(0) if expression.name.letter in ("a", "x") else row_class(self._unit)
        return f'<span class="{name}">{text}</span>'


def layer_forms(
    equations: Equations,
    layer: int,
    row: int = 0,
    unit: int = 0,
    batch: Arithmetic | None = None,
    n_batch: int = 0,
    *,
    narrow: bool = False,
) -> tuple[tuple[str, str], ...]:
    """Return three forms of the same layer as (name, HTML).

    Parameters
    ----------
    layer : int
        1 … L.
    row : int
        The example of the vector.
    unit : int
        Of the first form, from 0.
    batch : Arithmetic, optional
        The examples of the matrix · matrix, or the first of them; None: those of `equations`.
    n_batch : int
        Examples that there are; 0: as many as `batch` has.
    narrow : bool
        Whether a product and what it comes to stand below each other.
    """
    arithmetic = equations.arithmetic
    many = arithmetic if batch is None else batch
    below = layer - 1
    written = partial(_product, equations, layer, narrow)
    which = ""
    if batch is not None:
        words = translated("the next mini-batch: {0} of its {1} examples", min(many.n_rows, MOST_EXAMPLES), n_batch)
        which = f' &nbsp; <span class="quiet">{escape(words)}</span>'
    return (
        (
            translated("One unit"),
            f"<p>{_Tinted(equations.written, unit).equation(equations.pre_activation(layer, unit, row))}</p>",
        ),
        (
            translated("Matrix · vector"),
            written(arithmetic, [row], 1, "z", f"a<sub>{below}</sub>" if below else "x"),
        ),
        (
            translated("Matrix · matrix"),
            which
            + written(
                many,
                list(range(min(many.n_rows, MOST_EXAMPLES))),
                n_batch or many.n_rows,
                "Z",
                f"A<sub>{below}</sub>" if below else "X",
            ),
        ),
    )


def _product(
    equations: Equations,
    layer: int,
    narrow: bool,
    of: Arithmetic,
    rows: list[int],
    n_examples: int,
    letter: str,
    inputs: str,
) -> str:
    html, subject, passed = HtmlWriter(equations.written.short()), of.subject, of.passed
    W, b = subject.layout.weights(subject.parameters), subject.layout.biases(subject.parameters)
    weights, biases = W[layer - 1], b[layer - 1]
    n_rows, n_columns = weights.shape
    named = f" + b<sub>{layer}</sub>" if subject.bias else ""
    shape = f"({n_rows} × {n_columns})·({n_columns} × {n_examples})"
    shape += f" + ({n_rows} × 1)" if subject.bias else ""
    formula = f"<i>{letter}<sub>{layer}</sub> = W<sub>{layer}</sub>·{inputs}{named}</i>"
    most = (MOST_ROWS, MOST_COLUMNS)
    parts = [
        matrix(html, weights, most=most, rows=True, link=lambda unit, source: f"wire:{layer}.{unit}.{source}"),
        "·",
        matrix(
            html,
            passed.before(layer - 1)[rows].T,
            most=(MOST_COLUMNS, MOST_EXAMPLES),
            columns=True,
            n_columns=n_examples,
        ),
    ]
    added = ["+", matrix(html, biases[:, None], most=most, rows=True)] if subject.bias else []
    result = passed.Z[layer - 1][rows].T
    most = (MOST_ROWS, MOST_EXAMPLES)
    added += ["=", matrix(html, result, most=most, rows=True, columns=True, n_columns=n_examples)]
    lines = (parts, added) if narrow else ([*parts, *added],)
    tables = "".join(side_by_side(*line) for line in lines)
    return f"<p>{formula} &nbsp; {shape} = ({n_rows} × {n_examples})</p>{tables}"
