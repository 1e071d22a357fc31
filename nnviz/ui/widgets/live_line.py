"""A line of text that changes with every frame: painted, never laid out anew.

A label asks for room whenever its text changes, and with that has the whole window laid out: for a formula with the
present weights in it that would be once a frame.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.ui.widgets.help_text import plain_tooltip

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class LiveLine(QWidget):
    """One line of plain text, as wide as there is room; what does not fit ends in "…", and the tooltip holds all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = self._short = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def setText(self, text: str, short: str = "") -> None:
        """Show `text`; where it does not fit, `short` or the beginning of it."""
        if (text, short) != (self._text, self._short):
            self._text, self._short = text, short
            self.setAccessibleName(text)
            self.update()

    def shown_text(self) -> str:
        """Return what there is room for."""
        room, metrics = self.width(), self.fontMetrics()
        whole = self._short if self._short and metrics.horizontalAdvance(self._text) > room else self._text
        return metrics.elidedText(whole, Qt.TextElideMode.ElideRight, room)

    def sizeHint(self) -> QSize:
        """Return room for a line."""
        return QSize(0, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return room for a line."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Offer the whole text where it does not fit."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.shown_text() != self._text:
            QToolTip.showText(event.globalPos(), plain_tooltip(self._text), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much text as fits."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(QRectF(self.rect()), _LEFT, self.shown_text())
