"""The cross on the map at the example that is tried."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg

from nnviz.drawing.theme import Theme


class ProbeMark(pg.ScatterPlotItem):
    """A cross above points and curves; without a place it is not there."""

    def __init__(self) -> None:
        super().__init__(symbol="+", size=18)
        self._places: tuple[tuple[float, ...], tuple[float, ...]] | None = None
        self.setZValue(20)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.setBrush(pg.mkBrush(theme.colour("text")))
        self.setPen(pg.mkPen(theme.colour("panel"), width=1))

    def show_places(self, x: Sequence[float], y: Sequence[float]) -> None:
        """Stand at these places of the plot: one or none. Where it stands there already, the scene is not told."""
        places = tuple(x), tuple(y)
        if places != self._places:
            self._places = places
            self.setData(x, y)
            self.setVisible(len(x) > 0)
