"""The answers of a network with one feature: a curve per output."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Plane


class AnswerCurves:
    """Curves on a plot, as many as the network has outputs."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._items: list[pg.PlotDataItem] = []

    @property
    def items(self) -> list[pg.PlotDataItem]:
        """What is on the plot."""
        return self._items

    def show_plane(self, plane: Plane, theme: Theme) -> None:
        """Draw the outputs of a plane of one row."""
        n_outputs = plane.values.shape[2]
        if len(self._items) != n_outputs:
            self.clear()
            for _ in range(n_outputs):
                item = self._plot.plot()
                item.setZValue(15)
                self._items.append(item)
        n = plane.values.shape[1]
        low, high = plane.x_range
        x = low + (np.arange(n) + 0.5) * (high - low) / n
        for k, item in enumerate(self._items):
            colour = theme.class_colour(k) if n_outputs > 1 else theme.colour("positive")
            item.setData(x, plane.values[0, :, k], pen=pg.mkPen(colour, width=2))

    def clear(self) -> None:
        """Take the curves away."""
        for item in self._items:
            self._plot.removeItem(item)
        self._items.clear()
