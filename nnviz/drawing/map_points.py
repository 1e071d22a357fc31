"""The rows of the data on a map: what their marks mean, and where each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from nnviz.core.layout import Array
from nnviz.drawing.axes import Axes
from nnviz.drawing.colormap import lookup, sign_ramp
from nnviz.drawing.markers import marker_sheet, paint_cross, paint_dot, paint_marker
from nnviz.drawing.plane import target_levels
from nnviz.drawing.sprites import draw_sprites
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Frame
from nnviz.experiment.schema import ViewSpec
from nnviz.experiment.slices import opacities, places

if TYPE_CHECKING:
    from nnviz.data import Dataset
    from nnviz.experiment.prepare import Prepared

MAX_POINTS = 2000
"""Points of each kind that a figure shows; more would hide the map."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _tr(text: str) -> str:
    return QCoreApplication.translate("figures", text)


def paint_point_key(painter: QPainter, rect: QRectF, points: Prepared, theme: Theme, line: float) -> None:
    """Say at the top right what filled, hollow, dotted and crossed points are."""
    metrics = QFontMetricsF(painter.font())
    size = 0.62 * line
    x, y = rect.right() - 1.2 * line, rect.top() + 1.1 * line
    entries = ["wrong"] if points.class_names else []
    entries += reversed(points.shown_parts)
    words = {"wrong": _tr("wrong"), "test": _tr("test"), "validation": _tr("validation"), "train": _tr("train")}
    for name in entries:
        x -= metrics.horizontalAdvance(words[name])
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QRectF(x, y - line / 2, 200.0, line), _LEFT, words[name])
        x -= 0.8 * line
        centre = QPointF(x, y)
        if name == "wrong":
            paint_cross(painter, centre, size, theme)
        else:
            painter.setPen(QPen(theme.colour("quiet"), 1.5))
            painter.setBrush(theme.colour("quiet" if name == "train" else "canvas"))
            painter.drawEllipse(centre, size / 2, size / 2)
            if name == "validation":
                paint_dot(painter, centre, size, theme.colour("quiet"))
        x -= 1.2 * line


def paint_points(
    painter: QPainter,
    axes: Axes,
    frame: Frame,
    points: Prepared,
    theme: Theme,
    view: ViewSpec,
    on_screen: bool,
) -> None:
    """Paint all rows where they are on a map; `on_screen` as of `nnviz.drawing.figures.paint_boundary`."""
    size, ratio = theme.marker_size, painter.device().devicePixelRatioF()
    plane = frame.plane
    if plane is None:
        return
    where_all = places(points, plane.axes, plane.hold)
    away = dict(zip(PARTS, plane.away or (), strict=False))
    for name, is_wanted in zip(PARTS, view.shown_parts, strict=True):
        dataset, correct = points.part(name), frame.correct_of(name)
        rows = np.arange(dataset.n_samples)
        if correct is not None and len(correct) == len(rows) and view.wrong_only:
            rows = rows[~correct]
        if not len(rows) or not is_wanted:
            continue
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MAX_POINTS)).astype(int))]
        x, y = where_all[name][rows].T
        where = axes.points(x, heights(dataset, points)[rows] if plane.values.shape[0] == 1 else y)
        shown = opacities(away[name][rows]) if name in away else np.ones(len(rows))
        is_known = correct is not None and len(correct) == dataset.n_samples
        if points.class_names and on_screen and name not in away:
            wrong = ~correct[rows] if is_known and correct is not None else np.zeros(len(rows), dtype=bool)
            sheet, side = marker_sheet(len(points.class_names), size, theme, name, ratio)
            sprites = QPixmap.fromImage(sheet)
            kinds = dataset.class_index[rows]
            draw_sprites(painter, sprites, side, where[:, 0], where[:, 1], kinds, wrong.astype(int), ratio)
        elif points.class_names:
            for (x, y), row, kind, opacity in zip(
                where.tolist(), rows.tolist(), dataset.class_index[rows].tolist(), shown.tolist(), strict=True
            ):
                painter.setOpacity(opacity)
                crossed = is_known and correct is not None and not correct[row]
                paint_marker(painter, kind, QPointF(x, y), size, theme, part=name, crossed=crossed)
        else:
            fills = lookup(dataset.y[rows, 0], target_levels(points.train), sign_ramp(theme)).tolist()
            for (x, y), fill, opacity in zip(where.tolist(), fills, shown.tolist(), strict=True):
                painter.setOpacity(opacity)
                colour, is_filled = QColor.fromRgb(fill), name == "train"
                painter.setPen(QPen(theme.colour("text") if is_filled else colour, 0.8 if is_filled else 1.8))
                painter.setBrush(colour if is_filled else theme.colour("canvas"))
                painter.drawEllipse(QPointF(x, y), 0.4 * size, 0.4 * size)
                if name == "validation":
                    paint_dot(painter, QPointF(x, y), size, colour)
    painter.setOpacity(1.0)


def heights(dataset: Dataset, points: Prepared) -> Array:
    """Return what stands for y where there is one feature only: the target."""
    return np.asarray(dataset.class_index, dtype=float) if points.class_names else np.asarray(dataset.y[:, 0])
