"""The console on the speaker's screen: the stage in small, its switches, the clock, notes and the next step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QDateTime, QLocale, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.ui.stage.presentation import Presentation
from nnviz.ui.stage.thumbnail import Thumbnail
from nnviz.ui.stage.veil import Tool
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.view_header import ViewHeader

TICK_MS = 500
"""How often clock and small picture are renewed."""

KEYS_MS = 3000
"""How long the keys are shown."""


class Console(QFrame):
    """Has keys of its own while it has the keyboard: those of the stage.

    Parameters
    ----------
    presentation : Presentation
    theme : Theme
    now : callable
        Returns seconds that never run backwards.
    parent : QWidget or None
    """

    def __init__(
        self,
        presentation: Presentation,
        theme: Theme,
        now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Console of the stage"))
        self._presentation, self._now = presentation, now
        self._started: float | None = None
        self._counted = 0.0
        self._is_stale = True
        self.header = ViewHeader(self.tr("Console"), self)
        self.end = self.header.add_button(self.tr("End"), self.tr("Close the stage (F11)"))
        self.thumbnail = Thumbnail(presentation, theme)
        self.views = CalmComboBox(self)
        self.views.setAccessibleName(self.tr("Views on the stage"))
        self.views.setToolTip(self.tr("Which views the audience sees: one, two, or all four"))
        self._build_switches()
        self._build_clock()
        self._build_texts()
        self._lay_out()
        self._ticking = QTimer(self)
        self._ticking.setObjectName("clock of the console")
        self._ticking.setInterval(TICK_MS)
        self._ticking.timeout.connect(self.tick)
        self._resting = QTimer(self)
        self._resting.setObjectName("keys of the console")
        self._resting.setSingleShot(True)
        self._resting.setInterval(KEYS_MS)
        self._resting.timeout.connect(self.keys.hide)
        self.end.clicked.connect(presentation.leave)
        self.views.activated.connect(self._on_views)
        presentation.changed.connect(self.show_state)
        presentation.toggled.connect(self._on_toggled)
        if presentation.stage is not None:
            self._on_toggled(True)

    def _build_switches(self) -> None:
        tr, led = self.tr, self._presentation
        self.freeze = self._switch(
            tr("Freeze"), tr("Hold the stage as it is while you prepare something; again to let it follow (F)")
        )
        self.blank = self._switch(tr("Blank"), tr("Show the audience black; again for the stage (B, or a period)"))
        self.spotlight = self._switch(
            tr("Spotlight"), tr("Darken all but a circle that follows the mouse over the stage or its picture (S)")
        )
        self.pen = self._switch(tr("Pen"), tr("Draw over the stage with the mouse, there or on its picture (P)"))
        self.wipe = self._button(tr("Wipe"), tr("Wipe off what was drawn with the pen (C)"))
        self.dark = self._switch(tr("Dark"), tr("Suit a dark room; a bright one wants light (D)"))
        self.freeze.clicked.connect(led.toggle_frozen)
        self.blank.clicked.connect(led.toggle_black)
        self.spotlight.clicked.connect(self._on_spotlight)
        self.pen.clicked.connect(self._on_pen)
        self.wipe.clicked.connect(led.wipe)
        self.dark.clicked.connect(led.toggle_dark)

    def _switch(self, text: str, tooltip: str) -> QToolButton:
        return self._button(text, tooltip, checkable=True)

    def _button(self, text: str, tooltip: str, *, checkable: bool = False) -> QToolButton:
        button = flat_button(self, text, tooltip, name=text, checkable=checkable)
        button.setProperty("role", "chip")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _build_clock(self) -> None:
        tr = self.tr
        self.clock, self.timer = self._label("quiet"), self._label("heading")
        self.clock.setAccessibleName(tr("Time of day"))
        self.timer.setAccessibleName(tr("Timer"))
        self.run_timer = flat_button(self, "", tr("Start or stop the timer"), name=tr("Start or stop the timer"))
        self.reset_timer = flat_button(
            self, tr("0:00"), tr("Set the timer back to zero"), name=tr("Set the timer to zero")
        )
        self.run_timer.clicked.connect(self.toggle_timer)
        self.reset_timer.clicked.connect(self.zero_timer)

    def _build_texts(self) -> None:
        tr = self.tr
        self.next_heading, self.notes_heading = self._label("quiet"), self._label("quiet")
        self.next_heading.setText(tr("Next"))
        self.notes_heading.setText(tr("Notes"))
        self.next_step, self.notes, self.keys = self._label(""), self._label(""), self._label("quiet")
        self.next_step.setAccessibleName(tr("Next step of the lesson"))
        self.notes.setAccessibleName(tr("Notes for the teacher"))
        self.keys.setText(
            tr(
                "PgDn on, PgUp back, Space plays, a period blanks. On the stage and here: B blank, F freeze, "
                "S spotlight, P pen, C wipe, D dark, 1–4 one view, 0 all, F11 ends."
            )
        )

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(role != "heading")
        return label

    def _lay_out(self) -> None:
        column, switches, clock = QVBoxLayout(self), QGridLayout(), QHBoxLayout()
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        switches.setSpacing(4)
        for index, button in enumerate((self.freeze, self.blank, self.dark, self.spotlight, self.pen, self.wipe)):
            switches.addWidget(button, index // 3, index % 3)
        clock.addWidget(self.clock)
        clock.addStretch(1)
        for widget in (self.timer, self.run_timer, self.reset_timer):
            clock.addWidget(widget)
        words = QWidget(self)
        texts = QVBoxLayout(words)
        texts.setContentsMargins(0, 0, 0, 0)
        for label in (self.keys, self.next_heading, self.next_step, self.notes_heading, self.notes):
            texts.addWidget(label)
        texts.addStretch(1)
        scrolled = QScrollArea(self)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(words)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The panel is to be seen through both.
        for part in (scrolled.viewport(), words):
            part.setAutoFillBackground(False)
        column.addWidget(self.header)
        column.addWidget(self.thumbnail)
        column.addWidget(self.views)
        add_layout(column, switches)
        add_layout(column, clock)
        column.addWidget(scrolled, 1)

    # -- what is shown ------------------------------------------------------------------------------------------

    def offer_views(self, choices: dict[tuple[str, ...], str]) -> None:
        """Offer sets of views by what they are called."""
        self.views.clear()
        for names, label in choices.items():
            self.views.addItem(label, names)
        self.show_state()

    def show_step(self, next_step: str, notes: str) -> None:
        """Say what comes next and what there is to know; empty texts take no room."""
        for heading, label, text in (
            (self.next_heading, self.next_step, next_step),
            (self.notes_heading, self.notes, notes),
        ):
            label.setText(text)
            label.setVisible(bool(text))
            heading.setVisible(bool(text))

    @Slot()
    def show_state(self) -> None:
        """Show which switches are on."""
        led = self._presentation
        for button, is_on in (
            (self.freeze, led.is_frozen),
            (self.blank, led.is_black),
            (self.spotlight, led.tool is Tool.SPOTLIGHT),
            (self.pen, led.tool is Tool.PEN),
            (self.dark, led.is_dark),
        ):
            button.setChecked(is_on)
        for widget in (self.freeze, self.blank, self.spotlight, self.pen, self.wipe, self.end):
            widget.setEnabled(led.stage is not None)
        index = next((k for k in range(self.views.count()) if tuple(self.views.itemData(k)) == led.views), -1)
        self.views.setCurrentIndex(index)
        self.thumbnail.renew()

    @Slot()
    def tick(self) -> None:
        """Renew clock, timer and picture."""
        time_format = QLocale.FormatType.ShortFormat
        self.clock.setText(QLocale().toString(QDateTime.currentDateTime().time(), time_format))
        minutes, seconds = divmod(int(self.elapsed), 60)
        self.timer.setText(f"{minutes}:{seconds:02d}")
        self.run_timer.setText(self.tr("Stop") if self._started is not None else self.tr("Start"))
        if self._is_stale:
            self._is_stale = False
            self.thumbnail.renew()

    # -- the timer ----------------------------------------------------------------------------------------------

    @property
    def elapsed(self) -> float:
        """Seconds that the timer has counted."""
        return self._counted + (self._now() - self._started if self._started is not None else 0.0)

    @Slot()
    def toggle_timer(self) -> None:
        """Start the timer, or stop it."""
        self._counted, self._started = self.elapsed, None if self._started is not None else self._now()
        self.tick()

    @Slot()
    def zero_timer(self) -> None:
        """Set the timer back; one that runs goes on."""
        self._counted, self._started = 0.0, None if self._started is None else self._now()
        self.tick()

    # -- what happens -------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_toggled(self, there: bool) -> None:
        self.show_state()
        self.keys.setVisible(there)
        if there:
            self._resting.start()
            if self._started is None:
                self.zero_timer()
                self.toggle_timer()
        else:
            self._resting.stop()

    @Slot(int)
    def _on_views(self, index: int) -> None:
        self._presentation.choose(self.views.itemData(index))

    @Slot()
    def _on_spotlight(self) -> None:
        self._presentation.toggle_tool(Tool.SPOTLIGHT)

    @Slot()
    def _on_pen(self) -> None:
        self._presentation.toggle_tool(Tool.PEN)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do on the stage what the key means there."""
        if self._presentation.handle_key(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clock run."""
        super().showEvent(event)
        self._ticking.start()
        self._is_stale = True
        self.tick()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave no timer behind."""
        super().hideEvent(event)
        self._ticking.stop()
        self._resting.stop()

    # -- as every view ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.thumbnail.set_theme(theme)

    def show_prepared(self, _prepared: Prepared) -> None:
        """Take another picture of the stage at the next tick."""
        self._is_stale = True

    def show_frame(self, _frame: Frame) -> None:
        """Take another picture of the stage at the next tick."""
        self._is_stale = True

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield nothing: whoever presents wants all of it."""
        yield from ()
