"""Entries of the menu of a unit or an edge, and those of them that only look: why it moved, what it contributes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu

from nnviz.drawing.diagram_edges import EdgeId
from nnviz.experiment.frame import UnitId
from nnviz.ui.widgets.buttons import described_action


class Call(QObject):
    """Calls a function from a signal; it goes with its parent."""

    def __init__(self, do: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._do = do

    @Slot()
    def run(self) -> None:
        """Call it."""
        self._do()


def add_entry(
    menu: QMenu,
    text: str,
    help_: str,
    do: Callable[[], None],
    *,
    checked: bool | None = None,
    can: bool = True,
) -> None:
    """Add an entry that calls a function; one that is `checked`, or is not, shows that."""
    action = described_action(text, help_, menu, checkable=checked is not None)
    action.setChecked(bool(checked))
    action.setEnabled(can)
    action.triggered.connect(Call(do, action).run)
    menu.addAction(action)


class LookMenu(QObject):
    """Adds what looks at a unit or an edge and changes nothing; whoever can show it listens.

    Signals
    -------
    story_wanted : object, bool
        Why an edge's weight, or a unit's weights, have moved is to be told; True: beside those that are told of.
    contribution_wanted : object
        What a hidden unit contributes to the answer is to be shown.
    """

    story_wanted = Signal(object, bool)
    contribution_wanted = Signal(object)

    def fill_edge(self, menu: QMenu, edge: EdgeId) -> None:
        """Add what looks at an edge."""
        menu.addSeparator()
        add_entry(menu, self.tr("Why did this weight move?"), self._story_help, lambda: self._tell(edge))
        add_entry(
            menu,
            self.tr("Follow it beside the others"),
            self.tr("Draw the way of this weight over the run in the same plot as those that are followed already"),
            lambda: self.story_wanted.emit(edge, True),
        )

    def fill_unit(self, menu: QMenu, unit: UnitId, *, is_hidden: bool) -> None:
        """Add what looks at a unit that has weights."""
        menu.addSeparator()
        if is_hidden:
            add_entry(
                menu,
                self.tr("Contribution on the map"),
                self.tr("Show on the map the answer minus the answer without this unit; the ✕ above it ends that"),
                lambda: self.contribution_wanted.emit(unit),
            )
        add_entry(menu, self.tr("Why did its weights move?"), self._story_help, lambda: self._tell(unit))

    @property
    def _story_help(self) -> str:
        return self.tr(
            "Its way over the run, and its last update split into what each data point, the optimiser's memory and "
            "the penalty did"
        )

    def _tell(self, part: UnitId | EdgeId) -> None:
        self.story_wanted.emit(part, False)
