"""The edges of the network diagram: which are drawn, how, and which one the mouse is on.

In the window compiled code draws them (`pixel_picture.py`); `paint_edges` is for files of lines, and for where nothing
can be compiled. There curves are short opaque straight segments handed to Qt straight from NumPy's memory. Qt's raster
engine has a fast path for lines with flat caps: 344 curves took 3.7 ms where stroked paths took 8.1 and filled ribbons
7.3. Weak edges come first and strong ones last; what looks translucent is blended with the canvas beforehand.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from msgspec import Struct
from msgspec.structs import fields
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from nnviz.core.layout import Array
from nnviz.drawing.colormap import mix
from nnviz.drawing.curves import draw_lines
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.sprites import draw_sprites
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId

MAX_EDGES = 400
"""Strongest edges that are drawn; beyond that a picture is a tangle, and slow."""
MAX_FLOWING = 60
STILL_SEGMENTS = (40, 40)
"""Pieces of a thin and of a wide curve, so many that it looks round."""
MOVING_SEGMENTS = (8, 14)
"""The same while training: a piece costs 1 µs, and corners are seen only in a picture that stays."""
WIDE_EDGE = 2.0
"""From this width on corners are seen, in pixels."""
N_LEVELS = 32
"""Steps of width and colour; edges of one step share a pen."""
DOTS_PER_EDGE = 2

Ints = NDArray[np.intp]


class EdgeId(Struct, frozen=True):
    """The edge into `unit` of `layer` (1 … L) from unit `source` of the layer before."""

    layer: int
    unit: int
    source: int


class EdgeSet(Struct, frozen=True):
    """The edges of one frame that are drawn, weakest first: arrays of equal length.

    Attributes
    ----------
    layer, unit, source : ndarray of int
    weight : ndarray
    strength : ndarray
        ``|weight|`` / the largest of the network, 0 … 1.
    lit : ndarray of bool
        Whether the edge stands out; without a selection all do.
    x0, y0, x1, y1 : ndarray
        Ends, pixels.
    """

    layer: Ints
    unit: Ints
    source: Ints
    weight: Array
    strength: Array
    lit: NDArray[np.bool_]
    x0: Array
    y0: Array
    x1: Array
    y1: Array

    def __len__(self) -> int:
        return len(self.weight)

    def take(self, rows: Ints) -> EdgeSet:
        """Return some of the edges, in the order of `rows`."""
        return EdgeSet(*(getattr(self, field.name)[rows] for field in fields(self)))

    def id(self, index: int) -> EdgeId:
        """Return which edge stands at `index`."""
        return EdgeId(int(self.layer[index]), int(self.unit[index]), int(self.source[index]))

    def at(self, point: QPointF, reach: float) -> EdgeId | None:
        """Return the topmost edge no further than `reach` pixels from `point`, or None."""
        inside = (self.x0 <= point.x()) & (point.x() <= self.x1)
        if not inside.any():
            return None
        across = (point.x() - self.x0) / (self.x1 - self.x0)
        t = _parameter_at(across)
        rise = self.y1 - self.y0
        y = self.y0 + rise * (3.0 * t**2 - 2.0 * t**3)
        slope = rise * 6.0 * t * (1.0 - t) / ((self.x1 - self.x0) * np.maximum(1.5 * (1 - 2 * t * (1 - t)), 1e-9))
        distance = np.where(inside, np.abs(point.y() - y) / np.hypot(1.0, slope), np.inf)
        near = np.flatnonzero(distance <= reach)
        if not len(near):
            return None
        lit = near[self.lit[near]]
        return self.id(int((lit if len(lit) else near)[-1]))


def choose_edges(
    geometry: DiagramGeometry, frame: Frame, selected: UnitId | EdgeId | None = None, limit: int = MAX_EDGES
) -> EdgeSet:
    """Pick the edges between units that are shown: the strongest `limit`, and all of the selected unit's."""
    weights = frame.layout.weights(frame.parameters)
    largest = max((float(np.max(np.abs(part), initial=0.0)) for part in weights), default=0.0)
    all_ = geometry.crossings
    layer, unit, source, x0, y0, x1, y1 = all_.layer, all_.unit, all_.source, all_.x0, all_.y0, all_.x1, all_.y1
    weight = np.concatenate([weights[gap.layer - 1][np.ix_(gap.targets, gap.sources)].ravel() for gap in geometry.gaps])
    strength = np.abs(weight) / largest if largest > 0.0 else np.zeros(len(weight))
    lit = _attached(layer, unit, source, selected)
    rank = strength + (2.0 * lit if selected is not None else 0.0)
    keep = np.argsort(rank, kind="stable")[-limit:]
    return EdgeSet(
        layer[keep], unit[keep], source[keep], weight[keep], strength[keep], lit[keep], x0[keep], y0[keep], x1[keep],
        y1[keep],
    )  # fmt: skip


