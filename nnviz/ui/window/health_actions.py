"""*Health* in the window: the list of what is amiss, and its badges on the diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.health import HealthWatch
from nnviz.session.spread_watch import SpreadWatch
from nnviz.session.state import ExperimentState
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.later import Later

if TYPE_CHECKING:
    from nnviz.ui.explain.health_panel import HealthPanel


class HealthActions(QObject):
    """Makes the list of findings, and lets the diagram show them while that is open, in front or not.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    theme : Theme
    parent : QObject

    Attributes
    ----------
    model : HealthWatch
    spreads : SpreadWatch
    later : Later
        Makes the panel when that is first wanted.
    """

    def __init__(self, state: ExperimentState, controller: Controller, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.model = HealthWatch(state, controller, self)
        self.spreads = SpreadWatch(controller, self)
        self.later = Later(self._make, theme)

    def _make(self, theme: Theme, parent: QWidget | None) -> HealthPanel:
        from nnviz.ui.explain.health_panel import HealthPanel

        panel, diagram = HealthPanel(self.model, self.spreads, theme, parent), self._area.diagram
        diagram.unit_selected.connect(panel.spread_page.open_unit)
        if diagram.selected is not None and not isinstance(diagram.selected, EdgeId):
            panel.spread_page.open_unit(diagram.selected)
        return panel

    @property
    def panel(self) -> HealthPanel:
        """The list of findings."""
        return self.later.view

    def connect_to(self, dock: Dock, area: DiagramArea) -> None:
        """Follow the dock of the list, and put badges on the network."""
        self._dock, self._area = dock, area
        dock.toggleViewAction().toggled.connect(self.model.set_active)
        self.model.changed.connect(self._on_changed)
        area.diagram.badge_chosen.connect(self._on_badge_chosen)
        if not dock.isHidden():
            self.model.set_active(True)

    @Slot()
    def _on_changed(self) -> None:
        from nnviz.drawing.badges import badges_of

        frame = self._controller.frame
        n_layers = frame.layout.n_layers if frame is not None else 0
        self._area.diagram.set_badges(badges_of(self.model.findings, n_layers) if n_layers else ())

    @Slot(int)
    def _on_badge_chosen(self, number: int) -> None:
        self._dock.open()
        self.panel.reveal(number)
