"""The projector view: the whole screen for figures, network and plots; keys (and clickers) do the rest.

The window's own views are shown, larger and without what is around them, so that nothing can differ from what the
desk shows: selected units, zoomed maps and the running training simply stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace
from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from nnviz.session.controller import Controller
from nnviz.ui.commands.actions import rests
from nnviz.ui.commands.arrangements import LAYOUTS
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.layouts import Layouts

#: Share of the height that the map has above what is read, as answers and arithmetic are: a curve needs less room.
BESIDE_TEXT = 0.42


class Curtain(QWidget):
    """Black over everything, for when the audience should look at the speaker; a click lifts it.

    Signals
    -------
    moved : ()
        It has fallen, or has been lifted.
    """

    moved = Signal()

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

    def showEvent(self, event: QShowEvent) -> None:
        """Tell."""
        super().showEvent(event)
        self.moved.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell."""
        super().hideEvent(event)
        self.moved.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint nothing but black."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Lift the curtain."""
        self.hide()


class Projector(QObject):
    """Opens and leaves the projector view of a window.

    F5 opens it, Space plays and pauses, Page Down goes on in the lesson that is open, or else trains one epoch, a
    period or B blanks the screen, Esc and F11 leave: the keys that clickers send. Page Up, which they send as well,
    goes back in the lesson or else an epoch back on the timeline: nothing is lost by one key.

    Parameters
    ----------
    window : QMainWindow
    docks : mapping of str to Dock
    layouts : Layouts
    projector : QAction
        Checkable; enters and leaves.
    controller : Controller

    Signals
    -------
    toggled : bool
        Whether the view is open, told before the window changes: time to show less, in the theme for projectors.
    grown : ()
        The open view has got another size.
    key_pressed : ()
        The speaker knows the keys.
    """

    toggled = Signal(bool)
    grown = Signal()
    key_pressed = Signal()

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, Dock],
        layouts: Layouts,
        projector: QAction,
        controller: Controller,
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._layouts = window, docks, layouts
        self._action, self._controller = projector, controller
        self.is_active = False
        self.curtain = Curtain(window)
        self._docks_before = QByteArray()
        self._state_before = Qt.WindowState.WindowNoState
        self._size_before = self._full = QSize()
        self._returning = False
        self._read = [dock for dock in docks.values() if dock.panel.tab_of == "loss"]
        self.walk: Callable[[int], bool] = lambda _steps: False
        """Takes what a clicker sends, 1 on and −1 back, where something is walked through; returns whether it did."""
        self.lesson: Callable[[int], bool] = lambda _steps: False
        """The same where a lesson is open, which Space leaves alone."""
        self.scrub: Callable[[int], bool] = lambda _steps: False
        """The same where the past is shown."""
        self.toggle: Callable[[], None] = controller.toggle
        self.back: Callable[[], None] = lambda: None
        """What Space and Page Up do where nothing is walked through."""
        self.close_first: Callable[[], bool] = lambda: False
        """Closes what Esc closes before this view, such as the card of a unit; returns whether there was anything."""
        self.elsewhere: Callable[[bool], bool] = lambda _wanted: False
        """Opens or closes a stage on another screen instead of this view; returns whether there is one."""
        # WORKAROUND: while a tab comes forward, Qt 6.11 gives its place the size that it had, so we divide after that.
        self._dividing = QTimer(self)
        self._dividing.setObjectName("dividing of the projector view")
        self._dividing.setSingleShot(True)
        self._dividing.timeout.connect(self._divide)
        # A style sheet is not to be changed while the window is being laid out.
        self._growing = QTimer(self)
        self._growing.setObjectName("type of the projector view")
        self._growing.setSingleShot(True)
        self._growing.timeout.connect(self._on_growing)
        self._shortcuts = [
            self._shortcut(key, slot)
            for key, slot in (
                (Qt.Key.Key_Space, self.play),
                (Qt.Key.Key_PageDown, self.go_on),
                (Qt.Key.Key_PageUp, self.go_back),
                (Qt.Key.Key_Period, self.blank),
                (Qt.Key.Key_B, self.blank),
                (Qt.Key.Key_Escape, self._on_escape),
            )
        ]
        self._start = QShortcut(QKeySequence(Qt.Key.Key_F5), window)
        self._start.activated.connect(self._on_start)
        projector.toggled.connect(self._on_toggled)
        for dock in self._read:
            dock.visibilityChanged.connect(self._on_read_seen)

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
        self._docks_before = self._layouts.arrangement()
        self._state_before, self._size_before = window.windowState(), window.size()
        self._layouts.hold()
        self._set_bare(True)
        self._layouts.apply(LAYOUTS["present"])
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
        window.setWindowState(self._state_before)
        self._layouts.put_back(self._docks_before)

    def _set_bare(self, bare: bool) -> None:
        self._window.menuBar().setHidden(bare)
        for dock in self._docks.values():
            dock.set_bare(bare)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(bare)
        self._action.setChecked(bare)
        self.toggled.emit(bare)

    @Slot()
    def _divide(self) -> None:
        """Divide the window; a table, a matrix or a sheet of arithmetic needs more of it than a curve."""
        if not self.is_active:
            return
        layout = LAYOUTS["present"]
        if any(dock.is_seen and not dock.isFloating() for dock in self._read):
            layout = replace(layout, boundary=BESIDE_TEXT)
        self._layouts.proportion(layout)

    @Slot()
    def _on_read_seen(self) -> None:
        if self.is_active:
            self._dividing.start()

    def window_resized(self) -> None:
        """Follow the window, which gets its new size only some time after it was asked for."""
        if self.is_active:
            self._full = self._window.size()
            self._growing.start()
            self._divide()
            if self.curtain.isVisible():
                self.curtain.drop()
            return
        if self._returning:
            self._returning = False
            if self._window.size() == self._size_before:
                self._layouts.put_back(self._docks_before)
        if self._window.size() != self._full:
            # Until now the window had been told, but not yet got, the size of before.
            self._layouts.release()

    @Slot()
    def _on_growing(self) -> None:
        if self.is_active:
            self.grown.emit()

    # -- keys ---------------------------------------------------------------------------------------------------

    @Slot()
    def _on_start(self) -> None:
        """Open the view, or the stage; a clicker's key for the beginning of a show does not end it."""
        if not self._action.isChecked():
            self._action.trigger()

    @Slot(bool)
    def _on_toggled(self, wanted: bool) -> None:
        if wanted and not self.elsewhere(True):
            self.enter()
        elif not wanted and (self.is_active or not self.elsewhere(False)):
            self.leave()

    def _lifted(self) -> bool:
        """Lift the curtain; return whether it was down."""
        down = self.curtain.isVisible()
        self.curtain.hide()
        self.key_pressed.emit()
        return down

    @Slot()
    def play(self) -> None:
        """Play or pause, or go on where something is walked through."""
        if not self._lifted() and not self.walk(1):
            self.toggle()

    @Slot()
    def go_on(self) -> None:
        """Go on in what is walked through, the past or the lesson; else train one epoch."""
        if not self._lifted() and not self.walk(1) and not self.scrub(1) and not self.lesson(1):
            self._controller.step_epoch()

    @Slot()
    def go_back(self) -> None:
        """Go back in what is walked through, the past or the lesson; else an epoch back: nothing is lost by it."""
        if not (self._lifted() or self.walk(-1) or self.scrub(-1) or self.lesson(-1)):
            self.back()

    @Slot()
    def blank(self) -> None:
        """Show the audience black, or the window again."""
        if not self._lifted():
            self.curtain.drop()

    @Slot()
    def _on_escape(self) -> None:
        focus = self._window.focusWidget()
        if self._lifted():
            return
        if focus is None or not rests(focus):
            if not self.close_first():
                self.leave()
            return
        # What is being typed is given up first, as at the desk.
        escape = self._shortcuts[-1]
        escape.setEnabled(False)
        QApplication.sendEvent(
            focus, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        )
        escape.setEnabled(self.is_active)
        if self._window.focusWidget() is focus:
            self._window.setFocus()
