"""What is saved beside the run in a file, by group: how a group is judged, and what is said where one is damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import numpy as np

from nnviz.core.errors import ExperimentError
from nnviz.core.restored_past import DAMAGED
from nnviz.core.storage import Arrays, check_format, json_array, json_content
from nnviz.core.translation import translated

#: Said of a group that is damaged, which leaves the run whole; each group that there can be.
LEFT_OUT: Final[Mapping[str, str]] = {
    "past": DAMAGED,
    "courses": "The other runs that were saved with this one are damaged and were left out; the run itself is whole.",
    "wall": "The wall that was saved with this run is damaged and was left out; the run itself is whole.",
    "race": "The race that was saved with this run is damaged and was left out; the run itself is whole.",
    "second": "The second network that was saved with this run is damaged and begins anew; the run itself is whole.",
    "marks": "The stars and notes that were saved with this run are damaged and were left out; the run is whole.",
}
_FORMAT: Final = 1
_DESCRIPTION: Final = "description"

T = TypeVar("T")


def described(content: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> Arrays:
    """Return a group: a description, and the arrays that it describes."""
    return {_DESCRIPTION: json_array({"format": _FORMAT, **content}), **(arrays or {})}


def judged(
    beside: Mapping[str, Arrays], group: str, read: Callable[[Mapping[str, Any], Mapping[str, np.ndarray]], T]
) -> T | None:
    """Return what `read` makes of the description and the arrays of a group; None where a file has none.

    Raises
    ------
    ExperimentError
        In the group's sentence, where it is damaged.
    """
    arrays = beside.get(group)
    if arrays is None:
        return None
    try:
        description = json_content(arrays, _DESCRIPTION, group)
        check_format(description, group)
        return read(description, arrays)
    except Exception as error:
        # What is damaged may fail in any way.
        raise ExperimentError(translated(LEFT_OUT[group])) from error
