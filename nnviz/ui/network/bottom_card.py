"""What the cards below the network have in common: their height, in lines of type, and how they give way."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import Theme


class Card(QFrame):
    """A frame that is `LINES` of its type high, and down to `LOW_LINES` where the window is low: its rows scroll.

    The user may pull its upper edge.

    Attributes
    ----------
    tools : QHBoxLayout
        Its first line, which ends with what closes it.
    """

    tools: QHBoxLayout

    LINES: ClassVar[float] = 14.7
    LOW_LINES: ClassVar[float] = 9.0
    NARROW_LINES: ClassVar[float] = 15.0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._most_height: float = 2**16
        self._texts: dict[QToolButton, tuple[str, str]] = {}
        self.setProperty("role", "card")
        self.fit_height()

    def add_tool(self, button: QToolButton, short: str = "") -> None:
        """Put a button of somebody else's before the one that closes the card; it says `short` in a narrow one."""
        self.tools.insertWidget(self.tools.count() - 1, button)
        if short:
            self._texts[button] = button.text(), short

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the first line of a narrow card to its title."""
        super().resizeEvent(event)
        for button, (text, short) in self._texts.items():
            button.setText(short if self.width() < self.NARROW_LINES * self._line else text)

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
