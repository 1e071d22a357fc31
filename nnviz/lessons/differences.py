"""From one experiment to another in the words of a lesson: the actions that lead there, found by comparing the two."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from nnviz.core.errors import ExperimentError, NnvizError
from nnviz.experiment.document import Experiment
from nnviz.lessons.actions import LONGEST, read_action
from nnviz.lessons.edits import after

MOST_CHANGES = 30
"""Actions that one step may need; more of them are no step that anyone follows."""

#: What is seen of an experiment and follows from the window's size or the mouse: no step of a lesson.
_PASSING = ("view.x_range", "view.y_range", "view.held_values", "view.layout")
#: What is the experiment's own, and said of the lesson instead.
_OWN = ("title", "notes", "format")
#: Chosen before what belongs to the choice.
_FIRST = ("data.name", "data.table", "data.rows", "training.optimizer", "training.schedule.name", "network.hidden")
_BARE = re.compile("[A-Za-z0-9_-]+")


def changes(old: Experiment, new: Experiment, *, plain: bool = False) -> tuple[str, ...]:
    """Return the actions that make `new` of `old`, but for what is only looked at in passing.

    Parameters
    ----------
    old, new : Experiment
    plain : bool
        Whether only settings are named, so that the actions do nothing where somebody has been there already.

    Raises
    ------
    ExperimentError
        In one sentence, where no step of a lesson can say it, as hundreds of painted points.
    """
    if not plain:
        for text in _short_cuts(old, new):
            reached = _tried(old, text)
            if reached is not None and not differs(reached, new):
                return (text,)
    told: list[str] = []
    present = old
    while path := first_difference(present, new):
        for key in _from_leaf_to_section(path):
            text = f"set {key}={_toml(_value(new, key))}"
            if len(text) <= LONGEST and (reached := _tried(present, text)) is not None and reached != present:
                told.append(text)
                present = reached
                break
        else:
            raise ExperimentError("No step of a lesson can say the change of {0}: it is too long for one.", path)
        if len(told) > MOST_CHANGES:
            raise ExperimentError("More than {0} settings are too many for one step of a lesson.", MOST_CHANGES)
    return tuple(told)


def differs(old: Experiment, new: Experiment) -> bool:
    """Return whether a lesson has anything to do to make `new` of `old`."""
    return first_difference(old, new) != ""


def first_difference(old: Experiment, new: Experiment) -> str:
    """Return the path of a field that differs, of the one that has to be chosen first; empty where all is the same."""
    return next(_left(old, new), "")


def _short_cuts(old: Experiment, new: Experiment) -> Iterator[str]:
    before, now = old.network.hidden, new.network.hidden
    if len(now) == len(before) + 1:
        yield f"add_layer {now[-1].units}"
        yield f"add_layer {now[-1].units} {now[-1].activation}"
    elif len(now) == len(before) - 1:
        yield "remove_layer"
    elif old.network.seed != new.network.seed:
        yield "new_weights"


def _left(old: Experiment, new: Experiment) -> Iterator[str]:
    """Yield the paths of what differs, what is to be chosen first at the beginning."""
    paths = [
        path
        for path in _paths(old.model_dump(mode="json"), new.model_dump(mode="json"), "")
        if path not in _OWN and not path.startswith(_PASSING)
    ]
    yield from sorted(paths, key=lambda path: not path.startswith(_FIRST))


def _paths(old: Any, new: Any, path: str) -> Iterator[str]:
    if old == new:
        return
    same_length = isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and len(new) < 100
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        pairs = [(key, old[key], new[key]) for key in new]
    elif same_length and all(isinstance(item, dict) for item in new):
        pairs = [(str(number), *pair) for number, pair in enumerate(zip(old, new, strict=True))]
    else:
        yield path
        return
    for key, before, now in pairs:
        if _BARE.fullmatch(key) is None:
            yield path
            return
        yield from _paths(before, now, f"{path}.{key}" if path else key)


def _from_leaf_to_section(path: str) -> Iterator[str]:
    """Yield a path and what it lies in: a field alone may not fit what is left of the old ones."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _tried(experiment: Experiment, text: str) -> Experiment | None:
    try:
        return after(experiment, read_action(text))
    except NnvizError:
        return None


def _value(experiment: Experiment, key: str) -> Any:
    value: Any = experiment.model_dump(mode="json")
    for name in key.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def _toml(value: Any) -> str:
    """Return a value on one line, as actions read it."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(_toml(item) for item in value if item is not None)}]"
    pairs = (
        (name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False), item)
        for name, item in value.items()
        if item is not None
    )
    return f"{{{', '.join(f'{name} = {_toml(item)}' for name, item in pairs)}}}"
