"""After a change of the network, the window asks whether it goes on with what was learnt, and remembers the answer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from nnviz.app import create_window
from nnviz.experiment import edits
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment


def learn(window: MainWindow, epochs: int = 2) -> float:
    for _ in range(epochs):
        window.controller.step_epoch()
        window.controller.wait_idle()
    assert window.controller.frame is not None
    return window.controller.frame.metrics.train_loss


def change_units(window: MainWindow, units: int) -> None:
    window.state.edit(edits.with_layer(window.state.experiment, 0, units=units), "change the units")
    window.controller.wait_idle()


def test_a_change_offers_to_keep_what_has_been_learnt(qapp: QApplication, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = create_window(small_experiment(), theme="light", settings=settings)
    window.resize(1280, 720)
    window.show()
    window.controller.wait_idle()
    bar, plot = window.bar_stack.learnt_bar, window.loss_view

    # A run that has learnt nothing loses nothing: nothing is said.
    change_units(window, 4)
    assert bar.isHidden()
    loss = learn(window)
    change_units(window, 5)
    frame = window.controller.frame
    assert frame is not None
    assert bar.isVisible()
    assert not bar.keep.isChecked()
    assert "anew" in bar.text.text()
    assert frame.epoch == 0

    bar.keep.click()
    window.controller.wait_idle()
    frame = window.controller.frame
    assert frame is not None
    assert "goes on" in bar.text.text()
    assert frame.epoch == 2
    assert abs(frame.metrics.train_loss - loss) < 1e-12
    assert plot.carried.shown == (2.0,)
    assert "changed" in plot.footer.key.texts

    # From now on changes are so by themselves, told with the same way back: one step.
    window.state.edit(edits.with_training(window.state.experiment, l1=0.001), "change the penalty")
    assert bar.isHidden()
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert bar.isHidden()
    learn(window, 1)
    window.state.edit(edits.with_layer(window.state.experiment, 1, activation="relu"), "change the activation")
    window.controller.wait_idle()
    assert bar.isVisible()
    assert bar.keep.isChecked()
    assert plot.carried.shown == (2.0, 3.0)
    bar.undo.click()
    window.controller.wait_idle()
    assert bar.isHidden()
    assert plot.carried.shown == (2.0,)

    # A file of settings alone cannot hold this run, and saving says so.
    window.document_actions.save_to(tmp_path / "settings.toml")
    assert "settings.nnviz" in window.message_bar.text.text()
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert plot.carried.shown == ()
    assert "changed" not in plot.footer.key.texts
    window.state.undo_stack.setClean()
    window.close()

    again = create_window(small_experiment(), theme="light", settings=settings)
    assert again.controller.keeps_learnt
    again.close()
