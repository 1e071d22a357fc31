"""The commands that look into the network: the lines of its units on the map, and the warp of space."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from nnviz.ui.widgets.buttons import described_action


class InsightActions(QObject):
    """Builds them; the window connects them.

    Attributes
    ----------
    unit_lines, warp, unit_panel : QAction
        Checkable.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.unit_lines: QAction = described_action(
            self.tr("Lines of the units"),
            self.tr(
                "Draw on the map where each unit of the first layer is zero, with an arrow to its active side; drag"
            ),
            self,
            checkable=True,
        )
        self.warp: QAction = described_action(
            self.tr("Warp"),
            self.tr(
                "Follow the data through every layer's linear map, shift and activation, and see how space is bent"
            ),
            self,
            checkable=True,
        )

        self.unit_panel: QAction = described_action(
            self.tr("Opened unit"),
            self.tr("Have what a click on a unit or an edge opens in a panel of its own instead of below the network"),
            self,
            checkable=True,
        )

    @property
    def keys(self) -> tuple[tuple[QAction, str], ...]:
        """Those that a single key triggers."""
        return (self.unit_lines, "Z"), (self.warp, "V")
