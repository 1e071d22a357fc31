"""One screen: the projector view is what the audience sees, and its console slides in at the top edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow

from nnviz.drawing.theme import Theme
from nnviz.ui.commands.actions import Actions
from nnviz.ui.window.projector import Projector

if TYPE_CHECKING:
    from nnviz.ui.stage.sliding_console import Does, Edge, SlidingConsole

#: Slides the console in and out: the mouse at the top edge does so, too.
KEY = Qt.Key.Key_F10


class OneScreen(QObject):
    """Makes edge and console when the projector view is first entered.

    Parameters
    ----------
    window : QMainWindow
    projector : Projector
    actions : Actions
    theme : callable
        Returns the window's theme.

    Attributes
    ----------
    console : SlidingConsole or None
    edge : Edge or None
    """

    def __init__(self, window: QMainWindow, projector: Projector, actions: Actions, theme: Callable[[], Theme]) -> None:
        super().__init__(window)
        self._window, self._projector, self._actions, self._theme = window, projector, actions, theme
        self.console: SlidingConsole | None = None
        self.edge: Edge | None = None
        self._said = ("", "")
        self._key = QShortcut(QKeySequence(KEY), window)
        self._key.setEnabled(False)
        self._key.activated.connect(self._on_key)
        projector.toggled.connect(self._on_toggled)
        projector.grown.connect(self._fit)

    def show_step(self, next_step: str, notes: str) -> None:
        """Say what comes next in the lesson, and what there is to know."""
        self._said = (next_step, notes)
        if self.console is not None:
            self.console.show_step(*self._said)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        if self.console is not None:
            self.console.set_theme(theme)

    @Slot(bool)
    def _on_toggled(self, active: bool) -> None:
        self._key.setEnabled(active)
        if not active:
            if self.console is not None and self.edge is not None:
                self.console.put_away()
                self.edge.hide()
            return
        if self.console is None:
            from nnviz.ui.stage.sliding_console import Edge, SlidingConsole

            self.console = SlidingConsole(self._window, self._theme(), self._do)
            self.edge = Edge(self._window, self._enter)
            self.console.tool_changed.connect(self._fit)
            self.console.show_step(*self._said)
        self.console.begin()
        self._fit()

    @Slot()
    def _fit(self) -> None:
        if self.edge is not None and self.console is not None and self._projector.is_active:
            self.console.fit()
            self.edge.setGeometry(QRect(0, 0, self._window.width(), self.edge.minimumHeight()))
            self.edge.show()
            self.edge.raise_()

    def _enter(self) -> None:
        if self.console is not None:
            self.console.slide(True)

    @Slot()
    def _on_key(self) -> None:
        if self.console is not None:
            self.console.toggle()

    def _do(self, does: Does) -> None:
        from nnviz.ui.stage.sliding_console import Does

        projector = self._projector
        what: dict[Does, Callable[[], object]] = {
            Does.BACK: projector.go_back,
            Does.PLAY: projector.play,
            Does.ON: projector.go_on,
            Does.BLANK: projector.blank,
            Does.DARK: self._actions.dark.trigger,
            Does.END: projector.leave,
        }
        what[does]()
