"""Lets the slice that the map shows and the example in *Try an input* follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from nnviz.ui.window.main_window import MainWindow


class SliceActions(QObject):
    """Connects the map to the card below the network, whose sliders reach every feature."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._try_input, self._card = window.actions_.try_input, window.diagram_area.probe
        self._slice = window.boundary_view.slice
        self._slice.values_wanted.connect(self._on_values_wanted)
        self._slice.values_moved.connect(self._on_values_moved)
        self._card.values_edited.connect(self._on_values_edited)

    @Slot(object)
    def _on_values_wanted(self, values: tuple[float, ...]) -> None:
        """Open the card on a point of the slice."""
        self._card.set_values(values)
        self._try_input.setChecked(True)

    @Slot(object)
    def _on_values_moved(self, values: tuple[float, ...]) -> None:
        if self._try_input.isChecked():
            self._card.set_values(values)

    @Slot(object)
    def _on_values_edited(self, values: tuple[float, ...]) -> None:
        self._slice.follow_values(values)
