"""Which rows of the data are marked: one choice that the map, the table and the confusion matrix share.

Marks say nothing about training and are not saved; other data take them away.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.arrays import distinct, read_only
from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import RowId
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.row_identity import same_features

Rows = NDArray[np.int64]


def _none() -> Rows:
    return _sorted(())


def _sorted(rows: Iterable[int] | NDArray[np.integer]) -> Rows:
    return read_only(distinct(np.asarray(rows if isinstance(rows, np.ndarray) else list(rows), dtype=np.int64)))


class MarkedRows(Struct, frozen=True, eq=False):
    """Rows of all parts of the data, in ascending order, counted from 0.

    Attributes
    ----------
    train, validation, test : ndarray int64 ``(n,)``
    """

    train: Rows = field(default_factory=_none)
    validation: Rows = field(default_factory=_none)
    test: Rows = field(default_factory=_none)

    def __len__(self) -> int:
        return sum(len(self.part(name)) for name in PARTS)

    def __contains__(self, row: RowId) -> bool:
        return bool(np.isin(row[1], self.part(row[0])))

    @property
    def first(self) -> RowId | None:
        """The first marked row, of the test rows if there is one; None where nothing is marked."""
        return next(((name, int(self.part(name)[0])) for name in reversed(PARTS) if len(self.part(name))), None)

    def part(self, name: PartName) -> Rows:
        """Return the marked rows of one part."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]


class Marks(QObject):
    """The marked rows of one window; whoever shows rows listens, whoever lets rows be chosen sets them.

    Attributes
    ----------
    rows : MarkedRows

    Signals
    -------
    changed : ()
        Other rows are marked than before.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = MarkedRows()
        self._prepared: Prepared | None = None

    def set(self, **parts: Iterable[int] | NDArray[np.integer]) -> None:
        """Mark just these rows, given by the name of their part."""
        rows = MarkedRows(**{name: _sorted(chosen) for name, chosen in parts.items()})
        if not all(np.array_equal(rows.part(name), self.rows.part(name)) for name in PARTS):
            self.rows = rows
            self.changed.emit()

    def set_one(self, row: RowId) -> None:
        """Mark just one row."""
        self.set(**{row[0]: (row[1],)})

    def toggle(self, row: RowId) -> None:
        """Mark one row more, or one less where it is marked."""
        parts: dict[str, Rows] = {name: self.rows.part(name) for name in PARTS}
        parts[row[0]] = np.setxor1d(parts[row[0]], row[1])
        self.set(**parts)

    def clear(self) -> None:
        """Mark nothing."""
        self.set()

    @Slot(object, object)
    def show_experiment(self, _old: Experiment, experiment: Experiment) -> None:
        """Let go of rows that are gone at once: an empty canvas has none."""
        rows = experiment.data.rows
        if rows is not None and len(rows.features) == 0:
            self.clear()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over the data; where their rows are others than before, nothing is marked."""
        old, self._prepared = self._prepared, prepared
        if len(self.rows) and old is not None and not same_features(old, prepared):
            self.clear()
