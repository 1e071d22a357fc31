"""The table of what is in a dock: another dock is another entry here, or in that of `nnviz.ui.window.insights`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.marking import Marks
from nnviz.session.state import ExperimentState
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.commands.actions import Actions
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.setup.setup_panel import SetupPanel
from nnviz.ui.widgets.view_header import ViewHeader
from nnviz.ui.window.docks import Dock, Panel
from nnviz.ui.window.later import Later

if TYPE_CHECKING:
    from nnviz.ui.answers.answers_panel import AnswersPanel


def panels_of(
    setup: Later[SetupPanel],
    boundary: Later[BoundaryView],
    loss: Later[LossView],
    answers: Later[AnswersPanel],
    actions: Actions,
) -> tuple[Panel, ...]:
    """Return the panels in the order of the View menu, each with the action that opens it where it has one."""
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    tr = QCoreApplication.translate
    return (
        Panel("setup", tr("MainWindow", "Set-up"), setup, left, header=ViewHeader(tr("MainWindow", "Set-up"))),
        Panel("boundary", tr("MainWindow", "Decision boundary"), boundary, right),
        Panel("loss", tr("MainWindow", "Loss"), loss, right),
        Panel(
            *("answers", tr("MainWindow", "Answers"), answers, right),
            action=actions.answers,
            tab_of="loss",
            is_open=False,
        ),
    )


def later_answers(
    state: ExperimentState, controller: Controller, marks: Marks, theme: Theme, docks: Callable[[], Mapping[str, Dock]]
) -> Later[AnswersPanel]:
    """Return what makes the answers, which ask for more than every frame has, and so follow their dock."""

    def make(theme: Theme, parent: QWidget | None) -> AnswersPanel:
        from nnviz.ui.answers.answers_panel import AnswersPanel

        panel, dock = AnswersPanel(state, controller, marks, theme, parent), docks()["answers"]
        dock.visibilityChanged.connect(panel.set_seen)
        dock.toggleViewAction().toggled.connect(panel.set_open)
        return panel

    return Later(make, theme)
