"""One number with a bar: what a row of a `NumberList` is, and how its bar is painted."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from nnviz.drawing.theme import Theme

EASY_BAR = 72.0
"""Length of a bar that is easily dragged, in pixels: lists are laid out so that it is kept."""
SHORT_BAR = 64.0
"""Length down to which a bar makes room for a long name: a short one still tells values apart."""
SHORTEST_BAR = 32.0
"""The same where even so a name would be cut."""


class NumberRow(Struct, frozen=True):
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


def readable_width(
    metrics: QFontMetricsF, rows: Sequence[NumberRow], *, with_notes: bool = True, bar: float = SHORTEST_BAR
) -> float:
    """Return the width in which no name is cut beside a bar of that length, a number and a note."""
    numbers = "−0.0e−0  ∂ −0.0e−0" if with_notes else "−0.0e−0"
    return widest_label(metrics, rows) + metrics.horizontalAdvance(numbers) + 24.0 + bar


def cuts_a_name(metrics: QFontMetricsF, width: float, rows: Sequence[NumberRow]) -> bool:
    """Return whether a name would be cut in cells of `width` in which all stands in one line."""
    label, _, _ = column_widths(metrics, width, rows, has_notes=False)
    return bool(rows) and label < widest_label(metrics, rows) + 8.0


def column_widths(
    metrics: QFontMetricsF, width: float, rows: Sequence[NumberRow], has_notes: bool
) -> tuple[float, float, float]:
    """Return the widths of label, number and note in cells of `width`; 0 for a note without room."""
    number = metrics.horizontalAdvance("−0.0e−0")
    note = metrics.horizontalAdvance("  ∂ −0.0e−0")
    widest = widest_label(metrics, rows)
    if not has_notes or width - min(widest, 0.5 * width) - number - note - 24.0 < EASY_BAR - 4.0:
        note = 0.0
    # A bar gives way before a name is cut.
    shortest = SHORT_BAR if widest + 12.0 <= width - number - note - 12.0 - SHORT_BAR else SHORTEST_BAR
    return min(widest + 12.0, max(0.36 * width, width - number - note - 12.0 - shortest)), number, note


def value_at(bar: QRectF, row: NumberRow, x: float) -> float:
    """Return the value that dragging the bar of a row to `x` gives it."""
    # A bar may be pulled beyond its ends: the scale follows once it is let go.
    share = min(max((x - bar.left()) / bar.width(), -0.5), 1.5)
    value = row.low + share * (row.high - row.low)
    # Near zero a drag snaps, so that a weight can be switched off by hand.
    return 0.0 if row.low < 0.0 < row.high and abs(value) < 0.01 * (row.high - row.low) else value


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


def paint_label(painter: QPainter, place: QRectF, row: NumberRow, theme: Theme) -> None:
    """Paint the name of a row, shortened in its middle where it does not fit."""
    painter.setPen(theme.colour("quiet" if row.quiet else "text"))
    text = painter.fontMetrics().elidedText(row.label, Qt.TextElideMode.ElideMiddle, int(place.width() - 8))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(place.adjusted(4.0, 0.0, 0.0, 0.0), flags, text)


def paint_ring(painter: QPainter, cell: QRectF, theme: Theme) -> None:
    """Paint the ring of the row that the keyboard is on."""
    painter.setPen(QPen(theme.colour("positive"), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(cell.adjusted(0.6, 0.6, -0.6, -0.6), 4.0, 4.0)
