"""Weka's ARFF: a table whose header declares its columns one by one.

As Weka's own reader has it, cells are separated by commas, blanks or tabs, ``%`` begins a comment wherever it stands
outside quotes, only ``?`` is missing, and a row may end in its weight, ``{w}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
from msgspec import Struct

from nnviz.core.errors import DataError
from nnviz.data.declared import Declared, DeclaredKind
from nnviz.data.dialects import physical_lines
from nnviz.data.limits import MOST_CELLS, check_cells, check_columns
from nnviz.data.steps import Steps
from nnviz.data.tokens import Rows
from nnviz.data.weights import row_weight
from nnviz.data.wording import quoted

_IN_QUOTES = {"'": r"'((?:\\.|[^'\\])*+)'", '"': r"\"((?:\\.|[^\"\\])*+)\""}
_QUOTED = "|".join(_IN_QUOTES.values())
_ATTRIBUTE = re.compile(rf"@attribute\s++(?:{_QUOTED}|([^\s{{]++))\s*+(\{{.*\}}|\S.*)?", re.IGNORECASE | re.DOTALL)
#: A cell and what separates it from the next one: commas and tabs, or blanks as well.
_CELL = re.compile(rf"\s*+(?:{_QUOTED}|([^,\t]*+))(?:\s*+(?:,|$)|\s*\t)")
_CELL_BLANKS = re.compile(rf"\s*+(?:{_QUOTED}|([^,\s]*+))(?:\s*+,\s*+|\s++|$)")
_WEIGHT = re.compile(r"\s*+([0-9.eE+-]++)\s*+")
_SPARSE = re.compile(rf"\s*+(\d{{1,9}})\s++(?:{_QUOTED}|([^,}}]*+))\s*+(,|}}|$)")
_WHOLE_QUOTES = {sign: re.compile(quoted, re.DOTALL) for sign, quoted in _IN_QUOTES.items()}
_MARK = re.compile("[%'\"]")
_ESCAPED = re.compile(r"\\(.)")
_ROWS_PER_STEP = 10_000
#: What stands for a missing cell: nothing else does, so that NA, none and - are values.
_MARKS = frozenset({"?", ""})
_KINDS: dict[str, DeclaredKind] = {"numeric": "numeric", "real": "numeric", "integer": "numeric", "date": "date"}


class _Attribute(Struct, frozen=True):
    """A declared column: its name, its kind, and the value that a sparse row leaves out."""

    name: str
    declared: Declared
    zero: str


def read_arff(text: str, source: str, steps: Steps) -> tuple[Rows, tuple[Declared, ...]]:
    """Return the rows of an ARFF text, the names of its columns as the first of them, and what it says of each column.

    Rows that end in a weight bring it along.

    Raises
    ------
    DataError
        Where it is damaged or has relational columns: the sentence names the file and the line.
    """
    lines = enumerate(physical_lines(text), start=1)
    columns, header_line = _header(lines, source)
    if not columns:
        raise DataError("{0} declares no @attribute; an ARFF file needs one for each column.", source)
    check_columns(len(columns), source)
    cells, numbers = [[column.name for column in columns]], [header_line]
    zeros = [column.zero for column in columns]
    weights: dict[int, float] = {}
    while piece := list(islice(lines, _ROWS_PER_STEP)):
        for number, line in piece:
            stripped = _without_comment(line).strip()
            if not stripped:
                continue
            row, weight = _without_weight(stripped)
            if weight:
                weights[number] = row_weight(weight, f"{source}, line {number}")
            cells.append(_row(row, zeros, f"{source}, line {number}"))
            numbers.append(number)
        check_cells(len(cells) * len(columns), source, MOST_CELLS)
        steps.at(0.15 + 0.45 * min(len(cells) / (text.count("\n") + 1), 1.0))
    rows = Rows(cells, np.array(numbers, dtype=np.int64), weights=weights)
    return rows, tuple(column.declared for column in columns)


def _header(lines: Iterator[tuple[int, str]], source: str) -> tuple[list[_Attribute], int]:
    """Read the declarations up to ``@data``; return them, and the line of the last."""
    columns: list[_Attribute] = []
    last = 1
    for number, line in lines:
        word = line.strip().lower()
        if word.startswith("@data"):
            break
        if word.startswith("@attribute"):
            columns.append(_attribute(_without_comment(line).strip(), f"{source}, line {number}"))
            last = number
    return columns, last


def _attribute(line: str, where: str) -> _Attribute:
    match = _ATTRIBUTE.match(line)
    if match is None:
        raise DataError("{0}: {1} declares no column; write @attribute name type.", where, quoted(line))
    name = next(part for part in match.groups()[:3] if part is not None)
    kind = (match[4] or "").strip()
    if kind.lower().startswith("relational"):
        raise DataError("{0}: column {1} holds tables; nnviz reads columns of numbers and words.", where, quoted(name))
    name = _ESCAPED.sub(r"\1", name)
    if kind.startswith("{"):
        values = _cells(kind[1:-1], _CELL)
        return _Attribute(name, Declared("nominal", marks=_MARKS), values[0] if values else "0")
    word = kind.split(maxsplit=1)[0].lower() if kind else ""
    return _Attribute(name, Declared(_KINDS.get(word, "text" if word == "string" else ""), marks=_MARKS), "0")


def _without_comment(line: str) -> str:
    if "%" not in line:
        return line
    position, closed = 0, set(_WHOLE_QUOTES)
    while (mark := _MARK.search(line, position)) is not None:
        sign = mark.group()
        if sign == "%":
            return line[: mark.start()]
        whole = _WHOLE_QUOTES[sign].match(line, mark.start()) if sign in closed else None
        if whole is None:
            # Where one is never closed, none of its kind behind it is: looking for each would never end.
            closed.discard(sign)
        position = (whole or mark).end()
    return line


def _without_weight(line: str) -> tuple[str, str]:
    """Take the weight of a row, ``{w}``, from its end."""
    if not line.endswith("}"):
        return line, ""
    before, _, inside = line[:-1].rpartition("{")
    match = _WEIGHT.fullmatch(inside)
    if match is None or not (before.endswith(",") or before[-1:].isspace()):
        return line, ""
    return before.rstrip().rstrip(", \t"), match[1]


def _row(line: str, zeros: list[str], where: str) -> list[str]:
    if line.startswith("{"):
        row = list(zeros)
        for position, value in _sparse_pairs(line, where):
            if position >= len(row):
                words = "{0}: there is no column {1}; the file declares {2}, from 0."
                raise DataError(words, where, position, len(row))
            row[position] = value
        return row
    cells = _cells(line, _CELL)
    if len(cells) == len(zeros):
        return cells
    # Blanks separate too; only where commas alone do not make a row, for many files have blanks in unquoted words.
    with_blanks = _cells(line, _CELL_BLANKS)
    return with_blanks if len(with_blanks) == len(zeros) else cells


def _sparse_pairs(line: str, where: str) -> list[tuple[int, str]]:
    pairs: list[tuple[int, str]] = []
    position = 1
    if line[1:].strip() == "}":
        return pairs
    while True:
        match = _SPARSE.match(line, position)
        value = None if match is None else _text(match[2], match[3], match[4])
        if match is None or not value:
            raise DataError(
                "{0}: {1} is no column number and value of a sparse row.",
                where,
                quoted(line[position:].partition(",")[0].strip("} ")),
            )
        pairs.append((int(match[1]), value))
        position = match.end()
        if match[5] != ",":
            return pairs


def _text(single: str | None, double: str | None, plain: str | None) -> str:
    quoted_text = single if single is not None else double
    return (plain or "").strip() if quoted_text is None else _ESCAPED.sub(r"\1", quoted_text)


def _cells(line: str, pattern: re.Pattern[str]) -> list[str]:
    cells: list[str] = []
    position = 0
    while position <= len(line):
        match = pattern.match(line, position)
        if match is None:  # an unclosed quote: the rest is one cell
            cells.append(line[position:])
            break
        cells.append(_text(match[1], match[2], match[3]))
        if match.end() >= len(line) and not match.group().endswith((",", "\t")):
            break
        position = match.end()
    return cells
