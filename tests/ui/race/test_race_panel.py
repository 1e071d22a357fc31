"""The race in the window: begun, scrubbed, turned, its plane chosen, a run of it taken, and left."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import THEMES
from nnviz.ui.race.race_panel import race_table
from nnviz.ui.window.main_window import MainWindow


def test_optimisers_race_and_are_looked_at_from_all_sides(window: MainWindow, qtbot: QtBot, painted: set[str]) -> None:
    do, races = window.actions_.many_runs, window.races
    panel, keeper = races.panel, races.keeper
    assert not do.show_race.isEnabled()
    do.race.trigger()
    dialog = races.dialog
    assert dialog is not None
    assert dialog.message.text() == "4 runs"
    dialog.rates["sgd"].setText("quick")
    assert not dialog.run_button.isEnabled()
    assert "not a number" in dialog.message.text()
    dialog.rates["sgd"].setText("0.1 0.02")
    dialog.chosen["rmsprop"].setChecked(False)
    dialog.chosen["momentum"].setChecked(False)
    assert dialog.message.text() == "3 runs"
    dialog.epochs.setValue(12)
    dialog.run_button.click()
    race = keeper.race
    assert race is not None
    assert panel.isVisible()
    assert not window.diagram_area.isVisible()
    qtbot.waitUntil(lambda: panel.is_settled and race.epoch == 12 and panel.maker.surface is not None, timeout=30_000)
    assert panel.header.info.text() == "3 runs · epoch 12 of 12"
    surface = panel.maker.surface
    assert surface is not None
    assert panel.sentence.text().startswith(f"{np.floor(1000 * surface.slice.share) / 10:.1f} % of the motion")
    assert not panel.scrub.play_button.isEnabled()
    # Scrubbed: every run has the loss that it had then.
    rows = panel.list.rows
    assert [row.text() for row in rows] == ["Gradient descent 0.1", "Gradient descent 0.02", "Adam 0.02"]
    panel.scrub.slider.setValue(5)
    assert "epoch 5" in rows[0].accessibleName()
    assert len({row.figure for row in rows}) == 3
    panel.scrub.slider.setValue(0)
    assert len({row.figure for row in rows}) == 1
    table = race_table(race)
    assert table[0] == ["epoch", "sgd 0.1", "sgd 0.02", "adam 0.02"]
    assert [row[0] for row in table[1:]] == [*range(13)]
    panel.scrub.replay_button.click()
    qtbot.waitUntil(lambda: not panel.scrub.replay_button.isChecked(), timeout=10_000)
    assert panel.scrub.epoch == 12
    # Two weights, never one with itself.
    panel.planes.kind.setCurrentIndex(1)
    panel.planes.kind.activated.emit(1)
    first, second = panel.planes.axes
    second.setCurrentIndex(first.currentIndex())
    second.activated.emit(second.currentIndex())
    assert first.currentIndex() != second.currentIndex()
    qtbot.waitUntil(lambda: panel.is_settled, timeout=30_000)
    chosen = panel.maker.surface
    assert chosen is not None
    assert chosen.slice.weights == panel.planes.weights
    assert panel.sentence.text().split(" · ")[0].endswith("in these two weights")
    # In every look, from above and as a relief, which the mouse and the keys turn.
    for theme in (THEMES["dark"], THEMES["projector"], THEMES["light"]):
        window.set_theme(theme)
        for relief in (True, False):
            panel.choose(int(relief))
            panel.grab()
    assert {first.currentText(), second.currentText(), "Adam 0.02"} <= painted
    panel.choose(1)
    view = panel.surface
    turn = view.turn
    view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.turn != turn
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    tilt = view.tilt
    QTest.mouseMove(view, QPoint(60, 90))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 90))
    assert view.tilt > tilt
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert view.turn == turn
    # One of them becomes the main network, and Undo leads back.
    QTest.mouseClick(rows[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: keeper.main_number == 2, timeout=20_000)
    window.controller.wait_idle()
    assert (window.epoch, window.state.experiment.training.optimizer) == (12, "adam")
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert keeper.main_number is None
    # A wall takes its place, and gives it back; on it goes, and is left while it does.
    window.walls.run_seeds(2, 2)
    assert not panel.isVisible()
    do.show_race.trigger()
    assert panel.isVisible()
    assert not window.walls.panel.isVisible()
    race.train_on(1_000_000)
    qtbot.waitUntil(lambda: race.epoch > 12, timeout=20_000)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not race.is_training
    assert window.diagram_area.isVisible()
    assert "The race was stopped at epoch" in window.message_bar.text.text()
    panel.take_down.trigger()
    assert keeper.race is None
    assert not do.show_race.isEnabled()
