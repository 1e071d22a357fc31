"""What `Dataset` checks of its parts, and in which form it keeps them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.arguments import items, numbers, plain_array, real, text, texts
from nnviz.core.arrays import read_only
from nnviz.core.errors import DataError, SettingError
from nnviz.core.layout import Array
from nnviz.core.metrics import check_task
from nnviz.core.weighting import check_row_weights
from nnviz.data.limits import MOST_SMALL_CELLS

LARGEST = 1e30
"""Magnitude beyond which values are refused: their squares would soon overflow."""


def checked_fields(data: Any) -> dict[str, Any]:
    """Return the fields of a `Dataset` as they are kept, or raise `NnvizError` where they do not go together."""
    X, y = matrix(data.X, "features"), matrix(data.y, "targets")
    n_rows, n_features = X.shape
    if len(y) != n_rows:
        raise DataError("There are {0} rows of features but {1} of targets; they must be as many.", n_rows, len(y))
    fixed: dict[str, Any] = {"X": X, "y": y}
    for name in ("class_names", "feature_names", "target_names", "notes"):
        fixed[name] = texts(getattr(data, name), name)
    for name in ("name", "title", "citation", "licence", "doi", "colours"):
        fixed[name] = text(getattr(data, name), name)
    for name in ("image_shape", "colour_shape"):
        fixed[name] = shape_pair(getattr(data, name), name)
    fixed["title"] = fixed["title"] or fixed["name"]
    check_task(data.task)
    if data.labels is not None:
        fixed["labels"] = label_array(data.labels, n_rows)
    if data.row_weights is not None:
        fixed["row_weights"] = owned(check_row_weights(data.row_weights, n_rows, may_be_nothing=True))
    names = fixed["feature_names"]
    if len(names) != n_features or len(set(names)) != n_features:
        raise DataError("{0} features need {0} different names, not {1}.", n_features, list(names))
    n_classes = len(fixed["class_names"])
    if data.task == "classification" and y.shape[1] != (1 if n_classes == 2 else n_classes):
        raise DataError("{0} classes do not fit targets of {1} columns.", n_classes, y.shape[1])
    if fixed["image_shape"] is not None and math.prod(fixed["image_shape"]) != n_features:
        raise DataError("{0} features are no picture of {1} × {2}.", n_features, *fixed["image_shape"])
    if fixed["colour_shape"] is not None and 3 * math.prod(fixed["colour_shape"]) != n_features:
        raise DataError("{0} features are no picture of {1} × {2} in colour.", n_features, *fixed["colour_shape"])
    return fixed


def matrix(values: ArrayLike, what: str) -> Array:
    """Return a read-only table of finite numbers, or raise `DataError`; `what` it holds is named."""
    array = numbers(values, what)
    if array.ndim != 2 or array.shape[1] == 0:
        raise DataError("The {0} must be a table of rows and columns, not an array of shape {1}.", what, array.shape)
    if array.size and not (array.max() <= LARGEST and array.min() >= -LARGEST):
        row, column = np.argwhere(~(np.abs(array) <= LARGEST))[0]
        raise DataError(
            "Row {0}, column {1} of the {2} is {3:g}; values must be finite and at most {4:g}.",
            row + 1,
            column + 1,
            what,
            array[row, column],
            LARGEST,
        )
    if array is values and array.flags.writeable:
        array = array.copy()  # the caller's own
    return owned(array)


def owned(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array`, or a copy where it could be changed through another one, read-only."""
    return read_only(array if array.base is None else array.copy())


def class_positions(classes: ArrayLike, n_classes: int) -> NDArray[np.int64]:
    """Return the class of each row, or raise `DataError` where one is no whole number from 0 to `n_classes` − 1."""
    values = numbers(classes, "classes").reshape(-1)
    wrong = np.flatnonzero(~((values >= 0) & (values < n_classes) & (values == np.floor(values))))
    if len(wrong):
        raise DataError(
            "Classes are numbered from 0 to {0} here; {1:g} is not among them.", n_classes - 1, values[wrong[0]]
        )
    return values.astype(np.int64)


def one_hot(index: NDArray[np.int64], n_classes: int) -> Array:
    """Return classes as targets: 0 and 1 in one column where there are two, else a column for each."""
    if n_classes == 2:
        return index.astype(np.float64).reshape(-1, 1)
    if len(index) * n_classes > MOST_SMALL_CELLS:
        words = "{0} rows of {1} classes are more than can be learnt; leave out rows or classes."
        raise DataError(words, len(index), n_classes)
    rows = np.zeros((len(index), n_classes))
    rows[np.arange(len(index)), index] = 1.0
    return rows


def label_array(labels: ArrayLike, n_rows: int) -> NDArray[np.str_]:
    """Return labels as read-only text, or raise."""
    if isinstance(labels, np.ndarray) and labels.dtype.kind == "U" and labels.ndim == 1:
        # A text of Python's for every row would take a hundred bytes each.
        found = labels.copy() if labels.flags.writeable else labels
    else:
        given = items(labels, "labels")
        if set(map(type, given)) != {str}:
            given = tuple(text(label, "labels") for label in given)
        found = np.array(given, dtype=np.str_)
    if len(found) != n_rows:
        raise DataError("There are {0} rows of features but {1} of targets; they must be as many.", n_rows, len(found))
    return owned(found)


def shape_pair(value: object, name: str) -> tuple[int, int] | None:
    """Return the height and width of a picture, or None; `SettingError` where it is neither."""
    if value is None:
        return None
    sizes = [real(size) for size in items(value, name)]
    if len(sizes) != 2 or not all(size is not None and size >= 1 and float(size).is_integer() for size in sizes):
        raise SettingError("{0} must be two whole numbers, height and width, not {1!r}.", name, value)
    height, width = (int(size or 0) for size in sizes)
    return height, width


def row_positions(rows: ArrayLike, n_rows: int) -> NDArray[Any]:
    """Return positions of rows, or a mask of them, or raise `DataError` where there are no such rows."""
    found = plain_array(rows, "rows")
    array = numbers(found, "rows") if found.size else np.empty(0)
    if array.ndim != 1:
        raise DataError("rows must be a list of positions, or of True and False for each row.")
    if found.dtype == np.bool_:
        if len(array) != n_rows:
            raise DataError("A mask of rows needs {0} entries, not {1}.", n_rows, len(array))
        return array.astype(np.bool_)
    if not ((array >= -n_rows) & (array < n_rows) & (array == np.floor(array))).all():
        raise DataError("Rows are numbered from 0 to {0} here.", n_rows - 1)
    return array.astype(np.int64)
