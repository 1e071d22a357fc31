"""The menu of the network diagram: the same ways of saving and copying as every plot has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from nnviz.export.plots import Figure, network_figure
from nnviz.ui.plots.plot_menu import PlotMenu

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow

#: The least that a picture of a network measures, in device-independent pixels.
LEAST = (640, 480)


class DiagramMenu(QObject):
    """Adds the button with the dots to the header of the network.

    Attributes
    ----------
    button : QToolButton
    exports : PlotMenu
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        area, controller = window.diagram_area, window.controller
        menu = QMenu(area)
        self.button = area.header.add_menu(menu, self.tr("Save or copy the network diagram and its weights"))
        self.exports = PlotMenu(menu, area.diagram, self.figure, controller.message.emit)

    def figure(self) -> Figure | None:
        """Return the present network as a picture to be saved, None before the first frame."""
        frame, prepared = self._window.controller.frame, self._window.controller.prepared
        if frame is None or prepared is None:
            return None
        diagram = self._window.diagram_area.diagram
        size = (max(LEAST[0], diagram.width()), max(LEAST[1], diagram.height()))
        return network_figure(frame, prepared, self._window.theme, size)
