"""The way of points through a network as a picture: the grid of the plane, the points, and the border at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.drawing.colormap import Ramp, lookup, mix, sign_ramp
from nnviz.drawing.curves import draw_lines
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme

#: Free room around the points, as a share of the picture.
_MARGIN = 0.08


class WarpPicture(Struct, frozen=True, eq=False):
    """What is painted.

    Attributes
    ----------
    points : ndarray ``(n, 2)``
    classes : ndarray int ``(n,)`` or None
    values : ndarray ``(n,)`` or None
        Of a regression, about −1 … 1.
    grid : ndarray ``(n_lines, n_points, 2)`` or None
        The second half of the lines ran upwards once.
    borders : sequence of ndarray ``(n, 2)``
    marked : ndarray of bool ``(n,)``
    """

    points: Array
    classes: NDArray[np.int64] | None
    values: Array | None
    grid: Array | None
    borders: Sequence[Array]
    marked: NDArray[np.bool_]


class Placing(Struct, frozen=True):
    """From the plane to pixels: both axes alike, y upwards."""

    scale: float
    right: float
    down: float

    def pixels(self, places: Array) -> Array:
        """Return where places ``(…, 2)`` are in the picture."""
        return np.asarray(places * np.array([self.scale, -self.scale]) + np.array([self.right, self.down]))


def placing(points: Array, rect: QRectF) -> Placing:
    """Return what brings all points into a rectangle, as large as they can be."""
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    span = np.maximum(high - low, 1e-9)
    room = (1.0 - 2.0 * _MARGIN) * np.array([rect.width(), rect.height()])
    scale = float((room / span).min())
    middle = (low + high) / 2.0
    return Placing(scale, rect.center().x() - scale * float(middle[0]), rect.center().y() + scale * float(middle[1]))


def paint_warp(painter: QPainter, rect: QRectF, picture: WarpPicture, theme: Theme) -> None:
    """Paint it into a rectangle."""
    placed = placing(picture.points, rect)
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if picture.grid is not None:
        half = len(picture.grid) // 2
        for lines, role in ((picture.grid[:half], theme.quiet), (picture.grid[half:], theme.text)):
            painter.setPen(QPen(mix(theme.panel, role, 0.35), 0.6 * theme.line_width))
            _paint_lines(painter, placed.pixels(lines), rect)
    for border in picture.borders:
        line = QPolygonF([QPointF(x, y) for x, y in placed.pixels(border).tolist()])
        for colour, width in ((theme.colour("panel"), 4.0), (theme.colour("text"), 1.8)):
            painter.setPen(QPen(colour, width * theme.line_width))
            painter.drawPolyline(line)
    _paint_points(painter, placed.pixels(picture.points), picture, theme)
    painter.restore()


def _paint_lines(painter: QPainter, lines: Array, rect: QRectF) -> None:
    pieces = np.concatenate([lines[:, :-1], lines[:, 1:]], axis=2).reshape(-1, 4)
    # Qt takes long for what is far outside.
    limit = 20.0 * max(rect.width(), rect.height())
    draw_lines(painter, np.ascontiguousarray(pieces[(np.abs(pieces) < limit).all(axis=1)]))


def _paint_points(painter: QPainter, places: Array, picture: WarpPicture, theme: Theme) -> None:
    size = 0.85 * theme.marker_size
    device = painter.device()
    ratio = float(device.devicePixelRatio()) if device is not None else 1.0
    colours = None if picture.values is None else _value_colours(picture.values, sign_ramp(theme))
    for number, (x, y) in enumerate(places.tolist()):
        if picture.classes is not None:
            sprite, half = _sprite(int(picture.classes[number]), size, theme, ratio)
            painter.drawImage(QPointF(x - half, y - half), sprite)
        elif colours is not None:
            painter.setPen(QPen(theme.colour("text"), 0.6))
            painter.setBrush(colours[number])
            painter.drawEllipse(QPointF(x, y), 0.5 * size, 0.5 * size)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("positive"), 1.6 * theme.line_width))
    for x, y in places[picture.marked].tolist():
        painter.drawEllipse(QPointF(x, y), 1.1 * size, 1.1 * size)


@lru_cache(maxsize=128)
def _sprite(class_: int, size: float, theme: Theme, ratio: float) -> tuple[QImage, float]:
    """Return the marker of a class, painted once: hundreds of them move with every frame; and half of its side."""
    side = math.ceil(1.6 * size) + 2
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_marker(painter, class_, QPointF(side / 2, side / 2), size, theme)
    return image, side / 2


def _value_colours(values: Array, ramp: Ramp) -> list[QColor]:
    return [QColor.fromRgb(pixel) for pixel in lookup(values, (-1.0, 1.0), ramp).tolist()]
