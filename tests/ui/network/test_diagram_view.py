from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import DARK, LIGHT
from nnviz.ui.network.diagram_view import DiagramView
from tests.ui.network.diagram_stage import Notes, a_state, stage


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[DiagramView]:
    widget = DiagramView(a_state(), Notes().as_controller, LIGHT)
    qtbot.addWidget(widget)
    widget.resize(700, 520)
    prepared, frame = stage()
    widget.show_prepared(prepared)
    widget.show_frame(frame)
    widget.show()
    qtbot.waitExposed(widget)
    widget.grab()
    yield widget
    widget.stop()


def _centre(view: DiagramView, layer: int, row: int) -> QPoint:
    return view.geometry_.columns[layer].rects[row].center().toPoint()


def _control(view: DiagramView, kind: str, index: int) -> QPoint:
    (rect,) = [rect for control, rect in view.geometry_.controls if (control.kind, control.index) == (kind, index)]
    return rect.center().toPoint()


def test_it_asks_for_unit_maps(qtbot: QtBot) -> None:
    notes = Notes()
    qtbot.addWidget(DiagramView(a_state(), notes.as_controller, LIGHT))
    assert notes.needs == {"diagram": {"unit_maps": True}}


def test_a_click_opens_a_unit_and_a_second_closes_it(view: DiagramView, qtbot: QtBot) -> None:
    for wanted in ((1, 2), None):
        with qtbot.waitSignal(view.unit_selected) as signal:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_centre(view, 1, 2))
        assert signal.args == [wanted]
        assert view.selected == wanted


def test_a_click_on_the_canvas_closes(view: DiagramView, qtbot: QtBot) -> None:
    view.select((1, 2))
    with qtbot.waitSignal(view.unit_selected, check_params_cb=lambda unit: unit is None):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 515))


def test_a_click_on_an_edge_selects_it(view: DiagramView, qtbot: QtBot) -> None:
    rects = view.geometry_.columns[1].rects, view.geometry_.columns[2].rects
    start = rects[0][0].right() + 8
    with qtbot.waitSignal(view.edge_selected) as signal:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(start, rects[0][0].center().y()).toPoint())
    (edge,) = signal.args
    assert isinstance(edge, EdgeId)
    assert (edge.layer, edge.source) == (2, 0)


@pytest.mark.parametrize(
    ("kind", "index"), [("add_unit", 1), ("remove_unit", 2), ("insert_layer", 0), ("remove_layer", 2)]
)
def test_controls_emit_their_signal(view: DiagramView, qtbot: QtBot, kind: str, index: int) -> None:
    with qtbot.waitSignal(getattr(view, kind)) as signal:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_control(view, kind, index))
    assert signal.args == [index]


