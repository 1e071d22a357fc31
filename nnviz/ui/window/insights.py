"""What looks into the network, each closed until it is asked for: worked arithmetic, health, the ways of weights.

One more of them is one more entry here, and the window need not know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.commands.actions import Actions
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.window.contrast_actions import ContrastActions
from nnviz.ui.window.docks import Dock, Panel
from nnviz.ui.window.health_actions import HealthActions
from nnviz.ui.window.later import Later
from nnviz.ui.window.line_actions import LineActions
from nnviz.ui.window.projector import Projector
from nnviz.ui.window.unit_actions import UnitActions
from nnviz.ui.window.view import View
from nnviz.ui.window.weight_actions import WeightActions
from nnviz.ui.window.worked_actions import WorkedActions

if TYPE_CHECKING:
    from nnviz.ui.explain.warp_panel import WarpPanel


class Insights(QObject):
    """Makes them, and connects them with the rest of the window.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    marks : Marks
    actions : Actions
    theme : Theme
    parent : QObject

    Attributes
    ----------
    lines : LineActions
    contrast : ContrastActions
    worked : WorkedActions
    health : HealthActions
    weight : WeightActions
    unit : UnitActions
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        marks: Marks,
        actions: Actions,
        theme: Theme,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions, self._controller = actions, controller
        self.worked = WorkedActions(controller, theme, self)
        self.health = HealthActions(state, controller, theme, self)
        self.weight = WeightActions(controller, theme, self)
        self._marks = marks
        self._warp = Later(self._make_warp, theme)
        self.unit = UnitActions(controller, theme, self)

    def _make_warp(self, theme: Theme, parent: QWidget | None) -> WarpPanel:
        from nnviz.ui.explain.warp_panel import WarpPanel

        return WarpPanel(self._marks, theme, parent)

    @property
    def views(self) -> tuple[View, ...]:
        """What shows frames."""
        return self.worked.later, self.health.later, self.weight.later, self._warp, self.unit.later

    @property
    def warp(self) -> WarpPanel:
        """The warp."""
        return self._warp.view

    def panels(self) -> tuple[Panel, ...]:
        """Return what is in a dock, for the table of the window."""
        tr, right, actions = QCoreApplication.translate, Qt.DockWidgetArea.RightDockWidgetArea, self._actions
        return tuple(
            Panel(name, title, view, right, action=action, tab_of="loss", is_open=False)
            for name, title, view, action in (
                ("worked", tr("MainWindow", "Worked arithmetic"), self.worked.later, actions.worked),
                ("health", tr("MainWindow", "Health"), self.health.later, actions.health),
                ("weight", tr("MainWindow", "Weight"), self.weight.later, actions.weight),
                ("warp", tr("MainWindow", "Warp"), self._warp, actions.insights.warp),
                ("unit", tr("MainWindow", "Opened unit"), self.unit.later, actions.insights.unit_panel),
            )
        )

    def connect_to(
        self, docks: Mapping[str, Dock], marks: Marks, area: DiagramArea, projector: Projector, map_: BoundaryView
    ) -> None:
        """Follow docks, marked rows, the network, the example that is typed, a clicker, and the map."""
        self.lines = LineActions(self._actions.insights.unit_lines, map_, area.diagram, self)
        self.contrast = ContrastActions(self._controller, map_, area, self)
        self.worked.connect_to(docks["worked"], marks, area, self._actions.try_input, projector)
        self.health.connect_to(docks["health"], area)
        self.weight.connect_to(docks["weight"], marks, area)
        self.unit.connect_to(docks["unit"], marks, area, self.worked.model)

    def stop(self) -> None:
        """Stop every timer."""
        self.worked.model.stop()
        self.health.model.stop()
        self.health.spreads.stop()
        self.weight.model.stop()
        if self._warp.made is not None:
            self._warp.made.stop()
