"""Sizes of all layers as bars on a logarithmic scale: whether a gradient vanishes or explodes is seen at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.core.numbers import number_text
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
#: A row, in lines of its type.
_ROW = 1.45


class SizeBars(QWidget):
    """A row with a bar for each layer.

    Parameters
    ----------
    title : str
        What a screen reader calls it.
    theme : Theme
    mark : float or None
        A usual value, which is marked on every bar.
    parent : QWidget or None
    """

    def __init__(self, title: str, theme: Theme, mark: float | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._mark = theme, mark
        self._values: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    @property
    def values(self) -> tuple[float, ...]:
        """Sizes of layers 1 … L."""
        return self._values

    def show_values(self, values: Sequence[float]) -> None:
        """Show sizes of layers 1 … L; what is not finite has no bar."""
        shown = tuple(float(value) for value in values)
        if len(shown) != len(self._values):
            self.updateGeometry()
        if shown != self._values:
            self._values = shown
            said = (self.tr("layer {0}: {1}").format(n, number_text(v, 2)) for n, v in enumerate(shown, start=1))
            self.setAccessibleDescription(", ".join(said))
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another look."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    @property
    def _line(self) -> float:
        return QFontMetricsF(ui_font(self._theme.small_font_size)).height()

    def sizeHint(self) -> QSize:
        """As high as all rows."""
        return QSize(240, round(self._line * (_ROW * len(self._values) + 0.2)))

    def minimumSizeHint(self) -> QSize:
        """As high as all rows: it lives in a scroll area."""
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        theme, line = self._theme, self._line
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(ui_font(theme.small_font_size))
            metrics = painter.fontMetrics()
            sizes = [value for value in self._values if math.isfinite(value) and value > 0.0]
            sizes += [self._mark] if self._mark else []
            if sizes:
                low = math.floor(math.log10(min(sizes)) - 0.3)
                high = max(math.ceil(math.log10(max(sizes))), low + 1)
                name = metrics.horizontalAdvance(self.tr("layer {0}").format(len(self._values))) + 8.0
                number = metrics.horizontalAdvance("−0.0e−00") + 6.0
                track = QRectF(name, 0.0, max(self.width() - name - number, 10.0), 0.8 * line)
                for row, value in enumerate(self._values):
                    self._paint_row(painter, row, value, track, (low, high))

    def _paint_row(self, painter: QPainter, row: int, value: float, track: QRectF, decades: tuple[int, int]) -> None:
        theme, line = self._theme, self._line
        top = line * _ROW * row
        bar = track.translated(0.0, top + 0.25 * line)
        cell = QRectF(0.0, top, self.width(), 1.3 * line)

        def place(size: float) -> float:
            return (math.log10(size) - decades[0]) / (decades[1] - decades[0]) * bar.width()

        painter.setPen(theme.colour("text"))
        painter.drawText(cell, _LEFT, self.tr("layer {0}").format(row + 1))
        painter.drawText(cell, _RIGHT, number_text(value, 2) if math.isfinite(value) else "–")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("field"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        if math.isfinite(value) and value > 0.0:
            painter.setBrush(theme.colour("positive"))
            filled = max(min(place(value), bar.width()), 1.5)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), filled, bar.height()), 2.5, 2.5)
        painter.setPen(QPen(theme.colour("canvas"), 1.0))
        for decade in range(decades[0] + 1, decades[1]):
            x = bar.left() + place(10.0**decade)
            painter.drawLine(round(x), round(bar.top()), round(x), round(bar.bottom()))
        if self._mark:
            x = bar.left() + place(self._mark)
            painter.setPen(QPen(theme.colour("text"), 1.6))
            painter.drawLine(round(x), round(bar.top() - 2), round(x), round(bar.bottom() + 2))
