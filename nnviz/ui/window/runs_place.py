"""Where a panel of many runs and the network share a place: one of them is seen at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.controller import Controller
from nnviz.session.runs.runs_keeper import RunsKeeper
from nnviz.ui.window.later import BareLater

if TYPE_CHECKING:
    from nnviz.ui.race.race_panel import RacePanel
    from nnviz.ui.walls.wall_panel import WallPanel


class RunsPlace(QObject):
    """Makes the panel when that is first wanted, and shows it or the network.

    Parameters
    ----------
    keeper : RunsKeeper
    controller : Controller
    show : QAction
        Checked while the panel is seen; enabled while there are runs.
    theme : Theme
    place : QWidget
        In which all this is.
    parent : QObject

    Attributes
    ----------
    keeper : RunsKeeper
    place : QWidget
        What both share.
    network : QWidget
        The place in it that the network has while no runs are shown.
    later : BareLater
        Makes the panel.
    """

    def __init__(
        self, keeper: RunsKeeper, controller: Controller, show: QAction, theme: Theme, place: QWidget, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.keeper, self._show = keeper, show
        self.later: BareLater[RacePanel | WallPanel] = BareLater(self._make, theme)
        self.place = QWidget(place)
        # Its own widget, for the network may be hidden by a teacher, too.
        self.network = QWidget(self.place)
        self.later.parent = self.place
        self._column = QVBoxLayout(self.place)
        show.setEnabled(False)
        keeper.said.connect(controller.message)
        keeper.hung.connect(self._on_hung)
        show.toggled.connect(self._on_shown)

    def lay_out(self, *bars: QWidget, network: QWidget) -> QWidget:
        """Put bars above each other, and below them the network or the panel; return the place of all."""
        inner = QVBoxLayout(self.network)
        for layout in (self._column, inner):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        inner.addWidget(network)
        for bar in bars:
            self._column.addWidget(bar)
        self._column.addWidget(self.network, 1)
        return self.place

    def _make(self, theme: Theme, parent: QWidget | None) -> RacePanel | WallPanel:
        panel = self._new_panel(theme, parent)
        panel.hide()
        panel.left.connect(self._on_left)
        self._column.addWidget(panel, 1)
        return panel

    def _new_panel(self, theme: Theme, parent: QWidget | None) -> RacePanel | WallPanel:
        """Return the panel of these runs; it is imported as late as that."""
        raise NotImplementedError

    @Slot()
    def _on_hung(self) -> None:
        kept = self.keeper.kept
        self._show.setEnabled(kept is not None)
        # What a file has brought back waits until somebody wants to see it.
        self._show.setChecked(kept is not None and not kept.is_restored)

    @Slot(bool)
    def _on_shown(self, shown: bool) -> None:
        panel, kept = self.later.made, self.keeper.kept
        if not shown and kept is not None and panel is not None and panel.isVisible():
            self.keeper.stop_for_leaving()
        self.network.setHidden(shown)
        if shown or panel is not None:
            self.later.view.setVisible(shown)
        if shown:
            if kept is not None:
                kept.look()
            self.later.view.focus_picture()

    @Slot()
    def _on_left(self) -> None:
        self._show.setChecked(False)

    def close(self) -> None:
        """Stop everything: the window closes."""
        if self.later.made is not None:
            self.later.made.stop()
        self.keeper.close()
