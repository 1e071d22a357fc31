"""The data points of a plot: colour and shape by class, train filled, test hollow, validation dotted, wrong crossed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import SymbolAtlas
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from nnviz.data import Dataset
from nnviz.drawing.colormap import N_COLOURS, sign_ramp
from nnviz.drawing.markers import dotted_shape, outline_width, paint_outline, shape_path
from nnviz.drawing.plane import target_levels
from nnviz.drawing.theme import CLASS_SHAPES, Theme
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Frame, RowId
from nnviz.ui.plots.crosses_item import CrossesItem

#: Steps of opacity, by which the pictures of faded points are shared.
FADES = 8
#: Above so many points the drawing is thinned (training is not); the view says so.
MAX_DRAWN = 4000


class _OutlinedSymbols(SymbolAtlas):
    """pyqtgraph's store of drawn symbols, each with a line in another colour around its own.

    WORKAROUND: a spot of pyqtgraph 0.14 has one pen, which a hollow one needs for the colour of its class.
    """

    def __init__(self) -> None:
        super().__init__()
        self.colour = QColor()
        self.width = 1.0

    def _extend(self, styles: Mapping[object, tuple[str | QPainterPath, float, QPen, QBrush]]) -> None:
        images = [self._outlined(*style) for style in styles.values()]
        pixels = [pg.functions.ndarray_from_qimage(image) for image in images]
        self._extendFromData(list(zip(styles, pixels, strict=True)))

    def _outlined(self, symbol: str | QPainterPath, size: float, pen: QPen, brush: QBrush) -> QImage:
        dpr = self.devicePixelRatio()
        path = shape_path(symbol) if isinstance(symbol, str) else symbol
        box = path.boundingRect()
        reach = max(-box.left(), -box.top(), box.right(), box.bottom())
        # Where two edges meet, the corner of a line reaches further than half its width.
        side = math.ceil(dpr * (2.0 * reach * size + 1.5 * (pen.widthF() + 2.0 * self.width) + 1.0))
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(dpr)
        image.fill(Qt.GlobalColor.transparent)
        colour = QColor(self.colour)
        colour.setAlphaF(pen.color().alphaF())
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(0.5 * side / dpr, 0.5 * side / dpr)
            scaled = QTransform.fromScale(size, size).map(path)
            paint_outline(painter, scaled, pen.widthF(), self.width, colour)
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawPath(scaled)
        return image


class PointsItem:
    """A scatter item for each part of the data, and crosses, changed only when what they show changes.

    Attributes
    ----------
    crosses : CrossesItem
        Over the points that the network gets wrong.
    """

    def __init__(self, plot: pg.PlotItem, theme: Theme) -> None:
        self._theme = theme
        self._items: dict[str, pg.ScatterPlotItem] = {name: pg.ScatterPlotItem(pxMode=True) for name in PARTS}
        self._outlines: dict[str, _OutlinedSymbols] = {name: _OutlinedSymbols() for name in PARTS[1:]}
        for name, symbols in self._outlines.items():
            symbols.setDevicePixelRatio(self._items[name].fragmentAtlas.devicePixelRatio())
            self._items[name].fragmentAtlas = symbols
        for z, item in enumerate(self._items.values()):
            item.setZValue(10 + z)
            plot.addItem(item)
        self.crosses = CrossesItem()
        plot.addItem(self.crosses, ignoreBounds=True)
        self._positions: dict[str, NDArray[np.float64]] = {name: np.empty((0, 2)) for name in PARTS}
        self._drawn: dict[str, NDArray[np.int64]] = {name: np.empty(0, dtype=int) for name in PARTS}
        self._visible = dict.fromkeys(PARTS, True)
        self._correct: dict[str, NDArray[np.bool_] | None] = dict.fromkeys(PARTS)
        self._steps: dict[str, NDArray[np.int64]] | None = None
        self._drawn_data: dict[str, tuple[Dataset, Dataset]] = {}
        self._wrong_only = False
        self._suspended = False
        self.is_thinned = False

    def set_visible(self, part: PartName, visible: bool) -> None:
        """Show or hide the points of a part of the data."""
        self._visible[part] = visible
        self._items[part].setVisible(visible and not self._suspended)
        self._show_wrong()

    def item(self, name: str) -> pg.ScatterPlotItem:
        """Return what draws the points of a part of the data."""
        return self._items[name]

    def is_visible(self, part: PartName) -> bool:
        """Whether the points of a part of the data are shown."""
        return self._visible[part] and not self._suspended

    def suspend(self, suspended: bool) -> None:
        """Show only which points are wrong while somebody else draws the points, or show all again."""
        if suspended != self._suspended:
            self._suspended = suspended
            for name in PARTS:
                self._items[name].setVisible(self._visible[name] and not suspended)
            self.clear_wrong()

    def show_parts(self, shown: Sequence[bool], *, wrong_only: bool) -> None:
        """Show the points of some parts, in the order of `PARTS`, or of them only those that the network gets wrong."""
        self.set_wrong_only(wrong_only)
        for part, is_shown in zip(PARTS, shown, strict=True):
            self.set_visible(part, is_shown)

    def set_wrong_only(self, wrong_only: bool) -> None:
        """Show only points that the network gets wrong, or all; nothing is wrong before it is known."""
        if wrong_only != self._wrong_only:
            self._wrong_only = wrong_only
            self._filter()

    def _is_shown(self, name: str) -> NDArray[np.bool_]:
        """Return which of the drawn points of a part are to be seen."""
        drawn, mask = self._drawn[name], self._correct[name]
        if not self._wrong_only or mask is None:
            return np.ones(len(drawn), dtype=bool)
        return np.asarray(~mask[drawn])

    def _filter(self) -> None:
        for name in PARTS:
            if len(self._drawn[name]) and not self._suspended:
                self._items[name].setPointsVisible(self._is_shown(name))

    def nearest(self, x: float, y: float, pixel: tuple[float, float], reach: float) -> RowId | None:
        """Return part and row of the visible point nearest to (x, y), None beyond `reach` pixels.

        Parameters
        ----------
        pixel : (float, float)
            Width and height of a pixel in plot coordinates.
        """
        best: float = reach * reach
        found: RowId | None = None
        for name in PARTS:
            if not self._visible[name]:
                continue
            rows = self._drawn[name][self._is_shown(name)]
            if not len(rows):
                continue
            away = (self._positions[name][rows] - (x, y)) / pixel
            distance = np.einsum("ij,ij->i", away, away)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= best:
                best, found = float(distance[nearest]), (name, int(rows[nearest]))
        return found

    def set_points(
        self,
        parts: Mapping[PartName, Dataset],
        positions: Mapping[PartName, NDArray[np.float64]],
        theme: Theme,
        opacity: Mapping[PartName, NDArray[np.float64]] | None = None,
    ) -> None:
        """Draw the points of all parts at `positions` ``(n, 2)``, each as opaque as `opacity` ``(n,)`` says."""
        self._theme = theme
        self.set_places(positions)
        self._steps = _fade_steps(opacity)
        for name, dataset in parts.items():
            drawn = self._drawn[name]
            self._drawn_data[name] = dataset.take(drawn) if len(drawn) else dataset, parts["train"]
            self._draw_part(name)

    def set_places(self, positions: Mapping[PartName, NDArray[np.float64]]) -> None:
        """Note where the points of all parts are, ``(n, 2)``, though somebody else draws them."""
        self.is_thinned = False
        # How opaque other rows were says nothing about these.
        self._steps = None
        for name, places in positions.items():
            n = len(places)
            self.is_thinned |= n > MAX_DRAWN
            drawn = np.linspace(0, n - 1, MAX_DRAWN).astype(int) if n > MAX_DRAWN else np.arange(n)
            self._positions[name], self._drawn[name] = places, drawn
        everywhere = np.concatenate([places for places in positions.values() if len(places)] or [np.zeros((1, 2))])
        self.crosses.set_reach(everywhere.min(axis=0).tolist(), everywhere.max(axis=0).tolist())
        self.clear_wrong()

    def all_places(self) -> NDArray[np.float64]:
        """Return where the points of the parts on show are, ``(n, 2)``, in plot coordinates."""
        shown = [self._positions[name][self._drawn[name]] for name in PARTS if self._visible[name]]
        return np.concatenate([np.empty((0, 2)), *shown])

    def clear_wrong(self) -> None:
        """Cross out nothing until it is known again what is wrong."""
        self._correct = dict.fromkeys(PARTS)
        self._show_wrong()

    def fade(self, opacity: Mapping[PartName, NDArray[np.float64]] | None) -> None:
        """Draw the same points as opaque as `opacity` ``(n,)`` says; hardly different ones cost a comparison."""
        steps, before = _fade_steps(opacity), self._steps
        self._steps = steps
        changed = [
            name
            for name in self._drawn_data
            if (steps is not before)
            and (steps is None or before is None or not np.array_equal(steps[name], before[name]))
        ]
        for name in changed:
            self._draw_part(name)
        if changed:
            self._show_wrong()
            if self._wrong_only:
                self._filter()

    def _draw_part(self, name: str) -> None:
        item, theme = self._items[name], self._theme
        dataset, reference = self._drawn_data[name]
        positions = self._positions[name][self._drawn[name]]
        if len(positions) == 0:
            item.setData([], [])
            return
        inside = theme.colour("panel") if not theme.dark else theme.colour("canvas")
        edge = pg.mkPen(theme.colour("text"), width=outline_width(theme.marker_size))
        if dataset.task == "classification":
            classes = dataset.class_index
            n_classes = len(dataset.class_names)
            colours = [theme.class_colour(k) for k in range(n_classes)]
            shapes = [CLASS_SHAPES[k % len(CLASS_SHAPES)] for k in range(n_classes)]
        else:
            classes, colours = _levels(dataset, reference, theme)
            shapes = ["o"] * len(colours)
        filled = name == "train"
        if not filled:
            self._outlines[name].colour, self._outlines[name].width = edge.color(), edge.widthF()
        symbols = [dotted_shape(shape) for shape in shapes] if name == "validation" else shapes
        if dataset.task == "classification":
            brushes = [QBrush(colour if filled else inside) for colour in colours]
            pens = [edge if filled else pg.mkPen(colour, width=0.2 * theme.marker_size) for colour in colours]
        elif dataset.n_features == 1:
            # The value is the height: one colour will do, and stands out from the curve.
            ink = theme.colour("text")
            brushes = [QBrush(theme.colour("quiet") if filled else inside)] * len(colours)
            pens = [pg.mkPen(inside, width=1.0) if filled else pg.mkPen(ink, width=1.4)] * len(colours)
        else:
            # Filled with the true value, so that a wrong map shows; a ring keeps a right one from hiding the point.
            brushes = [QBrush(colour) for colour in colours]
            pens = [edge if filled else pg.mkPen(theme.colour("panel"), width=2.4)] * len(colours)
        kinds, fades = classes, self._fades(name)
        if fades is not None:
            brushes = [brush for step in range(FADES) for brush in _faded_brushes(brushes[: len(colours)], step)]
            pens = [pen for step in range(FADES) for pen in _faded_pens(pens[: len(colours)], step)]
            kinds = fades[self._drawn[name]] * len(colours) + classes
        item.setData(
            positions[:, 0],
            positions[:, 1],
            symbol=np.array(symbols, dtype=object)[classes],
            brush=np.array(brushes, dtype=object)[kinds],
            pen=np.array(pens, dtype=object)[kinds],
            size=theme.marker_size if filled else theme.marker_size - 1.0,
        )

    def _fades(self, name: str) -> NDArray[np.int64] | None:
        """Return the step of opacity of each row of a part, ``0 … FADES - 1``; None where nothing fades."""
        return None if self._steps is None else self._steps[name]

    def show_correct(self, frame: Frame | None) -> None:
        """Cross out the points that the network of a frame gets wrong; unchanged masks cost a comparison."""
        changed = False
        for name in PARTS:
            mask = frame.correct_of(name) if frame is not None else None
            if mask is None or len(mask) != len(self._positions[name]):
                continue
            old = self._correct[name]
            if old is None or not np.array_equal(old, mask):
                self._correct[name], changed = mask, True
        if changed:
            self._show_wrong()
            if self._wrong_only:
                self._filter()

    def _show_wrong(self) -> None:
        found, steps = [np.empty((0, 2))], [np.empty(0, dtype=np.int64)]
        for name in PARTS:
            mask = self._correct[name]
            if mask is not None and self._visible[name]:
                drawn = self._drawn[name]
                rows, fades = drawn[~mask[drawn]], self._fades(name)
                found.append(self._positions[name][rows])
                steps.append(np.full(len(rows), FADES - 1) if fades is None else fades[rows])
        ink = self._theme.colour("text")
        inks = [_faded(ink, step) for step in range(FADES)]
        self.crosses.show_crosses(np.concatenate(found), np.concatenate(steps), inks, 0.75 * self._theme.marker_size)


def _fade_steps(opacity: Mapping[PartName, NDArray[np.float64]] | None) -> dict[str, NDArray[np.int64]] | None:
    """Return the step of opacity of each row, ``0 … FADES - 1``; None where nothing fades."""
    if opacity is None:
        return None
    return {name: np.ceil(part * FADES).astype(np.int64).clip(1, FADES) - 1 for name, part in opacity.items()}


def _faded(colour: QColor, step: int) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF((step + 1) / FADES)
    return faded


def _faded_brushes(brushes: list[QBrush], step: int) -> list[QBrush]:
    return [QBrush(_faded(brush.color(), step)) for brush in brushes]


def _faded_pens(pens: list[QPen], step: int) -> list[QPen]:
    return [pg.mkPen(_faded(pen.color(), step), width=pen.widthF()) for pen in pens]


def _levels(dataset: Dataset, reference: Dataset, theme: Theme) -> tuple[NDArray[np.int64], list[QColor]]:
    """Return the step of each row's first target on the sign ramp, and the colours of the steps."""
    low, high = target_levels(reference)
    steps = 32
    colours = [QColor.fromRgb(int(rgb)) for rgb in sign_ramp(theme)[np.linspace(0, N_COLOURS - 1, steps).astype(int)]]
    scaled = (dataset.y[:, 0] - low) / (high - low)
    return (np.clip(scaled, 0.0, 1.0) * (steps - 1)).round().astype(int), colours
