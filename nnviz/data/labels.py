"""Features and targets as callers have them (lists, arrays, tables of pandas) to numbers, labels and their names.

pandas is not imported: whatever has columns and gives each of them as an array is a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.arguments import numbers, plain_array, real, texts
from nnviz.core.errors import DataError
from nnviz.core.layout import Array
from nnviz.core.metrics import check_task
from nnviz.data.checked import one_hot

FEW_VALUES = 10
"""A numeric target is read as classes where it has no more different whole numbers than this."""
SMALL = 100
"""Whole numbers beyond this are no classes unless somebody says so."""
_NO_CLASSES: dict[str, Any] = {"labels": None, "class_names": ()}
#: Names of the types of which pandas makes missing values.
_MISSING = ("NAType", "NaTType")


class Given(Struct, frozen=True):
    """What a caller gave as features or as targets.

    Attributes
    ----------
    columns : tuple of ndarray ``(n_rows,)``
        Of any type.
    names : tuple of str or None
        Of the columns, where they have any.
    """

    columns: tuple[NDArray[Any], ...]
    names: tuple[str, ...] | None = None


def parts_of(
    X: Any,
    y: Any,
    task: str | None,
    feature_names: Sequence[str] | None,
    target_names: str | Sequence[str] | None,
    class_names: Sequence[str] | None,
) -> dict[str, Any]:
    """Return the fields of the data set that `nnviz.Dataset.of` makes, or raise `NnvizError`."""
    if task is not None:
        check_task(task)
    features, targets = given(X, "X"), given(y, "y")
    n_rows = len(features.columns[0])
    for column in (*features.columns, *targets.columns):
        if len(column) != n_rows:
            sentence = "There are {0} rows of features but {1} of targets; they must be as many."
            raise DataError(sentence, n_rows, len(column))
    names = features.names or tuple(f"x{place + 1}" for place in range(len(features.columns)))
    names = names if feature_names is None else texts(feature_names, "feature_names")
    if len(names) != len(features.columns):
        raise DataError("{0} features need {0} different names, not {1}.", len(features.columns), list(names))
    table = np.column_stack([as_numbers(column, name) for column, name in zip(features.columns, names, strict=True)])
    classes = None if class_names is None else texts(class_names, "class_names")
    return {"X": table, "feature_names": names, **_targets(targets, task, target_names, classes)}


def _targets(
    targets: Given, task: str | None, target_names: str | Sequence[str] | None, class_names: tuple[str, ...] | None
) -> dict[str, Any]:
    columns, several = targets.columns, len(targets.columns) > 1
    goals = targets.names or (tuple(f"y{place + 1}" for place in range(len(columns))) if several else ("y",))
    if target_names is not None:
        goals = (target_names,) if isinstance(target_names, str) else texts(target_names, "target_names")
    one_hot_codes = _one_hot_codes(columns) if several and task != "regression" else None
    if one_hot_codes is not None:
        codes, classes = one_hot_codes, class_names or (goals if len(goals) > 1 else targets.names or ())
        goals = goals if len(goals) == 1 else ("class",)
    elif len(goals) != len(columns):
        raise DataError("{0} target names do not fit {1} columns of targets.", len(goals), len(columns))
    elif task == "regression" or (task is None and (several or not are_classes(columns[0]))):
        values = [as_numbers(column, name) for column, name in zip(columns, goals, strict=True)]
        return {"y": np.column_stack(values), "task": "regression", "target_names": goals} | _NO_CLASSES
    elif several:
        raise DataError("Labels must be one column, but {0} were given; name each row's class in one.", len(goals))
    else:
        codes, classes = class_codes(*coded(columns[0], goals[0]), class_names)
    if len(set(classes)) < max(len(classes), 2) or (several and len(classes) != len(columns)):
        raise DataError("Classification needs at least two different classes, not {0}.", list(classes))
    y, labels = one_hot(codes, len(classes)), np.array(classes, dtype=np.str_)[codes]
    return {"y": y, "task": "classification", "target_names": goals, "labels": labels, "class_names": classes}


def _one_hot_codes(columns: Sequence[NDArray[Any]]) -> NDArray[np.int64] | None:
    """Return which of several columns is 1 in each row; None where not exactly one is and the others 0."""
    if any(column.dtype.kind not in "biuf" for column in columns):
        return None
    table = np.column_stack([numbers(column, "y") for column in columns])
    is_one_hot = ((table == 0.0) | (table == 1.0)).all() and (table.sum(axis=1) == 1.0).all()
    return table.argmax(axis=1).astype(np.int64) if is_one_hot else None


def given(values: Any, what: Literal["X", "y"]) -> Given:
    """Return the columns of a list, an array, a table or a column of one; `DataError` where it is nothing of that."""
    if hasattr(values, "columns") and hasattr(values, "to_numpy"):
        names = tuple(map(str, values.columns))
        columns = (
            values.iloc[:, place] if hasattr(values, "iloc") else values[name] for place, name in enumerate(names)
        )
        return _with_columns(Given(tuple(_plain(column) for column in columns), names), what)
    name = getattr(values, "name", None) if hasattr(values, "to_numpy") else None
    array = _plain(values) if hasattr(values, "to_numpy") else plain_array(values, what)
    if array.ndim == 1:
        return Given((array,), None if name is None else (str(name),))
    if array.ndim != 2:
        raise DataError("{0} must be rows and columns, not an array of {1} dimensions.", what, array.ndim)
    return _with_columns(Given(tuple(array.T)), what)


def _with_columns(found: Given, what: str) -> Given:
    if not found.columns:
        raise DataError("{0} has no columns.", what)
    return found


def as_numbers(values: NDArray[Any], name: str) -> Array:
    """Return a column as float64, NaN where a value is missing; `DataError` where there is anything but numbers."""
    if values.dtype.kind not in "OUST":
        return numbers(values, f"'{name}'")
    found = [_number(value) for value in values.tolist()]
    for row, number in enumerate(found):
        if number is None:
            raise DataError(
                "'{0}' has {1!r} in row {2}, which is no number; make numbers of it, or columns of 0 and 1 "
                "(nnviz.read_table does that with a file).",
                name,
                values[row],
                row + 1,
            )
    return np.array(found, dtype=np.float64)


def coded(values: NDArray[Any], name: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return each row's class and the names of the classes: numbers in their order, texts in the alphabet's."""
    labels = values.tolist()
    for row, label in enumerate(labels):
        if _is_missing(label):
            raise DataError("Row {0} has no {1}; leave it out.", row + 1, name)
        if not isinstance(label, str | bool) and real(label) is None:
            raise DataError(
                "'{0}' has {1!r} in row {2}, which is no label; give text or numbers.", name, label, row + 1
            )
    different = set(labels)
    is_numeric = not any(isinstance(label, str) for label in different)
    # False and 0, 1 and 1.0 are one class.
    ordered = sorted(different) if is_numeric else sorted(different, key=str)
    place_of: dict[str, int] = {}
    for label in ordered:
        place_of.setdefault(_label_text(label), len(place_of))
    return np.array([place_of[_label_text(label)] for label in labels], dtype=np.int64), tuple(place_of)


