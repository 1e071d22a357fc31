"""One number with a bar: what a row of a `NumberList` is, and how its bar is painted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from nnviz.drawing.theme import Theme


@dataclass(frozen=True)
class NumberRow:
    """One number.

    Attributes
    ----------
    label : str
    key : int
        What `value_edited` calls it, such as its position in the parameter vector.
    low, high : float
        Ends of the bar, which starts at 0 or at the end next to it.
    signed : bool
        Whether the colour tells the sign.
    quiet : bool
        Whether the label steps back.
    """

    label: str
    key: int
    low: float
    high: float
    signed: bool = True
    quiet: bool = False


def widest_label(metrics: QFontMetricsF, rows: Sequence[NumberRow]) -> float:
    """Return the width of the longest name among the first 200."""
    return max((metrics.horizontalAdvance(row.label) for row in rows[:200]), default=0.0)


def paint_number_bar(painter: QPainter, bar: QRectF, entry: NumberRow, value: float, theme: Theme) -> None:
    """Paint the track and, from zero or the end next to it, the bar; without a pen afterwards."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("field"))
    painter.drawRoundedRect(bar, 2.5, 2.5)
    span = entry.high - entry.low
    if not span > 0.0 or math.isnan(value):
        return

    def place(number: float) -> float:
        return bar.left() + (min(max(number, entry.low), entry.high) - entry.low) / span * bar.width()

    origin, end = place(0.0), place(value)
    painter.setBrush(theme.colour("negative" if entry.signed and value < 0.0 else "positive"))
    painter.drawRoundedRect(QRectF(min(origin, end), bar.top(), max(abs(end - origin), 1.5), bar.height()), 2.5, 2.5)
    if entry.low < 0.0 < entry.high:
        painter.fillRect(QRectF(origin - 0.5, bar.top() - 1.5, 1.0, bar.height() + 3.0), theme.colour("quiet"))
