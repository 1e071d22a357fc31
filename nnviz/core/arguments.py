"""What callers hand to the public API, checked where it enters: one function for each kind of value.

A wrong one is refused in a sentence that says what is allowed. Nothing is guessed: the text "no" is not False, 1.5 is
no seed, and an array of Python objects, of complex numbers or of masked values is no array of numbers.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.errors import DataError, SettingError
from nnviz.core.translation import translated

Array = NDArray[np.float64]
T = TypeVar("T")

#: What sentences call an array, by its role.
_ROLES = {"inputs": "The network's inputs", "outputs": "The network's targets"}
MOST_WHOLE = 2**62
"""Larger whole numbers mean as much as this: more than anybody can count to."""
#: Why an array is none of real numbers, by the kind of its type: {0} says what it is of.
_NO_NUMBERS = {
    "c": "{0} must be real numbers, but complex ones were given; take their real parts or sizes.",
    "U": "{0} must be numbers, but text was given; nnviz.Dataset.of(X, y) takes labels and makes numbers of them.",
    "O": "{0} must be an array of numbers, but one of Python objects was given; nnviz.Dataset.of(X, y) takes tables.",
    "M": "{0} must be numbers, but dates were given; make days or seconds of them.",
    "V": "{0} must be an array of numbers, but one of records was given; take one column for each of its fields.",
}
_NO_NUMBERS |= {"S": _NO_NUMBERS["U"], "T": _NO_NUMBERS["U"], "m": _NO_NUMBERS["M"]}


def real(value: object) -> float | int | None:
    """Return a real number as Python has it, whole ones whole; None where `value` is none.

    True, False and text are none; an array is one where it has no dimensions.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0 and not _is_masked(value):
        value = value.item()
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        return None
    if isinstance(value, Integral):
        return int(value)
    try:
        number = float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf  # type: ignore[operator]
    except ValueError:  # A signalling NaN of decimals.
        return math.nan
    return number


def whole(value: object, name: str, least: int = 0) -> int:
    """Return a whole number of at least `least`, or raise `SettingError`; `name` is the parameter's."""
    number = real(value)
    if number is None or not number >= least or (math.isfinite(number) and number != int(number)):
        raise SettingError("{0} must be a whole number of at least {1}, not {2!r}.", name, least, value)
    return int(min(number, MOST_WHOLE))


def flag(value: object, name: str) -> bool:
    """Return True or False, or raise `SettingError`: no text and no other number means either."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise SettingError("{0} must be True or False, not {1!r}.", name, value)


def text(value: object, name: str) -> str:
    """Return a text, or raise `SettingError`."""
    if isinstance(value, str):
        return str(value)
    raise SettingError("{0} must be text, not {1!r}.", name, value)


def texts(values: object, name: str) -> tuple[str, ...]:
    """Return several texts, or raise `SettingError`; one text alone is not taken for its letters."""
    return tuple(text(value, name) for value in items(values, name))


def items(values: object, name: str) -> tuple[Any, ...]:
    """Return what a list, a tuple or an array holds, or raise `SettingError`."""
    if not isinstance(values, str | bytes | dict) and isinstance(values, Iterable):
        try:
            return tuple(values)
        except (TypeError, ValueError):  # An array without dimensions.
            pass
    raise SettingError("{0} must be a list, not {1!r}.", name, values)


def function(value: T, name: str) -> T:
    """Return `value`, a callable or None; raises `SettingError`."""
    if value is not None and not callable(value):
        raise SettingError("{0} must be a function, not {1!r}.", name, value)
    return value


def instance(value: object, kind: type[T], name: str) -> T:
    """Return `value` where it is of the class that is wanted, or raise `SettingError`."""
    if isinstance(value, kind):
        return value
    raise SettingError("{0} must be a {1}, not {2!r}.", name, f"nnviz.{kind.__name__}", value)


def path(value: object) -> str:
    """Return a path as text, or raise `SettingError` where it is neither text nor a path."""
    if isinstance(value, str | os.PathLike):
        written = os.fspath(value)
        if isinstance(written, str):
            return written
    raise SettingError("The name of a file must be text or a path, not {0!r}.", value)


def numbers(values: ArrayLike, name: str) -> Array:
    """Return an array of real numbers as float64, C-contiguous, maybe the caller's own; infinite and NaN ones too.

    Parameters
    ----------
    values : array_like
        True and False count as 1 and 0.
    name : str
        What the sentence begins with.

    Raises
    ------
    DataError
    """
    array = plain_array(values, name)
    if array.dtype.kind not in "biuf":
        raise DataError(_NO_NUMBERS.get(array.dtype.kind, _NO_NUMBERS["O"]), name)
    with np.errstate(over="ignore", invalid="ignore"):  # Of longer floats.
        # `ascontiguousarray` would make a row of a number.
        return np.require(array, dtype=np.float64, requirements="C")


def plain_array(values: object, name: str) -> NDArray[Any]:
    """Return `values` as an array of whatever they are, or raise `DataError` where they are masked or ragged."""
    if _is_masked(values):
        raise DataError("{0} must be a plain array, but a masked one was given; fill its gaps or leave them out.", name)
    try:
        return np.asarray(values)
    except Exception:  # The array protocol calls code of other libraries, which may raise anything.
        raise DataError("{0} must be numbers in rows of equal length.", name) from None


def _is_masked(values: object) -> bool:
    """Whether some entries of an array are marked as invalid."""
    # A plain array is asked nothing more: `np.ma` is imported when it is first looked at, a good part of a start.
    return isinstance(values, np.ndarray) and type(values) is not np.ndarray and np.ma.isMaskedArray(values)


def as_rows(values: ArrayLike, n_columns: int, role: str) -> Array:
    """Return `values` as C-contiguous float64 ``(n_samples, n_columns)``.

    A flat array is one column where `n_columns` is 1, else one row.

    Raises
    ------
    DataError
        Where the values are no numbers or do not fit; `role` ("inputs", "outputs") is named.
    """
    array = numbers(values, translated(_ROLES[role]))
    is_flat = array.ndim == 1
    if is_flat:
        array = array.reshape(-1, 1) if n_columns == 1 else array.reshape(1, -1)
    if array.ndim == 2 and array.shape[1] == n_columns:
        return array
    if is_flat and role == "outputs":
        raise DataError(
            "The network has {0} outputs, but one target for each example was given; where those number classes, "
            "nnviz.Dataset.of(X, y).targets(network) makes {0} of each.",
            n_columns,
        )
    if not array.ndim:
        raise DataError("{0} must be rows of {1} numbers, not a single number.", translated(_ROLES[role]), n_columns)
    shape = " × ".join(map(str, array.shape))
    raise DataError("The network has {0} {1}, but an array of {2} was given.", n_columns, role, shape)


def fill(into: Array, values: ArrayLike, name: str) -> None:
    """Copy finite numbers of the same shape into an array, or raise and leave it as it is."""
    array = numbers(values, name)
    if array.shape != into.shape:
        shapes = (" × ".join(map(str, shape)) or "1" for shape in (into.shape, array.shape))
        raise SettingError("{0} must be an array of {1} numbers, not of {2}.", name, *shapes)
    if not np.isfinite(array).all():
        raise SettingError("{0} must be finite numbers, but some of those that were given are not.", name)
    into[...] = array
