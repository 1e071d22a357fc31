"""What the cards below the network have in common: their height, in lines of type, and how they give way."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QWidget

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme


class Card(QFrame):
    """A frame that is `LINES` of its type high, and down to `LOW_LINES` where the window is low: its rows scroll.

    The user may pull its upper edge.
    """

    LINES: ClassVar[float] = 14.7
    LOW_LINES: ClassVar[float] = 9.0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._most_height: float = 2**16
        self.setProperty("role", "card")
        self.fit_height()

    def limit_height(self, most: float) -> None:
        """Be no higher than `most` pixels, if the rows can be used then: the rest is for the network."""
        self._most_height = most
        self.fit_height()

    def fit_height(self) -> None:
        """Follow the size of the type."""
        self.setMinimumHeight(round(self.LOW_LINES * self._line))
        self.updateGeometry()

    @property
    def _line(self) -> float:
        return QFontMetricsF(ui_font(self._theme.font_size)).height()

    @property
    def usual_height(self) -> int:
        """The height that it has unless somebody moves its edge."""
        low, high = self.LOW_LINES * self._line, self.LINES * self._line
        return round(min(high, max(low, self._most_height)))

    def sizeHint(self) -> QSize:
        """Return as much height as is usual."""
        return QSize(super().sizeHint().width(), self.usual_height)
