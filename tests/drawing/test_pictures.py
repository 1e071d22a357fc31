"""Pixel probes of pictures: of the data, and of the weights that look at them."""

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from nnviz.drawing.colormap import sign_ramp
from nnviz.drawing.diagram import DiagramGeometry, layout_diagram, paint_diagram
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.pictures import fitted, grey_image, paint_pixels, picture_image, weight_levels
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR, Theme
from nnviz.experiment import DataSpec, Experiment, FrameBuilder, LayerSpec, Needs, NetworkSpec, prepare
from nnviz.experiment.frame import Frame

from .conftest import MakeFrame

Painted = Callable[..., QImage]
EVERY_THEME = pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)


def _with_weights(frame: Frame, layer: int, weights: np.ndarray) -> Frame:
    parameters = np.array(frame.parameters)
    frame.layout.weights(parameters)[layer - 1][:] = weights
    return replace(frame, parameters=parameters)


def _diagram(painted: Painted, geometry: DiagramGeometry, frame: Frame, theme: Theme) -> QImage:
    def draw(painter: QPainter, _rect: QRectF) -> None:
        paint_diagram(painter, geometry, frame, theme)

    return painted(draw, theme, 900, 720)


def _pixel(image: QImage, rect: QRectF, row: int, column: int, side: int = 8) -> QColor:
    """Return the colour of a pixel of the small picture in `rect`."""
    place = rect.topLeft() + QPointF((column + 0.5) / side * rect.width(), (row + 0.5) / side * rect.height())
    return image.pixelColor(place.toPoint())


@EVERY_THEME
def test_a_unit_shows_its_incoming_weights_row_by_row_from_the_top(
    make_frame: MakeFrame, painted: Painted, theme: Theme
) -> None:
    prepared, frame = make_frame("digits8x8", (4,), "tanh", 0)
    weights = np.zeros((4, 64))
    weights[0, 8 * 2 + 5], weights[0, 8 * 6 + 1], weights[2, 8 * 4 + 4] = 1.0, -1.0, 1.0
    frame = _with_weights(frame, 1, weights)
    geometry = layout_diagram(900, 720, diagram_shape(frame, prepared), theme)
    image = _diagram(painted, geometry, frame, theme)
    rects = geometry.columns[1].rects
    assert _pixel(image, rects[0], 2, 5).name() == theme.positive
    assert _pixel(image, rects[0], 6, 1).name() == theme.negative
    assert _pixel(image, rects[2], 4, 4).name() == theme.positive
    # The middle of the ramp lies between two of its steps.
    middle = QColor.fromRgb(int(sign_ramp(theme)[128]))
    assert _pixel(image, rects[0], 4, 4) == middle
    assert _pixel(image, rects[1], 4, 4) == middle


def test_without_hidden_layers_the_outputs_show_theirs(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame("digits8x8", (), "tanh", 0)
    weights = np.zeros((10, 64))
    weights[7, 8 * 3 + 3] = 2.0
    frame = _with_weights(frame, 1, weights)
    geometry = layout_diagram(900, 720, diagram_shape(frame, prepared), LIGHT)
    image = _diagram(painted, geometry, frame, LIGHT)
    assert _pixel(image, geometry.columns[1].rects[7], 3, 3).name() == LIGHT.positive


def test_deeper_layers_keep_their_bars(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame("digits8x8", (4, 3), "tanh", 0)
    geometry = layout_diagram(900, 720, diagram_shape(frame, prepared), LIGHT)
    before = _diagram(painted, geometry, frame, LIGHT)
    after = _diagram(painted, geometry, _with_weights(frame, 2, np.zeros((3, 4))), LIGHT)
    rect = geometry.columns[2].rects[0].toRect().adjusted(4, 2, -2, -8)
    assert before.copy(rect) == after.copy(rect)


def test_chosen_inputs_are_no_picture() -> None:
    network = NetworkSpec(hidden=(LayerSpec(units=4),))
    all_pixels = prepare(Experiment(data=DataSpec(name="digits8x8"), network=network))
    some = prepare(
        Experiment(data=DataSpec(name="digits8x8", inputs=all_pixels.inputs.names[1:]), network=network)
    )  # fmt: skip
    for prepared, shape in ((all_pixels, (8, 8)), (some, None)):
        frame = FrameBuilder(prepared).build(prepared.trainer().moment(), Needs(planes={}, unit_maps=False))
        assert diagram_shape(frame, prepared).image_shape == shape
        assert diagram_shape(frame, None).image_shape is None


def test_pictures_are_large_and_all_outputs_stay(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame("digits8x8", (40,), "tanh", 0)
    for width, height in ((540, 470), (1000, 880)):
        geometry = layout_diagram(width, height, diagram_shape(frame, prepared), LIGHT)
        assert len(geometry.columns[2].units) == 10
        assert geometry.columns[1].n_hidden > 0
    assert geometry.unit_size >= 40.0


def test_a_few_strong_weights_do_not_hide_the_others() -> None:
    weights = np.full((3, 64), 0.1)
    weights[0, 0] = 50.0
    low, high = weight_levels(weights)
    assert low == -high
    assert high < 10.0
    assert weight_levels(np.array([[0.5, np.nan, np.inf]]))[1] > 0.0
    assert weight_levels(np.zeros((2, 2)))[1] > 0.0


@EVERY_THEME
def test_pictures_are_light_on_dark_in_every_theme(painted: Painted, theme: Theme) -> None:
    values = np.zeros((8, 8))
    values[1, 6] = 16.0
    image = grey_image(values, (0.0, 16.0), theme)
    shown = painted(lambda painter, _: paint_pixels(painter, QRectF(0, 0, 80, 80), image), theme, 80, 80)
    light, dark = _pixel(shown, QRectF(0, 0, 80, 80), 1, 6), _pixel(shown, QRectF(0, 0, 80, 80), 1, 5)
    assert light.lightness() > 200
    assert dark.lightness() < 60
    # No smoothing: the pixel's corner has its full colour.
    assert shown.pixelColor(61, 11) == light


def test_pictures_keep_their_proportions() -> None:
    assert fitted(QRectF(0, 0, 100, 50), (8, 16)) == QRectF(0, 0, 100, 50)
    assert fitted(QRectF(0, 0, 100, 50), (8, 8)) == QRectF(25, 0, 50, 50)
    assert fitted(QRectF(0, 0, 100, 50), (8, 8), whole=True).width() == 48.0


@EVERY_THEME
def test_a_picture_in_colour_keeps_its_colours_in_every_theme(theme: Theme) -> None:
    values = np.zeros((2, 3, 3))
    values[0, 1] = (16.0, 0.0, 8.0)
    values[1, 2] = (0.0, 16.0, 16.0)
    image = picture_image(values, (0.0, 16.0), theme)
    assert (image.width(), image.height()) == (3, 2)
    assert image.pixelColor(1, 0).getRgb()[:3] == (255, 0, 127)
    assert image.pixelColor(2, 1).getRgb()[:3] == (0, 255, 255)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)
    grey = picture_image(values[..., 0], (0.0, 16.0), theme)
    assert grey == grey_image(values[..., 0], (0.0, 16.0), theme)
