"""What becomes of a table with some choices, in words for the import dialog, and as the data set itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.core.errors import DataError
from nnviz.data.choices import TableChoices
from nnviz.data.dataset import Dataset
from nnviz.data.plan import Plan, assembled, known_cells, plan
from nnviz.data.table import Table
from nnviz.data.wording import listed, plural, quoted, shown

_ARCHIVES = (".gz", ".zip")


@dataclass(frozen=True)
class ImportSummary:
    """What a table would become.

    Attributes
    ----------
    problem : str
        Why it cannot be learnt from; empty where it can.
    inputs : tuple of str
        Names of the inputs.
    becomes : mapping of str to str
        What each column becomes, such as "3 inputs: species=Adelie, …" or "left out: one value only".
    classes : tuple of (str, int)
        Labels and their rows; empty for a regression.
    n_used, n_rows : int
    shape : str
        Such as "7 inputs → 3 classes, 333 of 344 rows".
    warnings : tuple of str
        Sentences on what the choices do; what was assumed on reading is in the table's notes.
    """

    problem: str
    inputs: tuple[str, ...]
    becomes: Mapping[str, str]
    classes: tuple[tuple[str, int], ...]
    n_used: int
    n_rows: int
    shape: str
    warnings: tuple[str, ...]


def summarise(table: Table, choices: TableChoices) -> ImportSummary:
    """Return what a table would become. Never raises for a bad choice: it is the summary's `problem`."""
    made = plan(table, choices)
    inputs = tuple(name for position in made.features for name in made.inputs.get(position, ()))
    features = frozenset(made.features)
    becomes = {column.name: _becomes(made, position, features) for position, column in enumerate(table.columns)}
    n_used = int(made.rows.sum())
    return ImportSummary(
        made.problem,
        inputs,
        becomes,
        made.class_counts,
        n_used,
        table.n_rows,
        f"{plural(len(inputs), 'input')} → {_outcome(made)}, {n_used} of {plural(table.n_rows, 'row')}",
        tuple(_warnings(made)),
    )


def make_dataset(table: Table, choices: TableChoices, **more: Any) -> Dataset:
    """Return a table as a data set.

    Parameters
    ----------
    table : Table
    choices : TableChoices
    **more
        name, title, notes, citation, licence, doi, image_shape of the data set, instead of what the table says.

    Raises
    ------
    DataError
        Where the choices cannot be followed: the `problem` of its summary.
    """
    made = plan(table, choices)
    if made.problem or made.goal is None:
        raise DataError(made.problem)
    goal, rows = made.goal, made.rows
    about: dict[str, Any] = {"name": _stem(table.name), "title": table.name, **more}
    about["notes"] = (*about.get("notes", table.notes), *_warnings(made))
    content = assembled(made)
    pixels = [column.name for column in table.columns[: len(content["feature_names"])]]
    if table.image_shape is not None and list(content["feature_names"]) == pixels:
        height, width = table.image_shape
        about.setdefault("image_shape", table.image_shape if height * width == len(pixels) else None)
    if goal.values is not None:
        return Dataset.of_values(content["X"], goal.values[rows], content["feature_names"], goal.value_names, **about)
    assert goal.codes is not None
    present = np.unique(goal.codes[rows])
    return Dataset.of_classes(
        content["X"],
        np.searchsorted(present, goal.codes[rows]),
        [label for label, _ in made.class_counts],
        content["feature_names"],
        goal.name,
        **about,
    )


def _stem(name: str) -> str:
    file = Path(name)
    return Path(file.stem).stem if file.suffix.lower() in _ARCHIVES else file.stem


def _outcome(made: Plan) -> str:
    if made.goal is None:
        return "no target"
    if made.goal.task == "regression":
        return plural(len(made.goal.value_names), "number")
    n_classes = len(made.class_counts)
    return f"{n_classes} class" if n_classes == 1 else f"{n_classes} classes"


def _becomes(made: Plan, position: int, features: frozenset[int]) -> str:
    column = made.table.columns[position]
    if position in made.targets:
        outcome = _outcome(made)
        return "target" if made.goal is None else f"target: {outcome}"
    if position not in features:
        return f"left out: {column.reason}" if column.reason else "left out"
    names = made.inputs.get(position, [])
    if made.choice(position).kind == "numeric":
        return "1 input"
    some = ", ".join(shown(name) for name in names[:3])
    return f"{plural(len(names), 'input')}: {some}{', …' if len(names) > 3 else ''}"


def _warnings(made: Plan) -> list[str]:
    table = made.table
    sentences = []
    reasons: dict[str, list[str]] = {}
    used = {*made.features, *made.targets}
    for position, column in enumerate(table.columns):
        if column.reason and position not in used:
            reasons.setdefault(column.reason, []).append(column.name)
    for reason, names in reasons.items():
        sentences.append(f"{'Column' if len(names) == 1 else 'Columns'} left out ({reason}): {listed(names)}.")
    categorical = [p for p in made.features if made.choice(p).kind == "categorical"]
    if categorical:
        names = [made.name(position) for position in categorical]
        sentences.append(f"Each category became an input of 0 and 1: {listed(names)}.")
    n_lost = table.n_rows - int(made.rows.sum())
    if n_lost:
        verb = "is incomplete and was" if n_lost == 1 else "are incomplete and were"
        sentences.append(f"{n_lost} of {table.n_rows} rows {verb} left out.")
    words = {"mean": "the mean", "median": "the median", "most_frequent": "the most frequent value"}
    for position in made.features:
        missing = made.choice(position).missing
        if missing == "drop" or (made.choice(position).kind == "numeric" and not table.data[position].is_numeric):
            continue
        n_filled = int((made.rows & ~known_cells(made, position)).sum())
        if n_filled:
            cells = plural(n_filled, "missing cell")
            sentences.append(f"{cells} of {quoted(made.name(position))} became {words[missing]}.")
    if made.goal is not None and made.goal.note:
        sentences.append(made.goal.note)
    single = [label for label, count in made.class_counts if count == 1]
    if single and len(made.class_counts) > 1 and made.rows.sum() >= 20:
        sentences.append(f"{'A class has' if len(single) == 1 else 'Classes have'} a single row: {listed(single)}.")
    return sentences
