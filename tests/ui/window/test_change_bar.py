"""Choosing other data says what else it changed, and how to have that back."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nnviz.experiment import default_experiment, edits
from nnviz.experiment.document import REAL_TRAINING
from nnviz.ui.window.main_window import MainWindow


def choose(window: MainWindow, name: str) -> None:
    window.setup_panel.data_section.gallery.chosen.emit(name)
    window.controller.wait_idle()


def test_choosing_data_says_what_else_changed(window: MainWindow, qtbot: QtBot) -> None:
    window.state.replace(default_experiment())
    window.controller.wait_idle()
    bar, start = window.bar_stack.change_bar, window.state.experiment
    assert bar.isHidden()
    choose(window, "iris")
    assert not bar.isHidden()
    after = window.state.experiment.training
    assert (after.learning_rate, after.l2) == (REAL_TRAINING.learning_rate, REAL_TRAINING.l2)
    text = bar.text.text()
    assert ("Learning rate" in text) == (start.training.learning_rate != after.learning_rate)
    assert f"L2 penalty {start.training.l2:g} → {after.l2:g}" in text
    assert ("Schedule" in text) == (start.training.schedule != after.schedule)
    assert ("Batch size" in text) == (start.training.batch_size != after.batch_size)
    bar.undo.click()
    window.controller.wait_idle()
    assert window.state.experiment == start
    assert bar.isHidden()

    # The settings alone can be had back, on the new data.
    choose(window, "iris")
    bar.keep.click()
    window.controller.wait_idle()
    assert window.state.experiment.data.name == "iris"
    assert window.state.experiment.training == start.training
    assert bar.isHidden()

    # Nothing else changes: nothing is said.
    window.state.edit(edits.with_training(window.state.experiment, learning_rate=0.011), "change the rate")
    choose(window, "wine")
    assert window.state.experiment.training.learning_rate == 0.011
    assert bar.isHidden()

    # A loss that does not fit goes back to automatic, and is named; the next edit takes the sentence away.
    window.state.edit(edits.with_training(window.state.experiment, loss="cross_entropy"), "change the loss")
    choose(window, "concrete")
    assert "Loss Cross-entropy → automatic" in bar.text.text()
    assert "Learning rate" not in bar.text.text()
    window.state.edit(edits.with_training(window.state.experiment, l1=0.1), "change the penalty")
    assert bar.isHidden()
