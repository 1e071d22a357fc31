"""What becomes of experiments that older versions wrote: they keep the behaviour that they were saved with.

Formats: 1 (nnviz 0.1); 2 adds `data.standardise_targets`, which is on by itself where a table's targets ask for it,
`data.table.rules`, by which tables are read, `training.class_weights`, `data.rows.row_weights` and `network.masks`;
3 may hold the past of the run beside the experiment, in which nothing is new; 4 may hold other runs, a wall and a race,
and adds `second`, which older files lack.
"""

from __future__ import annotations

from typing import Any

from nnviz.core.errors import ExperimentError
from nnviz.experiment.schema import FORMAT


def migrated(value: Any, where: str) -> Any:
    """Return `value`, as read from a file, in the present format; what is no experiment is returned as it is.

    Parameters
    ----------
    value : object
        Nested dictionaries, lists, strings and numbers. One without a format is of the present one.
    where : str
        What the sentence begins with: the file's name.

    Raises
    ------
    ExperimentError
        Where a newer version wrote it: none of its fields is judged then.
    """
    written = check_format(value, where)
    if written is None:
        return value
    for number in range(written, FORMAT):
        value = _STEPS[number](value)
    return {**value, "format": FORMAT}


def check_format(value: Any, where: str) -> int | None:
    """Return the format of `value`, None where it has none that could be, and raise where a newer version wrote it."""
    if not isinstance(value, dict):
        return None
    written = value.get("format", FORMAT)
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        return None
    if written > FORMAT:
        raise ExperimentError(
            "{0} was written by a newer nnviz (format {1}, this one reads up to {2}); update nnviz to open it.",
            where,
            written,
            FORMAT,
        )
    return written


def _from_1(value: dict[str, Any]) -> dict[str, Any]:
    """Let the targets of regressions be learnt as they are, and tables be read as they were.

    A checkpoint goes on bit for bit only with the rows that it has begun with.
    """
    data = value.get("data", {})
    if not isinstance(data, dict):
        return value
    data = {"standardise_targets": False, **data}
    if isinstance(data.get("table"), dict):
        data["table"] = {"rules": 1, **data["table"]}
    return {**value, "data": data}


def _as_it_is(value: dict[str, Any]) -> dict[str, Any]:
    return value


_STEPS = {1: _from_1, 2: _as_it_is, 3: _as_it_is}
