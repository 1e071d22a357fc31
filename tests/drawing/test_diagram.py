from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from nnviz.drawing.diagram import (
    DiagramGeometry,
    DiagramState,
    EdgeSet,
    choose_edges,
    layout_diagram,
    paint_card,
    paint_diagram,
    paint_flow,
)
from nnviz.drawing.diagram_edges import MAX_EDGES, EdgeId, edge_width
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.diagram_units import unit_levels, unit_look
from nnviz.drawing.fonts import ui_font
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR_LIGHT, Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame

from .conftest import MakeFrame

Painted = Callable[..., QImage]


def _geometry(prepared: Prepared, frame: Frame, theme: Theme = LIGHT) -> DiagramGeometry:
    return layout_diagram(640, 480, diagram_shape(frame, prepared), theme)


def _with_weights(frame: Frame, **values: float) -> Frame:
    """A frame whose weights are all 0 but those named ``w<layer>_<unit>_<source>``."""
    parameters = np.zeros_like(frame.parameters)
    for name, value in values.items():
        layer, unit, source = (int(part) for part in name[1:].split("_"))
        parameters[frame.layout.weight_index(layer, unit, source)] = value
    return replace(frame, parameters=parameters)


def _flow(geometry: DiagramGeometry, edges: EdgeSet, phase: float, painter: QPainter, _rect: QRectF) -> None:
    paint_flow(painter, geometry, edges, LIGHT, phase)


def _diagram(geometry: DiagramGeometry, frame: Frame, state: DiagramState, painter: QPainter, _rect: QRectF) -> None:
    paint_diagram(painter, geometry, frame, LIGHT, state)


def _is_closer(colour: QColor, wanted: str, other: str) -> bool:
    def distance(name: str) -> int:
        target = QColor(name)
        return sum(abs(a - b) for a, b in zip(colour.getRgb()[:3], target.getRgb()[:3], strict=True))  # type: ignore[index]

    return distance(wanted) < distance(other)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("value", [2.0, -2.0])
def test_the_colour_of_an_edge_is_its_sign(make_frame: MakeFrame, painted: Painted, theme: Theme, value: float) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame, theme)
    frame = _with_weights(frame, w2_1_1=value)
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, frame, theme), theme)
    edges = choose_edges(geometry, frame)
    x, y = (edges.x0[-1] + edges.x1[-1]) / 2, (edges.y0[-1] + edges.y1[-1]) / 2
    colour = image.pixelColor(int(x), int(y))
    right, wrong = (theme.positive, theme.negative) if value > 0 else (theme.negative, theme.positive)
    assert _is_closer(colour, right, wrong)
    assert _is_closer(colour, right, theme.canvas)


def test_edges_are_ordered_by_strength_and_wider_with_weight(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    edges = choose_edges(geometry, frame)
    assert len(edges) == 2 * 4 + 4 * 3 + 3
    assert (np.diff(np.abs(edges.weight)) >= 0).all()
    assert edges.strength[-1] == 1.0
    assert (np.diff(edge_width(edges.strength, geometry, LIGHT)) >= 0).all()
    index = [frame.layout.weight_index(edges.id(k).layer, edges.id(k).unit, edges.id(k).source) for k in range(3)]
    assert frame.parameters[index].tolist() == edges.weight[:3].tolist()


def test_wide_networks_draw_their_strongest_edges_and_those_of_the_selection(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame("digits8x8", (64,), "relu", 0)
    geometry = layout_diagram(1000, 2000, diagram_shape(frame, prepared), LIGHT)
    assert len(choose_edges(geometry, frame)) == MAX_EDGES
    edges = choose_edges(geometry, frame, (1, 5))
    shown = len(geometry.columns[0].units) + len(geometry.columns[2].units)
    assert edges.lit.sum() == shown


def test_the_mouse_finds_an_edge_anywhere_along_it(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    frame = _with_weights(frame, w1_3_0=1.0)
    edges = choose_edges(geometry, frame)
    wanted = EdgeId(1, 3, 0)
    (k,) = [k for k in range(len(edges)) if edges.id(k) == wanted]
    for t in (0.2, 0.5, 0.8):
        x = edges.x0[k] + (edges.x1[k] - edges.x0[k]) * (1.5 * t * (1 - t) + t**3)
        y = edges.y0[k] + (edges.y1[k] - edges.y0[k]) * (3 * t**2 - 2 * t**3)
        assert edges.at(QPointF(x, y), 1.0) == wanted
    assert edges.at(QPointF(-10, -10), 5.0) is None
    assert edges.at(QPointF(float(edges.x0[k]) + 5, 5.0), 5.0) is None


def test_zero_weights_everywhere_are_painted(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    frame = _with_weights(frame)
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, frame, LIGHT), LIGHT)
    assert not image.isNull()


def test_a_tanh_unit_shows_minus_one_to_one_and_a_relu_its_largest_value(make_frame: MakeFrame) -> None:
    _, frame = make_frame()
    assert unit_levels(frame, 1) == (-1.0, 1.0)
    _, frame = make_frame(activation="relu")
    assert frame.unit_maps is not None
    top = float(frame.unit_maps[1].max())
    assert unit_levels(frame, 1) == pytest.approx((-top, top))


def test_outputs_wear_the_colours_of_their_classes(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame("spiral")
    n_classes = len(prepared.class_names)
    layer = frame.layout.n_layers
    for unit in range(frame.layout.sizes[-1]):
        _, table = unit_look(frame, (layer, unit), n_classes, LIGHT)
        assert QColor.fromRgb(int(table[-1])).name() == LIGHT.class_colour(unit if n_classes > 2 else 1).name()


def test_a_saturated_unit_is_painted_in_its_colour(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    assert frame.unit_maps is not None
    full = tuple(np.ones_like(maps) for maps in frame.unit_maps)
    frame = replace(frame, unit_maps=full)
    geometry = _geometry(prepared, frame)
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, frame, LIGHT), LIGHT)
    centre = geometry.columns[1].rects[0].center().toPoint()
    assert image.pixelColor(centre).name() == LIGHT.positive


def test_every_bias_has_a_dot_the_outputs_too(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    parameters = frame.parameters.copy()
    for biases in frame.layout.biases(parameters):
        biases[:] = 1.0
    frame = replace(frame, parameters=parameters)
    geometry = _geometry(prepared, frame)
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, frame, LIGHT), LIGHT)
    for column in geometry.columns[1:]:
        for rect in column.rects:
            x, y = rect.left() + 0.05 * rect.width(), rect.bottom() - 0.05 * rect.height()
            assert image.pixelColor(int(x), int(y)).name() == LIGHT.positive
    # A network without biases has none.
    bare = replace(frame, has_biases=False)
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, bare, LIGHT), LIGHT)
    for column in geometry.columns[1:]:
        for rect in column.rects:
            x, y = rect.left() + 0.05 * rect.width(), rect.bottom() - 0.05 * rect.height()
            assert image.pixelColor(int(x), int(y)).name() != LIGHT.positive


