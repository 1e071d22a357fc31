"""Drags whose end nobody sees: the button is let go over a dialog, or what is held goes from under the mouse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRubberBand, QWidget
from pytestqt.qtbot import QtBot

from nnviz.core.layout import Layout
from nnviz.core.lines import Line
from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import LIGHT
from nnviz.drawing.unit_lines import ShownLines, paint_unit_lines
from nnviz.experiment.edits import with_network
from nnviz.experiment.schema import LayerSpec
from nnviz.ui.answers.drawing_pad import DrawingPad
from nnviz.ui.explain.warp_view import WarpView
from nnviz.ui.plots.plot import Plot
from nnviz.ui.plots.row_marks import BandSelect
from nnviz.ui.stage.curtain_item import DrawnItem
from nnviz.ui.stage.plot_pen import PlotPen
from nnviz.ui.stage.veil import Tool, Veil
from nnviz.ui.window.main_window import MainWindow
from tests.ui.boundary.test_unit_lines import middle, on_viewport

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
Grip = tuple[QWidget, QPoint]


def send(
    widget: QWidget,
    kind: QEvent.Type,
    place: QPoint,
    *,
    held: bool,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Send what Qt sends; `QTest` remembers a button that was let go elsewhere."""
    button = LEFT if kind == QEvent.Type.MouseButtonPress else NONE
    event = QMouseEvent(
        kind,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        button,
        LEFT if held else NONE,
        modifiers,
    )
    QApplication.sendEvent(widget, event)


def press(grip: Grip) -> None:
    send(grip[0], QEvent.Type.MouseButtonPress, grip[1], held=True)


