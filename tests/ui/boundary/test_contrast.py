"""Before, after, difference and contribution on the map of one window: from the menus that ask for them to the ✕."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.core.surgery import Operation
from nnviz.drawing.diagram import EdgeId
from nnviz.experiment.subject import network_of
from nnviz.export.plots import save_png
from nnviz.ui.window.main_window import MainWindow


def test_surgery_is_seen_before_after_and_as_a_difference(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    actions, area = window.insights.contrast, window.diagram_area
    view, model = window.boundary_view, window.boundary_view.contrast.model

    def rest() -> None:
        window.controller.wait_idle()

    window.show()
    rest()
    assert view.contrast.isHidden()
    assert not view.contrast.buttons, "nothing is built before it is asked for"
    assert not actions.surgery.isEnabled()
    assert not actions.unit.isEnabled()
    before = window.controller.frame.parameters.copy()
    # After surgery the menu of the map offers it; still nothing is on.
    area.surgery.surgeon.operate(Operation("remove", 1, 2), "remove unit")
    rest()
    assert actions.surgery.isEnabled()
    assert view._frame.plane.contrast is None
    actions.surgery.trigger()
    rest()
    assert view.contrast.isVisibleTo(view)
    plane = view._frame.plane
    assert plane.contrast.kind == "difference"
    assert np.abs(plane.values).max() > 0.0
    assert "before “remove unit”" in view.note.text()
    assert view.legend.unit[0].startswith("ΔP(")
    assert view.header.title.text() == "Difference to before"
    figure = view.figure()
    save_png(figure, tmp_path / "map.png")
    # By keyboard: the buttons of the row are in the tab order, Space presses one.
    view.contrast.buttons["before"].setFocus()
    QTest.keyClick(view.contrast.buttons["before"], Qt.Key.Key_Space)
    rest()
    assert view._frame.plane.contrast.kind == "before"
    np.testing.assert_array_equal(view._frame.plane.contrast.reference.parameters, before)
    view.contrast.buttons["after"].click()
    rest()
    assert view._frame.plane.contrast is None
    assert view.contrast.isVisibleTo(view)
    view.contrast.buttons["difference"].click()
    window.state.undo_stack.undo()
    rest()
    assert "It differs nowhere" in view.note.text()
    np.testing.assert_array_equal(window.controller.frame.parameters, before)
    # A drag of an edge is one change, told of as it was before the first step.
    first = window.controller.frame.parameters.copy()
    network = network_of(window.controller.frame)
    for y in (-20.0, -60.0):
        area.surgery._drag_edge(EdgeId(1, 0, 1), QPointF(0.0, 0.0), network, QPointF(0.0, y))
        rest()
    assert model.reference.words == "change weight"
    np.testing.assert_array_equal(model.reference.parameters, first)
    assert np.abs(view._frame.plane.values).max() > 0.0
    view.contrast.close_button.click()
    rest()
    assert view.contrast.isHidden()
    assert view._frame.plane.contrast is None
    assert not view.note.text()
    # The contribution of a unit follows the unit that is opened, and ends with it.
    area.surgery.look.contribution_wanted.emit((1, 0))
    rest()
    assert view._frame.plane.contrast.unit == (1, 0)
    assert view.header.title.text() == "Contribution of h1·1"
    area.diagram.select((2, 1))
    rest()
    assert view._frame.plane.contrast.unit == (2, 1)
    assert actions.unit.isChecked()
    # A unit that the mouse rests on takes its place for as long.
    view.preview_unit((1, 1))
    rest()
    assert view._frame.plane.unit == (1, 1)
    assert view._frame.plane.contrast is None
    view.preview_unit(None)
    rest()
    area.diagram.remove_unit.emit(2)
    rest()
    qtbot.waitUntil(lambda: not model.is_on)
    rest()
    assert view._frame.plane.contrast is None
