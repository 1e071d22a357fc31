"""One document: data, network, training, view and notes, and the frames that show it. No Qt."""

from nnviz.experiment.document import Document, Experiment, load_document, save_document
from nnviz.experiment.frame import Curves, Distribution, Frame, Metrics, Needs, Plane, PlaneRequest, Probe
from nnviz.experiment.frame_builder import FrameBuilder
from nnviz.experiment.lessons import LESSONS, Lesson, default_experiment
from nnviz.experiment.prepare import Prepared, prepare, trainer_settings
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
    "save_document",
    "trainer_settings",
]
