"""Matrices on a page: each row in a colour of its own, each column under a line of its own, and both on a result.

Which colours those are is the reader's: cells only say their row (class ``r3``) and their column (class ``c1``), and
the numbers beside and above them say the same without colours.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from nnviz.core.explain.writers import HtmlWriter
from nnviz.core.layout import Array

#: Colours after which they come again.
N_TINTS = 6


def row_class(row: int) -> str:
    """Return the class of what stands in a row."""
    return f"r{row % N_TINTS}"


def column_class(column: int) -> str:
    """Return the class of what stands in a column."""
    return f"c{column % N_TINTS}"


def matrix(
    html: HtmlWriter,
    values: Array,
    *,
    most: tuple[int, int] = (6, 6),
    n_columns: int | None = None,
    rows: bool = False,
    columns: bool = False,
    link: Callable[[int, int], str] | None = None,
    first_row: int = 0,
) -> str:
    """Return a matrix ``(n_rows, n_columns)`` as a table; of a large one the first rows and columns.

    Parameters
    ----------
    most : (int, int)
        Rows and columns that are written out at the most.
    n_columns : int, optional
        Columns that there are, where `values` has only the first of them.
    rows, columns : bool
        Whether rows and columns have colours, and their numbers beside and above them.
    link : callable (row, column) -> str, optional
        Where a number leads.
    first_row : int
        What the first row is called, from 0.
    """
    n_rows, total = values.shape[0], values.shape[1] if n_columns is None else n_columns
    n_shown = min(values.shape[1], most[1])
    lines = []
    if columns:
        heads = [f'<td class="head">{column + 1}</td>' for column in range(n_shown)]
        lines.append("".join(['<td class="head"></td>' * rows, *heads]))
    for row in range(min(n_rows, most[0])):
        cells = [f'<td class="head">{first_row + row + 1}</td>'] if rows else []
        for column in range(n_shown):
            text = escape(html.number(float(values[row, column])))
            if link is not None:
                text = f'<a class="line" href="{link(row, column)}">{text}</a>'
            names = [row_class(first_row + row)] * rows + [column_class(column)] * columns
            cells.append(f'<td class="{" ".join(["entry", *names])}">{text}</td>')
        if total > n_shown:
            cells.append('<td class="head">…</td>')
        lines.append("".join(cells))
    if n_rows > most[0]:
        lines.append('<td class="head"></td>' * rows + '<td class="head">⋮</td>' * (n_shown + (total > n_shown)))
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<table class="matrix" cellspacing="1" cellpadding="2">{body}</table>'


def side_by_side(*parts: str, align: str = "middle") -> str:
    """Return tables and the signs between them in one line."""
    cells = "".join(f'<td style="vertical-align: {align}">{part}</td>' for part in parts)
    return f'<table cellspacing="0" cellpadding="2"><tr>{cells}</tr></table>'


def vector(html: HtmlWriter, values: Array, used: int, most: int = 5) -> str:
    """Return a vector ``(n,)`` in one line of text, the number at `used` in bold; of a long one what is around that."""
    first = max(min(used - most // 2, len(values) - most), 0)
    shown = [escape(html.number(float(value))) for value in values[first : first + most]]
    if 0 <= used - first < len(shown):
        shown[used - first] = f"<b>{shown[used - first]}</b>"
    before, behind = ["…"] * (first > 0), ["…"] * (first + most < len(values))
    return f"({'; '.join([*before, *shown, *behind])})"
