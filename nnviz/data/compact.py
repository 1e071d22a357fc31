"""Large tables of decimals, kept as whole numbers of a small type until somebody asks for the numbers themselves.

What a network learns from is kept as numbers, standardised; what was measured is asked for seldom then: a row, a
column, or all of it where a map is laid out anew. A million rows of twenty columns such as -1.234 are 40 MB, not 160.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import ArrayLike, NDArray

from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.data.checked import row_positions
from nnviz.data.dataset import Dataset
from nnviz.data.made_later import MadeLater

#: Smaller features are kept as they are.
FEWEST_BYTES = 2**23
_MOST_PLACES = 9
#: So many rows tell which columns may be decimals.
_LOOKED_AT = 1000
_TYPES = (np.int16, np.int32)


class SmallTable(Struct, frozen=True, eq=False):
    """Numbers ``(n_rows, n_columns)`` of which each is a whole number over a power of ten; make one with `of`.

    Attributes
    ----------
    whole : ndarray of a small type (n_rows, n_columns)
        The least number of the type stands for −0, which is no whole number.
    powers : ndarray (n_columns,)
    """

    whole: NDArray[Any]
    powers: Array

    @classmethod
    def of(cls, X: Array) -> SmallTable | None:
        """Return the numbers as they are to the last bit, or None where they are no such numbers."""
        some = X[:_LOOKED_AT]
        powers = [_power(some[:, column], X[:, column]) for column in range(X.shape[1])]
        if not all(powers):
            return None
        factors = np.array(powers, dtype=np.float64)
        for kind in _TYPES:
            whole = np.empty(X.shape, dtype=kind)
            least = np.iinfo(kind).min
            fits = True
            for column, factor in enumerate(factors.tolist()):
                numbers = np.rint(X[:, column] * factor)
                fits = bool(np.abs(numbers).max(initial=0.0) < -float(least))
                if not fits:
                    break
                whole[:, column] = np.where((numbers == 0.0) & np.signbit(X[:, column]), least, numbers)
            if fits:
                return cls(read_only(whole), read_only(factors))
        return None

    def at(self, rows: Any, columns: Any = slice(None)) -> Array:
        """Return the numbers in some rows and columns, a new array."""
        whole, powers = self.whole[rows][..., columns], self.powers[columns]
        numbers = np.divide(whole, powers, dtype=np.float64)
        numbers[whole == np.iinfo(whole.dtype).min] = -0.0
        return np.ascontiguousarray(numbers)

    def taken(self, rows: NDArray[Any]) -> SmallTable:
        """Return some rows."""
        return replace(self, whole=read_only(self.whole[rows]))

    @property
    def limits(self) -> tuple[Array, Array]:
        """Lowest and highest number of each column ``(n_columns,)``; there is a row at least."""
        # Nothing lies between -0 and 0.
        whole = np.where(self.whole == np.iinfo(self.whole.dtype).min, 0, self.whole)
        return whole.min(axis=0) / self.powers, whole.max(axis=0) / self.powers

    def equals(self, other: SmallTable) -> bool:
        """Return whether it is kept as another is: then the numbers are the same."""
        return np.array_equal(self.powers, other.powers) and np.array_equal(self.whole, other.whole)


def _power(some: Array, column: Array) -> float:
    """Return the least power of ten that makes whole numbers of a column and back, or 0."""
    for places in range(_MOST_PLACES + 1):
        factor = 10.0**places
        if _is_whole(some, factor) and _is_whole(column, factor):
            return factor
    return 0.0


def _is_whole(numbers: Array, factor: float) -> bool:
    again = np.rint(numbers * factor)
    again /= factor
    return np.array_equal(again, numbers)


class Compact(MadeLater):
    """A data set whose features are kept as small whole numbers; make one with `compact`."""

    later = ("X",)
    small: SmallTable

    def made(self, name: str) -> Array:
        """See the base class."""
        assert name == "X"
        return self.small.at(slice(None))

    def take(self, rows: ArrayLike) -> Dataset:
        """As of every data set."""
        chosen = row_positions(rows, self.n_samples)
        arrays = {"y": self.y, "labels": self.labels, "row_weights": self.row_weights}
        some = {name: None if array is None else read_only(array[chosen]) for name, array in arrays.items()}
        if 8 * len(chosen) * self.n_features >= FEWEST_BYTES:
            return Compact.like(self, small=self.small.taken(chosen), **some)
        return dataclasses.replace(self, X=read_only(self.small.at(chosen)), **some)  # type: ignore[arg-type]


def compact(data: Dataset) -> Dataset:
    """Return the same data set, with less in memory where its features are many and decimals."""
    if isinstance(data, MadeLater) or data.X.nbytes < FEWEST_BYTES:
        return data
    small = SmallTable.of(data.X)
    return data if small is None else Compact.like(data, small=small)


def rows_of(data: Dataset, rows: Any) -> Array:
    """Return ``data.X[rows]``, of a compact data set without making all of it; `rows` may be one row."""
    return data.small.at(rows) if isinstance(data, Compact) else np.asarray(data.X[rows])


def columns_of(data: Dataset, columns: Sequence[int]) -> Array:
    """Return ``data.X[:, columns]``, of a compact data set without making all of it."""
    return data.small.at(slice(None), list(columns)) if isinstance(data, Compact) else data.X[:, list(columns)]


def limits_of(data: Dataset) -> tuple[Array, Array]:
    """Return the lowest and highest value of each feature ``(n_features,)``; there is a row at least."""
    return data.small.limits if isinstance(data, Compact) else (data.X.min(axis=0), data.X.max(axis=0))


def same_features(one: Dataset, other: Dataset) -> bool:
    """Return whether two data sets have the same features in the same rows."""
    if one is other or (isinstance(one, Compact) and isinstance(other, Compact) and one.small.equals(other.small)):
        return True
    return one.n_samples == other.n_samples and (one.X is other.X or np.array_equal(one.X, other.X))
