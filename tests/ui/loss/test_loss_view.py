"""The loss plot: both curves, every epoch, linear and logarithmic, loss and score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.core.numbers import loss_text, number_text
from nnviz.experiment.schema import DataSpec, ViewSpec
from nnviz.ui.window.main_window import MainWindow


def train(window: MainWindow, qtbot: QtBot, epochs: int) -> None:
    """Train exactly `epochs` epochs: many of them at once, of which nothing is drawn but the last.

    Counted, not timed: at full speed a busy machine may pause so late that the history is thinned already.
    """
    drawn = epochs if epochs <= 50 else 1
    window.controller.ask(lambda run: run.trainer.run(epochs=epochs - drawn))
    for _ in range(drawn):
        window.step()
        window.controller.wait_idle()


def test_the_curves_are_those_of_the_frame(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 30)
    view, curves = window.loss_view, window.controller.frame.curves
    for item, values in ((view.train_curve, curves.train_loss), (view.test_curve, curves.test_loss)):
        x, y = item.data
        np.testing.assert_array_equal(x, curves.epoch)
        np.testing.assert_array_equal(y, values)
    assert curves.epoch[0] == 0
    assert curves.epoch[-1] == window.epoch


def test_train_and_test_differ_without_colour(window: MainWindow) -> None:
    assert not window.loss_view.train_curve.dashed
    assert window.loss_view.test_curve.dashed


def test_the_scale_becomes_logarithmic_and_is_kept_in_the_experiment(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 10)
    window.loss_view.log_button.click()
    assert window.state.experiment.view.log_loss
    _, y = window.loss_view.train_curve.data
    np.testing.assert_allclose(y, np.log10(window.controller.frame.curves.train_loss))


def test_the_score_has_the_name_of_the_task(open_window, qtbot: QtBot) -> None:
    window = open_window(data=DataSpec(name="plane", parameters={"n_samples": 60}))
    train(window, qtbot, 5)
    view = window.loss_view
    assert view.score_button.text() == "R²"
    view.score_button.click()
    _, y = view.train_curve.data
    np.testing.assert_array_equal(y, window.controller.frame.curves.train_score)
    assert not view.log_button.isEnabled()
    assert window.run_bar.test_score.caption == "test R²"


def test_a_loss_of_standardised_targets_is_labelled_as_such(open_window, qtbot: QtBot) -> None:
    window = open_window(data=DataSpec(name="auto_mpg"))
    info = window.loss_view.header.info
    assert info.text() == "of standardised targets"
    window.loss_view.score_button.click()
    assert info.text() == ""
    window.loss_view.loss_button.click()
    assert info.text() == "of standardised targets"
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="sine")), "change data set")
    qtbot.waitUntil(lambda: info.text() == "", timeout=10_000)


def test_without_test_data_there_is_one_curve(open_window, qtbot: QtBot) -> None:
    window = open_window(data=DataSpec(name="and"))
    train(window, qtbot, 5)
    assert np.isnan(window.loss_view.test_curve.data[1]).all()
    assert window.run_bar.test_loss.text == "–"


def hover(window: MainWindow, epoch: float) -> None:
    """Point at an epoch in the middle of the plot."""
    box = window.loss_view.plot.plotItem.getViewBox()
    (_, _), (low, high) = box.viewRange()
    window.loss_view.plot.hovered.emit(box.mapViewToScene(QPointF(epoch, 0.5 * (low + high))))


def texts(window: MainWindow) -> dict[str, str]:
    return {line.text: line.value for line in window.loss_view.card.lines}


def test_the_pointer_reads_out_an_epoch(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 15)
    hover(window, 12.2)
    curves = window.controller.frame.curves
    shown = texts(window)
    assert next(iter(shown)) == "epoch 12"
    assert shown["train loss"] == number_text(curves.train_loss[12], 4)
    assert window.loss_view.epoch_line.isVisible()
    window.loss_view.plot.hovered.emit(None)
    assert texts(window) == {}
    assert not window.loss_view.epoch_line.isVisible()


def test_a_long_history_is_read_out_exactly(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 1500)
    assert not window.controller.frame.curves.is_exact
    hover(window, 777.0)
    qtbot.waitUntil(lambda: window.controller.frame.reading is not None, timeout=5_000)
    reading = window.controller.frame.reading
    history = window.controller.document().history
    assert reading.train_loss == history.train_loss[int(reading.epoch)]
    assert texts(window)["train loss"] == loss_text(reading.train_loss)
    window.loss_view.plot.hovered.emit(None)
    window.controller.wait_idle()
    assert window.controller.frame.reading is None


def test_the_best_epoch_is_marked(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 30)
    best = window.controller.frame.curves.best
    assert window.loss_view.test_curve.mark == (best.epoch, best.test_loss)
    hover(window, best.epoch)
    assert texts(window)[f"epoch {best.epoch:.0f}"] == "★ best"
    window.loss_view.rate_button.click()
    assert window.loss_view.test_curve.mark is None


def test_the_rate_has_a_curve_of_its_own(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 10)
    view = window.loss_view
    view.rate_button.click()
    np.testing.assert_allclose(view.train_curve.data[1][1:], 0.02)
    assert not view.footer.slider.isEnabled()
    assert view.log_button.isEnabled()


@pytest.mark.parametrize("name", ["updates", "elapsed_s"])
def test_x_is_what_was_chosen_and_kept_in_the_experiment(window: MainWindow, qtbot: QtBot, name: str) -> None:
    train(window, qtbot, 10)
    view = window.loss_view
    view.footer.x_actions[name].trigger()
    np.testing.assert_array_equal(view.train_curve.data[0], getattr(window.controller.frame.curves, name))
    assert window.state.experiment.view.curve_x == name
    assert not window.state.is_dirty
    assert view.footer.x_button.text().startswith(view.footer.x_actions[name].text())


def test_smoothing_leaves_the_raw_curve_behind(window: MainWindow, qtbot: QtBot) -> None:
    train(window, qtbot, 40)
    view, raw = window.loss_view, window.controller.frame.curves.train_loss
    view.footer.slider.setValue(10)
    assert window.state.experiment.view.smoothing == pytest.approx(0.9)
    smooth = view.train_curve.data[1]
    assert np.abs(np.diff(smooth)).sum() < np.abs(np.diff(raw)).sum()
    np.testing.assert_array_equal(view.raw_curves["train"].data[1], raw)
    assert view.raw_curves["train"].isVisible()
    view.footer.slider.setValue(0)
    assert not view.raw_curves["train"].isVisible()


def test_the_switches_come_back_with_an_experiment(open_window, qtbot: QtBot) -> None:
    kept = ViewSpec(curve="score", curve_x="updates", smoothing=0.9, log_loss=True)
    window = open_window(view=kept)
    view = window.loss_view
    assert view.score_button.isChecked()
    assert view.log_button.isChecked()
    assert view.footer.slider.value() == 10
    assert window.state.experiment.view == kept


def test_the_plot_is_saved_and_copied(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(window, qtbot, 20)
    exports = window.loss_view.exports
    for action, name in (
        (exports.save_png[3], "loss.png"),
        (exports.save_svg, "loss.svg"),
        (exports.save_table, "loss.csv"),
    ):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        action.trigger()
    figure = window.loss_view.figure()
    assert QImage(str(tmp_path / "loss.png")).width() == 3 * figure.size[0]
    assert (tmp_path / "loss.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert len((tmp_path / "loss.csv").read_text(encoding="utf-8").splitlines()) == window.epoch + 2
    exports.copy.trigger()
    assert QGuiApplication.clipboard().image().width() == 2 * figure.size[0]


def test_a_refused_file_is_one_sentence(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "loss.svg"), ""))
    said = []
    window.controller.message.connect(lambda *words: said.append(words))
    window.loss_view.exports.save_svg.trigger()
    ((severity, sentence),) = said
    assert severity == "error"
    assert "cannot be written" in sentence
