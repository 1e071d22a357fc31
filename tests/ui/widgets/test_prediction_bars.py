"""The bars of an answer, looked at pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT, PROJECTOR, Theme
from nnviz.ui.widgets.prediction_bars import PredictionBars


@pytest.mark.parametrize("theme", [LIGHT, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", [180, 260, 420])
def test_a_larger_share_has_the_longer_bar(qtbot: QtBot, theme: Theme, width: int) -> None:
    bars = PredictionBars(theme)
    qtbot.addWidget(bars)
    bars.resize(width, 160)
    bars.show_classes(("healthy", "ill"), np.array([0.479, 0.521]))
    picture = bars.grab().toImage()
    lengths = []
    for index in range(2):
        colour = theme.class_colour(index).rgb()
        rows = [
            # The marker is a square about as high; a bar is to the right of it.
            sum(picture.pixel(x, y) == colour for x in range(picture.width() // 3, picture.width()))
            for y in range(picture.height())
        ]
        lengths.append(max(rows))
    assert lengths[1] >= lengths[0] > 0
