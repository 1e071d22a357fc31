"""Lets the map and the example in *Try an input* follow each other: the slice, and where the map is clicked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from nnviz.experiment.frame import RowId
from nnviz.ui.boundary.boundary_view import BoundaryView
from nnviz.ui.network.probe_panel import ProbePanel


class SliceActions(QObject):
    """Connects the map to the card below the network, whose sliders reach every feature.

    Parameters
    ----------
    boundary : BoundaryView
    card : ProbePanel
    try_input : QAction
        Opens and closes the card.
    parent : QObject
    """

    def __init__(self, boundary: BoundaryView, card: ProbePanel, try_input: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._slice, self._card, self._try_input = boundary.slice, card, try_input
        boundary.pointer.place_clicked.connect(self._on_place_clicked)
        self._slice.values_wanted.connect(self._on_values_wanted)
        self._slice.values_moved.connect(self._on_values_moved)
        self._card.values_edited.connect(self._on_values_edited)

    @Slot(object)
    def _on_values_wanted(self, values: tuple[float, ...]) -> None:
        """Open the card on a point of the slice."""
        self._card.set_values(values)
        if not (self._try_input.isChecked() and self._card.is_wanted):
            self._try_input.trigger()

    @Slot(object)
    def _on_values_moved(self, values: tuple[float, ...]) -> None:
        if self._try_input.isChecked():
            self._card.set_values(values)

    @Slot(object, object)
    def _on_place_clicked(self, place: tuple[float, float], row: RowId | None) -> None:
        """Try what is at that place of the map."""
        if self._try_input.isChecked():
            self._card.try_values(self._slice.example_at(place, row, self._card.values))

    @Slot(object)
    def _on_values_edited(self, values: tuple[float, ...]) -> None:
        self._slice.follow_values(values)
