"""The race of optimisers in the window: the commands that begin and show it, and its place where the network is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nnviz.core.errors import NnvizError
from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.runs.race_keeper import RaceKeeper
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.window.later import BareLater

if TYPE_CHECKING:
    from nnviz.ui.race.race_dialog import RaceDialog
    from nnviz.ui.race.race_panel import RacePanel


class RaceActions(QObject):
    """Makes the panel of the race, and lets it and the network share their place.

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
    network : QWidget
        The place of the network while no race is shown.
    later : BareLater
        Makes the panel when that is first wanted.
    """

    def __init__(
        self,
        state: ExperimentState,
        controller: Controller,
        actions: Actions,
        theme: Theme,
        window: QMainWindow,
        place: QWidget,
    ) -> None:
        super().__init__(window)
        self._state, self._window, self._do = state, window, actions.many_runs
        self.keeper = RaceKeeper(state, controller, self)
        self.later = BareLater(self._make, theme)
        self._place = QWidget(place)
        # Its own widget, for the network may be hidden by a teacher, too.
        self.network = QWidget(self._place)
        self.later.parent = self._place
        self.dialog: RaceDialog | None = None
        self._do.show_race.setEnabled(False)
        self.keeper.said.connect(controller.message)
        self.keeper.hung.connect(self._on_hung)
        self._do.race.triggered.connect(self._on_race)
        self._do.show_race.toggled.connect(self._on_show_race)
        self._do.wall.toggled.connect(self._on_wall)

    def beside(self, network: QWidget) -> QWidget:
        """Return the place in which either `network` is seen or the race."""
        column = self._column = QVBoxLayout(self._place)
        inner = QVBoxLayout(self.network)
        for layout in (column, inner):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        inner.addWidget(network)
        column.addWidget(self.network, 1)
        return self._place

    def _make(self, theme: Theme, parent: QWidget | None) -> RacePanel:
        from nnviz.ui.race.race_panel import RacePanel

        panel = RacePanel(self.keeper, theme, parent)
        panel.hide()
        panel.left.connect(self._on_left)
        self._column.addWidget(panel, 1)
        return panel

    @property
    def panel(self) -> RacePanel:
        """What is in the place of the network while it is wanted."""
        return self.later.view

    @Slot()
    def _on_hung(self) -> None:
        race = self.keeper.race
        self._do.show_race.setEnabled(race is not None)
        # One that a file has brought back waits until somebody wants to see it.
        self._do.show_race.setChecked(race is not None and not race.is_restored)

    @Slot(bool)
    def _on_show_race(self, shown: bool) -> None:
        panel = self.later.made
        if not shown and self.keeper.race is not None and panel is not None and panel.isVisible():
            self.keeper.stop_for_leaving()
        if shown:
            self._do.wall.setChecked(False)
        self.network.setHidden(shown)
        if shown or panel is not None:
            self.panel.setVisible(shown)
        if shown:
            if self.keeper.race is not None:
                self.keeper.race.look()
            self.panel.surface.setFocus()

    @Slot(bool)
    def _on_wall(self, shown: bool) -> None:
        # There is one place for both.
        if shown:
            self._do.show_race.setChecked(False)

    @Slot()
    def _on_left(self) -> None:
        self._do.show_race.setChecked(False)

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

    def close(self) -> None:
        """Stop everything: the window closes."""
        if self.later.made is not None:
            self.later.made.stop()
        self.keeper.close()
