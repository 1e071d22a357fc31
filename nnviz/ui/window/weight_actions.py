"""*Why did this weight move?* in the window: the edges that are clicked, the rows that are pointed at, and the glow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import Theme
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import UnitId
from nnviz.session.controller import Controller
from nnviz.session.marking import MarkedRows, Marks
from nnviz.session.weight_watch import WeightId, WeightWatch
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.later import Later

if TYPE_CHECKING:
    from nnviz.ui.explain.weight_panel import WeightPanel


class WeightActions(QObject):
    """Makes the panel, and lets it follow what is clicked and marked.

    Parameters
    ----------
    controller : Controller
    theme : Theme
    parent : QObject

    Attributes
    ----------
    model : WeightWatch
    later : Later
        Makes the panel when that is first wanted.
    """

    def __init__(self, controller: Controller, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.model = WeightWatch(controller, self)
        self.later = Later(self._make, theme)
        self._rows_before: MarkedRows | None = None

    def _make(self, theme: Theme, parent: QWidget | None) -> WeightPanel:
        from nnviz.ui.explain.weight_panel import WeightPanel

        panel = WeightPanel(self.model, theme, parent)
        panel.row_pointed.connect(self._on_row_pointed)
        panel.glow_wanted.connect(self._on_marked)
        return panel

    @property
    def panel(self) -> WeightPanel:
        """The way of the weights."""
        return self.later.view

    def connect_to(self, dock: Dock, marks: Marks, area: DiagramArea) -> None:
        """Follow the dock of the panel, edges and units that are opened, and marked rows."""
        self._dock, self._marks, self._area = dock, marks, area
        dock.toggleViewAction().toggled.connect(self._on_opened)
        area.diagram.edge_selected.connect(self._on_edge_selected)
        area.diagram.unit_selected.connect(self._on_unit_selected)
        area.surgery.look.story_wanted.connect(self._on_story_wanted)
        marks.changed.connect(self._on_marked)
        self.model.changed.connect(self._on_changed)
        if not dock.isHidden():
            self._on_opened(opened=True)

    @Slot(bool)
    def _on_opened(self, opened: bool) -> None:
        self.model.set_active(opened)
        if opened:
            selected = self._area.diagram.selected
            if isinstance(selected, EdgeId):
                self._on_edge_selected(selected)
            else:
                self._on_unit_selected(selected)
        else:
            self._on_row_pointed(None)

    @Slot(object)
    def _on_edge_selected(self, edge: EdgeId | None) -> None:
        if edge is not None:
            self.model.follow(WeightId(edge.layer, edge.unit, edge.source))

    @Slot(object)
    def _on_unit_selected(self, unit: UnitId | None) -> None:
        if unit is not None and self.model.is_active:
            self.panel.show_unit(unit)

    @Slot(object, bool)
    def _on_story_wanted(self, part: UnitId | EdgeId, beside: bool) -> None:
        if beside:
            self.panel.keep_button.setChecked(True)
            self.panel.tabs["history"].click()
        self._dock.open()
        if isinstance(part, EdgeId):
            self._on_edge_selected(part)
        else:
            self._on_unit_selected(part)

    @Slot(object)
    def _on_row_pointed(self, row: int | None) -> None:
        """Mark the row of a piece while that is pointed at, then what was marked before."""
        if row is not None:
            if self._rows_before is None:
                self._rows_before = self._marks.rows
            self._marks.set_one(("train", row))
        elif self._rows_before is not None:
            before, self._rows_before = self._rows_before, None
            self._marks.set(**{name: before.part(name) for name in PARTS})

    @Slot()
    def _on_marked(self) -> None:
        marked, panel = self._marks.rows.train, self.later.made
        if panel is None or (not panel.glow_button.isChecked() and panel.glow_line.isHidden()):
            return
        row = int(marked[0]) if panel.glow_button.isChecked() and len(marked) else None
        panel.tell_glow(row, has_mark=len(self._marks.rows) > 0)
        self.model.set_row(row)

    @Slot()
    def _on_changed(self) -> None:
        story = self.model.story
        pushes = story.pushes if story is not None and self.model.row is not None else None
        self._area.diagram.set_pushes(pushes or ())
