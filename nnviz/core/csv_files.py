"""Tables as comma-separated text: the one way in which rows leave the program.

A spreadsheet takes a text such as ``=HYPERLINK(…)`` for a formula and carries it out, whoever wrote it. So a text that
begins as a formula does gets an apostrophe before it, which `without_apostrophe` takes away again; numbers are spared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO

from nnviz.core.storage import PathLike, write_atomically

#: Of a long table, which is never in memory as a whole.
LINES_AT_ONCE = 10_000
#: What a formula begins with; spreadsheets for wide letters take the wide signs for the narrow ones.
FORMULA_SIGNS = "[-=+@\t\r\n\uff0d\uff1d\uff0b\uff20]"
_FORMULA = re.compile(f"'*{FORMULA_SIGNS}")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan)")
_QUOTED = re.compile(f"'+{FORMULA_SIGNS}")


def without_apostrophe(cell: str) -> str:
    """Return a cell as it was before `csv_text` kept it from being a formula."""
    return cell[1:] if _QUOTED.match(cell) else cell


def _inert(cell: object) -> object:
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def csv_text(rows: Iterable[Sequence[object]], *, delimiter: str = ",", line_end: str = "\n") -> str:
    """Return rows as text, a header first if there is to be one; floats read back as the same numbers.

    Texts that a spreadsheet would take for formulas have an apostrophe before them.
    """
    return "".join(_lines(rows, delimiter, line_end))


def _lines(rows: Iterable[Sequence[object]], delimiter: str, line_end: str) -> Iterator[str]:
    """Yield the table line by line."""
    line = _Line()
    # Python quotes a cell for the characters of the line's end only: a lone "\r" would end a line for who reads.
    writer = csv.writer(line, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow(map(_inert, row))
        yield line.text.removesuffix("\r\n") + line_end


class _Line:
    """Where a writer leaves one line after the other."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def write_csv(path: PathLike, rows: Iterable[Sequence[object]], *, line_end: str = "\r\n") -> None:
    """Write rows as a table in UTF-8, atomically.

    Raises
    ------
    ExperimentError
        Where the folder does not exist or cannot be written to.
    """

    def write(file: IO[bytes]) -> None:
        lines = _lines(rows, ",", line_end)
        while block := "".join(islice(lines, LINES_AT_ONCE)):
            file.write(block.encode())

    write_atomically(path, write)
