"""The settings that a sweep goes through: every combination of the alternatives of each."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from nnviz.core.arguments import text as checked_text
from nnviz.core.errors import SettingError
from nnviz.core.numbers import exact_text
from nnviz.experiment.document import Experiment
from nnviz.experiment.overrides import full_path, typed_value, with_setting

_OPENING, _CLOSING, _QUOTES = "[{(", "]})", "\"'"
_BEFORE_A_VALUE = "[{(,="
#: What all hidden layers have in common, and how many there are: no fields of an experiment, but worth a comparison.
_OF_ALL_LAYERS = {
    short: f"network.{name}" for name in ("activation", "width", "depth") for short in (name, f"network.{name}")
}
_USUAL_UNITS = 8
#: Alternatives of one setting.
MOST_ALTERNATIVES = 10_000


@dataclass(frozen=True)
class Axis:
    """One setting with its alternatives.

    Attributes
    ----------
    key : str
        Path of a field of the experiment, such as ``training.learning_rate``.
    values : tuple
        As an experiment file has them.
    """

    key: str
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The last part of the key, for titles."""
        return self.key.rpartition(".")[2]


Combination = tuple[tuple[str, Any], ...]
"""One alternative of each axis: (key, value)."""


def axes_of(experiment: Experiment, grid: Mapping[str, Sequence[Any]]) -> tuple[Axis, ...]:
    """Return the axes of a grid, keys in full and values as files have them.

    Raises
    ------
    SettingError
        Where a key is none or is given twice, or its alternatives are no list, none at all, or the same twice.
    """
    if not isinstance(grid, Mapping):
        raise SettingError("The grid must be a dict of settings and their alternatives, not {0!r}.", grid)
    content = experiment.model_dump(mode="json")
    axes: list[Axis] = []
    for key, values in grid.items():
        path = _OF_ALL_LAYERS.get(checked_text(key, "The name of a setting"), "") or ".".join(
            full_path(key, content, key)
        )
        if any(axis.key == path for axis in axes):
            raise SettingError("{0} is given twice; give all its alternatives at once.", path)
        axes.append(Axis(path, _alternatives(path, values)))
    return tuple(axes)


def parsed_grid(settings: Iterable[str]) -> dict[str, list[Any]]:
    """Return the grid that texts such as ``network.hidden=4,8,[16,8]`` describe.

    Raises
    ------
    SettingError
        Where one has no key or no value, or a key is given twice.
    """
    grid: dict[str, list[Any]] = {}
    for setting in settings:
        key, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not key:
            raise SettingError("--set needs key=value, such as training.learning_rate=0.01,0.1, not {0!r}.", setting)
        if key in grid:
            raise SettingError("--set {0} is given twice; give all its alternatives at once.", key)
        grid[key] = [_typed(part) for part in split_alternatives(text)]
    return grid


def _typed(text: str) -> Any:
    """Return what a value stands for; dates and what is no finite number are texts."""
    value = typed_value(text)
    try:
        return _plain(value, "")
    except SettingError:
        return text


def split_alternatives(text: str) -> list[str]:
    """Return the parts of a text between its commas, but for those within brackets or quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            before = text[:place].rstrip()
            # Within a word it is an apostrophe.
            quote = letter if not before or before[-1] in _BEFORE_A_VALUE else ""
        elif letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth = max(depth - 1, 0)
        elif letter == "," and not depth:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


def combinations(axes: Sequence[Axis]) -> Iterator[Combination]:
    """Yield one alternative of each axis, those of the last one changing fastest."""
    for values in product(*(axis.values for axis in axes)):
        yield tuple((axis.key, value) for axis, value in zip(axes, values, strict=True))


def applied(experiment: Experiment, combination: Combination) -> Experiment:
    """Return the experiment with the settings of a combination.

    Raises
    ------
    SettingError, ExperimentError
        Where one of them cannot have its value.
    """
    for key, value in combination:
        # What looked like something else on the command line may be a text where one is wanted.
        instead = () if isinstance(value, str | list | dict) or value is None else (str(value),)
        if key in _OF_ALL_LAYERS.values():
            experiment = _with_all_layers(experiment, key, value)
            continue
        experiment = with_setting(experiment, key, value, f"{key}={value_text(value)}", instead=instead)
    return experiment


def _with_all_layers(experiment: Experiment, key: str, value: Any) -> Experiment:
    """Return the experiment with what all its hidden layers have in common, or with so many of them."""
    layers = [layer.model_dump(mode="json") for layer in experiment.network.hidden] or [{"units": _USUAL_UNITS}]
    where = f"{key}={value_text(value)}"
    if key == "network.depth":
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise SettingError("{0}: the number of hidden layers must be a whole number from 0 on.", where)
        layers = [layers[0]] * value
    else:
        field = "units" if key == "network.width" else "activation"
        layers = [{**layer, field: value} for layer in layers]
    return with_setting(experiment, "network.hidden", layers, where)


def value_text(value: Any) -> str:
    """Return an alternative as it is typed: 0.01, relu, [16, 8]."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "none"
    if isinstance(value, int | float):
        return exact_text(value).replace("\N{THIN SPACE}", "").replace("−", "-")
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}={value_text(item)}' for name, item in value.items())}}}"
    return str(value)


def _alternatives(key: str, values: Sequence[Any]) -> tuple[Any, ...]:
    try:
        given = () if isinstance(values, str | bytes | Mapping) else tuple(values)
    except Exception:  # Of objects of others, which may raise anything.
        given = ()
    if not given:
        raise SettingError("{0} needs a list of its alternatives, at least one, not {1!r}.", key, values)
    if len(given) > MOST_ALTERNATIVES:
        raise SettingError("{0} has {1} alternatives; there can be at most {2}.", key, len(given), MOST_ALTERNATIVES)
    plain = tuple(_plain(value, key) for value in given)
    written = [json.dumps(value) for value in plain]
    for value, words in zip(plain, written, strict=True):
        if written.count(words) > 1:
            raise SettingError("{0} has the alternative {1} twice; leave one of them out.", key, value_text(value))
    return plain


def _plain(value: Any, key: str, depth: int = 0) -> Any:
    """Return a value as JSON has it, or raise `SettingError`."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json")
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.dtype.kind in "biuf"):
        value = value.tolist()
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple) and depth < 5:
        return [_plain(item, key, depth + 1) for item in value]
    if isinstance(value, Mapping) and depth < 5:
        return {str(name): _plain(item, key, depth + 1) for name, item in value.items()}
    raise SettingError("{0} cannot be {1!r}; give numbers, text, true or false, or lists of them.", key, value)
