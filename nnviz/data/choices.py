"""What is learnt from a table: the role of every column, proposed from what the columns hold and changed by people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from nnviz.core.errors import DataError
from nnviz.data.categories import categories
from nnviz.data.column_words import InputKind, Missing, Part, Role
from nnviz.data.columns import Column
from nnviz.data.dataset import Task
from nnviz.data.table import Table
from nnviz.data.target_choice import proposed_target

Target = str | tuple[str, ...]

#: More categories than these are not made inputs of their own unless somebody wants it.
_MOST_CATEGORIES = 100
#: How gaps are filled where that is proposed.
_FILL: Mapping[InputKind, Missing] = {"numeric": "median", "categorical": "most_frequent"}

Mask = NDArray[np.bool_]


class ColumnChoice(Struct, frozen=True):
    """What is done with one column.

    Attributes
    ----------
    role : "feature", "target" or "ignored"
    kind : "numeric" or "categorical"
        Of a feature: one input, or one for each category. Of a target the task decides.
    missing : "drop", "mean", "median" or "most_frequent"
        What happens to rows in which a feature is missing. Rows without a target are always left out.
    joined : bool
        Whether categories that differ only in capitals or blanks are one.
    as_missing : tuple of str
        Categories that stand for a missing cell.
    parts : tuple of "weekday", "month", "hour"
        Of dates: categories that become inputs beside the days.
    """

    role: Role = "feature"
    kind: InputKind = "numeric"
    missing: Missing = "drop"
    joined: bool = False
    as_missing: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


class TableChoices(Struct, frozen=True):
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
        None: what the file says; else a column of a name such as target, label or y, or class or price at the end or
        the beginning; else the last one that can be predicted. Several columns of 0 and 1 at the end that stand for
        classes are one target.
    task : "classification" or "regression", optional

    Raises
    ------
    DataError
        Where the table has no such column, or there is no such task.
    """
    if task is not None and not (isinstance(task, str) and task in get_args(Task)):
        raise DataError("The task must be 'classification' or 'regression', not {0!r}.", task)
    chosen: Target | None = target if target is None or isinstance(target, str) else tuple(target)
    if chosen is None:
        chosen = proposed_target(table)
    names = () if chosen is None else (chosen,) if isinstance(chosen, str) else chosen
    for name in names:
        table.position(name)
    columns: dict[str, ColumnChoice] = {
        column.name: replace(proposed(column, table.n_rows), role="target")
        if column.name in names
        else proposed(column, table.n_rows)
        for column in table.columns
    }
    if table.rules == 2:
        columns = _with_an_input(table, columns)
        columns = with_fills(table, columns)
    return TableChoices(chosen, task, columns)


def _with_an_input(table: Table, columns: dict[str, ColumnChoice]) -> dict[str, ColumnChoice]:
    """Let a running number be the input where nothing else is."""
    if any(choice.role == "feature" for choice in columns.values()):
        return columns
    running = [column.name for column in table.columns if column.kind == "index"]
    return {
        name: replace(choice, role="feature") if name in running and choice.role == "ignored" else choice
        for name, choice in columns.items()
    }


def with_fills(table: Table, columns: Mapping[str, ColumnChoice]) -> dict[str, ColumnChoice]:
    """Have missing cells filled where leaving rows out would cost more than a third of them: median, most frequent."""
    gaps = [
        position
        for position, column in enumerate(table.columns)
        if column.n_missing and columns[column.name].role == "feature"
    ]
    if not gaps:
        return dict(columns)
    complete = np.ones(table.n_rows, dtype=bool)
    for position, column in enumerate(table.columns):
        if columns[column.name].role == "target":
            complete &= _known(table, position, columns[column.name], target=True)
    n_with_target = int(complete.sum())
    for position in gaps:
        complete &= _known(table, position, columns[table.columns[position].name], target=False)
    if 3 * int(complete.sum()) >= 2 * n_with_target:
        return dict(columns)
    filled: dict[str, ColumnChoice] = dict(columns)
    for position in gaps:
        name = table.columns[position].name
        filled[name] = replace(filled[name], missing=_FILL[filled[name].kind])
    return filled


def _known(table: Table, position: int, choice: ColumnChoice, *, target: bool) -> Mask:
    data = table.data[position]
    numeric = data.is_numeric if target else choice.kind == "numeric"
    return data.has_value if numeric else np.asarray(categories(data, choice, target=target)[0] >= 0)


def proposed(column: Column, n_rows: int) -> ColumnChoice:
    """Return what is done with a column where nobody says otherwise and it is no target."""
    numeric = column.kind in ("numeric", "index") or _is_number_id(column)
    # By the rules of nnviz 0.1 dates have a reason to be left out, and are no numbers.
    kind: InputKind = "numeric" if numeric or (column.kind == "date" and not column.reason) else "categorical"
    too_many = column.kind == "categorical" and column.n_distinct > min(_MOST_CATEGORIES, n_rows)
    return ColumnChoice("ignored" if column.reason or too_many else "feature", kind)


def _is_number_id(column: Column) -> bool:
    return column.kind in ("id", "constant") and all(
        cell.lstrip("+-").replace(".", "", 1).isdecimal() for cell in column.examples
    )
