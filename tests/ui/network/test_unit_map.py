"""The picture of a unit in its card: what stands below it is never cut."""

import pytest
from PySide6.QtGui import QFontMetricsF

from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import LIGHT, PROJECTOR
from nnviz.ui.network.unit_map import range_text


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme", [LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_a_range_has_as_many_digits_as_there_is_room_for(theme) -> None:
    metrics = QFontMetricsF(ui_font(theme.small_font_size))
    texts = [
        range_text((-1.0, 1.0), metrics, width) for width in (400.0, 0.99 * metrics.horizontalAdvance("−1.00 … 1.00"))
    ]
    assert texts == ["−1.00 … 1.00", "−1.0 … 1.0"]
    assert range_text((-1.0, 1.0), metrics, 1.0) == "−1 … 1"
