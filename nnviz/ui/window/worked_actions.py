"""*Worked arithmetic* in the window: which example it is about, its numbers on the diagram, and the keys that walk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QWidget

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import Theme
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.worked import WorkedSubject
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.working import WorkedArithmetic
from nnviz.session.worksheets import WorksheetExamples
from nnviz.ui.commands.actions import rests
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.later import Later
from nnviz.ui.window.projector import Projector

if TYPE_CHECKING:
    from nnviz.core.explain.page import Wire
    from nnviz.ui.explain.worked_panel import WorkedPanel


class WorkedActions(QObject):
    """Makes the sheet, and lets it follow what is clicked, marked and typed.

    Parameters
    ----------
    controller : Controller
    theme : Theme
    parent : QObject

    Attributes
    ----------
    model : WorkedArithmetic
    later : Later
        Makes the panel when that is first wanted.
    yields : callable
        Whether somebody else, a lesson, has a use for the keys that walk: for all of them until the sheet is asked
        for, and for those that would walk past its first or its last step.
    """

    def __init__(self, controller: Controller, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.model = WorkedArithmetic(controller, self)
        self.later = Later(self._make, theme)
        self._target: int | None = None
        self._examples = WorksheetExamples(controller, self)
        self.yields: Callable[[], bool] = lambda: False
        self._is_asked_for = False
        self._walking = {1: QAction(self), -1: QAction(self)}
        self._walking[1].triggered.connect(self.model.step_on)
        self._walking[-1].triggered.connect(self.model.step_back)

    def _make(self, theme: Theme, parent: QWidget | None) -> WorkedPanel:
        from nnviz.ui.explain.worked_panel import WorkedPanel

        panel = WorkedPanel(self.model, theme, parent)
        panel.wire_hovered.connect(self._on_wire_hovered)
        panel.layer_hovered.connect(self._area.diagram.light_layer)
        panel.target_chosen.connect(self._on_target)
        panel.batch_wanted.connect(self._on_batch_wanted)
        panel.worksheet_wanted.connect(self._on_worksheet_wanted)
        return panel

    @property
    def panel(self) -> WorkedPanel:
        """The sheet."""
        return self.later.view

    def ask_for(self, asked: bool) -> None:
        """Let the sheet have the keys that walk, or leave them to the lesson that begins, until it is asked for."""
        self._is_asked_for = asked

    def connect_to(self, dock: Dock, marks: Marks, area: DiagramArea, try_input: QAction, projector: Projector) -> None:
        """Follow the dock of the sheet, marked rows, the network, the example that is typed, and a clicker."""
        self._marks, self._area, self._try_input = marks, area, try_input
        projector.walk = self.walk
        dock.visibilityChanged.connect(self._on_seen)
        # Not whenever it comes to be seen: an arrangement that is put back brings it along, too.
        dock.menu_action.triggered.connect(self._on_asked)
        self._dock = dock
        marks.changed.connect(self._on_marked)
        area.probe.values_edited.connect(self._on_typed)
        try_input.toggled.connect(self._on_typed)
        area.diagram.hovered.connect(self._on_hovered)
        self.model.worked_changed.connect(self._on_stepped)
        self.model.position_changed.connect(self._on_stepped)
        self._controller.prepared_changed.connect(self._on_prepared)
        # Once the card of the tried example has taken over its features.
        self._controller.prepared_changed.connect(self._on_prepared_shown, Qt.ConnectionType.QueuedConnection)

    def action_for(self, event: QKeyEvent, focus: QWidget | None) -> QAction | None:
        """Return what a key walks by where the sheet is open, else None."""
        if not self.model.is_active:
            return None
        from nnviz.ui.explain.sheet_view import WALKING_KEYS

        steps = WALKING_KEYS.get(Qt.Key(event.key()))
        if steps is None or event.modifiers() or rests(focus) or not self._can_walk(steps):
            return None
        return self._walking[steps]

    def walk(self, steps: int) -> bool:
        """Make a step on (1) or back (−1); return whether there is anything to walk through."""
        if not self._can_walk(steps):
            return False
        if steps > 0:
            self.model.step_on()
        else:
            self.model.step_back()
        return True

    def _can_walk(self, steps: int) -> bool:
        if self.model.worked is None or not self.model.is_active or (self.yields() and not self._is_asked_for):
            return False
        has_more = self.model.position < self.model.n_steps - 1 if steps > 0 else self.model.position > 0
        return has_more or not self.yields()

    @Slot(bool)
    def _on_seen(self, seen: bool) -> None:
        if seen and self.model.subject is None:
            self._choose()
        self.model.set_active(seen)

    @Slot()
    def _on_asked(self) -> None:
        self.ask_for(not self._dock.isHidden())

    @Slot()
    def _on_marked(self) -> None:
        if self._marks.rows.first is not None:
            self._choose()

    @Slot()
    def _on_typed(self) -> None:
        if self._try_input.isChecked() and self._area.probe.values:
            self.model.set_subject(WorkedSubject(values=self._area.probe.values, target=self._target))

    @Slot(int, object)
    def _on_worksheet_wanted(self, n_layers: int, digits: int | None) -> None:
        from nnviz.ui.explain.worksheet_dialog import WorksheetDialog

        dialog = WorksheetDialog(self._examples, n_layers, digits, self._area.window())
        dialog.exec()
        self._examples.question.forget()
        if dialog.files:
            names = QCoreApplication.translate("WorksheetDialog", "Wrote {0} and {1}.").format(*dialog.files)
            self._controller.message.emit("info", names)
        dialog.deleteLater()

    @Slot(object)
    def _on_target(self, target: int | None) -> None:
        self._target = target
        self._on_typed()

    @Slot(bool)
    def _on_batch_wanted(self, wanted: bool) -> None:
        if wanted:
            self.model.set_subject(WorkedSubject(is_batch=True))
        else:
            self._choose()

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        subject = self.model.subject
        row = None if subject is None else subject.row
        if row is not None and row[1] >= prepared.part(row[0]).n_samples:
            self._choose()

    @Slot(object)
    def _on_prepared_shown(self, prepared: Prepared) -> None:
        """Follow the example that is tried to other data, where it has other features."""
        subject = self.model.subject
        if subject is None or not subject.values:
            return
        if self._target is not None and self._target >= len(prepared.class_names):
            self._target = None
        if self._try_input.isChecked():
            self._on_typed()
        elif len(subject.values) != len(prepared.typical):
            self._choose()

    def _choose(self) -> None:
        """Work out what is typed, else the first marked row, else the first row of all."""
        row = self._marks.rows.first
        if row is None and self._try_input.isChecked():
            self._on_typed()
        else:
            self.model.set_subject(WorkedSubject(row=row or ("train", 0)))

    @Slot()
    def _on_stepped(self) -> None:
        self._area.diagram.set_notes(self.model.page.notes if self.model.is_active else ())

    @Slot(object)
    def _on_hovered(self, part: object) -> None:
        if not self.model.is_active:
            return
        wire: Wire | None = (part.layer, part.unit, part.source) if isinstance(part, EdgeId) else None
        # An edge and a unit belong to the layer that they lead into.
        layer = part.layer if isinstance(part, EdgeId) else part[0] if isinstance(part, tuple) else None
        self.panel.light(wire, layer)

    @Slot(object)
    def _on_wire_hovered(self, wire: Wire | None) -> None:
        self._area.diagram.light(None if wire is None else EdgeId(*wire))
