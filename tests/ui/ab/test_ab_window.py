"""Two networks side by side in the window: opened, driven, set up, swapped, undone, saved, recoloured and closed."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.drawing.compared import largest_text
from nnviz.drawing.theme import THEMES
from nnviz.experiment import Experiment
from nnviz.experiment.frame import Plane
from nnviz.session.runs.frame_pairs import FramePair
from nnviz.session.runs.second_keeper import SecondKeeper
from nnviz.ui.ab.ab_window import AbWindow
from nnviz.ui.window.main_window import MainWindow


def settle(window: MainWindow, qtbot: QtBot) -> AbWindow:
    """Let both come to rest at one moment, and be shown."""
    window.controller.wait_idle()
    keeper, panel = window.second.keeper, window.second.panel
    assert keeper is not None
    assert panel is not None
    qtbot.waitUntil(lambda: keeper.is_settled and keeper.pair.first.epoch == window.epoch, timeout=30_000)
    return panel


def planes_of(keeper: SecondKeeper) -> tuple[Plane, Plane]:
    """Return the planes of both that are shown."""
    assert keeper.pair is not None
    first, second = keeper.pair.first.seen_by("ab").plane, keeper.pair.second.seen_by("ab").plane
    assert first is not None
    assert second is not None
    return first, second


def test_two_networks_learn_side_by_side(window: MainWindow, qtbot: QtBot, painted: set[str], tmp_path: Path) -> None:
    do, state = window.actions_, window.state
    assert window.second.panel is None
    do.many_runs.second.trigger()
    panel = settle(window, qtbot)
    keeper = window.second.keeper
    assert keeper is not None
    assert not window.isWindowModified()
    # Space plays both, and pauses them: the keys of the main window act here, too.
    QTest.keyClick(panel, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.epoch > 5, timeout=20_000)
    # While they train, the maps are painted beside the GUI thread, one picture for each moment.
    paint, threads = panel.maps._painter.picture, list[threading.Thread]()
    panel.maps._painter.picture = lambda *given: (threads.append(threading.current_thread()), paint(*given))[1]
    begun = window.epoch
    qtbot.waitUntil(lambda: window.epoch > begun + 20 and len(threads) > 4, timeout=20_000)
    # At once where there is no picture yet, as in another size.
    assert threads.count(threading.main_thread()) <= 1
    del panel.maps._painter.picture
    QTest.keyClick(panel, Qt.Key.Key_Space)
    settle(window, qtbot)
    assert keeper.pair is not None
    assert np.array_equal(keeper.pair.first.parameters, keeper.pair.second.parameters)
    assert panel.maps.difference is not None
    assert panel.maps.difference.largest == 0.0
    assert largest_text(panel.maps.difference) == "No difference anywhere"
    # Nor is there a scale, whose numbers would run into the map of B.
    picture, (_, middle, _) = panel.maps.grab().toImage(), panel.maps.areas()
    beside = [
        picture.pixelColor(round(middle.right()) + 12, round(y)) for y in (middle.top() + 20, middle.bottom() - 20)
    ]
    assert beside[0] == beside[1]
    assert panel.moment.text.startswith(f"epoch {window.epoch}")
    # Both stay at the present while the main window looks back, and say so.
    window.controller.timeline.go_to(2)
    assert panel.moment.text.startswith(f"the present, epoch {keeper.pair.first.epoch}")
    assert panel.moment.text.endswith("; the main window shows the past")
    window.controller.timeline.go_to_present()
    settle(window, qtbot)
    assert panel.moment.text.startswith(f"epoch {window.epoch}")
    # B is set up by the controls of the set-up, as an undo step.
    first = state.experiment.network
    count = panel.setups[1].network.count
    count.edited.emit(1, "")
    assert state.undo_stack.undoText() == "change number of layers of B"
    assert state.experiment.network == first
    assert keeper.experiment.network.hidden != first.hidden
    qtbot.waitUntil(lambda: keeper.is_settled and keeper.pair.second.layout.sizes == (2, 3, 1), timeout=20_000)
    panel.setups[1].training.rate.edited.emit(0.3, "")
    do.step_epoch.trigger()
    settle(window, qtbot)
    assert panel.maps.difference is not None
    assert panel.maps.difference.largest > 0.0
    assert panel.headers[1].words.startswith("B: 2-3-1 · Adam 0.3 · batch 10")
    assert "0.02" in panel.headers[0].words
    assert "B − A" in panel.maps.accessibleDescription()
    # The maps are of one plane, and what is asked of the main map is asked of both.
    first_plane, second_plane = planes_of(keeper)
    assert (first_plane.x_range, first_plane.y_range) == (second_plane.x_range, second_plane.y_range)
    state.set_view(state.experiment.view.edited(x_range=(-2.0, 2.0), y_range=(-1.0, 1.0)))
    qtbot.waitUntil(lambda: {plane.x_range for plane in planes_of(keeper)} == {(-2.0, 2.0)}, timeout=20_000)
    # In every look and at both sizes.
    for theme in ("dark", "projector", "light"):
        window.set_theme(THEMES[theme])
        for size in (QSize(1280, 720), QSize(1920, 1080)):
            panel.resize(size)
            assert panel.size() == size
            panel.grab()
    assert {"A", "B", "Answers of A", "Answers of B", panel.maps.difference.title} <= painted
    # Swapped, and back.
    sizes = keeper.pair.first.layout.sizes
    panel.swap.trigger()
    qtbot.waitUntil(lambda: state.undo_stack.undoText() == "swap A and B", timeout=20_000)
    settle(window, qtbot)
    assert keeper.pair.second.layout.sizes == sizes
    assert window.diagram_area.diagram.frame.layout.sizes == (2, 3, 1)
    QTest.keyClick(panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)
    assert keeper.pair.first.layout.sizes == sizes
    # Saved with the document, while both train; undone while they do.
    window.controller.play()
    path = tmp_path / "two.nnviz"
    window.document_actions.save_to(path)
    qtbot.waitUntil(lambda: state.path == path, timeout=20_000)
    assert Experiment.load(path).second == state.experiment.second
    state.undo_stack.undo()
    qtbot.waitUntil(lambda: keeper.experiment.training.learning_rate == 0.02, timeout=20_000)
    do.reset.trigger()
    settle(window, qtbot)
    assert (keeper.pair.first.epoch, keeper.pair.second.epoch) == (0, 0)
    # A pupil's view leaves it out, with all that trains many runs.
    assert do.many_runs.second in window.menus.many_runs.actions()
    # What has come to its end tells what it has reached, not only that.
    pair = keeper.pair
    ended = FramePair(
        *(replace(each, status="finished", message="It is over.") for each in (pair.first, pair.second)), True
    )
    panel._say(ended)
    for header in panel.headers:
        assert header.words.endswith("% · It is over.")
        assert "loss" in header.words
    panel._say(pair)
    # Closed, it costs nothing; the window goes with it open, while both train.
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert not do.many_runs.second.isChecked()
    assert keeper.run is None
    shown = panel.moment.text
    do.step_epoch.trigger()
    window.controller.wait_idle()
    assert panel.moment.text == shown
    do.many_runs.second.trigger()
    settle(window, qtbot)
    window.controller.play()
    state.undo_stack.setClean()
    assert window.close()
