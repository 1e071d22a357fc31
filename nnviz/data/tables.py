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
from nnviz.core.words import translated
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
            if close:
                raise DataError("{0} has no column {1!r}; did you mean {2!r}?", self.source, name, close[0])
            columns = ", ".join(self.header)
            raise DataError("{0} has no column {1!r}; its columns are: {2}.", self.source, name, columns)
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
        raise DataError("The task must be 'classification' or 'regression', not {0!r}.", task)
    table = parse_table(_read_bytes(file), file.name)
    return table_dataset(table, target=target, task=task, name=file.stem, title=file.name)


def parse_table(data: bytes, source: str) -> RawTable:
    """Return the cells of comma-separated UTF-8 text; `DataError` where it is no table with a header."""
    if b"\0" in data:
        raise DataError("{0} is not a text file; save the table as CSV (comma-separated, UTF-8).", source)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError("{0}, line {1}: the text is not UTF-8; save the table as CSV in UTF-8.", source, line) from None
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
        raise DataError(
            "{0}, line {1}: the line cannot be read as CSV ({2}).", source, reader.line_num, error
        ) from None
    if not rows:
        raise DataError("{0} is empty; a table needs a header line and rows.", source)
    header = _checked_header(rows[0], lines[0], source)
    for cells, line in zip(rows[1:], lines[1:], strict=True):
        if len(cells) != len(header):
            raise DataError(
                "{0}, line {1}: there are {2}, but the header has {3} columns; give every row as many cells.",
                source,
                line,
                _plural(len(cells), "cell"),
                len(header),
            )
    if len(rows) == 1:
        raise DataError("{0} has a header but no rows; add at least two rows.", source)
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
        raise DataError("{0} has no column beside the target {1!r}; add features.", table.source, table.header[goal])
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
        notes = notes if task else (*notes, translated("The whole numbers in {0!r} were read as classes.", name))
    else:
        labels = cells
    names = sorted(set(labels), key=float) if numeric else sorted(set(labels))
    if len(names) < 2:
        raise DataError(
            "{0}: all rows have the same {1!r} ({2}); there is nothing to tell apart.", table.source, name, names[0]
        )
    if len(names) > MOST_CLASSES:
        raise DataError(
            "{0}: column {1!r} has {2} different values, more than the {3} classes that are "
            "possible; choose another target.",
            table.source,
            name,
            len(names),
            MOST_CLASSES,
        )
    position = {label: index for index, label in enumerate(names)}
    return Dataset.of_classes(X, [position[label] for label in labels], names, feature_names, name, notes=notes, **more)


def _read_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise DataError("{0} is a folder; choose a CSV file in it.", path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError("There is no file {0}; check its name and folder.", path) from None
    except PermissionError:
        raise DataError("{0} may not be read; check its permissions.", path) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError("{0} cannot be read ({1}).", path, reason) from None


def _checked_header(cells: list[str], line: int, source: str) -> tuple[str, ...]:
    where = f"{source}, line {line}"
    other = next((sign for sign in (";", "\t", "|") if len(cells) == 1 and sign in cells[0]), None)
    if other is not None:
        raise DataError(
            "{0}: the table has only one column; its cells are separated by {1!r}; separate them by commas.",
            where,
            other,
        )
    if all(_is_number(cell) for cell in cells):
        raise DataError("{0}: the first line must name the columns, but it has numbers; add a header line.", where)
    for column, name in enumerate(cells, start=1):
        if not name:
            raise DataError("{0}: column {1} has no name; name every column in the header.", where, column)
        if name in cells[: column - 1]:
            raise DataError("{0}: two columns are called {1!r}; give each its own name.", where, name)
    return tuple(cells)


def _complete_rows(table: RawTable, columns: Sequence[int]) -> tuple[RawTable, tuple[str, ...]]:
    kept = [
        index for index, row in enumerate(table.rows) if all(row[column].lower() not in MISSING for column in columns)
    ]
    n_rows, n_lost = len(table.rows), len(table.rows) - len(kept)
    if len(kept) < 2:
        raise DataError(
            "{0} has only {1} of {2}; two are needed.", table.source, _plural(len(kept), "complete row"), n_rows
        )
    if not n_lost:
        return table, ()
    rows, lines = [table.rows[index] for index in kept], [table.lines[index] for index in kept]
    note = translated(
        "1 of {1} rows is incomplete and was left out."
        if n_lost == 1
        else "{0} of {1} rows are incomplete and were left out.",
        n_lost,
        n_rows,
    )
    return RawTable(table.source, table.header, rows, lines), (note,)


def _numbers(table: RawTable, column: int, demand: str) -> NDArray[np.float64]:
    values = np.empty(len(table.rows))
    for index, row in enumerate(table.rows):
        cell = row[column]
        where = f"{table.source}, line {table.lines[index]}: column {table.header[column]!r} has {_shortened(cell)}"
        if not _is_number(cell):
            raise DataError("{0}; {1}.", where, demand)
        values[index] = float(cell)
        if not abs(values[index]) <= LARGEST:
            raise DataError("{0}; numbers must be finite and at most {1:g}.", where, LARGEST)
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
