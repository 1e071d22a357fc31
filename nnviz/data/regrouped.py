"""A large data set and its parts: its rows are kept once, by the parts that are learnt from and tested on."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.data.dataset import Dataset
from nnviz.data.split import Index

#: Smaller features are kept twice, so that all rows in their own order are there at once.
FEWEST_BYTES = 2**23
#: The fields that are put together again.
_OF_ROWS = ("X", "y", "labels")


class Regrouped(Dataset):
    """A data set whose rows are put together again from its parts whenever somebody asks for them.

    Make one with `regrouped`.

    Attributes
    ----------
    pieces : tuple of (ndarray, Dataset)
        The parts, and where their rows stand.
    """

    pieces: tuple[tuple[NDArray[np.uint32], Dataset], ...]
    _latest: dict[str, weakref.ref[NDArray[Any]]]

    def __new__(cls, **values: Any) -> Any:
        """Return what is made of one by changing some of its fields: a data set with rows of its own."""
        return Dataset(**values)

    def __getattr__(self, name: str) -> Any:
        # Asked only where there is no such attribute, as for what has not been put together.
        if name not in _OF_ROWS or "pieces" not in vars(self):
            raise AttributeError(name)
        found = self._latest[name]() if name in self._latest else None
        if found is None:
            found = self._joined([getattr(part, name) for _, part in self.pieces])
            if found is not None:
                self._latest[name] = weakref.ref(found)
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        # Elsewhere there are no parts to share with.
        return partial(Dataset, **{field.name: getattr(self, field.name) for field in fields(Dataset)}), ()

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return sum(part.n_samples for _, part in self.pieces)

    @property
    def n_outputs(self) -> int:
        """Number of columns of `y`."""
        return self.pieces[0][1].n_outputs

    @property
    def class_index(self) -> Index:
        """As of every data set, put together like the rows."""
        index: Index = self._joined([part.class_index for _, part in self.pieces])
        return index

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Rows of each class, in the order of the class names."""
        return tuple(map(sum, zip(*(part.class_counts for _, part in self.pieces), strict=True)))

    def _joined(self, values: Sequence[NDArray[Any] | None]) -> Any:
        first = values[0]
        if first is None:
            return None
        found = np.empty((self.n_samples, *first.shape[1:]), dtype=first.dtype)
        for (rows, _), some in zip(self.pieces, values, strict=True):
            found[rows] = some
        return read_only(found)


def features_of(data: Dataset) -> tuple[Array, ...]:
    """Return the features of all rows in as many pieces as there are, whatever the order of the rows."""
    return tuple(part.X for _, part in data.pieces) if isinstance(data, Regrouped) else (data.X,)


def regrouped(whole: Dataset, rows: Sequence[Index]) -> tuple[Dataset, tuple[Dataset, ...]]:
    """Return a data set and its parts.

    Parameters
    ----------
    whole : Dataset
    rows : sequence of ndarray of int
        Positions of the rows of each part, each row once.

    Returns
    -------
    whole : Dataset
        The same rows; where they are many and in several parts, without rows of its own as long as nobody asks.
    parts : tuple of Dataset
    """
    n = whole.n_samples
    if any(len(some) == n and bool((some == np.arange(n)).all()) for some in rows):
        return whole, tuple(whole if len(some) == n else whole.take(some) for some in rows)
    parts = tuple(map(whole.take, rows))
    if whole.X.nbytes < FEWEST_BYTES:
        return whole, parts
    again = object.__new__(Regrouped)
    described = [field.name for field in fields(Dataset) if field.name not in _OF_ROWS]
    vars(again).update({name: getattr(whole, name) for name in described})
    vars(again)["pieces"] = tuple((some.astype(np.uint32), part) for some, part in zip(rows, parts, strict=True))
    vars(again)["_latest"] = {}
    return again, parts
