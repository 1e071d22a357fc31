"""Columns that an experiment carries with it: read-only arrays that are written to files as plain lists.

Tens of thousands of painted points are edited many times a second: as tuples of tuples, checked one by one, each edit
would take longer than a frame. These are checked once, compared as arrays, and shared by all documents that have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from nnviz.core.arrays import distinct, read_only
from nnviz.core.translation import translated

#: Split keys are whole numbers below this.
KEY_LIMIT = 2**16


class PackedColumn:
    """Base of the columns: a frozen array with an exact equality, and lists in files.

    Attributes
    ----------
    array : ndarray
        Read-only.
    """

    __slots__ = ("array",)

    array: NDArray[Any]

    def __init__(self, values: Any) -> None:
        self.array = read_only(np.array(values))

    @classmethod
    def of(cls, values: Any) -> Any:
        """Return `values` as a column, checked; a column as it is. ValueError says what is wrong with others."""
        return values if isinstance(values, cls) else cls(values)

    def to_list(self) -> list[Any]:
        """Return what files hold."""
        return list(self.array.tolist())

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_list())

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, PackedColumn)
        return len(self) == len(other) and (not len(self) or bool(np.array_equal(self.array, other.array)))

    def __hash__(self) -> int:
        return hash((len(self), self.array[:8].tobytes()))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} rows>"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.of,
            serialization=core_schema.plain_serializer_function_ser_schema(_to_list),
        )


def _to_list(column: PackedColumn) -> list[Any]:
    return column.to_list()


class Matrix(PackedColumn):
    """Numbers, float64 ``(n_rows, n_columns)``, all finite.

    Parameters
    ----------
    values : array_like
        Rows of equally many numbers.
    """

    __slots__ = ()

    def __init__(self, values: Any) -> None:
        if not isinstance(values, np.ndarray):
            values = _equal_rows(values)
        array = np.array(values, dtype=np.float64, order="C")
        if array.ndim != 2:
            if array.size:
                raise ValueError(translated("needs a list of rows, each a list of numbers"))
            array = array.reshape(0, 0)
        finite = np.isfinite(array)
        if not finite.all():
            row = int(np.argmin(finite.all(axis=1)))
            raise ValueError(translated("row {0} holds a number that is not finite", row + 1))
        self.array = read_only(array + 0.0)


def _equal_rows(values: Any) -> Any:
    """Return `values`, or raise where they are no rows of equally many numbers."""
    rows = list(values)
    if any(isinstance(row, str | bytes) or not isinstance(row, Sequence | np.ndarray) for row in rows):
        raise ValueError(translated("needs a list of rows, each a list of numbers"))
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            words = "row {0} has {1} numbers, but row 1 has {2}; each needs the same number of values"
            raise ValueError(translated(words, number, len(row), len(rows[0])))
    if any(value is None or isinstance(value, str | bytes | bool) for row in rows for value in row):
        rows = [[_number(value) for value in row] for row in rows]
    return rows


def _number(value: Any) -> float:
    if value is None or isinstance(value, bytes):
        raise ValueError(translated("{0!r} is not a number", value))
    return float(value)


class Keys(PackedColumn):
    """One whole number from 0 to 65 535 per row, by which rows are for training or for testing whatever else comes.

    Parameters
    ----------
    values : array_like of int
    """

    __slots__ = ()

    def __init__(self, values: Any) -> None:
        given = np.array(values).reshape(-1)
        if given.size and (given.dtype.kind not in "iu" or given.min() < 0 or given.max() >= KEY_LIMIT):
            raise ValueError(translated("needs whole numbers from 0 to {0}", KEY_LIMIT - 1))
        self.array = read_only(given.astype(np.uint16))


class Labels(PackedColumn):
    """One class name per row, stored as positions in a tuple of names.

    Parameters
    ----------
    values : sequence of str
        Or ``(names, codes)`` by `coded`.

    Attributes
    ----------
    names : tuple of str
        Different ones; there may be more than occur.
    array : ndarray of int32 ``(n_rows,)``
        Position of each row's name in `names`.
    """

    __slots__ = ("names",)

    names: tuple[str, ...]

    def __init__(self, values: Any) -> None:
        texts = list(values)
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(translated("needs one text per row"))
        self.names = tuple(sorted(set(texts)))
        position = {name: code for code, name in enumerate(self.names)}
        self.array = read_only(np.array([position[text] for text in texts], dtype=np.int32))

    @classmethod
    def coded(cls, names: Sequence[str], codes: NDArray[Any]) -> Labels:
        """Return labels by their positions in `names`."""
        labels = cls(())
        labels.names = tuple(names)
        labels.array = read_only(np.array(codes, dtype=np.int32))
        return labels

    def among(self, names: Sequence[str]) -> Labels:
        """Return the same labels as positions in `names`; ValueError where one of them is not there."""
        names = tuple(names)
        if names == self.names:
            return self
        used = distinct(self.array)
        missing = [self.names[code] for code in used if self.names[code] not in names]
        if missing:
            raise ValueError(translated("the label {0!r} is not among the class names", missing[0][:40]))
        table = np.array([names.index(name) if name in names else -1 for name in self.names], dtype=np.int32)
        return Labels.coded(names, table[self.array] if len(self.array) else self.array)

    def to_list(self) -> list[str]:
        """Return the names."""
        return [self.names[code] for code in self.array.tolist()]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Labels):
            return NotImplemented
        if self.names == other.names:
            return self is other or bool(np.array_equal(self.array, other.array))
        return len(self) == len(other) and self.to_list() == other.to_list()

    def __hash__(self) -> int:
        return hash((len(self), tuple(self.names[code] for code in self.array[:8].tolist())))


#: Of a row: for training, for validation, for testing.
TRAIN, VALIDATION, TEST = range(3)


def parts_of(keys: NDArray[np.uint16], test_fraction: float, validation_fraction: float, seed: int) -> NDArray[np.int8]:
    """Return for each row what it is for: `TEST` where its key, turned by the seed, lies in the first `test_fraction`
    of all, `VALIDATION` in the `validation_fraction` behind it, else `TRAIN`.

    A row that is added or taken away changes the part of no other, nor does the validation share change a test row.
    """
    turned = _turned(keys.astype(np.int64), seed)
    test, validation = _edges(test_fraction, validation_fraction)
    return np.where(turned < test, TEST, np.where(turned < validation, VALIDATION, TRAIN)).astype(np.int8)


def keys_for(
    parts: NDArray[np.int8],
    test_fraction: float,
    validation_fraction: float,
    seed: int,
    rng: np.random.Generator,
) -> NDArray[np.uint16]:
    """Return keys by which the rows are for what `parts` says."""
    test, validation = _edges(test_fraction, validation_fraction)
    n = len(parts)
    for_test = rng.integers(0, max(test, 1), n)
    for_training = rng.integers(min(validation, KEY_LIMIT - 1), KEY_LIMIT, n)
    drawn = np.where(parts == TEST, for_test, for_training)
    if (parts == VALIDATION).any():
        drawn = np.where(parts == VALIDATION, rng.integers(test, max(validation, test + 1), n), drawn)
    return np.asarray(_turned(drawn, seed, back=True), dtype=np.uint16)


def _edges(test_fraction: float, validation_fraction: float) -> tuple[int, int]:
    """Return where the keys of test rows end, and those of validation rows."""
    return round(test_fraction * KEY_LIMIT), round((test_fraction + validation_fraction) * KEY_LIMIT)


def _turned(keys: Any, seed: int, *, back: bool = False) -> Any:
    # Steps of the golden ratio leave the seeds far apart from each other.
    step = (seed * 40503) % KEY_LIMIT
    return (keys + (-step if back else step)) % KEY_LIMIT
