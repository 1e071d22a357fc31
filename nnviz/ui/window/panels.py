"""The table of what is in a dock: another dock is another entry here, or in that of `nnviz.ui.window.insights`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt

from nnviz.ui.answers.answers_panel import AnswersPanel
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.commands.actions import Actions
from nnviz.ui.loss.loss_view import LossView
from nnviz.ui.setup.setup_panel import SetupPanel
from nnviz.ui.widgets.view_header import ViewHeader
from nnviz.ui.window.docks import Panel
from nnviz.ui.window.later import Later


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
