"""Lessons that ship, followed to their ends in one window: waits come, promises hold, figures are read.

All of them are followed by `tests/benchmarks/replay_lessons.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.ui.window.main_window import MainWindow
from tests.ui.lessons.replaying import replay

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

QUICK = ("xor-needs-a-hidden-layer", "what-the-bias-is-for", "the-accuracy-paradox")


def _until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda is_so: qtbot.waitUntil(is_so, timeout=60_000)


def test_quick_lessons_and_the_sources_are_followed_to_their_ends(window: MainWindow, qtbot: QtBot) -> None:
    broken = [words for name in QUICK for words in replay(window, name, _until(qtbot))]
    assert broken == []
    # Waits of the run end in the very epoch that is told, so that figures are read to the last digit.
    assert _read_until(window, qtbot, "source-c", 4)[1:] == [
        f"epoch {epoch} · training loss {loss}"
        for epoch, loss in ((0, "1.298103813"), (1499, "0.002800222"), (1500, "0.002797652"))
    ]
    assert _read_until(window, qtbot, "source-d", 2) == [
        "epoch 0 · training loss 0.6931474",
        "epoch 1000 · training loss 0.6931471",
    ]
    _walk_through_the_paper(window, qtbot)
    _walk_through_the_chain_rule(window, qtbot)


def _read_until(window: MainWindow, qtbot: QtBot, name: str, steps: int) -> list[str]:
    """Follow so many steps of a lesson, and return the figures that each tells."""
    lessons, until = window.lessons, _until(qtbot)
    assert lessons.open_by_user(name)
    read = []
    for number in range(steps):
        assert lessons.played.position == number
        until(lambda: lessons.played.is_met)
        window.controller.wait_idle()
        read.append(lessons.panel.figures.text())
        lessons.walk(1)
    return read


def _walk_through_the_paper(window: MainWindow, qtbot: QtBot) -> None:
    """Source E: the printed arithmetic of one row, rounded to two digits, is on the sheet."""
    lessons, until, model = window.lessons, _until(qtbot), window.worked.model
    assert lessons.open_by_user("source-e")
    window.controller.wait_idle()
    lessons.walk(1)
    window.marks.set_one(("train", 2))
    assert lessons.played.is_met
    lessons.walk(1)
    assert window.docks["worked"].is_seen
    until(lambda: model.worked is not None)
    assert model.worked is not None
    assert model.worked.a[0].round(12).tolist() == [0.73105857863, 0.710949502625, 0.710949502625]
    panel, before = window.worked.panel, model.worked
    panel.digits.setCurrentIndex(panel.digits.findData(2))
    panel.digits.activated.emit(panel.digits.currentIndex())
    until(lambda: model.worked is not before)
    text = _whole_sheet(window)
    for printed in ("0.73", "0.71", "0.77", "0.29645", "0.25"):
        assert printed in text
    # At the sheet's end the clicker goes on with the lesson.
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert lessons.played.position == 3


def _walk_through_the_chain_rule(window: MainWindow, qtbot: QtBot) -> None:
    """Source B: its factors, one by one, with the numbers of the run."""
    lessons, until = window.lessons, _until(qtbot)
    assert lessons.open_by_user("source-b")
    window.controller.wait_idle()
    lessons.played.enter(2)
    until(lambda: lessons.played.position == 2)
    window.controller.wait_idle()
    until(lambda: window.worked.model.worked is not None)
    text = _whole_sheet(window)
    for factor in ("∂L/∂ŷ", "∂ŷ/∂z(2)", "∂L/∂w(2)11"):
        assert factor in text


def _whole_sheet(window: MainWindow) -> str:
    panel, texts = window.worked.panel, []
    for position in range(panel.slider.maximum() + 1):
        panel.slider.setValue(position)
        texts.append(panel.sheet.toPlainText())
    return "\n".join(texts)