def drag(widget: QWidget, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Drag downwards from the middle; the end is not seen, and the mouse goes on."""
    start = widget.rect().center()
    send(widget, QEvent.Type.MouseButtonPress, start, held=True, modifiers=modifiers)
    for down in (20, 40):
        send(widget, QEvent.Type.MouseMove, start + QPoint(down // 2, down), held=True, modifiers=modifiers)


def go_on(widget: QWidget) -> None:
    """Move a mouse of which no button is held."""
    for down in (50, 60):
        send(widget, QEvent.Type.MouseMove, widget.rect().center() + QPoint(down // 2, down), held=False)


def move(grip: Grip, up: int, *, held: bool) -> None:
    send(grip[0], QEvent.Type.MouseMove, grip[1] + QPoint(up // 4, -up), held=held)


def dot(window: MainWindow) -> Grip:
    diagram = window.diagram_area.diagram
    x, y = diagram.geometry_.bias_places
    return diagram, QPoint(round(x[2]), round(y[2]))


def edge(window: MainWindow) -> Grip:
    diagram = window.diagram_area.diagram
    places = (QPoint(x, y) for x in range(0, diagram.width(), 5) for y in range(0, diagram.height(), 3))
    return diagram, next(place for place in places if isinstance(diagram.part_at(QPointF(place)), EdgeId))


def bar(window: MainWindow) -> Grip:
    window.diagram_area.diagram.select((1, 2))
    window.controller.wait_idle()
    numbers = window.diagram_area.cards.inspector.incoming
    middle_ = numbers.parts(0)[1].center().toPoint()
    return numbers.viewport(), middle_


def line(window: MainWindow) -> Grip:
    QApplication.processEvents()
    window.boundary_view.lines.select((1, 2))
    return window.boundary_view.plot.viewport(), on_viewport(window, *middle(window, 2))


@pytest.fixture
def shown(window: MainWindow) -> MainWindow:
    window.boundary_view.settings.edit({"unit_lines": True})
    window.show()
    window.controller.wait_idle()
    window.grab()
    return window


GRIPS: tuple[Callable[[MainWindow], Grip], ...] = (dot, edge, bar, line)


def test_what_was_let_go_over_a_dialog_no_longer_follows_the_mouse(shown: MainWindow) -> None:
    window, stack = shown, shown.state.undo_stack
    for grip_of in GRIPS:
        grip = grip_of(window)
        press(grip)
        move(grip, 24, held=True)
        window.controller.wait_idle()
        steps, parameters = stack.index(), window.controller.frame.parameters.copy()  # type: ignore[union-attr]
        assert steps > 0, f"{grip_of.__name__} was dragged"
        for up in (30, 60):
            move(grip, up, held=False)
        window.controller.wait_idle()
        assert stack.index() == steps, grip_of.__name__
        assert np.array_equal(window.controller.frame.parameters, parameters)  # type: ignore[union-attr]
        while stack.canUndo():
            stack.undo()
        window.diagram_area.diagram.select(None)
        window.controller.wait_idle()
        window.grab()


def test_the_brush_paints_nothing_once_it_was_let_go_over_a_dialog(shown: MainWindow) -> None:
    view = shown.boundary_view
    view.switches.paint.click()
    shown.controller.wait_idle()
    plot = view.plot
    place = plot.mapFromScene(plot.plotItem.getViewBox().sceneBoundingRect().center())
    grip = plot.viewport(), place
    press(grip)
    move(grip, 20, held=True)
    assert view.painting.tools.is_pressed
    move(grip, 40, held=False)
    assert not view.painting.tools.is_pressed
    painted = view.painting.strokes.canvas
    for up in (60, 80):
        move(grip, up, held=False)
    assert view.painting.strokes.canvas is painted


@pytest.mark.parametrize("grip_of", GRIPS)
def test_a_drag_ends_where_its_network_goes_from_under_the_mouse(
    shown: MainWindow, grip_of: Callable[[MainWindow], Grip]
) -> None:
    window = shown
    grip = grip_of(window)
    press(grip)
    move(grip, 24, held=True)
    window.state.edit(with_network(window.state.experiment, hidden=(LayerSpec(units=1),)), "change units")
    # Before the first frame of the other network and after it.
    move(grip, 40, held=True)
    window.controller.wait_idle()
    parameters = window.controller.frame.parameters.copy()  # type: ignore[union-attr]
    steps = window.state.undo_stack.index()
    move(grip, 60, held=True)
    QTest.mouseRelease(grip[0], LEFT, pos=grip[1])
    window.controller.wait_idle()
    assert window.state.undo_stack.index() == steps
    assert np.array_equal(window.controller.frame.parameters, parameters)  # type: ignore[union-attr]


def test_nothing_else_is_drawn_or_marked_once_it_was_let_go_over_a_dialog(qtbot: QtBot) -> None:
    stage, pad, warp, plot = QWidget(), DrawingPad(LIGHT), WarpView(LIGHT), Plot()
    for widget in (stage, pad, warp, plot):
        qtbot.addWidget(widget)
        widget.resize(300, 300)
        widget.show()

    drag(pad)
    go_on(pad)
    inked = pad.ink.fine.copy()
    assert inked.any()
    go_on(pad)
    assert np.array_equal(pad.ink.fine, inked)
    # The stroke has ended: it can be undone.
    pad.undo()
    assert pad.ink.is_empty

    veil = Veil(stage, LIGHT)
    veil.resize(300, 300)
    veil.set_tool(Tool.PEN)
    drag(veil)
    go_on(veil)
    assert [len(stroke) for stroke in veil.strokes] == [3]

    chosen: list[object] = []
    warp.chosen.connect(lambda *said: chosen.append(said))
    drag(warp)
    go_on(warp)
    assert not any(band.isVisible() for band in warp.findChildren(QRubberBand))

    band, viewport = BandSelect(plot), plot.viewport()
    band.selected.connect(lambda *said: chosen.append(said))
    drag(viewport, Qt.KeyboardModifier.ShiftModifier)
    go_on(viewport)
    assert not any(each.isVisible() for each in viewport.findChildren(QRubberBand))
    assert not chosen
    band.is_enabled = False

    pen = PlotPen(plot, DrawnItem(plot.plotItem.getViewBox(), LIGHT))
    pen.drawn.connect(chosen.append)
    pen.set_active(True)
    drag(viewport)
    go_on(viewport)
    assert [len(line) for line in chosen] == [3]
    pen.set_active(False)


def test_what_is_taken_of_a_network_that_the_run_has_left_is_not_looked_up_in_the_present_one(
    shown: MainWindow,
) -> None:
    window, diagram = shown, shown.diagram_area.diagram
    frame = window.controller.frame
    assert frame is not None
    # The run goes on with fewer units, of which the diagram has no frame yet.
    layout = Layout((2, 1, 1))
    window.controller._frame = replace(frame, layout=layout, parameters=frame.parameters[: layout.n_parameters])
    parameters, steps = diagram.frame.parameters.copy(), window.state.undo_stack.index()  # type: ignore[union-attr]
    for grip_of in (dot, edge):
        grip = grip_of(window)
        press(grip)
        for up in (24, 48):
            move(grip, up, held=True)
        send(grip[0], QEvent.Type.MouseButtonRelease, grip[1], held=False)
    assert window.boundary_view.lines.take(2) is None
    window.controller._frame = frame
    assert window.state.undo_stack.index() == steps
    assert np.array_equal(frame.parameters, parameters)


def test_lines_have_no_room_in_a_plot_that_is_pressed_together(qapp: QApplication) -> None:
    picture = QImage(20, 20, QImage.Format.Format_RGB32)
    picture.fill(0)
    before = picture.copy()
    with QPainter(picture) as painter:
        painter.setWorldTransform(QTransform.fromScale(1.0, 0.0))
        paint_unit_lines(ShownLines({0: Line(1.0, 1.0, 0.0)}), QRectF(0.0, 0.0, 20.0, 20.0), LIGHT, painter)
    assert picture == before
