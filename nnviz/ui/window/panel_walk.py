"""From panel to panel by one key: Tab alone takes dozens of steps to what has just been opened.

Tab goes through all that a panel holds; F6 goes to the next panel, first of all to the one that was opened last, and to
where one has been in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QToolBar, QWidget
from shiboken6 import isValid

from nnviz.ui.widgets.tab_chain import first_in_chain, takes_tab
from nnviz.ui.window.docks import Dock


def is_on_show(window: QMainWindow, widget: QWidget) -> bool:
    """Whether a widget is in a part of a window that is seen, if scrolled away: not behind the tab of another panel."""
    part = widget
    while (above := part.parentWidget()) is not window:
        if above is None or part.isWindow():
            return True
        part = above
    # Qt moves what is behind a tab out of the window, and keeps tab bars that nobody needs below the panels.
    if isinstance(part, Dock):
        return not part.visibleRegion().isEmpty()
    seen = window.childAt(part.geometry().center())
    return seen is not None and (seen is part or part.isAncestorOf(seen))


class PanelWalk(QObject):
    """Gives the keys to the next panel of a window, or to the one before.

    Parameters
    ----------
    window : QMainWindow
    docks : sequence of Dock
    forwards, backwards : QAction
    """

    def __init__(self, window: QMainWindow, docks: Sequence[Dock], forwards: QAction, backwards: QAction) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._opened: Dock | None = None
        self._last: dict[QWidget, QWidget] = {}
        for dock in docks:
            dock.opened.connect(self._on_opened)
        forwards.triggered.connect(self._on_forwards)
        backwards.triggered.connect(self._on_backwards)

    def places(self) -> list[QWidget]:
        """Return what is walked through: the run bar, panels and network from left to right, then what is below."""
        docks = [dock for dock in self._docks if dock.is_seen]
        bars = [bar for bar in self._window.findChildren(QToolBar) if bar.isVisible()]
        middle = [widget for widget in (self._window.centralWidget(),) if widget is not None and widget.isVisible()]
        return [*bars, *sorted([*docks, *middle], key=self._order)]

    def note(self, widget: QWidget | None) -> None:
        """Remember where one is, for when one comes back."""
        place = self._place_of(widget)
        if place is not None and widget is not None:
            self._last[place] = widget

    def _order(self, place: QWidget) -> tuple[int, int, int]:
        where = place.mapTo(self._window, QPoint(0, 0)) if not place.isWindow() else place.pos()
        below = Qt.DockWidgetArea.BottomDockWidgetArea
        is_below = isinstance(place, Dock) and self._window.dockWidgetArea(place) == below
        return 2 * place.isWindow() + is_below, where.x(), where.y()

    def _place_of(self, widget: QWidget | None) -> QWidget | None:
        while widget is not None and widget is not self._window:
            if isinstance(widget, Dock | QToolBar) or widget is self._window.centralWidget():
                return widget
            widget = widget.parentWidget()
        return None

    @Slot()
    def _on_opened(self) -> None:
        dock = self.sender()
        assert isinstance(dock, Dock)
        self._opened = dock

    @Slot()
    def _on_forwards(self) -> None:
        self._go(1)

    @Slot()
    def _on_backwards(self) -> None:
        self._go(-1)

    def _go(self, steps: int) -> None:
        places, here = self.places(), self._place_of(QApplication.focusWidget())
        opened, self._opened = self._opened, None
        order: list[QWidget | None]
        if opened is not None and opened is not here and opened in places:
            order = [opened]
        elif here in places:
            at = places.index(here)
            order = [places[(at + steps * n) % len(places)] for n in range(1, len(places))]
        else:
            order = [self._window.centralWidget(), *places]
        for place in filter(None, order):
            control = self._control_of(place)
            if control is not None:
                control.window().activateWindow()
                control.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _control_of(self, place: QWidget) -> QWidget | None:
        """Return where one was in a place, else what the tab key comes to first there."""
        last = self._last.get(place)
        # What has been taken apart meanwhile is no place any more.
        if last is not None and isValid(last) and place.isAncestorOf(last) and takes_tab(last):
            return last
        return first_in_chain(place, takes_tab)
