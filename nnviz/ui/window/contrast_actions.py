"""*Before, after, difference* and *contribution of this unit* on the map: asked for by menus, off until then."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from nnviz.experiment.frame import UnitId
from nnviz.experiment.prepare import Prepared
from nnviz.session.controller import Controller
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.widgets.buttons import described_action


class ContrastActions(QObject):
    """Connects surgery and the opened unit with the map.

    Parameters
    ----------
    controller : Controller
    map_ : BoundaryView
    area : DiagramArea
    parent : QObject

    Attributes
    ----------
    surgery, unit : QAction
        In the menu of the map: contrast with the network before the last surgery, or without the opened unit.
    """

    def __init__(self, controller: Controller, map_: BoundaryView, area: DiagramArea, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._map, self._area = controller, map_, area
        self._model = model = map_.contrast.model
        self._prepared: Prepared | None = controller.prepared
        self.surgery = self._action(
            self.tr("Before and after the change"),
            self.tr("Contrast the answer with the one before the last change of a unit, a layer or an edge by hand"),
        )
        self.unit = self._action(
            self.tr("Contribution of the opened unit"),
            self.tr("Show the answer minus the answer without the hidden unit that is opened"),
        )
        self.surgery.triggered.connect(self._on_surgery)
        self.unit.triggered.connect(self._on_unit)
        area.surgery.surgeon.operating.connect(model.note)
        area.surgery.look.contribution_wanted.connect(model.show_unit)
        area.diagram.unit_selected.connect(self._on_unit_selected)
        controller.prepared_changed.connect(self._on_prepared)
        model.changed.connect(self._on_changed)
        self._on_changed()

    def _action(self, text: str, tooltip: str) -> QAction:
        switches = self._map.switches
        action = described_action(text, tooltip, switches, checkable=True)
        switches.menu.insertAction(switches.classes.menuAction(), action)
        return action

    @property
    def _opened(self) -> UnitId | None:
        """The hidden unit that is opened."""
        selected, frame = self._area.diagram.selected, self._controller.frame
        if not isinstance(selected, tuple) or frame is None or not 0 < selected[0] < frame.layout.n_layers:
            return None
        return selected

    @Slot(bool)
    def _on_surgery(self, wanted: bool) -> None:
        if wanted:
            self._model.show_surgery()
        else:
            self._model.close()

    @Slot(bool)
    def _on_unit(self, wanted: bool) -> None:
        unit = self._opened
        if wanted and unit is not None:
            self._model.show_unit(unit)
        else:
            self._model.close()

    @Slot(object)
    def _on_unit_selected(self, _unit: UnitId | None) -> None:
        opened, model = self._opened, self._model
        if model.is_on and model.unit is not None and opened is not None:
            # What is opened is what one wants to know of.
            model.show_unit(opened)
        self._on_changed()

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        old, self._prepared = self._prepared, prepared
        if old is not None and _names(old) != _names(prepared):
            self._model.forget()

    @Slot()
    def _on_changed(self) -> None:
        model = self._model
        self.surgery.setEnabled(model.reference is not None)
        self.surgery.setChecked(model.is_on and model.unit is None)
        of_unit = model.is_on and model.unit is not None
        self.unit.setEnabled(of_unit or self._opened is not None)
        self.unit.setChecked(of_unit)


def _names(prepared: Prepared) -> tuple[object, ...]:
    """Return by what it is seen whether a network from before can answer to the same questions."""
    return tuple(prepared.train.feature_names), tuple(prepared.dataset.target_names), prepared.class_names
