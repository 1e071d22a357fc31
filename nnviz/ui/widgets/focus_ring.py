"""A frame around what the keyboard is in, for what a style sheet cannot frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.keyboard import BY_KEYBOARD, FOR_A_WHILE

#: Of the frame, in pixels.
WIDTH = 2


class FocusRing(QWidget):
    """Lies over a widget while a walk by keyboard stops at it; a click needs no frame, for the mouse shows the place.

    Parameters
    ----------
    parent : QWidget
        What is framed.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor(Qt.GlobalColor.transparent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        parent.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._colour = theme.colour("positive")
        self.update()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Come and go with the keyboard, and stay as large as what is framed."""
        if event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and event.reason() in BY_KEYBOARD:
            self._fit()
            self.show()
            self.raise_()
        elif event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self.setVisible(self.isVisible() and event.reason() in FOR_A_WHILE)
        elif event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        above = self.parentWidget()
        if above is not None:
            self.setGeometry(above.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame."""
        with QPainter(self) as painter:
            painter.setPen(QPen(self._colour, WIDTH))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
