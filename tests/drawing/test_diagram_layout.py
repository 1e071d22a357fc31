from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt

from nnviz.drawing.diagram_layout import Control, DiagramGeometry, DiagramShape, layout_diagram
from nnviz.drawing.theme import LIGHT

SIZES = [(600, 420), (560, 560), (1000, 880), (2100, 1750)]
NETWORKS = [(2, 1), (2, 8, 8, 3), (2, 8, 8, 8, 8, 8, 8, 1), (784, 128, 10), (2, *[6] * 20, 1), (64, 512, 512, 10)]


def _shape(sizes: tuple[int, ...], editable: bool = True) -> DiagramShape:
    kinds = (*["tanh"] * (len(sizes) - 2), "softmax")
    inputs = tuple(f"input {k}" for k in range(sizes[0]))
    return DiagramShape(sizes, kinds, inputs, tuple(f"class {k}" for k in range(sizes[-1])), editable=editable)


def _laid_out(sizes: tuple[int, ...], width: float = 1000, height: float = 880) -> DiagramGeometry:
    return layout_diagram(width, height, _shape(sizes), LIGHT)


def _overlap(a: QRectF, b: QRectF) -> bool:
    return a.intersects(b)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("sizes", NETWORKS)
def test_nothing_overlaps_and_all_is_inside(sizes: tuple[int, ...], size: tuple[int, int]) -> None:
    geometry = _laid_out(sizes, *size)
    outer = QRectF(0, 0, *size)
    boxes = [rect for column in geometry.columns for rect in column.rects]
    assert all(outer.contains(box) for box in boxes)
    assert not any(_overlap(a, b) for a, b in combinations(boxes, 2))
    areas = [rect for _, rect in geometry.controls]
    assert all(outer.contains(area) for area in areas)
    assert not any(_overlap(a, b) for a, b in combinations(areas, 2))
    assert not any(_overlap(area, box) for area in areas for box in boxes)


@pytest.mark.usefixtures("qapp")
def test_boxes_are_as_large_as_at_the_back_of_a_room() -> None:
    assert _laid_out((2, 8, 8, 3)).unit_size >= 60
    assert _laid_out((2, 8, 8, 3), 2000, 1760).unit_size >= 115


@pytest.mark.usefixtures("qapp")
def test_wide_layers_are_elided_and_say_how_many_are_missing() -> None:
    column = _laid_out((784, 128, 10)).columns[0]
    assert column.ellipsis is not None
    assert len(column.units) + column.n_hidden == 784
    assert column.units[-1] == 783
    assert not any(column.ellipsis.intersects(rect) for rect in column.rects)


@pytest.mark.usefixtures("qapp")
def test_units_and_controls_are_found_where_they_are_painted() -> None:
    geometry = _laid_out((2, 4, 1))
    for column in geometry.columns:
        for unit, rect in zip(column.units, column.rects, strict=True):
            assert geometry.unit_at(rect.center()) == (column.layer, unit)
            assert geometry.unit_rect((column.layer, unit)) == rect
    for control, rect in geometry.controls:
        assert geometry.control_at(rect.center()) == control
    assert geometry.unit_at(QPointF(-5, -5)) is None
    assert geometry.unit_rect((1, 99)) is None
    kinds = {control.kind for control, _ in geometry.controls}
    assert kinds == {"add_unit", "remove_unit", "insert_layer", "remove_layer"}
    assert Control("insert_layer", 1) in [control for control, _ in geometry.controls]


@pytest.mark.usefixtures("qapp")
def test_a_figure_has_no_controls() -> None:
    assert layout_diagram(800, 600, _shape((2, 3, 1), editable=False), LIGHT).controls == ()


@pytest.mark.usefixtures("qapp")
def test_arrow_keys_visit_neighbours() -> None:
    geometry = _laid_out((2, 4, 1))
    assert geometry.neighbour(None, Qt.Key.Key_Right) == (0, 0)
    assert geometry.neighbour((1, 0), Qt.Key.Key_Down) == (1, 1)
    assert geometry.neighbour((1, 3), Qt.Key.Key_Down) == (1, 3)
    assert geometry.neighbour((1, 2), Qt.Key.Key_Right) == (2, 0)
    assert geometry.neighbour((0, 0), Qt.Key.Key_Left) == (0, 0)


@pytest.mark.usefixtures("qapp")
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 512), min_size=2, max_size=22), st.integers(320, 3840), st.integers(240, 2160))
def test_any_network_fits_any_window(sizes: list[int], width: int, height: int) -> None:
    geometry = _laid_out(tuple(sizes), width, height)
    assert len(geometry.gaps) == len(sizes) - 1
    assert all(gap.x1 > gap.x0 for gap in geometry.gaps)
    assert all(gap.y0.shape == gap.sources.shape and gap.y1.shape == gap.targets.shape for gap in geometry.gaps)
