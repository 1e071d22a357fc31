"""The crosses over points that the network gets wrong: other ones in almost every frame while it learns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from nnviz.drawing.curves import draw_lines
from nnviz.ui.plots.live import Drawing, LiveItem

#: Half the length of an arm and its width, in sizes of a cross; and what the two have in common, along a diagonal.
_REACH, _WIDTH = 0.5, 0.2
_CORNER, _MIDDLE = _REACH / 2.0**0.5, 0.5 * _WIDTH / 2.0**0.5
#: Where crosses crowd they are smaller, and thinner, but never less than this share of their size.
_LEAST = 0.6
#: Squares of pixels are counted so far.
_FAR = 2.0**30
#: One arm whole and the other in two, so that translucent ones are not darker where they cross.
_ARMS = np.array(
    [
        [-_CORNER, -_CORNER, _CORNER, _CORNER],
        [-_CORNER, _CORNER, -_MIDDLE, _MIDDLE],
        [_MIDDLE, -_MIDDLE, _CORNER, -_CORNER],
    ]
)


class CrossesItem(LiveItem):
    """Crosses in pixels at places of the plot, above the points, without a word to the scene when they are others."""

    def __init__(self) -> None:
        super().__init__()
        self.data: NDArray[np.float64] = np.empty((0, 2))
        self.kinds: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._colours: tuple[QColor, ...] = ()
        self._size = 1.0
        self._bounds = QRectF()
        # Above the marks of rows as well: no other item of the map is in their way then.
        self.setZValue(24)

    def set_reach(self, low: Sequence[float], high: Sequence[float]) -> None:
        """Say between which corners, in plot coordinates, crosses may come."""
        bounds = QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1])
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def show_crosses(
        self, places: NDArray[np.float64], kinds: NDArray[np.int64], colours: Sequence[QColor], size: float
    ) -> None:
        """Cross out `places` ``(n, 2)``, each in the colour of its kind ``(n,)``, `size` pixels large."""
        if len(places) or len(self.data):
            self.data, self.kinds, self._colours, self._size = places, kinds, tuple(colours), size
            self.changed()

    def boundingRect(self) -> QRectF:
        """Return where crosses may come."""
        return self._bounds

    def drawing(self) -> Drawing:
        """Return what maps the places to pixels and draws the arms there."""
        return partial(_draw_crosses, self.data, self.kinds, self._colours, self._size)


def _draw_crosses(
    places: NDArray[np.float64],
    kinds: NDArray[np.int64],
    colours: tuple[QColor, ...],
    size: float,
    painter: QPainter,
) -> None:
    transform = painter.worldTransform()
    scale, shift = (transform.m11(), transform.m22()), (transform.dx(), transform.dy())
    size *= _share_of_size(places * scale, size)
    painter.setWorldTransform(QTransform())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for kind, colour in enumerate(colours):
        centres = places[kinds == kind] * scale + shift
        if not len(centres):
            continue
        pen = QPen(colour, _WIDTH * size)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        arms = np.tile(centres, 2)[:, np.newaxis, :] + size * _ARMS
        draw_lines(painter, np.ascontiguousarray(arms.reshape(-1, 4)))
    painter.setWorldTransform(transform)


def _share_of_size(pixels: NDArray[np.float64], size: float) -> float:
    """Return how large crosses are drawn so that those that crowd stay apart: points are seen beneath them.

    Each has, on the average, a share of the squares as large as a cross in which there are any.
    """
    if len(pixels) < 2:
        return 1.0
    # Far beside what is seen, nothing crowds that anybody could see.
    columns, rows = np.floor(np.clip(pixels / size, -_FAR, _FAR)).astype(np.int64).T
    # Sorted, as np.unique would load numpy.ma before the first frame.
    cells = np.sort(columns * (1 << 32) + rows)
    n_cells = 1 + int(np.count_nonzero(np.diff(cells)))
    return float(max(_LEAST, (n_cells / len(pixels)) ** 0.5))
