"""The history of a run: every epoch's figures, none skipped.

Exact up to a million epochs; of later ones blocks of a thousand keep mean, minimum and maximum, and the last entry is
always the last epoch itself. Curves for drawing come thinned, with their extremes, at a cost that does not grow with
the history.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arguments import numbers, whole
from nnviz.core.description import Described, Description
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.history.columns import HistoryColumns
from nnviz.core.history.growing import GrowingColumns
from nnviz.core.history.snapshots import SnapshotStore
from nnviz.core.history.thinning import ExtremesPyramid, thin
from nnviz.core.layout import Array
from nnviz.core.metrics import Task, check_task, score_of
from nnviz.core.storage import Arrays, PathLike
from nnviz.core.translation import counted

#: Entries that are kept one by one, epoch 0 included.
EXACT_ENTRIES = 1_000_001
#: Epochs that one later entry stands for.
BLOCK = 1000

#: Columns of histories that do not name theirs: those of nnviz 0.1.
_FIRST_COLUMNS = (
    "train_loss",
    "test_loss",
    "train_score",
    "test_score",
    "train_rmse",
    "test_rmse",
    "penalty",
    "learning_rate",
)
_N = len(RECORD_COLUMNS)
_COLUMN = {name: position for position, name in enumerate((*RECORD_COLUMNS, "elapsed_s"))}


class History(HistoryColumns, Described):
    """What every epoch left: entry 0 is before training, entry e after e epochs, the last one the last epoch.

    All columns are read-only one-dimensional views; take a new one after more training.

    Parameters
    ----------
    task : "classification" or "regression"
        Whether the score is accuracy or R².

    Attributes
    ----------
    snapshots : SnapshotStore
        Parameters of past epochs.
    last_epoch : int
        Finished epochs; −1 before entry 0.
    last_record : ndarray ``(len(RECORD_COLUMNS),)``
        Figures of that epoch.
    marks : tuple of int
        Epochs at which what had been learnt was carried into a changed network.

    Examples
    --------
    >>> import nnviz
    >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
    >>> history = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y, batch_size=25).run(epochs=3)
    >>> history.epoch.tolist(), history.updates.tolist()
    ([0, 1, 2, 3], [0, 4, 8, 12])
    >>> 0.0 <= float(history.train_accuracy[-1]) <= 1.0
    True
    >>> history.to_csv("history.csv")
    """

    def __init__(self, task: Task) -> None:
        check_task(task)
        self.task: Task = task
        self.snapshots = SnapshotStore()
        self.last_epoch = -1
        self.marks: tuple[int, ...] = ()
        self.last_record: Array = np.full(_N, math.nan)
        self._figures = GrowingColumns(_N + 1)
        self._counts = GrowingColumns(2, np.int64)
        self._low = GrowingColumns(_N + 1)
        self._high = GrowingColumns(_N + 1)
        self._pending_figures = np.empty((_N + 1, 0))
        self._pending_counts = np.empty((2, 0), dtype=np.int64)
        self._pyramid = ExtremesPyramid(_N + 1)

    def __len__(self) -> int:
        return len(self._figures) + (self._pending_counts.shape[1] > 0)

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        from nnviz.core.history.words import CURVES, in_a_line, last_figures

        figures = last_figures(self.task, self.last_record) if len(self) else ()
        title = counted(max(self.last_epoch, 0), "History of 1 epoch", "History of {0} epochs")
        points = self.curve_points(200) if len(self) else {}
        curves = {
            name: (points["epoch"], points[column])
            for name, column in CURVES.items()
            if points and not np.isnan(points[column]).all()
        }
        return Description(f"{title}{in_a_line(figures)}", title, figures, curves)

    @property
    def nbytes(self) -> int:
        """Memory in use, snapshots included."""
        return self.snapshots.nbytes + sum(columns.nbytes for columns in self._columns)

    @property
    def spare_nbytes(self) -> int:
        """Of `nbytes`, room for epochs to come."""
        return sum(columns.spare_nbytes for columns in self._columns)

    def trim(self) -> None:
        """Keep no room for epochs to come, as a run that only waits needs none; those that come make it again."""
        for columns in self._columns:
            columns.trim()

    @property
    def epoch(self) -> NDArray[np.int64]:
        """Finished epochs at each entry (of a block: at its end)."""
        return self._with_last_count(0)

    @property
    def updates(self) -> NDArray[np.int64]:
        """Updates of the parameters up to each entry."""
        return self._with_last_count(1)

    def column(self, name: str) -> Array:
        """Return the column called `name`: one of `RECORD_COLUMNS` or "elapsed_s"."""
        position = self._position(name)
        column = self._figures.values[position]
        if not self._has_blocks:
            return np.asarray(column)
        whole = column if self._pending_counts.shape[1] else column[:-1]
        return _read_only(np.append(whole, self._last_figures[position]))

    def minimum(self, name: str) -> Array:
        """Return the lowest value that each entry stands for: the column itself, of blocks their minimum."""
        return self._bound(self._low, np.fmin, name)

    def maximum(self, name: str) -> Array:
        """Return the highest value that each entry stands for: the column itself, of blocks their maximum."""
        return self._bound(self._high, np.fmax, name)

    def append(self, records: Array, updates: NDArray[np.int64], elapsed_s: Array) -> None:
        """Append the epochs that follow the last one.

        Parameters
        ----------
        records : ndarray ``(n, len(RECORD_COLUMNS))``
        updates, elapsed_s : ndarray ``(n,)``
            Updates and seconds up to the end of each.
        """
        records, elapsed_s = numbers(records, "records"), numbers(elapsed_s, "elapsed_s")
        n = len(records) if records.ndim else 0
        if records.size == 0 and not np.size(updates):
            return
        counts_given = numbers(updates, "updates")
        if records.shape != (n, _N) or counts_given.shape != (n,) or elapsed_s.shape != (n,):
            raise SettingError("Records must be rows of {0} numbers, with updates and seconds of each.", _N)
        figures = np.vstack([records.T, elapsed_s])
        counts = np.vstack([np.arange(self.last_epoch + 1, self.last_epoch + 1 + n), np.asarray(updates, np.int64)])
        self.last_epoch += n
        self.last_record = records[-1].copy()
        exact = max(0, min(n, EXACT_ENTRIES - len(self._figures)))
        self._figures.append(figures[:, :exact])
        self._counts.append(counts[:, :exact])
        if exact < n:
            self._append_blocks(figures[:, exact:], counts[:, exact:])

    def mark(self) -> None:
        """Note that the network is another one from here on, which was given what the one before had learnt."""
        if self.last_epoch not in self.marks:
            self.marks = (*self.marks, self.last_epoch)

    def curve_points(self, max_points: int = 2000) -> dict[str, Array]:
        """Return the columns thinned for drawing, extremes kept.

        Returns
        -------
        dict
            "epoch", "updates", "elapsed_s" and every name in `RECORD_COLUMNS`: float arrays of one length, at most
            `max_points`. The first entry and the last epoch are exact.
        """
        epochs, updates = self._counts.values
        self._pyramid.extend(len(self._figures), self._bounds)
        x, thinned = thin(epochs, self._figures.values, self._bounds, self._pyramid, whole(max_points, "max_points", 8))
        points = dict(zip((*RECORD_COLUMNS, "elapsed_s"), thinned, strict=True))
        points["updates"] = updates[np.searchsorted(epochs, x)].astype(np.float64)
        if self._has_blocks:
            x[-1], points["updates"][-1] = self._last_counts
            for name, value in zip((*RECORD_COLUMNS, "elapsed_s"), self._last_figures, strict=True):
                points[name][-1] = value
        return {"epoch": x, **points}

    def figures_of(self, epoch: int) -> dict[str, float]:
        """Return the figures of one epoch, or of the block it is in: one number per column, and "epoch", "updates".

        An epoch that was never reached stands for the nearest one that was. There has to be an entry.
        """
        epoch = whole(epoch, "epoch")
        if not len(self):
            raise SettingError("This history has no entries yet; train first.")
        if epoch >= self.last_epoch or epoch > self._counts.values[0, -1]:
            figures, counts = self._last_figures, self._last_counts
        else:
            entry = int(np.searchsorted(self._counts.values[0], epoch))
            figures, counts = self._figures.values[:, entry], self._counts.values[:, entry]
        named = {name: float(figures[position]) for name, position in _COLUMN.items()}
        return {**named, "epoch": float(counts[0]), "updates": float(counts[1])}

    def upto(self, epoch: int) -> Self:
        """Return an independent history that ends with `epoch`, without snapshots.

        Of epochs beyond a million, of which blocks are kept, the figures of the block stand for the last one.

        Raises
        ------
        SettingError
            Where the history does not have the epoch.
        """
        from nnviz.core.history.cutting import cut

        if not (len(self) and self.epoch[0] <= whole(epoch, "epoch") <= self.last_epoch):
            raise SettingError("The history has no epoch {0}; it goes to epoch {1}.", epoch, self.last_epoch)
        return self.from_arrays(cut(self.to_arrays(), epoch))

    def to_arrays(self) -> Arrays:
        """Return all figures (not the snapshots) as arrays, for an archive."""
        return {
            "history_figures": self._figures.values.copy(),
            "history_counts": self._counts.values.copy(),
            "history_low": self._low.values.copy(),
            "history_high": self._high.values.copy(),
            "history_pending": self._pending_figures,
            "history_pending_counts": self._pending_counts,
            "history_last": self.last_record,
            "history_task": np.array(self.task),
            "history_columns": np.array(RECORD_COLUMNS),
            "history_marks": np.array(self.marks, dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the history of `to_arrays`, or raise `ExperimentError`."""
        try:
            return cls._restored(arrays)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ExperimentError("The history in this file is damaged; train again.") from error

    @classmethod
    def _restored(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the history of `to_arrays`; ValueError and the like where they are none."""
        from nnviz.core.history.stored import check_epochs, stored_counts, stored_figures, stored_marks

        task: Any = str(arrays["history_task"])
        history = cls(task)
        columns = (*arrays.get("history_columns", np.array(_FIRST_COLUMNS)).tolist(), "elapsed_s")

        def figures_of(name: str, names: tuple[str, ...] = columns) -> Array:
            return stored_figures(arrays[name], names, _COLUMN)

        history._figures.append(figures_of("history_figures"))
        history._counts.append(stored_counts(arrays["history_counts"]))
        history._low.append(figures_of("history_low"))
        history._high.append(figures_of("history_high"))
        history._pending_figures = figures_of("history_pending")
        history._pending_counts = stored_counts(arrays["history_pending_counts"])
        history.last_record = figures_of("history_last", columns[:-1])[:_N, 0].copy()
        n_entries, n_pending = len(history._figures), history._pending_figures.shape[1]
        n_blocks = max(0, n_entries - EXACT_ENTRIES)
        sizes = (len(history._counts), len(history._low), len(history._high), history._pending_counts.shape[1])
        if sizes != (n_entries, n_blocks, n_blocks, n_pending):
            raise ValueError
        check_epochs(history._counts.values, history._pending_counts, EXACT_ENTRIES, BLOCK)
        seconds = _COLUMN["elapsed_s"]
        if not all((times[seconds] >= 0.0).all() for times in (history._figures.values, history._pending_figures)):
            raise ValueError
        history.last_epoch = int(np.hstack([history._counts.values[0, -1:], history._pending_counts[0]])[-1])
        history.marks = stored_marks(arrays.get("history_marks"), history.last_epoch)
        return history

    def to_csv(self, path: PathLike) -> None:
        """Write a table with one row per entry; figures that do not apply are left out."""
        from nnviz.core.csv_files import write_csv

        names = [name for name in (*RECORD_COLUMNS, "elapsed_s") if not np.isnan(self.column(name)).all()]
        score = score_of(self.task).name
        header = ["epoch", *(name.replace("score", score) for name in names), "updates"]
        columns = (self.epoch, *(self.column(name) for name in names), self.updates)
        write_csv(path, chain([header], _rows(columns)))

    def _append_blocks(self, figures: Array, counts: NDArray[np.int64]) -> None:
        """Put later epochs aside until they fill blocks, and keep of each block mean, minimum and maximum."""
        figures = np.hstack([self._pending_figures, figures])
        counts = np.hstack([self._pending_counts, counts])
        whole = figures.shape[1] // BLOCK * BLOCK
        self._pending_figures, self._pending_counts = figures[:, whole:].copy(), counts[:, whole:].copy()
        if not whole:
            return
        blocks = figures[:, :whole].reshape(len(figures), -1, BLOCK)
        means = blocks.mean(axis=2)
        means[_COLUMN["elapsed_s"]] = blocks[_COLUMN["elapsed_s"], :, -1]
        self._figures.append(means)
        self._counts.append(counts[:, BLOCK - 1 : whole : BLOCK])
        self._low.append(np.fmin.reduce(blocks, axis=2))
        self._high.append(np.fmax.reduce(blocks, axis=2))

    def _bounds(self, start: int, stop: int) -> tuple[Array, Array]:
        """Return lower and upper bounds of some entries, all columns."""
        exact = self._figures.values[:, start : min(stop, EXACT_ENTRIES)]
        if stop <= EXACT_ENTRIES:
            return exact, exact
        blocks = slice(max(0, start - EXACT_ENTRIES), stop - EXACT_ENTRIES)
        return np.hstack([exact, self._low.values[:, blocks]]), np.hstack([exact, self._high.values[:, blocks]])

    def _bound(self, blocks: GrowingColumns, extreme: np.ufunc, name: str) -> Array:
        position = self._position(name)
        begun = self._pending_figures[position]
        last = [extreme.reduce(begun)] if len(begun) else []
        exact = self._figures.values[position, :EXACT_ENTRIES]
        return _read_only(np.concatenate([exact, blocks.values[position], last]))

    @property
    def _columns(self) -> Iterator[GrowingColumns]:
        """All that grows with the epochs."""
        return chain((self._figures, self._counts, self._low, self._high), self._pyramid.columns)

    @property
    def _has_blocks(self) -> bool:
        """Whether the last entry is one that blocks would hide: there are later epochs than are kept one by one."""
        return len(self._low) > 0 or self._pending_counts.shape[1] > 0

    @property
    def _last_figures(self) -> Array:
        """All columns at the last epoch."""
        kept = self._pending_figures if self._pending_figures.shape[1] else self._figures.values
        return np.append(self.last_record, kept[_COLUMN["elapsed_s"], -1])

    @property
    def _last_counts(self) -> NDArray[np.int64]:
        kept = self._pending_counts if self._pending_counts.shape[1] else self._counts.values
        return np.asarray(kept[:, -1])

    def _with_last_count(self, row: int) -> NDArray[np.int64]:
        counts, begun = self._counts.values[row], self._pending_counts[row, -1:]
        return _read_only(np.append(counts, begun)) if len(begun) else np.asarray(counts)

    @staticmethod
    def _position(name: str) -> int:
        if isinstance(name, str) and name in _COLUMN:
            return _COLUMN[name]
        raise SettingError("A history has no column {0!r}; it has {1}.", name, ", ".join(_COLUMN))


def _read_only(column: NDArray[Any]) -> NDArray[Any]:
    column.flags.writeable = False
    return column


def _rows(columns: Sequence[NDArray[Any]]) -> Iterator[list[object]]:
    """Yield the rows of a table; what does not apply is an empty cell."""
    from nnviz.core.csv_files import LINES_AT_ONCE

    for start in range(0, len(columns[0]), LINES_AT_ONCE):
        block = (column[start : start + LINES_AT_ONCE].tolist() for column in columns)
        for row in zip(*block, strict=True):
            yield ["" if value != value else value for value in row]
