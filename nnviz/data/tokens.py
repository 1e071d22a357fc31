"""Rows of cells out of text: the standard library's CSV tokeniser, in pieces that can be cancelled."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from nnviz.core.csv_files import FORMULA_SIGNS, without_apostrophe
from nnviz.core.errors import DataError
from nnviz.core.translation import translated
from nnviz.data.dialects import SPACES, WIDE_SPACES, physical_lines, split_spaces, split_wide
from nnviz.data.limits import MOST_CELLS, check_cells, check_columns, check_rows
from nnviz.data.steps import Steps

#: Before a cell that would otherwise be a formula: `nnviz.core.csv_files`.
_APOSTROPHE = re.compile(f"'{FORMULA_SIGNS}")
_CELLS_PER_STEP = 30_000

Lines = NDArray[np.int64] | NDArray[np.int32]


class Rows(Struct):
    """Rows as they stand in a file or a sheet, blank ones too.

    Attributes
    ----------
    cells : list of list of str
    lines : ndarray of int
        Line on which each row begins, from 1.
    notes : list of str
    weights : dict of int to float
        What rows weigh, by their lines; those that are not named weigh 1.
    """

    cells: list[list[str]]
    lines: Lines
    notes: list[str] = field(default_factory=list)
    weights: dict[int, float] = field(default_factory=dict)


def tokenise(text: str, delimiter: str, source: str, steps: Steps) -> Rows:
    """Return the rows of a text.

    Raises
    ------
    DataError
        Where a quote is never closed, or there are more than `MOST_CELLS` cells.
    Cancelled
    """
    if delimiter in (SPACES, WIDE_SPACES):
        split = split_spaces if delimiter == SPACES else split_wide
        rows = _collected(map(split, physical_lines(text)), text, source, steps)
        return Rows(rows, np.arange(1, len(rows) + 1))
    try:
        read = _tokenised(text, delimiter, source, steps, strict=True)
    except csv.Error as error:
        read = _tolerant(text, delimiter, source, steps, error)
    if has_apostrophe(text):
        read.cells = [[without_apostrophe(cell) for cell in row] for row in read.cells]
    return read


def has_apostrophe(text: str) -> bool:
    """Return whether a cell may begin with an apostrophe because it would otherwise be a formula."""
    return "'" in text and _APOSTROPHE.search(text) is not None


def _tokenised(
    text: str, delimiter: str, source: str, steps: Steps, *, strict: bool, escape: str | None = None
) -> Rows:
    if escape is None and (plain := _plain_lines(text, delimiter)) is not None:
        # As the reader would have it, twice as fast.
        cells = _collected(map(partial(_split, delimiter=delimiter), plain), text, source, steps, n_lines=len(plain))
        return Rows(cells, np.arange(1, len(cells) + 1))
    reader = csv.reader(
        physical_lines(text), delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=strict, escapechar=escape
    )
    if '"' not in text:
        # Without quotes a row is a line: much faster than asking for the line of each.
        cells = _collected(reader, text, source, steps)
        return Rows(cells, np.arange(1, len(cells) + 1))
    lines: list[int] = [1]

    def numbered() -> Iterator[list[str]]:
        for row in reader:
            yield row
            lines.append(reader.line_num + 1)

    try:
        cells = _collected(numbered(), text, source, steps)
    except csv.Error as error:
        raise csv.Error(str(error), lines[-1]) from None
    return Rows(cells, np.array(lines[: len(cells)], dtype=np.int64))


def _plain_lines(text: str, delimiter: str) -> list[str] | None:
    """Return the lines where a row is a line and a cell is all that stands between delimiters, else None."""
    if '"' in text or "\0" in text:
        return None
    if "\r" in text:
        if text.count("\r") != text.count("\r\n"):
            return None
        text = text.replace("\r\n", "\n")
    if delimiter != "\t" and (delimiter + " " in text or "\n " in text or text.startswith(" ")):
        return None
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines if max(map(len, lines), default=0) < csv.field_size_limit() else None


def _split(line: str, delimiter: str) -> list[str]:
    return line.split(delimiter) if line else []


def _tolerant(text: str, delimiter: str, source: str, steps: Steps, error: csv.Error) -> Rows:
    """Read once more what breaks the rules for quotes, and keep it where all rows then have the same width."""
    line = error.args[1] if len(error.args) > 1 else 1
    attempts: tuple[tuple[str | None, bool], ...] = (("\\", True), (None, False))
    for escape, strict in attempts:
        if escape is not None and '\\"' not in text:
            continue
        if "unexpected end" in error.args[0] and not strict:
            continue
        try:
            rows = _tokenised(text, delimiter, source, steps, strict=strict, escape=escape)
        except csv.Error:
            continue
        if len({len(row) for row in rows.cells if any(row)}) == 1:
            if not strict:
                words = "Line {0} has a quotation mark within a cell; check that it was read as meant."
                rows.notes.append(translated(words, line))
            return rows
    if "field larger" in error.args[0]:
        raise DataError("{0}, line {1}: a cell is longer than any table needs; a quote may be missing.", source, line)
    raise DataError(
        '{0}, line {1}: a quotation mark is never closed; put whole cells into quotes, and write a quote in them as "".'
        if "unexpected end" in error.args[0]
        else "{0}, line {1}: a quotation mark stands within a cell; put whole cells into quotes, and write a quote in "
        'them as "".',
        source,
        line,
    ) from None


def _collected(
    reader: Iterator[list[str]], text: str, source: str, steps: Steps, *, n_lines: int = 0
) -> list[list[str]]:
    rows: list[list[str]] = []
    # The file and its text, and its lines where they are texts of their own.
    n_held = 2 * len(text) + (60 * n_lines + len(text) if n_lines else 0)
    n_cells = 0
    n_expected = max(text.count("\n"), text.count("\r"), 1)
    n_next = 100
    while piece := list(islice(reader, n_next)):
        rows += piece
        n_next = max(1, _CELLS_PER_STEP * len(piece) // max(sum(map(len, piece)), 1))
        n_next = min(n_next, _CELLS_PER_STEP)
        n_cells += sum(map(len, piece))
        check_columns(max(map(len, piece)), source)
        check_cells(n_cells, source, MOST_CELLS)
        check_rows(len(rows), n_cells, n_held, source)
        steps.at(0.15 + 0.45 * len(rows) / n_expected)
    return rows
