"""Neat axes: round tick values, their labels, and the frame that exported plots share."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnviz.core.numbers import number_text, typeset
from nnviz.drawing.theme import Theme


def tick_values(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Return round values (1, 2, 2.5 or 5 × 10ⁿ apart) within ``[low, high]``, about `count` of them."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return ()
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= raw * (1.0 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(index * step for index in range(first, last + 1))


def tick_text(value: float, ticks: tuple[float, ...]) -> str:
    """Return the label of one tick: as many decimals as the step of `ticks` needs, "20k" for 20 000."""
    step = min((abs(b - a) for a, b in pairwise(ticks)), default=abs(value) or 1.0)
    if max(abs(tick) for tick in ticks) >= 10_000.0 and step >= 100.0:
        return typeset(f"{value / 1000.0:.{0 if step >= 1000.0 else 1}f}") + "k" if value else "0"
    if step < 1e-4:
        text = f"{value:.1e}" if value else "0"
    else:
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
            decimals += 1
        text = f"{value:.{decimals}f}"
    return typeset(text)


#: Around what is not to be cropped, as a share of it.
_RIM = 0.06


class Axes(Struct, frozen=True):
    """A plot area on paper and the ranges that it shows.

    Attributes
    ----------
    area : QRectF
        Pixels.
    x_range, y_range : (float, float)
    """

    area: QRectF
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def with_equal_scales(self) -> Axes:
        """Return the same ranges in the middle of the area, where a circle is as wide as it is high."""
        across, up = (abs(high - low) for low, high in (self.x_range, self.y_range))
        if not across * up > 0.0:
            return self
        scale = min(self.area.width() / across, self.area.height() / up)
        area = QRectF(0.0, 0.0, scale * across, scale * up)
        area.moveCenter(self.area.center())
        return replace(self, area=area)

    def cropped(self, x_kept: tuple[float, float], y_kept: tuple[float, float]) -> Axes:
        """Return the part of the ranges that fills more of the area at equal scales: the longer one is made shorter.

        Parameters
        ----------
        x_kept, y_kept : (float, float)
            What stays within.
        """
        across, up = (abs(high - low) for low, high in (self.x_range, self.y_range))
        if not (across * up > 0.0 and self.area.height() > 0.0 and self.area.width() > 0.0):
            return self
        wanted = self.area.width() / self.area.height()
        if across > wanted * up:
            return replace(self, x_range=_shortened(self.x_range, wanted * up, x_kept))
        return replace(self, y_range=_shortened(self.y_range, across / wanted, y_kept))

    def point(self, x: float, y: float) -> QPointF:
        """Return where the value pair lies on paper."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return QPointF(
            self.area.left() + (x - x0) / (x1 - x0) * self.area.width(),
            self.area.bottom() - (y - y0) / (y1 - y0) * self.area.height(),
        )

    def points(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return ``(n, 2)`` paper coordinates of value arrays."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return np.column_stack(
            [
                self.area.left() + (np.asarray(x) - x0) / (x1 - x0) * self.area.width(),
                self.area.bottom() - (np.asarray(y) - y0) / (y1 - y0) * self.area.height(),
            ]
        )


def _shortened(whole: tuple[float, float], length: float, kept: tuple[float, float]) -> tuple[float, float]:
    """Return a part of `whole` of some length, as near its middle as may be; all of `kept` with a rim is within."""
    rim = _RIM * (kept[1] - kept[0])
    low, high = max(whole[0], kept[0] - rim), min(whole[1], kept[1] + rim)
    length = max(length, high - low)
    start = min(max(0.5 * (whole[0] + whole[1] - length), high - length, whole[0]), low, whole[1] - length)
    return start, start + length


def decade_text(value: float, _ticks: tuple[float, ...]) -> str:
    """Return the label of a tick of a logarithmic axis, whose values are exponents of ten."""
    return number_text(10.0**value, 1 if value >= 0.0 else min(math.ceil(-value), 3))


Overlay = Callable[[QPainter, Axes, Theme], object]
"""Paints on a plot what is no part of it."""
Above = tuple[Overlay, Overlay] | tuple[()]
"""What lies below and above the points of a map."""


def _nothing(_painter: QPainter, _axes: Axes, _theme: Theme) -> None:
    pass


NOTHING_ABOVE: tuple[Overlay, Overlay] = (_nothing, _nothing)


def paint_axes(
    painter: QPainter,
    axes: Axes,
    theme: Theme,
    *,
    x_label: str = "",
    y_label: str = "",
    grid: bool = False,
    y_text: Callable[[float, tuple[float, ...]], str] = tick_text,
) -> None:
    """Draw tick labels, optional horizontal grid lines and axis names around `axes`."""
    area = axes.area
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    x_ticks = tick_values(*axes.x_range, max(int(area.width() / (6.0 * line)), 2))
    y_ticks = tick_values(*axes.y_range, max(int(area.height() / (3.2 * line)), 2))
    painter.save()
    if grid:
        painter.setPen(QPen(theme.colour("line"), 1.0))
        painter.drawLines(
            [QLineF(area.left(), y, area.right(), y) for y in (axes.point(axes.x_range[0], t).y() for t in y_ticks)]
        )
    painter.setPen(theme.colour("quiet"))
    for tick in x_ticks:
        x = axes.point(tick, axes.y_range[0]).x()
        box = QRectF(x - 4 * line, area.bottom() + 0.3 * line, 8 * line, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick_text(tick, x_ticks))
    for tick in y_ticks:
        y = axes.point(axes.x_range[0], tick).y()
        box = QRectF(area.left() - 6.4 * line, y - line / 2, 6 * line, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, y_text(tick, y_ticks))
    painter.setPen(theme.colour("text"))
    if x_label:
        box = QRectF(area.left(), area.bottom() + 1.4 * line, area.width(), line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, x_label)
    if y_label:
        painter.translate(area.left() - 3.6 * line, area.center().y())
        painter.rotate(-90.0)
        painter.drawText(QRectF(-area.height() / 2, -line, area.height(), line), Qt.AlignmentFlag.AlignCenter, y_label)
    painter.restore()
