"""The signs over the columns of the diagram, pressed in time and too late."""

from __future__ import annotations

from nnviz.experiment import edits
from nnviz.experiment.schema import LayerSpec
from nnviz.ui.window.main_window import MainWindow


def units(window: MainWindow) -> list[int]:
    return [layer.units for layer in window.state.experiment.network.hidden]


def test_signs_change_the_network_and_those_of_one_that_has_gone_do_nothing(window: MainWindow) -> None:
    def with_units(*numbers: int) -> None:
        hidden = tuple(LayerSpec(units=number) for number in numbers)
        window.state.edit(edits.with_network(window.state.experiment, hidden=hidden), "edit layers")

    diagram = window.diagram_area.diagram
    with_units(3, 4)
    window.controller.wait_idle()
    # One can press on: the picture has a unit less by then.
    diagram.add_unit.emit(2)
    diagram.add_unit.emit(2)
    diagram.remove_unit.emit(1)
    assert units(window) == [2, 6]
    window.controller.wait_idle()
    diagram.insert_layer.emit(0)
    assert units(window) == [2, 2, 6]
    window.controller.wait_idle()
    diagram.remove_layer.emit(2)
    assert units(window) == [2, 6]
    window.controller.wait_idle()
    n_steps = window.state.undo_stack.count()
    # Before the next picture.
    with_units(5)
    for sign in (diagram.add_unit, diagram.remove_unit, diagram.remove_layer):
        sign.emit(2)
    diagram.insert_layer.emit(2)
    assert units(window) == [5]
    assert window.state.undo_stack.count() == n_steps + 1
    window.controller.wait_idle()
    diagram.add_unit.emit(1)
    assert units(window) == [6]
