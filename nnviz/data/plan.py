"""From a table and choices to inputs and targets, step by step, so that whatever stands in the way is one sentence.

The import dialog's summary and the data set come from the same `Plan`, so that the one never promises what the other
does not keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.translation import counted, translated
from nnviz.data.choices import ColumnChoice, TableChoices, is_one_hot
from nnviz.data.columns import Codes
from nnviz.data.dataset import LARGEST, Task
from nnviz.data.table import Table
from nnviz.data.wording import listed, quoted, rows_text, shown

MOST_CLASSES = 50
"""More different classes than this are taken for a mistake in the choice of the target."""
MOST_INPUTS = 2000
"""More inputs than this, categories included, are refused."""
FEW_VALUES = 10
"""A numeric target is read as classes where it has no more different whole numbers than this."""
SMALL = 100
"""Whole numbers beyond this are no classes unless somebody says so."""
FEW_LABELS = 4
"""So few labels may be different in most rows: a table for trying things out."""

_TOO_MANY_INPUTS = (
    "{0} would make {1} inputs, more than the {2} that are possible; leave out columns, above all those with many "
    "categories."
)

Mask = NDArray[np.bool_]


@dataclass
class Goal:
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


@dataclass
class Plan:
    """What has been settled so far, complete where `problem` is empty.

    Attributes
    ----------
    features, targets : list of int
        Positions of the columns.
    goal : Goal or None
    rows : ndarray of bool (n_rows,)
        Those that are used.
    inputs : dict of int to list of str
        Names of the inputs that each feature becomes.
    categories : dict of int to list of int
        Codes of the categories that each categorical feature has in the rows that are used.
    class_counts : tuple of (str, int)
        Of the rows that are used, in the order of the classes.
    problem : str
    """

    table: Table
    choices: TableChoices
    features: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    goal: Goal | None = None
    rows: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))
    inputs: dict[int, list[str]] = field(default_factory=dict)
    categories: dict[int, list[int]] = field(default_factory=dict)
    class_counts: tuple[tuple[str, int], ...] = ()
    problem: str = ""

    def choice(self, position: int) -> ColumnChoice:
        """Return what is done with a column; one that the choices do not name is ignored."""
        return self.choices.columns.get(self.table.columns[position].name, ColumnChoice("ignored"))

    def name(self, position: int) -> str:
        """Return the name of a column."""
        return self.table.columns[position].name


def plan(table: Table, choices: TableChoices) -> Plan:
    """Settle as much as the choices allow. Never raises: what stands in the way is the plan's `problem`."""
    made = Plan(table, choices, rows=np.ones(table.n_rows, dtype=bool))
    for step in (_settle_roles, _settle_inputs_known, _settle_goal, _settle_rows, _settle_inputs, _settle_classes):
        try:
            step(made)
        except DataError as error:
            # The first is what has to be put right first; the other steps still say what they can.
            made.problem = made.problem or str(error)
    return made


def _settle_roles(made: Plan) -> None:
    table, choices = made.table, made.choices
    names = {column.name: position for position, column in enumerate(table.columns)}
    made.targets = [names[name] for name in choices.targets if name in names]
    made.features = [
        position
        for position in range(len(table.columns))
        if made.choice(position).role == "feature" and position not in made.targets
    ]
    for name in (*choices.targets, *choices.columns):
        if name not in names:
            table.position(name)  # says which name may be meant
    if len(set(made.targets)) < len(made.targets):
        raise DataError("{0}: a column is named twice as target; name each once.", table.name)
    others = [name for name, choice in choices.columns.items() if choice.role == "target"]
    others = [name for name in others if name not in choices.targets]
    if others:
        raise DataError(
            "{0}: {1} is marked as target, but is not the chosen one; choose one.", table.name, listed(others)
        )
    if table.n_rows < 2:
        raise DataError("{0} has only 1 row; a network needs at least two to learn from.", table.name)
    if not made.targets:
        raise DataError("{0} has no column that could be predicted; choose a target.", table.name)
    if not made.features:
        left_out = [
            translated("{0}: {1}", quoted(column.name), column.reason)
            for position, column in enumerate(table.columns)
            if column.reason and position not in made.targets
        ]
        reasons = ", ".join([*left_out[:3], *(["…"] if len(left_out) > 3 else [])])
        if len(table.columns) == 1:
            words = "{0} has no column beside the target {1}; add features."
        elif not left_out:
            words = "{0} has no column beside the target {1} that can be learnt from; add features."
        else:
            words = "{0} has no column beside the target {1} that can be learnt from ({2}); add features."
        raise DataError(words, table.name, listed(choices.targets, 3), reasons)
    if len(made.features) > MOST_INPUTS:
        raise DataError(_TOO_MANY_INPUTS, table.name, len(made.features), MOST_INPUTS)


