"""What masks do to a network, on its diagram: snow on frozen units, a bar across muted ones, pins and cuts on edges.

Shapes say it, not colours, so that it is seen in every theme and in print. It is all drawn with Qt's painter, on top of
units and edges, whoever has drawn those.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from nnviz.core.masks import CUT, FROZEN, PINNED, Masks
from nnviz.core.numbers import number_text
from nnviz.drawing.colormap import mix
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame, UnitId

#: Marks on edges that are drawn at the most: more are a tangle.
MOST_MARKS = 400


def _tr(text: str) -> str:
    return QCoreApplication.translate("diagram", text)


def mask_words(frame: Frame, part: UnitId | EdgeId) -> tuple[str, ...]:
    """Return what masks do to a unit or an edge, in a word each; empty where they do nothing."""
    masks = frame.masks
    if not masks:
        return ()
    if isinstance(part, EdgeId):
        place = frame.layout.weight_index(part.layer, part.unit, part.source)
        value = number_text(float(frame.parameters[place]), 3)
        return held_words(int(masks.codes[place]), value)
    layer, unit = part
    words = []
    if layer and masks.is_muted(layer, unit):
        words.append(_tr("muted: nobody hears it, and it does not learn"))
    if layer and masks.is_frozen(layer, unit):
        words.append(_tr("frozen: training leaves it as it is"))
    return tuple(words)


def held_words(code: int, value: str) -> tuple[str, ...]:
    """Return what holds a weight or bias of that value."""
    if not code:
        return ()
    if code == FROZEN:
        return (_tr("frozen: training leaves it as it is"),)
    if code == PINNED:
        return (_tr("pinned to {0}").format(value),)
    return (_tr("cut") if code == CUT else _tr("its unit is muted"),)


def paint_masks(painter: QPainter, geometry: DiagramGeometry, frame: Frame, theme: Theme) -> None:
    """Mark what is frozen, pinned, cut and muted."""
    masks = frame.masks
    if not masks:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_edges(painter, geometry, masks, theme)
    for column in geometry.columns[1:]:
        for unit, rect in zip(column.units, column.rects, strict=True):
            if masks.is_muted(column.layer, unit):
                _paint_muted(painter, rect, theme)
            if masks.is_frozen(column.layer, unit):
                _paint_frozen(painter, rect, theme)
    painter.restore()


def _paint_edges(painter: QPainter, geometry: DiagramGeometry, masks: Masks, theme: Theme) -> None:
    """Draw cut edges as dashes with a gap, and the head of a pin on pinned ones."""
    codes = [
        masks.codes[where].reshape(n_out, n_in)
        for where, n_in, n_out in zip(
            masks.layout.weight_slices, masks.layout.sizes[:-1], masks.layout.sizes[1:], strict=True
        )
    ]
    if not geometry.gaps:
        return
    code = np.concatenate([codes[gap.layer - 1][np.ix_(gap.targets, gap.sources)].ravel() for gap in geometry.gaps])
    all_ = geometry.crossings
    size = max(7.0, 0.14 * geometry.unit_size)
    for at in np.flatnonzero((code == CUT) | (code == PINNED))[:MOST_MARKS].tolist():
        ends = QPointF(all_.x0[at], all_.y0[at]), QPointF(all_.x1[at], all_.y1[at])
        # A third of the way, where edges into one unit are still apart.
        middle = _on_the_way(*ends, 0.38)
        if code[at] == CUT:
            _paint_cut(painter, *ends, middle, size, theme)
        else:
            _paint_pin(painter, middle, size, theme)


def _on_the_way(start: QPointF, end: QPointF, t: float) -> QPointF:
    """Return a point of the cubic that edges are."""
    x = start.x() + (end.x() - start.x()) * (1.5 * t * (1.0 - t) + t**3)
    return QPointF(x, start.y() + (end.y() - start.y()) * (3.0 * t**2 - 2.0 * t**3))


def _paint_cut(painter: QPainter, start: QPointF, end: QPointF, middle: QPointF, size: float, theme: Theme) -> None:
    half = 0.5 * (start.x() + end.x())
    path = QPainterPath(start)
    path.cubicTo(QPointF(half, start.y()), QPointF(half, end.y()), end)
    pen = QPen(theme.colour("quiet"), max(1.2, 0.12 * size), Qt.PenStyle.DashLine)
    pen.setDashPattern([4.0, 4.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("canvas"))
    painter.drawEllipse(middle, size, size)
    # Two blades' marks across the gap.
    painter.setPen(QPen(theme.colour("text"), max(1.6, 0.2 * size)))
    lean = 0.35 * size
    painter.drawLines(
        [
            QLineF(
                middle.x() + shift - lean, middle.y() + 0.8 * size, middle.x() + shift + lean, middle.y() - 0.8 * size
            )
            for shift in (-0.35 * size, 0.35 * size)
        ]
    )


def _paint_pin(painter: QPainter, middle: QPointF, size: float, theme: Theme) -> None:
    painter.setPen(QPen(theme.colour("canvas"), max(1.5, 0.2 * size)))
    painter.setBrush(theme.colour("text"))
    side = 1.3 * size
    painter.drawRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("canvas"))
    painter.drawEllipse(middle, 0.22 * size, 0.22 * size)


def _paint_muted(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Let a unit step far back, with a bar across it."""
    veil = theme.colour("canvas")
    veil.setAlphaF(0.72)
    painter.fillRect(rect, veil)
    inset = 0.14 * rect.width()
    bar = QLineF(rect.left() + inset, rect.bottom() - inset, rect.right() - inset, rect.top() + inset)
    for role, extra in (("canvas", 2.6), ("text", 0.0)):
        pen = QPen(theme.colour(role), max(2.0, 0.075 * rect.width()) + extra)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(bar)


def _paint_frozen(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Put a flake of snow on the upper left corner of a unit; what is amiss with it stands at the right."""
    radius = max(5.5, 0.17 * rect.width())
    centre = rect.topLeft() + QPointF(0.35 * radius, 0.35 * radius)
    painter.setPen(QPen(mix(theme.canvas, theme.text, 0.55), max(1.0, 0.08 * radius)))
    painter.setBrush(theme.colour("panel"))
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(QPen(theme.colour("text"), max(1.1, 0.13 * radius)))
    lines = []
    for turn in range(6):
        angle = math.radians(60.0 * turn + 30.0)
        tip, joint = (centre + QPointF(math.cos(angle), math.sin(angle)) * (share * radius) for share in (0.74, 0.42))
        lines.append(QLineF(centre, tip))
        lines += [
            QLineF(joint, joint + QPointF(math.cos(angle + side), math.sin(angle + side)) * (0.26 * radius))
            for side in (-0.9, 0.9)
            if radius > 7.0
        ]
    painter.drawLines(lines)
