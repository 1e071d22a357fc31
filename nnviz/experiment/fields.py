"""Types of the fields of an experiment file: what a number, a seed, a batch size or an engine may be there.

Bounds of numbers are those of `nnviz.core.bounds`.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from nnviz.core import bounds
from nnviz.core.choices import Parameter
from nnviz.core.engines import ENGINES
from nnviz.core.errors import SettingError
from nnviz.core.inert import whole_characters
from nnviz.core.translation import translated
from nnviz.core.weighting import ClassWeights, check_class_weights

#: Names in one table of an experiment: as many as a data set has columns.
MOST_NAMES = 20_000

T = TypeVar("T")

Number = Annotated[float, Field(allow_inf_nan=False)]
Coordinate = Annotated[float, Field(ge=-bounds.LARGEST_COORDINATE, le=bounds.LARGEST_COORDINATE, allow_inf_nan=False)]
"""Of a place on a map."""
Several = Annotated[tuple[T, ...], Field(fail_fast=True)]
"""A list that is given up at its first fault: each of a million would cost a complaint."""


def within(bound: Parameter) -> Any:
    """Return the condition that a field is within the bounds of `bound`."""
    low, high = bound.minimum, bound.maximum
    return Field(
        gt=low if bound.above_minimum else None,
        ge=None if bound.above_minimum else low,
        lt=high if bound.below_maximum else None,
        le=None if bound.below_maximum else high,
        allow_inf_nan=None if bound.integer else False,
    )


Named = Annotated[dict[str, T], BeforeValidator(lambda value: _few(value))]
"""Values by name."""

Seed = Annotated[int, within(bounds.SEED)]
Position = Annotated[int, Field(ge=0, lt=2**31)]
"""Of a row, a feature or a class; whether there is one, the data say."""


def _batch_size(value: Any) -> Any:
    """Read the word that stands for "every row" in files, where there is no None."""
    return None if value == "all" else value


def whole(value: Any) -> Any:
    """Read a number of a short text, which has only words."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 9 else value


BatchSize = Annotated[Annotated[int, within(bounds.BATCH_SIZE)] | None, BeforeValidator(_batch_size)]


class Kind(NamedTuple):
    """What a field wants.

    Attributes
    ----------
    has_text : bool
        Texts may be in it.
    has_numbers : bool
        Numbers may, and truth values may not.
    """

    has_text: bool
    has_numbers: bool


def kind_of(annotation: Any) -> Kind:
    """Return what a field of this type wants."""
    types = _types_in(annotation)
    return Kind(str in types, not types.isdisjoint((int, float)) and bool not in types)


def as_typed(value: Any, kind: Kind) -> Any:
    """Return what is given for a field of a kind, as somebody could have typed it.

    Where numbers are wanted, true and false become mere words: Python counts true as 1, and pydantic follows it; words
    it refuses, and names their place. In texts, halves of surrogate pairs are replaced: no file could hold them.
    """
    if kind.has_text:
        value = _whole(value)
    return _in_words(value) if kind.has_numbers else value


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list | tuple):
        return type(value)(map(_whole, value))
    return {_whole(key): _whole(item) for key, item in value.items()} if isinstance(value, dict) else value


def _few(value: Any) -> Any:
    if isinstance(value, dict) and len(value) > MOST_NAMES:
        raise ValueError(translated("must have at most {0} entries, not {1}", MOST_NAMES, len(value)))
    return value


def _in_words(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return [_in_words(item) for item in value]
    return {key: _in_words(item) for key, item in value.items()} if isinstance(value, dict) else value


@cache
def _types_in(kind: Any) -> frozenset[Any]:
    """Return all that a type is put together of."""
    return frozenset((kind, type(kind))).union(*map(_types_in, get_args(kind)))


def _engine_name(value: Any) -> Any:
    """Return the name of an engine that is in the table now; the error is that of a `Literal`."""
    if value not in ENGINES:
        *others, last = (repr(name) for name in ENGINES)
        raise PydanticCustomError("literal_error", "unknown engine", {"expected": f"{', '.join(others)} or {last}"})
    return value


def _class_weights(value: Any) -> Any:
    """Return weights of classes; a short text has a list of words."""
    one = value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
    try:
        words = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        numbers = [_number_of(item) for item in value] if words else value
        return check_class_weights(one if isinstance(one, str) else numbers)
    except SettingError as error:
        raise PydanticCustomError("class_weights", "{reason}", {"reason": str(error)}) from None


def _number_of(word: str) -> float | str:
    """Return the number in a word of a short text; what is none stays, to be complained about."""
    try:
        return float(word)
    except ValueError:
        return word


ClassWeightsField = Annotated[ClassWeights | None, BeforeValidator(_class_weights)]

EngineName = Annotated[str, BeforeValidator(_engine_name)]
