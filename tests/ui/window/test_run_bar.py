"""The figures of the run bar, as text, and that they stay where they are."""

from __future__ import annotations

from nnviz.ui.window.main_window import MainWindow


def test_nothing_in_the_bar_moves_when_play_becomes_pause(window: MainWindow) -> None:
    button, figure = window.run_bar.play_button, window.run_bar.epoch
    before = button.sizeHint().width(), button.width(), figure.x()
    window.actions_.set_playing(playing=True)
    window.run_bar.layout().activate()
    assert button.sizeHint().width() != before[0]
    assert (button.width(), figure.x()) == before[1:]
