"""Columns of numbers that grow at the end: cheap to append to, cheap to look at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST_CAPACITY = 1024


class GrowingColumns:
    """Parallel columns of one type in one array, so that each column is contiguous.

    Views handed out before stay valid and unchanged when the columns grow.

    Parameters
    ----------
    n_columns : int
    dtype : dtype
    """

    def __init__(self, n_columns: int, dtype: type[np.generic] = np.float64) -> None:
        self._store: NDArray[Any] = np.empty((n_columns, 0), dtype=dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, rows: NDArray[Any]) -> None:
        """Append ``(n_columns, n)`` numbers."""
        end = self._length + rows.shape[1]
        if end > self._store.shape[1]:
            capacity = max(end, 2 * self._store.shape[1], _FIRST_CAPACITY)
            store = np.empty((len(self._store), capacity), dtype=self._store.dtype)
            store[:, : self._length] = self.values
            self._store = store
        self._store[:, self._length : end] = rows
        self._length = end

    def trim(self) -> None:
        """Keep no spare room; what is appended next makes some again."""
        if self._store.shape[1] > self._length:
            self._store = self.values.copy()

    @property
    def nbytes(self) -> int:
        """Memory in use, spare room included."""
        return self._store.nbytes

    @property
    def spare_nbytes(self) -> int:
        """Room for what is appended next; the system has given it only where it was written to before."""
        return self._store.nbytes - self.values.nbytes

    @property
    def values(self) -> NDArray[Any]:
        """Read-only view ``(n_columns, n)``."""
        view = self._store[:, : self._length]
        view.flags.writeable = False
        return view
