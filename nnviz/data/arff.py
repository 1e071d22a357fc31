"""Weka's ARFF: a table whose header declares its columns one by one."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np

from nnviz.core.errors import DataError
from nnviz.data.dialects import physical_lines
from nnviz.data.steps import Steps
from nnviz.data.tokens import MOST_CELLS, Rows
from nnviz.data.wording import quoted

_ATTRIBUTE = re.compile(
    r"@attribute\s+(?:'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"|([^\s{]+))\s*(\{.*\}|\S.*)?", re.IGNORECASE
)
_CELL = re.compile(r"\s*(?:'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"|([^,\t]*?))\s*(?:[,\t]|$)")
_ESCAPED = re.compile(r"\\(.)")
_ROWS_PER_STEP = 10_000


def read_arff(text: str, source: str, steps: Steps) -> Rows:
    """Return the rows of an ARFF text, the names of its columns as the first of them.

    Raises
    ------
    DataError
        Where it is damaged or has relational columns: the sentence names the file and the line.
    """
    lines = enumerate(physical_lines(text), start=1)
    header: list[str] = []
    zeros: list[str] = []
    header_line = 1
    for number, line in lines:
        word = line.strip().lower()
        if word.startswith("@data"):
            break
        if word.startswith("@attribute"):
            name, zero = _attribute(line.strip(), f"{source}, line {number}")
            header.append(name)
            zeros.append(zero)
            header_line = number
    if not header:
        raise DataError("{0} declares no @attribute; an ARFF file needs one for each column.", source)
    cells, numbers = [header], [header_line]
    while piece := list(islice(lines, _ROWS_PER_STEP)):
        for number, line in piece:
            stripped = line.strip()
            if stripped and not stripped.startswith("%"):
                cells.append(_row(stripped, zeros, f"{source}, line {number}"))
                numbers.append(number)
        if len(cells) * len(header) > MOST_CELLS:
            raise DataError(
                "{0} has more than {1} million cells; take a part of its rows.", source, MOST_CELLS // 10**6
            )
        steps.at(0.15 + 0.45 * min(len(cells) / (text.count("\n") + 1), 1.0))
    return Rows(cells, np.array(numbers, dtype=np.int64))


def _attribute(line: str, where: str) -> tuple[str, str]:
    """Return the name of a column, and the value that a sparse row leaves out."""
    match = _ATTRIBUTE.match(line)
    if match is None:
        raise DataError("{0}: {1} declares no column; write @attribute name type.", where, quoted(line))
    name = next(part for part in match.groups()[:3] if part is not None)
    kind = match[4] or ""
    if kind.lower().startswith("relational"):
        raise DataError("{0}: column {1} holds tables; nnviz reads columns of numbers and words.", where, quoted(name))
    values = _cells(kind[1:-1]) if kind.startswith("{") else []
    return _ESCAPED.sub(r"\1", name), values[0] if values else "0"


def _row(line: str, zeros: list[str], where: str) -> list[str]:
    if not line.startswith("{"):
        return _cells(line)
    row = list(zeros)
    for pair in _sparse_pairs(line, where):
        position, value = pair
        if position >= len(row):
            raise DataError("{0}: there is no column {1}; the file declares {2}, from 0.", where, position, len(row))
        row[position] = value
    return row


def _sparse_pairs(line: str, where: str) -> list[tuple[int, str]]:
    pairs = []
    inner = line[1:].partition("}")[0].strip()
    for part in inner.split(",") if inner else ():
        position, _, value = part.strip().partition(" ")
        if not (position.isascii() and position.isdecimal()) or len(position) > 9 or not value:
            raise DataError("{0}: {1} is no column number and value of a sparse row.", where, quoted(part))
        pairs.append((int(position), _cells(value)[0]))
    return pairs


def _cells(line: str) -> list[str]:
    cells: list[str] = []
    position = 0
    while position <= len(line):
        match = _CELL.match(line, position)
        if match is None:  # an unclosed quote: the rest is one cell
            cells.append(line[position:])
            break
        quoted_text = match[1] if match[1] is not None else match[2]
        cells.append(match[3] if quoted_text is None else _ESCAPED.sub(r"\1", quoted_text))
        if match.end() >= len(line) and not match.group().endswith((",", "\t")):
            break
        position = match.end()
    return cells
