"""Many runs side by side in the window: the commands that hang a wall, and its place where the network is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.runs.wall_keeper import WallKeeper
from nnviz.session.state import ExperimentState
from nnviz.sweeps.standing import usual_threshold
from nnviz.ui.commands.actions import Actions
from nnviz.ui.walls.seeds_dialog import SeedsDialog
from nnviz.ui.walls.wall_panel import WallPanel


class WallActions(QObject):
    """Makes the panel of the wall, and lets it and the network share the middle of the window.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QMainWindow

    Attributes
    ----------
    keeper : WallKeeper
    panel : WallPanel
    """

    def __init__(
        self, state: ExperimentState, controller: Controller, actions: Actions, theme: Theme, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._state, self._controller, self._window = state, controller, window
        self.keeper = WallKeeper(state, controller, self)
        self.panel = WallPanel(self.keeper, theme)
        self._network = QWidget()
        self._show_wall = actions.show_wall
        self._show_wall.setEnabled(False)
        self.seeds_dialog: SeedsDialog | None = None
        self.keeper.said.connect(controller.message)
        self.keeper.hung.connect(self._on_hung)
        self.panel.left.connect(self._on_left)
        actions.run_seeds.triggered.connect(self._on_run_seeds)
        actions.show_wall.toggled.connect(self._on_show_wall)

    def middle(self, *parts: QWidget) -> QWidget:
        """Return the middle of the window: bars above each other, and below them the last of `parts` or the wall."""
        middle = QWidget(self._window)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        *bars, network = parts
        # Its own widget, for the network may be hidden by a teacher, too.
        inner = QVBoxLayout(self._network)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(network)
        for bar in bars:
            column.addWidget(bar)
        column.addWidget(self._network, 1)
        column.addWidget(self.panel, 1)
        self.panel.hide()
        return middle

    @Slot()
    def _on_hung(self) -> None:
        has_wall = self.keeper.wall is not None
        self._show_wall.setEnabled(has_wall)
        self._show_wall.setChecked(has_wall)

    @Slot(bool)
    def _on_show_wall(self, shown: bool) -> None:
        if not shown and self.keeper.wall is not None and self.panel.isVisible():
            self.keeper.stop_for_leaving()
        self._network.setHidden(shown)
        self.panel.setVisible(shown)
        if shown:
            self.panel.maps.setFocus()

    @Slot()
    def _on_left(self) -> None:
        self._show_wall.setChecked(False)

    # -- seeds --------------------------------------------------------------------------------------------------

    @Slot()
    def _on_run_seeds(self) -> None:
        if self.seeds_dialog is None:
            self.seeds_dialog = SeedsDialog(self._window)
            self.seeds_dialog.confirmed.connect(self._on_seeds_confirmed)
        prepared = self._controller.prepared
        task = prepared.task if prepared is not None else "classification"
        epochs = self._state.experiment.training.epochs
        self.seeds_dialog.ask(epochs, task, usual_threshold(task))

    @Slot()
    def _on_seeds_confirmed(self) -> None:
        assert self.seeds_dialog is not None
        dialog = self.seeds_dialog
        self.run_seeds(dialog.seeds.value(), dialog.epochs.value(), dialog.score)

    def run_seeds(self, n: int, epochs: int, score: float | None = None) -> None:
        """Hang a wall of the present experiment with the seeds 0 … n − 1.

        Parameters
        ----------
        n, epochs : int
            How many runs, and how long each.
        score : float, optional
            From which one is solved.
        """
        text = self.tr("run {0} seeds").format(count_text(n))
        try:
            wall = self.keeper.hang(text, epochs, seeds=range(n))
        except NnvizError as error:
            self.keeper.said.emit("error", str(error))
            return
        if score is not None:
            wall.set_threshold(score)

    def close(self) -> None:
        """Stop everything: the window closes."""
        self.keeper.close()
