"""What is said above each of the two runs."""

import math

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.ui.ab.side_header import SideHeader
from tests.ui.network.diagram_stage import stage


def test_a_score_that_is_no_share_is_told_as_it_is(qtbot: QtBot) -> None:
    header = SideHeader(LIGHT, "A")
    qtbot.addWidget(header)
    _, frame = stage("sine", (3,))
    metrics = replace(
        frame.metrics, train_loss=math.inf, test_loss=math.inf, train_score=-math.inf, test_score=-math.inf
    )
    header.show_frame(replace(frame, metrics=metrics), "", r2=True)
    assert "R² −∞" in header.figures


def test_an_accuracy_is_never_rounded_up(qtbot: QtBot) -> None:
    header = SideHeader(LIGHT, "A")
    qtbot.addWidget(header)
    _, frame = stage()
    header.show_frame(replace(frame, metrics=replace(frame.metrics, test_score=0.9999)), "", r2=False)
    assert "99.9 %" in header.figures
