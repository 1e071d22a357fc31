"""Columns that a program already has, by name, as a `Table`: dictionaries of lists, data frames, arrays of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.translation import translated
from nnviz.data.column_data import ColumnData
from nnviz.data.columns import Place, describe
from nnviz.data.table import Table
from nnviz.data.wording import quoted


def is_columns(rows: Any) -> bool:
    """Return whether `rows` are columns by name: a mapping, or a data frame of pandas, Polars and the like."""
    return isinstance(rows, Mapping) or (hasattr(rows, "columns") and hasattr(rows, "__getitem__"))


def table_of_columns(rows: Any) -> Table:
    """Return the table that a mapping or a data frame holds.

    Raises
    ------
    DataError
        Where names occur twice, or columns differ in length.
    """
    given = list(rows) if isinstance(rows, Mapping) else list(rows.columns)
    names = [str(name).strip() for name in given]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError("{0} has several columns called {1}; rename or remove the others.", _title(), quoted(twice))
    return _table(names, [rows[name] for name in given])


def table_of_objects(array: np.ndarray) -> Table:
    """Return the table of an array of words and numbers, whose columns have no names."""
    if array.ndim != 2:
        raise DataError("{0} must have rows and columns, not the shape {1}.", _title(), array.shape)
    names = [f"x{number}" for number in range(1, array.shape[1] + 1)]
    return _table(names, list(array.T), has_made_up_names=True)


def _title() -> str:
    return translated("The table")


def _table(names: Sequence[str], columns: Sequence[Any], *, has_made_up_names: bool = False) -> Table:
    data = [_column(values, name) for name, values in zip(names, columns, strict=True)]
    if not data:
        raise DataError("{0} has no columns; give it those that the model needs.", _title())
    n_rows = len(data[0])
    if any(len(column) != n_rows for column in data):
        raise DataError("The columns of the table differ in length; give every row as many cells.")
    return Table(
        _title(),
        tuple(describe(name, column, Place()) for name, column in zip(names, data, strict=True)),
        n_rows,
        "",
        (),
        (),
        np.arange(1, n_rows + 1),
        tuple(data),
        has_made_up_names=has_made_up_names,
    )


def _column(values: Any, name: str) -> ColumnData:
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError("Column {0} of the table must be a list with a value for each row.", quoted(name))
    if array.dtype.kind in "iuf":
        numbers: Array = array.astype(np.float64)
        return ColumnData(None, numbers)
    return ColumnData([_text(value) for value in array.tolist()])


def _text(value: Any) -> str:
    """Return a cell as a file would have it; None, NaN and the like are empty."""
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return ""
    return str(value)