def test_the_keyboard_reaches_every_unit(view: DiagramView, qtbot: QtBot) -> None:
    opened: list[object] = []
    view.unit_selected.connect(opened.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert opened[-1] is not None
    assert opened[-1] == view.selected
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert opened[-1] is None


def test_hovering_says_what_is_under_the_mouse(view: DiagramView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.hovered) as signal:
        qtbot.mouseMove(view, _centre(view, 2, 1))
    assert signal.args == [(2, 1)]


def test_the_card_follows_new_frames(view: DiagramView, qtbot: QtBot) -> None:
    qtbot.mouseMove(view, _centre(view, 1, 0))
    before = view.grab().toImage()
    view.show_frame(stage(probed=True)[1])
    assert view.grab().toImage() != before


def test_the_flow_runs_only_while_training_is_seen(view: DiagramView, qtbot: QtBot) -> None:
    assert not view.is_animated
    view.show_frame(stage(status="running")[1])
    assert view.is_animated
    view.hide()
    assert not view.is_animated
    view.show()
    assert view.is_animated
    view.show_frame(stage(status="paused")[1])
    assert not view.is_animated


def test_a_stopped_view_never_animates_again(view: DiagramView) -> None:
    view.stop()
    view.show_frame(stage(status="running")[1])
    assert not view.is_animated


def test_dots_move_without_painting_the_network_again(view: DiagramView, qtbot: QtBot) -> None:
    view.show_frame(stage(status="running")[1])
    qtbot.waitUntil(lambda: not view.is_painting)
    first = view.grab().toImage()
    painted = view.picture.image.cacheKey()
    qtbot.waitUntil(lambda: view.grab().toImage() != first, timeout=2_000)
    # A painter that begins on an image changes its key.
    assert view.picture.image.cacheKey() == painted


def test_while_training_the_network_is_painted_beside_the_gui_thread(view: DiagramView, qtbot: QtBot) -> None:
    assert view.picture.raster.prepare()
    view.set_flow_enabled(False)
    view._invalidate()
    old = view.grab().toImage()
    _, frame = stage(status="running")
    frames = [replace(frame, parameters=frame.parameters * factor) for factor in (-1.0, 0.3)]
    frames.append(replace(frame, parameters=frame.parameters[::-1].copy()))
    for each in frames:
        view.show_frame(each)
    assert view.is_painting
    assert view.grab().toImage() == old, "nobody waits for the new one"
    qtbot.waitUntil(lambda: not view.is_painting)
    beside = view.grab().toImage()
    assert beside != old
    view.show_frame(replace(frames[-1], status="paused"))
    assert not view.is_painting
    assert view.grab().toImage() == beside, "the newest of those that waited, and the same picture"

    # What the user does is shown at once, and nothing older comes after it.
    view.show_frame(frames[0])
    view.select((1, 2))
    assert not view.is_painting
    chosen = view.grab().toImage()
    view.show_frame(replace(frames[0], status="paused"))
    assert view.grab().toImage() == chosen

    view.show_frame(frames[1])
    view.hide()
    view.show_frame(frames[2])
    assert not view.is_painting, "hidden, nothing is painted"
    view.show()
    view.select(None)
    assert view.grab().toImage() == beside


def test_a_selected_unit_that_vanishes_is_let_go(view: DiagramView, qtbot: QtBot) -> None:
    view.select((1, 3))
    with qtbot.waitSignal(view.unit_selected, check_params_cb=lambda unit: unit is None):
        view.show_frame(stage(hidden=(2, 3))[1])
    assert view.selected is None


def test_a_theme_changes_the_picture(view: DiagramView) -> None:
    view.set_theme(DARK)
    image: QImage = view.grab().toImage()
    assert image.pixelColor(1, image.height() - 2).name() == DARK.canvas


def test_without_a_frame_there_is_only_canvas(qtbot: QtBot) -> None:
    widget = DiagramView(a_state(), Notes().as_controller, LIGHT)
    qtbot.addWidget(widget)
    assert widget.grab().toImage().pixelColor(5, 5).name() == LIGHT.canvas


def test_tooltips_explain_the_controls(view: DiagramView, qtbot: QtBot) -> None:
    assert "hidden layer 1" in view.help_at(QPointF(_control(view, "add_unit", 1)))
    assert view.help_at(QPointF(1, 1)) == ""


def _wheel(view: DiagramView, at: QPointF, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        at, QPointF(view.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def _empty_spot(view: DiagramView) -> QPoint:
    spots = (QPoint(x, y) for x in range(50, 650, 7) for y in range(50, 450, 7))
    return next(spot for spot in spots if view.part_at(QPointF(spot)) is None)


def test_before_the_next_picture_no_edge_of_another_network_is_pointed_at(view: DiagramView) -> None:
    _, frame = stage()
    _, smaller = stage(hidden=(2,))
    places = [QPointF(x, y) for x in range(0, 700, 5) for y in range(0, 520, 5)]
    at = [place for place in places if isinstance(view.part_at(place), EdgeId)]
    assert {part.layer for part in map(view.part_at, at) if isinstance(part, EdgeId)} == set(
        range(1, frame.layout.n_layers + 1)
    )
    view.show_frame(smaller)
    assert not [place for place in at if isinstance(view.part_at(place), EdgeId)]
    view.grab()
    assert {part.layer for part in map(view.part_at, places) if isinstance(part, EdgeId)} == {1, 2}


def test_ctrl_and_wheel_zoom_and_a_double_click_on_the_background_fits(view: DiagramView, qtbot: QtBot) -> None:
    before = view.geometry_.unit_size
    with qtbot.waitSignal(view.zoomed) as signal:
        _wheel(view, QPointF(350, 300), 3, Qt.KeyboardModifier.ControlModifier)
    assert signal.args == [True]
    assert view.geometry_.unit_size > before
    start = view.viewport.offset
    _wheel(view, QPointF(350, 300), -1, Qt.KeyboardModifier.NoModifier)
    assert view.viewport.offset[1] > start[1]
    view.grab()
    with qtbot.waitSignal(view.zoomed) as signal:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=_empty_spot(view))
    assert signal.args == [False]
    assert view.viewport.is_fitted
    assert view.geometry_.unit_size == before


def test_the_wheel_alone_is_left_to_others_where_all_is_on_show(view: DiagramView) -> None:
    _wheel(view, QPointF(350, 300), 1, Qt.KeyboardModifier.NoModifier)
    assert view.viewport.is_fitted


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_the_background_is_pulled_and_nothing_closes(view: DiagramView, qtbot: QtBot, button: Qt.MouseButton) -> None:
    view.select((1, 2))
    view.zoom(2.0)
    view.grab()
    start = view.viewport.offset
    empty = _empty_spot(view)
    qtbot.mousePress(view, button, pos=empty)
    qtbot.mouseMove(view, empty + QPoint(-40, 30))
    qtbot.mouseRelease(view, button, pos=empty + QPoint(-40, 30))
    assert view.viewport.offset == (start[0] + 40, start[1] - 30)
    assert view.selected == (1, 2)


def test_units_are_hit_where_they_are_seen_when_zoomed(view: DiagramView, qtbot: QtBot) -> None:
    view.zoom(1.5, QPointF(_centre(view, 1, 2)))
    view.grab()
    offset = QPointF(*view.viewport.offset)
    place = (view.geometry_.columns[1].rects[2].center() - offset).toPoint()
    with qtbot.waitSignal(view.unit_selected) as signal:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert signal.args == [(1, 2)]


def test_the_keyboard_zooms_fits_and_brings_its_unit_on_show(view: DiagramView, qtbot: QtBot) -> None:
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(6):
        qtbot.keyClick(view, "+")
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    view.grab()
    focus = view.focus
    assert focus == (3, 0)
    rect = view.geometry_.unit_rect(focus)
    assert rect is not None
    seen = rect.translated(-view.viewport.offset[0], -view.viewport.offset[1])
    assert QRectF(view.rect()).contains(seen)
    qtbot.keyClick(view, "-")
    assert view.viewport.zoom < 1.25**6
    qtbot.keyClick(view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert view.viewport.is_fitted


def test_a_screen_reader_hears_the_unit_that_the_keyboard_is_on(view: DiagramView, qtbot: QtBot) -> None:
    assert "Arrow keys" in view.accessibleDescription()
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription().startswith("Unit ")
    assert "bias" in view.accessibleDescription()
    view.clearFocus()
    assert "Arrow keys" in view.accessibleDescription()


def test_single_keys_rest_while_the_keyboard_is_in_the_diagram(view: DiagramView) -> None:
    def passes_on(text: str) -> bool:
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, text)
        event.ignore()
        view.keyPressEvent(event)
        return not event.isAccepted()

    assert passes_on("s"), "after a click the window keeps its keys"
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert not passes_on("s")
    assert passes_on(""), "F11 and the like always work"


def test_quick_clicks_on_a_control_all_count(view: DiagramView, qtbot: QtBot) -> None:
    added: list[int] = []
    view.add_unit.connect(added.append)
    place = _control(view, "add_unit", 1)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert len(added) >= 2


def test_compiled_code_draws_the_edges_as_soon_as_it_can_and_qt_until_then(
    view: DiagramView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    raster = view.picture.raster
    assert raster.prepare()
    compiled = view.grab().toImage()
    monkeypatch.setattr(raster, "is_ready", False)
    view.show_frame(stage()[1])
    by_qt = view.grab().toImage()
    assert by_qt != compiled
    assert view.picture.raster.can_become_ready
    view.hide()
    view.show()
    qtbot.waitUntil(lambda: raster.is_ready)
    qtbot.waitUntil(lambda: view.grab().toImage() == compiled)


def test_the_keyboard_gets_the_card_of_its_unit_too(view: DiagramView, qtbot: QtBot) -> None:
    view.clearFocus()
    plain = view.grab().toImage()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    rect = view.geometry_.columns[0].rects[0]
    beside = rect.center().toPoint() + QPoint(40, 40)
    assert view.grab().toImage().pixelColor(beside).name() != plain.pixelColor(beside).name()


def test_every_layer_of_a_deep_network_is_reached_by_wheel_keyboard_click_and_selection(
    view: DiagramView, qtbot: QtBot
) -> None:
    prepared, frame = stage(hidden=(4,) * 200)
    view.show_prepared(prepared)
    view.show_frame(frame)
    view.grab()
    assert view.geometry_.column(200) is None

    gap, rect = view.geometry_.layer_gaps[-1]
    assert str(gap.first) in view.help_at(rect.center())
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert view.geometry_.column(gap.first) is not None
    assert view.geometry_.column(1) is None

    first = view.geometry_.window.layers.start
    _wheel(view, QPointF(300, 300), -1, Qt.KeyboardModifier.NoModifier)
    assert view.geometry_.window.layers.start == first + 1

    view.select((150, 2))
    assert view.geometry_.unit_rect((150, 2)) is not None
    view.select(EdgeId(77, 1, 0))
    assert {76, 77} <= set(view.geometry_.window.slots)

    view.select(None)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    for layer in range(1, 202):
        qtbot.keyClick(view, Qt.Key.Key_Right)
        assert view.focus is not None
        assert view.focus[0] == layer
        assert view.geometry_.unit_rect(view.focus) is not None
    for layer in reversed(range(201)):
        qtbot.keyClick(view, Qt.Key.Key_Left)
        assert view.focus is not None
        assert view.focus[0] == layer


def test_a_header_asks_for_another_activation(view: DiagramView, qtbot: QtBot) -> None:
    for control, rect in view.geometry_.activations:
        with qtbot.waitSignal(view.activation_wanted) as signal:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
        layer, place = signal.args
        assert layer == control.index
        assert place.contains(view.mapToGlobal(rect.center().toPoint()))
        assert "activation" in view.help_at(rect.center())
    assert [control.index for control, _ in view.geometry_.activations] == [1, 2, 3]
    view.set_editable(False)
    assert view.geometry_.activations == ()


def test_what_lies_over_the_network_is_painted_once_and_costs_nothing_when_off(view: DiagramView) -> None:
    frame = stage()[1]
    plain = view.grab().toImage()
    assert view._layer is None
    view.set_importance(tuple(np.array([0.5, 1.0, 0.25, 0.1])[:n] for n in (4, 3)))
    view.set_tagged_layers((1,))
    shown = view.grab().toImage()
    assert shown != plain
    layer = view._layer
    assert layer is not None
    # Frames, and dots between them, only copy it.
    for status in ("running", "paused"):
        view.show_frame(replace(frame, status=status))
        view.grab()
        assert view._layer is layer
    view.zoom(1.5)
    view.grab()
    assert view._layer is not layer
    view.fit()
    # Lit wires are as wide as their weights: while a run trains a few times a second, at rest with every frame.
    view.light(EdgeId(2, 0, 0))
    view.grab()
    layer = view._layer
    assert layer is not None
    view.show_frame(replace(frame, parameters=2.0 * frame.parameters))
    view.grab()
    assert view._layer is not layer
    view.light(None)
    view.set_tagged_layers(())
    view.set_importance(())
    view.show_frame(frame)
    assert view.grab().toImage() == plain
    assert view._layer is None


def test_while_training_what_lies_over_the_network_is_painted_beside_the_gui_thread(
    view: DiagramView, qtbot: QtBot
) -> None:
    rises = tuple(np.array([0.5, 1.0, 0.25, 0.1])[:n] for n in (4, 3))
    view.set_importance(rises)
    view.set_flow_enabled(False)
    view.show_frame(stage(status="running")[1])
    qtbot.waitUntil(lambda: not view.is_painting)
    first = view.grab().toImage()
    more = tuple(2.0 * each[::-1] for each in rises)
    view.set_importance(more)
    assert view.grab().toImage() == first, "nobody waits for it"
    assert view.is_painting
    qtbot.waitUntil(lambda: not view.is_painting)
    beside = view.grab().toImage()
    assert beside != first
    view.set_importance(rises)
    view.grab()
    view.hide()
    assert not view.is_painting
    view.show()
    assert view.grab().toImage() == first, "what was left unpainted is painted now"
    view.set_importance(more)
    view.grab()
    view.show_frame(stage(status="paused")[1])
    qtbot.waitUntil(lambda: not view.is_painting)
    view.set_importance(rises)
    view.set_importance(more)
    assert view.grab().toImage() == beside, "at rest at once, and the same picture"
