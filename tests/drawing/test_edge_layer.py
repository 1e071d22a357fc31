"""Edges drawn from the picture of the frame before, with those that change on top: the same as drawn afresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage

from nnviz.drawing import edge_layer
from nnviz.drawing.diagram import DiagramGeometry, choose_edges, layout_diagram
from nnviz.drawing.diagram_edges import EdgeSet, paint_edges
from nnviz.drawing.diagram_names import diagram_shape
from nnviz.drawing.edge_layer import EdgeLayer
from nnviz.drawing.theme import LIGHT
from nnviz.experiment.frame import Frame

from .conftest import MakeFrame

Painted = Callable[..., QImage]


def dragged(frame: Frame, values: dict[tuple[int, int, int], float]) -> Frame:
    """Return `frame` with some weights (layer, unit, source) at other values."""
    parameters = frame.parameters.copy()
    for weight, value in values.items():
        parameters[frame.layout.weight_index(*weight)] = value
    return replace(frame, parameters=parameters)


def layered(layer: EdgeLayer, geometry: DiagramGeometry, edges: EdgeSet) -> Callable[..., object]:
    """Return what draws `edges` with the help of `layer`."""
    return lambda painter, _rect: layer.paint(painter, geometry, edges, LIGHT)


def afresh(geometry: DiagramGeometry, *parts: EdgeSet) -> Callable[..., object]:
    """Return what draws the edges of all `parts`, one part after another."""
    return lambda painter, _rect: [paint_edges(painter, geometry, part, LIGHT, moving=True) for part in parts]


def test_a_dragged_weight_is_drawn_on_the_kept_picture_of_the_others(
    make_frame: MakeFrame, painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, frame = make_frame()
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), LIGHT)
    layer, drawn = EdgeLayer(), []

    def counted(painter: object, geometry_: object, edges: EdgeSet, *rest: object, **more: object) -> None:
        drawn.append(len(edges))
        paint_edges(painter, geometry_, edges, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(edge_layer, "paint_edges", counted)
    weights = np.abs(frame.layout.weights(frame.parameters)[1])
    unit, source = np.unravel_index(int(weights.argmin()), weights.shape)
    total = len(choose_edges(geometry, frame))
    for step, value in enumerate((0.0, 0.1, -0.2, 0.3)):
        now = dragged(frame, {(2, int(unit), int(source)): value})
        edges = choose_edges(geometry, now)
        drawn.clear()
        shown = painted(layered(layer, geometry, edges), LIGHT)
        changed = (edges.layer == 2) & (edges.unit == unit) & (edges.source == source)
        others, one = edges.take(np.flatnonzero(~changed)), edges.take(np.flatnonzero(changed))
        parts = (edges,) if step == 0 else (others, one)
        assert shown == painted(afresh(geometry, *parts), LIGHT)
        if step > 1:
            assert drawn == [1]
    assert total > 12


def test_with_many_changes_all_edges_are_drawn(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    geometry = layout_diagram(640, 480, diagram_shape(frame, prepared), LIGHT)
    layer = EdgeLayer()
    for scale in (1.0, -1.0, 0.5):
        now = replace(frame, parameters=frame.parameters[::-1] * scale)
        edges = choose_edges(geometry, now)
        shown = painted(layered(layer, geometry, edges), LIGHT)
        assert shown == painted(afresh(geometry, edges), LIGHT)


def test_another_geometry_is_no_longer_shown_from_the_picture(make_frame: MakeFrame, painted: Painted) -> None:
    prepared, frame = make_frame()
    layer, shape = EdgeLayer(), diagram_shape(frame, prepared)
    pictures = []
    for width in (640, 500):
        geometry = layout_diagram(width, 480, shape, LIGHT)
        edges = choose_edges(geometry, frame)
        pictures.append(painted(layered(layer, geometry, edges), LIGHT, 500, 480))
    assert pictures[0] != pictures[1]
