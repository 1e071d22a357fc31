"""Gives the keys back to the window after a click: single keys work wherever nothing is being typed.

A button or a list that kept the focus of a click would take the next Space for itself, which plays and pauses. Who
walks with Tab keeps it there, and Space presses the button, as everywhere. The walk begins where the click was.
"""

from __future__ import annotations

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QFocusEvent, QGuiApplication, QKeyEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMainWindow, QTabBar, QWidget
from shiboken6 import isValid

from nnviz.ui.window.docks import Dock
from nnviz.ui.window.panel_walk import PanelWalk, is_on_show

#: What would do something else with a single key, and has no use for the focus of a click.
GIVES_BACK = (QAbstractButton, QComboBox, QTabBar)


class WalkedWindow(QMainWindow):
    """A main window through which Tab walks on from the last click, not from the first control.

    Attributes
    ----------
    key_focus : KeyFocus or None
    """

    key_focus: KeyFocus | None = None

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Go to the next control, or to the one before."""
        start = self.key_focus.start_of_walk() if self.key_focus is not None else None
        if start is not None:
            start.setFocus(Qt.FocusReason.OtherFocusReason)
        first: QWidget | None = None
        # To Qt all is on show that is not hidden, panels behind the tabs of others as well: there no ring is seen.
        while super().focusNextPrevChild(forwards):
            focus = QApplication.focusWidget()
            if focus is None or focus is first or is_on_show(self, focus):
                return True
            first = first or focus
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc give the keys back to the window where it has no other use."""
        if event.key() == Qt.Key.Key_Escape and QApplication.focusWidget() is not self:
            self.setFocus()
        else:
            super().keyPressEvent(event)

    def childEvent(self, event: QChildEvent) -> None:
        """Keep tab bars below the panels: Qt leaves one where two panels shared a place before one was hidden."""
        super().childEvent(event)
        # Asking for the child makes a Python object of it, and of a start's every button and panel.
        if event.type() == QEvent.Type.ChildPolished and isinstance(child := event.child(), QTabBar):
            child.lower()


class KeyFocus(QObject):
    """Watches where clicks bring the focus of a window and of its floating docks.

    Parameters
    ----------
    window : QMainWindow
    docks : list of Dock
    walk : (QAction, QAction)
        To the next panel, and to the one before.
    """

    def __init__(self, window: QMainWindow, docks: list[Dock], walk: tuple[QAction, QAction]) -> None:
        super().__init__(window)
        self._panels = PanelWalk(window, docks, *walk)
        self._window = window
        self._handle: QWindow | None = None
        self._clicked: QWidget | None = None
        # Whether the menu bar was clicked last, not reached by Alt.
        self._menu_clicked = False
        self._handing_back = QTimer(self)
        self._handing_back.setObjectName("keys come back from the menu bar")
        self._handing_back.setSingleShot(True)
        self._handing_back.timeout.connect(self._on_handing_back)
        self._menu = window.menuBar()
        self._menu.installEventFilter(self)
        # A click on what takes no focus ends what is being typed, too.
        for top in (window, *docks):
            top.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        window.installEventFilter(self)

    def start_of_walk(self) -> QWidget | None:
        """Return what was clicked last, where it is still there and the window has the keys: Tab goes on from it."""
        clicked = self._clicked
        # What has been taken apart meanwhile is no place any more.
        if clicked is None or not isValid(clicked) or not clicked.isVisible() or not clicked.isEnabled():
            return None
        focus = QApplication.focusWidget()
        has_keys = focus is self._window or (isinstance(focus, Dock) and focus.window() is self._window)
        return clicked if has_keys else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where the window is clicked, whoever takes the click, and when the menu bar takes the keys."""
        if watched is self._menu:
            self._note_menu(event)
        elif event.type() == QEvent.Type.Show and self._handle is not self._window.windowHandle():
            # Filtering all events of the application would cost a call of Python for each.
            self._handle = self._window.windowHandle()
            self._handle.installEventFilter(self)
        elif (
            event.type() == QEvent.Type.MouseButtonPress and watched is self._handle and isinstance(event, QMouseEvent)
        ):
            self._clicked = self._window.childAt(event.position().toPoint())
        return False

    def _note_menu(self, event: QEvent) -> None:
        """Hand the keys back where Qt leaves them to a menu bar that is used by mouse.

        A menu that is closed with Esc gives them to its bar, where E, F, H, L, R and V open menus; once another window
        has been in front, the bar keeps Esc for itself as well.
        """
        if event.type() == QEvent.Type.MouseButtonPress:
            self._menu_clicked = True
        elif event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            came_back = event.reason() == Qt.FocusReason.ActiveWindowFocusReason
            if came_back or (self._menu_clicked and not QGuiApplication.keyboardModifiers()):
                self._handing_back.start()
            self._menu_clicked = False

    @Slot()
    def _on_handing_back(self) -> None:
        if self._window.focusWidget() is self._menu:
            self._window.setFocus()

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        self._panels.note(now)
        if not isinstance(now, GIVES_BACK):
            return
        # Where what had the keys is hidden, as a panel by its ×, Qt gives them to whatever control comes next.
        is_left = old is not None and isValid(old) and not old.isVisible() and old.window() is now.window()
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton and not is_left:
            return
        if isinstance(now, QComboBox) and now.isEditable():
            return
        top = now.window()
        if top is self._window or (isinstance(top, Dock) and top.parent() is self._window):
            top.setFocus(Qt.FocusReason.MouseFocusReason)
