"""A small map of one network among many: what it answers, under some of its training points, without axes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnviz.drawing.axes import Axes
from nnviz.drawing.colormap import lookup, sign_ramp
from nnviz.drawing.markers import paint_marker
from nnviz.drawing.plane import plane_image, target_levels
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, Plane
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.slices import places

#: Points on a map, and their size, larger from a width on; more would hide it.
MOST_POINTS, MARKER, WIDE = 120, 4.5, 180.0


def paint_small_map(painter: QPainter, area: QRectF, frame: Frame, data: Prepared, theme: Theme) -> None:
    """Paint what a network answers, points and an edge."""
    plane = _plane_of(frame)
    paint_small_ground(painter, area, frame, data, theme)
    paint_small_points(painter, area, plane, data, theme)
    paint_small_edge(painter, area, theme)


def paint_small_ground(
    painter: QPainter, area: QRectF, frame: Frame, data: Prepared, theme: Theme, beside: Plane | None = None
) -> None:
    """Paint what a network answers on the plane of `frame`, or its curve over one feature, on the scale of both."""
    plane = _plane_of(frame)
    painter.save()
    painter.setClipRect(area)
    if plane.values.shape[0] == 1:
        painter.fillRect(area, theme.colour("panel"))
        _paint_curves(painter, curve_axes(area, plane, data, beside), plane.values[0], data, theme)
    else:
        image = plane_image(plane, data.train, theme, frame=frame)
        painter.drawImage(area, image.flipped(Qt.Orientation.Vertical))
    painter.restore()


def paint_small_points(
    painter: QPainter, area: QRectF, plane: Plane, data: Prepared, theme: Theme, beside: Plane | None = None
) -> None:
    """Paint some of the training points on it."""
    is_curve = plane.values.shape[0] == 1
    painter.save()
    painter.setClipRect(area)
    rows = np.unique(np.linspace(0, data.train.n_samples - 1, min(data.train.n_samples, MOST_POINTS)).astype(int))
    x, y = places(data, plane.axes, plane.hold)["train"][rows].T
    where = curve_axes(area, plane, data, beside).points(x, _heights(data)[rows] if is_curve else y)
    _paint_points(painter, where, rows, data, theme, MARKER * min(max(area.width() / WIDE, 1.0), 2.0))
    painter.restore()


def paint_small_edge(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """Paint the line around it."""
    painter.setPen(QPen(theme.colour("line"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area)


def _plane_of(frame: Frame) -> Plane:
    if frame.plane is None:
        raise ValueError("The frame carries no plane: ask for one with Needs(planes={…}).")
    return frame.plane


def curve_axes(area: QRectF, plane: Plane, data: Prepared, beside: Plane | None = None) -> Axes:
    """Return the axes of a small map; of a curve over one feature, high enough for the targets.

    Where another map stands `beside` it, both have the same axes.
    """
    if plane.values.shape[0] != 1:
        return Axes(area, plane.x_range, plane.y_range)
    values = [each.values.ravel() for each in (plane, beside) if each is not None]
    return Axes(area, plane.x_range, _curve_range(data, np.concatenate(values)))


def _paint_points(
    painter: QPainter, where: np.ndarray, rows: np.ndarray, data: Prepared, theme: Theme, size: float
) -> None:
    if data.class_names:
        for (x, y), kind in zip(where.tolist(), data.train.class_index[rows].tolist(), strict=True):
            paint_marker(painter, kind, QPointF(x, y), size, theme)
        return
    fills = lookup(data.train.y[rows, 0], target_levels(data.train), sign_ramp(theme)).tolist()
    painter.setPen(QPen(theme.colour("quiet"), 0.5))
    for (x, y), fill in zip(where.tolist(), fills, strict=True):
        painter.setBrush(QColor.fromRgb(fill))
        painter.drawEllipse(QPointF(x, y), 0.4 * size, 0.4 * size)


def _paint_curves(painter: QPainter, axes: Axes, outputs: np.ndarray, data: Prepared, theme: Theme) -> None:
    low, high = axes.x_range
    x = low + (np.arange(len(outputs)) + 0.5) * (high - low) / len(outputs)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for index in range(outputs.shape[1]):
        colour = theme.class_colour(index) if outputs.shape[1] > 1 and data.class_names else theme.colour("positive")
        painter.setPen(QPen(colour, theme.line_width))
        keep = np.isfinite(outputs[:, index])
        points = axes.points(x[keep], outputs[keep, index])
        painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in points.tolist()]))


def _heights(data: Prepared) -> np.ndarray:
    return np.asarray(data.train.class_index, dtype=float) if data.class_names else np.asarray(data.train.y[:, 0])


def _curve_range(data: Prepared, outputs: np.ndarray) -> tuple[float, float]:
    """Return the range of the targets and of the outputs, which may go far beyond: the former decide."""
    heights = _heights(data)
    # Of an empty canvas there are none.
    low, high = (float(heights.min()), float(heights.max())) if heights.size else (0.0, 1.0)
    margin = 0.35 * ((high - low) or 1.0)
    known = outputs[np.isfinite(outputs)]
    wide = low - margin, high + margin
    if not known.size:
        return wide
    reach = 0.08 * (high - low or 1.0)
    return max(wide[0], min(low, float(known.min())) - reach), min(wide[1], max(high, float(known.max())) + reach)
