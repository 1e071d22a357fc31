from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.core.masks import Mask
from nnviz.drawing import diagram
from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.diagram_names import card_lines
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


def test_networks_without_biases_show_none(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    area, dots = window.diagram_area, []
    monkeypatch.setattr(diagram, "paint_bias_dots", lambda *_: dots.append(True))
    area.diagram.select((1, 0))
    for has_biases in (True, False):
        window.state.edit(with_network(window.state.experiment, bias=has_biases), "biases")
        window.controller.wait_idle()
        dots.clear()
        area.diagram._invalidate()
        area.diagram.grab()
        frame, shape = window.controller.frame, area.diagram._shape
        assert bool(dots) is has_biases
        assert any("bias" in line for line in card_lines(frame, shape, (1, 0))) is has_biases
        assert [row.label for row in area.inspector.incoming.rows].count("bias") == has_biases
        formula = area.inspector.formula.split(",")[0]
        assert len(formula.replace("− ", "+ ").split("+ ")) == 2 + has_biases


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


def test_the_card_is_enlarged_kept_beside_another_and_becomes_a_panel(window: MainWindow, qtbot: QtBot) -> None:
    area, dock = window.diagram_area, window.docks["unit"]
    cards, frame = area.cards, window.controller.frame
    assert frame is not None
    area.diagram.select((1, 0))
    QApplication.processEvents()
    usual = cards.height()
    cards.enlarge.trigger()
    QApplication.processEvents()
    assert cards.height() > 1.3 * usual
    assert area.diagram.height() >= 100
    cards.enlarge.trigger()
    QApplication.processEvents()
    assert cards.height() == pytest.approx(usual, abs=2)

    # A marked row is the example while a unit is open; the tiles and the card say it to as many digits.
    window.marks.set_one(("train", 3))
    window.controller.wait_idle()
    prepared = window.controller.prepared
    assert prepared is not None
    z = window.controller.frame.probe.pre_activations[0][0]  # type: ignore[union-attr]
    asked = window.controller.request(lambda run: run.trainer.network.pre_activations(prepared.X_train[3:4])[0][0, 0])
    window.controller.wait_idle()
    assert z == pytest.approx(asked.result(timeout=30.0))
    window.insights.worked.model.set_digits(5)
    window.insights.worked.model.worked_changed.emit()
    assert f"{z:.5f}".replace("-", "−") in cards.inspector.example
    assert area.diagram._pointed.digits == 5
    cards.set_digits(2)

    # One is kept, the next opens beside it, and weights of both follow.
    cards.pin.trigger()
    area.diagram.select((1, 1))
    assert cards.pinned is not None
    assert (cards.pinned.part, cards.inspector.part) == ((1, 0), (1, 1))
    row = cards.pinned.incoming.rows[0]
    cards.pinned.incoming.value_edited.emit(row.key, 0.625, "")
    window.controller.wait_idle()
    assert cards.pinned.incoming.values[0] == 0.625
    window.state.undo_stack.undo()
    assert area.close_card()
    assert cards.pinned.isVisible()
    assert area.close_card()
    assert not cards.isVisible()
    assert not area.close_card()

    # In a panel of its own it leaves the network all of its room, and the card of an input stays where it is.
    window.actions_.try_input.trigger()
    area.diagram.select((1, 1))
    assert window.actions_.try_input.isChecked()
    assert area.probe.isHidden()
    window.actions_.insights.unit_panel.trigger()
    QApplication.processEvents()
    assert dock.is_seen
    assert cards.inspector.isVisible()
    assert area.probe.isVisible()
    window.controller.wait_idle()
    assert cards.inspector.example
    dock.close()
    assert area.splitter.indexOf(cards) == 1
    assert area.cards.isVisible()
    assert area.probe.isHidden()
    area.diagram.select(None)
    assert area.probe.isVisible()
    window.actions_.try_input.trigger()

    # The dot of a bias is pulled up: live, one step; a click on it opens its unit.
    window.controller.wait_idle()
    window.grab()
    x, y = area.diagram.geometry_.bias_places
    dot = QPoint(round(x[2]), round(y[2]))
    assert area.bias_hand.dot_at(QPointF(dot)) == (1, 2)
    place, steps = frame.layout.bias_index(1, 2), window.state.undo_stack.index()
    before = window.controller.frame.parameters[place]  # type: ignore[union-attr]
    QTest.mousePress(area.diagram, Qt.MouseButton.LeftButton, pos=dot)
    seen = []
    for up in (10, 20, 30):
        QTest.mouseMove(area.diagram, dot - QPoint(0, up))
        window.controller.wait_idle()
        seen.append(window.controller.frame.parameters[place])  # type: ignore[union-attr]
    QTest.mouseRelease(area.diagram, Qt.MouseButton.LeftButton, pos=dot - QPoint(0, 30))
    assert before < seen[0] < seen[1] < seen[2]
    assert area.diagram.selected is None
    assert window.state.undo_stack.index() == steps + 1
    assert "drag the dot" in area.bias_hand.help_for((1, 2))
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert window.controller.frame.parameters[place] == before  # type: ignore[union-attr]
    QTest.mouseClick(area.diagram, Qt.MouseButton.LeftButton, pos=dot)
    assert area.diagram.selected == (1, 2)
    area.surgery.surgeon.mask(Mask("frozen", 1, unit=2), "freeze")
    window.controller.wait_idle()
    assert "frozen" in area.bias_hand.help_for((1, 2))

    # Another document has another network, of which nothing is open.
    cards.pin.trigger()
    window.state.replace(window.state.experiment.edited(title="another"))
    assert area.diagram.selected is None
    assert not cards.is_pinned
    assert not cards.isVisible()
    window.controller.wait_idle()
    area.diagram.select(None)
    window.grab()
    dot = QPoint(round(area.diagram.geometry_.bias_places[0][2]), round(area.diagram.geometry_.bias_places[1][2]))
    QTest.mousePress(area.diagram, Qt.MouseButton.LeftButton, pos=dot)
    QTest.mouseMove(area.diagram, dot - QPoint(0, 30))
    QTest.mouseRelease(area.diagram, Qt.MouseButton.LeftButton, pos=dot - QPoint(0, 30))
    window.controller.wait_idle()
    assert window.controller.frame.parameters[place] == before  # type: ignore[union-attr]


def test_a_card_that_something_lay_over_shows_the_present_moment_again(window: MainWindow) -> None:
    area, controller = window.diagram_area, window.controller
    controller.wait_idle()
    area.diagram.select((1, 0))
    area.hide()
    controller.step_epoch()
    controller.wait_idle()
    assert controller.frame.epoch == 1
    area.show()
    assert area.inspector._frame is controller.frame
