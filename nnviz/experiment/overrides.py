"""Single settings changed from outside, as ``training.learning_rate=0.1`` on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from nnviz.core.errors import NnvizError, SettingError
from nnviz.experiment.document import Experiment, validate_experiment

#: Where a name without a dot is looked for, besides the top level.
SECTIONS = ("data", "network", "training")
#: Fields that belong to the choice in another field, and fall back to defaults where that is chosen anew.
FOLLOWERS: dict[str, dict[str, Any]] = {
    "data.name": {"parameters": {}, "inputs": None, "table": None, "rows": None},
    "data.table": {"parameters": {}, "inputs": None, "name": None, "rows": None},
    "training.optimizer": {"optimizer_parameters": {}},
    "training.schedule.name": {"parameters": {}},
}


def with_settings(experiment: Experiment, settings: Iterable[str]) -> Experiment:
    """Return `experiment` with some fields replaced.

    Parameters
    ----------
    experiment : Experiment
    settings : iterable of str
        ``key=value``: the key is a field's path, such as ``training.optimizer``, ``data.parameters.noise`` or
        ``network.hidden.0.units``, or a name that occurs only once, such as ``learning_rate``; the value is written
        as in TOML, quotes may be left out.

    Raises
    ------
    SettingError
        Where a key is unknown or a value does not fit.
    """
    for setting in settings:
        content = experiment.model_dump(mode="json")
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            raise SettingError("--set needs key=value, such as training.learning_rate=0.1, not {0!r}.", setting)
        path, text = _path(key.strip(), content), text.strip()
        value, where = _value(text), f"--set {setting}"
        _put(content, path, value, setting)
        try:
            experiment = validate_experiment(content, where)
        except NnvizError as error:
            if value == text:
                raise
            # A title of 5, true or 2026-11-27 looks like something else, and is a text where one is wanted.
            _put(content, path, text, setting)
            try:
                experiment = validate_experiment(content, where)
            except NnvizError:
                raise error from None
    return experiment


def _value(text: str) -> Any:
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return None if text == "none" else text
    # More than one line would be more than one setting.
    return read["value"] if len(read) == 1 else text


def _path(key: str, content: dict[str, Any]) -> list[str]:
    """Return the parts of a key, a name without a dot completed with its section."""
    if "." in key or key in content:
        return key.split(".")
    sections = [section for section in SECTIONS if key in content[section]]
    if len(sections) > 1:
        choices = " or ".join(f"{section}.{key}" for section in sections)
        raise SettingError("--set {0} could mean {1}; write which.", key, choices)
    return [*sections, key]


def _put(content: dict[str, Any], path: list[str], value: Any, setting: str) -> None:
    owner: Any = content
    for name in path[:-1]:
        owner = _step(owner, name, setting)
    last = path[-1]
    if isinstance(owner, list):
        _step(owner, last, setting)
        owner[int(last)] = value
    elif isinstance(owner, dict):
        owner[last] = value
        owner.update(FOLLOWERS.get(".".join(path), {}))
    else:
        raise SettingError("--set {0}: there is no field {1!r}.", setting, ".".join(path))


def _step(owner: Any, name: str, setting: str) -> Any:
    if isinstance(owner, dict) and owner.get(name) is not None:
        return owner[name]
    if isinstance(owner, list) and name.isdecimal() and int(name) < len(owner):
        return owner[int(name)]
    raise SettingError("--set {0}: there is no field {1!r}.", setting, name)
