"""Legends: classes with their shapes, the colour scale of a regression, and which curve is which."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.drawing.axes import number_text, tick_text, tick_values
from nnviz.drawing.colormap import Levels, Ramp, sign_ramp
from nnviz.drawing.markers import paint_marker, paint_star
from nnviz.drawing.plane import target_levels
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.ui.withheld import Withholdable

_GAP = 14.0
_SAMPLE = 22.0


class CurveKey(QWidget):
    """What a solid and a dashed line stand for, drawn as the lines are, and the ★."""

    def __init__(self, entries: tuple[tuple[str, str, str], ...], parent: QWidget | None = None) -> None:
        """`entries`: (text, theme role of the colour, "solid", "dashed" or "star")."""
        super().__init__(parent)
        self._entries = entries
        self._shown = len(entries)
        self._theme: Theme | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour and make room for the words in the theme's font."""
        self._theme = theme
        font = self.font()
        font.setPointSizeF(theme.small_font_size)
        self.setFont(font)
        self.updateGeometry()
        self.update()

    def show_first(self, count: int) -> None:
        """Show only the first `count` entries (there may be no test data)."""
        if count != self._shown:
            self._shown = count
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the room that the shown entries need."""
        return self._room_for(self._shown)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the first entry: in a narrow window the others step back."""
        return self._room_for(1)

    def _room_for(self, count: int) -> QSize:
        metrics = QFontMetricsF(self.font())
        width = sum(
            _sample(kind) + 6 + metrics.horizontalAdvance(text) + _GAP for text, _, kind in self._entries[:count]
        )
        return QSize(math.ceil(width), math.ceil(metrics.height()) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw line and word of each entry."""
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(self.font())
        middle, x = self.height() / 2, 0.0
        for text, role, kind in self._entries[: self._shown]:
            width = _sample(kind)
            if x + width + 6 + metrics.horizontalAdvance(text) > self.width() + 1:
                break
            if kind == "star":
                paint_star(painter, QPointF(x + width / 2, middle), width, self._theme)
            else:
                pen = QPen(self._theme.colour(role), self._theme.line_width + 0.4)
                if kind == "dashed":
                    pen.setDashPattern([4.0, 2.0])
                painter.setPen(pen)
                painter.drawLine(QPointF(x, middle), QPointF(x + width, middle))
            painter.setPen(self._theme.colour("quiet"))
            painter.drawText(QPointF(x + width + 6, middle + metrics.ascent() / 2 - 1), text)
            x += width + 6 + metrics.horizontalAdvance(text) + _GAP
        painter.end()


def _sample(kind: str) -> float:
    """Return the width of what stands before a word."""
    return 0.55 * _SAMPLE if kind == "star" else _SAMPLE


class LegendStrip(Withholdable, QWidget):
    """One line of entries; those that do not fit are counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._classes: tuple[str, ...] = ()
        self._scale: tuple[float, float, str] | None = None
        self._unit: tuple[str, Levels, Ramp] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.update()

    def show_classes(self, prepared: Prepared) -> None:
        """Take over the classes, or the range of the target."""
        data = prepared.dataset
        if data.task == "classification":
            self._classes, self._scale = tuple(data.class_names), None
        else:
            self._classes = ()
            self._scale = (*target_levels(prepared.train), str(data.target_names[0]))
        self.setAccessibleName(self.tr("Legend: {0}").format(", ".join(self._classes) or str(data.target_names[0])))
        self.updateGeometry()
        self.setVisible(bool(self._classes) or data.X.shape[1] > 1)
        self.update()

    def show_unit(self, name: str, levels: Levels | None = None, colours: Ramp | None = None) -> None:
        """Show what the colours of one unit's map stand for; without `levels` the classes or the target again."""
        unit = (name, levels, colours) if levels is not None and colours is not None else None
        if unit is not None or self._unit is not None:
            self._unit = unit
            self.update()

    def sizeHint(self) -> QSize:
        """Return one line of text, two for a scale."""
        line = self.fontMetrics().height()
        return QSize(100, max(20, line + 4) if self._scale is None else 2 * line + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the entries from the left."""
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.colour("text"))
        if self._unit is not None:
            self._paint_unit(painter, self._theme, *self._unit)
        elif self._scale is None:
            self._paint_classes(painter, self._theme)
        else:
            self._paint_scale(painter, self._theme, *self._scale)
        painter.end()

    def _paint_classes(self, painter: QPainter, theme: Theme, start: float = 2.0) -> None:
        metrics = QFontMetricsF(self.font())
        middle, x = self.height() / 2, start
        marker = 0.72 * metrics.height()
        for k, name in enumerate(self._classes):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 130.0)
            width = marker + 6 + metrics.horizontalAdvance(text)
            rest = len(self._classes) - k
            more = self.tr("and {0} more").format(rest)
            if x + width > self.width() - (metrics.horizontalAdvance(more) + _GAP if rest > 1 else 0):
                painter.drawText(QPointF(x, middle + metrics.ascent() / 2 - 1), more)
                return
            paint_marker(painter, k, QPointF(x + marker / 2, middle), marker, theme)
            painter.setPen(theme.colour("text"))
            painter.drawText(QPointF(x + marker + 6, middle + metrics.ascent() / 2 - 1), text)
            x += width + _GAP

    def _paint_unit(self, painter: QPainter, theme: Theme, name: str, levels: Levels, colours: Ramp) -> None:
        """Draw in one line what is shown, its lowest value, the colours, and its highest value."""
        metrics = QFontMetricsF(self.font())
        middle = self.height() / 2
        low, high = (number_text(level, 2) for level in levels)
        ends = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + 3.0 * _GAP
        title = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(40.0, 0.45 * self.width()))
        baseline = middle + metrics.ascent() / 2 - 1
        painter.drawText(QPointF(2.0, baseline), title)
        x = 2.0 + metrics.horizontalAdvance(title) + _GAP
        painter.setPen(theme.colour("quiet"))
        painter.drawText(QPointF(x, baseline), low)
        x += metrics.horizontalAdvance(low) + 0.5 * _GAP
        bar = QRectF(x, middle - 0.3 * metrics.height(), 0.0, 0.6 * metrics.height())
        bar.setWidth(max(20.0, min(120.0, self.width() - x - ends + metrics.horizontalAdvance(low) + _GAP)))
        pixels = np.ascontiguousarray(colours)
        painter.drawImage(bar, QImage(pixels.data, len(pixels), 1, QImage.Format.Format_RGB32))
        painter.drawText(QPointF(bar.right() + 0.5 * _GAP, baseline), high)
        x = bar.right() + metrics.horizontalAdvance(high) + 2.0 * _GAP
        if self._classes and self.width() - x > 8.0 * metrics.height():
            # The points are there still.
            self._paint_classes(painter, theme, x)

    def _paint_scale(self, painter: QPainter, theme: Theme, low: float, high: float, name: str) -> None:
        """Draw the name, the colours from the lowest to the highest target, and round values below them."""
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        title = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 140.0)
        painter.drawText(QPointF(2.0, metrics.ascent()), title)
        left = 2.0 + metrics.horizontalAdvance(title) + _GAP
        bar = QRectF(left, 0.2 * line, max(20.0, min(300.0, self.width() - left - 1.5 * line)), 0.6 * line)
        pixels = np.ascontiguousarray(sign_ramp(theme))
        painter.drawImage(bar, QImage(pixels.data, len(pixels), 1, QImage.Format.Format_RGB32))
        ticks = tick_values(low, high, max(2, int(bar.width() / (4.0 * line))))
        painter.setPen(theme.colour("quiet"))
        for tick in ticks:
            x = bar.left() + (tick - low) / (high - low) * bar.width()
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 0.2 * line))
            box = QRectF(x - 3.0 * line, bar.bottom() + 0.2 * line, 6.0 * line, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick_text(tick, ticks))
