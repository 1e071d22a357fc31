"""Tables on disk (CSV) as data sets: read, check, drop what is incomplete, decide what the target is.

Reading ends in a `RawTable` of text cells that remember their line, so that every complaint can name the place; the
tables that ship with nnviz pass through the same steps.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.errors import DataError
from nnviz.data.dataset import LARGEST, Dataset, Task

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null"})
"""What stands for a missing cell, in any case of letters."""
MOST_CLASSES = 50
"""More different classes than this are taken for a mistake in the choice of the target."""
FEW_VALUES = 10
"""A numeric target is read as classes where it has no more different whole numbers than this."""


@dataclass(frozen=True)
class RawTable:
    """Text cells of a table.

    Attributes
    ----------
    source : str
        What messages call it, such as "iris.csv".
    header : tuple of str
    rows : list of list of str
        Stripped cells, as many per row as there are names.
    lines : list of int
        Line of the file on which each row ends, counted from 1.
    """

    source: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def column(self, name: str) -> int:
        """Return the position of a column; `DataError` with a hint where there is none of that name."""
        if name not in self.header:
            close = difflib.get_close_matches(name, self.header, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"its columns are: {', '.join(self.header)}."
            raise DataError(f"{self.source} has no column {name!r}; {hint}")
        return self.header.index(name)


def read_table(path: str | Path, target: str | None = None, task: Task | None = None) -> Dataset:
    """Read a table as a data set.

    The file is comma-separated UTF-8 text with a header line. All columns but the target are features and must be
    numeric. Rows with missing cells (empty, ``?``, ``NA``, ``N/A``, ``NaN``, ``null``) are left out, and `notes` says
    how many.

    Parameters
    ----------
    path : str or Path
    target : str, optional
        Name of the target column; None: the last one.
    task : "classification" or "regression", optional
        None: text makes classes; so do at most ten different whole numbers that repeat (or 0 and 1, −1 and 1);
        all other numbers are values.

    Returns
    -------
    Dataset
        Its classes are in alphabetical (numbers: ascending) order.

    Raises
    ------
    DataError
        Where the file cannot be used: one sentence that names it and, where there is one, the line.
    """
    file = Path(path)
    if task not in (None, "classification", "regression"):
        raise DataError(f"The task must be 'classification' or 'regression', not {task!r}.")
    table = parse_table(_read_bytes(file), file.name)
    return table_dataset(table, target=target, task=task, name=file.stem, title=file.name)


def parse_table(data: bytes, source: str) -> RawTable:
    """Return the cells of comma-separated UTF-8 text; `DataError` where it is no table with a header."""
    if b"\0" in data:
        raise DataError(f"{source} is not a text file; save the table as CSV (comma-separated, UTF-8).")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{source}, line {line}: the text is not UTF-8; save the table as CSV in UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped) or len(stripped) > 1:
                rows.append(stripped)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise DataError(f"{source}, line {reader.line_num}: the line cannot be read as CSV ({error}).") from None
    if not rows:
        raise DataError(f"{source} is empty; a table needs a header line and rows.")
    header = _checked_header(rows[0], lines[0], source)
    for cells, line in zip(rows[1:], lines[1:], strict=True):
        if len(cells) != len(header):
            raise DataError(
                f"{source}, line {line}: there are {_plural(len(cells), 'cell')}, but the header has {len(header)} "
                "columns; give every row as many cells."
            )
    if len(rows) == 1:
        raise DataError(f"{source} has a header but no rows; add at least two rows.")
    return RawTable(source, header, rows[1:], lines[1:])


def table_dataset(
    table: RawTable,
    *,
    target: str | None = None,
    task: Task | None = None,
    ignored: Sequence[str] = (),
    one_hot: Sequence[str] = (),
    **more: Any,
) -> Dataset:
    """Make a data set of a table's cells.

    Parameters
    ----------
    table : RawTable
    target, task
        As for `read_table`.
    ignored, one_hot : sequence of str
        Columns that are no features, and columns of categories: each category becomes a feature of 0 and 1 that is
        called ``column=category``.
    **more
        name, title, notes, citation, licence, doi, image_shape of the data set.

    Raises
    ------
    DataError
        As `read_table`.
    """
    goal = len(table.header) - 1 if target is None else table.column(target)
    ignored_columns = {table.column(name) for name in ignored}
    categories = {table.column(name) for name in one_hot}
    used = [column for column in range(len(table.header)) if column != goal and column not in ignored_columns]
    if not used:
        raise DataError(f"{table.source} has no column beside the target {table.header[goal]!r}; add features.")
    complete, note = _complete_rows(table, [*used, goal])
    features = _features(complete, used, categories)
    notes = (*more.pop("notes", ()), *note)
    X = np.column_stack(list(features.values()))
    return _with_target(complete, goal, task, X, tuple(features), notes, more)


def _features(table: RawTable, used: Sequence[int], categories: set[int]) -> Mapping[str, NDArray[np.float64]]:
    features: dict[str, NDArray[np.float64]] = {}
    for column in used:
        name = table.header[column]
        if column not in categories:
            features[name] = _numbers(table, column, "features must be numbers")
            continue
        cells = [row[column] for row in table.rows]
        for category in sorted(set(cells)):
            features[f"{name}={category}"] = np.array([cell == category for cell in cells], dtype=np.float64)
    return features


def _with_target(
    table: RawTable,
    goal: int,
    task: Task | None,
    X: NDArray[np.float64],
    feature_names: tuple[str, ...],
    notes: tuple[str, ...],
    more: dict[str, Any],
) -> Dataset:
    name = table.header[goal]
    cells = [row[goal] for row in table.rows]
    numeric = all(_is_number(cell) for cell in cells)
    if numeric or task == "regression":
        y = _numbers(table, goal, "the target of a regression must be a number")
        if task == "regression" or (task is None and not _looks_like_classes(y)):
            return Dataset.of_values(X, y, feature_names, (name,), notes=notes, **more)
        # Numbers are compared as numbers, so that 1 and 1.0 are one class.
        labels = [f"{value:.15g}" for value in y + 0.0]
        notes = notes if task else (*notes, f"The whole numbers in {name!r} were read as classes.")
    else:
        labels = cells
    names = sorted(set(labels), key=float) if numeric else sorted(set(labels))
    if len(names) < 2:
        raise DataError(
            f"{table.source}: all rows have the same {name!r} ({names[0]}); there is nothing to tell apart."
        )
    if len(names) > MOST_CLASSES:
        raise DataError(
            f"{table.source}: column {name!r} has {len(names)} different values, more than the {MOST_CLASSES} classes "
            "that are possible; choose another target."
        )
    position = {label: index for index, label in enumerate(names)}
    return Dataset.of_classes(X, [position[label] for label in labels], names, feature_names, name, notes=notes, **more)


def _read_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path} is a folder; choose a CSV file in it.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no file {path}; check its name and folder.") from None
    except PermissionError:
        raise DataError(f"{path} may not be read; check its permissions.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError(f"{path} cannot be read ({reason}).") from None


def _checked_header(cells: list[str], line: int, source: str) -> tuple[str, ...]:
    where = f"{source}, line {line}"
    other = next((sign for sign in (";", "\t", "|") if len(cells) == 1 and sign in cells[0]), None)
    if other is not None:
        raise DataError(
            f"{where}: the table has only one column; its cells are separated by {other!r}; separate them by commas."
        )
    if all(_is_number(cell) for cell in cells):
        raise DataError(f"{where}: the first line must name the columns, but it has numbers; add a header line.")
    for column, name in enumerate(cells, start=1):
        if not name:
            raise DataError(f"{where}: column {column} has no name; name every column in the header.")
        if name in cells[: column - 1]:
            raise DataError(f"{where}: two columns are called {name!r}; give each its own name.")
    return tuple(cells)


def _complete_rows(table: RawTable, columns: Sequence[int]) -> tuple[RawTable, tuple[str, ...]]:
    kept = [
        index for index, row in enumerate(table.rows) if all(row[column].lower() not in MISSING for column in columns)
    ]
    n_rows, n_lost = len(table.rows), len(table.rows) - len(kept)
    if len(kept) < 2:
        raise DataError(f"{table.source} has only {_plural(len(kept), 'complete row')} of {n_rows}; two are needed.")
    if not n_lost:
        return table, ()
    verb = "is incomplete and was" if n_lost == 1 else "are incomplete and were"
    rows, lines = [table.rows[index] for index in kept], [table.lines[index] for index in kept]
    note = f"{n_lost} of {n_rows} rows {verb} left out."
    return RawTable(table.source, table.header, rows, lines), (note,)


def _numbers(table: RawTable, column: int, demand: str) -> NDArray[np.float64]:
    values = np.empty(len(table.rows))
    for index, row in enumerate(table.rows):
        cell = row[column]
        where = f"{table.source}, line {table.lines[index]}: column {table.header[column]!r} has {_shortened(cell)}"
        if not _is_number(cell):
            raise DataError(f"{where}; {demand}.")
        values[index] = float(cell)
        if not abs(values[index]) <= LARGEST:
            raise DataError(f"{where}; numbers must be finite and at most {LARGEST:g}.")
    return values


def _is_number(cell: str) -> bool:
    try:
        number = float(cell)
    except ValueError:
        return False
    # Python reads 1_000 too, which no other program writes.
    return "_" not in cell and not math.isnan(number)


def _looks_like_classes(values: NDArray[np.float64]) -> bool:
    different = np.unique(values)
    if set(different) in ({0.0, 1.0}, {-1.0, 1.0}):
        return True
    whole = bool(np.all(values == np.round(values)))
    return whole and len(different) <= FEW_VALUES and 2 * len(different) <= len(values)


def _shortened(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
