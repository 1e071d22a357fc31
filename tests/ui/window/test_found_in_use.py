"""What surprised people who used the window for a day: nothing is lost, and there is always something to learn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.experiment import Experiment, load_document
from nnviz.export.run_folder import write_run
from nnviz.ui.boundary.boundary_axes import pixels_of
from nnviz.ui.window.main_window import MainWindow


def settle(window: MainWindow) -> np.ndarray:
    window.controller.wait_idle()
    return window.controller.frame.parameters.copy()


def test_a_reset_gives_the_run_back_and_an_edit_before_it_stays_in_its_own_network(window: MainWindow) -> None:
    """Ctrl+Z after the reset brings back the run; once more, the old weight into that, never into the new network."""
    stack = window.state.undo_stack
    first = settle(window)
    for _ in range(3):
        window.step()
    learnt = settle(window)
    place = window.controller.frame.layout.weight_index(1, 1, 0)
    window.controller.edit_parameters({place: 1.5}, "change weight")
    edited = settle(window)
    assert edited[place] == 1.5
    window.show()
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_R)
    assert np.array_equal(settle(window), first)
    assert window.epoch == 0
    stack.undo()
    assert np.array_equal(settle(window), edited)
    assert window.epoch == 3
    stack.undo()
    assert np.array_equal(settle(window), learnt)
    # And on again, to the new network as it was.
    stack.redo()
    stack.redo()
    assert np.array_equal(settle(window), first)


def test_any_picture_of_the_first_screen_leaves_something_to_learn(qtbot: QtBot) -> None:
    window = create_window(theme="light")
    try:
        gallery = window.setup_panel.data_section.gallery
        for tile in gallery.tiles:
            tile.click()
            settle(window)
            metrics = window.controller.frame.metrics
            assert window.state.experiment.data.name == tile.name
            if window.controller.prepared.task == "classification":
                assert metrics.train_score < 0.97, tile.name
            assert metrics.train_loss > 0.05, tile.name
    finally:
        window.close()


def test_what_is_shown_of_a_table_is_explained_where_it_stands(qtbot: QtBot, tmp_path: Path, painted: set[str]) -> None:
    """The bars in the units, what one output of two classes says, and in files, too, what the map holds."""
    window = create_window(Experiment.load("breast_cancer_wisconsin"), theme="light")
    try:
        settle(window)
        window.diagram_area.grab()
        assert "bars" in window.diagram_area.header.info.text()
        assert any(text.startswith("P(") for text in painted)
        experiment = window.state.experiment
        trainer, prepared = experiment.trainer(), experiment.prepared()
        trainer.run(epochs=1)
        painted.clear()
        write_run(trainer, prepared, tmp_path, elapsed_s=0.0)
        assert (tmp_path / "boundary.png").exists()
        assert any("points lie near" in text for text in painted)
    finally:
        window.close()


def test_a_lesson_by_name_stops_where_its_notes_say_and_goes_on_when_asked(window: MainWindow, qtbot: QtBot) -> None:
    for name, epochs in (("source-b", 1000), ("source-c", 1500), ("source-d", 3500)):
        window.document_actions.show_document(load_document(name))
        settle(window)
        assert str(epochs) in window.state.experiment.notes
        window.run_bar.set_speed("full")
        window.play()
        qtbot.waitUntil(lambda: not window.is_training and window.epoch > 0, timeout=60_000)
        settle(window)
        assert window.epoch == epochs
        window.play()
        qtbot.waitUntil(lambda stop=epochs: window.epoch > stop, timeout=60_000)
        window.pause()
        settle(window)


def test_a_theme_that_is_chosen_is_on_disk_at_once(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    window = create_window(theme="light", settings=QSettings(str(path), QSettings.Format.IniFormat))
    try:
        settle(window)
        window.actions_.dark.trigger()
        # Not asked of the settings: those of one process know what is not written yet.
        assert "theme=dark" in path.read_text(encoding="utf-8")
    finally:
        window.close()


def test_the_map_is_refined_to_the_pixel_once_a_run_rests(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnviz.session.refining.REST_S", 0.01)
    window.show()
    window.step()
    settle(window)
    width, height = pixels_of(window.boundary_view.plot)
    qtbot.waitUntil(lambda: window.controller.frame.plane.values.shape[:2] == (height, width), timeout=20_000)


def test_a_table_named_on_the_command_line_is_shown_before_it_is_opened(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text("a,b,kind\n" + "".join(f"{n},{n % 7},{'xy'[n % 2]}\n" for n in range(40)))
    looked = """
import os, sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from nnviz import app
def look():
    until = time.monotonic() + 40
    while time.monotonic() < until:
        QApplication.processEvents()
        shown = [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "ImportDialog" and w.isVisible()]
        if shown:
            (window,) = [w for w in QApplication.topLevelWidgets() if hasattr(w, "controller")]
            print(len(shown), window.state.experiment.data.table, flush=True)
            os._exit(0)
    os._exit(1)
QApplication.exec = staticmethod(look)
app.main(["nnviz"], table=Path(sys.argv[1]))
"""
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-c", looked, str(table)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == ["1", "None"], done.stderr
