"""Where in a curve what had been learnt was carried into a changed network."""

from __future__ import annotations

import pyqtgraph as pg

from nnviz.drawing.curves import carried_pen
from nnviz.drawing.theme import Theme
from nnviz.ui.plots.plot import Plot


class CarriedLines:
    """Upright lines, as many as there were changes."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._lines: list[pg.InfiniteLine] = []
        self._shown: tuple[float, ...] = ()

    @property
    def shown(self) -> tuple[float, ...]:
        """Where on the x axis they stand."""
        return self._shown

    def show(self, places: tuple[float, ...], theme: Theme) -> None:
        """Stand in other places."""
        if places == self._shown:
            return
        self._shown = places
        while len(self._lines) < len(places):
            line = pg.InfiniteLine(angle=90, movable=False, pen=carried_pen(theme))
            line.setZValue(-1.0)
            self._plot.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        for line, place in zip(self._lines, places, strict=False):
            line.setPos(place)
        for number, line in enumerate(self._lines):
            line.setVisible(number < len(places))

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        for line in self._lines:
            line.setPen(carried_pen(theme))
