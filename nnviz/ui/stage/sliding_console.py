"""The console where there is one screen: it slides in at the top edge of what the audience sees, and out again."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import (
    QEvent,
    QLocale,
    QPoint,
    QPropertyAnimation,
    QRect,
    Qt,
    QTime,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QCursor, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.ui.stage.veil import Tool, Veil
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.nested_layouts import add_layout

#: Height of the edge that lets it in, and how long it slides.
EDGE, SLIDE_MS = 3, 160
#: How often the clock is set, in milliseconds.
TICK_MS = 1000


class Does(Enum):
    """What its buttons do beyond itself."""

    BACK = "back"
    PLAY = "play"
    ON = "on"
    BLANK = "blank"
    DARK = "dark"
    END = "end"


class Edge(QWidget):
    """The topmost pixels of a window, which nothing else needs: the mouse there lets the console in."""

    def __init__(self, parent: QWidget, entered: Callable[[], None]) -> None:
        super().__init__(parent)
        self._entered = entered
        self.setFixedHeight(EDGE)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let it in."""
        super().enterEvent(event)
        self._entered()


class SlidingConsole(QFrame):
    """A strip over the top of the window, there only as long as it is used.

    Parameters
    ----------
    window : QWidget
    theme : Theme
    do : callable ``(Does)``
    now : callable
        Returns seconds that never run backwards.

    Attributes
    ----------
    veil : Veil
        What spotlight and pen act on: the whole window.
    buttons : dict of Does to QToolButton
    spotlight, pen, wipe : QToolButton
    is_in : bool
        Whether it is in, or on its way.
    is_kept : bool
        Whether it stays when the mouse leaves, for the keyboard has let it in.

    Signals
    -------
    tool_changed : ()
        The veil has come above everything else.
    """

    tool_changed = Signal()

    def __init__(
        self, window: QWidget, theme: Theme, do: Callable[[Does], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(window)
        tr = self.tr
        self.setProperty("role", "bar")
        self.setAutoFillBackground(True)
        self.setAccessibleName(tr("Console of the stage"))
        self._do, self._now = do, now
        self._began = now()
        self.is_in = self.is_kept = False
        self.veil = Veil(window, theme)
        words: tuple[tuple[Does, str, str], ...] = (
            (Does.BACK, tr("◀"), tr("Back: a step of the lesson, or an epoch of the past (PgUp)")),
            (Does.PLAY, tr("Play / pause"), tr("Train, or pause (Space)")),
            (Does.ON, tr("▶"), tr("On: the next step of the lesson, or one epoch (PgDn)")),
            (Does.BLANK, tr("Blank"), tr("Show black; any key or click comes back (.)")),
            (Does.DARK, tr("Dark"), tr("Suit a dark room; a bright one wants light (D)")),
            (Does.END, tr("End"), tr("Leave the projector view; everything is as it was (Esc)")),
        )
        self.buttons: dict[Does, QToolButton] = {}
        for does, text, tooltip in words:
            self.buttons[does] = self._button(text, tooltip)
            self.buttons[does].setProperty("does", does)
            self.buttons[does].clicked.connect(self._on_clicked)
        self.spotlight = self._button(
            tr("Spotlight"), tr("Darken all but a circle that follows the mouse"), checkable=True
        )
        self.pen = self._button(tr("Pen"), tr("Draw over everything with the mouse"), checkable=True)
        self.wipe = self._button(tr("Wipe"), tr("Wipe off what was drawn with the pen"))
        self.spotlight.clicked.connect(self._on_tool)
        self.pen.clicked.connect(self._on_tool)
        self.wipe.clicked.connect(self.veil.wipe)
        self.next_step = ElidedLabel(parent=self)
        self.next_step.setAccessibleName(tr("Next step of the lesson"))
        self.notes = ElidedLabel(parent=self)
        self.notes.setProperty("role", "quiet")
        self.notes.setAccessibleName(tr("Notes for the teacher"))
        self.clock = QLabel(self)
        self.clock.setProperty("role", "quiet")
        self.clock.setAccessibleName(tr("Time of day, and time since the beginning"))
        self._lay_out()
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(SLIDE_MS)
        self._slide.finished.connect(self._on_slid)
        self._ticking = QTimer(self)
        self._ticking.setObjectName("clock of the console")
        self._ticking.setInterval(TICK_MS)
        self._ticking.timeout.connect(self._on_tick)
        self._unused = 0
        self.hide()

    def _button(self, text: str, tooltip: str, *, checkable: bool = False) -> QToolButton:
        button = flat_button(self, text, tooltip, checkable=checkable)
        button.setProperty("role", "chip")
        return button

    def _lay_out(self) -> None:
        column, row, texts = QVBoxLayout(self), QHBoxLayout(), QVBoxLayout()
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(4)
        row.setSpacing(6)
        texts.setSpacing(2)
        *first, dark, end = self.buttons.values()
        for button in (*first, self.spotlight, self.pen, self.wipe, dark):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.clock)
        row.addWidget(end)
        texts.addWidget(self.next_step)
        texts.addWidget(self.notes)
        add_layout(column, row)
        add_layout(column, texts)

    # -- in and out ---------------------------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Slide in for the keyboard, wherever the mouse is, or out; the focus goes with it."""
        self.is_kept = not self.is_in
        self.slide(self.is_kept)
        if self.is_in:
            self.buttons[Does.ON].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.window().setFocus()

    def slide(self, wanted: bool) -> None:
        """Be in, or out."""
        if wanted == self.is_in:
            return
        self.is_in = wanted
        self.is_kept = self.is_kept and wanted
        self._unused = 0
        self._ticking.stop()
        if wanted:
            self._tell_time()
            self._ticking.start()
            # Buttons that have never been shown do not know yet how much room their style takes.
            self.show()
            self.fit()
            self.move(0, -self.height())
            self.raise_()
        self._slide.stop()
        self._slide.setStartValue(self.pos())
        self._slide.setEndValue(QPoint(0, 0 if wanted else -self.height()))
        self._slide.start()

    def put_away(self) -> None:
        """Be out at once, and lay the tools down; what was drawn is wiped off."""
        self._slide.stop()
        self._ticking.stop()
        self.is_in = self.is_kept = False
        self.hide()
        self.veil.set_tool(Tool.NONE)
        self.veil.wipe()
        self._show_tool()

    def fit(self) -> None:
        """Be as wide as the window, and have the veil cover it."""
        window = self.parentWidget()
        assert window is not None
        self.resize(window.width(), self.sizeHint().height())
        self.veil.setGeometry(QRect(QPoint(0, 0), window.size()))

    @Slot()
    def _on_slid(self) -> None:
        if not self.is_in:
            self.hide()

    def leaveEvent(self, event: QEvent) -> None:
        """Slide out when the mouse goes, unless the keyboard is here."""
        super().leaveEvent(event)
        self._slide_out_unless_used()

    def _slide_out_unless_used(self) -> None:
        focus = self.focusWidget()
        if not self.is_kept and (focus is None or not focus.hasFocus()):
            self.slide(False)

    def _is_pointed_at(self) -> bool:
        # Not by what has been told of the mouse: one that was moved while the window grew was not told of.
        return self.rect().contains(self.mapFromGlobal(QCursor.pos()))

    @Slot()
    def _on_tick(self) -> None:
        """Tell the time; a mouse that only happened to be at the edge never comes, and so never leaves."""
        self._tell_time()
        self._unused = 0 if self._is_pointed_at() else self._unused + 1
        if self._unused > 1:
            self._slide_out_unless_used()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape slides it out, and gives the keys back to the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.window().setFocus()
            self.slide(False)
        else:
            super().keyPressEvent(event)

    # -- what it shows and does ---------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.veil.set_theme(theme)

    def show_step(self, next_step: str, notes: str) -> None:
        """Say what comes next and what there is to know; empty texts take no room."""
        for label, text, words in (
            (self.next_step, next_step, self.tr("Next: {0}")),
            (self.notes, notes, self.tr("Notes: {0}")),
        ):
            label.setText(words.format(text) if text else "")
            label.setVisible(bool(text))

    def begin(self) -> None:
        """Count the time from now on."""
        self._began = self._now()

    def _tell_time(self) -> None:
        minutes, seconds = divmod(int(self._now() - self._began), 60)
        time_of_day = QLocale().toString(QTime.currentTime(), QLocale.FormatType.ShortFormat)
        self.clock.setText(self.tr("{0}, since {1}:{2}").format(time_of_day, minutes, f"{seconds:02d}"))

    @Slot()
    def _on_clicked(self) -> None:
        self._do(self.sender().property("does"))

    @Slot()
    def _on_tool(self) -> None:
        tool = Tool.SPOTLIGHT if self.sender() is self.spotlight else Tool.PEN
        self.veil.set_tool(Tool.NONE if self.veil.tool is tool else tool)
        self._show_tool()
        # The veil lies above the window, and the console above that.
        self.raise_()
        self.tool_changed.emit()

    def _show_tool(self) -> None:
        self.spotlight.setChecked(self.veil.tool is Tool.SPOTLIGHT)
        self.pen.setChecked(self.veil.tool is Tool.PEN)
