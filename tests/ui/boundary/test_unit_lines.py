"""Lines to grab in one window: by mouse and keys, on slices and standardised inputs, and where they are not offered."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.core.layout import Array
from nnviz.core.masks import Mask
from nnviz.experiment.edits import with_network
from nnviz.experiment.schema import DataSpec
from nnviz.experiment.slices import raw_rows
from nnviz.ui.window.main_window import MainWindow

NOTHING, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def pre_activations(window: MainWindow, unit: int, x: Array, y: Array) -> Array:
    """What the network of the run makes of places on the map, through its public way in."""
    prepared, view = window.controller.prepared, window.boundary_view
    assert prepared is not None
    inputs = prepared.inputs.transform(raw_rows(prepared, view._axes, view.slice_layer.hold, x, y))
    asked = window.controller.request(lambda run: run.trainer.network.pre_activations(inputs)[0][:, unit])
    window.controller.wait_idle()
    return np.asarray(asked.result(timeout=30.0))


def on_viewport(window: MainWindow, x: float, y: float) -> QPoint:
    plot = window.boundary_view.plot
    return plot.mapFromScene(plot.plotItem.getViewBox().mapViewToScene(QPointF(x, y)))


def drag(window: MainWindow, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NOTHING) -> None:
    viewport = window.boundary_view.plot.viewport()
    QTest.mouseMove(viewport, start)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, keys, start)
    for step in range(1, 5):
        QTest.mouseMove(viewport, start + (end - start) * step / 4)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, keys, end)
    window.controller.wait_idle()


def middle(window: MainWindow, unit: int, share: float = 0.5) -> tuple[float, float]:
    """A place on the line of a unit, in the middle of what is seen of it or elsewhere."""
    (left, right), (bottom, top) = window.boundary_view.plot.plotItem.getViewBox().viewRange()
    segment = window.boundary_view.lines.item.shown.lines[unit].within(left, bottom, right, top)
    assert segment is not None
    x, y = ((1.0 - share) * first + share * last for first, last in (segment[::2], segment[1::2]))
    return x, y


def along(window: MainWindow, unit: int) -> tuple[Array, Array]:
    """Places on the line of a unit."""
    line = window.boundary_view.lines.item.shown.lines[unit]
    places = np.array([line.shifted(0.0, 0.0).nearest(x, y) for x, y in ((-3.0, 2.0), (0.5, 0.5), (4.0, -1.0))])
    return places[:, 0], places[:, 1]


def check(window: MainWindow, unit: int) -> None:
    """A line is where it is dropped, the unit is zero on it, and one undo step brings it back to the last bit."""
    QApplication.processEvents()
    # Biases are 0 at first, so that all lines cross: the one that is selected goes first.
    window.boundary_view.lines.select((1, unit))
    parameters = window.controller.frame.parameters.copy()  # type: ignore[union-attr]
    steps = window.state.undo_stack.index()
    x, y = middle(window, unit)
    start = on_viewport(window, x, y)
    line = window.boundary_view.lines.item.shown.lines[unit]
    end = start + QPoint(round(40 * np.sign(line.a)), round(-30 * np.sign(line.b)))
    drag(window, start, end)
    assert window.state.undo_stack.index() == steps + 1
    moved = window.boundary_view.lines.item.shown.lines[unit]
    there = window.boundary_view.plot.plotItem.getViewBox().mapSceneToView(window.boundary_view.plot.mapToScene(end))
    per_pixel = window.boundary_view.plot.plotItem.getViewBox().viewPixelSize()
    assert abs(moved.distance(there.x(), there.y())) < 1.5 * max(per_pixel)
    assert abs(moved.distance(x, y)) > 5.0 * min(per_pixel)
    assert pre_activations(window, unit, *along(window, unit)) == pytest.approx(np.zeros(3), abs=1e-9)
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert np.array_equal(window.controller.frame.parameters, parameters)  # type: ignore[union-attr]


def test_lines_are_grabbed_turned_and_steepened(window: MainWindow) -> None:
    view, stack = window.boundary_view, window.state.undo_stack
    lines, viewport = view.lines, view.plot.viewport()
    window.show()
    assert not lines.item.shown.lines
    window.setFocus()
    window.teacher_view.set_hidden(("boundary.more",))
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert not lines.is_on
    assert not window.actions_.insights.unit_lines.isChecked()
    stack.undo()
    QTest.keyClick(window, Qt.Key.Key_Z)
    assert len(lines.item.shown.lines) == 3
    assert window.actions_.insights.unit_lines.isChecked()
    assert window.diagram_area.diagram._tagged_layers == (1,)
    check(window, 0)

    # A click selects the unit, and its line has a ring that turns it about its middle.
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, NOTHING, on_viewport(window, *middle(window, 1, 0.2)))
    assert window.diagram_area.diagram.selected == (1, 1)
    assert lines.item.shown.held == 1
    # The note below the map, that it shows one unit, makes the map lower.
    QApplication.processEvents()
    ring = lines.item.ring()
    assert ring is not None
    (x, y), radius = ring
    before, steps = lines.item.shown.lines[1], stack.index()
    pivot = view.plot.plotItem.getViewBox().mapSceneToView(QPointF(x, y))
    # From where the ring crosses the line, so that the press is on both, to a quarter turn further.
    slope = np.array([before.b, before.a]) / np.hypot(before.b, before.a)
    knob = np.array([x, y]) + radius * slope
    quarter = np.array([x, y]) + radius * np.array([-slope[1], slope[0]])
    drag(window, *(view.plot.mapFromScene(QPointF(*place)) for place in (knob, quarter)))
    assert stack.index() == steps + 1
    turned = lines.item.shown.lines[1]
    assert abs(before.a * turned.a + before.b * turned.b) < 0.1 * before.steepness * turned.steepness
    assert turned.at(pivot.x(), pivot.y()) == pytest.approx(0.0, abs=0.1 * turned.steepness)
    assert pre_activations(window, 1, *along(window, 1)) == pytest.approx(np.zeros(3), abs=1e-9)

    # Shift leaves it where it is and makes it steeper, towards its active side.
    start = on_viewport(window, *middle(window, 1))
    step = QPoint(round(60 * np.sign(turned.a)), round(-60 * np.sign(turned.b)))
    drag(window, start, start + step, SHIFT)
    assert stack.index() == steps + 2
    steep = lines.item.shown.lines[1]
    assert steep.steepness > 1.3 * turned.steepness
    assert steep.a / turned.a == pytest.approx(steep.c / turned.c)

    # The keys do the same, and a series of presses is one step.
    view.plot.setFocus()
    for _ in range(3):
        QTest.keyClick(view.plot, Qt.Key.Key_Right)
    window.controller.wait_idle()
    assert stack.index() == steps + 3
    assert lines.item.shown.lines[1] != steep
    QTest.keyClick(view.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.plot, Qt.Key.Key_Up, SHIFT)
    window.controller.wait_idle()
    assert stack.index() == steps + 5
    assert pre_activations(window, 1, *along(window, 1)) == pytest.approx(np.zeros(3), abs=1e-9)

    # Beside all lines the map is as it was: a click there marks nothing and selects nothing.
    mask = Mask("frozen", 1, unit=0)
    window.diagram_area.surgery.surgeon.mask(mask, "freeze")
    window.controller.wait_idle()
    parameters = window.controller.frame.parameters.copy()  # type: ignore[union-attr]
    start = on_viewport(window, *middle(window, 0))
    drag(window, start, start + QPoint(30, 0))
    assert np.array_equal(window.controller.frame.parameters, parameters)  # type: ignore[union-attr]

    # Four features, standardised, a slice through them: the same.
    view.settings.edit({"hold": "means"})
    window.state.edit(
        window.state.experiment.edited(
            data=DataSpec(name="iris", standardise=True),
            network=with_network(window.state.experiment, masks=()).network,
        ),
        "other data",
    )
    window.controller.wait_idle()
    assert len(lines.item.shown.lines) == 3
    check(window, 2)

    # Deeper units have curves; derived inputs bend the lines, which is said.
    view.switches.unit_curves.trigger()
    window.state.edit(
        window.state.experiment.edited(data=DataSpec(name="xor", parameters={"n_samples": 60}, inputs=("x1", "x1^2"))),
        "derived inputs",
    )
    window.controller.wait_idle()
    assert not lines.item.shown.lines
    assert lines.layers == (1, 2)
    assert "curves, which cannot be dragged" in view.note.text()
    window.actions_.insights.unit_lines.trigger()
    assert lines.layers == (2,)
    view.switches.unit_curves.trigger()
    assert lines.layers == ()
    assert window.diagram_area.diagram._tagged_layers == ()
    assert "dragged" not in view.note.text()