def _attached(layer: Ints, unit: Ints, source: Ints, selected: UnitId | EdgeId | None) -> NDArray[np.bool_]:
    if selected is None:
        return np.ones(len(layer), dtype=bool)
    if isinstance(selected, EdgeId):
        found = (layer == selected.layer) & (unit == selected.unit) & (source == selected.source)
    else:
        chosen_layer, chosen = selected
        found = ((layer == chosen_layer) & (unit == chosen)) | ((layer == chosen_layer + 1) & (source == chosen))
    return np.asarray(found, dtype=bool)


def edge_width(strength: Array, geometry: DiagramGeometry, theme: Theme) -> Array:
    """Return widths in pixels: sub-linear in the strength, so that weak edges stay visible."""
    largest = theme.edge_width * min(max(geometry.unit_size / 56.0, 0.35), 2.2)
    return np.asarray(0.7 + (largest - 0.7) * strength**0.8, dtype=np.float64)


def width_levels(geometry: DiagramGeometry, theme: Theme) -> Array:
    """Return the widths of the steps, weak to strong, in pixels ``(N_LEVELS,)``."""
    return edge_width(((np.arange(N_LEVELS) + 0.5) / N_LEVELS) ** 2, geometry, theme)


def edge_widths(looks: Ints, levels: Array) -> Array:
    """Return the width of each look in pixels, given those of the steps."""
    return levels[looks // 2 % N_LEVELS]


def edge_looks(edges: EdgeSet) -> Ints:
    """Return with which of the pens each edge is drawn ``(n,)``: weak to strong, faded before lit."""
    level = np.minimum((np.sqrt(edges.strength) * N_LEVELS).astype(np.intp), N_LEVELS - 1)
    return np.asarray((edges.lit * N_LEVELS + level) * 2 + (edges.weight < 0.0), dtype=np.intp)


def paint_edges(
    painter: QPainter, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme, *, moving: bool = False
) -> None:
    """Draw `edges`, weakest first; those that are not lit step back.

    `moving` says that the next frame follows at once: curves are then cut more coarsely, to be quick.
    """
    if not len(edges):
        return
    key = edge_looks(edges)
    order = np.argsort(key, kind="stable")
    key = key[order]
    table = width_levels(geometry, theme)
    width = edge_widths(key, table)
    wide = width >= WIDE_EDGE
    # Where each edge stands among the thin, or among the wide ones.
    rank = np.where(wide, np.cumsum(wide), np.cumsum(~wide)) - 1
    pieces = [
        _segments(edges, order[part], width[part], n_segments)
        for part, n_segments in zip((~wide, wide), MOVING_SEGMENTS if moving else STILL_SEGMENTS, strict=True)
    ]
    pens = _pens(theme, tuple(table.tolist()))
    bounds = np.flatnonzero(np.diff(key, prepend=-1, append=-1))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        painter.setPen(pens[int(key[start])])
        first = int(rank[start])
        draw_lines(painter, pieces[int(wide[start])][first : first + stop - start].reshape(-1, 4))
    painter.restore()


def paint_marked_edge(painter: QPainter, geometry: DiagramGeometry, edges: EdgeSet, edge: EdgeId, theme: Theme) -> None:
    """Draw one edge once more, in its full colour on a rim of the text's colour; nothing where it is not drawn."""
    found = np.flatnonzero(_attached(edges.layer, edges.unit, edges.source, edge))
    if not len(found):
        return
    width = edge_width(edges.strength[found], geometry, theme)
    colour = theme.negative if edges.weight[found[0]] < 0.0 else theme.positive
    for role, extra in ((theme.text, 2.4), (colour, 0.6)):
        pen = QPen(mix(theme.canvas, role, 0.8 if role == theme.text else 1.0), float(width[0]) + extra)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        pieces = _segments(edges, found, width + extra, STILL_SEGMENTS[1])
        draw_lines(painter, pieces.reshape(-1, 4))


@lru_cache(maxsize=16)
def edge_colours(theme: Theme) -> tuple[QColor, ...]:
    """Colours by look: faded then lit, weak to strong, positive then negative; blended with the canvas beforehand."""
    colours = []
    for lit in (False, True):
        for level in range(N_LEVELS):
            strength = ((level + 0.5) / N_LEVELS) ** 2
            amount = (0.2 + 0.8 * strength**0.55) if lit else (0.07 + 0.16 * strength)
            colours += [mix(theme.canvas, colour, amount) for colour in (theme.positive, theme.negative)]
    return tuple(colours)


@lru_cache(maxsize=16)
def _pens(theme: Theme, widths: tuple[float, ...]) -> tuple[QPen, ...]:
    """Pens by look."""
    pens = []
    for look, colour in enumerate(edge_colours(theme)):
        pen = QPen(colour, widths[look // 2 % N_LEVELS])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pens.append(pen)
    return tuple(pens)


@lru_cache(maxsize=32)
def _curve(n_segments: int) -> tuple[Array, Array]:
    """Shares of the way across and up at the ends of the segments, which are shorter where the curve bends most."""
    even = np.linspace(0.0, 1.0, n_segments + 1)
    t = 0.62 * even + 0.38 * (0.5 - 0.5 * np.cos(np.pi * even))
    return 1.5 * t * (1.0 - t) + t**3, 3.0 * t**2 - 2.0 * t**3


def _parameter_at(across: Array) -> Array:
    """Invert ``across = 1.5 t (1 − t) + t³``, which is x(t) of the edges' cubic, by interpolation."""
    t = np.linspace(0.0, 1.0, 129)
    return np.interp(across, 1.5 * t * (1.0 - t) + t**3, t)


def _segments(edges: EdgeSet, order: Ints, width: Array, n_segments: int) -> Array:
    """Return ``(n, n_segments, 4)``: x1, y1, x2, y2 of straight pieces that overlap just enough to close the joints."""
    across, up = _curve(n_segments)
    rise = (edges.y1 - edges.y0)[order, None]
    # A level edge is one piece (the others have no length): joints would show as a ladder.
    x = edges.x0[order, None] + (edges.x1 - edges.x0)[order, None] * np.where(np.abs(rise) < 0.5, across > 0.0, across)
    y = edges.y0[order, None] + rise * up
    dx, dy = np.diff(x), np.diff(y)
    length = np.maximum(np.hypot(dx, dy), 1e-9)
    dx /= length
    dy /= length
    # tan(turn / 2) from the sine and cosine of the turn at each inner joint.
    cosine = dx[:, 1:] * dx[:, :-1] + dy[:, 1:] * dy[:, :-1]
    sine = np.abs(dx[:, :-1] * dy[:, 1:] - dy[:, :-1] * dx[:, 1:])
    overlap = 0.5 * width[:, None] * sine / (1.0 + cosine) + 0.4
    pieces = np.empty((len(order), n_segments, 4))
    pieces[..., 0], pieces[..., 1], pieces[..., 2], pieces[..., 3] = x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:]
    pieces[:, 1:, 0] -= dx[:, 1:] * overlap
    pieces[:, 1:, 1] -= dy[:, 1:] * overlap
    pieces[:, :-1, 2] += dx[:, :-1] * overlap
    pieces[:, :-1, 3] += dy[:, :-1] * overlap
    return pieces


def paint_flow(painter: QPainter, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme, phase: float) -> None:
    """Draw dots that move along the strongest lit edges, from the inputs to the outputs.

    Parameters
    ----------
    phase : float
        Position in the cycle; an increase by 1 moves every dot by the length of its edge.
    """
    chosen = np.flatnonzero(edges.lit & (edges.strength > 0.02))[-MAX_FLOWING:]
    if not len(chosen):
        return
    offsets = np.arange(DOTS_PER_EDGE) / DOTS_PER_EDGE
    t = (phase + (chosen * 0.6180339887498949)[:, None] + offsets) % 1.0
    x = edges.x0[chosen, None] + (edges.x1 - edges.x0)[chosen, None] * (1.5 * t * (1.0 - t) + t**3)
    y = edges.y0[chosen, None] + (edges.y1 - edges.y0)[chosen, None] * (3.0 * t**2 - 2.0 * t**3)
    radius = np.maximum(edge_width(edges.strength[chosen], geometry, theme) * 0.5 + 0.5, 2.0 * max(geometry.scale, 0.8))
    ratio = painter.device().devicePixelRatio() if painter.device() is not None else 1.0
    step = np.repeat(np.rint(radius * 2.0).astype(np.intp), DOTS_PER_EDGE)
    sheet, side = _dots(theme, int(step.max()), ratio)
    below = np.repeat(edges.weight[chosen] < 0.0, DOTS_PER_EDGE).astype(np.intp)
    draw_sprites(painter, sheet, side, x.ravel(), y.ravel(), step, below, ratio)


@lru_cache(maxsize=8)
def _dots(theme: Theme, largest: int, ratio: float) -> tuple[QPixmap, int]:
    """A sheet of dots of radius 0, 0.5 … `largest` / 2 from left to right, negative ones below; and a dot's pixels."""
    side = math.ceil((largest + 3.0) * ratio)
    sheet = QPixmap(side * (largest + 1), side * 2)
    sheet.fill(Qt.GlobalColor.transparent)
    with QPainter(sheet) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, colour in enumerate((theme.positive, theme.negative)):
            painter.setPen(QPen(mix(theme.canvas, colour, 0.45 if theme.dark else 0.85), 0.8 * ratio))
            painter.setBrush(mix("#ffffff", colour, 0.15 if theme.dark else 0.08))
            for step in range(largest + 1):
                radius = 0.5 * step * ratio
                painter.drawEllipse(QPointF((step + 0.5) * side, (row + 0.5) * side), radius, radius)
    return sheet, side
