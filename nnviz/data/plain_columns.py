"""Large tables of plain cells: read without a text for every cell at a time.

A million rows of twenty columns are 21 million cells, whose texts would take 1.5 GB while they are read. Here they are
taken in pieces, of which nothing stays but what the columns are kept as.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.errors import DataError
from nnviz.data.decimals import Decimals
from nnviz.data.dialects import PreparedText, physical_lines
from nnviz.data.kept_cells import read_part
from nnviz.data.limits import MOST_CELLS, check_cells, check_columns
from nnviz.data.orange import orange_header
from nnviz.data.packed_texts import PART, LongTexts, PackedTexts
from nnviz.data.steps import Steps
from nnviz.data.structure import Grid, arrange
from nnviz.data.tokens import has_apostrophe, tokenise

#: Smaller tables are read as all others are.
FEWEST_CHARACTERS = 1_000_000
#: In so many lines the header is looked for.
_LOOKED_AT = 150
_CHARACTERS_PER_STEP = 200_000
#: Of a wide table more are taken at a time, some hundred rows: each part of a column costs the same, however short.
_CHARACTERS_PER_COLUMN = 800


class Head(Struct, frozen=True):
    """How a large table begins.

    Attributes
    ----------
    grid : Grid
        As its first lines alone would be read.
    n_lines : int
        Lines above the first row: of the header, or none.
    begin : int
        Where the first row begins in the text.
    """

    grid: Grid
    n_lines: int
    begin: int


def head_of(prepared: PreparedText, source: str, steps: Steps) -> Head | None:
    """Return how a text begins whose cells stand between single signs; None where that is not plainly a table."""
    text, delimiter = prepared.text, prepared.delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter.isdigit() or delimiter == " ":
        return None
    first = list(islice(physical_lines(_beginning(text)), _LOOKED_AT))
    try:
        rows = tokenise("".join(first), delimiter, source, steps)
        if orange_header(rows)[1]:
            return None
        grid = arrange(rows, source, names=prepared.commented_header)
    except DataError:
        return None
    n_lines = len(first) - len(grid.rows)
    if not grid.rows or grid.lines[0] != n_lines + 1 or grid.lines[-1] != len(first) or n_lines > 1:
        return None
    return Head(grid, n_lines, sum(map(len, first[:n_lines])))


def _beginning(text: str) -> str:
    """Return a text up to the end of some lines: as a stream, all of it would take four times its size."""
    end = -1
    for _ in range(_LOOKED_AT):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    return text[: end + 1]


def plain_grid(prepared: PreparedText, source: str, steps: Steps) -> Grid | None:
    """Return a large table whose every line is a row and has all cells; None where it is not plainly one.

    Raises
    ------
    DataError
        Where there are more than `MOST_CELLS` cells.
    Cancelled
    """
    text = prepared.text
    if len(text) < FEWEST_CHARACTERS or "\0" in text or has_apostrophe(text):
        return None
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return None
    head = head_of(prepared, source, steps)
    if head is None or text.find('"', head.begin) >= 0:
        return None
    columns = _columns(text, head, prepared.delimiter, source, steps)
    if columns is None:
        return None
    n_rows = len(columns[0])
    lines = np.arange(head.n_lines + 1, head.n_lines + 1 + n_rows, dtype=np.int32)
    return replace(head.grid, rows=[], lines=lines, columns=tuple(columns))


def _columns(text: str, head: Head, delimiter: str, source: str, steps: Steps) -> list[PackedTexts] | None:
    """Return the cells of each column; None where a line has more or fewer than there are columns, or no text."""
    n_columns = len(head.grid.names)
    check_columns(n_columns, source)
    parts: list[list[str | LongTexts]] = [[] for _ in range(n_columns)]
    lengths: list[int] = []
    n_rows = 0
    at_once = max(_CHARACTERS_PER_STEP, _CHARACTERS_PER_COLUMN * n_columns)
    for lines, share in _pieces(text, head.begin, delimiter, at_once):
        rows = [line.split(delimiter) for line in lines]
        if max(map(len, lines)) >= csv.field_size_limit() or set(map(len, rows)) != {n_columns}:
            return None
        if any(not row[0].strip() and not "".join(row).strip() for row in rows):
            return None
        for start in range(0, len(rows), PART):
            some = rows[start : start + PART]
            lengths.append(len(some))
            for kept, cells in zip(parts, zip(*some, strict=True), strict=True):
                kept.append(_kept("\n".join(cells), after=kept))
                steps.at(0.15)
        n_rows += len(rows)
        check_cells(n_rows * n_columns, source, MOST_CELLS)
        steps.at(0.15 + 0.45 * share)
    return [PackedTexts.of_parts(kept, lengths) for kept in parts]


def _kept(joined: str, after: Sequence[str | LongTexts]) -> str | LongTexts:
    """Return some cells as decimals, where those of the column before them are, or as text."""
    if after and isinstance(after[-1], str):
        return joined
    found = read_part(joined)
    return found if isinstance(found, Decimals) else joined


def _pieces(text: str, begin: int, delimiter: str, at_once: int) -> Iterator[tuple[list[str], float]]:
    """Yield some lines after the other, and the share of the text up to their end."""
    end = len(text)
    while end > begin and text[end - 1] in "\r\n":
        end -= 1
    # As the standard library's reader has it, blanks before a cell are none of it.
    initial = None if delimiter == "\t" else re.compile(rf"(?:^|(?<={re.escape(delimiter)})) +", re.MULTILINE)
    while begin < end:
        stop = text.find("\n", begin + at_once, end)
        stop = end if stop < 0 else stop
        piece = text[begin:stop]
        if "\r" in piece:
            piece = piece.replace("\r\n", "\n").removesuffix("\r")
        if initial is not None and " " in piece:
            piece = initial.sub("", piece)
        yield piece.split("\n"), stop / end
        begin = stop + 1
