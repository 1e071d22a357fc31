"""Opening a table: from a file, or the bytes of a clipboard, to columns that are described in words.

Nothing is decided here about what is learnt from it; `nnviz.data.choices` proposes that and people change it.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path

import numpy as np

from nnviz.core.errors import DataError
from nnviz.core.translation import counted, translated
from nnviz.data.arff import read_arff
from nnviz.data.arrays import ArrayTable, read_npy, read_npz
from nnviz.data.cells import Decimal
from nnviz.data.column_data import ColumnData, settle_decimals
from nnviz.data.columns import Column, Place, column_notes, describe
from nnviz.data.content import Content, read_file, unpacked
from nnviz.data.decoding import decode
from nnviz.data.dialects import WORDS, prepare
from nnviz.data.signatures import is_arff
from nnviz.data.steps import IsCancelled, Progress, Steps
from nnviz.data.structure import Grid, arrange
from nnviz.data.tokens import Lines, tokenise
from nnviz.data.wording import joined, listed, quoted, shown
from nnviz.data.workbooks import read_workbook

#: Share of the work that is done when the rows stand, before their columns are looked at.
_ROWS_STAND = 0.65
_ROWS_PER_STEP = 20_000
#: How a text is written, by its decimal sign: what separates cells, the encoding, what it was packed in.
_TEXT_DIALECTS = {
    "": "Text, {0}, {1}{2}.",
    ".": "Text, {0}, {1}{2}, decimal point.",
    ",": "Text, {0}, {1}{2}, decimal comma.",
}


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read. Its text is data: pass it through `shown` before it is displayed.

    Attributes
    ----------
    name : str
        What messages call it, such as "iris.csv"; fit to be shown.
    columns : tuple of Column
    n_rows : int
    dialect : str
        One sentence on how the file is written.
    notes : tuple of str
        Sentences on what was assumed or skipped.
    sheets : tuple of str
        Names of a workbook's sheets; empty for other files.
    sheet : str or None
        The one that was read.
    lines : ndarray of int
        Line (or row of the sheet) on which each row begins, from 1.
    data : tuple of ColumnData
        The cells.
    given_targets : tuple of str
        Columns that the file itself says are to be predicted.
    image_shape : (height, width) or None
        Where the first columns are the pixels of pictures.
    """

    name: str
    columns: tuple[Column, ...]
    n_rows: int
    dialect: str
    notes: tuple[str, ...]
    sheets: tuple[str, ...]
    lines: Lines
    data: tuple[ColumnData, ...] = field(repr=False)
    sheet: str | None = None
    given_targets: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None

    def preview(self, n: int) -> list[list[str]]:
        """Return the first `n` rows of text as typed."""
        return [[column.text(row) for column in self.data] for row in range(min(n, self.n_rows))]

    def position(self, name: str) -> int:
        """Return the position of a column; `DataError` with a hint where there is none of that name."""
        names = [column.name for column in self.columns]
        if name in names:
            return names.index(name)
        close = difflib.get_close_matches(name[:200], names, n=1)
        if close:
            raise DataError("{0} has no column {1}; did you mean {2}?", self.name, quoted(name), quoted(close[0]))
        every = joined([shown(each) for each in names], 20)
        raise DataError("{0} has no column {1}; its columns are: {2}.", self.name, quoted(name), every)

    def where(self, row: int) -> str:
        """Return the place of a row for a message, such as "iris.csv, line 7"."""
        return translated("{0}, line {1}", self.name, self.lines[row])


