"""What is learnt from a table: the role of every column, proposed from what the columns hold and changed by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from nnviz.core.errors import DataError
from nnviz.data.columns import Column
from nnviz.data.dataset import Task
from nnviz.data.table import Table

Role = Literal["feature", "target", "ignored"]
InputKind = Literal["numeric", "categorical"]
Missing = Literal["drop", "mean", "median", "most_frequent"]
Target = str | tuple[str, ...]

#: More categories than these are not made inputs of their own unless somebody wants it.
_MOST_CATEGORIES = 100


@dataclass(frozen=True)
class ColumnChoice:
    """What is done with one column.

    Attributes
    ----------
    role : "feature", "target" or "ignored"
    kind : "numeric" or "categorical"
        Of a feature: one input, or one for each category. Of a target the task decides.
    missing : "drop", "mean", "median" or "most_frequent"
        What happens to rows in which a feature is missing. Rows without a target are always left out.
    """

    role: Role = "feature"
    kind: InputKind = "numeric"
    missing: Missing = "drop"


@dataclass(frozen=True)
class TableChoices:
    """What is learnt from a table.

    Attributes
    ----------
    target : str, tuple of str or None
        Name of the column to predict; several of 0 and 1 that stand for classes, or several values; None: nobody chose.
    task : "classification", "regression" or None
        None: as the target suggests.
    columns : mapping of str to ColumnChoice
        Of every column of the table, in its order.
    """

    target: Target | None
    task: Task | None
    columns: Mapping[str, ColumnChoice]

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the target columns."""
        return () if self.target is None else (self.target,) if isinstance(self.target, str) else self.target

    def with_target(self, target: Target | None) -> TableChoices:
        """Return choices with another target: its columns take that role, what was the target becomes a feature."""
        wanted = replace(self, target=target)
        columns = {
            name: replace(choice, role="target")
            if name in wanted.targets
            else replace(choice, role="feature")
            if choice.role == "target"
            else choice
            for name, choice in self.columns.items()
        }
        return replace(wanted, columns=columns)


def default_choices(table: Table, target: Target | None = None, task: Task | None = None) -> TableChoices:
    """Propose what is learnt from a table.

    Parameters
    ----------
    table : Table
    target : str or tuple of str, optional
        None: the last sensible column, or the first where it is the only one of categories; several columns of 0 and 1
        at the end that stand for classes are one target.
    task : "classification" or "regression", optional

    Raises
    ------
    DataError
        Where the table has no such column, or there is no such task.
    """
    if task is not None and task not in get_args(Task):
        raise DataError("The task must be 'classification' or 'regression', not {0!r}.", task)
    chosen: Target | None = target if target is None or isinstance(target, str) else tuple(target)
    if chosen is None:
        chosen = _proposed_target(table)
    names = () if chosen is None else (chosen,) if isinstance(chosen, str) else chosen
    for name in names:
        table.position(name)
    columns: dict[str, ColumnChoice] = {
        column.name: replace(proposed(column, table.n_rows), role="target")
        if column.name in names
        else proposed(column, table.n_rows)
        for column in table.columns
    }
    return TableChoices(chosen, task, columns)


def proposed(column: Column, n_rows: int) -> ColumnChoice:
    """Return what is done with a column where nobody says otherwise and it is no target."""
    kind: InputKind = "numeric" if column.kind in ("numeric", "index") or _is_number_id(column) else "categorical"
    too_many = column.kind == "categorical" and column.n_distinct > min(_MOST_CATEGORIES, n_rows)
    return ColumnChoice("ignored" if column.reason or too_many else "feature", kind)


def is_one_hot(table: Table, positions: Sequence[int]) -> bool:
    """Return whether columns hold 0 and 1 such that exactly one of them is 1 in each row without missing cells."""
    total = np.zeros(table.n_rows)
    for position in positions:
        if not is_binary(table, position):
            return False
        total += table.data[position].numbers
    known = np.isfinite(total)
    return len(positions) > 1 and bool(known.any()) and bool((total[known] == 1.0).all())


def is_binary(table: Table, position: int) -> bool:
    """Return whether a column has both 0 and 1 and nothing else."""
    data = table.data[position]
    if not data.is_numeric:
        return False
    values = data.numbers[np.isfinite(data.numbers)]
    return bool(((values == 0.0) | (values == 1.0)).all()) and 0.0 < values.sum() < len(values)


def _is_number_id(column: Column) -> bool:
    return column.kind in ("id", "constant") and all(
        cell.lstrip("+-").replace(".", "", 1).isdecimal() for cell in column.examples
    )


def _proposed_target(table: Table) -> Target | None:
    given = table.given_targets
    if given:
        return given if len(given) > 1 else given[0]
    columns = table.columns
    sensible = [index for index, column in enumerate(columns) if column.kind in ("numeric", "categorical")]
    last = len(columns) - 1
    # Words at the end of each row are meant as the target; that they cannot be one is better said than passed over.
    if columns[last].kind == "text" or (columns[last].kind == "constant" and not table.data[last].is_numeric):
        return columns[last].name
    if not sensible:
        return None
    group = _one_hot_end(table, sensible)
    if group:
        return tuple(columns[index].name for index in group)
    categorical = [index for index in sensible if columns[index].kind == "categorical"]
    if categorical == sensible[:1] and len(sensible) > 1:
        return columns[sensible[0]].name
    return columns[sensible[-1]].name


def _one_hot_end(table: Table, sensible: list[int]) -> list[int]:
    """Return the last columns if they are one-hot; there can be no more than one such group."""
    total = np.zeros(table.n_rows)
    for n, position in enumerate(reversed(sensible), start=1):
        if n > 50 or not is_binary(table, position):
            return []
        total += table.data[position].numbers
        if n > 1 and n < len(sensible) and is_one_hot(table, sensible[-n:]):
            return sensible[-n:]
    return []
