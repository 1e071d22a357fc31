"""Parameters of past epochs, within a memory budget: what is there at once when the past is scrubbed through.

Every epoch is kept while they fit and are not too many. Then half of them go, so that those left lie evenly on a
logarithmic scale: dense where training is young. The first, the best and the last are always there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arrays import distinct
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array

_FIRST_CAPACITY = 64
_MOST = 2048
"""Snapshots at once, whatever there is room for: as many as a track has pixels, while keeping one of every epoch of a
small network would take a hundredth of the time of training."""
_LARGE = 2**15
"""Bytes of a snapshot from which on they are moved one by one."""


class SnapshotStore:
    """Parameter vectors by epoch.

    Parameters
    ----------
    budget_bytes : int
        For the thinned snapshots; the first, best and last come on top. Keyframes (`nnviz.core.past`) take as much.

    Attributes
    ----------
    stride : int
        Epochs whose number is a multiple of it are worth adding.
    """

    def __init__(self, budget_bytes: int = 32 * 2**20) -> None:
        self.budget_bytes = budget_bytes
        self.stride = 1
        self._length = 0
        self._epochs = np.empty(0, dtype=np.int64)
        self._store = np.empty((0, 0))
        self._pinned: dict[str, tuple[int, Array]] = {}
        self._marked: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    @property
    def epochs(self) -> NDArray[np.int64]:
        """Epochs that have a snapshot, ascending."""
        pinned = [epoch for epoch, _ in self._pinned.values()]
        return np.union1d(self._epochs[: self._length], np.array(pinned, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Memory in use, pinned snapshots included."""
        pinned = sum(parameters.nbytes for _, parameters in self._pinned.values())
        return self._store.nbytes + self._epochs.nbytes + pinned

    def parameters(self, epoch: int) -> Array:
        """Return a copy of the parameters at the end of `epoch`, or raise `SettingError` where none were kept."""
        kept = self.as_it_ended(epoch)
        if kept is not None:
            return kept
        for pinned, parameters in self._pinned.values():
            if pinned == epoch:
                return parameters.copy()
        raise SettingError(
            "The parameters of epoch {0} were not kept; the nearest kept is {1}.", epoch, self.nearest(epoch)
        )

    def as_it_ended(self, epoch: int) -> Array | None:
        """Return a copy of the parameters at the very end of `epoch`, or None where they were not kept."""
        position = int(np.searchsorted(self._epochs[: self._length], epoch))
        is_kept = position < self._length and self._epochs[position] == epoch
        return np.array(self._store[position]) if is_kept else None

    def kept_between(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the epochs from `first` to `last` whose parameters are kept as they ended, ascending."""
        epochs = self._epochs[: self._length]
        low, high = np.searchsorted(epochs, [first, last + 1])
        return epochs[low:high].copy()

    def values(self, epochs: NDArray[np.int64], indices: NDArray[np.intp]) -> Array:
        """Return some parameters ``(n_epochs, n_indices)`` of epochs that are kept as they ended."""
        positions = np.searchsorted(self._epochs[: self._length], epochs)
        return np.asarray(self._store[positions[:, np.newaxis], indices])

    def nearest(self, epoch: int) -> int:
        """Return the epoch with a snapshot that lies closest to `epoch`."""
        epochs = self.epochs
        return int(epochs[np.abs(epochs - epoch).argmin()])

    def pin(self, role: str, epoch: int, parameters: Array) -> None:
        """Keep a copy of the parameters of the "first", "best" or "last" epoch, instead of the former one."""
        known = self._pinned.get(role)
        if known is None or len(known[1]) != len(parameters):
            self._pinned[role] = (epoch, parameters.copy())
        elif known[0] != epoch or role == "last":
            np.copyto(known[1], parameters)
            self._pinned[role] = (epoch, known[1])

    def mark(self, epochs: tuple[int, ...]) -> None:
        """Spare these epochs when snapshots are thinned, as far as they are kept by then; of many the last ones."""
        self._marked = np.array(epochs, dtype=np.int64)

    def limit(self, budget_bytes: int) -> None:
        """Do with other memory from now on; where it is less, snapshots are thinned at once."""
        self.budget_bytes = budget_bytes
        capacity = self._capacity(self._store.shape[1])
        if self._length > capacity:
            self.stride = max(2 * self.stride, int(self._epochs[self._length - 1]) // max(capacity, 1))
            if capacity < 2:
                self._length = 0
            else:
                self._thin(max(capacity // 2, 2))
        if len(self._epochs) > max(capacity, self._length):
            self._store, self._epochs = self._store[: self._length].copy(), self._epochs[: self._length].copy()

    def part(self, n_bytes: int, first: int) -> tuple[NDArray[np.int64], Array]:
        """Return as many of the snapshots from epoch `first` on as there is room for, as `_thin` keeps them: copies."""
        start = int(np.searchsorted(self._epochs[: self._length], first))
        epochs, parameters = self._epochs[start : self._length], self._store[start : self._length]
        positions = np.arange(len(epochs))
        n_keep = n_bytes // (8 * (self._store.shape[1] + 1))
        if len(epochs) > n_keep:
            positions = self._spread(epochs, n_keep) if n_keep >= 2 else positions[:0]
        return epochs[positions], parameters[positions]

    def restore(self, epochs: NDArray[np.int64], parameters: Array, stride: int) -> None:
        """Take in what `part` gave of another store, in the place of what is here."""
        self.stride, self._length = stride, len(epochs)
        self._epochs, self._store = epochs.copy(), parameters.copy()
        if len(epochs) and epochs[0] == 0:
            self.pin("first", 0, parameters[0])
        self.limit(self.budget_bytes)

    def _capacity(self, n_parameters: int) -> int:
        return min(int(self.budget_bytes // (8 * (n_parameters + 1))), _MOST)

    def add(self, epochs: NDArray[np.int64], parameters: Array) -> None:
        """Append snapshots ``(n, n_parameters)`` of ascending `epochs`; thins itself where the budget is spent."""
        capacity = self._capacity(parameters.shape[1])
        if capacity < 2:
            return
        for start in range(0, len(epochs), capacity):
            self._add(epochs[start : start + capacity], parameters[start : start + capacity], capacity)

    def add_until(self, epoch: int, parameters: Array) -> None:
        """Append snapshots ``(n, n_parameters)`` of the last n multiples of the stride up to `epoch`."""
        last = epoch // self.stride * self.stride
        self.add(last - self.stride * np.arange(len(parameters) - 1, -1, -1, dtype=np.int64), parameters)

    def _add(self, epochs: NDArray[np.int64], parameters: Array, capacity: int) -> None:
        if self.stride > 1 and not (wanted := epochs % self.stride == 0).all():
            epochs, parameters = epochs[wanted], parameters[wanted]
        while self._length + len(epochs) > capacity:
            newest = int(epochs[-1])
            self.stride = max(2 * self.stride, newest // capacity)
            wanted = epochs % self.stride == 0
            epochs, parameters = epochs[wanted], parameters[wanted]
            self._thin(capacity // 2)
        end = self._length + len(epochs)
        if end > len(self._epochs):
            room = min(capacity, max(end, 2 * len(self._epochs), _FIRST_CAPACITY))
            store, numbers = np.empty((room, parameters.shape[1])), np.empty(room, dtype=np.int64)
            if self._length:
                store[: self._length], numbers[: self._length] = (
                    self._store[: self._length],
                    self._epochs[: self._length],
                )
            self._store, self._epochs = store, numbers
        self._store[self._length : end], self._epochs[self._length : end] = parameters, epochs
        self._length = end

    def _thin(self, n_keep: int) -> None:
        """Keep at most `n_keep` snapshots, evenly spread over the logarithm of the epoch."""
        kept = self._epochs[: self._length]
        if self._length <= n_keep:
            return
        positions = self._spread(kept, n_keep)
        n = len(positions)
        self._epochs[:n] = kept[positions]
        if self._store[:1].nbytes < _LARGE:
            self._store[:n] = self._store[positions]
        else:
            for place, position in enumerate(positions.tolist()):
                if place != position:
                    self._store[place] = self._store[position]
        self._length = n

    def _spread(self, epochs: NDArray[np.int64], n_keep: int) -> NDArray[np.intp]:
        """Return the places of at most `n_keep` epochs: marked ones, the others evenly over their logarithm."""
        dear = self._marked[-(n_keep // 2) :]
        marked = np.searchsorted(epochs, dear).clip(0, len(epochs) - 1)
        marked = distinct(marked[epochs[marked] == dear])
        wanted = np.geomspace(1.0, epochs[-1] + 1.0, n_keep - len(marked)) - 1.0
        even = np.searchsorted(epochs, wanted).clip(0, len(epochs) - 1)
        return distinct(np.sort(np.concatenate([even, marked])))
