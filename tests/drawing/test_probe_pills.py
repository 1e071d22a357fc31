"""The numbers of an example in the units: legible whatever stands beside them or glows around them."""

from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF

from nnviz.drawing.diagram import DiagramState, layout_diagram, paint_diagram
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.diagram_units import probe_pills
from nnviz.drawing.pushes import paint_pushes
from nnviz.drawing.theme import DARK, LIGHT, PROJECTOR

from .conftest import MakeFrame


@pytest.mark.parametrize("theme", [LIGHT, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [(900, 560), (640, 250), (420, 200)])
def test_they_cover_no_name(make_frame: MakeFrame, theme, size) -> None:
    prepared, frame = make_frame(probed=True)
    geometry = layout_diagram(*size, diagram_shape(frame, prepared), theme)
    names = (*geometry.input_labels, *geometry.output_labels)
    assert names
    for column in geometry.columns:
        pills = probe_pills(geometry, column, frame, theme)
        assert len(pills) == len(column.rects)
        assert not [text for text, pill in pills if any(pill.intersects(name) for name in names)]


def test_edges_that_glow_leave_them_alone(make_frame: MakeFrame, painted) -> None:
    prepared, frame = make_frame(probed=True)
    geometry = layout_diagram(640, 250, diagram_shape(frame, prepared), DARK)
    pushes = [np.ones((n_out, n_in)) for n_in, n_out in pairwise(frame.layout.sizes)]
    boxes = [pill for column in geometry.columns for _, pill in probe_pills(geometry, column, frame, DARK)]
    blank = painted(lambda _painter, _rect: None, DARK)

    def glow(written):
        return painted(lambda painter, _rect: paint_pushes(painter, geometry, pushes, DARK, written), DARK)

    def touched(image, box: QRectF) -> bool:
        at = box.toRect()
        return image.copy(at) != blank.copy(at)

    covered = glow(())
    assert any(touched(covered, box) for box in boxes), "some of them reach beyond their units"
    left = glow(boxes)
    assert left != blank
    assert not any(touched(left, box) for box in boxes)


def test_the_ring_of_the_opened_unit_leaves_its_number_whole(make_frame: MakeFrame, painted) -> None:
    prepared, frame = make_frame(probed=True)
    geometry = layout_diagram(640, 250, diagram_shape(frame, prepared), LIGHT)
    _, pill = probe_pills(geometry, geometry.columns[1], frame, LIGHT)[0]
    inside = pill.toRect().adjusted(2, 2, -2, -2)

    def number(selected):
        state = DiagramState(selected=selected)
        return painted(lambda painter, _rect: paint_diagram(painter, geometry, frame, LIGHT, state), LIGHT).copy(inside)

    assert pill.width() > geometry.unit_size
    assert number((1, 0)) == number(None)


def test_nothing_is_not_minus_nothing(make_frame: MakeFrame) -> None:
    prepared, frame = make_frame(probed=True)
    geometry = layout_diagram(640, 250, diagram_shape(frame, prepared), LIGHT)
    tiny = {
        name: replace(each, activations=[np.full_like(layer, -0.001) for layer in each.activations])
        for name, each in frame.probes.items()
    }
    for column in geometry.columns:
        assert {text for text, _pill in probe_pills(geometry, column, replace(frame, probes=tiny), LIGHT)} == {"0.00"}
