"""A figure of the run bar: a caption over a number that may change many times a second."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme

#: Between the number and a small text after it, in pixels.
BESIDE_GAP = 7


class RunFigure(QWidget):
    """A quiet caption over a large number.

    Paints itself: a new value repaints one small opaque widget, where a label would lay out and blend with its parents
    as well. Its width is fixed for the widest number it will show.
    """

    def __init__(self, caption: str, widest: str, tooltip: str, theme: Theme, role: str = "text") -> None:
        super().__init__()
        self.caption = caption
        self.text = "–"
        self._widest = widest
        self._role = role
        self._gap = 0
        self.beside = ""
        self._widest_beside = ""
        self.setToolTip(tooltip)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take over colours and font sizes."""
        self._theme = theme
        self._caption_font, self._value_font = QFont(self.font()), QFont(self.font())
        self._caption_font.setPointSizeF(theme.small_font_size)
        self._value_font.setPointSizeF(theme.figure_font_size)
        self._value_font.setBold(True)
        self._fit()

    def set_gap(self, gap: int) -> None:
        """Leave `gap` pixels free on the right."""
        self._gap = gap
        self._fit()

    def make_room_beside(self, widest: str) -> None:
        """Make room for a small text after the number; empty: for none."""
        if widest != self._widest_beside:
            self._widest_beside = widest
            self._fit()

    def _fit(self) -> None:
        caption, value = QFontMetrics(self._caption_font), QFontMetrics(self._value_font)
        width = max(value.horizontalAdvance(self._widest), caption.horizontalAdvance(self.caption))
        if self._widest_beside:
            beside = BESIDE_GAP + caption.horizontalAdvance(self._widest_beside)
            width = max(width, value.horizontalAdvance(self._widest) + beside)
        self.setFixedSize(width + 6 + self._gap, caption.height() + value.height())
        self.setAccessibleName(self.caption)
        self.setAccessibleDescription(self.text)
        self.update()

    def set_value(self, text: str, beside: str = "") -> None:
        """Show `text`, and a small one after it where there is room for that; an unchanged one costs nothing."""
        if (text, beside) != (self.text, self.beside):
            self.text, self.beside = text, beside
            self.setAccessibleDescription(f"{text}, {beside}" if beside else text)
            self.update()

    def set_caption(self, text: str) -> None:
        """Rename the figure."""
        if text != self.caption:
            self.caption = text
            self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write caption and value."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.colour("panel"))
            metrics = QFontMetrics(self._caption_font)
            painter.setFont(self._caption_font)
            painter.setPen(self._theme.colour("quiet"))
            painter.drawText(0, metrics.ascent(), self.caption)
            painter.setFont(self._value_font)
            painter.setPen(self._theme.colour(self._role))
            value = QFontMetrics(self._value_font)
            foot = metrics.height() + value.ascent()
            painter.drawText(0, foot, self.text)
            if self.beside and self._widest_beside:
                painter.setFont(self._caption_font)
                painter.setPen(self._theme.colour("quiet"))
                painter.drawText(value.horizontalAdvance(self.text) + BESIDE_GAP, foot, self.beside)
