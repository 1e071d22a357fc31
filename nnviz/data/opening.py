"""Opening a table: from a file, or the bytes of a clipboard, to columns that are described in words."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from msgspec import Struct, field

from nnviz.core.errors import DataError
from nnviz.core.inert import shown
from nnviz.core.storage import expanded
from nnviz.core.translation import counted, translated
from nnviz.data.arff import read_arff
from nnviz.data.arrays import ArrayTable, read_npy, read_npz
from nnviz.data.cells import Decimal
from nnviz.data.choices import default_choices
from nnviz.data.column_data import ColumnData, settle_decimals
from nnviz.data.column_words import Rules
from nnviz.data.columns import Column, Place, column_notes, describe
from nnviz.data.content import Content, read_file, unpacked
from nnviz.data.dataset import Colours
from nnviz.data.declared import NOTHING, Declared
from nnviz.data.decoding import decode
from nnviz.data.dialects import WORDS, PreparedText, prepare
from nnviz.data.idx import read_idx
from nnviz.data.orange import orange_header
from nnviz.data.pictures import find_pictures, is_interleaved
from nnviz.data.plain_columns import plain_grid
from nnviz.data.plan import plan
from nnviz.data.signatures import is_arff
from nnviz.data.steps import IsCancelled, Progress, Steps
from nnviz.data.structure import Grid, arrange
from nnviz.data.table import Table
from nnviz.data.tokens import tokenise
from nnviz.data.weights import weights_note, weights_of
from nnviz.data.whole_numbers import whole_grid
from nnviz.data.wording import listed, quoted
from nnviz.data.workbooks import Workbook

#: Share of the work that is done when the rows stand, before their columns are looked at.
_ROWS_STAND = 0.65
_ROWS_PER_STEP = 200
#: How a text is written, by its decimal sign: what separates cells, the encoding, what it was packed in.
_TEXT_DIALECTS = {
    "": "Text, {0}, {1}{2}.",
    ".": "Text, {0}, {1}{2}, decimal point.",
    ",": "Text, {0}, {1}{2}, decimal comma.",
}
#: The same of arrays, by their form and whether they are pictures: what they were packed in, height and width.
_ARRAY_DIALECTS = {
    ("npy", False): "NumPy array{0}.",
    ("npy", True): "NumPy array, pictures of {1} × {2}{0}.",
    ("npz", False): "NumPy archive{0}.",
    ("npz", True): "NumPy archive, pictures of {1} × {2}{0}.",
    ("idx", True): "IDX files, pictures of {1} × {2}{0}.",
}


def open_table(
    source: str | os.PathLike[str] | bytes,
    *,
    name: str | None = None,
    sheet: str | None = None,
    fill_short_rows: bool = False,
    partner: str | os.PathLike[str] | None = None,
    rules: Rules = 2,
    progress: Progress | None = None,
    cancelled: IsCancelled | None = None,
) -> Table:
    """Read a table: delimited text, ARFF, Orange's tables, a workbook, NPY, NPZ or IDX; out of gzip and zip too.

    Parameters
    ----------
    source : path-like or bytes
    name : str, optional
        What messages call it; None: the name of the file.
    sheet : str, optional
        Of a workbook; None: the active one, or else the first visible one, that can be learnt from.
    fill_short_rows : bool
        Whether rows with too few cells are filled with missing ones.
    partner : path-like, optional
        The labels of an IDX file of pictures, or the pictures of one of labels; None: what lies beside it.
    rules : 1 or 2
        1: as nnviz 0.1 has read tables, for experiments of that time.
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
    PartnerNeededError
        Where an IDX file is given and the other one is not found.
    DataError
        Where there is no table: one sentence that names the file and, where there is one, the line.
    Cancelled
    """
    steps = Steps(progress, cancelled)
    steps.at(0.0)
    # Nobody keeps what is read here, which may be large.
    data = [
        bytes(source) if isinstance(source, bytes | bytearray | memoryview) else read_file(os.fspath(source), steps)
    ]
    path = None if isinstance(source, bytes | bytearray | memoryview) else expanded(source)
    label = shown(name or (path.name if path is not None else "The table"), 100)
    content = unpacked(data.pop(), label, steps)
    reading = _Reading(content, label, steps, path, fill_short_rows, rules, partner)
    table = _of_content(reading, sheet)
    if sheet is not None and not table.sheets:
        raise DataError("{0} is no workbook, so it has no sheet {1}.", label, quoted(sheet))
    steps.at(1.0)
    return table


class _Reading(Struct, frozen=True):
    """What is read, and how."""

    content: Content
    source: str
    steps: Steps
    path: Path | None
    fill_short_rows: bool
    rules: Rules
    partner: str | os.PathLike[str] | None = None

    @property
    def out_of(self) -> str:
        """Words on what the table was packed in."""
        if not self.content.packing:
            return ""
        # At most two: a zip of a gzip file, or the other way round.
        outer, *inner = self.content.packing
        return translated(", out of {0} in {1}", inner[0], outer) if inner else translated(", out of {0}", outer)


class _Said(Struct, frozen=True):
    """What is known of a table beside its rows."""

    dialect: str = ""
    text: tuple[str, str, str] | None = None
    delimiter: str = ""
    notes: tuple[str, ...] = ()
    declared: tuple[Declared, ...] = ()
    weights: Mapping[int, float] = field(default_factory=dict)
    last_is_usual: bool = False
    sheets: tuple[str, ...] = ()
    sheet: str | None = None


def _of_content(reading: _Reading, sheet: str | None) -> Table:
    if reading.content.form == "workbook":
        return _of_workbook(reading, sheet)
    return _of_text(reading) if reading.content.form == "text" else _of_arrays(reading)


def _of_workbook(reading: _Reading, sheet: str | None) -> Table:
    """Read a sheet: the one that is named, or the first of the likely ones that can be learnt from."""
    with Workbook(reading.content.data, reading.source, reading.steps) as book:
        if sheet is None and reading.rules == 2:
            return _of_likely_sheet(reading, book)
        return _of_sheet(reading, book, sheet if sheet is not None else book.first_with_rows())


def _of_likely_sheet(reading: _Reading, book: Workbook) -> Table:
    readable: Table | None = None
    first_error: DataError | None = None
    for name in book.likely():
        try:
            table = _of_sheet(reading, book, name)
        except DataError as error:
            first_error = first_error or error
            continue
        if not plan(table, default_choices(table)).problem:
            return table
        readable = readable or table
    if readable is not None:
        return readable
    assert first_error is not None
    raise first_error


def _of_sheet(reading: _Reading, book: Workbook, name: str) -> Table:
    grid = arrange(book.rows(name), reading.source, fill_short_rows=reading.fill_short_rows)
    words = translated("Workbook, sheet {0}{1}.", quoted(name), reading.out_of)
    return _of_grid(reading, grid, _Said(words, sheets=book.names, sheet=name))


def _of_text(reading: _Reading) -> Table:
    # What the text was is let go of before its columns are looked at.
    return _of_grid(reading, *_read_text(reading))


def _read_text(reading: _Reading) -> tuple[Grid, _Said]:
    source, steps, fill = reading.source, reading.steps, reading.fill_short_rows
    decoded = decode(reading.content.taken(), source)
    notes = (decoded.note,) if decoded.note else ()
    steps.at(0.12)
    if is_arff(decoded.text):
        rows, declared = read_arff(decoded.text, source, steps)
        grid = arrange(rows, source, fill_short_rows=fill, has_header=True)
        words = translated("ARFF, {0}{1}.", decoded.encoding, reading.out_of)
        said = _Said(words, notes=notes, declared=declared, weights=rows.weights, last_is_usual=True)
        return grid, said if reading.rules == 2 else _Said(words, notes=notes)
    prepared = prepare(decoded.text)
    if prepared.n_comments:
        skipped = counted(prepared.n_comments, "{0} comment line was skipped.", "{0} comment lines were skipped.")
        notes = (*notes, skipped)
    steps.at(0.15)
    grid, declared = _grid_of(prepared, reading)
    how = WORDS.get(prepared.delimiter)
    separated = translated("separated by {0}", prepared.delimiter) if how is None else translated(how)
    described = separated, decoded.encoding, reading.out_of
    return grid, _Said(text=described, delimiter=prepared.delimiter, notes=notes, declared=declared)


def _grid_of(prepared: PreparedText, reading: _Reading) -> tuple[Grid, tuple[Declared, ...]]:
    """Return the cells of a text, and what it says of its columns."""
    source, steps = reading.source, reading.steps
    if reading.rules == 2:
        large = whole_grid(prepared, source, steps) or plain_grid(prepared, source, steps)
        if large is not None:
            return large, ()
    rows = tokenise(prepared.text, prepared.delimiter, source, steps)
    declared: tuple[Declared, ...] = ()
    if reading.rules == 2:
        rows, declared = orange_header(rows)
    names, fill = prepared.commented_header, reading.fill_short_rows
    return arrange(rows, source, names=names, fill_short_rows=fill, has_header=bool(declared)), declared


def _of_grid(reading: _Reading, grid: Grid, said: _Said) -> Table:
    source, steps = reading.source, reading.steps
    if not grid.n_rows:
        raise DataError("{0} has a header but no rows; add at least two rows.", source)
    steps.at(_ROWS_STAND)
    declared = said.declared if len(said.declared) == len(grid.names) else (NOTHING,) * len(grid.names)
    data = _columns_of(grid, declared, reading)
    settle_decimals(data, said.delimiter)
    seen = _seen(reading, grid.names, data, grid.headless, grid.unnamed)
    remarks: list[str] = []
    for name, cells_of in zip(grid.names, data, strict=True):
        remarks += column_notes(name, cells_of, lambda row: int(grid.lines[row]))
    dialect = said.dialect
    if said.text is not None:
        dialect = translated(_TEXT_DIALECTS[_decimal_of(data)], *said.text)
    weights = weights_of(source, grid.lines, said.weights, data)
    if weights is not None:
        remarks.append(weights_note(weights))
    targets = tuple(name for name, what in zip(grid.names, declared, strict=True) if what.role == "target")
    return Table(
        source,
        seen.columns,
        grid.n_rows,
        dialect,
        (*said.notes, *grid.notes, *remarks, *seen.notes),
        said.sheets,
        grid.lines,
        tuple(data),
        said.sheet,
        given_targets=targets or seen.targets,
        image_shape=seen.image_shape,
        colours=seen.colours,
        first_pixel=seen.first_pixel,
        usual_target=grid.names[-1] if said.last_is_usual else "",
        has_made_up_names=grid.headless,
        repeated=grid.repeated,
        row_weights=weights,
        rules=reading.rules,
    )


class _Seen(Struct, frozen=True):
    """What was found by looking at all columns together."""

    columns: tuple[Column, ...]
    targets: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    colours: Colours = ""
    first_pixel: int = 0
    notes: tuple[str, ...] = ()


def _seen(
    reading: _Reading,
    names: Sequence[str],
    data: Sequence[ColumnData],
    headless: bool,
    unnamed: Collection[int] = (),
    n_pixels: int = 0,
) -> _Seen:
    """Describe every column; where they are the pixels of pictures, none is left out."""
    last = len(names) - 1
    pictures = find_pictures(names, data, headless) if reading.rules == 2 and not n_pixels else None
    if pictures is not None and data[pictures.label].declared == NOTHING:
        data[pictures.label].declared = Declared("nominal")
    columns = []
    for column, (name, cells) in enumerate(zip(names, data, strict=True)):
        is_pixel = column < n_pixels if pictures is None else column != pictures.label
        place = Place(column == 0, column == last, column in unnamed, headless, is_pixel)
        columns.append(describe(name, cells, place))
        reading.steps.at(_ROWS_STAND + 0.15 + 0.2 * column / len(names))
    if pictures is None:
        return _Seen(tuple(columns))
    label, first = names[pictures.label], pictures.first_pixel
    if pictures.shape is None:
        return _Seen(tuple(columns), (label,))
    colours: Colours = ""
    if pictures.n_channels == 3:
        some = np.column_stack([cells.numbers[:200] for cells in data[first : first + last]])
        colours = "pixels" if is_interleaved(some, pictures.shape[0]) else "planes"
    words = "Column {0} says what is on pictures of {1} × {2}, whose pixels are the other columns."
    notes = (translated(words, quoted(label), *pictures.shape),)
    return _Seen(tuple(columns), (label,), pictures.shape, colours, first, notes)


def _columns_of(grid: Grid, declared: Sequence[Declared], reading: _Reading) -> list[ColumnData]:
    if grid.whole is not None:
        return [ColumnData(None, numbers, rules=reading.rules) for numbers in grid.whole]
    data: list[ColumnData] = []
    cells: list[Sequence[str]] = list(grid.columns) or list(_cells_of(grid, reading.steps))
    for column, what in enumerate(declared):
        share = _ROWS_STAND + 0.15 * column / len(declared)
        pause = partial(reading.steps.at, share)
        data.append(ColumnData(cells[column], pause=pause, declared=what, rules=reading.rules))
        # The texts take more room than anything else of a table: those that are packed now are let go.
        cells[column] = []
        if any(data[-1].evidence):
            reading.steps.at(share)
    return data


def _cells_of(grid: Grid, steps: Steps) -> list[list[str]]:
    # All rows at once, or column by column, takes up to ten times as long, because the cells lie far apart then.
    cells: list[list[str]] = [[] for _ in grid.names]
    for start in range(0, len(grid.rows), _ROWS_PER_STEP):
        for column, some in zip(cells, zip(*grid.rows[start : start + _ROWS_PER_STEP], strict=True), strict=True):
            column += some
        steps.at(0.0)
    return cells


def _decimal_of(data: Sequence[ColumnData]) -> str:
    """Return the decimal sign that all numbers have, or nothing."""
    signs: set[Decimal] = {column.decimal for column in data if column.is_numeric and any(column.evidence)}
    return signs.pop() if len(signs) == 1 else ""


def _of_arrays(reading: _Reading) -> Table:
    arrays = _arrays_of(reading)
    reading.steps.at(_ROWS_STAND)
    n_rows = len(arrays.columns[0])
    if n_rows == 0:
        raise DataError("{0} has no rows; add at least two.", reading.source)
    data: list[ColumnData] = []
    for name, values in zip(arrays.names, arrays.columns, strict=True):
        texts, numbers = (values, None) if isinstance(values, list) else (None, values)
        is_class = arrays.has_classes and name in arrays.targets
        what = Declared("nominal") if is_class else NOTHING
        data.append(ColumnData(texts, numbers, declared=what, rules=reading.rules))
    seen = _seen(reading, arrays.names, data, not arrays.named, n_pixels=arrays.n_pixels)
    shape = arrays.image_shape
    notes = (*arrays.notes, *seen.notes)
    if not arrays.named and not shape:
        notes = (*notes, translated("The columns are called {0}.", listed(arrays.names, 2)))
    return Table(
        reading.source,
        seen.columns,
        n_rows,
        translated(_ARRAY_DIALECTS[reading.content.form, shape is not None], reading.out_of, *(shape or ())),
        notes,
        (),
        np.arange(1, n_rows + 1),
        tuple(data),
        given_targets=arrays.targets or seen.targets,
        image_shape=shape or seen.image_shape,
        colours=arrays.colours or seen.colours,
        first_pixel=seen.first_pixel,
        has_made_up_names=not arrays.named,
        rules=reading.rules,
    )


def _arrays_of(reading: _Reading) -> ArrayTable:
    content, source = reading.content, reading.source
    if content.form == "idx":
        partner = None if reading.partner is None else expanded(reading.partner)
        return read_idx(content.data, source, reading.path, reading.steps, partner)
    return read_npy(content.data, source) if content.form == "npy" else read_npz(content.data, source)
