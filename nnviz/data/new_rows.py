"""New rows for a model: a table read as the recipe of its training data says, and whatever had to be assumed, said.

Nothing is learnt from these rows: categories, fills and the day from which dates are counted are those of training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from msgspec import Struct, field

from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.translation import counted, translated
from nnviz.data.cells import MISSING, folded, number
from nnviz.data.checked import LARGEST
from nnviz.data.column_data import Codes, ColumnData
from nnviz.data.columns import column_notes
from nnviz.data.dates import read_dates
from nnviz.data.goals import cell_words
from nnviz.data.matching import Columns
from nnviz.data.recipe import Recipe, SourceColumn
from nnviz.data.table import Table
from nnviz.data.wording import joined, listed, quoted, rows_text

#: Instead of a position: the cell is missing, or holds what training never saw.
GONE, UNKNOWN = -1, -2


class NewRows(Struct, frozen=True, eq=False):
    """Rows to predict.

    Attributes
    ----------
    X : ndarray (n_rows, n_features)
        Raw features as in training; NaN where a cell is missing that is not filled.
    answers : ndarray (n_rows, n_answers) or None
        What the table says that is predicted: positions of classes (NaN: missing or unknown), or values. None: it does
        not say.
    notes : tuple of str
    """

    X: Array
    answers: Array | None = None
    notes: tuple[str, ...] = ()


class Labels(Struct):
    """Cells of words as positions among names that are known; capitals and blanks do not count.

    Attributes
    ----------
    codes : ndarray of int (n_rows,)
        Position, `GONE` or `UNKNOWN`.
    unknown, otherwise : Counter of str
        What was never seen, and what was recognised though it is written otherwise, with how often each occurs.
    meant : dict of str to str
        What the latter was read as.
    """

    codes: Codes
    unknown: Counter[str] = field(default_factory=Counter)
    otherwise: Counter[str] = field(default_factory=Counter)
    meant: dict[str, str] = field(default_factory=dict)


def read_new_rows(
    table: Table,
    recipe: Recipe,
    feature_names: Sequence[str],
    needed: Collection[str],
    class_names: Sequence[str] = (),
) -> NewRows:
    """Read the features that a model needs, and the answers where they are there.

    Parameters
    ----------
    table : Table
    recipe : Recipe
    feature_names : sequence of str
        In the order of the columns of the result.
    needed : collection of str
        Those of them that the network sees; others may be missing from the table, and are 0 then.
    class_names : sequence of str
        Empty for a regression.

    Raises
    ------
    DataError
        Where a column that is needed is missing, given twice or holds no numbers.
    """
    columns = Columns(table, recipe, needed)
    notes = list(columns.notes)
    values = {feature: np.zeros(table.n_rows) for feature in feature_names}
    gaps: Counter[str] = Counter()
    for column in columns.wanted:
        some = _features(columns, column, notes)
        n_gaps = int(np.isnan(some).any(axis=1).sum())
        if n_gaps:
            gaps[column.name] = n_gaps
        values |= dict(zip(column.features, some.T, strict=True))
    X = np.column_stack([values[feature] for feature in feature_names])
    n_incomplete = int(np.isnan(X).any(axis=1).sum())
    if n_incomplete:
        notes.append(_incomplete(n_incomplete, table.n_rows, gaps))
    answers = _answers(columns, class_names, notes)
    return NewRows(X, answers, tuple(notes))


def resolved(data: ColumnData, names: Sequence[str], as_missing: Collection[str] = ()) -> Labels:
    """Return which of `names` each cell is: written exactly so, as the same number, or but for capitals and blanks."""
    exact = {name: position for position, name in enumerate(names)}
    times = Counter(map(folded, names))
    alike = {folded(name): position for name, position in exact.items() if times[folded(name)] == 1}
    gone = MISSING if data.declared.marks is None else data.declared.marks
    labels = Labels(np.empty(0, dtype=np.int64))
    table: dict[str, int] = {}
    for cell, n in data.counts.items():
        text = cell.strip()
        code = exact.get(text, UNKNOWN)
        if text in as_missing:
            code = GONE
        if code == UNKNOWN and (value := number(text, data.decimal)) is not None:
            code = exact.get(f"{value + 0.0:.15g}", UNKNOWN)
        if code == UNKNOWN and (text.lower() in gone or not text):
            code = GONE
        if code == UNKNOWN:
            code = alike.get(folded(text), UNKNOWN)
            if code == UNKNOWN:
                labels.unknown[text] += n
            else:
                labels.otherwise[text] += n
                labels.meant[text] = names[code]
        table[cell] = code
    labels.codes = np.fromiter(map(table.__getitem__, data.texts), dtype=np.int64, count=len(data))
    return labels


def _features(columns: Columns, column: SourceColumn, notes: list[str]) -> Array:
    """Return the features of a column ``(n_rows, n_features of it)``, NaN where they are missing."""
    position = columns.position(column.name)
    if position is None:
        ones = columns.indicators(column)
        assert ones is not None
        return np.column_stack([_numbers(columns.table, each, notes) for each in ones])
    if column.kind == "categorical":
        return _categories(columns.table, position, column, notes)
    if column.kind == "date":
        return _dates(columns.table.data[position], column, notes)
    return _filled(_numbers(columns.table, position, notes), column, notes).reshape(-1, 1)


def _categories(table: Table, position: int, column: SourceColumn, notes: list[str]) -> Array:
    labels = resolved(table.data[position], column.categories, column.as_missing)
    name = quoted(column.name)
    if labels.otherwise:
        notes.append(_read_otherwise(name, labels))
    if labels.unknown:
        notes.append(
            counted(
                len(labels.unknown),
                "Column {1}: {2} was never seen in training; it was taken for none of {3}.",
                "Column {1}: {2} were never seen in training; they were taken for none of {3}.",
                name,
                _with_rows(labels.unknown),
                listed(column.categories),
            )
        )
    codes = labels.codes.copy()
    n_gone = int((codes == GONE).sum())
    if n_gone and column.fill is not None:
        fill = int(column.fill)
        codes[codes == GONE] = fill
        notes.append(_was_filled(n_gone, name, quoted(column.categories[fill])))
    ones: Array = (codes[:, np.newaxis] == np.arange(len(column.categories))).astype(np.float64)
    ones[codes == GONE] = np.nan
    return ones


def _dates(data: ColumnData, column: SourceColumn, notes: list[str]) -> Array:
    dates = read_dates(data.texts, column.reference, column.order)
    values = dates.values
    if column.reference is None and dates.reference is not None:
        # Of whole dates, where training had times of day.
        values = 24.0 * (values % 1.0)
    gone = np.isnan(values)
    values = _filled(values, column, notes)
    found = [values]
    fills = dict(column.part_fills)
    for part, code in column.parts:
        codes = np.array(dates.part_codes(part), dtype=np.int64)
        if column.fill is not None and part in fills:
            codes = np.where(codes < 0, fills[part], codes)
        found.append(np.where(codes < 0, np.nan, (codes == code).astype(np.float64)))
    n_odd = int((gone & ~data.missing).sum())
    if n_odd:
        words = (
            "Column {1}: {2} is no date and was taken as missing.",
            "Column {1}: {0} cells such as {2} are no dates and were taken as missing.",
        )
        first = int(np.flatnonzero(gone & ~data.missing)[0])
        notes.append(counted(n_odd, *words, quoted(column.name), quoted(data.text(first).strip())))
    return np.column_stack(found)


def _numbers(table: Table, position: int, notes: list[str]) -> Array:
    """Return the numbers of a column, NaN where one is missing; a stray word among numbers is missing too, and said."""
    data, name = table.data[position], table.columns[position].name
    if _is_wordy(data):
        row = data.texts.index(data.strays[0])
    elif data.largest > LARGEST:
        row = int(np.flatnonzero(np.abs(data.numbers) > LARGEST)[0])
    else:
        if data.is_numeric:
            notes += column_notes(name, data, lambda row: int(table.lines[row]))
        return np.asarray(np.where(np.isfinite(data.numbers), data.numbers, np.nan))
    place, name, cell = cell_words(table, position, row)
    raise DataError("{0}: {1} must be a number, not {2}.", place, name, cell)


def _filled(numbers: Array, column: SourceColumn, notes: list[str]) -> Array:
    gone = np.isnan(numbers)
    if column.fill is None or not gone.any():
        return numbers
    notes.append(_was_filled(int(gone.sum()), quoted(column.name), translated("{0:.6g}", column.fill)))
    return np.where(gone, column.fill, numbers)


def _answers(columns: Columns, class_names: Sequence[str], notes: list[str]) -> Array | None:
    """Return what the table says that is predicted, as `NewRows` has it."""
    positions, table = columns.answers, columns.table
    if not positions:
        return None
    if class_names and len(positions) == 1:
        data, name = table.data[positions[0]], quoted(table.columns[positions[0]].name)
        labels = resolved(data, class_names)
        if labels.otherwise:
            notes.append(_read_otherwise(name, labels))
        if labels.unknown:
            notes.append(
                counted(
                    len(labels.unknown),
                    "Column {1}: the answer {2} is no class of the model ({3}); its rows are not compared.",
                    "Column {1}: the answers {2} are no classes of the model ({3}); their rows are not compared.",
                    name,
                    _with_rows(labels.unknown),
                    listed(class_names),
                )
            )
        codes = np.where(labels.codes < 0, np.nan, labels.codes.astype(np.float64)).reshape(-1, 1)
        return codes if labels.unknown or np.isfinite(codes).any() else None
    names = [table.columns[each].name for each in positions]
    wordy = [name for name, each in zip(names, positions, strict=True) if _is_wordy(table.data[each])]
    if wordy:
        words = "Column {0} holds no numbers, so that nothing could be compared with it."
        notes.append(translated(words, quoted(wordy[0])))
        return None
    values = np.column_stack([table.data[each].numbers for each in positions])
    values[~(np.abs(values) <= LARGEST)] = np.nan
    known = np.isfinite(values).all(axis=1)
    if class_names:
        codes = np.where(known, np.nan_to_num(values).argmax(axis=1).astype(np.float64), np.nan)
        return codes.reshape(-1, 1) if known.any() else None
    return values if known.any() else None


def _is_wordy(data: ColumnData) -> bool:
    return bool(data.strays) and not data.is_numeric


def _with_rows(cells: Counter[str]) -> str:
    """Return cells with how many rows hold each, the most frequent first."""
    return joined([translated("{0} ({1})", quoted(cell), rows_text(n)) for cell, n in cells.most_common()], 8)


def _read_otherwise(name: str, labels: Labels) -> str:
    pairs = [
        translated("{0} ({1}) is {2}", quoted(cell), rows_text(n), quoted(labels.meant[cell]))
        for cell, n in labels.otherwise.most_common()
    ]
    return translated("Column {0}: capitals and blanks do not count: {1}.", name, joined(pairs, 8))


def _was_filled(n: int, name: str, value: str) -> str:
    words = (
        "Column {1}: {0} missing cell became {2}, as in training.",
        "Column {1}: {0} missing cells became {2}, as in training.",
    )
    return counted(n, *words, name, value)


def _incomplete(n: int, n_rows: int, gaps: Counter[str]) -> str:
    where = joined([translated("{0} ({1})", quoted(name), rows_text(count)) for name, count in gaps.most_common()], 8)
    return counted(
        n,
        "{0} of {1} rows lacks a value and has no prediction: {2}.",
        "{0} of {1} rows lack a value and have no prediction: {2}.",
        n_rows,
        where,
    )
