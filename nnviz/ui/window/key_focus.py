"""Gives the keys back to the window after a click: single keys work wherever nothing is being typed.

A button or a list that kept the focus of a click would take the next Space for itself, which plays and pauses. Who
walks with Tab keeps it there, and Space presses the button, as everywhere.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMainWindow, QTabBar, QWidget

from nnviz.ui.window.docks import Dock

#: What would do something else with a single key, and has no use for the focus of a click.
GIVES_BACK = (QAbstractButton, QComboBox, QTabBar)


class KeyFocus(QObject):
    """Watches where clicks bring the focus of a window and of its floating docks.

    Parameters
    ----------
    window : QMainWindow
    docks : iterable of Dock
    """

    def __init__(self, window: QMainWindow, docks: list[Dock]) -> None:
        super().__init__(window)
        self._window = window
        # A click on what takes no focus ends what is being typed, too.
        for top in (window, *docks):
            top.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if not isinstance(now, GIVES_BACK) or QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            return
        if isinstance(now, QComboBox) and now.isEditable():
            return
        top = now.window()
        if top is self._window or (isinstance(top, Dock) and top.parent() is self._window):
            top.setFocus(Qt.FocusReason.MouseFocusReason)
