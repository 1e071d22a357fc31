"""nnviz: see a neural network learn.

The public names are imported when they are first used, so that ``import nnviz`` costs next to nothing and what needs
no pictures runs where Qt's libraries are missing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nnviz._version import __version__

if TYPE_CHECKING:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.errors import DataError, ExperimentError, NnvizError, SettingError
    from nnviz.core.explain.example import WorkedExample, worked_example
    from nnviz.core.history.history import History
    from nnviz.core.network import Network
    from nnviz.core.trainer import Trainer
    from nnviz.data import Dataset, datasets, load_dataset, read_table
    from nnviz.experiment import Experiment
    from nnviz.export.models import Model, load_model, save_model
    from nnviz.export.predictions import Predictions
    from nnviz.sweeps.result import SweepResult
    from nnviz.sweeps.sweep import sweep

_HOME = {
    "Checkpoint": "nnviz.core.checkpoint",
    "DataError": "nnviz.core.errors",
    "Dataset": "nnviz.data",
    "Experiment": "nnviz.experiment",
    "ExperimentError": "nnviz.core.errors",
    "History": "nnviz.core.history.history",
    "Model": "nnviz.export.models",
    "Network": "nnviz.core.network",
    "NnvizError": "nnviz.core.errors",
    "Predictions": "nnviz.export.predictions",
    "SettingError": "nnviz.core.errors",
    "SweepResult": "nnviz.sweeps.result",
    "Trainer": "nnviz.core.trainer",
    "WorkedExample": "nnviz.core.explain.example",
    "datasets": "nnviz.data",
    "load_dataset": "nnviz.data",
    "load_model": "nnviz.export.models",
    "read_table": "nnviz.data",
    "save_model": "nnviz.export.models",
    "sweep": "nnviz.sweeps.sweep",
    "worked_example": "nnviz.core.explain.example",
}

__all__ = [
    "Checkpoint",
    "DataError",
    "Dataset",
    "Experiment",
    "ExperimentError",
    "History",
    "Model",
    "Network",
    "NnvizError",
    "Predictions",
    "SettingError",
    "SweepResult",
    "Trainer",
    "WorkedExample",
    "__version__",
    "datasets",
    "load_dataset",
    "load_model",
    "read_table",
    "save_model",
    "sweep",
    "worked_example",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