def open_table(
    source: str | os.PathLike[str] | bytes,
    *,
    name: str | None = None,
    sheet: str | None = None,
    fill_short_rows: bool = False,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Table:
    """Read a table, whatever its form: delimited text, ARFF, a workbook, NPY or NPZ; out of gzip and zip too.

    Parameters
    ----------
    source : path-like or bytes
    name : str, optional
        What messages call it; None: the name of the file.
    sheet : str, optional
        Of a workbook; None: the first one with rows.
    fill_short_rows : bool
        Whether rows with too few cells are filled with missing ones.
    progress : callable, optional
        Called with the share of the work that is done, 0 … 1.
    cancelled : callable, optional
        Asked every few milliseconds; True gives the work up.

    Returns
    -------
    Table

    Raises
    ------
    ShortRowsError
        Where rows are short and filling them would help.
    DataError
        Where there is no table: one sentence that names the file and, where there is one, the line.
    Cancelled
    """
    steps = Steps(progress, cancelled)
    steps.at(0.0)
    if isinstance(source, bytes | bytearray | memoryview):
        data, label = bytes(source), shown(name or "The table", 100)
    else:
        path = os.fspath(source)
        data, label = read_file(path, steps), shown(name or Path(path).name, 100)
    content = unpacked(data, label, steps)
    if content.form in ("npy", "npz"):
        table = _of_arrays(content, label, steps)
    elif content.form == "workbook":
        rows, sheets, read = read_workbook(content.data, label, sheet, steps)
        arranged = arrange(rows, label, fill_short_rows=fill_short_rows)
        words = translated("Workbook, sheet {0}{1}.", quoted(read), _out_of(content))
        table = _of_grid(arranged, label, words, steps, sheets=sheets, sheet=read)
    else:
        table = _of_text(content, label, steps, fill_short_rows)
    if sheet is not None and not table.sheets:
        raise DataError("{0} is no workbook, so it has no sheet {1}.", label, quoted(sheet))
    steps.at(1.0)
    return table


def _of_text(content: Content, source: str, steps: Steps, fill_short_rows: bool) -> Table:
    decoded = decode(content.data, source)
    notes = (decoded.note,) if decoded.note else ()
    steps.at(0.12)
    if is_arff(decoded.text):
        grid = arrange(read_arff(decoded.text, source, steps), source, fill_short_rows=fill_short_rows, has_header=True)
        return _of_grid(
            grid, source, translated("ARFF, {0}{1}.", decoded.encoding, _out_of(content)), steps, notes=notes
        )
    prepared = prepare(decoded.text)
    if prepared.n_comments:
        skipped = counted(prepared.n_comments, "{0} comment line was skipped.", "{0} comment lines were skipped.")
        notes = (*notes, skipped)
    steps.at(0.15)
    rows = tokenise(prepared.text, prepared.delimiter, source, steps)
    grid = arrange(rows, source, names=prepared.commented_header, fill_short_rows=fill_short_rows)
    how = WORDS.get(prepared.delimiter)
    described = (
        translated("separated by {0}", prepared.delimiter) if how is None else translated(how),
        decoded.encoding,
        _out_of(content),
    )
    return _of_grid(grid, source, "", steps, text=described, delimiter=prepared.delimiter, notes=notes)


def _out_of(content: Content) -> str:
    if not content.packing:
        return ""
    # At most two: a zip of a gzip file, or the other way round.
    outer, *inner = content.packing
    return translated(", out of {0} in {1}", inner[0], outer) if inner else translated(", out of {0}", outer)


def _of_grid(
    grid: Grid,
    source: str,
    dialect: str,
    steps: Steps,
    *,
    text: tuple[str, str, str] | None = None,
    delimiter: str = "",
    notes: tuple[str, ...] = (),
    sheets: tuple[str, ...] = (),
    sheet: str | None = None,
) -> Table:
    if not grid.rows:
        raise DataError("{0} has a header but no rows; add at least two rows.", source)
    steps.at(_ROWS_STAND)
    data: list[ColumnData] = []
    for column in range(len(grid.names)):
        share = _ROWS_STAND + 0.15 * column / len(grid.names)
        data.append(ColumnData(_cells_of(grid, column, steps), pause=partial(steps.at, share)))
        if any(data[-1].evidence):
            steps.at(share)
    settle_decimals(data, delimiter)
    first, last = 0, len(grid.names) - 1
    columns: list[Column] = []
    remarks: list[str] = []
    for column, (name, cells_of) in enumerate(zip(grid.names, data, strict=True)):
        place = Place(column == first, column == last, column in grid.unnamed, grid.headless)
        columns.append(describe(name, cells_of, place))
        remarks += column_notes(name, cells_of, lambda row: int(grid.lines[row]))
        steps.at(_ROWS_STAND + 0.15 + 0.2 * column / len(grid.names))
    if text is not None:
        dialect = translated(_TEXT_DIALECTS[_decimal_of(data)], *text)
    every = (*notes, *grid.notes, *remarks)
    return Table(source, tuple(columns), len(grid.rows), dialect, every, sheets, grid.lines, tuple(data), sheet)


def _cells_of(grid: Grid, column: int, steps: Steps) -> list[str]:
    # zip(*rows) takes four times as long for 200 000 rows, and cannot be cancelled.
    cells: list[str] = []
    get = itemgetter(column)
    for start in range(0, len(grid.rows), _ROWS_PER_STEP):
        cells += map(get, grid.rows[start : start + _ROWS_PER_STEP])
        steps.at(0.0)
    return cells


def _decimal_of(data: Sequence[ColumnData]) -> str:
    """Return the decimal sign that all numbers have, or nothing."""
    signs: set[Decimal] = {column.decimal for column in data if column.is_numeric and any(column.evidence)}
    return signs.pop() if len(signs) == 1 else ""


def _of_arrays(content: Content, source: str, steps: Steps) -> Table:
    read = read_npy if content.form == "npy" else read_npz
    arrays: ArrayTable = read(content.data, source)
    steps.at(_ROWS_STAND)
    n_rows = len(arrays.columns[0])
    if n_rows == 0:
        raise DataError("{0} has no rows; add at least two.", source)
    data: list[ColumnData] = []
    columns: list[Column] = []
    last = len(arrays.names) - 1
    for column, (name, values) in enumerate(zip(arrays.names, arrays.columns, strict=True)):
        texts, numbers = (values, None) if isinstance(values, list) else (None, values)
        data.append(ColumnData(texts, numbers))
        place = Place(column == 0, column == last, headless=not arrays.named, picture=column < arrays.n_pixels)
        columns.append(describe(name, data[-1], place))
        steps.at(_ROWS_STAND + 0.35 * column / len(arrays.names))
    shape = arrays.image_shape
    is_array, packing = content.form == "npy", _out_of(content)
    if shape:
        words = "NumPy array, pictures of {1} × {2}{0}." if is_array else "NumPy archive, pictures of {1} × {2}{0}."
    else:
        words = "NumPy array{0}." if is_array else "NumPy archive{0}."
    return Table(
        source,
        tuple(columns),
        n_rows,
        translated(words, packing, *(shape or ())),
        arrays.notes
        if arrays.named or shape
        else (*arrays.notes, translated("The columns are called {0}.", listed(arrays.names, 2))),
        (),
        np.arange(1, n_rows + 1),
        tuple(data),
        given_targets=arrays.targets,
        image_shape=shape,
    )
