"""Pixel probes of the whole diagram in every theme: what carries meaning is there, in its colour, and legible."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from nnviz.drawing.diagram import DiagramGeometry, DiagramState, layout_diagram, paint_diagram
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR, Theme
from nnviz.experiment.frame import Frame

from .conftest import MakeFrame

Painted = Callable[..., QImage]
WIDTH, HEIGHT = 900, 720
EVERY_THEME = pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)


def _staged(make_frame: MakeFrame, theme: Theme) -> tuple[DiagramGeometry, Frame]:
    prepared, frame = make_frame("spiral", (6, 4), "tanh", 3)
    return layout_diagram(WIDTH, HEIGHT, diagram_shape(frame, prepared), theme), frame


def _picture(
    painted: Painted, geometry: DiagramGeometry, frame: Frame, theme: Theme, state: DiagramState | None = None
) -> QImage:
    def draw(painter: QPainter, _rect: QRectF) -> None:
        paint_diagram(painter, geometry, frame, theme, state)

    image = painted(draw, theme, WIDTH, HEIGHT)
    assert isinstance(image, QImage)
    return image


def _grid(image: QImage, cells: int = 24) -> np.ndarray:
    """A small blurred copy (cells, cells, 3): what a tolerant comparison looks at."""
    mode = Qt.AspectRatioMode.IgnoreAspectRatio
    small = image.scaled(cells, cells, mode, Qt.TransformationMode.SmoothTransformation)
    colours = [small.pixelColor(x, y) for y in range(cells) for x in range(cells)]
    return np.array([[c.red(), c.green(), c.blue()] for c in colours], dtype=float).reshape(cells, cells, 3)


def _ink(image: QImage, rect: QRectF, canvas: str) -> float:
    """Largest distance of a pixel in `rect` from the canvas, 0 … 255 per channel."""
    ground = QColor(canvas)
    box = rect.toRect().intersected(image.rect())
    return max(
        max(abs(colour.red() - ground.red()), abs(colour.green() - ground.green()), abs(colour.blue() - ground.blue()))
        for x in range(box.left(), box.right() + 1)
        for y in range(box.top(), box.bottom() + 1)
        for colour in (image.pixelColor(x, y),)
    )


@EVERY_THEME
def test_every_title_name_number_and_control_leaves_ink(make_frame: MakeFrame, painted: Painted, theme: Theme) -> None:
    geometry, frame = _staged(make_frame, theme)
    image = _picture(painted, geometry, frame, theme)
    rects = [column.title_rect for column in geometry.columns]
    rects += [column.count_rect for column in geometry.columns[1:-1]]
    rects += [*geometry.input_labels, *geometry.output_labels, *(rect for _, rect in geometry.controls)]
    assert [rect for rect in rects if _ink(image, rect, theme.canvas) < 60] == []
    assert image.pixelColor(2, HEIGHT - 3).name() == theme.canvas


@EVERY_THEME
def test_the_same_frame_gives_the_same_picture_fast_or_fine(
    make_frame: MakeFrame, painted: Painted, theme: Theme
) -> None:
    geometry, frame = _staged(make_frame, theme)
    still, moving = (
        _grid(_picture(painted, geometry, replace(frame, status=status), theme)) for status in ("paused", "running")
    )
    assert np.abs(still - moving).max() < 6.0


@EVERY_THEME
def test_what_is_selected_stays_bright_and_the_rest_steps_back(
    make_frame: MakeFrame, painted: Painted, theme: Theme
) -> None:
    geometry, frame = _staged(make_frame, theme)
    assert frame.unit_maps is not None
    full = tuple(np.ones_like(maps) for maps in frame.unit_maps)
    frame = replace(frame, unit_maps=full)
    draw = partial(_picture, painted, geometry, frame, theme)
    plain, unit, edge = draw(), draw(DiagramState(selected=(1, 2))), draw(DiagramState(selected=EdgeId(2, 1, 2)))
    chosen, other, target = (
        geometry.columns[layer].rects[index].center().toPoint() for layer, index in ((1, 2), (1, 4), (2, 1))
    )
    assert plain.pixelColor(chosen) == plain.pixelColor(other) == QColor(theme.positive)
    for image in (unit, edge):
        assert image.pixelColor(chosen) == QColor(theme.positive)
        assert image.pixelColor(other) != QColor(theme.positive)
    assert edge.pixelColor(target) == QColor(theme.positive)


@EVERY_THEME
def test_the_ring_of_the_keyboard_is_seen(make_frame: MakeFrame, painted: Painted, theme: Theme) -> None:
    geometry, frame = _staged(make_frame, theme)
    rect = geometry.unit_rect((0, 0))
    assert rect is not None
    around = rect.adjusted(-12, -12, 12, 12)
    above = QRectF(around.left() + 14, around.top(), around.width() - 28, 11.0)
    for state, seen in ((DiagramState(), False), (DiagramState(focus=(0, 0)), True)):
        image = _picture(painted, geometry, frame, theme, state)
        assert (_ink(image, above, theme.canvas) > 90) is seen


def test_the_projector_theme_is_larger_and_heavier(make_frame: MakeFrame) -> None:
    desk, _ = _staged(make_frame, DARK)
    wall, _ = _staged(make_frame, PROJECTOR)
    assert wall.font_size >= 1.3 * desk.font_size
    assert PROJECTOR.edge_width > DARK.edge_width
