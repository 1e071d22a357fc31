"""Whether anybody can see the window: hidden or minimised, it trains on without frames."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from nnviz.ui.window.key_focus import WalkedWindow


class SeenWindow(WalkedWindow):
    """A window that tells whether it can be seen.

    Signals
    -------
    seen_changed : bool
        It was shown, hidden, minimised or brought back; also told where that changes nothing.
    """

    seen_changed = Signal(bool)

    def showEvent(self, event: QShowEvent) -> None:
        """It can be seen, unless it is shown minimised."""
        super().showEvent(event)
        self.seen_changed.emit(not self.isMinimized())

    def hideEvent(self, event: QHideEvent) -> None:
        """It cannot be seen any more."""
        super().hideEvent(event)
        self.seen_changed.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        """Look whether it has been minimised or brought back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.seen_changed.emit(self.isVisible() and not self.isMinimized())
