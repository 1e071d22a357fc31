"""The line below a race: play or pause it, and look at any epoch of it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.calm import CalmSlider
from nnviz.ui.widgets.style import icon

#: A replay takes so long, at so many pictures a second.
REPLAY_S, REPLAY_HZ = 5.0, 30


class ScrubBar(QWidget):
    """Play or pause, a slider over the epochs that there are, and the one that is shown.

    At its right end it follows the race.

    Attributes
    ----------
    play_button, replay_button : QToolButton
    slider : CalmSlider
    epoch : int
        The one on show.

    Signals
    -------
    toggled : ()
        The race is to go on, or to rest.
    moved : ()
        Another epoch is on show.
    """

    toggled = Signal()
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._is_following = True
        self.play_button = flat_button(self, "", tr("Let all runs go on, or rest where they are"))
        self.replay_button = flat_button(
            self, tr("replay"), tr("Show the whole race again from its start, in a few seconds"), checkable=True
        )
        self.slider = CalmSlider(self)
        self.slider.setToolTip(tr("Which epoch of the race is shown; at its right end it follows the race"))
        self.slider.setAccessibleName(tr("Epoch of the race that is shown"))
        self.label = QLabel(self)
        self.label.setProperty("role", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget, stretch in ((self.play_button, 0), (self.slider, 1), (self.label, 0), (self.replay_button, 0)):
            row.addWidget(widget, stretch)
        self._timer = QTimer(self)
        self._timer.setObjectName("replay of a race")
        self._timer.setInterval(1000 // REPLAY_HZ)
        self._timer.timeout.connect(self._on_replay)
        self.play_button.clicked.connect(self.toggled)
        self.replay_button.toggled.connect(self._on_replay_toggled)
        self.slider.valueChanged.connect(self._on_moved)

    @property
    def epoch(self) -> int:
        """The epoch on show."""
        return self.slider.value()

    def show_reached(self, epoch: int) -> None:
        """Take over how far the race has come."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, epoch)
            self.slider.setPageStep(max(epoch // 20, 1))
            if self._is_following:
                self.slider.setValue(epoch)
        self._say()

    def follow(self) -> None:
        """Show the latest epoch from now on."""
        self._is_following = True
        self.replay_button.setChecked(False)
        self.slider.setValue(self.slider.maximum())

    def show_state(self, *, is_training: bool, can_go_on: bool, theme: Theme) -> None:
        """Offer what can be done."""
        self.play_button.setIcon(icon("pause" if is_training else "play", theme))
        self.play_button.setEnabled(is_training or can_go_on)

    def stop_replay(self) -> None:
        """Let the slider rest."""
        self.replay_button.setChecked(False)

    def set_bare(self, bare: bool) -> None:
        """Hide the buttons, for an audience."""
        self.play_button.setHidden(bare)
        self.replay_button.setHidden(bare)

    def _say(self) -> None:
        self.label.setText(
            self.tr("epoch {0} of {1}").format(count_text(self.epoch), count_text(self.slider.maximum()))
        )

    @Slot()
    def _on_moved(self) -> None:
        self._is_following = self.slider.value() == self.slider.maximum()
        self._say()
        self.moved.emit()

    @Slot(bool)
    def _on_replay_toggled(self, replays: bool) -> None:
        if replays:
            self._is_following = False
            self.slider.setValue(0)
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _on_replay(self) -> None:
        step = max(math.ceil(self.slider.maximum() / (REPLAY_S * REPLAY_HZ)), 1)
        self.slider.setValue(self.slider.value() + step)
        if self.slider.value() >= self.slider.maximum():
            self.replay_button.setChecked(False)
