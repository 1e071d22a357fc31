"""Figures for paper and disk: the loss curves and the decision boundary, crisp at any size.

They are painted from the same frames as the window's views, without a widget, so that `nnviz train` can write them on
a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.data import input_label
from nnviz.drawing.axes import Axes, number_text, paint_axes
from nnviz.drawing.colormap import lookup, sign_ramp
from nnviz.drawing.diagram_layout import diagram_font
from nnviz.drawing.markers import paint_cross, paint_legend, paint_marker
from nnviz.drawing.plane import paint_colour_bar, plane_image, plane_look, target_levels
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Curves, Frame

if TYPE_CHECKING:
    from nnviz.data import Dataset
    from nnviz.experiment.prepare import Prepared

MAX_POINTS = 2000
"""Points of each kind that a figure shows; more would hide the map."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def paint_loss(painter: QPainter, rect: QRectF, frame: Frame, theme: Theme) -> None:
    """Paint train loss (solid) and test loss (dashed) over the epochs, with their last values."""
    curves = frame.curves
    painter.save()
    line = _begin(painter, rect, theme, "Loss", f"epoch {frame.epoch}")
    area = rect.adjusted(4.6 * line, 2.6 * line, -1.2 * line, -2.9 * line)
    losses = np.concatenate([curves.train_loss, curves.test_loss])
    losses = losses[np.isfinite(losses)]
    top = float(losses.max(initial=0.0)) * 1.04 or 1.0
    low = min(float(losses.min(initial=0.0)), 0.0)
    last = max(float(curves.epoch[-1]) if len(curves.epoch) else 0.0, 1.0)
    axes = Axes(area, (0.0, last), (low, top))
    paint_axes(painter, axes, theme, x_label="epoch", grid=True)
    painter.setClipRect(area.adjusted(-3, -3, 3, 3))
    for values, pen in _loss_pens(curves, theme):
        painter.setPen(pen)
        keep = np.isfinite(values)
        painter.drawPolyline(_polygon(axes.points(curves.epoch[keep], values[keep])))
    painter.setClipping(False)
    _paint_loss_key(painter, area, frame, theme, line)
    painter.restore()


def _loss_pens(curves: Curves, theme: Theme) -> list[tuple[Array, QPen]]:
    solid, dashed = QPen(theme.colour("train"), theme.line_width), QPen(theme.colour("test"), theme.line_width)
    dashed.setDashPattern([5.0, 3.0])
    for pen in (solid, dashed):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pens = [(curves.train_loss, solid)]
    if np.isfinite(curves.test_loss).any():
        pens.append((curves.test_loss, dashed))
    return pens


def _paint_loss_key(painter: QPainter, area: QRectF, frame: Frame, theme: Theme, line: float) -> None:
    """Name the two curves at the top right, where falling curves leave room, with their last values."""
    entries = [("train", frame.metrics.train_loss), ("test", frame.metrics.test_loss)]
    pens = _loss_pens(frame.curves, theme)
    y = area.top() + 0.5 * line
    for (name, value), (_, pen) in zip(entries, pens, strict=False):
        text = QRectF(area.right() - 8.0 * line, y, 7.6 * line, line)
        painter.setPen(theme.colour("text"))
        label = f"{name}  {number_text(value, 4)}"
        painter.drawText(text, _RIGHT, label)
        x = text.right() - QFontMetricsF(painter.font()).horizontalAdvance(label) - 0.5 * line
        painter.setPen(pen)
        painter.drawLine(QPointF(x - 1.8 * line, y + line / 2), QPointF(x, y + line / 2))
        y += 1.25 * line


def paint_boundary(painter: QPainter, rect: QRectF, frame: Frame, points: Prepared, theme: Theme) -> None:
    """Paint the network's answers over the plane under the data: train filled, test hollow, wrong ones crossed.

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
    frame : Frame
        Has to carry a plane.
    points : Prepared
        Train and test rows, class and feature names.
    theme : Theme

    Raises
    ------
    ValueError
        Where the frame carries no plane.
    """
    plane = frame.plane
    if plane is None:
        raise ValueError("The frame carries no plane: ask for one with Needs(plane=PlaneRequest()).")
    painter.save()
    line = _begin(painter, rect, theme, "Decision boundary" if points.class_names else "Prediction", "")
    _paint_point_key(painter, rect, points, theme, line)
    is_curve = plane.values.shape[0] == 1
    has_bar = not points.class_names and not is_curve
    area = rect.adjusted(4.6 * line, 2.6 * line, -(6.0 if has_bar else 1.2) * line, -2.9 * line)
    names = points.train.feature_names
    y_range = _curve_range(frame, points) if is_curve else plane.y_range
    axes = Axes(area, plane.x_range, y_range)
    if is_curve:
        _paint_curves(painter, axes, frame, points, theme)
    else:
        image = plane_image(plane, points.train, theme, frame=frame)
        painter.drawImage(area, image.flipped(Qt.Orientation.Vertical))
    paint_axes(
        painter,
        axes,
        theme,
        x_label=input_label(names[plane.axes[0]]),
        y_label=_y_label(points) if is_curve else input_label(names[plane.axes[1]]),
    )
    painter.setClipRect(area)
    _paint_points(painter, axes, frame, points, theme)
    painter.setClipping(False)
    if points.class_names:
        paint_legend(painter, area, points.class_names, theme)
    elif has_bar:
        levels, table = plane_look(plane, points.train, theme, frame)
        bar = QRectF(area.right() + line, area.top() + 2.0 * line, 0.9 * line, area.height() - 4.0 * line)
        paint_colour_bar(painter, bar, levels, table, theme)
    painter.restore()


