"""The commands of whoever stands before a class."""

from __future__ import annotations

from PySide6.QtCore import QObject

from nnviz.ui.widgets.buttons import described_action


class StageActions(QObject):
    """Builds them; the window connects them.

    Attributes
    ----------
    present : QAction
    console : QAction
        Checkable; opens and closes the console.
    predict : QAction
        Lowers the curtain over the map, lifts it, and puts it away.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        tr = self.tr
        self.present = described_action(
            tr("Present…"),
            tr("Show an audience one, two or four views on another screen, and lead them from a console here"),
            self,
        )
        self.console = described_action(
            tr("Console"),
            tr("Show what leads the stage: its picture, freeze, blank, spotlight, pen, clock, notes and the next step"),
            self,
            checkable=True,
        )
        self.predict = described_action(
            tr("Predict, then reveal"),
            tr(
                "Hide the map and let the class draw the boundary that it expects, or vote; then train, "
                "and lift the curtain"
            ),
            self,
        )
        for action in (self.present, self.console, self.predict):
            action.setWhatsThis(action.toolTip())
