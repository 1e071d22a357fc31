"""The figures of the run bar, as text, and that they stay where they are."""

from __future__ import annotations

import math

import pytest

from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.run_bar import number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000"),
        (0.25, "0.250"),
        (999.9, "999.900"),
        (2.6e33, "2.6e33"),
        (3.7e-13, "3.7e−13"),
        (-0.5, "−0.500"),
        (-1791406.2, "−1.8e6"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_losses_and_scores_are_short_and_have_a_real_minus_sign(value: float, text: str) -> None:
    assert number_text(value) == text


def test_nothing_in_the_bar_moves_when_play_becomes_pause(window: MainWindow) -> None:
    button, figure = window.run_bar.play_button, window.run_bar.epoch
    before = button.sizeHint().width(), button.width(), figure.x()
    window.actions_.set_playing(playing=True)
    window.run_bar.layout().activate()
    assert button.sizeHint().width() != before[0]
    assert (button.width(), figure.x()) == before[1:]
