"""What surprised people who used the window for a day: nothing is lost, and there is always something to learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.experiment import Experiment, load_document
from nnviz.export.run_folder import write_run
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
