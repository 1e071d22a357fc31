from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import LIGHT
from nnviz.experiment.edits import with_network
from nnviz.ui.commands.actions import Actions
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.window.main_window import MainWindow
from tests.ui.network.diagram_stage import Notes, a_state, stage


@pytest.fixture
def area(qtbot: QtBot) -> Iterator[DiagramArea]:
    prepared, frame = stage()
    owner = QObject()
    actions = Actions(LIGHT, owner)
    widget = DiagramArea(
        a_state(), Notes(frame).as_controller, actions.try_input, actions.worked, actions.fit_network, LIGHT
    )
    qtbot.addWidget(widget)
    widget.resize(800, 700)
    widget.show_prepared(prepared)
    widget.show_frame(frame)
    widget.show()
    qtbot.waitExposed(widget)
    widget.grab()
    yield widget
    widget.stop()


def test_a_unit_and_an_edge_open_in_the_same_card(area: DiagramArea, qtbot: QtBot) -> None:
    area.diagram.select((1, 2))
    assert area.inspector.part == (1, 2)
    assert area.inspector.isVisible()
    area.diagram.select(EdgeId(2, 1, 2))
    assert area.inspector.part == EdgeId(2, 1, 2)
    assert area.inspector.isVisible()
    area.inspector.source_button.click()
    assert area.diagram.selected == (1, 2)
    assert area.inspector.part == (1, 2)
    qtbot.keyClick(area.inspector.incoming, Qt.Key.Key_Escape)
    assert not area.inspector.isVisible()
    assert area.diagram.selected is None


def test_an_open_edge_closes_when_its_unit_goes(area: DiagramArea) -> None:
    area.diagram.select(EdgeId(1, 3, 0))
    area.show_frame(stage(hidden=(2, 3))[1])
    assert area.diagram.selected is None
    assert not area.inspector.isVisible()


def test_resting_on_a_unit_is_told_crossing_is_not(area: DiagramArea, qtbot: QtBot) -> None:
    told: list[object] = []
    area.unit_hovered.connect(told.append)
    area.diagram.hovered.emit((1, 0))
    area.diagram.hovered.emit(None)
    qtbot.waitUntil(lambda: not area.is_dwelling)
    assert told == []
    area.diagram.hovered.emit((1, 0))
    qtbot.waitUntil(lambda: told == [(1, 0)])
    area.diagram.hovered.emit(None)
    area.diagram.hovered.emit((1, 0))
    qtbot.waitUntil(lambda: not area.is_dwelling)
    assert told == [(1, 0)], "leaving for a moment does not flicker"
    area.diagram.hovered.emit(EdgeId(1, 0, 0))
    qtbot.waitUntil(lambda: told == [(1, 0), None])


def test_fit_can_be_pressed_while_zoomed(area: DiagramArea, qtbot: QtBot) -> None:
    assert not area.fit_button.isEnabled()
    area.diagram.zoom(2.0)
    qtbot.mouseClick(area.fit_button, Qt.MouseButton.LeftButton)
    assert area.diagram.viewport.is_fitted
    assert not area.fit_button.isEnabled()


def test_the_network_becomes_a_picture_and_a_table(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = window.diagram_area.exports
    for action, name in ((exports.save_png[1], "network.png"), (exports.save_table, "weights.csv")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        action.trigger()
    assert QImage(str(tmp_path / "network.png")).width() == window.diagram_area.figure().size[0]
    layout = window.controller.frame.layout
    rows = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + layout.n_parameters

    window.state.edit(with_network(window.state.experiment, bias=False), "no biases")
    window.controller.wait_idle()
    exports.save_table.trigger()
    rows = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + np.count_nonzero(layout.is_weight)
    assert not any("bias" in row for row in rows)


def test_the_edge_of_a_card_can_be_pulled_and_stays_there(window: MainWindow) -> None:
    area = window.diagram_area
    area.diagram.select((1, 0))
    QApplication.processEvents()
    usual = area.inspector.height()
    assert usual == pytest.approx(area.inspector.usual_height, abs=2)
    area.splitter.moveSplitter(area.splitter.widget(1).y() - 60, 1)
    pulled = area.inspector.height()
    assert pulled > usual
    area.diagram.select(None)
    area.diagram.select((1, 1))
    QApplication.processEvents()
    assert area.inspector.height() == pytest.approx(pulled, abs=2)
