"""The card of an opened unit in the window: in a panel of its own where that is open, about the marked row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment.prepare import Prepared
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.working import WorkedArithmetic
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.later import Later

if TYPE_CHECKING:
    from nnviz.ui.network.unit_panel import UnitPanel


class UnitActions(QObject):
    """Makes the panel, and connects it with the network, the marked rows and the digits of worked arithmetic.

    Parameters
    ----------
    controller : Controller
    theme : Theme
    parent : QObject

    Attributes
    ----------
    later : Later
        Makes the panel when that is first wanted.
    """

    def __init__(self, controller: Controller, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.later = Later(_panel, theme)

    @property
    def panel(self) -> UnitPanel:
        """Where the card is while it has a panel of its own."""
        return self.later.view

    def connect_to(self, dock: Dock, marks: Marks, area: DiagramArea, worked: WorkedArithmetic) -> None:
        """Follow the dock, what is opened, marked rows, and how many digits are written."""
        self._dock, self._marks, self._area, self._worked = dock, marks, area, worked
        area.cards.menu.addSeparator()
        area.cards.menu.addAction(dock.menu_action)
        dock.toggleViewAction().toggled.connect(self._on_opened)
        area.diagram.unit_selected.connect(self._on_selected)
        area.diagram.edge_selected.connect(self._on_selected)
        marks.changed.connect(self._on_marked)
        worked.worked_changed.connect(self._on_worked)
        self._controller.prepared_changed.connect(self._on_prepared)
        if not dock.isHidden():
            self._on_opened(opened=True)

    @Slot(bool)
    def _on_opened(self, opened: bool) -> None:
        self._area.set_panel(self.panel if opened else None)

    @Slot(object)
    def _on_selected(self, part: object) -> None:
        """Bring the panel forward from behind another one's tab: a click asks for it."""
        if part is not None and not self._dock.isHidden() and not self._dock.is_seen:
            self._dock.raise_()

    @Slot(object)
    def _on_prepared(self, _prepared: Prepared) -> None:
        self._on_marked()

    @Slot()
    def _on_marked(self) -> None:
        """Have the first marked row be the example, while none is typed."""
        prepared, row = self._controller.shown_prepared, self._marks.rows.first
        values = None
        if prepared is not None and row is not None and row[1] < prepared.part(row[0]).n_samples:
            values = tuple(prepared.features(*row).tolist())
        self._area.cards.set_example(values)

    @Slot()
    def _on_worked(self) -> None:
        if self._worked.digits is not None:
            self._area.cards.set_digits(self._worked.digits)


def _panel(_theme: Theme, place: QWidget | None) -> UnitPanel:
    from nnviz.ui.network.unit_panel import UnitPanel

    return UnitPanel(place)
