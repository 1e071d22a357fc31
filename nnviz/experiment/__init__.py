"""One frozen document that says everything a run depends on, its files, and the frames that show a run. No Qt.

May import of nnviz: core, assets, data. Libraries: NumPy, msgspec, pydantic, tomli-w.

Start with `document.py`, the experiment; `prepare.py` makes data and settings of it, `frame_builder.py` the frames.

- An experiment is never changed: an edit is another one (`edits.py`), and undo puts the former back. What an edit does
  to a run is one table (`effects.py`).
- Files are `.toml` by hand or a `.nnviz`, a zip of JSON and plain arrays (`archive.py`). Nothing is ever unpickled.
- A frame is a picture of a `nnviz.core.moment.Moment`, live or past, whoever makes it; `builders.py` finds its data.
- A `Frame` (`frame.py`) is the only thing that crosses from the training thread to the window: copies, read-only, and
  only what the views' `Needs` ask for.
"""

import importlib
from typing import TYPE_CHECKING, Any

from nnviz.experiment.document import Document, Experiment, load_document, save_document
from nnviz.experiment.figures import Curves, Metrics
from nnviz.experiment.frame import Frame, Needs, Plane, PlaneRequest
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.lessons import LESSONS, Lesson, default_experiment
from nnviz.experiment.prepare import Prepared, prepare
from nnviz.experiment.schema import (
    DataSpec,
    LayerSpec,
    NetworkSpec,
    RowsSource,
    ScheduleSpec,
    TableSource,
    TrainingSpec,
    ViewSpec,
    WeightsSpec,
)
from nnviz.experiment.trainer_settings import trainer_settings

if TYPE_CHECKING:
    from nnviz.experiment.carried import reopened_trainer
    from nnviz.experiment.distribution import Distribution
    from nnviz.experiment.probe import Probe

#: What a first frame does without is imported when somebody first asks for it.
_HOME = {
    "Distribution": "nnviz.experiment.distribution",
    "Probe": "nnviz.experiment.probe",
    "reopened_trainer": "nnviz.experiment.carried",
}

__all__ = [
    "LESSONS",
    "Curves",
    "DataSpec",
    "Distribution",
    "Document",
    "Experiment",
    "Frame",
    "FrameBuilder",
    "LayerSpec",
    "Lesson",
    "Metrics",
    "Needs",
    "NetworkSpec",
    "Plane",
    "PlaneRequest",
    "Prepared",
    "Probe",
    "RowsSource",
    "ScheduleSpec",
    "TableSource",
    "TrainingSpec",
    "ViewSpec",
    "WeightsSpec",
    "default_experiment",
    "load_document",
    "prepare",
    "reopened_trainer",
    "save_document",
    "trainer_settings",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
