"""The inputs of a plan: numbers with their gaps filled, and a column of 0 and 1 for each category."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.data.categories import categories
from nnviz.data.column_data import Codes
from nnviz.data.plan import TablePlan
from nnviz.data.wording import quoted


def assembled(made: TablePlan) -> dict[str, Any]:
    """Return the inputs of a plan without problems: ``X`` (n_used, n_inputs) and ``feature_names``."""
    n_used = int(made.rows.sum())
    names = [name for position in made.features for name in made.inputs[position]]
    X = np.empty((n_used, len(names)))
    at = 0
    for position in made.features:
        data, choice = made.table.data[position], made.choice(position)
        if choice.kind == "categorical":
            codes = categories(data, choice, target=False)[0][made.rows]
            at = _put(X, at, codes, made.categories[position])
            continue
        X[:, at] = _filled(made, position, data.values[made.rows])
        at += 1
        if data.dates is None:
            continue
        for part in choice.parts:
            codes = np.array(data.dates.part_codes(part), dtype=np.int64)[made.rows]
            at = _put(X, at, codes, made.parts[position, part])
    return {"X": X, "feature_names": tuple(names)}


def _put(X: Array, at: int, codes: Codes, present: list[int]) -> int:
    """Write a column of 0 and 1 for each category from `at` on, missing ones as the most frequent; return the end."""
    if (codes < 0).any():
        codes = np.where(codes < 0, np.bincount(codes[codes >= 0]).argmax(), codes)
    for code in present:
        X[:, at] = codes == code
        at += 1
    return at


def _filled(made: TablePlan, position: int, numbers: Array) -> Array:
    gone = np.isnan(numbers)
    if not gone.any():
        return numbers
    known = numbers[~gone]
    if not len(known):
        raise DataError("{0}: column {1} has no values; leave it out.", made.table.name, quoted(made.name(position)))
    match made.choice(position).missing:
        case "mean":
            value = known.mean()
        case "median":
            value = np.median(known)
        case _:
            different, counts = np.unique(known, return_counts=True)
            value = different[counts.argmax()]
    return np.where(gone, value, numbers)
