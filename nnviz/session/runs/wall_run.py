"""One run of a wall: a run of the laboratory that knows its place among the others and shares their rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from nnviz.experiment.document import Document, Experiment
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.schema import DataSpec
from nnviz.experiment.sources import Source, load_source
from nnviz.session.needs import NOTHING
from nnviz.session.run import Run
from nnviz.session.speeds import SPEEDS
from nnviz.sweeps.plan import Point


class SharedRows:
    """The rows that runs side by side learn from: read once, in whichever training thread wants them first.

    Parameters
    ----------
    base_path : Path or None
        Folder that relative paths of tables start from.
    """

    def __init__(self, base_path: Path | None) -> None:
        self.base_path = base_path
        self._lock = threading.Lock()
        self._sources: dict[str, Source] = {}

    def source_of(self, data: DataSpec) -> Source:
        """Return the rows that `data` names; raises what `load_source` raises."""
        key = data.model_dump_json(exclude={"test_fraction", "validation_fraction", "split_seed"})
        with self._lock:
            if key not in self._sources:
                self._sources[key] = load_source(data, self.base_path)
            return self._sources[key]


class WallRun(Run):
    """A run beside the one in front.

    Parameters
    ----------
    experiment : Experiment
    point : Point
        What sets it apart from the others.
    rows : SharedRows
    document : Document or None
        Weights to start from.
    label : str
        What it is called among all runs of a window.
    """

    def __init__(
        self,
        experiment: Experiment,
        point: Point,
        rows: SharedRows,
        document: Document | None = None,
        label: str = "",
    ) -> None:
        super().__init__(experiment, NOTHING, SPEEDS["full"], base_path=rows.base_path, document=document)
        self.point, self.label = point, label
        self._rows = rows
        # It is one of its own from the beginning: its share of the memory is that of runs that rest.
        self.touch()

    def prepare(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Make data and trainer; of cross-validation, its fold is held back."""
        if self.trainer is None and self.prepared is None:
            self.prepared = self._prepared()
        super().prepare(cancelled)

    def _prepared(self) -> Prepared:
        source = self._rows.source_of(self.experiment.data)
        return prepare(self.experiment, source=source, fold=self.point.fold)
