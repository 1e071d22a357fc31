"""Histograms over time as bands of percentiles: where the middle of a layer's values runs, and how wide they spread."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.core.layout import Array
from nnviz.core.numbers import number_text
from nnviz.drawing.colormap import mix
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
#: How strong the two bands are: 5–95 % and 25–75 % of the values.
BANDS = (0.22, 0.5)


def spread_limits(quantiles: Array) -> tuple[float, float]:
    """Return between which values quantiles ``(n_epochs, 5)`` lie, never none apart."""
    finite = quantiles[np.isfinite(quantiles)]
    if not finite.size:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if high - low <= 1e-12 * max(1.0, abs(low), abs(high)):
        half = 0.5 * max(abs(low), 1e-3)
        return low - half, high + half
    return low, high


def paint_spread(
    painter: QPainter, rect: QRectF, title: str, epochs: NDArray[np.int64], quantiles: Array, theme: Theme
) -> None:
    """Paint the bands of one layer or unit under its title, with the largest and the smallest value beside them.

    Parameters
    ----------
    epochs : ndarray of int ``(n_epochs,)``
    quantiles : ndarray ``(n_epochs, 5)``
        At 5, 25, 50, 75 and 95 %; NaN leaves gaps.
    """
    font = ui_font(theme.small_font_size)
    metrics = QFontMetricsF(font)
    line = metrics.height()
    low, high = spread_limits(quantiles)
    labels = number_text(high, 2), number_text(low, 2)
    room = max(metrics.horizontalAdvance(text) for text in (*labels, "−0.00")) + 8.0
    area = QRectF(rect.left() + room, rect.top() + 1.25 * line, rect.width() - room, rect.height() - 1.5 * line)
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), 1.2 * line), _LEFT, title)
    painter.setPen(theme.colour("quiet"))
    for text, y in zip(labels, (area.top(), area.bottom() - line), strict=True):
        painter.drawText(QRectF(rect.left(), y, room - 6.0, line), _RIGHT, text)
    painter.fillRect(area, theme.colour("field"))
    seen = np.isfinite(quantiles).all(axis=1)
    if not seen.any():
        return
    values = quantiles[seen]
    first, last = float(epochs[0]), float(epochs[-1])
    across = area.left() + (epochs[seen] - first) / max(last - first, 1.0) * area.width()
    if len(across) == 1:
        # A single epoch is as wide as the picture.
        across, values = np.array([area.left(), area.right()]), np.repeat(values, 2, axis=0)
    up = area.bottom() - (values - low) / (high - low) * area.height()
    if low < 0.0 < high:
        zero = area.bottom() + low / (high - low) * area.height()
        painter.setPen(QPen(theme.colour("line"), 1.0))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for (bottom, top), strength in zip(((0, 4), (1, 3)), BANDS, strict=True):
        painter.setBrush(mix(theme.field, theme.positive, strength))
        outline = np.column_stack([across, up[:, top]]), np.column_stack([across, up[:, bottom]])[::-1]
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in np.vstack(outline).tolist()]))
    painter.setPen(QPen(theme.colour("text"), theme.line_width))
    middle = zip(across.tolist(), up[:, 2].tolist(), strict=True)
    painter.drawPolyline(QPolygonF([QPointF(*place) for place in middle if math.isfinite(place[1])]))
    painter.restore()
