"""What target columns are read as: classes or values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct, field

from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.translation import translated
from nnviz.data.categories import categories
from nnviz.data.checked import LARGEST
from nnviz.data.choices import ColumnChoice, Mask, TableChoices
from nnviz.data.column_data import Codes
from nnviz.data.dataset import Task
from nnviz.data.labels import looks_like_classes
from nnviz.data.table import Table
from nnviz.data.target_choice import is_one_hot
from nnviz.data.wording import listed, quoted, rows_text

MOST_CLASSES = 50
"""More different classes than this are taken for a mistake in the choice of the target."""
FEW_LABELS = 4
"""So few labels may be different in most rows: a table for trying things out."""


class Goal(Struct):
    """What is predicted.

    Attributes
    ----------
    task : "classification" or "regression"
    name : str
        Of the class column or of the values together.
    value_names : tuple of str
        Of the values of a regression.
    values : ndarray (n_rows, n_values) or None
    codes : ndarray of int (n_rows,) or None
        Class of each row, −1 where it is missing.
    labels : tuple of str
        What the codes stand for.
    known : ndarray of bool (n_rows,)
    note : str
    """

    task: Task
    name: str
    value_names: tuple[str, ...] = ()
    values: Array | None = None
    codes: Codes | None = None
    labels: tuple[str, ...] = ()
    known: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))
    note: str = ""


def goal_of(table: Table, choices: TableChoices, positions: Sequence[int]) -> Goal:
    """Return what target columns, at least one, are read as.

    Parameters
    ----------
    table : Table
    choices : TableChoices
        Whose task may be None: as the columns suggest.
    positions : sequence of int
        Of the target columns.

    Raises
    ------
    DataError
        Where they can be no target of the task.
    """
    if len(positions) > 1:
        return _joint_goal(table, choices.task, positions)
    column = table.columns[positions[0]]
    return _single_goal(table, choices.task, positions[0], choices.columns.get(column.name, ColumnChoice("target")))


def _joint_goal(table: Table, task: Task | None, positions: Sequence[int]) -> Goal:
    names = tuple(table.columns[position].name for position in positions)
    for position in positions:
        if not table.data[position].is_numeric:
            raise DataError(
                "{0}: several targets must be numbers, and {1} is not; choose a single column of words.",
                table.name,
                quoted(table.columns[position].name),
            )
    values = np.column_stack([table.data[position].numbers for position in positions])
    known = np.asarray(~np.isnan(values).any(axis=1))
    one_hot = is_one_hot(table, positions)
    if task == "classification" and not one_hot:
        raise DataError(
            "{0}: {1} are no classes: one of them must be 1 in each row, the others 0.", table.name, listed(names, 4)
        )
    if one_hot and task != "regression":
        codes = np.where(known, np.nan_to_num(values).argmax(axis=1), -1)
        name, labels = _joint_names(names)
        note = "" if task else translated("The columns {0} of 0 and 1 were read as classes.", listed(names, 4))
        return Goal("classification", name, codes=codes, labels=labels, known=known, note=note)
    check_size(table, positions, known)
    return Goal("regression", listed(names, 3), names, values, known=known)


def _joint_names(names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what the classes are called together, and each of them: columns "kind=a" and "kind=b" are of one kind."""
    heads = {name.partition("=")[0] for name in names}
    if len(heads) == 1 and all(name.partition("=")[2] for name in names):
        return heads.pop(), tuple(name.partition("=")[2] for name in names)
    first, last = min(names), max(names)
    n_common = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:n_common].rstrip("_ -.:[(") or "class", tuple(names)


def _single_goal(table: Table, task: Task | None, position: int, choice: ColumnChoice) -> Goal:
    name, data = table.columns[position].name, table.data[position]
    declared = data.declared.kind
    if task == "regression":
        if not data.is_numeric:
            row = next((data.texts.index(cell) for cell in data.strays), 0)
            raise DataError(
                "{0}: column {1} has {2}; the target of a regression must be a number.",
                *cell_words(table, position, row),
            )
        return _values_goal(table, position)
    if not data.is_numeric or (task == "classification" and data.strays) or declared == "nominal":
        return _words_goal(table, position, choice)
    known = data.has_number
    if task is None and (declared == "numeric" or not looks_like_classes(data.numbers[known])):
        return _values_goal(table, position)
    check_size(table, [position], known)
    codes, labels = _number_codes(data.numbers, known)
    note = "" if task else translated("The whole numbers in {0} were read as classes.", quoted(name))
    return Goal("classification", name, codes=codes, labels=labels, known=codes >= 0, note=note)


def _words_goal(table: Table, position: int, choice: ColumnChoice) -> Goal:
    name, data = table.columns[position].name, table.data[position]
    codes, labels = categories(data, choice, target=True)
    n_known = int((codes >= 0).sum())
    is_listed = data.is_numeric or data.declared.kind == "nominal"
    if not is_listed and FEW_LABELS < len(labels) <= MOST_CLASSES and 2 * len(labels) > n_known:
        raise DataError(
            "{0}: column {1} has {2} different texts in {3}, so there is nothing to learn about any "
            "of them; choose another target.",
            table.name,
            quoted(name),
            len(labels),
            rows_text(n_known),
        )
    return Goal("classification", name, codes=codes, labels=labels, known=codes >= 0)


def _number_codes(numbers: Array, known: Mask) -> tuple[Codes, tuple[str, ...]]:
    # Numbers are compared as numbers, so that 1 and 1.0 are one class; adding 0 makes -0 a 0.
    values, inverse = np.unique(numbers[known] + 0.0, return_inverse=True)
    labels: dict[str, int] = {}
    merged = np.array([labels.setdefault(f"{value:.15g}", len(labels)) for value in values], dtype=np.int64)
    codes = np.full(len(numbers), -1, dtype=np.int64)
    if len(values):
        codes[known] = merged[inverse]
    return codes, tuple(labels)


def _values_goal(table: Table, position: int) -> Goal:
    numbers, name = table.data[position].numbers, table.columns[position].name
    known = np.asarray(~np.isnan(numbers))
    check_size(table, [position], known)
    return Goal("regression", name, (name,), numbers.reshape(-1, 1), known=known)


def check_size(table: Table, positions: Sequence[int], rows: Mask) -> None:
    """Raise `DataError` where a number in some rows of columns is infinite or beyond `LARGEST`."""
    for position in positions:
        data = table.data[position]
        if not data.is_numeric or data.largest <= LARGEST:
            continue
        beyond = rows & ~(np.abs(np.nan_to_num(data.numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)) <= LARGEST)
        if beyond.any():
            row = int(np.flatnonzero(beyond)[0])
            raise DataError(
                "{0}: column {1} has {2}; numbers must be finite and at most {3:g}.",
                *cell_words(table, position, row),
                LARGEST,
            )


def cell_words(table: Table, position: int, row: int) -> tuple[str, str, str]:
    """Return where a cell is, the name of its column, and what is in it, as messages say it."""
    cell = quoted(table.data[position].text(row).strip())
    return table.where(row), quoted(table.columns[position].name), cell
