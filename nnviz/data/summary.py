"""What becomes of a table with some choices, in words for the import dialog, and as the data set itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field

from nnviz.core.errors import DataError
from nnviz.core.inert import shown
from nnviz.core.numbers import count_text
from nnviz.core.translation import counted, translated
from nnviz.data.assembly import assembled
from nnviz.data.choices import TableChoices
from nnviz.data.dataset import Dataset
from nnviz.data.offers import Offer, is_costly, n_missing, offers_of, spellings
from nnviz.data.plan import TablePlan, is_unusable, known_cells, plan
from nnviz.data.table import Table
from nnviz.data.wording import joined, listed, quoted, rows_text

_ARCHIVES = (".gz", ".zip")
#: What is said of cells that were filled: of one, of many.
_FILLED = {
    "mean": ("{0} missing cell of {1} became the mean.", "{0} missing cells of {1} became the mean."),
    "median": ("{0} missing cell of {1} became the median.", "{0} missing cells of {1} became the median."),
    "most_frequent": (
        "{0} missing cell of {1} became the most frequent value.",
        "{0} missing cells of {1} became the most frequent value.",
    ),
}
#: The same of several columns.
_FILLED_TOGETHER = {
    "mean": "Missing cells became the mean of their column: {0}.",
    "median": "Missing cells became the median of their column: {0}.",
    "most_frequent": "Missing cells became the most frequent value of their column: {0}.",
}


class ImportSummary(Struct, frozen=True):
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
    offers : tuple of Offer
        Other choices that may be meant.
    missing : mapping of str to int
        Missing cells of each column.
    """

    problem: str
    inputs: tuple[str, ...]
    becomes: Mapping[str, str]
    classes: tuple[tuple[str, int], ...]
    n_used: int
    n_rows: int
    shape: str
    warnings: tuple[str, ...]
    offers: tuple[Offer, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)


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
        translated("{0} → {1}, {2} of {3}", _n_inputs(len(inputs)), _outcome(made), n_used, rows_text(table.n_rows)),
        tuple(_warnings(made)),
        offers_of(made),
        {made.name(position): n_missing(made, position) for position in range(len(table.columns))},
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
    if table.row_weights is not None:
        about.setdefault("row_weights", table.row_weights[rows])
    content = assembled(made)
    about = {**_picture(table, content["feature_names"]), "recipe": content["recipe"], **about}
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


def _picture(table: Table, feature_names: tuple[str, ...]) -> dict[str, Any]:
    """Return what a data set says of pictures, where all their pixels and nothing else are its features."""
    if table.image_shape is None:
        return {}
    n_pixels = table.image_shape[0] * table.image_shape[1] * (3 if table.colours else 1)
    pixels = tuple(column.name for column in table.columns[table.first_pixel : table.first_pixel + n_pixels])
    if feature_names != pixels:
        return {}
    if table.colours:
        return {"colour_shape": table.image_shape, "colours": table.colours}
    return {"image_shape": table.image_shape}


def _stem(name: str) -> str:
    file = Path(name)
    return Path(file.stem).stem if file.suffix.lower() in _ARCHIVES else file.stem


def _outcome(made: TablePlan) -> str:
    if made.goal is None:
        return translated("no target")
    if made.goal.task == "regression":
        return counted(len(made.goal.value_names), "{0} number", "{0} numbers")
    return counted(len(made.class_counts), "{0} class", "{0} classes")


def _n_inputs(n: int) -> str:
    return counted(n, "{0} input", "{0} inputs")


def _becomes(made: TablePlan, position: int, features: frozenset[int]) -> str:
    column = made.table.columns[position]
    if position in made.targets:
        return translated("target") if made.goal is None else translated("target: {0}", _outcome(made))
    if position not in features:
        return translated("left out: {0}", column.reason) if column.reason else translated("left out")
    names = made.inputs.get(position, [])
    if made.choice(position).kind == "numeric" and made.table.data[position].dates is None:
        return _n_inputs(1)
    some = ", ".join([*(shown(name) for name in names[:3]), *(["…"] if len(names) > 3 else [])])
    return translated("{0}: {1}", _n_inputs(len(names)), some)


def _warnings(made: TablePlan) -> list[str]:
    table = made.table
    sentences = []
    reasons: dict[str, list[str]] = {}
    used = {*made.features, *made.targets}
    for position, column in enumerate(table.columns):
        if column.reason and position not in used:
            reasons.setdefault(column.reason, []).append(column.name)
    for reason, names in reasons.items():
        sentences.append(
            counted(len(names), "Column left out ({1}): {2}.", "Columns left out ({1}): {2}.", reason, listed(names))
        )
    categorical = [p for p in made.features if made.choice(p).kind == "categorical"]
    if categorical:
        names = [made.name(position) for position in categorical]
        sentences.append(translated("Each category became an input of 0 and 1: {0}.", listed(names)))
    for position, groups in spellings(made):
        some = "; ".join(listed(group, 4) for group in groups[:3])
        words = "Column {0}: labels that differ only in capitals or blanks count as different: {1}."
        sentences.append(translated(words, quoted(made.name(position)), some))
    if is_costly(made):
        words = "Leaving incomplete rows out would cost more than a third of them, so that missing cells are filled."
        sentences.append(translated(words))
    n_lost = table.n_rows - int(made.rows.sum())
    if n_lost:
        sentences.append(
            counted(
                n_lost,
                "{0} of {1} rows is incomplete and was left out.",
                "{0} of {1} rows are incomplete and were left out.",
                table.n_rows,
            )
        )
    sentences += _fills(made)
    if made.goal is not None and made.goal.note:
        sentences.append(made.goal.note)
    single = [label for label, count in made.class_counts if count == 1]
    if single and len(made.class_counts) > 1 and made.rows.sum() >= 20:
        sentences.append(
            counted(len(single), "A class has a single row: {1}.", "Classes have a single row: {1}.", listed(single))
        )
    return sentences


def _fills(made: TablePlan) -> Iterator[str]:
    """Yield what became of missing cells, the columns that are filled alike in one sentence."""
    alike: dict[str, list[tuple[str, int]]] = {}
    for position in made.features:
        missing = made.choice(position).missing
        if missing == "drop" or is_unusable(made, position):
            continue
        n_filled = int((made.rows & ~known_cells(made, position)).sum())
        if n_filled:
            alike.setdefault(missing, []).append((made.name(position), n_filled))
    for how, filled in alike.items():
        if len(filled) == 1:
            (name, n_filled), (one, many) = filled[0], _FILLED[how]
            yield counted(n_filled, one, many, quoted(name))
        else:
            some = joined([f"{quoted(name)} ({count_text(n)})" for name, n in filled], 8)
            yield translated(_FILLED_TOGETHER[how], some)
