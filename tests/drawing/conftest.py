"""Real frames for the painters: a small network on real data, untrained."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from nnviz.drawing.theme import Theme
from nnviz.experiment import FrameBuilder, Needs, Prepared, prepare
from nnviz.experiment.document import Experiment
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TrainingSpec

MakeFrame = Callable[..., tuple[Prepared, Frame]]


@cache
def _framed(name: str, hidden: tuple[int, ...], activation: str, epochs: int, probed: bool) -> tuple[Prepared, Frame]:
    layers = tuple(LayerSpec(units=units, activation=activation) for units in hidden)
    prepared = prepare(
        Experiment(
            data=DataSpec(name=name),
            network=NetworkSpec(hidden=layers),
            training=TrainingSpec(engine="numpy", learning_rate=0.02, batch_size=32),
        )
    )
    trainer = prepared.trainer()
    trainer.run(epochs)
    probes = {"": tuple(prepared.inputs.feature_means.tolist())} if probed else {}
    return prepared, FrameBuilder(prepared).build(
        trainer.moment(), Needs(gradient=True, probes=probes), status="running"
    )


@pytest.fixture
def make_frame(qapp: object) -> MakeFrame:
    """A function (data set, hidden units, activation, epochs, probed) -> (prepared, frame)."""

    def make(
        name: str = "moons",
        hidden: tuple[int, ...] = (4, 3),
        activation: str = "tanh",
        epochs: int = 2,
        probed: bool = False,
    ) -> tuple[Prepared, Frame]:
        return _framed(name, hidden, activation, epochs, probed)

    return make


@pytest.fixture
def painted(qapp: object) -> Callable[..., QImage]:
    """A function that hands a painter and a rectangle to another one and returns the picture."""

    def paint(draw: Callable[[QPainter, QRectF], object], theme: Theme, width: int = 640, height: int = 480) -> QImage:
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(theme.colour("canvas"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            draw(painter, QRectF(0, 0, width, height))
        finally:
            painter.end()
        return image

    return paint
