"""The loss over a plane with the trails of a race: as contour lines seen from above, and as a shaded relief."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from nnviz.core.landscape import Surface
from nnviz.core.layout import Array
from nnviz.core.numbers import typeset
from nnviz.drawing.axes import Axes, paint_axes
from nnviz.drawing.colormap import N_COLOURS, Ramp, lookup, mix, ramp
from nnviz.drawing.curves import draw_lines
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.theme import Theme
from nnviz.experiment.contours import contour_lines

#: Contour lines between the lowest loss and the highest.
N_LEVELS: Final = 12
#: Of the samples, how many lie below the top of the scale: the steepest walls would flatten everything else.
_TOP_SHARE: Final = 97.0
#: Quadrangles along a side of a relief; more are not seen, and take their time.
MOST_QUADS: Final = 48
#: How high a relief is, in widths of its ground.
_RELIEF: Final = 0.55
#: How much of its mesh is seen.
_MESH: Final = 0.16
#: Where a relief is seen from at first, in degrees.
TURN, TILT = 35.0, 38.0


class Heights:
    """How high losses are drawn: logarithmically, so that a valley is seen beside walls a thousand times as high.

    Attributes
    ----------
    share : ndarray ``(n_y, n_x)``
        0 for the lowest loss, 1 for the highest on the scale and above.
    """

    def __init__(self, surface: Surface) -> None:
        values = surface.values
        finite = values[np.isfinite(values)]
        self.low = float(finite.min()) if len(finite) else 0.0
        middle = float(np.median(finite)) - self.low if len(finite) else 0.0
        self._scale = middle if middle > 0.0 else max(float(finite.max(initial=0.0)) - self.low, 1.0)
        grown = np.log1p((finite - self.low) / self._scale)
        self._top = max(float(np.percentile(grown, _TOP_SHARE)) if len(grown) else 0.0, 1e-12)
        self.share = self.of(values)

    def of(self, losses: Array) -> Array:
        """Return how high losses are, 0 … 1; what is infinite or unknown is at the top."""
        known = np.isfinite(losses)
        above = np.maximum(np.where(known, losses, self.low) - self.low, 0.0)
        return np.where(known, np.minimum(np.log1p(above / self._scale) / self._top, 1.0), 1.0)

    def loss(self, share: float) -> float:
        """Return the loss that is drawn so high."""
        return self.low + self._scale * math.expm1(share * self._top)


class DrawnTrail(Struct, frozen=True):
    """A trail as it is painted.

    Attributes
    ----------
    number : int
        Its colour and shape.
    points : ndarray ``(n, 2)``
        In the plane.
    n_shown : int
        Points that it has passed; the others are what comes, painted faintly.
    is_marked : bool
        Whether it is to stand out.
    """

    number: int
    points: Array
    n_shown: int
    is_marked: bool = False


class Landscape(Struct, frozen=True):
    """What is painted.

    Attributes
    ----------
    surface : Surface
    heights : Heights
    trails : sequence of DrawnTrail
    x_label, y_label : str
    """

    surface: Surface
    heights: Heights
    trails: Sequence[DrawnTrail]
    x_label: str = ""
    y_label: str = ""


def ground_ramp(theme: Theme) -> Ramp:
    """Return the colours from the lowest loss to the highest: pale, for the trails have the strong ones."""
    ground = theme.canvas if theme.dark else theme.panel
    return ramp(ground, *(mix(ground, theme.text, share).name() for share in (0.18, 0.42)))


def map_area(room: QRectF, line: float) -> QRectF:
    """Return where the plane itself is painted, within axes and key."""
    return room.adjusted(4.6 * line, 0.6 * line, -6.0 * line, -3.0 * line)


def paint_contours(painter: QPainter, room: QRectF, landscape: Landscape, theme: Theme) -> None:
    """Paint the surface from above, with contour lines, axes and a key."""
    surface, line = landscape.surface, QFontMetricsF(painter.font()).height()
    area = map_area(room, line)
    axes = Axes(area, surface.x_range, surface.y_range)
    painter.save()
    painter.setClipRect(area)
    _paint_ground(painter, area, landscape, theme)
    shades, table = landscape.heights.share, ground_ramp(theme)
    around = _outer(surface.x_range, shades.shape[1]), _outer(surface.y_range, shades.shape[0])
    for level in np.arange(1, N_LEVELS) / N_LEVELS:
        lines = contour_lines(shades.astype(np.float32), float(level), *around)
        ends = np.hstack([axes.points(lines[:, 0], lines[:, 1]), axes.points(lines[:, 2], lines[:, 3])])
        shade = QColor.fromRgb(int(table[round(level * (N_COLOURS - 1))]))
        painter.setPen(QPen(mix(shade, theme.text, 0.22), 1.0))
        draw_lines(painter, np.ascontiguousarray(ends))
    painter.restore()
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)
    paint_axes(painter, axes, theme, x_label=landscape.x_label, y_label=landscape.y_label)
    paint_key(painter, area, landscape.heights, theme)


def paint_contour_trails(painter: QPainter, room: QRectF, landscape: Landscape, theme: Theme) -> None:
    """Paint the trails on what `paint_contours` has painted."""
    area = map_area(room, QFontMetricsF(painter.font()).height())
    axes = Axes(area, landscape.surface.x_range, landscape.surface.y_range)
    placed = [(trail, axes.points(trail.points[:, 0], trail.points[:, 1])) for trail in landscape.trails]
    _paint_trails(painter, area, placed, theme)


def _paint_trails(painter: QPainter, area: QRectF, placed: Sequence[tuple[DrawnTrail, Array]], theme: Theme) -> None:
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for trail, where in sorted(placed, key=lambda each: each[0].is_marked):
        _paint_trail(painter, where, trail, theme)
    _paint_ends(painter, placed, theme)
    painter.restore()


def _outer(span: tuple[float, float], n: int) -> tuple[float, float]:
    """Return the outer edges of cells around `n` samples from one end of a range to the other."""
    half = 0.5 * (span[1] - span[0]) / max(n - 1, 1)
    return span[0] - half, span[1] + half


def _paint_ground(painter: QPainter, area: QRectF, landscape: Landscape, theme: Theme) -> None:
    pixels = np.ascontiguousarray(lookup(landscape.heights.share, (0.0, 1.0), ground_ramp(theme))[::-1])
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    # Its outermost samples lie on the edges.
    half_x, half_y = 0.5 * area.width() / (width - 1), 0.5 * area.height() / (height - 1)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area.adjusted(-half_x, -half_y, half_x, half_y), image)


def _paint_trail(painter: QPainter, where: Array, trail: DrawnTrail, theme: Theme) -> None:
    """Paint a line on a paler, wider one, so that it is seen on everything; what comes thinly."""
    width = theme.line_width * (2.2 if trail.is_marked else 1.4)
    known = np.asarray(np.isfinite(where).all(axis=1))
    colour = theme.class_colour(trail.number)
    passed, coming = where[: trail.n_shown], where[max(trail.n_shown - 1, 0) :]
    if len(coming) > 1:
        painter.setPen(QPen(mix(theme.panel, colour, 0.55), 0.5 * theme.line_width))
        draw_lines(painter, _joined(coming, known[max(trail.n_shown - 1, 0) :]))
    lines = _joined(passed, known[: trail.n_shown])
    for colour_of, thick in ((theme.colour("panel"), width + 1.6 * theme.line_width), (colour, width)):
        pen = QPen(colour_of, thick)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        draw_lines(painter, lines)


def _joined(where: Array, known: NDArray[np.bool_]) -> Array:
    lines = np.hstack([where[:-1], where[1:]])
    return np.ascontiguousarray(lines[known[:-1] & known[1:]])


def _paint_ends(painter: QPainter, trails: Sequence[tuple[DrawnTrail, Array]], theme: Theme) -> None:
    """Paint where all began and where each is."""
    for trail, where in trails[:1]:
        if len(where) and trail.n_shown:
            painter.setPen(QPen(theme.colour("text"), theme.line_width))
            painter.setBrush(theme.colour("panel"))
            painter.drawEllipse(QPointF(*where[0].tolist()), 0.45 * theme.marker_size, 0.45 * theme.marker_size)
    for trail, where in trails:
        if trail.n_shown and np.isfinite(where[trail.n_shown - 1]).all():
            size = theme.marker_size * (1.7 if trail.is_marked else 1.3)
            paint_marker(painter, trail.number, QPointF(*where[trail.n_shown - 1].tolist()), size, theme)


def paint_key(painter: QPainter, area: QRectF, heights: Heights, theme: Theme) -> None:
    """Paint what the shades mean, as a column right of `area`."""
    line = QFontMetricsF(painter.font()).height()
    bar = QRectF(area.right() + 1.2 * line, area.top(), 0.7 * line, area.height())
    column = np.ascontiguousarray(ground_ramp(theme)[::-1].reshape(-1, 1))
    painter.drawImage(bar, QImage(column.data, 1, N_COLOURS, 4, QImage.Format.Format_RGB32))
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    painter.setPen(theme.colour("quiet"))
    n = max(min(int(bar.height() / (2.4 * line)), 6), 1)
    for place in range(n + 1):
        y = bar.bottom() - place / n * bar.height()
        y = min(max(y, bar.top() + 0.4 * line), bar.bottom() - 0.4 * line)
        box = QRectF(bar.right() + 0.4 * line, y - 0.5 * line, 4.8 * line, line)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        loss = heights.loss(place / n)
        painter.drawText(box, flags, typeset(f"{loss:.2f}" if loss >= 1.0 else f"{loss:.2g}"))


# -- relief -----------------------------------------------------------------------------------------------------


class Stand(Struct, frozen=True):
    """Where a relief is seen from, and where it lies on paper.

    Attributes
    ----------
    turn, tilt : float
        Degrees round the upright, and above the ground.
    area : QRectF
    """

    turn: float
    tilt: float
    area: QRectF

    def project(self, x: Array, y: Array, z: Array) -> tuple[Array, Array, Array]:
        """Return pixels and depth (farther is less) of places with x, y, z from 0 to 1."""
        a, b = math.radians(self.turn), math.radians(self.tilt)
        u, v, w = x - 0.5, y - 0.5, _RELIEF * (z - 0.35)
        across, away = u * math.cos(a) - v * math.sin(a), u * math.sin(a) + v * math.cos(a)
        up = away * math.sin(b) + w * math.cos(b)
        # As large as it can be from all sides.
        size = min(self.area.width() / 1.42, self.area.height() / (1.42 * math.sin(b) + _RELIEF * math.cos(b)))
        middle = self.area.center()
        return middle.x() + size * across, middle.y() - size * up, -away * math.cos(b) + w * math.sin(b)


def paint_relief(
    painter: QPainter, room: QRectF, landscape: Landscape, theme: Theme, turn: float = TURN, tilt: float = TILT
) -> None:
    """Paint the surface as a shaded relief, with the names of its axes and a key."""
    stand = _stand(painter, room, turn, tilt)
    _paint_floor(painter, stand, theme)
    _paint_quads(painter, landscape, stand, theme)
    _paint_sides(painter, landscape, stand, theme)
    line = QFontMetricsF(painter.font()).height()
    paint_key(painter, stand.area.adjusted(0.0, line, 0.0, -line), landscape.heights, theme)


def paint_relief_trails(
    painter: QPainter, room: QRectF, landscape: Landscape, theme: Theme, turn: float = TURN, tilt: float = TILT
) -> None:
    """Paint the trails on what `paint_relief` has painted."""
    stand = _stand(painter, room, turn, tilt)
    placed = [(trail, _on_relief(landscape, trail, stand)) for trail in landscape.trails]
    _paint_trails(painter, stand.area, placed, theme)


def _stand(painter: QPainter, room: QRectF, turn: float, tilt: float) -> Stand:
    line = QFontMetricsF(painter.font()).height()
    return Stand(turn, tilt, room.adjusted(0.5 * line, 0.5 * line, -6.0 * line, -0.5 * line))


def _on_relief(landscape: Landscape, trail: DrawnTrail, stand: Stand) -> Array:
    """Return the pixels of a trail's points on the surface; NaN outside."""
    surface, points = landscape.surface, trail.points
    losses = surface.height(points)
    (x0, x1), (y0, y1) = surface.x_range, surface.y_range
    z = np.where(np.isnan(losses), np.nan, landscape.heights.of(losses))
    x, y, _ = stand.project((points[:, 0] - x0) / (x1 - x0), (points[:, 1] - y0) / (y1 - y0), z)
    return np.column_stack([x, y])


