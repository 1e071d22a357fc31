"""The lines and curves of the units on a plot, painted beside the GUI thread; what of them is near the pointer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from nnviz.core.layout import Array
from nnviz.drawing.theme import Theme
from nnviz.drawing.unit_lines import (
    ShownLines,
    distance_to,
    on_screen,
    paint_unit_lines,
    ring_place,
    ring_size,
    seen,
)
from nnviz.experiment.frame import UnitId
from nnviz.ui.plots.live import Drawing, LiveItem

if TYPE_CHECKING:
    from nnviz.core.lines import Line, Place

#: How near to a line, a curve or a ring the pointer has to be, in pixels on a desk.
REACH = 6.0


class LineItem(LiveItem):
    """Draws a `ShownLines`, below the points."""

    def __init__(self, plot: pg.PlotItem, theme: Theme) -> None:
        super().__init__()
        self._shown = ShownLines({})
        self._theme = theme
        self._room = QRectF()
        self._curves: dict[UnitId, Array] | None = None
        self.setZValue(-40)
        plot.addItem(self, ignoreBounds=True)
        self._box = plot.getViewBox()
        self._box.sigRangeChanged.connect(self._on_range_changed)
        self._on_range_changed()

    @property
    def shown(self) -> ShownLines:
        """What is drawn."""
        return self._shown

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.changed()

    def show_lines(self, shown: ShownLines) -> None:
        """Draw other lines."""
        was_empty = not self._shown.lines and self._shown.field is None
        if shown.field is not self._shown.field:
            self._curves = None
        self._shown = shown
        if not was_empty or shown.lines or shown.field is not None:
            self.changed()

    def _on_range_changed(self, *_changes: object) -> None:
        self.prepareGeometryChange()
        self._room = QRectF(self._box.viewRect())
        self.changed()

    def boundingRect(self) -> QRectF:
        """Return what is seen of the plot."""
        return self._room

    def drawing(self) -> Drawing:
        """Return what paints the lines as they are now."""
        return partial(paint_unit_lines, self._shown, QRectF(self._room), self._theme)

    # -- what is where, in pixels of the plot's scene ------------------------------------------------------------

    @property
    def transform_(self) -> QTransform:
        """From the plot to its scene."""
        return self.sceneTransform()

    def ring(self) -> tuple[Place, float] | None:
        """Return middle and radius of the ring, where one is shown."""
        line = self._shown.lines.get(self._shown.held) if self._shown.held is not None else None
        segment = self._seen(line) if line is not None else None
        return (ring_place(segment), ring_size(self._theme)) if segment is not None else None

    def is_on_ring(self, place: QPointF) -> bool:
        """Whether a place of the scene is on the ring."""
        ring = self.ring()
        if ring is None:
            return False
        away = float(np.hypot(place.x() - ring[0][0], place.y() - ring[0][1])) - ring[1]
        return abs(away) <= REACH * self._theme.enlarged

    def unit_at(self, place: QPointF, preferred: UnitId | None = None) -> UnitId | None:
        """Return the unit whose line or curve is nearest to a place of the scene, where that is near enough.

        Where lines cross, `preferred` goes before all others.
        """
        x, y, reach = place.x(), place.y(), REACH * self._theme.enlarged
        far: list[tuple[float, UnitId]] = []
        for number, line in self._shown.lines.items():
            if self._seen(line) is not None:
                far.append((abs(on_screen(line, self.transform_).distance(x, y)), (1, number)))
        if self._shown.field is not None:
            if self._curves is None:
                self._curves = self._shown.field.curves()
            transform = self.transform_
            scale = np.array((transform.m11(), transform.m22()) * 2)
            shift = np.array((transform.dx(), transform.dy()) * 2)
            far += [(distance_to(curve * scale + shift, (x, y)), unit) for unit, curve in self._curves.items()]
        near = [(unit != preferred, away, unit) for away, unit in far if away <= reach]
        return min(near)[2] if near else None

    def _seen(self, line: Line) -> tuple[float, float, float, float] | None:
        transform = self.transform_
        # A plot that is pressed together has no room for lines.
        return seen(on_screen(line, transform), transform.mapRect(self._room)) if transform.isInvertible() else None