def _settle_inputs_known(made: Plan) -> None:
    for position in made.features:
        choice, data = made.choice(position), made.table.data[position]
        if choice.kind == "categorical":
            if choice.missing in ("mean", "median"):
                raise DataError(
                    "{0}: column {1} has categories, which have no mean; take the most frequent one, or leave "
                    "incomplete rows out."
                    if choice.missing == "mean"
                    else "{0}: column {1} has categories, which have no median; take the most frequent one, or leave "
                    "incomplete rows out.",
                    made.table.name,
                    quoted(made.name(position)),
                )
            continue
        if not data.is_numeric and data.n_missing < len(data):
            row = data.texts.index(data.strays[0])
            raise DataError("{0}: column {1} has {2}; features must be numbers.", *_cell(made, position, row))
        if data.n_missing == len(data):
            raise DataError(
                "{0}: column {1} has no values; leave it out.", made.table.name, quoted(made.name(position))
            )


def _settle_goal(made: Plan) -> None:
    if not made.targets:
        made.problem = made.problem or translated("{0}: choose a target.", made.table.name)
        return
    if len(made.targets) > 1:
        made.goal = _joint_goal(made)
    else:
        made.goal = _single_goal(made, made.targets[0])


def _joint_goal(made: Plan) -> Goal:
    table, task = made.table, made.choices.task
    names = tuple(made.name(position) for position in made.targets)
    for position in made.targets:
        if not table.data[position].is_numeric:
            raise DataError(
                "{0}: several targets must be numbers, and {1} is not; choose a single column of words.",
                table.name,
                quoted(made.name(position)),
            )
    values = np.column_stack([table.data[position].numbers for position in made.targets])
    known = np.asarray(~np.isnan(values).any(axis=1))
    one_hot = is_one_hot(table, made.targets)
    if task == "classification" and not one_hot:
        raise DataError(
            "{0}: {1} are no classes: one of them must be 1 in each row, the others 0.", table.name, listed(names, 4)
        )
    if one_hot and task != "regression":
        codes = np.where(known, np.nan_to_num(values).argmax(axis=1), -1)
        name, labels = _joint_names(names)
        note = "" if task else translated("The columns {0} of 0 and 1 were read as classes.", listed(names, 4))
        return Goal("classification", name, codes=codes, labels=labels, known=known, note=note)
    _check_size(made, made.targets, known)
    return Goal("regression", listed(names, 3), names, values, known=known)


