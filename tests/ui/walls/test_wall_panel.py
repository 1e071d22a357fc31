"""The wall in the window: hung from a menu, walked by keyboard, picked, looked at as one, and left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, QUrl
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import THEMES, projector_theme
from nnviz.sweeps.folder import MANIFEST, SweepFolder
from nnviz.sweeps.plan import make_plan
from nnviz.sweeps.task import train_task
from nnviz.ui.walls.wall_view import WallView
from nnviz.ui.window.main_window import MainWindow


@pytest.fixture
def wall_window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window with a wall of six runs at their end."""
    actions, walls = window.actions_, window.walls
    assert not actions.many_runs.wall.isEnabled()
    actions.many_runs.seeds.trigger()
    dialog = walls.seeds_dialog
    assert dialog is not None
    dialog.runs.setValue(6)
    dialog.epochs.setValue(4)
    dialog.threshold.box.setValue(10.0)
    dialog.run_button.click()
    wall = walls.keeper.wall
    assert wall is not None
    qtbot.waitUntil(lambda: wall.is_settled and wall.reached == 4, timeout=20_000)
    return window


def press(view: WallView, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(view, key)


def test_a_wall_of_seeds_is_hung_walked_picked_and_left(
    wall_window: MainWindow, qtbot: QtBot, painted: set[str], tmp_path: Path
) -> None:
    window, walls = wall_window, wall_window.walls
    panel, wall = walls.panel, walls.keeper.wall
    maps, order = panel.maps, wall.order
    assert panel.isVisible()
    assert not window.diagram_area.isVisible()
    assert wall.threshold == pytest.approx(0.1)
    assert panel.bar.text == "6 solved"
    assert panel.header.info.text() == "6 seeds · epoch 4 of 4"
    assert panel.stop_button.isHidden()
    # By keyboard.
    maps.setFocus(Qt.FocusReason.TabFocusReason)
    press(maps, Qt.Key.Key_Home, Qt.Key.Key_Right)
    assert maps.current == order[1]
    press(maps, Qt.Key.Key_End, Qt.Key.Key_Right)
    assert maps.current == order[-1]
    assert f"seed {order[-1]}: solved at epoch 4" in maps.accessibleDescription()
    # Where large type leaves no room for a name, its number is what is left of it.
    painted.clear()
    maps.set_theme(projector_theme(dark=False).for_height(2160))
    maps.grab()
    assert {f"✓ {seed}" for seed in order} <= painted
    maps.set_theme(window.theme)
    # A higher threshold, and all are stuck.
    panel.threshold.box.setValue(100.0)
    assert panel.bar.text == "6 stuck"
    # Enter makes a run the main network.
    press(maps, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: walls.keeper.main_number == order[-1], timeout=20_000)
    window.controller.wait_idle()
    assert window.epoch == 4
    assert window.state.experiment.network.seed == order[-1]
    # Nothing but its end is known, and the timeline stands there.
    line, track = window.controller.timeline, window.past.strip.track
    track.resize(300, 24)
    assert line.first == line.last == 4
    assert track.place_of(4) > 0.5 * track.width()
    # So does a click.
    QTest.mouseClick(maps, Qt.MouseButton.LeftButton, pos=maps.cell_of(order[0]).center().toPoint())
    qtbot.waitUntil(lambda: walls.keeper.main_number == order[0], timeout=20_000)
    QTest.mouseClick(maps, Qt.MouseButton.LeftButton, pos=QPoint(0, maps.height() - 1))
    # All together, and the curves, in every look.
    for theme in (THEMES["dark"], THEMES["projector"], THEMES["light"]):
        window.set_theme(theme)
        for page in (1, 2, 0):
            panel.choose(page)
            panel.grab()
    assert {"mean of 6 networks", "where they disagree", "median"} <= painted
    # Where there is little room less is said, but no figure is cut.
    painted.clear()
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for width in (120.0, 60.0, 48.0, 36.0):
        maps._write(painter, QRectF(0.0, 0.0, width, width), 0, "✓ 100.0 %", "✓ 100 %", "✓ 100")
    painter.end()
    assert painted == {"✓ 100.0 %", "✓ 100 %", "✓ 100"}
    texts = panel.summary.offered_texts()
    assert [text for text in texts if "±" not in text or "…" in text] == []
    for narrow in (panel.summary.fontMetrics().horizontalAdvance(text) for text in texts[1:]):
        panel.summary.resize(narrow, 20)
        assert panel.summary.shown_text() in texts[1:]
    assert panel.together.has_map
    # Back to the network, and to the wall again.
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert window.diagram_area.isVisible()
    window.actions_.many_runs.wall.trigger()
    assert panel.isVisible()
    # Trained on, and left while it trains: it is stopped, kept and said.
    assert panel.train_on.isEnabled()
    wall.train_on(1_000_000)
    qtbot.waitUntil(lambda: wall.epoch > 4 and panel.stop_button.text() == "stop", timeout=20_000)
    panel.close_button.click()
    assert not wall.is_training
    assert "The wall was stopped at epoch" in window.message_bar.text.text()
    assert window.actions_.many_runs.wall.isEnabled()
    # Saved and opened again, it waits behind its action, and is shown as it was left.
    qtbot.waitUntil(lambda: wall.is_settled, timeout=20_000)
    epochs = [tile.standing.epoch for tile in wall.tiles]
    documents, path = window.document_actions, tmp_path / "wall.nnviz"
    assert documents.save_to(path)
    assert documents.open_path(path)
    window.controller.wait_idle()
    again = walls.keeper.wall
    assert again is not None
    assert again is not wall
    assert not panel.isVisible()
    assert "A wall of 6 runs was saved with it" in window.message_bar.text.text()
    window.actions_.many_runs.wall.trigger()
    qtbot.waitUntil(lambda: all(tile.frame is not None for tile in again.tiles), timeout=20_000)
    assert [tile.standing.epoch for tile in again.tiles] == epochs
    assert panel.isVisible()
    panel.take_down.trigger()
    assert walls.keeper.wall is None
    assert not window.actions_.many_runs.wall.isEnabled()
    assert len(wall.tiles) == 6
    drop_a_sweep(window, qtbot, tmp_path / "sweep")


def drop_a_sweep(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    """Drag the folder of a sweep into the window, then the description in it, then one that is damaged."""
    experiment, documents, walls = window.state.experiment, window.document_actions, window.walls
    assert documents.dropped_path(urls(folder)) == ""
    plan = make_plan(experiment, {}, seeds=3, epochs=2)
    sweep = SweepFolder(folder, plan)
    for number in (0, 2):
        outcome = train_task(plan.task(number))
        assert outcome is not None
        sweep.keep(outcome)
    for dropped in (folder, folder / MANIFEST):
        path = documents.dropped_path(urls(dropped))
        assert path
        documents.open_by_user(path)
        qtbot.waitUntil(lambda: walls.keeper.wall is not None and walls.keeper.wall.is_settled, timeout=20_000)
        wall = walls.keeper.wall
        assert wall is not None
        assert [tile.frame is not None for tile in wall.tiles] == [True, False, True]
        assert walls.panel.isVisible()
        walls.keeper.take_down()
    (folder / MANIFEST).write_text('{"format": 1, "grid": 3}')
    documents.open_by_user(str(folder))
    qtbot.waitUntil(lambda: MANIFEST in window.message_bar.text.text(), timeout=20_000)
    assert walls.keeper.wall is None


def urls(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def test_settings_are_compared_folds_are_run_and_a_window_may_be_closed_meanwhile(
    window: MainWindow, qtbot: QtBot, painted: set[str]
) -> None:
    actions, walls = window.actions_, window.walls
    actions.many_runs.settings.trigger()
    dialog = walls.sweep_dialog
    assert dialog is not None
    dialog.values[0].setText("0.01, 0.1, 0.01")
    assert not dialog.run_button.isEnabled()
    assert "twice" in dialog.message.text()
    dialog.values[0].setText("0.01, 0.1")
    dialog.values[1].setText("tanh, relu, sigmoid")
    assert dialog.message.text() == "6 runs"
    dialog.epochs.setValue(3)
    dialog.run_button.click()
    wall = walls.keeper.wall
    assert wall is not None
    qtbot.waitUntil(lambda: wall.is_settled and wall.reached == 3, timeout=20_000)
    assert [tile.experiment.network.hidden[0].activation for tile in wall.tiles[:3]] == ["tanh", "relu", "sigmoid"]
    walls.panel.grab()
    assert {"learning rate ↓", "activation →", "0.01", "relu"} <= painted
    assert walls.panel.header.info.text().startswith("learning rate × activation")
    # Maps with axes stay where they are, and are walked by rows and columns.
    maps = walls.panel.maps
    maps.setFocus(Qt.FocusReason.TabFocusReason)
    press(maps, Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Right)
    assert maps.current == 4
    actions.many_runs.folds.trigger()
    assert walls.folds_dialog is not None
    walls.folds_dialog.runs.setValue(3)
    walls.folds_dialog.epochs.setValue(1_000_000)
    walls.folds_dialog.run_button.click()
    folds = walls.keeper.wall
    assert folds is not None
    qtbot.waitUntil(lambda: folds.epoch > 0, timeout=20_000)
    assert walls.panel.summary.text().startswith("test rows, mean ± SD of 3 runs: ")
    window.close()
    assert walls.keeper.wall is None
