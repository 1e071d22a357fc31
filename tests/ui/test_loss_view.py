"""The loss plot: both curves, every epoch, linear and logarithmic, loss and score."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.experiment.document import DataSpec
from nnviz.ui.main_window import MainWindow
from nnviz.ui.run_bar import count_text, number_text


def train(window: MainWindow, qtbot: QtBot, epochs: int) -> None:
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= epochs, timeout=20_000)
    window.pause()
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


def test_without_test_data_there_is_one_curve(open_window, qtbot: QtBot) -> None:
    window = open_window(data=DataSpec(name="and"))
    train(window, qtbot, 5)
    assert np.isnan(window.loss_view.test_curve.data[1]).all()
    assert window.run_bar.test_loss.text == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234, "0.123"),
        (0.0, "0.000"),
        (2.5e-5, "2.5e-05"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (12345.0, "1.2e+04"),
    ],
)
def test_losses_are_read_at_a_glance(value: float, text: str) -> None:
    assert number_text(value) == text


def test_large_counts_have_spaces() -> None:
    assert count_text(1_234_567) == "1\u2009234\u2009567"
