"""The slice that a map of two of many features is: what is held where, which points lie near, and the ring on one."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnviz.core.layout import Array
from nnviz.core.numbers import filled
from nnviz.data import input_label
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Hold, Plane
from nnviz.experiment.slices import NEAR, in_force, opacities, places

#: Longest name of a feature in a sentence.
LONGEST_NAME = 28


def _tr(text: str) -> str:
    return QCoreApplication.translate("SliceLayer", text)


class SliceLayer:
    """Knows where the points lie on the slice that is shown, and how far from it; rings the one that it goes through.

    The distances come with the map: of hundreds of features they take the worker tens of milliseconds.

    Attributes
    ----------
    hold : Hold
        What is shown of the other features: that of the last map, or what the next is expected to show.
    places : dict of str to ndarray
        Where the "train" and "test" points lie ``(n, 2)``.
    opacities : dict of str to ndarray, or None
        How opaque they are drawn; None where nothing is held, or nobody knows yet.
    sentence : str
        What is held where and how many points lie near; empty where nothing is held.
    ring : pyqtgraph.ScatterPlotItem
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self.hold = Hold()
        self.places: dict[str, Array] = {}
        self.opacities: dict[str, NDArray[np.float64]] | None = None
        self.sentence = ""
        self.ring = pg.ScatterPlotItem(symbol="o", brush=None)
        self.ring.setZValue(19)
        plot.addItem(self.ring)
        self._prepared: Prepared | None = None
        self._axes = (0, 1)
        self._is_known = False
        self._away: tuple[Array, Array] | None = None

    def show_data(self, prepared: Prepared, axes: tuple[int, int], wanted: Hold) -> None:
        """Take over other data or axes, of which there is no map yet."""
        hold = in_force(prepared, wanted)
        if hold.kind == "components":
            # Only the worker finds them; until then the points stay where the features have them.
            hold = Hold()
        self._prepared, self._axes, self.hold = prepared, axes, hold
        self._away, self.opacities, self.sentence, self._is_known = None, None, "", False
        self.places = places(prepared, axes, hold)

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
            self.opacities = {name: opacities(part) for name, part in zip(("train", "test"), plane.away, strict=True)}
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
    if prepared.train.n_features <= 2:
        return ""
    hold = plane.hold
    if hold.kind == "average":
        words = _tr(
            "Partial dependence: at every place the answer is averaged over {0} training rows, of which only these "
            "two features are changed."
        )
        return filled(words, plane.n_averaged)
    away = plane.away if plane.away is not None else (np.zeros(0), np.zeros(0))
    near, total = sum(int((part <= NEAR).sum()) for part in away), sum(len(part) for part in away)
    if hold.kind == "components":
        explained = 100.0 * sum(prepared.components.explained)
        words = _tr(
            "The plane of the first two principal components, which explain {0:.1f} % of the variance. "
            "{1} of {2} points lie near it, others are fainter."
        )
        return filled(words, explained, near, total)
    if hold.kind == "row" and hold.row is not None:
        words = (
            _tr("A slice through training point {0}: {1} of {2} points lie near it; a click beside leaves it.")
            if hold.row[0] == "train"
            else _tr("A slice through test point {0}: {1} of {2} points lie near it; a click beside leaves it.")
        )
        return filled(words, hold.row[1] + 1, near, total)
    held = [input_label(prepared.train.feature_names[feature]) for feature, _ in plane.held]
    if hold.kind == "values":
        words = _tr(
            "A slice: {0} features are held at chosen values. {1} of {2} points lie near it, others are fainter."
        )
        return filled(words, len(held), near, total)
    if len(held) == 1:
        words = _tr(
            "A slice: {0} is held at its training mean. {1} of {2} points lie near it, others are fainter; "
            "click one for its slice."
        )
        name = held[0] if len(held[0]) <= LONGEST_NAME else held[0][: LONGEST_NAME - 1] + "…"
        return filled(words, name, near, total)
    words = _tr(
        "A slice: {0} features are held at their training means. "
        "{1} of {2} points lie near it, others are fainter; click one for its slice."
    )
    return filled(words, len(held), near, total)
