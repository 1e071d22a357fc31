"""A/B in the window: the command that opens it, its keys, and its orderly end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.runs.kept_second import KeptSecond
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions

if TYPE_CHECKING:
    from nnviz.session.runs.second_keeper import SecondKeeper
    from nnviz.ui.ab.ab_window import AbWindow


class AbActions(QObject):
    """Makes the window of the two networks when it is first asked for.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    actions : Actions
    theme : Theme
    window : QMainWindow

    Attributes
    ----------
    kept : KeptSecond
    keeper : SecondKeeper or None
    panel : AbWindow or None
        None until it was opened once.
    """

    def __init__(
        self, state: ExperimentState, controller: Controller, actions: Actions, theme: Theme, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._state, self._controller, self._actions = state, controller, actions
        self._window, self._theme = window, theme
        self.kept = KeptSecond(state, controller, self)
        self.keeper: SecondKeeper | None = None
        self.panel: AbWindow | None = None
        actions.many_runs.second.toggled.connect(self._on_toggled)

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        if shown:
            panel = self.panel or self._make()
            panel.show()
            panel.activateWindow()
        elif self.panel is not None:
            self.panel.hide()

    def _make(self) -> AbWindow:
        # Imported here: nothing of it is needed at the start.
        from nnviz.session.runs.second_keeper import SecondKeeper
        from nnviz.ui.ab.ab_window import AbWindow

        do = self._actions
        keeper = self.keeper = SecondKeeper(self._state, self._controller, self, self.kept)
        keeper.said.connect(self._controller.message)
        driving = [do.play, do.step_epoch, do.step_batch, do.reset]
        panel = self.panel = AbWindow(self._state, self._controller, keeper, driving, self._theme, self._window)
        panel.addActions(self._window.actions())
        panel.key_pressed.connect(self._on_key)
        panel.left.connect(self._on_left)
        return panel

    @Slot(object)
    def _on_key(self, event: QKeyEvent) -> None:
        action = self._actions.for_key(event, QApplication.focusWidget())
        if action is not None and action.isEnabled():
            action.trigger()

    @Slot()
    def _on_left(self) -> None:
        self._actions.many_runs.second.setChecked(False)

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Recolour it, where it has been made."""
        self._theme = theme
        if self.panel is not None:
            self.panel.set_theme(theme)

    def close(self) -> None:
        """Stop everything: the main window closes."""
        if self.panel is not None:
            self.panel.stop()
