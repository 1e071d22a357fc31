"""A large data set and its parts: its rows are kept once, by the parts that are learnt from and tested on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arrays import read_only
from nnviz.data.compact import compact
from nnviz.data.dataset import Dataset
from nnviz.data.made_later import MadeLater
from nnviz.data.split import Index

#: Smaller features are kept twice, so that all rows in their own order are there at once.
FEWEST_BYTES = 2**23


class Regrouped(MadeLater):
    """A data set whose rows are put together again from its parts whenever somebody asks for them.

    Make one with `regrouped`.

    Attributes
    ----------
    pieces : tuple of (ndarray, Dataset)
        The parts, and where their rows stand.
    """

    later = ("X", "y", "labels")
    pieces: tuple[tuple[NDArray[np.uint32], Dataset], ...]

    def made(self, name: str) -> NDArray[Any] | None:
        """See the base class."""
        return self._joined([getattr(part, name) for _, part in self.pieces])  # type: ignore[no-any-return]

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


def pieces_of(data: Dataset) -> tuple[Dataset, ...]:
    """Return the data sets that together have all rows, whatever their order."""
    return tuple(part for _, part in data.pieces) if isinstance(data, Regrouped) else (data,)


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
    whole = compact(whole)
    if any(len(some) == n and bool((some == np.arange(n)).all()) for some in rows):
        return whole, tuple(whole if len(some) == n else whole.take(some) for some in rows)
    parts = tuple(map(whole.take, rows))
    if 8 * n * whole.n_features < FEWEST_BYTES:
        return whole, parts
    pieces = tuple((some.astype(np.uint32), part) for some, part in zip(rows, parts, strict=True))
    return Regrouped.like(whole, pieces=pieces), parts
