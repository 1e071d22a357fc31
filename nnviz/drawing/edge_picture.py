"""The edges on their background as a picture of pixels, drawn by compiled code into memory that a `QImage` wraps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QImage, QPainter

from nnviz.drawing.diagram_edges import EdgeSet, edge_colours, edge_looks, edge_widths, width_levels
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.raster import RASTER, Pixels, Raster
from nnviz.drawing.theme import Theme


class EdgePicture:
    """Draws what `paint_edges` draws, and the background beneath; keeps the memory of the picture between two frames.

    Parameters
    ----------
    raster : Raster

    Attributes
    ----------
    raster : Raster
    """

    def __init__(self, raster: Raster = RASTER) -> None:
        self.raster = raster
        self._pixels: Pixels = np.zeros((0, 0), dtype=np.uint32)
        self._image = QImage()
        self._ratio = 1.0
        self._offset = (0.0, 0.0)

    def place(self, size: QSize, ratio: float, offset: tuple[float, float]) -> None:
        """Say what is seen of the diagram.

        Parameters
        ----------
        size : QSize
            Of the device, in pixels.
        ratio : float
            Pixels of the device a unit of the diagram.
        offset : (float, float)
            What of the diagram is left of and above the device.
        """
        self._offset = offset
        if (size.height(), size.width()) != self._pixels.shape or ratio != self._ratio:
            self._ratio = ratio
            self._pixels = np.zeros((max(size.height(), 1), max(size.width(), 1)), dtype=np.uint32)
            height, width = self._pixels.shape
            self._image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)

    def paint(self, painter: QPainter, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme) -> None:
        """Draw the background and `edges` over the whole of the device that was placed."""
        self._pixels[:] = theme.colour("canvas").rgb()
        if len(edges):
            looks = edge_looks(edges)
            order = np.argsort(looks, kind="stable")
            looks, ratio = looks[order], self._ratio
            left, top = self._offset
            self.raster.draw(
                self._pixels,
                (edges.x0[order] - left) * ratio,
                (edges.y0[order] - top) * ratio,
                (edges.x1[order] - left) * ratio,
                (edges.y1[order] - top) * ratio,
                edge_widths(looks, width_levels(geometry, theme)) * ratio,
                _colours(theme)[looks],
            )
        painter.save()
        painter.resetTransform()
        painter.drawImage(QPointF(0.0, 0.0), self._image)
        painter.restore()


@lru_cache(maxsize=16)
def _colours(theme: Theme) -> NDArray[np.uint32]:
    """Colours by look as 0xFFRRGGBB."""
    return np.array([colour.rgb() for colour in edge_colours(theme)], dtype=np.uint32)
