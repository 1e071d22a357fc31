"""The inputs of a plan: numbers with their gaps filled, and a column of 0 and 1 for each category."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.core.arrays import read_only
from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.data.categories import categories
from nnviz.data.column_data import Codes
from nnviz.data.column_words import Part
from nnviz.data.plan import TablePlan
from nnviz.data.recipe import Recipe, SourceColumn
from nnviz.data.wording import quoted


def assembled(made: TablePlan) -> dict[str, Any]:
    """Return the inputs of a plan without problems: ``X`` (n_used, n_inputs), ``feature_names`` and ``recipe``."""
    n_used = int(made.rows.sum())
    names = [name for position in made.features for name in made.inputs[position]]
    X = np.empty((n_used, len(names)))
    columns = []
    at = 0
    for position in made.features:
        end = at + len(made.inputs[position])
        columns.append(_put_column(made, position, X[:, at:end]))
        at = end
    known = tuple(column.name for column in made.table.columns)
    recipe = Recipe(tuple(columns), tuple(map(made.name, made.targets)), known)
    # Nobody else has it: a data set takes it as it is, where it would copy what its owner can still change.
    return {"X": read_only(X), "feature_names": tuple(names), "recipe": recipe}


def _put_column(made: TablePlan, position: int, X: Array) -> SourceColumn:
    """Write the inputs of one column into `X` (n_used, n_inputs of it), and return how they were made."""
    data, choice = made.table.data[position], made.choice(position)
    name, inputs, fills = made.name(position), tuple(made.inputs[position]), choice.missing != "drop"
    if choice.kind == "categorical":
        codes, labels = categories(data, choice, target=False)
        present = made.categories[position]
        fill = _put(X, codes[made.rows], present)
        some = tuple(labels[code] for code in present)
        gone = choice.as_missing
        return SourceColumn(name, "categorical", inputs, some, gone, fill=present.index(fill) if fills else None)
    numbers, value = _filled(made, position, data.values[made.rows])
    X[:, 0] = numbers
    if data.dates is None:
        return SourceColumn(name, "numeric", inputs, fill=value)
    parts: list[tuple[Part, int]] = []
    part_fills: list[tuple[Part, int]] = []
    for part in choice.parts:
        codes = np.array(data.dates.part_codes(part), dtype=np.int64)[made.rows]
        present = made.parts[position, part]
        usual = _put(X[:, 1 + len(parts) :], codes, present)
        parts += [(part, code) for code in present]
        part_fills += [(part, usual)] if present else []
    return SourceColumn(
        name,
        "date",
        inputs,
        reference=data.dates.reference,
        order=data.dates.order,
        parts=tuple(parts),
        fill=value,
        part_fills=tuple(part_fills),
    )


def _put(X: Array, codes: Codes, present: list[int]) -> int:
    """Write a column of 0 and 1 for each category, missing ones as the most frequent, and return which that is."""
    usual = int(np.bincount(codes[codes >= 0]).argmax()) if present else -1
    if (codes < 0).any():
        codes = np.where(codes < 0, usual, codes)
    for column, code in enumerate(present):
        X[:, column] = codes == code
    return usual


def _filled(made: TablePlan, position: int, numbers: Array) -> tuple[Array, float | None]:
    """Return a column with its gaps filled, and with what they are; None where they are not."""
    rule = made.choice(position).missing
    if rule == "drop":
        return numbers, None
    gone = np.isnan(numbers)
    known = numbers[~gone]
    if not len(known):
        raise DataError("{0}: column {1} has no values; leave it out.", made.table.name, quoted(made.name(position)))
    match rule:
        case "mean":
            value = known.mean()
        case "median":
            value = np.median(known)
        case _:
            different, counts = np.unique(known, return_counts=True)
            value = different[counts.argmax()]
    return (np.where(gone, value, numbers) if gone.any() else numbers), float(value)
