"""The spin box that reads numbers as all other fields do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.ui.widgets.number_box import NumberBox


@pytest.fixture
def box(qtbot: QtBot) -> NumberBox:
    widget = NumberBox()
    widget.setKeyboardTracking(False)
    widget.setDecimals(3)
    widget.setRange(-1e9, 1e9)
    widget.setValue(7.0)
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.mark.parametrize(
    ("typed", "value", "text"),
    [
        ("0,05", 0.05, "0.050"),
        ("1/4", 0.25, "0.250"),
        ("1.000", 1.0, "1.000"),
        ("-12'345.5", -12345.5, "−12\u2009345.500"),
        ("many", 7.0, "7.000"),
        ("2e9", 7.0, "7.000"),
    ],
)
def test_typing_is_taken_over_where_it_is_a_number(
    qtbot: QtBot, box: NumberBox, typed: str, value: float, text: str
) -> None:
    box.selectAll()
    qtbot.keyClicks(box, typed)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == value
    assert box.text() == text


def test_what_it_shows_can_be_typed_back(box: NumberBox) -> None:
    for value in (0.125, -3.0, 123_456.789, 1e9):
        box.setValue(value)
        assert box.valueFromText(box.text()) == value
