import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from nnviz.core.layout import Array
from nnviz.drawing.tag_places import MARGIN, Box, along, place_boxes
from nnviz.drawing.theme import LIGHT, PROJECTOR, Theme
from nnviz.drawing.unit_lines import tag_boxes


def overlap(one: Box, other: Box) -> bool:
    return all(one[k] < other[k] + other[k + 2] and other[k] < one[k] + one[k + 2] for k in (0, 1))


@pytest.mark.parametrize("seed", range(20))
def test_numbers_of_many_lines_overlap_nowhere_and_stay_on_their_lines(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # All of them end at the same border, a few pixels from one another.
    segments = [
        (float(rng.uniform(0, 20)), float(rng.uniform(0, 300)), 398.0, float(rng.uniform(60, 90))) for _ in "12345678"
    ]
    size = 30.0, 20.0
    boxes = place_boxes([(along(each, 8.0), size) for each in segments], (0.0, 0.0, 400.0, 300.0))
    assert not [pair for pair in itertools.combinations(boxes, 2) if overlap(*pair)]
    for (x0, y0, x1, y1), (x, y, w, h) in zip(segments, boxes, strict=True):
        assert 0.0 <= x <= 400.0 - w
        assert 0.0 <= y <= 300.0 - h
        middle = np.array((x + w / 2 - x0, y + h / 2 - y0))
        along_it = np.array((x1 - x0, y1 - y0)) / np.hypot(x1 - x0, y1 - y0)
        away = abs(along_it[0] * middle[1] - along_it[1] * middle[0])
        assert away <= 0.5 * w + MARGIN + 2.0


def test_one_number_is_at_the_end_of_its_line() -> None:
    (box,) = place_boxes([(along((10.0, 50.0, 100.0, 50.0), 5.0), (20.0, 10.0))], (0.0, 0.0, 200.0, 100.0))
    assert box == (90.0, 45.0, 20.0, 10.0)


def test_where_no_place_is_free_the_least_is_covered() -> None:
    same = np.array([(50.0, 50.0)])
    other = np.array([(50.0, 50.0), (58.0, 50.0)])
    first, second = place_boxes([(same, (20.0, 10.0)), (other, (20.0, 10.0))], (0.0, 0.0, 100.0, 100.0))
    assert (first[0], second[0]) == (40.0, 48.0)


@pytest.mark.parametrize("theme", [LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_numbers_of_a_low_map_overlap_in_no_theme(qtbot: QtBot, theme: Theme) -> None:
    # As the map of a window of 1280 × 720 is in the projector's type; lines that meet at its upper border.
    room = QRectF(60.0, 10.0, 420.0, 250.0)
    ends: list[Array] = [along((270.0 + 4.0 * k, 260.0, 300.0 + 9.0 * k, 10.0), 8.0) for k in range(8)]
    boxes = tag_boxes(((((1, k)), places) for k, places in enumerate(ends)), room, theme)
    assert list(boxes) == [(1, k) for k in range(8)]
    assert all(room.contains(box) for box in boxes.values())
    assert not [pair for pair in itertools.combinations(boxes.values(), 2) if pair[0].intersects(pair[1])]
