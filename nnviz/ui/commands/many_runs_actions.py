"""The commands that train many runs side by side."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from nnviz.ui.widgets.buttons import described_action


class ManyRunsActions(QObject):
    """Builds them; the window connects them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        tr = self.tr
        self.seeds = described_action(
            tr("Run many seeds…"),
            tr("Train the same network from many first weights side by side, and see how many solve it"),
            self,
        )
        self.settings = described_action(
            tr("Compare two settings…"),
            tr("Train every value of one setting with every value of another, each as a map of the wall"),
            self,
        )
        self.folds = described_action(
            tr("Cross-validate…"),
            tr("Test every row once: several runs, each of which holds back another part of the rows"),
            self,
        )
        self.wall = described_action(
            tr("Show the wall"),
            tr("Show the runs side by side in the place of the network, or the network again"),
            self,
            checkable=True,
        )
        self.race = described_action(
            tr("Race optimisers…"),
            tr("Let several optimisers train the same network from the same weights, and see their ways downhill"),
            self,
        )
        self.show_race = described_action(
            tr("Show the race"),
            tr("Show the trails of the race in the place of the network, or the network again"),
            self,
            checkable=True,
        )
        self.second = described_action(
            tr("Two networks side by side (A/B)…"),
            tr("Let a second network learn from the same rows and mini-batches in step, and see where the two differ"),
            self,
            checkable=True,
        )
        for action in self.lines:
            action.setWhatsThis(action.toolTip())

    @property
    def lines(self) -> tuple[QAction, ...]:
        """All of them as lines of a menu."""
        return self.seeds, self.settings, self.folds, self.wall, self.race, self.show_race, self.second
