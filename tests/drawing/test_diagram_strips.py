from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from nnviz.drawing.diagram import DiagramState, layout_diagram, paint_diagram
from nnviz.drawing.diagram_edges import EdgeId
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.diagram_strips import edge_in_strip, strongest_weights
from nnviz.drawing.theme import DARK, LIGHT, Theme

from .conftest import MakeFrame

Painted = Callable[..., QImage]


def test_a_cell_shows_the_strongest_of_its_weights() -> None:
    weights = np.array([[0.1, -0.9, 0.2, 0.3], [0.0, 0.5, -0.1, -0.2]])
    assert strongest_weights(weights, 10, 10) is weights
    assert strongest_weights(weights, 2, 2).tolist() == [[-0.9, 0.3], [0.5, -0.2]]
    assert strongest_weights(weights, 1, 1).tolist() == [[-0.9]]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_strong_weight_is_seen_and_found_in_the_picture(
    make_frame: MakeFrame, painted: Painted, theme: Theme
) -> None:
    prepared, frame = make_frame("digits8x8", (100,), "relu", 0)
    parameters = np.zeros_like(frame.parameters)
    parameters[frame.layout.weight_index(1, 40, 50)] = -3.0
    frame = replace(frame, parameters=parameters)
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), theme)
    layer, rect = geometry.strips[0]
    assert layer == 1
    image = painted(lambda painter, _rect: paint_diagram(painter, geometry, frame, theme), theme)
    spot = QPointF(rect.left() + 50.5 / 64 * rect.width(), rect.top() + 40.5 / 100 * rect.height())
    assert image.pixelColor(int(spot.x()), int(spot.y())).name() == theme.negative
    neutral, seen = QColor(theme.neutral), image.pixelColor(int(rect.left()) + 4, int(rect.top()) + 4)
    assert max(abs(a - b) for a, b in zip(neutral.getRgb(), seen.getRgb(), strict=True)) <= 2  # type: ignore[arg-type]
    assert edge_in_strip(geometry, frame, spot) == EdgeId(1, 40, 50)
    assert edge_in_strip(geometry, frame, QPointF(2, 2)) is None
    state = DiagramState(selected=EdgeId(1, 40, 50))
    marked = painted(lambda painter, _rect: paint_diagram(painter, geometry, frame, theme, state), theme)
    assert marked != image


def test_every_spot_of_a_picture_is_an_edge(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame("digits8x8", (100,), "relu", 0)
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), LIGHT)
    sizes = frame.layout.sizes
    for layer, rect in geometry.strips:
        for x in np.linspace(rect.left(), rect.right() - 0.01, 29):
            for y in np.linspace(rect.top(), rect.bottom() - 0.01, 17):
                edge = edge_in_strip(geometry, frame, QPointF(float(x), float(y)))
                assert edge is not None
                assert edge.layer == layer
                assert 0 <= edge.unit < sizes[layer]
                assert 0 <= edge.source < sizes[layer - 1]
