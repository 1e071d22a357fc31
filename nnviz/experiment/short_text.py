"""An experiment as one line of text for a chat, an e-mail or a board, such as ``nnviz:2{data=xor hidden=4,4:relu}``.

Only what differs from the defaults is written, in words that a person can read, change and type. What no person would
type (rows, explicit weights, long notes) is packed. The closing brace tells a whole line from one that was cut off.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from unicodedata import category
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel

from nnviz.core.choices import closest
from nnviz.core.errors import ExperimentError
from nnviz.experiment.document import Experiment, validate_experiment
from nnviz.experiment.lessons import LESSONS, default_experiment
from nnviz.experiment.schema import FORMAT, LayerSpec

Path = tuple[str, ...]

#: What every line begins with; the number is the format of the experiment's fields, as in its files.
MARKER = f"nnviz:{FORMAT}{{"
#: Longest line that is written: more fits neither a chat nor an e-mail's quote.
MAX_CHARACTERS = 4000
#: Most that packed values may unpack to.
MAX_UNPACKED_BYTES = 2**20
#: Texts longer than this are packed, where that makes them shorter.
PACKED_FROM = 60
PACKED = "~"
SAME_AS = "@"
#: The notes of what nnviz opens with, which are no lesson's.
START = "start"

_BEGIN = re.compile(r"nnviz:([0-9]{1,9})\s*\{", re.IGNORECASE)
#: Keys that are not simply the name of their field: there are three seeds, and names that speak for their part.
_RENAMED: dict[Path, str] = {
    ("data", "name"): "data",
    ("data", "seed"): "data_seed",
    ("network", "seed"): "weights_seed",
    ("training", "seed"): "training_seed",
    ("training", "schedule", "name"): "schedule",
    ("view", "hidden"): "hide",
}
#: What everybody wants to read in the line, and what should not change with the defaults of a later nnviz.
_ALWAYS = (("data", "name"), ("network", "hidden"), ("training", "optimizer", "learning_rate"))
#: Parameters are written after the key of the choice that they belong to: ``data.noise``, ``optimizer.momentum``.
_PREFIXES: dict[str, Path] = {
    "data": ("data", "parameters"),
    "optimizer": ("training", "optimizer_parameters"),
    "schedule": ("training", "schedule", "parameters"),
    "table": ("data", "table"),
}
#: Of a hidden layer that is written as a bare number, as in `.toml` files.
USUAL_ACTIVATION = LayerSpec(units=1).activation
_HIDDEN: Path = ("network", "hidden")
_NOTES: Path = ("notes",)
#: Characters that stay as they are in a value. Not those with which chats mark bold and italics.
_SAFE = "/:^().'!"


def to_short_text(experiment: Experiment) -> str:
    """Return the line that reads back as an equal experiment (but for hundreds of held values).

    Raises
    ------
    ExperimentError
        Where it would be longer than `MAX_CHARACTERS`: an experiment that carries many rows or weights of its own.
    """
    everything = experiment.model_dump(mode="json")
    content = experiment.model_dump(mode="json", exclude_defaults=True)
    for section, *names in _ALWAYS:
        content[section] = {**{name: everything[section][name] for name in names}, **content.get(section, {})}
    content = {name: content[name] for name in everything if name in content}
    tokens = (f"{key}={value}" for key, value in _written(content, experiment))
    text = f"{MARKER}{' '.join(tokens)}}}"
    if len(text) > MAX_CHARACTERS and experiment.view.held_values:
        # Hundreds of features held by hand: where the map is cut is the least that there is to say.
        return to_short_text(experiment.edited(view=experiment.view.edited(hold="auto", held_values=())))
    if len(text) > MAX_CHARACTERS:
        raise ExperimentError(
            "This experiment carries too many rows, weights or notes of its own for a line of text; "
            "save it and pass on the file."
        )
    return text


def from_short_text(text: str) -> Experiment:
    """Return the experiment in the first line of that kind in `text`, whatever stands before and after it.

    Raises
    ------
    ExperimentError
        In one sentence, where there is none or it is damaged.
    """
    begin = _BEGIN.search(text)
    if begin is None:
        raise ExperimentError("There is no experiment in this text; one begins with {0} and ends with }}.", MARKER)
    if int(begin[1]) > FORMAT:
        raise ExperimentError("The text was written by a newer nnviz; please update nnviz to paste it.")
    body, brace, _ = text[begin.end() :].partition("}")
    if not brace:
        raise ExperimentError("The text of the experiment is cut off: its closing } is missing; copy the whole line.")
    content = _nested(_read(token) for token in body.split())
    return validate_experiment({"format": int(begin[1]), **content}, "The text")


def _written(content: dict[str, Any], experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Yield keys and values as they are written, in the order of the fields."""
    for path, value in _leaves(content, ()):
        prefix = next((name for name, owner in _PREFIXES.items() if owner == path[:-1]), None)
        if prefix is not None:
            # Several targets are no text with commas in it.
            yield f"{prefix}.{_quoted(path[-1])}", _packed(value) if isinstance(value, list) else _value(value)
        elif path == _HIDDEN:
            yield "hidden", ",".join(_layer(layer) for layer in value)
        elif path == ("data", "name") and value is None:
            # A table or rows say so themselves.
            continue
        elif path == _NOTES:
            yield "notes", _notes(experiment.notes)
        else:
            yield _keys()[path], "all" if value is None else _value(value)


