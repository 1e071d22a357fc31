"""The commands about the past of a run: where to go in it, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from nnviz.ui.widgets.buttons import described_action


class PastActions(QObject):
    """Builds them; the window connects them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        tr = self.tr
        self.present = self._action(
            tr("Back to the present"), tr("Show the run as it is now, after having looked at its past")
        )
        self.best = self._action(
            tr("Go to the best epoch"),
            tr("Show the epoch with the lowest loss of the rows that are watched, marked ★"),
        )
        self.edit = self._action(
            tr("Go to the last edit"),
            tr("Show the network just before the latest edit that lies before what is shown, marked ▴"),
        )
        self.epoch = self._action(tr("Go to epoch…"), tr("Type an epoch of the past, and the whole window shows it"))
        self.star = self._action(
            tr("Star this epoch"), tr("Mark the epoch that is shown with a ☆ on the timeline, or no longer")
        )
        self.star.setCheckable(True)
        self.note = self._action(
            tr("Note at this epoch…"),
            tr("Write a line about the epoch that is shown: it is marked on the timeline, and saved with the run"),
        )
        self.replay = self._action(
            tr("Replay the past"),
            tr("Let the past run again from where you are, or from the start, at the speed of the run bar"),
        )
        self.continue_with = self._action(
            tr("Continue from here with…"),
            tr("Take another course from the epoch that is shown: with another rate, optimiser, activation or data"),
        )
        self.runs = described_action(
            tr("Runs"),
            tr("Show all runs that were taken from one another: what differs, how far they came, and what came of it"),
            self,
            checkable=True,
        )
        self.memory = self._action(
            tr("Memory for the past…"),
            tr("Choose how much memory all runs may take to remember their past, and see what each takes"),
        )

    def _action(self, text: str, tooltip: str) -> QAction:
        action = described_action(text, tooltip, self)
        action.setWhatsThis(tooltip)
        return action

    @property
    def lines(self) -> tuple[QAction | None, ...]:
        """All of them as lines of a menu; None is a rule."""
        moves = self.present, None, self.best, self.edit, self.epoch, None, self.replay
        return *moves, None, self.star, self.note, None, self.continue_with, self.runs
