"""How large a window opens."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import LIGHT, PROJECTOR
from nnviz.ui.widgets.opening_size import SHARE, opening_size


def test_a_window_grows_with_the_type_up_to_the_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    for theme in (LIGHT, PROJECTOR):
        monkeypatch.setattr(QApplication, "font", lambda theme=theme: ui_font(theme.font_size))
        size = opening_size(window, 300, 200)
        assert size.width() == round(300 * theme.font_size / LIGHT.font_size)
        assert size.height() == round(200 * theme.font_size / LIGHT.font_size)
    room = window.screen().availableSize()
    assert opening_size(window, 9000, 9000) == room * SHARE
