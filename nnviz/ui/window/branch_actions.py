"""Branches in the window: who asks for them, the panel of runs, and what is drawn of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from nnviz.drawing.courses import DrawnCourse
from nnviz.drawing.theme import Theme
from nnviz.experiment.document import Experiment
from nnviz.session.controller import Controller
from nnviz.ui.commands.past_actions import PastActions
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.window.docks import Panel
from nnviz.ui.window.later import Later

if TYPE_CHECKING:
    from nnviz.ui.timeline.continue_dialog import ContinueDialog
    from nnviz.ui.timeline.runs_panel import RunsPanel


class BranchActions(QObject):
    """Makes the panel of runs, and lets the loss chart draw the others.

    Parameters
    ----------
    controller : Controller
    actions : PastActions
    theme : Theme
    window : QWidget

    Attributes
    ----------
    later : Later
        Makes the panel when that is first wanted.
    """

    def __init__(self, controller: Controller, actions: PastActions, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._controller, self._actions, self._window = controller, actions, window
        self.later = Later(self._make, theme)
        self.dialog: ContinueDialog | None = None
        self._numbers: tuple[int, ...] = ()
        actions.continue_with.triggered.connect(self.ask)

    def _make(self, theme: Theme, parent: QWidget | None) -> RunsPanel:
        from nnviz.ui.timeline.runs_panel import RunsPanel

        panel = RunsPanel(self._controller, self._actions.continue_with, theme, parent)
        panel.comparison_wanted.connect(self.compare)
        return panel

    @property
    def panel(self) -> RunsPanel:
        """The list of runs."""
        return self.later.view

    def panels(self) -> tuple[Panel, ...]:
        """Return the panel of the runs."""
        title, right, action = self.tr("Runs"), Qt.DockWidgetArea.RightDockWidgetArea, self._actions.runs
        return (Panel("runs", title, self.later, right, action=action, tab_of="loss", is_open=False),)

    def connect_to(self, loss: LossView) -> None:
        """Draw the other runs in the chart."""
        self._loss = loss
        tree = self._controller.tree
        tree.changed.connect(self._draw)
        tree.progressed.connect(self._on_progressed)
        self._controller.lab.foreground_changed.connect(self._draw)

    @Slot()
    def ask(self) -> None:
        """Ask what is to be different from the epoch on that is shown."""
        controller, line = self._controller, self._controller.timeline
        if controller.frame is None:
            return
        if self.dialog is None:
            from nnviz.ui.timeline.continue_dialog import ContinueDialog

            self.dialog = ContinueDialog(self._window)
            self.dialog.confirmed.connect(self._on_confirmed)
        line.stop_replay()
        self.dialog.ask(line.epoch, line.last, controller.experiment_at(line.epoch))

    @Slot(object, object)
    def _on_confirmed(self, epoch: int | None, wanted: Experiment) -> None:
        self._controller.continue_from(epoch, wanted)

    @Slot()
    def compare(self) -> None:
        """Show all runs in one table."""
        from nnviz.session.run_table import rows_of

        rows = rows_of(self._controller.tree, self._controller.lab)
        if len(rows) > 1:
            from nnviz.ui.timeline.compare_dialog import CompareDialog

            CompareDialog(rows, self._controller.message.emit, self._window).open()

    @Slot(object)
    def _on_progressed(self, number: int) -> None:
        # The run in front draws itself with every frame.
        course = self._controller.tree.course(number)
        if course is not None and course.run_id != self._controller.run_id:
            self._draw()

    @Slot()
    def _draw(self) -> None:
        """Let the chart draw all courses that have a tick, but the one in front."""
        tree, front = self._controller.tree, self._controller.lab.foreground
        drawn = []
        for course in tree.courses:
            curves = tree.curves_of(course.number)
            if course.is_compared and course.run_id != front and curves is not None:
                drawn.append(DrawnCourse(course.number, course.name, curves))
        if drawn or self._loss.others.courses:
            self._loss.show_courses(tuple(drawn))
