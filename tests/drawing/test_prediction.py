"""The sentence on a covered map stands where it covers the fewest points."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from nnviz.drawing.prediction import paint_words
from nnviz.drawing.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")

ROOM = QRectF(20.0, 10.0, 500.0, 300.0)
WORDS = "Where will the boundary be?"


def card(points: np.ndarray, room: QRectF = ROOM) -> QRectF:
    image = QImage(560, 340, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    place = paint_words(painter, room, WORDS, LIGHT, points)
    painter.end()
    return place


def block(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    x, y = np.meshgrid(np.arange(left, right, 10.0), np.arange(top, bottom, 10.0))
    return np.column_stack((x.ravel(), y.ravel()))


def n_covered(place: QRectF, points: np.ndarray) -> int:
    return sum(place.contains(x, y) for x, y in points.tolist())


def test_it_stands_at_the_top_while_nothing_is_in_its_way() -> None:
    place = card(np.empty((0, 2)))
    assert place.center().x() == pytest.approx(ROOM.center().x(), abs=1.0)
    assert place.bottom() < ROOM.center().y()
    assert card(block(30, 200, 510, 300)) == place


@pytest.mark.parametrize(
    "points",
    [
        block(200, 10, 340, 310),
        block(20, 10, 520, 200),
        block(20, 80, 520, 310),
        np.vstack((block(20, 10, 350, 310), block(350, 200, 520, 310))),
    ],
    ids=["middle", "above", "below", "all but a corner"],
)
def test_it_gives_way_to_points(points: np.ndarray) -> None:
    place = card(points)
    assert n_covered(place, points) == 0
    assert ROOM.contains(place)


@pytest.mark.parametrize("width", [60.0, 120.0, 200.0])
def test_narrow_rooms_wrap_it(width: float) -> None:
    room = QRectF(20.0, 10.0, width, 300.0)
    place = card(block(20, 10, 20 + width, 100), room)
    assert place.top() >= room.top()
    assert place.bottom() <= room.bottom()