def _leaves(content: dict[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for name, value in content.items():
        here = (*path, name)
        if here in _keys() or path in _PREFIXES.values() or not isinstance(value, dict):
            yield here, value
        else:
            yield from _leaves(value, here)


@cache
def _keys() -> dict[Path, str]:
    """Return the key of every field, derived from the schema: a new field is written without further ado."""
    paths: list[Path] = []

    def collect(model: type[BaseModel], above: Path) -> None:
        for name, field in model.model_fields.items():
            path, kind = (*above, name), field.annotation
            if path in _PREFIXES.values():
                continue
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                collect(kind, path)
            else:
                paths.append(path)

    collect(Experiment, ())
    return {path: _RENAMED.get(path, path[-1]) for path in paths if path != ("format",)}


def _layer(layer: dict[str, Any]) -> str:
    activation = layer.get("activation", USUAL_ACTIVATION)
    return str(layer["units"]) if activation == USUAL_ACTIVATION else f"{layer['units']}:{_quoted(activation)}"


def _notes(notes: str) -> str:
    """Name the lesson whose notes they are: nobody wants them in a chat."""
    known = {START: default_experiment().notes, **{name: lesson.help for name, lesson in LESSONS.items()}}
    same = next((name for name, text in known.items() if text == notes), None)
    return f"{SAME_AS}{same}" if same else _value(notes)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        # 300.0 as 300 reads back as the same number, and so does 1e+16, whose + would stand for a space, as 1e16.
        whole = value.is_integer() and abs(value) < 2**53 and str(value) != "-0.0"
        return str(int(value)) if whole else repr(value).replace("+", "")
    if isinstance(value, str):
        quoted = _quoted(value)
        return min(quoted, _packed(value), key=len) if len(quoted) > PACKED_FROM else quoted
    if isinstance(value, list) and all(isinstance(item, int | float | str) and item != "" for item in value):
        return ",".join(_quoted(item) if isinstance(item, str) else _value(item) for item in value)
    return str(value) if isinstance(value, int) else _packed(value)


def _quoted(text: str) -> str:
    """Return `text` without white space and whatever else has a meaning in a line; letters of any language stay."""
    return "".join(
        character if not character.isascii() and category(character)[0] in "LNPS" else _quoted_character(character)
        for character in text
    )


def _quoted_character(character: str) -> str:
    return "%7E" if character == PACKED else quote_plus(character, safe=_SAFE)


def _packed(value: Any) -> str:
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return PACKED + base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def _unpacked(text: str, key: str) -> Any:
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        content = reader.decompress(packed, MAX_UNPACKED_BYTES)
        if not reader.eof:
            raise ValueError("too long, or cut off")
        return json.loads(content)
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        raise ExperimentError("The text is damaged at {0!r}; copy the whole line again.", key) from None


def _read(token: str) -> tuple[Path, Any]:
    """Return the path of a field and its value, still as text where it is a number: the schema reads that."""
    key, equals, text = token.partition("=")
    if not equals:
        raise ExperimentError(
            "The text is damaged at {0!r}, which is no setting; copy the whole line again.", token[:40]
        )
    path = _path(key)
    if text.startswith(PACKED):
        return path, _unpacked(text[1:], key)
    if path == _HIDDEN:
        return path, [_read_layer(layer) for layer in text.split(",")] if text else []
    if path == _NOTES and text.startswith(SAME_AS):
        name = text[1:]
        if name != START and name not in LESSONS:
            raise ExperimentError("The text names a lesson {0!r} that this nnviz does not have.", name[:40])
        return path, default_experiment().notes if name == START else LESSONS[name].help
    if path in _lists():
        return path, [unquote_plus(item) for item in text.split(",")] if text else []
    return path, unquote_plus(text)


def _read_layer(text: str) -> dict[str, str]:
    units, colon, activation = text.partition(":")
    return {"units": units, **({"activation": unquote_plus(activation)} if colon else {})}


def _path(key: str) -> Path:
    prefix, dot, name = key.partition(".")
    if dot and prefix in _PREFIXES:
        return (*_PREFIXES[prefix], unquote_plus(name))
    paths = {key: path for path, key in _keys().items()}
    if key in paths:
        return paths[key]
    close = closest(key, paths)
    if close:
        raise ExperimentError(
            "The text has a setting {0!r} that this nnviz does not know; did you mean {1!r}?", key[:40], close[0]
        )
    raise ExperimentError(
        "The text has a setting {0!r} that this nnviz does not know; an update of nnviz may know it.", key[:40]
    )


@cache
def _lists() -> frozenset[Path]:
    """Return the paths of the fields that hold several values."""

    def is_list(path: Path) -> bool:
        model: type[BaseModel] = Experiment
        for name in path[:-1]:
            kind = model.model_fields[name].annotation
            assert isinstance(kind, type)
            model = kind
        return "tuple" in str(model.model_fields[path[-1]].annotation)

    return frozenset(path for path in _keys() if is_list(path))


def _nested(settings: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for path, value in settings:
        owner = content
        for name in path[:-1]:
            owner = owner.setdefault(name, {})
        if path[-1] in owner:
            raise ExperimentError("The text says {0!r} twice; copy the whole line again.", path[-1][:40])
        owner[path[-1]] = value
    return content
