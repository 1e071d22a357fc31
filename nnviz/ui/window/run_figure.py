"""A figure of the run bar: a caption over a number that may change many times a second."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme


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

    def _fit(self) -> None:
        caption, value = QFontMetrics(self._caption_font), QFontMetrics(self._value_font)
        width = max(value.horizontalAdvance(self._widest), caption.horizontalAdvance(self.caption))
        self.setFixedSize(width + 6 + self._gap, caption.height() + value.height())
        self.setAccessibleName(self.caption)
        self.setAccessibleDescription(self.text)
        self.update()

    def set_value(self, text: str) -> None:
        """Show `text`; an unchanged one costs nothing."""
        if text != self.text:
            self.text = text
            self.setAccessibleDescription(text)
            self.update()

    def set_caption(self, text: str) -> None:
        """Rename the figure."""
        if text != self.caption:
            self.caption = text
            self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write caption and value."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("panel"))
        metrics = QFontMetrics(self._caption_font)
        painter.setFont(self._caption_font)
        painter.setPen(self._theme.colour("quiet"))
        painter.drawText(0, metrics.ascent(), self.caption)
        painter.setFont(self._value_font)
        painter.setPen(self._theme.colour(self._role))
        painter.drawText(0, metrics.height() + QFontMetrics(self._value_font).ascent(), self.text)
        painter.end()
