from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.session.engine_start import Preparation
from nnviz.session.observer import RunObserver
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.message_bar import MessageBar


def test_what_play_waits_for_is_said_with_a_bar_until_it_is_there(qtbot: QtBot) -> None:
    bar, observer = MessageBar(LIGHT), RunObserver()
    qtbot.addWidget(bar)
    observer.preparation_changed.connect(bar._on_preparation_changed)
    observer.preparation_changed.emit(Preparation(0.25, 34))
    assert bar.text.text() == "Preparing the engine, once per computer: about 34 s"
    assert bar._progress.isVisibleTo(bar)
    assert bar._progress.value() == 25
    observer.preparation_changed.emit(Preparation(0.5, 34, by_another=True))
    assert bar.text.text() == "Another nnviz is preparing the engine, once per computer: about 34 s"
    observer.preparation_changed.emit(None)
    assert not bar.isVisibleTo(bar.parentWidget())
    bar.show_message("warning", "Something else.")
    observer.preparation_changed.emit(None)
    assert bar.isVisible()
    assert not bar._progress.isVisibleTo(bar)


def test_a_run_that_gives_no_sign_can_be_stopped(window: MainWindow) -> None:
    window.controller.step_epoch()
    window.controller.wait_idle()
    bar, run, frame = window.bar_stack.hang_bar, window.controller.run_id, window.controller.frame
    assert frame is not None
    assert bar.isHidden()
    window.controller.silence_changed.emit(True)
    assert bar.isVisible()
    assert "no sign" in bar.text.text()
    window.controller.silence_changed.emit(False)
    assert bar.isHidden()
    bar.stop.click()
    window.controller.wait_idle()
    assert window.controller.run_id != run
    assert window.epoch == frame.epoch == 1


def test_runs_beside_it_that_give_no_sign_can_be_stopped(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    bar, lab, given_up = window.bar_stack.hang_bar, window.controller.lab, list[int]()
    monkeypatch.setattr(lab, "give_up", given_up.append)
    lab.silent.beside = frozenset({7})
    lab.silent.changed.emit()
    assert bar.isVisible()
    assert bar.text.text().startswith("1 run beside this one gives no sign.")
    bar.stop.click()
    assert given_up == [7]
    # The one in front goes first.
    window.controller.silence_changed.emit(True)
    assert bar.text.text().startswith("The run has given no sign")
    assert bar.stop.text() == "Stop this run"
    window.controller.silence_changed.emit(False)
    lab.silent.beside = frozenset({7, 8})
    lab.silent.changed.emit()
    assert bar.text.text().startswith("2 runs beside this one give no sign.")
    lab.silent.beside = frozenset()
    lab.silent.changed.emit()
    assert bar.isHidden()
