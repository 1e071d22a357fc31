"""Weights that a file gives to its rows: ARFF's ``{w}`` at the end of a row, Orange's column of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.numbers import count_text
from nnviz.core.translation import counted
from nnviz.core.weighting import LARGEST_WEIGHT
from nnviz.data.column_data import ColumnData
from nnviz.data.tokens import Lines


def row_weight(text: str, where: str) -> float:
    """Return the weight of a row; `DataError` unless it is a number from 0 to 10⁶."""
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not 0.0 <= weight <= LARGEST_WEIGHT:
        raise DataError(
            "{0}: the weight of the row is {1}; weights must lie between 0 and {2}.",
            where,
            text[:20],
            count_text(LARGEST_WEIGHT),
        )
    return weight


def weights_of(source: str, lines: Lines, given: Mapping[int, float], data: Sequence[ColumnData]) -> Array | None:
    """Return the weight of each row: those `given` by line, or those of the column that is declared to hold them.

    A row without one weighs 1. None: all rows weigh the same.

    Raises
    ------
    DataError
        Where a weight is negative or very large, or all of them are 0.
    """
    declared = [cells for cells in data if cells.declared.role == "weight" and cells.is_numeric]
    if not (given or declared):
        return None
    weights = np.array([given.get(line, 1.0) for line in lines.tolist()])
    if declared:
        numbers = declared[0].numbers
        for row in np.flatnonzero(~((numbers >= 0.0) & (numbers <= LARGEST_WEIGHT)) & ~np.isnan(numbers)):
            row_weight(f"{numbers[row]:g}", f"{source}, line {lines[row]}")
        weights = weights * np.where(np.isnan(numbers), 1.0, numbers)
    if not len(weights) or (weights == weights[0]).all():
        if len(weights) and weights[0] == 0.0:
            raise DataError("{0}: all rows have the weight 0, so that none counts.", source)
        return None
    return weights


def weights_note(weights: Array) -> str:
    """Return what a user should know of the weights of rows."""
    return counted(
        int((weights != 1.0).sum()),
        "{0} row has a weight, by which it counts in the loss.",
        "{0} rows have weights, by which they count in the loss.",
    )
