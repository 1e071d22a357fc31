"""Points of which another brush takes care for a while."""

from __future__ import annotations

from typing import cast

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from nnviz.data import Dataset
from nnviz.drawing.theme import LIGHT
from nnviz.experiment.frame import Frame
from nnviz.ui.plots.crosses_item import CrossesItem
from nnviz.ui.plots.points_item import PointsItem


class Answered:
    """Stands for a frame that gets the last two of eight training points wrong."""

    def correct_of(self, part: str) -> np.ndarray | None:
        return np.arange(8) < 6 if part == "train" else None


def test_how_opaque_rows_were_says_nothing_about_other_rows(qtbot: QtBot) -> None:
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    points = PointsItem(plot.plotItem, LIGHT)
    dataset = Dataset.of([[0, 0], [1, 0], [0, 1], [1, 1], [2, 2]], ["a", "b", "b", "a", "a"])
    few = {"train": dataset.X[:5], "test": np.empty((0, 2))}
    parts = {"train": dataset.take(np.arange(5)), "test": dataset.take(np.arange(0))}
    points.set_points(parts, few, LIGHT, {"train": np.full(5, 0.5), "test": np.empty(0)})
    # The brush has painted three more.
    points.set_places({"train": np.zeros((8, 2)), "test": np.empty((0, 2))})
    points.show_correct(cast("Frame", Answered()))
    assert len(points.crosses.data) == 2


@pytest.mark.parametrize(("apart", "least", "most"), [(20.0, 0.95, 1.05), (3.0, 0.2, 0.7)])
def test_crosses_that_crowd_leave_points_to_be_seen(apart: float, least: float, most: float) -> None:
    """Compares the ink of each of fifty crosses in a row with that of one alone."""

    def ink(n: int) -> float:
        image = QImage(1100, 20, QImage.Format.Format_Grayscale8)
        image.fill(255)
        crosses = CrossesItem()
        places = np.column_stack((20.0 + apart * np.arange(n), np.full(n, 10.0)))
        crosses.show_crosses(places, np.zeros(n, dtype=np.int64), [QColor("black")], 8.0)
        painter = QPainter(image)
        crosses.drawing()(painter)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(20, image.bytesPerLine())
        return float(np.sum(255.0 - pixels)) / n

    assert least < ink(50) / ink(1) < most
