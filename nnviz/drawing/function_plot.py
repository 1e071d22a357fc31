"""Small plots of functions: an activation with its slope over a layer's weighted sums, a learning rate over epochs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import read_only
from nnviz.core.layout import Array
from nnviz.core.schedules import Schedule
from nnviz.drawing.axes import tick_text
from nnviz.drawing.colormap import mix
from nnviz.drawing.curves import curve_lines, draw_lines
from nnviz.drawing.theme import Theme

if TYPE_CHECKING:
    from nnviz.experiment.distribution import Distribution

#: Half of the width of a plot where no sums are known, and what it shows of the outputs.
PLAIN_EXTENT = 4.0
OUTPUTS = (-1.35, 2.1)
#: Points of a curve; odd, so that one lies at 0.
N_POINTS = 161
#: A slope below this hardly lets a gradient through.
FLAT_SLOPE = 0.05
#: Height of the tallest bar, as a share of the plot.
BAR_HEIGHT = 0.46


@lru_cache(maxsize=64)
def activation_curve(name: str, extent: float, n_points: int = N_POINTS) -> tuple[Array, Array, Array]:
    """Return z, f(z) and f′(z), each ``(n_points,)``, of the activation called `name` over ``-extent … extent``.

    Softmax depends on the other sums of its layer; it is shown beside a single other one that is 0.
    """
    activation = ACTIVATIONS[name]
    z = np.linspace(-extent, extent, n_points)
    # Functions of one sum each take no notice of the second column.
    sums = np.column_stack([z, np.zeros_like(z)])
    outputs = activation.function(sums)
    slopes = activation.derivative(sums, outputs)
    return read_only(z), read_only(outputs[:, 0].copy()), read_only(slopes[:, 0].copy())


def flat_share(name: str, sums: Distribution) -> float:
    """Return the share (0 … 1) of the sums at which the activation is so flat that hardly any gradient passes."""
    n_bins = len(sums.shares)
    edges_and_centres = activation_curve(name, sums.extent, 2 * n_bins + 1)[2]
    return float(sums.shares[np.abs(edges_and_centres[1::2]) < FLAT_SLOPE].sum())


def paint_activation(
    painter: QPainter, rect: QRectF, theme: Theme, name: str, sums: Distribution | None = None, *, labels: bool = False
) -> None:
    """Paint an activation (solid) and its slope (dashed) over the weighted sums of a layer (bars).

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
        In pixels.
    theme : Theme
    name : str
        Of the activation.
    sums : Distribution or None
        Also decides how far the plot reaches to both sides.
    labels : bool
        Whether its ends are labelled; there is room for that in a large plot only.
    """
    extent = sums.extent if sums is not None else PLAIN_EXTENT
    painter.save()
    painter.setClipRect(rect)
    if sums is not None:
        _paint_bars(painter, rect, theme, sums)
    low, high = OUTPUTS
    unit = rect.height() / (high - low)
    zero = rect.bottom() + low * unit
    middle = rect.center().x()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(QPen(theme.colour("line"), 1.0))
    levels = (0.0, 1.0, -1.0) if labels else (0.0,)
    painter.drawLines([QLineF(rect.left(), y, rect.right(), y) for y in (zero - level * unit for level in levels)])
    painter.drawLine(QLineF(middle, rect.top(), middle, rect.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    z, outputs, slopes = activation_curve(name, extent)
    x = middle + z * (rect.width() / (2.0 * extent))
    for values, role, dashed in ((slopes, "negative", True), (outputs, "positive", False)):
        y = zero - np.clip(values, 2.0 * low, 2.0 * high) * unit
        painter.setPen(QPen(theme.colour(role), theme.line_width, c=Qt.PenCapStyle.RoundCap))
        draw_lines(painter, curve_lines(x, y, dashed=dashed))
    if labels:
        _paint_labels(painter, rect, theme, extent, zero, unit)
    painter.restore()


def _paint_bars(painter: QPainter, rect: QRectF, theme: Theme, sums: Distribution) -> None:
    """Draw the histogram from the bottom up, its tallest bar as high as there is room below the curves."""
    tallest = float(sums.shares.max())
    if tallest <= 0.0:
        return
    width = rect.width() / len(sums.shares)
    scale = BAR_HEIGHT * rect.height() / tallest
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(theme.panel, theme.quiet, 0.35))
    painter.drawRects(
        [
            QRectF(rect.left() + index * width, rect.bottom() - share * scale, width + 0.3, share * scale)
            for index, share in enumerate(sums.shares.tolist())
            if share > 0.0
        ]
    )


def _paint_labels(painter: QPainter, rect: QRectF, theme: Theme, extent: float, zero: float, unit: float) -> None:
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    painter.setPen(theme.colour("quiet"))
    ends, left, right = (-extent, extent), Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    # Where no curve goes: most are at −1 or 0 on the left, and above 0 on the right.
    for value, level, side in ((-extent, 0.0, left), (extent, 0.0, right), (-1.0, -1.0, right), (1.0, 1.0, left)):
        top = zero - level * unit + (-line if level else 1.0)
        box = QRectF(rect.left() + 3.0, top, rect.width() - 6.0, line)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignTop, tick_text(value, ends))


def rate_curve(
    schedule: Schedule, base: float, parameters: tuple[float, ...], n_epochs: float, n_points: int = 241
) -> tuple[Array, Array]:
    """Return epochs and learning rates, each ``(n_points,)``, from the start to `n_epochs`."""
    epochs = np.linspace(0.0, n_epochs, n_points)
    return epochs, np.array([schedule.function(base, progress, parameters) for progress in epochs.tolist()])


def paint_rate(painter: QPainter, rect: QRectF, theme: Theme, epochs: Array, rates: Array) -> None:
    """Paint a learning rate over the epochs, from 0 at the bottom to its highest value, as a filled curve.

    Parameters
    ----------
    painter : QPainter
    rect : QRectF
        In pixels.
    theme : Theme
    epochs, rates : ndarray ``(n_points,)``
        `epochs` rises from 0.
    """
    top = float(rates.max())
    if not (np.isfinite(top) and top > 0.0 and epochs[-1] > 0.0):
        return
    x = rect.left() + epochs * (rect.width() / epochs[-1])
    y = rect.bottom() - rates * ((rect.height() - 2.0) / top)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(theme.panel, theme.positive, 0.16))
    corners = [rect.bottomLeft(), *(QPointF(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True))]
    painter.drawPolygon(QPolygonF([*corners, rect.bottomRight()]))
    painter.setPen(QPen(theme.colour("positive"), theme.line_width, c=Qt.PenCapStyle.RoundCap))
    draw_lines(painter, curve_lines(x, y))
    painter.restore()
