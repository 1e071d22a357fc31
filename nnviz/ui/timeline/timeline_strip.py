"""The strip under the plots: the line through time, which epoch that is, and what else one can do there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from nnviz.core.inert import shown
from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.session.timeline import Timeline
from nnviz.ui.timeline.past_sign import PastSign
from nnviz.ui.timeline.track import Track, epochs_text
from nnviz.ui.widgets.buttons import flat_button, menu_button
from nnviz.ui.widgets.hideable import Hideable, hideable_button
from nnviz.ui.widgets.style import icon

#: In the type of a desk.
HEIGHT = 24
#: Of a note beside the epoch, in letters; its tooltip on the track has all of it.
NOTE_LENGTH = 32
#: Who computes for longer may be told to stop.
SLOW_MS = 300
#: As often the present is told while a run goes on: each time costs a frame of the network a third more.
PRESENT_MS = 250


class TimelineStrip(QFrame):
    """One line: replay, the track, the epoch, back to the present, and a menu.

    Parameters
    ----------
    timeline : Timeline
    actions : sequence of QAction or None
        Of the menu; None is a rule.
    present : QAction
        Leads back to the present.
    theme : Theme
    parent : QWidget or None
    """

    def __init__(
        self,
        timeline: Timeline,
        actions: Sequence[QAction | None],
        present: QAction,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._timeline, self._theme = timeline, theme
        words = self.tr("Let the past run again from here, at the speed of the run bar, until the present")
        self.replay_button = flat_button(self, "", words, name=self.tr("Replay"))
        self.track = Track(timeline, theme, self)
        self.text = PastSign(self)
        words = self.tr(
            "This epoch is computed again, which takes a moment; press to make do with the nearest one kept"
        )
        self.nearest_button = flat_button(self, self.tr("Stop"), words, name=self.tr("Make do with the nearest epoch"))
        self.nearest_button.hide()
        self.present_button = flat_button(self, self.tr("Present"), present.toolTip(), name=present.text())
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        self.menu_button = menu_button(self, self.tr("Go to an epoch, or take another course from one"), menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        for part in (self.replay_button, self.track, self.text, self.nearest_button, self.present_button):
            row.addWidget(part, int(part is self.track))
        row.addWidget(self.menu_button)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.setObjectName("slow epoch of the past")
        self._slow.timeout.connect(self._on_slow)
        self.replay_button.clicked.connect(timeline.toggle_replay)
        self.present_button.clicked.connect(present.trigger)
        self.nearest_button.clicked.connect(timeline.give_up)
        self.track.given_up.connect(timeline.give_up)
        self._rest = QTimer(self, singleShot=True, interval=PRESENT_MS)
        self._rest.setObjectName("rest of the timeline")
        self._rest.timeout.connect(self._on_rested)
        self._is_due = False
        timeline.changed.connect(self._on_changed)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Recolour, and be as high as a line of its type."""
        self._theme = theme
        height = round(HEIGHT * theme.font_size / 10.0)
        self.setFixedHeight(height)
        self.track.set_theme(theme)
        self.text.set_theme(theme)
        side = round(0.5 * height)
        for button in (self.replay_button, self.nearest_button, self.present_button, self.menu_button):
            button.setIconSize(QSize(side, side))
            button.setFixedHeight(height - 2)
        self._shown_icon = ""
        self.look()

    @Slot()
    def look(self) -> None:
        """Show where the timeline stands."""
        line = self._timeline
        name = "pause" if line.is_replaying else "play"
        if name != self._shown_icon:
            self._shown_icon = name
            self.replay_button.setIcon(icon(name, self._theme, "quiet"))
        self.replay_button.setEnabled(line.has_past)
        self.present_button.setEnabled(line.is_past)
        if line.is_computing and not self._slow.isActive() and self.nearest_button.isHidden():
            self._slow.start()
        elif not line.is_computing:
            self._slow.stop()
            self.nearest_button.hide()
        text = self._words()
        self.text.show_words(text, is_past=line.is_past)
        self.track.setAccessibleDescription(text)
        self.track.update()

    def _words(self) -> str:
        line = self._timeline
        if not line.is_past:
            return self.tr("epoch {0}").format(count_text(line.last))
        if line.is_exact and line.mark.note:
            words = epochs_text(line, self.tr("epoch {0} of {1}"))
            return self.tr("{0}: {1}").format(words, shown(line.mark.note, NOTE_LENGTH))
        if line.is_exact or line.shown_epoch is None:
            return epochs_text(line, self.tr("epoch {0} of {1}"))
        near = self.tr("epoch {0} of {1}, showing {2}")
        return near.format(count_text(line.position), count_text(line.last), count_text(line.shown_epoch))

    @Slot()
    def _on_changed(self) -> None:
        is_past = self._timeline.is_past or self._timeline.is_replaying
        if not is_past and self._rest.isActive():
            self._is_due = True
            return
        self.look()
        if not is_past:
            self._rest.start()

    @Slot()
    def _on_rested(self) -> None:
        if self._is_due:
            self._is_due = False
            self._on_changed()

    @Slot()
    def _on_slow(self) -> None:
        self.nearest_button.setVisible(self._timeline.is_computing)

    # -- a view -------------------------------------------------------------------------------------------------

    def show_prepared(self, prepared: Prepared) -> None:
        """Show nothing of the data."""

    def show_frame(self, frame: Frame) -> None:
        """Show nothing of a frame: the timeline is asked."""

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Timeline")
        yield hideable_button("timeline.replay", group, self.replay_button)
        yield hideable_button("timeline.present", group, self.present_button)
        yield hideable_button("timeline.more", group, self.menu_button)
        yield Hideable("timeline.text", group, self.tr("which epoch is shown"), (self.text,))
