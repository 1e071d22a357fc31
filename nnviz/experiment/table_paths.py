"""Where the table of an experiment lies: written as from the experiment's own file, so that a folder can be moved."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nnviz.core.storage import absolute, expanded, resolved
from nnviz.experiment.schema import ExperimentSpec

E = TypeVar("E", bound=ExperimentSpec)


def _with_table_paths(experiment: E, changed: Callable[[str], str]) -> E:
    """Return `experiment` with other paths of its table, and of the file that belongs to it."""
    data = experiment.data
    if data.table is None:
        return experiment
    paths = {"path": data.table.path, "partner": data.table.partner}
    table = data.table.edited(**{name: None if path is None else changed(path) for name, path in paths.items()})
    edited: E = experiment.edited(data=data.edited(table=table))
    return edited


def absolute_tables(experiment: E, file: Path) -> E:
    """Let a table's path start from the folder of the experiment file that names it."""

    def whole(path: str) -> str:
        return path if expanded(path).is_absolute() else str(absolute(absolute(file).parent / path))

    return _with_table_paths(experiment, whole)


def relative_tables(experiment: E, file: Path) -> E:
    """Name a table that lies beside or below the file relative to it, so that the folder can be moved."""
    folder = resolved(file).parent

    def relative(path: str) -> str:
        is_below = Path(path).is_relative_to(folder)
        return os.path.relpath(path, folder).replace(os.sep, "/") if is_below else path

    return _with_table_paths(experiment, relative)
