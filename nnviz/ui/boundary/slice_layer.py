"""The slice that a map of two of many features is: what is held where, which points lie near, and the ring on one."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnviz.core.layout import Array
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Hold, Plane
from nnviz.experiment.slice_words import slice_sentence
from nnviz.experiment.slices import in_force, opacities, places


def _tr(text: str) -> str:
    return QCoreApplication.translate("SliceLayer", text)


class SliceLayer:
    """Knows where the points lie on the slice that is shown, and how far from it; rings the one that it goes through.

    The distances come with the map: of hundreds of features they take the worker tens of milliseconds.

    Attributes
    ----------
    hold : Hold
        What is shown of the other features: that of the last map, or what the next is expected to show.
    places : dict of part to ndarray
        Where the points lie ``(n, 2)``.
    opacities : dict of part to ndarray, or None
        How opaque they are drawn; None where nothing is held, or nobody knows yet.
    sentence : str
        What is held where and how many points lie near; empty where nothing is held.
    ring : pyqtgraph.ScatterPlotItem
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self.hold = Hold()
        self.places: dict[PartName, Array] = {}
        self.opacities: dict[PartName, NDArray[np.float64]] | None = None
        self.sentence = ""
        self.ring = pg.ScatterPlotItem(symbol="o", brush=None)
        self.ring.setZValue(19)
        plot.addItem(self.ring)
        self._prepared: Prepared | None = None
        self._axes = (0, 1)
        self._is_known = False
        self._away: tuple[Array, ...] | None = None

    def show_data(self, prepared: Prepared, axes: tuple[int, int], wanted: Hold) -> None:
        """Take over other data or axes, of which there is no map yet."""
        hold = in_force(prepared, wanted)
        if hold.kind == "components":
            # Only the worker finds them; until then the points stay where the features have them.
            hold = Hold()
        self._prepared, self._axes, self.hold = prepared, axes, hold
        self._away, self.opacities, self.sentence, self._is_known = None, None, "", False
        self.places = places(prepared, axes, hold)

    def is_of(self, prepared: Prepared) -> bool:
        """Whether places are those of these data."""
        return self._prepared is prepared

    def take(self, plane: Plane) -> Literal["", "faded", "moved"]:
        """Take over which slice a map shows; return whether the points are fainter or lie elsewhere now."""
        known = plane.away is self._away and plane.hold == self.hold and self._is_known
        if self._prepared is None or known:
            return ""
        self._is_known = True
        moved = (plane.hold.kind == "components") != (self.hold.kind == "components")
        self.hold, self._away = plane.hold, plane.away
        self.opacities = None
        if plane.away is not None:
            self.opacities = {name: opacities(part) for name, part in zip(PARTS, plane.away, strict=True)}
        if moved:
            self.places = places(self._prepared, self._axes, self.hold)
        self.sentence = _sentence(self._prepared, plane)
        return "moved" if moved else "faded"

    def ring_point(self, theme: Theme) -> None:
        """Draw a ring around the point that the slice goes through, if there is one."""
        row = self.hold.row
        spots = [] if row is None or self._prepared is None else [self.places[row[0]][row[1]].tolist()]
        pen = pg.mkPen(theme.colour("text"), width=theme.line_width)
        self.ring.setVisible(bool(spots))
        self.ring.setData(pos=spots, size=2.0 * theme.marker_size, pen=pen)


def _sentence(prepared: Prepared, plane: Plane) -> str:
    """Return what is known of a slice, and what a click does."""
    text = slice_sentence(prepared, plane)
    if not text:
        return ""
    if plane.hold.kind == "means":
        return _tr("{0} Click a point for its slice.").format(text)
    return _tr("{0} A click beside leaves it.").format(text) if plane.hold.kind == "row" else text
