"""Tables as data sets in one call, with the proposed choices or with roles that a caller knows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from nnviz.core.arguments import path as path_text
from nnviz.core.arguments import texts
from nnviz.data.choices import ColumnChoice, TableChoices, Target, default_choices
from nnviz.data.dataset import Dataset, Task
from nnviz.data.opening import open_table
from nnviz.data.summary import make_dataset
from nnviz.data.table import Table


def read_table(path: str | os.PathLike[str], target: Target | None = None, task: Task | None = None) -> Dataset:
    r"""Read a table as a data set, as the import dialog proposes it.

    Delimited text in any usual encoding, ARFF, Orange's tables, NPY and NPZ, MNIST's IDX, workbooks (with the ``excel``
    extra); out of gzip or zip too. Columns of words become one input of 0 and 1 for each word, dates become days since
    the first row; ids, running numbers and columns without different values are left out. Rows with missing cells are
    left out, or the cells filled where that would cost over a third of the rows. The data set's `notes` say all that.

    Parameters
    ----------
    path : str or Path
    target : str or tuple of str, optional
        Name of the target column; None: what the file says, else a column called target, label, y or the like, else
        the last sensible one.
    task : "classification" or "regression", optional
        None: text makes classes; so do at most ten different small whole numbers that repeat (or 0 and 1, −1 and 1);
        all other numbers are values.

    Returns
    -------
    Dataset
        Its classes are in alphabetical (numbers: ascending) order.

    Raises
    ------
    DataError
        Where the file cannot be used: one sentence that names it and, where there is one, the line.

    Examples
    --------
    >>> import nnviz, pathlib
    >>> text = "length;kind\n1,5;fig\n1,7;fig\n6,0;pear\n6,5;pear\n"
    >>> _ = pathlib.Path("fruit.csv").write_text(text, encoding="utf-8")
    >>> data = nnviz.read_table("fruit.csv", target="kind")
    >>> data.feature_names, data.class_names, data.X.ravel().tolist()
    (('length',), ('fig', 'pear'), [1.5, 1.7, 6.0, 6.5])
    """
    if target is not None and not isinstance(target, str):
        target = texts(target, "target")
    table = open_table(path_text(path))
    return make_dataset(table, default_choices(table, target, task))


def parse_table(data: bytes, source: str) -> Table:
    """Return the table in `data`; `DataError` where there is none."""
    return open_table(data, name=source)


def table_dataset(
    table: Table,
    *,
    target: str | None = None,
    task: Task | None = None,
    ignored: Sequence[str] = (),
    one_hot: Sequence[str] = (),
    **more: Any,
) -> Dataset:
    """Make a data set of a table whose roles are known: every column is a number and a feature unless it is said.

    Parameters
    ----------
    table : Table
    target, task
        As for `read_table`; None: the last column.
    ignored, one_hot : sequence of str
        Columns that are no features, and columns of categories: each category becomes a feature of 0 and 1 that is
        called ``column=category``.
    **more
        name, title, notes, citation, licence, doi, image_shape of the data set.

    Raises
    ------
    DataError
        As `read_table`.
    """
    goal = table.columns[-1].name if target is None else target
    for name in (goal, *ignored, *one_hot):
        table.position(name)
    columns = {
        column.name: ColumnChoice(
            "target" if column.name == goal else "ignored" if column.name in ignored else "feature",
            "categorical" if column.name in one_hot else "numeric",
        )
        for column in table.columns
    }
    return make_dataset(table, TableChoices(goal, task, columns), **more)