def _joint_names(names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what the classes are called together, and each of them: columns "kind=a" and "kind=b" are of one kind."""
    heads = {name.partition("=")[0] for name in names}
    if len(heads) == 1 and all(name.partition("=")[2] for name in names):
        return heads.pop(), tuple(name.partition("=")[2] for name in names)
    first, last = min(names), max(names)
    n_common = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:n_common].rstrip("_ -.:[(") or "class", tuple(names)


def _single_goal(made: Plan, position: int) -> Goal:
    table, task = made.table, made.choices.task
    name, data = made.name(position), table.data[position]
    if task == "regression":
        if not data.is_numeric:
            row = next((data.texts.index(cell) for cell in data.strays), 0)
            raise DataError(
                "{0}: column {1} has {2}; the target of a regression must be a number.", *_cell(made, position, row)
            )
        return _values_goal(made, position)
    if not data.is_numeric:
        codes, labels = data.labels(target=True)
        goal = Goal("classification", name, codes=codes, labels=labels, known=codes >= 0)
        n_known = int(goal.known.sum())
        if FEW_LABELS < len(labels) <= MOST_CLASSES and 2 * len(labels) > n_known:
            raise DataError(
                "{0}: column {1} has {2} different texts in {3}, so there is nothing to learn about any "
                "of them; choose another target.",
                table.name,
                quoted(name),
                len(labels),
                rows_text(n_known),
            )
        return goal
    if task == "classification" and data.strays:
        codes, labels = data.labels(target=True)
        return Goal("classification", name, codes=codes, labels=labels, known=codes >= 0)
    known = data.has_number
    if task is None and not looks_like_classes(data.numbers[known]):
        return _values_goal(made, position)
    _check_size(made, [position], known)
    codes, labels = _number_codes(data.numbers, known)
    note = "" if task else translated("The whole numbers in {0} were read as classes.", quoted(name))
    return Goal("classification", name, codes=codes, labels=labels, known=codes >= 0, note=note)


def _number_codes(numbers: Array, known: Mask) -> tuple[Codes, tuple[str, ...]]:
    # Numbers are compared as numbers, so that 1 and 1.0 are one class; adding 0 makes -0 a 0.
    values, inverse = np.unique(numbers[known] + 0.0, return_inverse=True)
    labels: dict[str, int] = {}
    merged = np.array([labels.setdefault(f"{value:.15g}", len(labels)) for value in values], dtype=np.int64)
    codes = np.full(len(numbers), -1, dtype=np.int64)
    if len(values):
        codes[known] = merged[inverse]
    return codes, tuple(labels)


def _values_goal(made: Plan, position: int) -> Goal:
    numbers, name = made.table.data[position].numbers, made.name(position)
    known = np.asarray(~np.isnan(numbers))
    _check_size(made, [position], known)
    return Goal("regression", name, (name,), numbers.reshape(-1, 1), known=known)


def looks_like_classes(values: Array) -> bool:
    """Return whether numbers are a few small whole ones that repeat."""
    different = np.unique(values)
    if len(different) > FEW_VALUES or not len(different):
        return False
    if set(different) in ({0.0, 1.0}, {-1.0, 1.0}):
        return True
    whole = bool(np.all(different == np.round(different))) and bool(np.abs(different).max() <= SMALL)
    return whole and 2 * len(different) <= len(values)


def _settle_rows(made: Plan) -> None:
    table = made.table
    rows = made.goal.known.copy() if made.goal is not None else np.ones(table.n_rows, dtype=bool)
    for position in made.features:
        if made.choice(position).missing == "drop" and not _is_unusable(made, position):
            rows &= known_cells(made, position)
    made.rows = rows
    n_used = int(rows.sum())
    if n_used < 2:
        raise DataError(
            "{0} has only {1} of {2}; two are needed: leave out the columns in which cells are missing, or fill them.",
            table.name,
            counted(n_used, "{0} complete row", "{0} complete rows"),
            table.n_rows,
        )
    _check_size(made, [position for position in made.features if made.choice(position).kind == "numeric"], rows)


def _is_unusable(made: Plan, position: int) -> bool:
    return made.choice(position).kind == "numeric" and not made.table.data[position].is_numeric


def known_cells(made: Plan, position: int) -> Mask:
    """Return in which rows a feature has a value."""
    data = made.table.data[position]
    if made.choice(position).kind == "categorical":
        return np.asarray(data.labels(target=False)[0] >= 0)
    return data.has_number


def _settle_inputs(made: Plan) -> None:
    taken: set[str] = {made.name(p) for p in made.features if made.choice(p).kind == "numeric"}
    for position in made.features:
        if made.choice(position).kind == "numeric":
            made.inputs[position] = [made.name(position)]
            continue
        codes, labels = made.table.data[position].labels(target=False)
        used = codes[made.rows]
        present = np.flatnonzero(np.bincount(used[used >= 0], minlength=len(labels)))
        made.categories[position] = present.tolist()
        names: list[str] = []
        for code in present:
            name, number = f"{made.name(position)}={labels[code]}", 2
            while name in taken:
                name, number = f"{made.name(position)}={labels[code]} ({number})", number + 1
            taken.add(name)
            names.append(name)
        made.inputs[position] = names
    n_inputs = sum(map(len, made.inputs.values()))
    if n_inputs > MOST_INPUTS:
        raise DataError(_TOO_MANY_INPUTS, made.table.name, n_inputs, MOST_INPUTS)
    empty = [position for position, names in made.inputs.items() if not names]
    if empty:
        raise DataError("{0}: column {1} has no values; leave it out.", made.table.name, quoted(made.name(empty[0])))


def _settle_classes(made: Plan) -> None:
    goal, source = made.goal, made.table.name
    if goal is None:
        return
    if goal.codes is None:
        values = goal.values
        if values is not None and made.rows.any() and (values[made.rows] == values[made.rows][0]).all():
            raise DataError(
                "{0}: all rows have the same {1} ({2:.6g}); there is nothing to predict.",
                source,
                quoted(goal.name),
                values[made.rows][0, 0],
            )
        return
    counts = np.bincount(goal.codes[made.rows], minlength=len(goal.labels))
    present = np.flatnonzero(counts)
    made.class_counts = tuple((goal.labels[code], int(counts[code])) for code in present)
    if len(present) > MOST_CLASSES:
        raise DataError(
            "{0}: column {1} has {2} different values, more than the {3} classes that are possible; "
            "choose another target.",
            source,
            quoted(goal.name),
            len(present),
            MOST_CLASSES,
        )
    if len(present) == 1:
        label = shown(goal.labels[present[0]])
        raise DataError(
            "{0}: all rows have the same {1} ({2}); there is nothing to tell apart.", source, quoted(goal.name), label
        )
    if not len(present):
        raise DataError("{0}: column {1} has no values; choose another target.", source, quoted(goal.name))


def _check_size(made: Plan, positions: Sequence[int], rows: Mask) -> None:
    for position in positions:
        data = made.table.data[position]
        if not data.is_numeric or data.largest <= LARGEST:
            continue
        beyond = rows & ~(np.abs(np.nan_to_num(data.numbers, nan=0.0, posinf=np.inf, neginf=-np.inf)) <= LARGEST)
        if beyond.any():
            row = int(np.flatnonzero(beyond)[0])
            raise DataError(
                "{0}: column {1} has {2}; numbers must be finite and at most {3:g}.",
                *_cell(made, position, row),
                LARGEST,
            )


def _cell(made: Plan, position: int, row: int) -> tuple[str, str, str]:
    """Return where a cell is, the name of its column, and what is in it, as messages say it."""
    cell = quoted(made.table.data[position].text(row).strip())
    return made.table.where(row), quoted(made.name(position)), cell


def assembled(made: Plan) -> dict[str, Any]:
    """Return the inputs of a plan without problems: ``X`` (n_used, n_inputs) and ``feature_names``."""
    n_used = int(made.rows.sum())
    names = [name for position in made.features for name in made.inputs[position]]
    X = np.empty((n_used, len(names)))
    at = 0
    for position in made.features:
        data = made.table.data[position]
        if made.choice(position).kind == "numeric":
            X[:, at] = _filled(made, position, data.numbers[made.rows])
            at += 1
            continue
        codes = data.labels(target=False)[0][made.rows]
        if (codes < 0).any():
            codes = np.where(codes < 0, np.bincount(codes[codes >= 0]).argmax(), codes)
        for code in made.categories[position]:
            X[:, at] = codes == code
            at += 1
    return {"X": X, "feature_names": tuple(names)}


def _filled(made: Plan, position: int, numbers: Array) -> Array:
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
