"""The spin box that reads numbers as all other fields do."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.ui.widgets.number_box import CountBox, NumberBox
from nnviz.ui.widgets.style import sheet_of


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


def first_ink(widget: QWidget) -> int:
    """Return the first column, frame and rounded corners aside, in which there is something dark."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    middle = pixels[8 : image.height() - 8, 2 : image.width() // 2]
    return 2 + int(np.argmax((middle < 100).any(axis=0)))


@pytest.mark.parametrize("kind", [CountBox, NumberBox])
def test_the_number_is_no_nearer_to_the_frame_than_in_a_field(qtbot: QtBot, kind: type[CountBox]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet(sheet_of(LIGHT))
    field, box = QLineEdit("20", window), kind(window)
    box.setValue(20)
    for widget in (field, box):
        widget.resize(120, 34)
    window.show()
    window.setFocus()
    assert abs(first_ink(box) - first_ink(field)) <= 3