def are_classes(values: NDArray[Any]) -> bool:
    """Return whether a column is of classes rather than of values, where nobody says so."""
    if values.dtype.kind in "OUST":
        return any(isinstance(label, str | bool) for label in values.tolist())
    return values.dtype.kind == "b" or (values.dtype.kind in "iuf" and looks_like_classes(numbers(values, "y")))


def looks_like_classes(values: Array) -> bool:
    """Return whether numbers are a few small whole ones that repeat."""
    different = np.unique(values)
    if len(different) > FEW_VALUES or not len(different):
        return False
    if set(different) in ({0.0, 1.0}, {-1.0, 1.0}):
        return True
    whole = bool(np.all(different == np.round(different))) and bool(np.abs(different).max() <= SMALL)
    return whole and 2 * len(different) <= len(values)


def class_codes(
    codes: NDArray[np.int64], found: tuple[str, ...], names: Sequence[str] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the codes among `names`: all classes in their order, or what the numbers 0, 1, … in the rows stand for."""
    if names is None:
        return codes, found
    wanted = tuple(names)
    places = {str(place): place for place in range(len(wanted))}
    known = {name: place for place, name in enumerate(wanted)}
    for label in found:
        if label not in known and not all(other in places for other in found):
            raise DataError("{0!r} is not among the class names {1!r}.", label, list(wanted))
    table = known if all(label in known for label in found) else places
    return np.array([table[label] for label in found], dtype=np.int64)[codes], wanted


def _plain(column: Any) -> NDArray[Any]:
    """Return a column of a table as an array; categories, texts and numbers with gaps come as one of objects."""
    return plain_array(column.to_numpy(), "A column")


def _number(value: object) -> float | None:
    if _is_missing(value):
        return math.nan
    number = float(value) if isinstance(value, bool) else real(value)
    return None if number is None else float(number)


def _is_missing(value: object) -> bool:
    return value is None or type(value).__name__ in _MISSING or (isinstance(value, float) and math.isnan(value))


def _label_text(label: object) -> str:
    if isinstance(label, str | bool):
        return str(label)
    number = real(label)
    assert number is not None
    return str(int(number)) if math.isfinite(number) and number == int(number) else repr(number)
