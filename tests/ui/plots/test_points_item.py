"""Points of which another brush takes care for a while."""

from __future__ import annotations

from typing import cast

import numpy as np
import pyqtgraph as pg
from pytestqt.qtbot import QtBot

from nnviz.data import Dataset
from nnviz.drawing.theme import LIGHT
from nnviz.experiment.frame import Frame
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
