"""What the signs over the columns of the diagram do to the document: units and hidden layers come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from nnviz.experiment.edits import MAX_HIDDEN_LAYERS, MAX_UNITS, with_layer, with_network
from nnviz.experiment.schema import LayerSpec
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.ui.network.diagram_view import DiagramView


class ShapeHand(QObject):
    """Changes the document's network where a sign of the diagram is pressed.

    The picture lags behind the document by a frame. While the two have different layers, what is pressed is a sign of a
    network that has gone, and nothing is changed; a unit more or less makes no difference, so that one can press on.

    Parameters
    ----------
    state : ExperimentState
    diagram : DiagramView
    """

    def __init__(self, state: ExperimentState, diagram: DiagramView) -> None:
        super().__init__(diagram)
        self._state, self._diagram = state, diagram
        diagram.add_unit.connect(self._on_add_unit)
        diagram.remove_unit.connect(self._on_remove_unit)
        diagram.insert_layer.connect(self._on_insert_layer)
        diagram.remove_layer.connect(self._on_remove_layer)

    @property
    def _hidden(self) -> tuple[LayerSpec, ...] | None:
        """The hidden layers of the document; None while the picture shows others."""
        hidden, frame = self._state.experiment.network.hidden, self._diagram.frame
        return hidden if frame is not None and frame.layout.n_layers == len(hidden) + 1 else None

    @Slot(int)
    def _on_add_unit(self, layer: int) -> None:
        self._change_units(layer, 1, self.tr("add unit"))

    @Slot(int)
    def _on_remove_unit(self, layer: int) -> None:
        self._change_units(layer, -1, self.tr("remove unit"))

    def _change_units(self, layer: int, change: int, text: str) -> None:
        if (hidden := self._hidden) is None:
            return
        units = hidden[layer - 1].units + change
        if 1 <= units <= MAX_UNITS:
            self._state.edit(with_layer(self._state.experiment, layer - 1, units=units), text)

    @Slot(int)
    def _on_insert_layer(self, position: int) -> None:
        if (hidden := self._hidden) is None or len(hidden) >= MAX_HIDDEN_LAYERS:
            return
        model = hidden[max(0, position - 1)] if hidden else LayerSpec(units=4)
        edited = with_network(self._state.experiment, hidden=(*hidden[:position], model, *hidden[position:]))
        self._state.edit(edited, self.tr("add hidden layer"))

    @Slot(int)
    def _on_remove_layer(self, layer: int) -> None:
        if (hidden := self._hidden) is None:
            return
        edited = with_network(self._state.experiment, hidden=hidden[: layer - 1] + hidden[layer:])
        self._state.edit(edited, self.tr("remove hidden layer"))
