"""Leads a stage: opens it on the projector's screen, hands it what it shows, moves it when that screen goes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QScreen
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.side_painter import seconds_beside
from nnviz.ui.stage.veil import Tool
from nnviz.ui.widgets.hideable import Hideable

if TYPE_CHECKING:
    from nnviz.lessons.prediction import Option
    from nnviz.ui.stage.stage_window import StageWindow
    from nnviz.ui.stage.tiles import Tile

    Votes = tuple[tuple[Option, ...], tuple[int, ...], int | None]

#: What a stage shows at first.
FIRST_VIEWS = ("network", "boundary")
#: How soon after a frame of a run that is going on the next one is shown.
LEAST_GAP_S = 1 / 12
#: What the stage may take of all the processor time of painting: a third of what the main window takes. With what is
#: not painting, and is not counted, that stays below 0.6 of it.
SHARE = 0.33 / 1.33
#: Size of a stage in a window of its own, to be shared in a call.
WINDOWED = (1280, 720)


def painting_s() -> float:
    """Return the processor time of this thread, which paints, and of what is painted beside it, in seconds."""
    return time.thread_time() + seconds_beside()


class Presentation(QObject):
    """There is a stage or there is none; whatever is asked of a stage that is not there does nothing.

    Parameters
    ----------
    window : QWidget
        The main window: the stage is on another screen than that.
    make_tiles : callable
        Returns new views by their names.
    now : callable
        Returns seconds that never run backwards.
    spent : callable
        Returns the processor time of all painting so far, in seconds.

    Attributes
    ----------
    stage : StageWindow or None
    views : tuple of str
        What the stage shows, or will show.
    is_dark : bool

    Signals
    -------
    toggled : bool
        There is a stage now, or none any more.
    changed : ()
        What the stage shows, or how.
    walked : int
        A clicker's key came to the stage: 1 on, −1 back, 0 play or pause.
    unheard : object
        A `QKeyEvent` came to the stage that means nothing there: it is the main window's.
    lost : bool
        A screen has gone and the stage with it; whether another one has taken it.
    """

    toggled = Signal(bool)
    changed = Signal()
    walked = Signal(int)
    unheard = Signal(object)
    lost = Signal(bool)

    def __init__(
        self,
        window: QWidget,
        make_tiles: Callable[[], Mapping[str, Tile]],
        now: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = painting_s,
    ) -> None:
        super().__init__(window)
        self._now, self._shown_at = now, -math.inf
        # When the stage was last shown something: what all painting had taken until then, and what the stage had.
        self._spent, self._spent_before, self._stage_before = spent, 0.0, 0.0
        self._window, self._make_tiles = window, make_tiles
        self.stage: StageWindow | None = None
        self.views: tuple[str, ...] = FIRST_VIEWS
        self.is_dark = False
        self.is_frozen = False
        # WORKAROUND: PySide 6.11 takes the object of a screen for dead once a widget that was asked for it is.
        self._screen = ""
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._text = self._led = ""
        self._votes: Votes = ((), (), None)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._on_screen_removed)
        self._keys: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Period: self.toggle_black,
            Qt.Key.Key_B: self.toggle_black,
            Qt.Key.Key_F: self.toggle_frozen,
            Qt.Key.Key_S: lambda: self.toggle_tool(Tool.SPOTLIGHT),
            Qt.Key.Key_P: lambda: self.toggle_tool(Tool.PEN),
            Qt.Key.Key_C: self.wipe,
            Qt.Key.Key_D: self.toggle_dark,
            Qt.Key.Key_Escape: self.leave,
            Qt.Key.Key_F11: self.leave,
            Qt.Key.Key_Space: lambda: self.walked.emit(0),
            Qt.Key.Key_PageDown: lambda: self.walked.emit(1),
            Qt.Key.Key_PageUp: lambda: self.walked.emit(-1),
        }

    # -- screens ------------------------------------------------------------------------------------------------

    def other_screen(self, without: QScreen | None = None) -> QScreen | None:
        """Return the first screen that the main window is not on; None where there is only that one."""
        own = self._window.screen()
        return next((screen for screen in QGuiApplication.screens() if screen not in (own, without)), None)

    def present(self, screen: QScreen | None) -> None:
        """Open the stage over the whole of a screen, or in a window of its own; an open one moves there."""
        is_new = self.stage is None
        if self.stage is None:
            from nnviz.ui.stage.stage_window import StageWindow

            self.stage = StageWindow(self._make_tiles(), dark=self.is_dark)
            self.stage.key_pressed.connect(self._on_stage_key)
            self.stage.left.connect(self.leave)
            self.stage.changed.connect(self.changed)
            self.is_frozen = False
            self._shown_at, self._stage_before = -math.inf, 0.0
        self._move(screen)
        self.stage.choose(self.views)
        if is_new:
            self._tell_all()
            self.toggled.emit(True)

    def _move(self, screen: QScreen | None) -> None:
        stage = self.stage
        assert stage is not None
        self._screen = screen.name() if screen is not None else ""
        stage.setWindowFlag(Qt.WindowType.FramelessWindowHint, screen is not None)
        if screen is None:
            stage.setGeometry(QRect(self._window.geometry().topLeft(), self._window.size()).adjusted(40, 40, 0, 0))
            stage.resize(*WINDOWED)
            stage.show()
        else:
            # The keys stay with the main window, which the speaker sees.
            stage.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            stage.setScreen(screen)
            stage.setGeometry(screen.geometry())
            screen.geometryChanged.connect(self._on_screen_resized, Qt.ConnectionType.UniqueConnection)
            stage.showFullScreen()
            self._window.activateWindow()

    @Slot()
    def leave(self) -> None:
        """Close the stage."""
        stage, self.stage = self.stage, None
        if stage is not None:
            stage.end()
            self._screen = ""
            self.toggled.emit(False)

    @Slot(QScreen)
    def _on_screen_removed(self, screen: QScreen) -> None:
        """Go where the audience looks and the main window is not; there, or nowhere."""
        if self.stage is None or not self._screen:
            return
        left = [each for each in QGuiApplication.screens() if each is not screen]
        own = self._window.screen()
        if own is screen and left:
            # Where Qt takes the windows of a screen that goes.
            own = left[0]
        if self._screen not in (screen.name(), own.name()):
            return
        other = next((each for each in left if each is not own), None)
        if other is None:
            self.leave()
        else:
            self._move(other)
        self.lost.emit(other is not None)

    @Slot()
    def _on_screen_resized(self) -> None:
        """Fill a screen whose size or place has changed: a projector takes its time to say what it can."""
        screen = next((each for each in QGuiApplication.screens() if each.name() == self._screen), None)
        if self.stage is not None and self._screen and screen is not None:
            self.stage.setGeometry(screen.geometry())

    # -- what it shows ------------------------------------------------------------------------------------------

    def choose(self, views: Sequence[str]) -> None:
        """Show these views, whatever a lesson speaks of."""
        self.views, self._led = tuple(views), ""
        if self.stage is not None:
            self.stage.choose(self.views)

    def lead(self, view: str) -> None:
        """Show a view that a lesson speaks of, for as long as it does; empty: what was chosen."""
        self._led = view
        if self.stage is not None and not self.is_frozen:
            self.stage.lead(view)

    def zoom(self, number: int) -> None:
        """Show one view alone by its number, counted from 1; 0: all."""
        if self.stage is not None:
            self.stage.zoom(number)

    @Slot()
    def toggle_dark(self) -> None:
        """Suit a dark room, or a bright one again."""
        self.is_dark = not self.is_dark
        if self.stage is not None:
            self.stage.set_dark(self.is_dark)

    @Slot()
    def toggle_frozen(self) -> None:
        """Hold the stage as it is, or let it follow again."""
        self.is_frozen = not self.is_frozen and self.stage is not None
        if not self.is_frozen:
            self._tell_all()
        self.changed.emit()

    @property
    def is_black(self) -> bool:
        """Whether the audience sees nothing."""
        return self.stage is not None and self.stage.veil.is_black

    @Slot()
    def toggle_black(self) -> None:
        """Show the audience nothing, or the stage again."""
        if self.stage is not None:
            self.stage.veil.set_black(not self.is_black)
            self.changed.emit()

    @property
    def tool(self) -> Tool:
        """What the mouse does over the stage."""
        return self.stage.veil.tool if self.stage is not None else Tool.NONE

    def toggle_tool(self, tool: Tool) -> None:
        """Take a tool in hand, or lay it down."""
        if self.stage is not None:
            self.stage.veil.set_tool(Tool.NONE if self.tool is tool else tool)
            self.changed.emit()

    @Slot()
    def wipe(self) -> None:
        """Wipe off what was drawn with the pen."""
        if self.stage is not None:
            self.stage.veil.wipe()
            self.changed.emit()

    @Slot(object)
    def handle_key(self, event: QKeyEvent) -> bool:
        """Do what a key means on the stage and on the console; return whether it means anything."""
        key = Qt.Key(event.key())
        if self.stage is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_4:
            self.zoom(key - Qt.Key.Key_0)
            return True
        if key in self._keys:
            self._keys[key]()
            return True
        return False

    @Slot(object)
    def _on_stage_key(self, event: QKeyEvent) -> None:
        if not self.handle_key(event):
            self.unheard.emit(event)

    # -- as every view ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Be at first as light or dark as the main window; a stage that is open decides by itself."""
        if self.stage is None:
            self.is_dark = theme.dark

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""
        self._prepared, self._frame = prepared, None
        if self.stage is not None and not self.is_frozen:
            self.stage.show_prepared(prepared)

    def show_frame(self, frame: Frame) -> None:
        """Show the moment of the run that all views show."""
        self._frame = frame
        if self.stage is None or self.is_frozen:
            return
        # A wall far away needs no more pictures than the eye follows there; the last of a run always comes.
        if not frame.is_moving or (self._now() - self._shown_at >= LEAST_GAP_S and self._has_budget(self.stage)):
            self._shown_at = self._now()
            self._spent_before, self._stage_before = self._spent(), self.stage.spent_s
            self.stage.show_frame(frame)

    def _has_budget(self, stage: StageWindow) -> bool:
        """Whether its last pictures took no more than the stage's share of what has been painted since."""
        return stage.spent_s - self._stage_before <= SHARE * (self._spent() - self._spent_before)

    def renew(self) -> None:
        """Show the same moment again, for something about how it is shown has changed."""
        if self._frame is not None:
            self.show_frame(self._frame)

    def show_text(self, text: str) -> None:
        """Say what the present step of a lesson says; nothing where none is open."""
        self._text = text
        if self.stage is not None and not self.is_frozen:
            self.stage.show_text(text)

    def show_votes(self, options: tuple[Option, ...], votes: tuple[int, ...], came: int | None) -> None:
        """Show how a class has voted, and what has come true; nothing where nobody votes."""
        self._votes = (options, votes, came)
        if self.stage is not None and not self.is_frozen:
            self.stage.show_votes(*self._votes)

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield nothing: a stage has no controls."""
        yield from ()

    def _tell_all(self) -> None:
        if self.stage is None:
            return
        if self._prepared is not None:
            self.stage.show_prepared(self._prepared)
        if self._frame is not None:
            self.stage.show_frame(self._frame)
        self.stage.show_text(self._text)
        self.stage.show_votes(*self._votes)
        self.stage.lead(self._led)
