"""How one example pushes every weight, over the network diagram: its edges glow, all others step back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QRegion

from nnviz.core.layout import Array
from nnviz.drawing.diagram_edges import EdgeSet, paint_edges
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.theme import Theme

#: Edges that glow at the most; and how much of the others is covered, 0 … 255.
MOST_GLOWING, VEIL = 60, 205


def glowing_edges(geometry: DiagramGeometry, pushes: Sequence[Array]) -> EdgeSet:
    """Return the edges that are pushed most, between units that are shown; their weight is the push."""
    all_ = geometry.crossings
    gaps = [pushes[gap.layer - 1][np.ix_(gap.targets, gap.sources)].ravel() for gap in geometry.gaps]
    push = np.concatenate(gaps) if gaps else np.zeros(0)
    push = np.where(np.isfinite(push), push, 0.0)
    largest = float(np.abs(push).max(initial=0.0))
    strength = np.abs(push) / largest if largest > 0.0 else np.zeros(len(push))
    lit = np.ones(len(push), dtype=bool)
    edges = EdgeSet(
        all_.layer, all_.unit, all_.source, push, strength, lit, all_.x0, all_.y0, all_.x1, all_.y1,
    )  # fmt: skip
    order = np.argsort(strength, kind="stable")[-MOST_GLOWING:]
    return edges.take(order[strength[order] > 0.01])


def paint_pushes(
    painter: QPainter,
    geometry: DiagramGeometry,
    pushes: Sequence[Array],
    theme: Theme,
    written: Sequence[QRectF] = (),
) -> None:
    """Cover the edges of a diagram, and paint those on top that an example pushes: blue up, orange down.

    Numbers are `written` into units, and reach beyond small ones: there nothing is covered.
    """
    if [push.shape[::-1] for push in pushes] != list(pairwise(geometry.shape.sizes)):
        # They are of a network that is no longer shown.
        return
    painter.save()
    if written:
        room = QRegion(QRectF(0.0, 0.0, geometry.width, geometry.height).toAlignedRect())
        for box in written:
            room -= QRegion(box.toAlignedRect())
        painter.setClipRegion(room)
    veil = theme.colour("canvas", VEIL)
    for gap in geometry.gaps:
        top, bottom = min(gap.y0.min(), gap.y1.min()), max(gap.y0.max(), gap.y1.max())
        rim = theme.edge_width
        painter.fillRect(QRectF(gap.x0, top - rim, gap.x1 - gap.x0, bottom - top + 2.0 * rim), veil)
    paint_edges(painter, geometry, glowing_edges(geometry, pushes), theme)
    painter.restore()
