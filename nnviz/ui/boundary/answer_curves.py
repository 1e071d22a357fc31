"""The answers of a network with one feature: a curve per output, and what each hidden unit adds to it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnviz.core.layout import Array
from nnviz.drawing.colormap import part_colour
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import CurveParts, Plane
from nnviz.ui.plots.curve_item import CurveItem

#: Of a curve's samples, every so many make the curve of a part.
PART_STEP = 4
#: How much lower they lie below a curtain.
BENEATH = -60.0


class AnswerCurves:
    """Curves on a plot: as many as the network has outputs, and thin ones for the parts of a single output.

    Attributes
    ----------
    beneath : bool
        Whether they lie below a curtain, which lies below the points.
    parts : list of CurveItem
        The bias as a dashed line, then one curve per unit.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._items: list[pg.PlotDataItem] = []
        self.parts: list[CurveItem] = []
        self.beneath = False

    @property
    def items(self) -> list[pg.PlotDataItem]:
        """The curves of the outputs."""
        return self._items

    def set_beneath(self, beneath: bool) -> None:
        """Lie below a curtain, or above the points again."""
        self.beneath = beneath
        for item in (*self._items, *self.parts):
            item.setZValue(self._z(item.zValue() - (0.0 if beneath else BENEATH)))

    def _z(self, z: float) -> float:
        return z + BENEATH if self.beneath else z

    def show_plane(self, plane: Plane, theme: Theme, unit: int | None = None) -> None:
        """Draw the outputs of a plane of one row, and its parts; that of `unit` stands out."""
        # Behind the answers, dashed: those of another network.
        other = np.zeros((1, 0, 0), dtype=np.float32) if plane.other is None else plane.other
        n_outputs, n_items = plane.values.shape[2], plane.values.shape[2] + other.shape[2]
        if len(self._items) != n_items:
            self.clear()
            for _ in range(n_items):
                item = self._plot.plot()
                item.setZValue(self._z(15.0))
                self._items.append(item)
        n = plane.values.shape[1]
        low, high = plane.x_range
        x = low + (np.arange(n) + 0.5) * (high - low) / n
        for k, item in enumerate(self._items):
            colour = theme.class_colour(k % n_outputs) if n_outputs > 1 else theme.colour("positive")
            is_other = k >= n_outputs
            style = Qt.PenStyle.DashLine if is_other else Qt.PenStyle.SolidLine
            values = other[0, :, k - n_outputs] if is_other else plane.values[0, :, k]
            item.setData(x, values, pen=pg.mkPen(colour, width=max(2.0, theme.line_width), style=style))
        self._show_parts(plane.parts, x, theme, unit)

    def _show_parts(self, parts: CurveParts | None, x: Array, theme: Theme, unit: int | None) -> None:
        wanted = 0 if parts is None else len(parts.units) + 1
        while len(self.parts) > wanted:
            self._plot.removeItem(self.parts.pop())
        while len(self.parts) < wanted:
            item = CurveItem(dashed=not self.parts)
            item.setZValue(self._z(5.0))
            self._plot.addItem(item, ignoreBounds=True)
            self.parts.append(item)
        if parts is None:
            return
        self.parts[0].set_line(theme.colour("quiet"), theme.line_width)
        # Thin curves that bend little need no more points, and there are many of them.
        x = x[::PART_STEP]
        self.parts[0].set_data(x, np.full(len(x), parts.bias))
        strongest = max(float(np.abs(parts.weights).max(initial=0.0)), 1e-12)
        for item, number, weight, values in zip(
            self.parts[1:], parts.units, parts.weights.tolist(), parts.values, strict=True
        ):
            chosen = number == unit
            item.set_line(
                part_colour(theme, weight, 1.0 if chosen else abs(weight) / strongest),
                theme.line_width * (2.0 if chosen else 1.0),
            )
            item.setZValue(self._z(14.0 if chosen else 5.0))
            item.set_data(x, values[::PART_STEP].astype(np.float64))

    def clear(self) -> None:
        """Take the curves away."""
        for item in (*self._items, *self.parts):
            self._plot.removeItem(item)
        self._items.clear()
        self.parts.clear()
