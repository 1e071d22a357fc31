"""Tables as comma-separated text: the one way in which rows leave the program.

A spreadsheet takes a text such as ``=HYPERLINK(…)`` for a formula and carries it out, whoever wrote it. So a text that
begins as a formula does gets an apostrophe before it, which `without_apostrophe` takes away again; numbers are spared.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from nnviz.core.storage import PathLike, write_atomically

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan)")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


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
    lines = []
    for row in rows:
        # Python quotes a cell for the characters of the line's end only: a lone "\r" would end a line for who reads.
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow(map(_inert, row))
        lines.append(buffer.getvalue().removesuffix("\r\n") + line_end)
    return "".join(lines)


def write_csv(path: PathLike, rows: Iterable[Sequence[object]], *, line_end: str = "\r\n") -> None:
    """Write rows as a table in UTF-8, atomically.

    Raises
    ------
    ExperimentError
        Where the folder does not exist or cannot be written to.
    """
    text = csv_text(rows, line_end=line_end).encode()
    write_atomically(path, lambda file: file.write(text))
