"""Tables as comma-separated text: the one way in which rows leave the program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from nnviz.core.storage import PathLike, write_atomically


def csv_text(rows: Iterable[Sequence[object]], *, delimiter: str = ",", line_end: str = "\n") -> str:
    """Return rows as text, a header first if there is to be one; floats read back as the same numbers."""
    lines = []
    for row in rows:
        # Python quotes a cell for the characters of the line's end only: a lone "\r" would end a line for who reads.
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow(row)
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
