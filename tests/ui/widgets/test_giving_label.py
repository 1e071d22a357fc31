"""Sentences that give way to what is above them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT, PROJECTOR
from nnviz.ui.plots.plot import Plot
from nnviz.ui.widgets.giving_label import GivingLabel

WORDS = "Hardly any of the points lie near it: go by the crosses, not by the colour below a point. " * 2


def test_the_lines_give_way_to_the_plot_above_them(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    plot, label = Plot(page, least_height=130), GivingLabel(page)
    column = QVBoxLayout(page)
    column.addWidget(plot, 1)
    column.addWidget(label)
    label.setText(WORDS)
    plot.set_theme(LIGHT)
    page.resize(300, 500)
    page.show()
    qtbot.waitUntil(lambda: len(label.shown_lines()) > 3)
    assert " ".join(label.shown_lines()) == WORDS.strip()
    assert (label.toolTip(), plot.minimumHeight()) == ("", 130)
    least = page.minimumSizeHint().height()
    page.resize(300, least)
    qtbot.waitUntil(lambda: len(label.shown_lines()) == 1)
    assert plot.height() >= 130
    assert label.shown_lines()[0].endswith("…")
    assert "the colour below a point" in label.toolTip()
    assert label.fontMetrics().horizontalAdvance(label.shown_lines()[0]) <= label.width()
    plot.set_theme(PROJECTOR)
    assert plot.minimumHeight() == round(130 * PROJECTOR.font_size / LIGHT.font_size)
    plot.give_way(True)
    assert plot.minimumHeight() == 0
