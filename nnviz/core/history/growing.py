"""Columns of numbers that grow at the end: cheap to append to, cheap to look at."""

from __future__ import annotations

import math
import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST_CAPACITY = 1024
#: From so many rows on, what there is moves to a larger store piece by piece, while the last rows of this share of the
#: store are filled: on some machines the first touch of so much memory takes a tenth of a second and more.
_LONG, _LAST_PART = 1 << 14, 32
#: So many rows move at least: where hardly any come, as of blocks of a thousand epochs, both stores would be held for
#: hours. Moving so many takes a tenth of a millisecond.
_LEAST_MOVED = 1 << 10


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
        # Where it will grow to, and how many rows are there already.
        self._next: NDArray[Any] | None = None
        self._moved = 0

    def __len__(self) -> int:
        return self._length

    def append(self, rows: NDArray[Any]) -> None:
        """Append ``(n_columns, n)`` numbers."""
        end = self._length + rows.shape[1]
        if end > self._store.shape[1]:
            store = self._larger(end) if self._next is None or end > self._next.shape[1] else self._next
            self._move(store, self._length)
            self._store, self._next, self._moved = store, None, 0
        self._store[:, self._length : end] = rows
        self._length = end
        capacity = self._store.shape[1]
        if capacity >= _LONG and rows.shape[1] <= capacity // _LAST_PART and end > capacity - capacity // _LAST_PART:
            self._next = self._larger(capacity) if self._next is None else self._next
            self._move(self._next, min(end, self._moved + max(2 * _LAST_PART * rows.shape[1], _LEAST_MOVED)))
            if self._moved == end:
                self._store, self._next, self._moved = self._next, None, 0

    def _larger(self, least: int) -> NDArray[Any]:
        self._moved = 0
        shape = len(self._store), max(least, 2 * self._store.shape[1], _FIRST_CAPACITY)
        if shape[1] < _LONG:
            return np.empty(shape, dtype=self._store.dtype)
        # NumPy asks for huge pages, and the first row of every column would wait for one: 40 MB of zeros at once.
        room = mmap.mmap(-1, math.prod(shape) * self._store.itemsize)
        return np.frombuffer(room, dtype=self._store.dtype).reshape(shape)

    def _move(self, store: NDArray[Any], end: int) -> None:
        """Copy the rows before `end` that are not in `store` yet."""
        store[:, self._moved : end] = self._store[:, self._moved : end]
        self._moved = end

    def trim(self) -> None:
        """Keep no spare room; what is appended next makes some again."""
        self._next, self._moved = None, 0
        if self._store.shape[1] > self._length:
            self._store = self.values.copy()

    @property
    def nbytes(self) -> int:
        """Memory in use, spare room included."""
        return self._store.nbytes + (0 if self._next is None else self._next.nbytes)

    @property
    def spare_nbytes(self) -> int:
        """Room for what is appended next; the system has given it only where it was written to before."""
        return self.nbytes - self.values.nbytes - len(self._store) * self._moved * self._store.itemsize

    @property
    def values(self) -> NDArray[Any]:
        """Read-only view ``(n_columns, n)``."""
        view = self._store[:, : self._length]
        view.flags.writeable = False
        return view
