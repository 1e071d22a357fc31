"""A picture of the edges that stay as they are while a weight is dragged: only the few that change are drawn anew.

The edges take half of the time of a painted network, and a drag changes one of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPixmap

from nnviz.drawing.diagram_edges import EdgeSet, edge_looks, paint_edges
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.theme import Theme

#: With more edges that change at once than this, all are drawn at every frame.
MOST_CHANGING = 12


class EdgeLayer:
    """Draws what `paint_edges` draws, those that have changed of late on top; for frames that follow each other."""

    def __init__(self) -> None:
        self._made_for: tuple[DiagramGeometry, Theme, float] | None = None
        self._names: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._looks: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._changing: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self._picture: QPixmap | None = None

    def forget(self) -> None:
        """Release the picture: the frames have come to rest."""
        self._made_for = self._picture = None

    def paint(self, painter: QPainter, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme) -> None:
        """Draw `edges` on a painter that nothing was drawn on yet; its background is filled too."""
        names = (edges.layer.astype(np.int64) << 40) | (edges.unit.astype(np.int64) << 20) | edges.source
        order = np.argsort(names)
        names, looks = names[order], edge_looks(edges)[order]
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        made_for = (geometry, theme, ratio)
        if self._made_for is None or not _same(self._made_for, made_for) or not np.array_equal(names, self._names):
            self._made_for, self._names, self._looks = made_for, names, looks
            self._changing = np.zeros(len(names), dtype=bool)
            self._picture = None
        changed = self._changing | (looks != self._looks)
        if np.count_nonzero(changed) > MOST_CHANGING:
            self._looks, self._changing, self._picture = looks, np.zeros(len(names), dtype=bool), None
            paint_edges(painter, geometry, edges, theme, moving=True)
            return
        if self._picture is None or not np.array_equal(changed, self._changing):
            self._changing = changed
            self._picture = self._painted(geometry, edges.take(np.sort(order[~changed])), theme, ratio)
        painter.drawPixmap(0, 0, self._picture)
        paint_edges(painter, geometry, edges.take(np.sort(order[changed])), theme, moving=True)

    @staticmethod
    def _painted(geometry: DiagramGeometry, edges: EdgeSet, theme: Theme, ratio: float) -> QPixmap:
        picture = QPixmap(QSize(round(geometry.width), round(geometry.height)) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme.colour("canvas"))
        painter = QPainter(picture)
        paint_edges(painter, geometry, edges, theme, moving=True)
        painter.end()
        return picture


def _same(one: tuple[DiagramGeometry, Theme, float], other: tuple[DiagramGeometry, Theme, float]) -> bool:
    return one[0] is other[0] and one[1:] == other[1:]
