"""One run of a sweep, from its experiment to its result: the same wherever it is trained.

What goes out and what comes back can be sent to another process or computer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Self

import numpy as np

from nnviz._version import __version__
from nnviz.core.arguments import flag, text, whole
from nnviz.core.arrays import read_only
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import ExperimentError
from nnviz.core.history.history import History
from nnviz.core.layout import Array
from nnviz.core.metrics import score_of
from nnviz.core.slice_length import SliceLength
from nnviz.core.storage import Arrays, json_array, json_content
from nnviz.core.trainer import Trainer
from nnviz.data.split import Fold
from nnviz.experiment.document import Experiment
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.schema import DataSpec
from nnviz.experiment.sources import Source, load_source

_WHAT = "run of a sweep"
_FORMAT = 1


@dataclass(frozen=True)
class Task:
    """All that a run depends on.

    Attributes
    ----------
    number : int
    experiment : Experiment
    epochs : int
    fold : Fold or None
    source : Source or None
        The rows of a table; None: of other data, which the experiment alone gives.
    """

    number: int
    experiment: Experiment
    epochs: int
    fold: Fold | None
    source: Source | None

    def prepared(self) -> Prepared:
        """Return the data as the run learns them."""
        return prepare(self.experiment, source=source_of(self.experiment.data, self.source), fold=self.fold)


@dataclass(frozen=True, repr=False)
class Outcome:
    """What has become of a run.

    Attributes
    ----------
    number : int
    engine : str
    epochs, best_epoch : int
    elapsed_s : float
    stop_reason : str
        Why it ended early; empty where it did not.
    diverged : bool
    judged : "train", "validation" or "test"
        The rows whose figures runs are compared by.
    figures : dict of str to float
        Of the network as it was left, by the columns of a history; NaN for what there is not.
    parameters : ndarray ``(n_parameters,)``
    history : dict of arrays
        `History.to_arrays`.
    version : str
        Of nnviz.
    """

    number: int
    engine: str
    epochs: int
    best_epoch: int
    elapsed_s: float
    stop_reason: str
    diverged: bool
    judged: PartName
    figures: Mapping[str, float]
    parameters: Array
    history: Arrays
    version: str = __version__

    def to_arrays(self) -> Arrays:
        """Return everything as arrays, for a file."""
        described = {name: value for name, value in vars(self).items() if name not in ("parameters", "history")}
        figures = {name: repr(value) for name, value in self.figures.items()}
        description = {**described, "figures": figures, "format": _FORMAT}
        return {"run": json_array(description), "parameters": self.parameters, **self.history}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the outcome of `to_arrays`, or raise `ExperimentError`."""
        description = json_content(arrays, "run", _WHAT)
        history = {name: array for name, array in arrays.items() if name.startswith("history_")}
        try:
            if description.pop("format") != _FORMAT:
                raise ValueError
            figures = {str(name): float(value) for name, value in description.pop("figures").items()}
            outcome = cls(figures=figures, parameters=read_only(arrays["parameters"]), history=history, **description)
            outcome._check()
            weights = outcome.parameters
            if weights.dtype != np.float64 or weights.ndim != 1 or not np.isfinite(weights).all():
                raise ValueError
            if History.from_arrays(history).last_epoch != outcome.epochs:
                raise ValueError
        except Exception as error:  # What is none may fail in any way.
            raise ExperimentError("This is no {0} that nnviz understands, or it is damaged.", _WHAT) from error
        return outcome

    def _check(self) -> None:
        """Raise an error of any kind where a part is not what it should be: it may come from a file."""
        for value, name in ((self.number, "number"), (self.epochs, "epochs")):
            whole(value, name)
        for word, name in ((self.engine, "engine"), (self.stop_reason, "stop_reason"), (self.version, "version")):
            text(word, name)
        flag(self.diverged, "diverged")
        if self.judged not in PARTS or not math.isfinite(self.best_epoch + self.elapsed_s):
            raise ValueError


def source_of(data: DataSpec, given: Source | None) -> Source | None:
    """Return the rows of `data`: those of a table as they are given, generated ones as they were the last time."""
    if given is not None or data.name is None:
        return given
    content = {"name": data.name, "parameters": dict(data.parameters), "seed": data.seed}
    return _generated(json.dumps(content, sort_keys=True))


@lru_cache(maxsize=4)
def _generated(content: str) -> Source:
    return load_source(DataSpec(**json.loads(content)))


def _never() -> bool:
    return False


def _nothing(_n_epochs: int) -> None:
    """Nobody wants to know."""


def train_task(
    task: Task, is_stopped: Callable[[], bool] = _never, progress: Callable[[int], None] = _nothing
) -> Outcome | None:
    """Train a run from its seeds to its end.

    Parameters
    ----------
    task : Task
    is_stopped : callable
        Asked between the slices of training.
    progress : callable ``(n_epochs)``
        Told after each slice how many epochs it has finished.

    Returns
    -------
    Outcome or None
        None where it was stopped.
    """
    if is_stopped():
        return None
    prepared = task.prepared()
    trainer = prepared.trainer()
    length, started = SliceLength(), perf_counter()
    while trainer.epoch < task.epochs and not trainer.is_stopped:
        begun, before = perf_counter(), trainer.epoch
        n_batches = trainer.advance(length.batches, task.epochs - before)
        length.took(n_batches, perf_counter() - begun)
        progress(trainer.epoch - before)
        if is_stopped():
            return None
    return _outcome(task, prepared, trainer, perf_counter() - started)


def _outcome(task: Task, prepared: Prepared, trainer: Trainer, elapsed_s: float) -> Outcome:
    history = trainer.history
    is_restored = bool(trainer.stop_reason) and trainer.settings.restore_best and trainer.diverged is None
    record = history.figures_of(trainer.best_epoch if is_restored else trainer.epoch)
    score = score_of(history.task).name
    return Outcome(
        number=task.number,
        engine=trainer.engine_name,
        epochs=int(trainer.epoch),
        best_epoch=int(trainer.best_epoch),
        elapsed_s=elapsed_s,
        stop_reason=trainer.stop_reason,
        diverged=trainer.diverged is not None,
        judged=judged_part(prepared, task.fold),
        figures={name.replace("score", score): record[name] for name in RECORD_COLUMNS},
        parameters=read_only(trainer.network.parameters.copy()),
        history=history.to_arrays(),
    )


def judged_part(prepared: Prepared, fold: Fold | None) -> PartName:
    """Return by which rows runs are compared: of a fold its own, else validation, test or training rows."""
    if prepared.test.n_samples and (fold is not None or not prepared.validation.n_samples):
        return "test"
    return "validation" if prepared.validation.n_samples else "train"
