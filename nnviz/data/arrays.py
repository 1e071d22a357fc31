"""NumPy's files as tables: one array, or an archive of features, targets and names. Nothing is ever unpickled."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.errors import DataError, NnvizError
from nnviz.core.layout import Array
from nnviz.core.npy import read_header, read_values
from nnviz.core.translation import translated
from nnviz.data.dataset import COLOURS, Colours
from nnviz.data.limits import (
    MOST_CELLS,
    MOST_SMALL_CELLS,
    MOST_TEXT_CELLS,
    MOST_UNPACKED_BYTES,
    check_cells,
    check_columns,
)
from nnviz.data.wording import listed, quoted

#: Names under which archives keep what is to be predicted, and the names of columns and classes.
_TARGETS = ("y", "target", "targets", "label", "labels", "class", "classes", "y_train", "train_labels", "arr_1")
_FEATURES = ("x", "data", "features", "images", "inputs", "x_train", "train_images", "arr_0")
_NAMES = ("feature_names", "columns", "names", "column_names")
_CLASS_NAMES = ("target_names", "class_names", "label_names")


class ArrayTable(Struct, frozen=True):
    """Columns of an array file.

    Attributes
    ----------
    names : tuple of str
    columns : tuple of ndarray or list of str
        Numbers (NaN: missing), of pixels uint8, or texts.
    image_shape : (height, width) or None
        Where the first columns are the pixels of pictures.
    n_pixels : int
    notes : tuple of str
    named : bool
        Whether the file gives names to its columns.
    targets : tuple of str
        Columns that the file says are to be predicted; empty where it does not say.
    has_classes : bool
        Whether the targets are classes, whatever numbers they are.
    colours : "" or "pixels" or "planes"
        Where the pictures are coloured: whether the three values of a pixel stand together, or those of a colour.
    """

    names: tuple[str, ...]
    columns: tuple[NDArray[Any] | list[str], ...]
    image_shape: tuple[int, int] | None = None
    n_pixels: int = 0
    notes: tuple[str, ...] = ()
    named: bool = False
    targets: tuple[str, ...] = ()
    has_classes: bool = False
    colours: Colours = ""


def read_npy(data: bytes, source: str) -> ArrayTable:
    """Return the columns of an ``.npy`` file. Raises `DataError` where it is damaged or no table of numbers."""
    array = _array(io.BytesIO(data), len(data), source)
    if array.dtype.names:
        return _fields(array, source)
    return _features(array, source, ())


def read_npz(data: bytes, source: str) -> ArrayTable:
    """Return the columns of an ``.npz`` archive of features and, usually, targets.

    Raises
    ------
    DataError
        Where it is damaged, or its arrays do not make a table.
    """
    arrays = _arrays(data, source)
    usual = {name.lower(): name for name in arrays}
    features = next((usual[name] for name in _FEATURES if name in usual), None)
    target = next((usual[name] for name in _TARGETS if name in usual and usual[name] != features), None)
    names = next((arrays[usual[name]] for name in _NAMES if name in usual), None)
    if features is None:
        return _flat_columns(arrays, source)
    X = arrays[features]
    table = _features(X, source, tuple(str(name) for name in names.ravel()) if names is not None else ())
    others = [name for name in arrays if name not in (features, target) and len(arrays[name].shape or (0,)) > 0]
    notes = list(table.notes)
    if target is None:
        return table
    y = arrays[target]
    if X.ndim == 2 and y.ndim == 1 and len(y) == X.shape[1] != len(X):
        raise DataError(
            "{0}: {1} seems to be transposed: it has {2} rows and {3} columns, but there are {3} targets; save {1} with"
            " a row for each example (X.T).",
            source,
            quoted(features),
            *X.shape,
        )
    if y.ndim == 0 or len(y) != len(X) or math.prod(y.shape[1:]) > 100:
        raise DataError(
            "{0}: {1} has {2} rows, but {3} is of shape {4}; give every row its target.",
            source,
            quoted(features),
            len(X),
            quoted(target),
            y.shape,
        )
    parts = _target_columns(y.reshape(len(y), -1), target, arrays, usual)
    skipped = [name for name in others if name.lower() not in (*_NAMES, *_CLASS_NAMES)]
    if skipped:
        words = "Only {0} and {1} were read, not {2}."
        notes.append(translated(words, quoted(features), quoted(target), listed(skipped)))
    taken = set(table.names)
    targets = {name if name not in taken else f"{name} (target)": column for name, column in parts.items()}
    return ArrayTable(
        (*table.names, *targets),
        (*table.columns, *targets.values()),
        table.image_shape,
        table.n_pixels,
        tuple(notes),
        table.named,
        tuple(targets),
        colours=table.colours,
    )


def _target_columns(
    y: NDArray[Any], name: str, arrays: Mapping[str, NDArray[Any]], usual: Mapping[str, str]
) -> dict[str, Array | list[str]]:
    given = next((arrays[usual[key]] for key in _CLASS_NAMES if key in usual), None)
    class_names = [] if given is None else [str(text) for text in given.ravel()]
    if y.shape[1] > 1:
        labels = class_names if len(class_names) == y.shape[1] and len(set(class_names)) == y.shape[1] else []
        return {
            (f"{name}={labels[column]}" if labels else f"{name} {column + 1}"): _column(y[:, column])
            for column in range(y.shape[1])
        }
    column = _column(y[:, 0])
    if class_names and not isinstance(column, list):
        whole = np.isfinite(column).all() and (column == np.round(column)).all()
        if whole and column.size and column.min() >= 0 and column.max() < len(class_names):
            return {name: [class_names[int(value)] for value in column]}
    return {name: column}


def _arrays(data: bytes, source: str) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    room = MOST_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                name = entry.filename.removesuffix(".npy")
                with archive.open(entry) as stream:
                    arrays[name] = _array(stream, room, f"{source}, array {quoted(name)}")
                room -= arrays[name].nbytes
    except NnvizError:
        raise
    except Exception as error:  # the decompressors have errors of their own
        raise DataError("{0} is a damaged archive of arrays; save it again.", source) from error
    return arrays


def _array(stream: IO[bytes], room: int, source: str) -> NDArray[Any]:
    """Read an array after a look at its header, which may claim any size."""
    try:
        header = read_header(stream)
    except ValueError as error:
        raise DataError("{0} is a damaged NumPy file; save it again.", source) from error
    if header.dtype.hasobject:
        raise DataError("{0} holds Python objects, which are never unpickled; save numbers or texts.", source)
    kinds = [header.dtype[name] for name in header.dtype.names or ()] or [header.dtype]
    check_columns(max(math.prod(header.shape[1:]), len(kinds)), source)
    most = MOST_SMALL_CELLS if header.dtype == np.uint8 else MOST_CELLS
    check_cells(header.n_values * len(kinds), source, most)
    # Dates become texts as well.
    check_cells(header.n_values * sum(kind.kind in "USM" for kind in kinds), source, MOST_TEXT_CELLS)
    if header.n_bytes > room:
        raise DataError("{0} is too large or cut off; save it again, or a part of its rows.", source)
    try:
        return read_values(stream, header)
    except ValueError:
        raise DataError("{0} is cut off; save it again.", source) from None


def _features(array: NDArray[Any], source: str, names: tuple[str, ...]) -> ArrayTable:
    if array.dtype.names:
        return _fields(array, source)
    if array.ndim == 1 and array.size:
        array = array.reshape(-1, 1)
    if array.ndim < 2 or 0 in array.shape:
        raise DataError("{0} holds an array of shape {1}; a table has rows and columns.", source, array.shape)
    shape, colours = _image_shape(array)
    flat = array.reshape(len(array), -1)
    n_columns = flat.shape[1]
    named = len(names) == n_columns == len(set(names)) and all(names)
    if not named and shape is not None:
        names = pixel_names(shape, colours)
    elif not named:
        names = tuple(f"x{number}" for number in range(1, n_columns + 1))
    if flat.dtype == np.uint8:
        # Pixels stay as small as they are: the classical sets have 50 million of them.
        columns: tuple[NDArray[Any] | list[str], ...] = tuple(np.ascontiguousarray(flat.T))
    else:
        columns = tuple(_column(flat[:, column]) for column in range(n_columns))
    return ArrayTable(names, columns, shape, n_columns if shape else 0, (), named, colours=colours)


def pixel_names(shape: tuple[int, int], colours: Colours = "") -> tuple[str, ...]:
    """Return the names of the pixels of pictures, row by row from the top."""
    places = [f"row {row} column {column}" for row in range(shape[0]) for column in range(shape[1])]
    match colours:
        case "pixels":
            return tuple(f"{place} {colour}" for place in places for colour in COLOURS)
        case "planes":
            return tuple(f"{place} {colour}" for colour in COLOURS for place in places)
        case _:
            return tuple(places)


def _image_shape(array: NDArray[Any]) -> tuple[tuple[int, int] | None, Colours]:
    """Return the shape of pictures ``(n, height, width)``, with one channel or three, or without; and their colours."""
    if array.ndim == 4 and array.shape[3] in (1, 3):
        return (int(array.shape[1]), int(array.shape[2])), "pixels" if array.shape[3] == 3 else ""
    if array.ndim == 4 and array.shape[1] in (1, 3):
        return (int(array.shape[2]), int(array.shape[3])), "planes" if array.shape[1] == 3 else ""
    grey = array.ndim == 3 and min(array.shape[1:]) > 1
    return ((int(array.shape[1]), int(array.shape[2])) if grey else None), ""


def _fields(array: NDArray[Any], source: str) -> ArrayTable:
    names = array.dtype.names or ()
    if array.ndim != 1 or any(array.dtype[name].shape for name in names):
        raise DataError("{0} holds records of shape {1}; a table is a list of simple records.", source, array.shape)
    return ArrayTable(tuple(names), tuple(_column(array[name]) for name in names), named=True)


def _flat_columns(arrays: Mapping[str, NDArray[Any]], source: str) -> ArrayTable:
    """Return the arrays of an archive as columns, or its only matrix as the table."""
    check_columns(len(arrays), source)
    matrices = [array for array in arrays.values() if array.ndim >= 2]
    if len(arrays) == 1:
        return _features(next(iter(arrays.values())), source, ())
    lengths = {array.shape for array in arrays.values()}
    if matrices or len(lengths) != 1 or () in lengths:
        raise DataError(
            "{0} holds arrays called {1}, of which none is plainly the features; call the features X "
            "and the targets y.",
            source,
            listed(arrays),
        )
    return ArrayTable(tuple(arrays), tuple(_column(array) for array in arrays.values()), named=True)


def _column(values: NDArray[Any]) -> Array | list[str]:
    if values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
        numbers[~np.isfinite(numbers)] = np.nan
        return numbers
    if values.dtype.kind == "S":
        return [bytes(value).decode("utf-8", "replace") for value in values]
    if values.dtype.kind in "UM":
        return [str(value) for value in values]
    raise DataError("An array of type {0} cannot be learnt from; save numbers or texts.", values.dtype)
