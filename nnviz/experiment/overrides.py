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
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            raise SettingError("--set needs key=value, such as training.learning_rate=0.1, not {0!r}.", setting)
        text = text.strip()
        value = typed_value(text)
        # A title of 5, true or 2026-11-27 looks like something else, and is a text where one is wanted.
        instead = () if value == text else (text,)
        experiment = with_setting(experiment, key.strip(), value, f"--set {setting}", instead=instead)
    return experiment


def with_setting(
    experiment: Experiment, key: str, value: Any, where: str, *, instead: Iterable[Any] = ()
) -> Experiment:
    """Return `experiment` with one field replaced.

    Parameters
    ----------
    experiment : Experiment
    key : str
        As in `with_settings`.
    value : object
        As a file has it. Where a list is wanted, one alone stands for a list of it.
    where : str
        What sentences begin with.
    instead : iterable of object
        What is meant if `value` does not fit.

    Raises
    ------
    SettingError
        Where the key is unknown or nothing fits; the sentence is about `value`.
    """
    content = experiment.model_dump(mode="json")
    path = full_path(key, content, where)
    refused: NnvizError | None = None
    for candidate in (value, *instead, [value]):
        _put(content, path, candidate, where)
        try:
            return validate_experiment(content, where)
        except NnvizError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def typed_value(text: str) -> Any:
    """Return what a value stands for: as in TOML, or the text itself."""
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return None if text == "none" else text
    # More than one line would be more than one setting.
    return read["value"] if len(read) == 1 else text


def full_path(key: str, content: dict[str, Any], where: str) -> list[str]:
    """Return the parts of a key, a name without a dot completed with its section.

    Parameters
    ----------
    key : str
    content : dict
        An experiment as JSON has it.
    where : str
        What the sentence begins with, where the name occurs more than once.
    """
    if "." in key or key in content:
        return key.split(".")
    sections = [section for section in SECTIONS if key in content[section]]
    if len(sections) > 1:
        choices = " or ".join(f"{section}.{key}" for section in sections)
        raise SettingError("{0}: {1} could mean {2}; write which.", where, key, choices)
    return [*sections, key]


def _put(content: dict[str, Any], path: list[str], value: Any, where: str) -> None:
    owner: Any = content
    for name in path[:-1]:
        owner = _step(owner, name, where)
    last = path[-1]
    if isinstance(owner, list):
        _step(owner, last, where)
        owner[int(last)] = value
    elif isinstance(owner, dict):
        owner[last] = value
        owner.update(FOLLOWERS.get(".".join(path), {}))
    else:
        raise SettingError("{0}: there is no field {1!r}.", where, ".".join(path))


def _step(owner: Any, name: str, where: str) -> Any:
    if isinstance(owner, dict) and owner.get(name) is not None:
        return owner[name]
    if isinstance(owner, list) and name.isdecimal() and int(name) < len(owner):
        return owner[int(name)]
    raise SettingError("{0}: there is no field {1!r}.", where, name)
