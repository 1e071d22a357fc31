"""The card beside the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT, PROJECTOR
from nnviz.ui.widgets.readout_card import ReadoutCard, ReadoutLine

LINES = (
    ReadoutLine("x1", "0.50"),
    ReadoutLine("x2", "1.25"),
    *(ReadoutLine(f"class {k}", f"{40 - k} %", k, is_minor=k > 0) for k in range(5)),
    ReadoutLine("training point 7", "class 3", 3),
)


def test_a_card_that_a_low_map_would_cut_leaves_the_least_likely_classes_out(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    card = ReadoutCard(place)
    card.set_theme(LIGHT)
    place.resize(400, 400)
    card.show_lines(LINES, QPoint(50, 50))
    assert card.lines == LINES
    whole = card.height()
    place.resize(400, whole - 30)
    card.show_lines(LINES, QPoint(50, 50))
    assert place.rect().contains(card.geometry())
    assert [line.text for line in card.lines] == ["x1", "x2", "class 0", "class 1", "class 2", "training point 7"]
    card.set_theme(PROJECTOR)
    card.show_lines(LINES, QPoint(50, 50))
    assert place.rect().contains(card.geometry())
    assert card.lines[-1] == LINES[-1]
    place.resize(400, 20)
    card.show_lines(LINES, QPoint(5, 5))
    assert [line.is_minor for line in card.lines] == 4 * [False], "where there is no room, what matters stays"
