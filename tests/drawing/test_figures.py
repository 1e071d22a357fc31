from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QImage

from nnviz.drawing.figures import paint_boundary, paint_loss
from nnviz.drawing.theme import DARK, LIGHT

from .conftest import MakeFrame

Painted = Callable[..., QImage]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", ["moons", "spiral", "plane", "sine", "breast_cancer_wisconsin"])
def test_a_boundary_fills_its_axes(make_frame: MakeFrame, painted: Painted, name: str, theme: object) -> None:
    prepared, frame = make_frame(name)
    image = painted(lambda painter, rect: paint_boundary(painter, rect, frame, prepared, theme), theme)
    colours = {image.pixelColor(x, 240).name() for x in range(100, 540)}
    assert len(colours) > 10
    assert image.pixelColor(1, 1).name() == theme.canvas  # type: ignore[attr-defined]


def test_a_frame_without_a_plane_is_refused(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    with pytest.raises(ValueError, match="plane"):
        painted(lambda p, rect: paint_boundary(p, rect, replace(frame, plane=None), prepared, LIGHT), LIGHT)


def test_the_loss_figure_draws_both_curves(make_frame: MakeFrame, painted: Painted) -> None:
    _, frame = make_frame(epochs=2)
    image = painted(lambda painter, rect: paint_loss(painter, rect, frame, LIGHT), LIGHT)
    colours = {image.pixelColor(x, y).name() for x in range(60, 620) for y in range(40, 430)}
    assert {LIGHT.train, LIGHT.test} <= colours
