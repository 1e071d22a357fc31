"""The slice that a map of two of many features is: what is held where, which points lie near, and the ring on one."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnviz.data import input_label
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import RowId
from nnviz.experiment.slices import NEAR, has_row, held_features, opacities, slice_distances
from nnviz.ui.boundary_axes import point_positions

#: Longest name of a feature in a sentence.
LONGEST_NAME = 28


def _tr(text: str) -> str:
    return QCoreApplication.translate("SliceLayer", text)


class SliceLayer:
    """Rings the point that the slice goes through, and knows how far the others lie from it.

    The distances are taken once per slice: of hundreds of features they cost tens of milliseconds.

    Attributes
    ----------
    through : (part, row) or None
        The point that the slice goes through; None where it goes through the means, or nothing is held.
    opacities : dict of str to ndarray, or None
        How opaque the "train" and "test" points are drawn; None where nothing is held.
    sentence : str
        What is held where and how many points lie near; empty where nothing is held.
    ring : pyqtgraph.ScatterPlotItem
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self.through: RowId | None = None
        self.opacities: dict[str, NDArray[np.float64]] | None = None
        self.sentence = ""
        self.ring = pg.ScatterPlotItem(symbol="o", brush=None)
        self.ring.setZValue(19)
        plot.addItem(self.ring)
        self._shown: tuple[Prepared, tuple[int, int], RowId | None] | None = None

    def goes_through(self, prepared: Prepared | None, wanted: RowId | None) -> RowId | None:
        """Return `wanted` where something is held and the data have that row, else None."""
        if prepared is None or wanted is None or prepared.train.n_features <= 2:
            return None
        return wanted if has_row(prepared, wanted) else None

    def show(self, prepared: Prepared, axes: tuple[int, int], wanted: RowId | None, theme: Theme) -> None:
        """Take over which slice is shown, and in which look."""
        through = self.goes_through(prepared, wanted)
        if self._shown is None or self._shown[0] is not prepared or self._shown[1:] != (axes, through):
            self._shown, self.through = (prepared, axes, through), through
            held = held_features(prepared, axes, through)
            distances = slice_distances(prepared, held)
            self.opacities, self.sentence = None, ""
            if distances is not None:
                self.opacities = {name: opacities(part) for name, part in distances.items()}
                near = sum(int((part <= NEAR).sum()) for part in distances.values())
                names = [input_label(prepared.train.feature_names[feature]) for feature, _ in held]
                self.sentence = _sentence(names, through, near, sum(map(len, distances.values())))
        places = []
        if through is not None:
            places = [point_positions(prepared, axes)[through[0]][through[1]].tolist()]
        pen = pg.mkPen(theme.colour("text"), width=theme.line_width)
        self.ring.setData(pos=places, size=2.0 * theme.marker_size, pen=pen)


def _sentence(held: list[str], through: RowId | None, near: int, total: int) -> str:
    if through is not None:
        words = (
            _tr("A slice through training point {0}: {1:,} of {2:,} points lie near it; a click beside leaves it.")
            if through[0] == "train"
            else _tr("A slice through test point {0}: {1:,} of {2:,} points lie near it; a click beside leaves it.")
        )
        return words.format(through[1] + 1, near, total)
    if len(held) == 1:
        words = _tr(
            "A slice: {0} is held at its training mean. {1:,} of {2:,} points lie near it; others are fainter. "
            "Click a point for a slice through it."
        )
        name = held[0] if len(held[0]) <= LONGEST_NAME else held[0][: LONGEST_NAME - 1] + "…"
        return words.format(name, near, total)
    words = _tr(
        "A slice: the other {0} features are held at their training means. "
        "{1:,} of {2:,} points lie near it; others are fainter. Click a point for a slice through it."
    )
    return words.format(len(held), near, total)
