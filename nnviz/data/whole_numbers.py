"""Large tables of nothing but whole numbers, such as pictures: read without a text for every cell, and kept small.

MNIST as text has 47 million cells. As texts they would take 3 GB; as the bytes that they are, 47 MB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.data.dialects import PreparedText
from nnviz.data.limits import MOST_CELLS, MOST_SMALL_CELLS, check_cells, check_columns
from nnviz.data.plain_columns import FEWEST_CHARACTERS, head_of
from nnviz.data.steps import Steps
from nnviz.data.structure import Grid

_BYTES_PER_STEP = 4_000_000
#: More digits than these do not fit the largest type; ids of such length are texts.
_MOST_DIGITS = 9

Whole = NDArray[Any]


def whole_grid(prepared: PreparedText, source: str, steps: Steps) -> Grid | None:
    """Return a large table of nothing but whole numbers below its header; None where it is not plainly one.

    Raises
    ------
    DataError
        Where there are more than `MOST_SMALL_CELLS` cells.
    Cancelled
    """
    text, delimiter = prepared.text, prepared.delimiter
    head = None if len(text) < FEWEST_CHARACTERS else head_of(prepared, source, steps)
    if head is None:
        return None
    # Before all of it is taken apart.
    some = text[head.begin : head.begin + _BYTES_PER_STEP].encode("ascii", "replace")
    if some.translate(None, b"0123456789\r\n" + delimiter.encode()):
        return None
    kept = whole_numbers(text[head.begin :], len(head.grid.names), delimiter, source, steps)
    if kept is None:
        return None
    lines = np.arange(head.n_lines + 1, head.n_lines + 1 + kept.shape[1], dtype=np.int32)
    return replace(head.grid, rows=[], lines=lines, whole=kept)


def whole_numbers(text: str, n_columns: int, delimiter: str, source: str, steps: Steps) -> Whole | None:
    """Return the numbers of a text without a header, ``(n_columns, n_rows)`` of a type of one byte or of four.

    Parameters
    ----------
    text : str
    n_columns : int
        Cells of each row.
    delimiter : str
    source : str
        What messages call the table.
    steps : Steps

    Returns
    -------
    ndarray or None
        None where anything is not plainly a whole number as it would be written again: a sign, a blank, an empty cell
        or line, a leading zero, or a row of another width.

    Raises
    ------
    DataError
        Where there are more than `MOST_SMALL_CELLS` cells.
    Cancelled
    """
    try:
        body = text.rstrip("\r\n").encode("ascii")
    except UnicodeEncodeError:
        return None
    body = body.replace(b"\r\n", b"\n")
    sign = delimiter.encode()
    if not body or body[:_BYTES_PER_STEP].translate(None, b"0123456789\n" + sign):
        return None
    n_rows = body.count(b"\n") + 1
    check_columns(n_columns, source)
    check_cells(n_rows * n_columns, source, MOST_SMALL_CELLS)
    kept: Whole = np.empty((n_columns, n_rows), dtype=np.uint8)
    position = row = 0
    while position < len(body):
        end = body.find(b"\n", min(position + _BYTES_PER_STEP, len(body)))
        end = len(body) if end < 0 else end
        some = _numbers(body[position:end] + b"\n", n_columns, sign)
        if some is None:
            return None
        if some.max() > np.iinfo(kept.dtype).max:
            if kept.size > MOST_CELLS:
                return None
            kept = kept.astype(np.int32)
        kept[:, row : row + len(some)] = some.T
        position, row = end + 1, row + len(some)
        steps.at(0.15 + 0.5 * row / n_rows)
    return kept


def _numbers(lines: bytes, n_columns: int, sign: bytes) -> Whole | None:
    """Return the numbers of whole lines ``(n_rows, n_columns)``, None where one is not plainly a number."""
    cells = np.frombuffer(lines, dtype=np.uint8)
    is_end = cells == ord("\n")
    ends = np.flatnonzero(is_end | (cells == ord(sign)))
    if len(ends) % n_columns:
        return None
    # Every row must end where a line does, and nowhere else.
    last = is_end[ends].reshape(-1, n_columns)
    if not last[:, -1].all() or last[:, :-1].any():
        return None
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    lengths = ends - starts
    longest = int(lengths.max())
    if lengths.min() < 1 or longest > _MOST_DIGITS:
        return None
    digits = cells[starts] - np.uint8(ord("0"))
    if (digits > 9).any() or ((digits == 0) & (lengths > 1)).any():
        return None
    values = digits.astype(np.int32)
    for place in range(1, longest):
        more = np.flatnonzero(lengths > place)
        digits = cells[starts[more] + place] - np.uint8(ord("0"))
        if (digits > 9).any():
            return None
        values[more] = values[more] * 10 + digits
    return values.reshape(-1, n_columns)
