"""The timeline in the window: the strip, its keys, and that every view shows the epoch that it stands at."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from nnviz.core.numbers import count_text
from nnviz.drawing.theme import DARK, PROJECTOR
from nnviz.session.epoch_marks import EpochMark
from nnviz.session.timeline import Timeline
from nnviz.ui.timeline.past_sign import PastSign
from nnviz.ui.window.main_window import MainWindow

VIEWS = ("map", "diagram", "inspector", "answers", "curves", "figures", "frame", "cursor")


def rest(qtbot: QtBot, window: MainWindow) -> Timeline:
    """Wait until the timeline shows exactly where it stands."""
    line = window.controller.timeline
    qtbot.waitUntil(
        lambda: line.is_exact and not line._is_asking and (not line.is_past or line.shown_epoch == line.epoch),
        timeout=30_000,
    )
    return line


def shown_by_views(window: MainWindow) -> dict[str, object]:
    """Return which epoch each view shows."""
    frames = {
        "map": window.boundary_view,
        "diagram": window.diagram_area.diagram,
        "inspector": window.diagram_area.inspector,
        "answers": window.answers_panel,
        "curves": window.loss_view,
    }
    shown: dict[str, object] = {name: view._frame.epoch for name, view in frames.items()}  # type: ignore[attr-defined]
    shown["figures"] = int(window.run_bar.epoch.text.replace("\u2009", ""))
    shown["frame"] = window.controller.frame.epoch  # type: ignore[union-attr]
    shown["cursor"] = round(window.loss_view.past_line.value())
    return shown


def test_all_views_show_the_epoch_of_the_timeline_while_the_run_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    line, dock, choose = window.controller.timeline, window.docks["timeline"], random.Random(3)
    assert dock.isHidden()
    assert not window.actions_.past.present.isEnabled()
    window.show_answers("confusion")
    window.diagram_area.diagram.select((1, 0))
    window.play()
    qtbot.waitUntil(lambda: window.epoch > 60, timeout=60_000)
    assert not dock.isHidden()
    window.controller.timeline.go_to(5)
    frame_, sign = window.past.frame, window.past.strip.text
    assert frame_.is_shown
    for _ in range(60):
        line.go_to(choose.randrange(60))
        if choose.random() < 0.4:
            rest(qtbot, window)
            assert shown_by_views(window) == dict.fromkeys(VIEWS, line.epoch)
    rest(qtbot, window)
    assert shown_by_views(window) == dict.fromkeys(VIEWS, line.epoch)
    assert window.is_training
    assert count_text(line.position) in sign.text()
    frame = window.controller.frame
    assert frame is not None
    parameters = window.controller.ask(lambda run: run.trainer.parameters_at(line.epoch))  # type: ignore[union-attr]
    assert np.array_equal(frame.parameters, parameters)
    window.pause()
    window.controller.wait_idle()

    # Worked arithmetic follows where one rests.
    window.docks["worked"].open()
    line.go_to(12)
    qtbot.waitUntil(lambda: window.worked.model.moment == (12, 0), timeout=20_000)
    worked = window.worked.model.worked
    assert worked is not None
    # A panel that has come to the front leaves the frame round the window to be seen.
    window.docks["worked"].raise_()
    qtbot.waitUntil(lambda: are_in_front(window, frame_.edges))
    then = window.controller.ask(lambda run: run.trainer.parameters_at(12))  # type: ignore[union-attr]
    assert np.array_equal(worked.arithmetic.subject.parameters, then)

    QTest.keyClick(window, Qt.Key.Key_L)
    assert not line.is_past
    assert not frame_.is_shown
    assert not sign.is_past
    rest(qtbot, window)
    qtbot.waitUntil(lambda: window.epoch == line.last)
    assert not window.loss_view.past_line.isVisible()


def are_in_front(window: MainWindow, edges: tuple[QWidget, ...]) -> bool:
    order = window.children()
    front = max(order.index(dock) for dock in window.docks.values() if dock.parent() is window)
    return all(order.index(edge) > front for edge in edges)


def mark_epochs(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Star the first epoch and write a note at another one, by the menu; a click near a mark goes to it."""
    line, track, do = window.controller.timeline, window.past.strip.track, window.actions_.past
    track.resize(300, 24)
    before = track.grab().toImage()
    do.star.trigger()
    assert do.star.isChecked()
    assert line.own_marks == (EpochMark(0, is_starred=True),)
    line.go_to(9)
    assert not do.star.isChecked()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("the corner", True))
    do.note.trigger()
    assert line.mark.note == "the corner"
    assert "✎ the corner" in track._words_at(track.place_of(9) + 2.0)
    assert "☆ starred" in track._words_at(track.place_of(0))
    line.go_to(0)
    assert track.grab().toImage() != before
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.place_of(9) + 3.0), 12))
    assert line.position == 9
    QTest.keyClick(track, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert line.position == 0
    for _ in range(2):
        window.state.undo_stack.undo()
    assert line.own_marks == ()


def test_mouse_and_keys_move_through_time(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    window.controller.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 40, timeout=60_000)
    window.pause()
    window.controller.wait_idle()
    line, track = window.controller.timeline, window.past.strip.track
    last = line.last
    # In larger type the handle, its ring included, has room at both ends of the line.
    low = track.size()
    track.resize(low.width(), 60)
    assert track.place_of(0) == track.width() - track.place_of(last) >= 6.0 * 60 / 24 + 2.0
    track.resize(low)
    middle = QPoint(round(track.place_of(last // 2)), track.height() // 2)
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=middle)
    assert abs(line.position - last // 2) <= 1
    for key, wanted in (
        (Qt.Key.Key_Left, line.position - 1),
        (Qt.Key.Key_Left, line.position - 2),
        (Qt.Key.Key_Right, line.position - 1),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(track, key)
        assert line.position == wanted
        rest(qtbot, window)
        assert window.epoch == wanted
    mark_epochs(window, monkeypatch)
    QTest.keyClick(window, Qt.Key.Key_S)
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert line.epoch == 2
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    assert line.epoch == 1
    rest(qtbot, window)
    assert window.controller.ask(lambda run: run.trainer.epoch) == last  # type: ignore[union-attr]

    # Space replays what was, and comes to the present.
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert line.is_replaying
    assert window.actions_.play.text() == "Pause"
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert not line.is_replaying
    assert not window.is_training
    QTest.keyClick(track, Qt.Key.Key_End)
    assert not line.is_past
    window.actions_.past.best.trigger()
    best = line.best_epoch
    assert best is not None
    rest(qtbot, window)
    assert window.epoch == (best if best < last else last)

    # Painting is done on the data of now, and a strip that is closed lets nobody into the past.
    line.go_to(3)
    window.actions_.paint.trigger()
    assert not line.is_past
    window.actions_.paint.trigger()
    window.projector.enter()
    window.projector.go_back()
    assert line.epoch == last - 1
    window.projector.go_on()
    assert not line.is_past
    window.projector.leave()
    window.docks["timeline"].toggleViewAction().trigger()
    window.past.step_back()
    assert not line.is_past


def test_the_sign_of_the_past_gives_back_the_room_of_larger_type(qtbot: QtBot) -> None:
    sign = PastSign(None)
    qtbot.addWidget(sign)
    widths = []
    for theme in (DARK, PROJECTOR, DARK):
        sign.set_theme(theme)
        sign.show_words("epoch 393 of 394", is_past=True)
        widths.append(max(sign.sizeHint().width(), sign.minimumWidth()))
    assert widths[0] == widths[2] < widths[1]
