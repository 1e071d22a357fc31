"""The race of optimisers in the window: the commands that begin and show it, and its place where the network is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from nnviz.core.errors import NnvizError
from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.runs.race_keeper import RaceKeeper
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.window.runs_place import RunsPlace

if TYPE_CHECKING:
    from nnviz.ui.race.race_dialog import RaceDialog
    from nnviz.ui.race.race_panel import RacePanel


class RaceActions(RunsPlace):
    """Begins races, and lets the panel of the race and the network share their place.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QMainWindow
    place : QWidget
        In which network and race share the room.

    Attributes
    ----------
    keeper : RaceKeeper
    dialog : RaceDialog or None
        None until it was opened once.
    """

    keeper: RaceKeeper

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        actions: Actions,
        theme: Theme,
        window: QMainWindow,
        place: QWidget,
    ) -> None:
        keeper = RaceKeeper(state, controller, window)
        super().__init__(keeper, controller, actions.many_runs.show_race, theme, place, window)
        self._state, self._window, self._show_wall = state, window, actions.many_runs.wall
        self.dialog: RaceDialog | None = None
        actions.many_runs.race.triggered.connect(self._on_race)
        self._show_wall.toggled.connect(self._on_wall)

    def _new_panel(self, theme: Theme, parent: QWidget | None) -> RacePanel:
        from nnviz.ui.race.race_panel import RacePanel

        return RacePanel(self.keeper, theme, parent)

    @property
    def panel(self) -> RacePanel:
        """What is in the place of the network while it is wanted."""
        return cast("RacePanel", self.later.view)

    # -- there is one place for race and wall -------------------------------------------------------------------

    @Slot(bool)
    def _on_shown(self, shown: bool) -> None:
        if shown:
            self._show_wall.setChecked(False)
        super()._on_shown(shown)

    @Slot(bool)
    def _on_wall(self, shown: bool) -> None:
        if shown:
            self._show.setChecked(False)

    # -- commands -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_race(self) -> None:
        if self.dialog is None:
            from nnviz.ui.race.race_dialog import RaceDialog

            self.dialog = RaceDialog(self._window)
            self.dialog.confirmed.connect(self._on_confirmed)
        experiment = self._state.experiment
        self.dialog.ask(experiment, experiment.training.epochs)

    @Slot()
    def _on_confirmed(self) -> None:
        dialog = self.dialog
        assert dialog is not None
        try:
            self.keeper.begin(dialog.entrants, dialog.epochs.value(), from_now=dialog.from_now)
        except NnvizError as error:
            self.keeper.said.emit("error", str(error))