@pytest.mark.parametrize(
    ("name", "hidden"), [("sine", (5,)), ("breast_cancer_wisconsin", (4,)), ("moons", ()), ("digits8x8", (16,))]
)
def test_every_kind_of_data_is_painted(
    make_frame: MakeFrame, painted: Painted, name: str, hidden: tuple[int, ...]
) -> None:
    prepared, frame = make_frame(name, hidden, "relu", 1, True)
    geometry = _geometry(prepared, frame, DARK)
    state = DiagramState(selected=(0, 0), focus=(0, 0), hovered=(1, 0))
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, frame, DARK, state), DARK)
    assert image.pixelColor(geometry.columns[0].rects[0].center().toPoint()).name() != DARK.canvas


def test_others_fade_where_something_is_selected(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    frame = _with_weights(frame, w1_0_0=1.0, w1_3_1=1.0)
    edges = choose_edges(geometry, frame, (1, 3))
    assert edges.lit.sum() == 2 + 3
    assert edges.id(len(edges) - 1) == EdgeId(1, 3, 1)


def test_the_flow_is_made_of_dots_on_the_edges(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    frame = _with_weights(frame, w1_0_0=1.0)
    edges = choose_edges(geometry, frame)
    pictures = [painted(partial(_flow, geometry, edges, phase), LIGHT) for phase in (0.0, 0.25)]
    blank = painted(lambda painter, rect: None, LIGHT)
    assert pictures[0] != blank
    assert pictures[0] != pictures[1]


def test_a_card_stays_inside(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    lines = ("x₁ → h1·3", "weight 0.250")
    image = painted(lambda painter, rect: paint_card(painter, QPointF(636, 476), lines, geometry, LIGHT), LIGHT)
    assert image.pixelColor(639, 479).name() == LIGHT.canvas
    assert image != painted(lambda painter, rect: None, LIGHT)


def test_an_edge_under_the_mouse_is_marked_without_fading_the_others(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    geometry = _geometry(prepared, frame)
    plain, marked = (
        painted(partial(_diagram, geometry, frame, DiagramState(hovered=hovered)), LIGHT)
        for hovered in (None, EdgeId(2, 1, 1))
    )
    assert plain != marked
    assert DiagramState(hovered=EdgeId(2, 1, 1)).lit is None


def test_underscores_of_names_are_seen_in_rows_that_are_lower_than_their_type(
    make_frame: MakeFrame, painted: Painted
) -> None:
    prepared, frame = make_frame("wine")
    shape = diagram_shape(frame, prepared)
    shape = replace(shape, input_names=tuple("_____" for _ in shape.input_names))
    theme = PROJECTOR_LIGHT.for_height(1080)
    heights = range(250, 480, 10)
    made = (layout_diagram(640, height, shape, theme) for height in heights)
    line = QFontMetricsF(ui_font(theme.font_size)).height()
    geometry = next(each for each in made if each.input_labels[0].height() < line)
    image = painted(lambda painter, rect: paint_diagram(painter, geometry, frame, theme), theme)
    for label in geometry.input_labels:
        x, middle = int(label.right()) - 6, label.center().y()
        below = [image.pixelColor(x, int(middle + step)).lightness() for step in range(round(0.7 * line))]
        assert min(below) < 90