def _paint_floor(painter: QPainter, stand: Stand, theme: Theme) -> None:
    """Paint the edge of the ground, at the height of the lowest loss."""
    x, y, _ = stand.project(np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]), np.zeros(4))
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))


def _paint_quads(painter: QPainter, landscape: Landscape, stand: Stand, theme: Theme) -> None:
    shares = landscape.heights.share
    every = max(-(-max(shares.shape) // MOST_QUADS), 1)
    shares = shares[::every, ::every]
    n_y, n_x = shares.shape
    full_y, full_x = landscape.heights.share.shape
    x, y = np.arange(n_x) * every / (full_x - 1), np.arange(n_y) * every / (full_y - 1)
    grid_x, grid_y = np.meshgrid(x, y)
    px, py, depth = stand.project(grid_x, grid_y, shares)
    corners = [(slice(None, -1), slice(None, -1)), (slice(None, -1), slice(1, None))]
    corners += [(slice(1, None), slice(1, None)), (slice(1, None), slice(None, -1))]
    mean = np.mean([shares[at] for at in corners], axis=0)
    far = np.mean([depth[at] for at in corners], axis=0).ravel()
    # Light falls from the upper left, wherever one stands.
    slope_x, slope_y = np.gradient(shares, y, x)[::-1]
    light_at = math.radians(-stand.turn - 135.0)
    light = -(slope_x * math.cos(light_at) + slope_y * math.sin(light_at)) * _RELIEF
    light /= np.sqrt(1.0 + light**2)
    light = np.mean([light[at] for at in corners], axis=0)
    colours = _shaded(mean, light, theme).ravel().tolist()
    quads = np.stack([np.stack([px[at], py[at]], axis=-1) for at in corners], axis=2).reshape(-1, 4, 2).tolist()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    pen = QPen()
    pen.setWidthF(0.0)
    for place in np.argsort(far, kind="stable").tolist():
        colour = QColor.fromRgb(colours[place])
        pen.setColor(mix(colour, theme.text, _MESH))
        painter.setPen(pen)
        painter.setBrush(colour)
        painter.drawConvexPolygon(QPolygonF([QPointF(a, b) for a, b in quads[place]]))


def _shaded(shares: Array, light: Array, theme: Theme) -> np.ndarray:
    """Return pixels: the shade of each height, lighter or darker as the light falls."""
    base = lookup(shares, (0.0, 1.0), ground_ramp(theme)).astype(np.int64)
    channels = np.stack([(base >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(float)
    factor = 1.0 + (0.55 if theme.dark else 0.3) * np.clip(light, -1.0, 1.0)
    channels = np.clip(channels * factor[..., np.newaxis], 0.0, 255.0).astype(np.int64)
    return np.asarray(0xFF000000 | (channels[..., 0] << 16) | (channels[..., 1] << 8) | channels[..., 2])


def _paint_sides(painter: QPainter, landscape: Landscape, stand: Stand, theme: Theme) -> None:
    """Paint the names of both axes along the near sides of the ground."""
    metrics = QFontMetricsF(painter.font())
    painter.setPen(theme.colour("text"))
    sides = (
        (landscape.x_label, [(0.5, 0.0), (0.5, 1.0)]),
        (landscape.y_label, [(0.0, 0.5), (1.0, 0.5)]),
    )
    for words, middles in sides:
        if not words:
            continue
        places = np.array(middles)
        x, y, _ = stand.project(places[:, 0], places[:, 1], np.zeros(2))
        near = int(np.argmax(y))
        middle = stand.area.center()
        out = np.array([x[near] - middle.x(), y[near] - middle.y()])
        out *= 1.4 * metrics.height() / max(float(np.hypot(*out)), 1.0)
        width = metrics.horizontalAdvance(words)
        left = x[near] + out[0] - (width if out[0] < 0.0 else 0.0)
        left = min(max(left, stand.area.left()), stand.area.right() - width)
        top = min(y[near] + out[1], stand.area.bottom() - metrics.height())
        painter.drawText(QRectF(left, top, width + 1.0, metrics.height()), Qt.AlignmentFlag.AlignLeft, words)
