"""The projector view: the whole screen for figures, network and plots; keys (and clickers) do the rest.

The window's own views are shown, larger and without what is around them, so that nothing can differ from what the
desk shows: selected units, zoomed maps and the running training simply stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QWidget

from nnviz.ui.commands.arrangements import LAYOUTS, STATE_VERSION

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow

THEME = "projector"
#: Share of the height that the map has above the answers.
BESIDE_ANSWERS = 0.56


class Curtain(QWidget):
    """Black over everything, for when the audience should look at the speaker; a click lifts it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setAccessibleName(self.tr("Blank screen"))
        self.hide()

    def drop(self) -> None:
        """Cover the window."""
        window = self.parentWidget()
        assert window is not None
        self.setGeometry(window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint nothing but black."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        painter.end()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Lift the curtain."""
        self.hide()


class Projector(QObject):
    """Opens and leaves the projector view of a window.

    Space plays and pauses, Page Down trains one epoch, Page Up goes back to the start, a period blanks the screen, Esc
    and F11 leave: the keys that clickers send.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.is_active = False
        self.curtain = Curtain(window)
        self._theme_before = ""
        self._docks_before = QByteArray()
        self._state_before = Qt.WindowState.WindowNoState
        self._size_before = QSize()
        self._returning = False
        self._shows_answers = False
        # WORKAROUND: while a tab comes forward, Qt 6.11 gives its place the size that it had, so we divide after that.
        self._dividing = QTimer(self)
        self._dividing.setObjectName("dividing of the projector view")
        self._dividing.setSingleShot(True)
        self._dividing.timeout.connect(self._divide)
        controller = window.controller
        self._shortcuts = [
            self._shortcut(key, slot)
            for key, slot in (
                (Qt.Key.Key_Space, self._on_play),
                (Qt.Key.Key_PageDown, self._on_forward),
                (Qt.Key.Key_PageUp, self._on_back),
                (Qt.Key.Key_Period, self._on_blank),
                (Qt.Key.Key_Escape, self._on_escape),
            )
        ]
        self._controller = controller
        window.actions_.projector.toggled.connect(self._on_toggled)
        window.answers_dock.visibilityChanged.connect(self._on_answers_seen)

    def _shortcut(self, key: Qt.Key, slot: Callable[[], None]) -> QShortcut:
        # Not a key of the window alone: a clicked diagram or map must not swallow what a clicker sends.
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.setEnabled(False)
        shortcut.activated.connect(slot)
        return shortcut

    # -- in and out ---------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Fill the screen."""
        window = self._window
        if self.is_active:
            return
        self.is_active, self._returning = True, False
        self._theme_before = window.theme_choice
        self._docks_before = window.saveState(STATE_VERSION)
        self._state_before, self._size_before = window.windowState(), window.size()
        self._set_bare(True)
        window.theme_chosen.emit(THEME)
        window.layouts.apply(LAYOUTS["present"])
        window.showFullScreen()
        window.setFocus()

    def leave(self) -> None:
        """Come back to the window as it was."""
        window = self._window
        if not self.is_active:
            return
        self.is_active, self._returning = False, True
        self.curtain.hide()
        self._set_bare(False)
        window.theme_chosen.emit(self._theme_before)
        window.setWindowState(self._state_before)
        self._restore_docks()

    def _set_bare(self, bare: bool) -> None:
        window = self._window
        window.menuBar().setHidden(bare)
        window.run_bar.set_bare(bare)
        window.diagram_area.header.setHidden(bare)
        window.diagram_area.diagram.set_editable(not bare)
        window.bars.setHidden(bare)
        window.loss_view.footer.set_bare(bare)
        for dock in (window.boundary_dock, window.loss_dock, window.answers_dock):
            dock.title_bar.set_bare(bare)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(bare)
        window.actions_.projector.setChecked(bare)

    def _restore_docks(self) -> None:
        self._window.restoreState(self._docks_before, STATE_VERSION)
        self._window.teacher_view.apply()

    @Slot()
    def _divide(self) -> None:
        """Divide the window; a table or a matrix needs more of it than a curve."""
        if not self.is_active:
            return
        layout = LAYOUTS["present"]
        if self._shows_answers and not self._window.answers_dock.isFloating():
            layout = replace(layout, boundary=BESIDE_ANSWERS)
        self._window.layouts.proportion(layout)

    @Slot(bool)
    def _on_answers_seen(self, seen: bool) -> None:
        self._shows_answers = seen
        if self.is_active:
            self._dividing.start()

    def window_resized(self) -> None:
        """Follow the window, which gets its new size only some time after it was asked for."""
        if self.is_active:
            self._divide()
            if self.curtain.isVisible():
                self.curtain.drop()
        elif self._returning:
            self._returning = False
            if self._window.size() == self._size_before:
                self._restore_docks()

    # -- keys ---------------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_toggled(self, wanted: bool) -> None:
        if wanted:
            self.enter()
        else:
            self.leave()

    def _lifted(self) -> bool:
        """Lift the curtain; return whether it was down."""
        down = self.curtain.isVisible()
        self.curtain.hide()
        self._window.run_bar.dismiss_hint()
        return down

    @Slot()
    def _on_play(self) -> None:
        if not self._lifted():
            self._controller.toggle()

    @Slot()
    def _on_forward(self) -> None:
        if not self._lifted():
            self._controller.step_epoch()

    @Slot()
    def _on_back(self) -> None:
        if not self._lifted():
            self._controller.reset()

    @Slot()
    def _on_blank(self) -> None:
        if not self._lifted():
            self.curtain.drop()

    @Slot()
    def _on_escape(self) -> None:
        if not self._lifted():
            self.leave()