def _begin(painter: QPainter, rect: QRectF, theme: Theme, title: str, note: str) -> float:
    """Write title and note above a figure; return the height of a line of its text."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(diagram_font(theme.font_size + 1.0, bold=True))
    bold = QFontMetricsF(painter.font()).height()
    heading = QRectF(rect.left() + bold, rect.top() + 0.5 * bold, rect.width() - 2.0 * bold, bold)
    painter.setPen(theme.colour("text"))
    painter.drawText(heading, _LEFT, title)
    painter.setFont(diagram_font(theme.font_size))
    painter.setPen(theme.colour("quiet"))
    painter.drawText(heading, _RIGHT, note)
    return QFontMetricsF(QFont(painter.font())).height()


def _paint_point_key(painter: QPainter, rect: QRectF, points: Prepared, theme: Theme, line: float) -> None:
    """Say at the top right what filled, hollow and crossed points are."""
    metrics = QFontMetricsF(painter.font())
    size = 0.62 * line
    x, y = rect.right() - 1.2 * line, rect.top() + 1.1 * line
    entries = ["wrong"] if points.class_names else []
    entries += (["test"] if len(points.test.X) else []) + ["train"]
    for name in entries:
        x -= metrics.horizontalAdvance(name)
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QRectF(x, y - line / 2, 200.0, line), _LEFT, name)
        x -= 0.8 * line
        centre = QPointF(x, y)
        if name == "wrong":
            paint_cross(painter, centre, size, theme)
        else:
            painter.setPen(QPen(theme.colour("quiet"), 1.5))
            painter.setBrush(theme.colour("quiet" if name == "train" else "canvas"))
            painter.drawEllipse(centre, size / 2, size / 2)
        x -= 1.2 * line


def _paint_points(painter: QPainter, axes: Axes, frame: Frame, points: Prepared, theme: Theme) -> None:
    size = theme.marker_size
    plane = frame.plane
    if plane is None:
        return
    for dataset, hollow, correct in (
        (points.train, False, frame.correct_train),
        (points.test, True, frame.correct_test),
    ):
        if not len(dataset.X):
            continue
        rows = np.unique(np.linspace(0, len(dataset.X) - 1, min(len(dataset.X), MAX_POINTS)).astype(int))
        heights = _heights(dataset, points, plane.axes[1] if plane.values.shape[0] > 1 else None)
        where = axes.points(dataset.X[rows, plane.axes[0]], heights[rows])
        if points.class_names:
            for (x, y), row, kind in zip(
                where.tolist(), rows.tolist(), dataset.class_index[rows].tolist(), strict=True
            ):
                crossed = correct is not None and len(correct) == len(dataset.X) and not correct[row]
                paint_marker(painter, kind, QPointF(x, y), size, theme, hollow=hollow, crossed=crossed)
        else:
            fills = lookup(dataset.y[rows, 0], target_levels(points.train), sign_ramp(theme)).tolist()
            for (x, y), fill in zip(where.tolist(), fills, strict=True):
                painter.setPen(QPen(QColor.fromRgb(fill) if hollow else theme.colour("text"), 1.8 if hollow else 0.8))
                painter.setBrush(theme.colour("canvas") if hollow else QColor.fromRgb(fill))
                painter.drawEllipse(QPointF(x, y), 0.4 * size, 0.4 * size)


def _heights(dataset: Dataset, points: Prepared, feature: int | None) -> Array:
    """Return what stands for y: the second feature, or the target where there is one feature only."""
    if feature is not None:
        return np.asarray(dataset.X[:, feature])
    return np.asarray(dataset.class_index, dtype=float) if points.class_names else np.asarray(dataset.y[:, 0])


def _y_label(points: Prepared) -> str:
    return "class" if points.class_names else points.dataset.target_names[0]


def _curve_range(frame: Frame, points: Prepared) -> tuple[float, float]:
    """Return the y range of a curve: of the outputs and of the targets, with a margin."""
    outputs = frame.plane.values if frame.plane is not None else np.zeros(1)
    targets = _heights(points.train, points, None)
    both = np.concatenate([outputs[np.isfinite(outputs)].ravel(), targets])
    low, high = float(both.min(initial=0.0)), float(both.max(initial=1.0))
    margin = 0.08 * (high - low)
    return low - margin, high + margin


def _paint_curves(painter: QPainter, axes: Axes, frame: Frame, points: Prepared, theme: Theme) -> None:
    """Draw every output of a network with one feature as a curve, in the colour of its class."""
    plane = frame.plane
    if plane is None:
        return
    outputs = plane.values[0]
    step = (plane.x_range[1] - plane.x_range[0]) / len(outputs)
    x = plane.x_range[0] + (np.arange(len(outputs)) + 0.5) * step
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for index in range(outputs.shape[1]):
        colour = theme.class_colour(index) if outputs.shape[1] > 1 and points.class_names else theme.colour("positive")
        painter.setPen(QPen(colour, 1.6 * theme.line_width))
        painter.drawPolyline(_polygon(axes.points(x, outputs[:, index])))


def _polygon(points: Array) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
