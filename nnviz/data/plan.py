"""From a table and choices to inputs and targets, step by step, so that whatever stands in the way is one sentence.

The import dialog's summary and the data set come from the same `TablePlan`, so that the one never promises what the
other does not keep.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct, field

from nnviz.core.errors import DataError
from nnviz.core.inert import shown
from nnviz.core.translation import counted, translated
from nnviz.data.categories import categories
from nnviz.data.choices import ColumnChoice, Mask, TableChoices
from nnviz.data.column_data import Codes
from nnviz.data.column_words import Part
from nnviz.data.dates import part_names
from nnviz.data.goals import MOST_CLASSES, Goal, cell_words, check_size, goal_of
from nnviz.data.table import Table
from nnviz.data.wording import joined, listed, quoted

MOST_INPUTS = 4096
"""More inputs than this, categories included, are refused."""

_TOO_MANY_INPUTS = (
    "{0} would make {1} inputs, more than the {2} that are possible; leave out columns, above all those with many "
    "categories."
)


class TablePlan(Struct):
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
    parts : dict of (int, str) to list of int
        Codes of the weekdays, months or hours that each date has in the rows that are used.
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
    parts: dict[tuple[int, Part], list[int]] = field(default_factory=dict)
    class_counts: tuple[tuple[str, int], ...] = ()
    problem: str = ""

    def choice(self, position: int) -> ColumnChoice:
        """Return what is done with a column; one that the choices do not name is ignored."""
        return self.choices.columns.get(self.table.columns[position].name, ColumnChoice("ignored"))

    def name(self, position: int) -> str:
        """Return the name of a column."""
        return self.table.columns[position].name


def plan(table: Table, choices: TableChoices) -> TablePlan:
    """Settle as much as the choices allow. Never raises: what stands in the way is the plan's `problem`."""
    made = TablePlan(table, choices, rows=np.ones(table.n_rows, dtype=bool))
    for step in (_settle_roles, _settle_inputs_known, _settle_goal, _settle_rows, _settle_inputs, _settle_classes):
        try:
            step(made)
        except DataError as error:
            # The first is what has to be put right first; the other steps still say what they can.
            made.problem = made.problem or str(error)
    return made


def _settle_roles(made: TablePlan) -> None:
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
        raise _no_features(made)
    if len(made.features) > MOST_INPUTS:
        raise DataError(_TOO_MANY_INPUTS, table.name, len(made.features), MOST_INPUTS)


def _no_features(made: TablePlan) -> DataError:
    """Return what stands in the way where there is no input: a role to change, or columns that the table lacks."""
    table, target = made.table, listed(made.choices.targets, 3)
    if len(table.columns) == 1:
        return DataError("{0} has no column beside the target {1}; add features.", table.name, target)
    others = [column for position, column in enumerate(table.columns) if position not in made.targets]
    reasons = joined(
        [translated("{0}: {1}", quoted(column.name), column.reason) for column in others if column.reason], 3
    )
    if any(column.kind not in ("constant", "empty") for column in others):
        words = (
            "{0} has no column beside the target {1} that can be learnt from ({2}); give one of them the role of a "
            "feature."
            if reasons
            else "{0} has no column beside the target {1} that can be learnt from; give one of the others the role of "
            "a feature."
        )
    else:
        words = (
            "{0} has no column beside the target {1} that can be learnt from ({2}); add a column of different values."
        )
    return DataError(words, table.name, target, reasons)


def _settle_inputs_known(made: TablePlan) -> None:
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
        if not data.is_measured and data.n_missing < len(data):
            row = data.texts.index(data.strays[0])
            raise DataError(
                "{0}: column {1} has {2}; features must be numbers.", *cell_words(made.table, position, row)
            )
        if data.n_missing == len(data):
            raise DataError(
                "{0}: column {1} has no values; leave it out.", made.table.name, quoted(made.name(position))
            )


def _settle_goal(made: TablePlan) -> None:
    if not made.targets:
        made.problem = made.problem or translated("{0}: choose a target.", made.table.name)
        return
    made.goal = goal_of(made.table, made.choices, made.targets)


def _settle_rows(made: TablePlan) -> None:
    table = made.table
    rows = made.goal.known.copy() if made.goal is not None else np.ones(table.n_rows, dtype=bool)
    for position in made.features:
        if made.choice(position).missing == "drop" and not is_unusable(made, position):
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
    check_size(made.table, [position for position in made.features if made.choice(position).kind == "numeric"], rows)


def is_unusable(made: TablePlan, position: int) -> bool:
    """Return whether a feature is said to be a number and is none."""
    return made.choice(position).kind == "numeric" and not made.table.data[position].is_measured


def known_cells(made: TablePlan, position: int) -> Mask:
    """Return in which rows a feature has a value."""
    data = made.table.data[position]
    if made.choice(position).kind == "categorical":
        return np.asarray(categories(data, made.choice(position), target=False)[0] >= 0)
    return data.has_value


def _settle_inputs(made: TablePlan) -> None:
    taken: set[str] = {made.name(p) for p in made.features if made.choice(p).kind == "numeric"}
    for position in made.features:
        data, choice = made.table.data[position], made.choice(position)
        if choice.kind == "categorical":
            codes, labels = categories(data, choice, target=False)
            made.categories[position] = _present(codes, made.rows, len(labels))
            names = [f"{made.name(position)}={labels[code]}" for code in made.categories[position]]
            made.inputs[position] = _different(names, taken)
        elif data.dates is None:
            made.inputs[position] = [made.name(position)]
        else:
            names = [data.dates.input_name(made.name(position))]
            for part in choice.parts:
                codes = np.array(data.dates.part_codes(part), dtype=np.int64)
                made.parts[position, part] = _present(codes, made.rows, len(part_names(part)))
                head = f"{made.name(position)} ({part})"
                names += [f"{head}={part_names(part)[code]}" for code in made.parts[position, part]]
            made.inputs[position] = _different(names, taken)
    n_inputs = sum(map(len, made.inputs.values()))
    if n_inputs > MOST_INPUTS:
        raise DataError(_TOO_MANY_INPUTS, made.table.name, n_inputs, MOST_INPUTS)
    empty = [position for position, names in made.inputs.items() if not names]
    if empty:
        raise DataError("{0}: column {1} has no values; leave it out.", made.table.name, quoted(made.name(empty[0])))


def _present(codes: Codes, rows: Mask, n: int) -> list[int]:
    """Return the codes that occur in some rows, in order."""
    used = codes[rows]
    return np.flatnonzero(np.bincount(used[used >= 0], minlength=n)).tolist()


def _different(names: list[str], taken: set[str]) -> list[str]:
    """Return names of which none is taken, and take them."""
    unique = []
    for base in names:
        name, number = base, 2
        while name in taken:
            name, number = f"{base} ({number})", number + 1
        taken.add(name)
        unique.append(name)
    return unique


def _settle_classes(made: TablePlan) -> None:
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
