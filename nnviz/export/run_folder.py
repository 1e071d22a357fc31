"""What a run leaves on disk: its history, its model, a summary, and pictures where they can be drawn."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from nnviz._version import __version__
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import ExperimentError
from nnviz.core.metrics import ClassFigures, score_of
from nnviz.core.network import Network
from nnviz.core.storage import write_atomically
from nnviz.core.trainer import Trainer
from nnviz.experiment.answers import class_figures
from nnviz.experiment.prepare import Prepared
from nnviz.export.models import MODEL_NAME, save_model
from nnviz.qt_libraries import library_problem

HISTORY_NAME = "history.csv"
SUMMARY_NAME = "summary.json"
RUN_NAMES = (HISTORY_NAME, MODEL_NAME, SUMMARY_NAME, "boundary.png", "loss.png", "network.png")
"""All that a run may leave."""


class Written(Struct, frozen=True):
    """What was written and what was not.

    Attributes
    ----------
    names : tuple of str
        Of the files in the folder.
    left_out : str
        One sentence that names the pictures that could not be drawn, and why; empty where all were.
    """

    names: tuple[str, ...]
    left_out: str = ""


def make_folder(folder: Path, names: Iterable[str] = ()) -> None:
    """Make `folder` where it does not exist: before a long run, so that its results have a place.

    Parameters
    ----------
    folder : Path
    names : iterable of str
        Of files that it will get.

    Raises
    ------
    ExperimentError
        Where it cannot be made or written to, or something stands in it that is in the way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExperimentError("The folder {0} cannot be made ({1}); choose another.", folder, error.strerror) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ExperimentError("The folder {0} cannot be written to; choose another.", folder)
    for name in names:
        if (folder / name).is_dir():
            raise ExperimentError("{0} is a folder, where a file is to be written; choose another.", folder / name)


def write_run(trainer: Trainer, prepared: Prepared, folder: Path, *, elapsed_s: float) -> Written:
    """Write everything that is known of a run to `folder`, over files of the same names.

    Parameters
    ----------
    trainer : Trainer
    prepared : Prepared
    folder : Path
        Must exist; see `make_folder`.
    elapsed_s : float
        How long training took, for the summary.

    Raises
    ------
    ExperimentError
        Where the folder cannot be written to.
    """
    trainer.history.to_csv(folder / HISTORY_NAME)
    save_model(folder / MODEL_NAME, trainer.network, prepared)
    text = json.dumps(summary(trainer, prepared, elapsed_s), indent=2, ensure_ascii=False) + "\n"
    write_atomically(folder / SUMMARY_NAME, lambda file: file.write(text.encode()))
    names = (HISTORY_NAME, MODEL_NAME, SUMMARY_NAME)
    problem = library_problem(platform="offscreen")
    if problem is not None:
        return Written(names, f"The pictures boundary.png, loss.png and network.png were left out: {problem}")
    from nnviz.export.figures import write_figures

    return Written((*names, *write_figures(trainer, prepared, folder)))


def summary(trainer: Trainer, prepared: Prepared, elapsed_s: float) -> dict[str, Any]:
    """Return a run's outcome and all that it depended on, as plain JSON values (None for what does not apply)."""
    history = trainer.history
    return {
        "title": prepared.experiment.title,
        "nnviz": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "engine": trainer.engine_name,
        "epochs": int(trainer.epoch),
        "elapsed_s": round(elapsed_s, 6),
        "stop_reason": trainer.stop_reason,
        "best_epoch": int(trainer.best_epoch),
        "best_epoch_by": f"{trainer.problem.watched}_loss",
        "judged_by": trainer.judged_by,
        # Where there are any, the seeds below do not give this run again.
        "carried_over_at_epochs": list(history.marks),
        "task": prepared.task,
        "class_names": list(prepared.class_names),
        "inputs": list(prepared.inputs.names),
        "layer_sizes": list(prepared.layer_sizes),
        "activations": list(prepared.activations),
        "loss": prepared.loss,
        "class_weights": trainer.class_weights,
        "n_parameters": _parameter_count(trainer.network),
        "n_train": prepared.train.n_samples,
        "n_validation": prepared.validation.n_samples,
        "n_test": prepared.test.n_samples,
        "data_notes": list(prepared.notes),
        "first": _figures(trainer, [float(history.column(name)[0]) for name in RECORD_COLUMNS]),
        "last": _figures(trainer, history.last_record.tolist()),
        "classes": _classes(trainer, prepared),
        "experiment": prepared.experiment.model_dump(mode="json"),
    }


def _parameter_count(network: Network) -> int:
    """Return how many numbers are trained: zeros that stand in for biases are none."""
    return network.layout.n_parameters if network.bias else int(np.count_nonzero(network.layout.is_weight))


def _classes(trainer: Trainer, prepared: Prepared) -> dict[str, Any] | None:
    """Return how well each class is recognised, and the means over the classes; None for a regression."""
    if prepared.task != "classification":
        return None
    figures = {part: class_figures(trainer, prepared, part) for part in prepared.shown_parts}
    return {part: _class_figures(told, prepared.class_names) for part, told in figures.items()}


def _class_figures(figures: ClassFigures, names: tuple[str, ...]) -> dict[str, Any]:
    columns = (figures.counts, figures.predicted, figures.precision, figures.recall, figures.f1)
    keys = ("rows", "taken_for_it", "precision", "recall", "f1")
    return {
        "balanced_accuracy": _known(figures.balanced_accuracy),
        **{f"mean_{name}": _known(figures.mean(name)) for name in ("precision", "recall", "f1")},
        "each": [
            {"name": name, **{key: _known(value) for key, value in zip(keys, values, strict=True)}}
            for name, values in zip(names, zip(*(column.tolist() for column in columns), strict=True), strict=True)
        ],
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _figures(trainer: Trainer, record: list[float]) -> dict[str, float | None]:
    score = score_of(trainer.history.task).name
    return {name.replace("score", score): _known(value) for name, value in zip(RECORD_COLUMNS, record, strict=True)}
