from __future__ import annotations

from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.session.engine_start import Preparation
from nnviz.session.observer import RunObserver
from nnviz.ui.window.message_bar import MessageBar


def test_what_play_waits_for_is_said_with_a_bar_until_it_is_there(qtbot: QtBot) -> None:
    bar, observer = MessageBar(LIGHT), RunObserver()
    qtbot.addWidget(bar)
    observer.preparation_changed.connect(bar._on_preparation_changed)
    observer.preparation_changed.emit(Preparation(0.25, 34))
    assert bar.text.text() == "Preparing the engine, once per computer: about 34 s"
    assert bar._progress.isVisibleTo(bar)
    assert bar._progress.value() == 25
    observer.preparation_changed.emit(None)
    assert not bar.isVisibleTo(bar.parentWidget())
    bar.show_message("warning", "Something else.")
    observer.preparation_changed.emit(None)
    assert bar.isVisible()
    assert not bar._progress.isVisibleTo(bar)
