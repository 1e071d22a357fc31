"""*Why did this weight move?* in one window: edges, rows and keys, from the key that opens it to the glow of a row."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.pushes import glowing_edges
from nnviz.experiment.schema import LayerSpec, NetworkSpec
from nnviz.session.weight_watch import WeightId
from nnviz.ui.window.main_window import MainWindow


def test_the_way_of_a_weight_and_the_pieces_of_its_update(window: MainWindow, qtbot: QtBot) -> None:
    model, panel, dock = window.insights.weight.model, window.insights.weight.panel, window.docks["weight"]
    diagram, marks = window.diagram_area.diagram, window.marks

    def settle() -> None:
        qtbot.waitUntil(lambda: model.story is not None and not model.question.is_open)

    window.show()
    assert not dock.isVisible()
    for _ in range(3):
        window.step()
        window.controller.wait_idle()
    # What to do first is a whole sentence in any type, never "Click an edge of the network, or open …".
    assert (panel.hint.isHidden(), panel.hint.wordWrap(), panel.line.isHidden()) == (False, True, True)
    diagram.select(EdgeId(1, 0, 1))
    assert not model.question.is_open, "closed, it asks nothing"
    before = window.controller.frame.parameters.copy()  # type: ignore[union-attr]
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Y)
    settle()
    story = model.story
    assert story is not None
    assert model.current == WeightId(1, 0, 1)
    # It was chosen before anybody looked, and is named all the same.
    assert panel.box.currentText() == "x₂ → h1·1"
    index = WeightId(1, 0, 1).index_in(window.controller.frame.layout)  # type: ignore[union-attr]
    assert story.is_made
    assert story.epochs.tolist() == [0, 1, 2, 3]
    assert story.values[-1, 0] == before[index]
    assert story.before + story.pieces.change == pytest.approx(before[index], rel=1e-9)
    assert "last update" in panel.line.text()
    assert (panel.hint.isHidden(), panel.line.isHidden()) == (True, False)
    # One line for each row of the mini-batch, and what Adam carried over; the largest row first.
    texts = [panel.pieces.topLevelItem(n).text(0) for n in range(panel.pieces.topLevelItemCount())]
    assert texts[0] == "carried over"
    largest = int(story.rows[np.abs(story.pieces.examples).argmax()])
    assert texts[1] == f"row {largest + 1}"
    assert len(texts) == 1 + len(story.rows)
    # A row that is pointed at, by mouse or keyboard, is marked everywhere; then what was marked before.
    marks.set_one(("test", 1))
    panel.pieces.setCurrentItem(panel.pieces.topLevelItem(1))
    assert marks.rows.train.tolist() == [largest]
    panel.pieces.row_pointed.emit(None)
    assert marks.rows.test.tolist() == [1]
    # Another edge beside it.
    panel.keep_button.click()
    diagram.select(EdgeId(2, 1, 0))
    settle()
    qtbot.waitUntil(lambda: model.story.weights == (WeightId(1, 0, 1), WeightId(2, 1, 0)))  # type: ignore[union-attr]
    assert [len(curve.data[0]) for curve in panel.curves[:3]] == [4, 4, 0]
    panel.tabs["history"].click()
    assert panel.plot.isVisibleTo(panel)
    panel.keep_button.click()
    assert model.weights == (WeightId(2, 1, 0),)
    # By keyboard alone: a unit that is opened offers its weights and its bias.
    diagram.select((1, 2))
    assert (model.current.layer, model.current.unit) == (1, 2)  # type: ignore[union-attr]
    panel.box.setCurrentIndex(panel.box.count() - 1)
    panel.box.activated.emit(panel.box.count() - 1)
    assert model.current == WeightId(1, 2)
    assert "bias" in panel.box.currentText()


def test_a_right_click_on_an_edge_asks_why(window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda _menu, _place: None)
    model, panel, dock = window.insights.weight.model, window.insights.weight.panel, window.docks["weight"]
    area, timeline = window.diagram_area, window.controller.timeline

    def settle() -> None:
        qtbot.waitUntil(lambda: model.story is not None and not model.question.is_open)

    def choose(part: object, words: str) -> None:
        edges = area.diagram._edges
        if isinstance(part, EdgeId):
            at = next(n for n in range(len(edges)) if edges.id(n) == part)
            place = QPointF((edges.x0[at] + edges.x1[at]) / 2, (edges.y0[at] + edges.y1[at]) / 2).toPoint()
        else:
            place = area.diagram.geometry_.unit_rect(part).center().toPoint()
        click = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, area.diagram.mapToGlobal(place))
        QApplication.sendEvent(area.diagram, click)
        next(action for action in area.surgery._menu.actions() if action.text() == words).trigger()

    window.show()
    for _ in range(3):
        window.step()
        window.controller.wait_idle()
    choose(EdgeId(1, 2, 1), "Why did this weight move?")
    assert dock.isVisible()
    assert area.diagram.selected is None, "the card stays closed"
    assert model.current == WeightId(1, 2, 1)
    choose(EdgeId(2, 0, 0), "Follow it beside the others")
    assert model.weights == (WeightId(1, 2, 1), WeightId(2, 0, 0))
    settle()
    assert panel.plot.isVisibleTo(panel)
    choose((2, 1), "Why did its weights move?")
    assert (model.current.layer, model.current.unit) == (2, 1)
    # At a past epoch it is told of the update that led there.
    timeline.go_to(2)
    qtbot.waitUntil(lambda: model.story is not None and model.story.epoch == 2)
    story = model.story
    assert story.is_made
    assert "epoch 2" in panel.line.text()
    then = window.controller.frame.parameters[model.current.index_in(window.controller.frame.layout)]
    assert story.before + story.pieces.change == pytest.approx(then, rel=1e-9)
    assert story.epochs.tolist() == [0, 1, 2]
    timeline.go_to_present()
    qtbot.waitUntil(lambda: model.story is not None and model.story.epoch is None)
    settle()
    # The glow says what it is about, and why there is none.
    panel.glow_button.click()
    assert "Click a training point" in panel.glow_line.text()
    window.marks.set_one(("test", 0))
    assert "not trained on" in panel.glow_line.text()
    window.marks.set_one(("train", 5))
    assert "row 6" in panel.glow_line.text()
    panel.glow_button.click()
    assert panel.glow_line.isHidden()
    # While nobody looks it lets go of weights that there are no longer, too.
    assert {WeightId(1, 2, 1), WeightId(2, 0, 0), WeightId(2, 1, 2)} <= set(model.weights)
    dock.menu_action.trigger()
    assert not dock.isVisible()
    smaller = window.state.experiment.edited(network=NetworkSpec(hidden=(LayerSpec(units=1),)))
    window.state.edit(smaller, "Remove units")
    window.controller.wait_idle()
    assert model.weights == (WeightId(2, 0, 0),)
    dock.menu_action.trigger()
    assert panel.box.currentText() == panel.name_of(WeightId(2, 0, 0)) != ""
    # Nor of one of a layer that it has not seen yet.
    dock.close()
    larger = NetworkSpec(hidden=(LayerSpec(units=2), LayerSpec(units=3), LayerSpec(units=2)))
    window.state.edit(window.state.experiment.edited(network=larger), "Add layers")
    model.follow(WeightId(4, 0, 1))
    window.controller.wait_idle()
    dock.menu_action.trigger()
    assert panel.box.currentText() == panel.name_of(WeightId(4, 0, 1)) != ""


def test_edges_glow_by_what_a_row_pushes(window: MainWindow, qtbot: QtBot) -> None:
    model, panel = window.insights.weight.model, window.insights.weight.panel
    diagram = window.diagram_area.diagram
    window.actions_.weight.trigger()
    panel.glow_button.click()
    assert model.row is None
    window.marks.set_one(("train", 4))
    qtbot.waitUntil(lambda: bool(diagram._pushes))
    edges = glowing_edges(diagram.geometry_, diagram._pushes)
    pushes = diagram._pushes
    assert edges.strength.max() == 1.0
    strongest = edges.id(len(edges) - 1)
    layer = max(range(len(pushes)), key=lambda n: np.abs(pushes[n]).max())
    assert abs(pushes[strongest.layer - 1][strongest.unit, strongest.source]) == np.abs(pushes[layer]).max()
    diagram.grab()
    panel.glow_button.click()
    qtbot.waitUntil(lambda: not diagram._pushes)
    # While it trains, the next update is told of; a layer that goes takes its weights along.
    diagram.select(EdgeId(2, 1, 0))
    window.play()
    qtbot.waitUntil(lambda: model.story is not None and not model.story.is_made)
    window.pause()
    qtbot.waitUntil(lambda: model.story is not None and model.story.is_made)
    diagram.remove_layer.emit(2)
    qtbot.waitUntil(lambda: model.weights == ())
    qtbot.waitUntil(lambda: model.story is None)
    window.docks["weight"].close()
    assert not model.is_active
    assert not model.question.is_open
