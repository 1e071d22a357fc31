"""Pictures of whole weight matrices, below the gaps of the network diagram where a layer is too wide to be drawn.

A column is a unit of the layer before, a row one of the layer behind. Where there are more weights than pixels a cell
shows the strongest of its weights, so that a single strong one is never averaged away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen

from nnviz.core.layout import Array
from nnviz.core.numbers import count_text
from nnviz.drawing.colormap import lookup, sign_ramp
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_layout import DiagramGeometry
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme
from nnviz.experiment.frame import Frame

Ints = NDArray[np.intp]
_BELOW = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom


def _starts(n: int, room: float) -> Ints:
    """Return where each cell of an axis begins: one per unit, or one per pixel where there are more units."""
    cells = max(min(n, int(room)), 1)
    # A unit belongs to the cell that its middle lies in.
    return np.ceil(np.arange(cells) * n / cells - 0.5).astype(np.intp)


def strongest_weights(weights: Array, height: float, width: float) -> Array:
    """Return the weight of largest magnitude in each cell of a picture of at most `height` × `width` pixels.

    Parameters
    ----------
    weights : ndarray ``(n_out, n_in)``
    height, width : float
        At least 1.
    """
    rows, columns = _starts(weights.shape[0], height), _starts(weights.shape[1], width)
    return _strongest_along(_strongest_along(weights, columns, 1), rows, 0)


def _strongest_along(weights: Array, starts: Ints, axis: int) -> Array:
    """Return the strongest of each run that begins at `starts`; three times as fast as two calls of `reduceat`."""
    n = weights.shape[axis]
    if len(starts) == n:
        return weights
    last = np.append(starts[1:], n) - 1
    best = weights.take(starts, axis)
    for step in range(1, int(np.max(last - starts)) + 1):
        other = weights.take(np.minimum(starts + step, last), axis)
        best = np.where(np.abs(other) > np.abs(best), other, best)
    return best


def edge_in_strip(geometry: DiagramGeometry, frame: Frame, point: QPointF) -> EdgeId | None:
    """Return the strongest edge in the cell under `point`, or None beside the pictures."""
    found = geometry.strip_at(point)
    if found is None:
        return None
    layer, rect = found
    weights = frame.layout.weights(frame.parameters)[layer - 1]
    spans = []
    for n, start, length, at in (
        (weights.shape[0], rect.top(), rect.height(), point.y()),
        (weights.shape[1], rect.left(), rect.width(), point.x()),
    ):
        starts = _starts(n, length)
        cell = min(max(int((at - start) / length * len(starts)), 0), len(starts) - 1)
        spans.append((int(starts[cell]), int(starts[cell + 1]) if cell + 1 < len(starts) else n))
    (top, bottom), (left, right) = spans
    part = np.abs(weights[top:bottom, left:right])
    row, column = divmod(int(np.argmax(part)), right - left)
    return EdgeId(layer, top + row, left + column)


def paint_strips(
    painter: QPainter, geometry: DiagramGeometry, frame: Frame, theme: Theme, marked: tuple[object, ...] = ()
) -> None:
    """Paint every picture with its caption, and a frame around the cells of `marked` edges."""
    ratio = painter.device().devicePixelRatio() if painter.device() is not None else 1.0
    for layer, rect in geometry.strips:
        weights = frame.layout.weights(frame.parameters)[layer - 1]
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(rect, _picture(weights, rect, theme, ratio))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("line"), 1.0))
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        _paint_caption(painter, geometry, rect, weights.size, theme)
        for edge in marked:
            if isinstance(edge, EdgeId) and edge.layer == layer:
                _paint_mark(painter, rect, weights.shape, edge, theme)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)


def _picture(weights: Array, rect: QRectF, theme: Theme, ratio: float) -> QImage:
    cells = strongest_weights(weights, rect.height() * ratio, rect.width() * ratio)
    largest = float(np.max(np.abs(cells), initial=0.0))
    # The root lets weak weights be seen beside a strong one.
    shares = np.sign(cells) * np.sqrt(np.abs(cells) / largest) if largest > 0.0 else np.zeros_like(cells)
    pixels = np.ascontiguousarray(lookup(np.nan_to_num(shares), (-1.0, 1.0), sign_ramp(theme)))
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _paint_caption(painter: QPainter, geometry: DiagramGeometry, rect: QRectF, n_weights: int, theme: Theme) -> None:
    font = ui_font(geometry.small_font_size)
    metrics = QFontMetricsF(font)
    number = count_text(n_weights)
    translate = QCoreApplication.translate
    texts = (translate("diagram", "all {0} weights").format(number), translate("diagram", "{0} weights").format(number))
    text = next((each for each in texts if metrics.horizontalAdvance(each) <= rect.width() + 8.0), "")
    painter.setFont(font)
    painter.setPen(theme.colour("quiet"))
    height = metrics.height()
    painter.drawText(rect.adjusted(-8.0, -1.2 * height, 8.0, -rect.height() - 0.15 * height), _BELOW, text)


def _paint_mark(painter: QPainter, rect: QRectF, shape: tuple[int, ...], edge: EdgeId, theme: Theme) -> None:
    if edge.unit >= shape[0] or edge.source >= shape[1]:
        return
    width, height = max(rect.width() / shape[1], 5.0), max(rect.height() / shape[0], 5.0)
    x = rect.left() + (edge.source + 0.5) / shape[1] * rect.width()
    y = rect.top() + (edge.unit + 0.5) / shape[0] * rect.height()
    painter.setPen(QPen(theme.colour("text"), 1.6))
    painter.drawRect(QRectF(x - width / 2, y - height / 2, width, height))
