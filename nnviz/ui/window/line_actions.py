"""The lines of the units in the window: their command, a click on one, and their colours at the units."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from nnviz.experiment.frame import UnitId
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.network.diagram_view import DiagramView


class LineActions(QObject):
    """Connects the map with the network.

    Parameters
    ----------
    action : QAction
        Checkable; shows the lines and hides them.
    map_ : BoundaryView
    diagram : DiagramView
    parent : QObject
    """

    def __init__(self, action: QAction, map_: BoundaryView, diagram: DiagramView, parent: QObject) -> None:
        super().__init__(parent)
        self._action, self._map, self._diagram = action, map_, diagram
        action.triggered.connect(self._on_triggered)
        map_.settings.changed.connect(self._on_view_changed)
        map_.hand.unit_clicked.connect(self._on_unit_clicked)
        map_.lines.layers_changed.connect(diagram.set_tagged_layers)
        self._on_view_changed()

    @Slot(bool)
    def _on_triggered(self, shown: bool) -> None:
        # What a teacher hides with the switches of the map has no key either.
        if not self._map.switches.more.isHidden():
            self._map.settings.edit({"unit_lines": shown})
        self._on_view_changed()

    @Slot()
    def _on_view_changed(self) -> None:
        self._action.setChecked(self._map.settings.spec.unit_lines)

    @Slot(object)
    def _on_unit_clicked(self, unit: UnitId) -> None:
        if unit != self._diagram.selected:
            self._diagram.select(unit)
