from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from nnviz.drawing.markers import class_shape, paint_legend, paint_marker, shape_path
from nnviz.drawing.theme import CLASS_SHAPES, DARK, LIGHT
from nnviz.experiment.figures import PARTS


@pytest.mark.parametrize("name", CLASS_SHAPES)
def test_every_shape_is_about_one_unit_wide_around_its_centre(name: str) -> None:
    box = shape_path(name).boundingRect()
    assert 0.7 <= max(box.width(), box.height()) <= 1.3
    assert shape_path(name).contains(QPointF(0.0, 0.0))


def test_the_eleventh_class_starts_over() -> None:
    assert class_shape(10) == class_shape(0)


def test_filled_hollow_and_dotted_differ_around_the_middle(painted: Callable[..., QImage]) -> None:
    def draw(painter: QPainter, _rect: QRectF) -> None:
        for k, part in enumerate(PARTS):
            paint_marker(painter, 0, QPointF(20 + 40 * k, 20), 20, LIGHT, part=part)

    image = painted(draw, LIGHT, 120, 40)
    colour, hollow = LIGHT.class_colour(0), LIGHT.colour("canvas")
    places = {part: 20 + 40 * k for k, part in enumerate(PARTS)}
    seen = {part: (image.pixelColor(x, 20), image.pixelColor(x + 5, 20)) for part, x in places.items()}
    assert seen == {"train": (colour, colour), "validation": (colour, hollow), "test": (hollow, hollow)}


def test_a_legend_of_many_classes_stays_inside(painted: Callable[..., QImage]) -> None:
    names = tuple(f"a rather long name {k}" for k in range(8))
    image = painted(lambda painter, rect: paint_legend(painter, rect, names, DARK), DARK, 300, 300)
    assert {image.pixelColor(299, y).name() for y in range(300)} == {DARK.canvas}
