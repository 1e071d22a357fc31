"""The network diagram as a picture of pixels: Qt paints what stands still, once; compiled code adds what moves.

A `QImage` wraps memory of NumPy's, so that compiled code and Qt's painter write into the same pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from nnviz.core.layout import Array
from nnviz.drawing.diagram_edges import EdgeSet, edge_colours, edge_looks, edge_widths, width_levels
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.raster import RASTER, Pixels, Raster
from nnviz.drawing.theme import Theme


class PixelPicture:
    """Keeps the memory of the picture, and what stands still in it, between two frames.

    Parameters
    ----------
    raster : Raster

    Attributes
    ----------
    raster : Raster
    image : QImage
        The picture; the same memory for as long as its size stays.
    """

    def __init__(self, raster: Raster = RASTER) -> None:
        self.raster = raster
        self._ratio = 1.0
        self._offset = (0.0, 0.0)
        self._background_of: tuple[object, ...] = ()
        self._pixels, self.image = _canvas(QSize(1, 1), 1.0)
        self._background = np.zeros_like(self._pixels)

    def place(self, size: QSize, ratio: float, offset: tuple[float, float]) -> None:
        """Say what is seen of the diagram.

        Parameters
        ----------
        size : QSize
            Of the picture, in pixels.
        ratio : float
            Pixels of the picture a unit of the diagram.
        offset : (float, float)
            What of the diagram is left of and above the picture.
        """
        if size != self.image.size() or ratio != self._ratio:
            self._pixels, self.image = _canvas(size, ratio)
            self._background_of = ()
        if offset != self._offset:
            self._background_of = ()
        self._offset, self._ratio = offset, ratio

    def painter(self) -> QPainter:
        """Return a painter of the picture in the diagram's units; the caller ends it."""
        painter = QPainter(self.image)
        painter.translate(-self._offset[0], -self._offset[1])
        return painter

    def begin(self, theme: Theme, content: tuple[object, ...], paint: Callable[[], None]) -> None:
        """Fill the picture with the canvas and what stands still.

        Parameters
        ----------
        theme : Theme
        content : tuple
            What that depends on; it is painted again only where one of these is another object.
        paint : callable
            Paints it with the painter of the picture.
        """
        content = (theme, *content)
        known = len(content) == len(self._background_of)
        if not known or any(new is not old for new, old in zip(content, self._background_of, strict=True)):
            self.fill(theme)
            paint()
            self._background, self._background_of = self._pixels.copy(), content
        else:
            np.copyto(self._pixels, self._background)

    def fill(self, theme: Theme) -> None:
        """Leave nothing but canvas."""
        self._pixels[:] = theme.colour("canvas").rgb()

    def draw_edges(self, geometry: DiagramGeometry, edges: EdgeSet, theme: Theme) -> None:
        """Draw what `paint_edges` draws."""
        if not len(edges):
            return
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

    def stamp(
        self,
        rects: tuple[QRectF, ...],
        opacity: Array,
        maps: NDArray[np.float32],
        levels: Array,
        tables: NDArray[np.uint32],
        table: NDArray[np.int64],
        frame: QImage,
    ) -> None:
        """Draw squares of colour-mapped values, each in the same frame.

        Parameters
        ----------
        rects : tuple of QRectF
            Where they are, in the diagram's units; at most as many as there are maps.
        opacity : ndarray ``(n,)``
            0 … 1.
        maps : ndarray float32 ``(n, height, width)``
            Row 0 at the bottom.
        levels : ndarray ``(n, 2)``
            Values of the first and of the last colour.
        tables : ndarray uint32 ``(n_tables, n_colours)``
        table : ndarray of int ``(n,)``
            Which table colours each map.
        frame : QImage
            Square; premultiplied, drawn over every map.
        """
        left, top = self._offset
        corners = np.array([(rect.left() - left, rect.top() - top) for rect in rects]) * self._ratio
        over = np.frombuffer(frame.constBits(), dtype=np.uint32).reshape(frame.height(), frame.bytesPerLine() // 4)
        self.raster.stamp(self._pixels, np.floor(corners + 0.5), opacity, maps, levels, tables, table, over)

    def dab(
        self,
        x: Array,
        y: Array,
        column: NDArray[np.signedinteger],
        row: NDArray[np.signedinteger],
        sheet: QImage,
        side: int,
    ) -> None:
        """Draw squares of a sheet, each around its own point, at whole pixels.

        Parameters
        ----------
        x, y : ndarray ``(n,)``
            In the diagram's units.
        column, row : ndarray of int ``(n,)``
            Which square is drawn there.
        sheet : QImage
            Premultiplied squares of `side` pixels in columns and rows.
        side : int
        """
        left, top = self._offset
        squares = np.frombuffer(sheet.constBits(), dtype=np.uint32).reshape(sheet.height(), sheet.bytesPerLine() // 4)
        columns, rows = (np.asarray(index, dtype=np.int64) for index in (column, row))
        self.raster.dab(self._pixels, (x - left) * self._ratio, (y - top) * self._ratio, columns, rows, squares, side)


def _canvas(size: QSize, ratio: float) -> tuple[Pixels, QImage]:
    """Return pixels and the picture that they are."""
    pixels = np.zeros((max(size.height(), 1), max(size.width(), 1)), dtype=np.uint32)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    return pixels, image


@lru_cache(maxsize=16)
def _colours(theme: Theme) -> NDArray[np.uint32]:
    """Colours by look as 0xFFRRGGBB."""
    return np.array([colour.rgb() for colour in edge_colours(theme)], dtype=np.uint32)
