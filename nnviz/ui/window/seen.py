"""Whether anybody can see the window: hidden or minimised, it trains on without frames."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMainWindow

from nnviz.session.pacing import DisplayClock

_KINDS = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange)


class SeenWatch(QObject):
    """Tells the clock of the frames what becomes of a window.

    A window that has not been shown yet counts as seen: its first frame is to be there when it is.
    """

    def __init__(self, window: QMainWindow, display: DisplayClock) -> None:
        super().__init__(window)
        self._window, self._display = window, display
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the window whenever it is shown, hidden, minimised or brought back."""
        if watched is self._window and event.type() in _KINDS:
            hidden = event.type() == QEvent.Type.Hide
            self._display.set_seen(not hidden and self._window.isVisible() and not self._window.isMinimized())
        return False
