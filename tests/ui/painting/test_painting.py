"""Painting through the window: strokes with the mouse, undo, classes, values, files, and a followed table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.data import read_table
from nnviz.drawing.theme import LIGHT
from nnviz.experiment import edits, prepare
from nnviz.experiment.painting import Canvas, rows_of, with_rows
from nnviz.experiment.schema import DataSpec, TableSource
from nnviz.ui.painting.paint_layer import MAX_INKED
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import show_another

OpenWindow = Callable[..., MainWindow]


class Hand:
    """Draws with the mouse on the map; places are shares of its width and height, from the lower left corner."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.view = window.boundary_view
        self.painting = self.view.painting
        if not window.isVisible():
            window.show()
            window.controller.wait_idle()
        self.viewport = self.view.plot.viewport()

    def at(self, x: float, y: float) -> QPoint:
        box = self.view.plot.plotItem.getViewBox().sceneBoundingRect()
        return self.view.plot.mapFromScene(
            QPointF(box.left() + x * box.width(), box.bottom() - y * box.height()),
        )

    def data_at(self, x: float, y: float) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.view.plot.plotItem.getViewBox().viewRange()
        return x0 + x * (x1 - x0), y0 + y * (y1 - y0)

    def share_of(self, place: np.ndarray) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.view.plot.plotItem.getViewBox().viewRange()
        return (place[0] - x0) / (x1 - x0), (place[1] - y0) / (y1 - y0)

    def press(self, *place: float, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.mousePress(self.viewport, Qt.MouseButton.LeftButton, modifier, self.at(*place))

    def move(self, *place: float) -> None:
        self.qtbot.mouseMove(self.viewport, self.at(*place))

    def release(self, *place: float) -> None:
        self.qtbot.mouseRelease(self.viewport, Qt.MouseButton.LeftButton, pos=self.at(*place))

    def stroke(self, start: tuple[float, float], end: tuple[float, float], steps: int = 6) -> None:
        self.press(*start)
        for step in range(1, steps + 1):
            share = step / steps
            self.move(*(a + share * (b - a) for a, b in zip(start, end, strict=True)))
        self.release(*end)

    def click(self, *place: float) -> None:
        self.press(*place)
        self.release(*place)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.view.plot, key, modifier)

    def wheel(self, x: float, y: float, notches: int) -> None:
        position = QPointF(self.at(x, y))
        no_point, no_button = QPoint(), Qt.MouseButton.NoButton
        event = QWheelEvent(
            position,
            self.viewport.mapToGlobal(position),
            no_point,
            QPoint(0, 120 * notches),
            no_button,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.viewport, event)

    @property
    def points(self) -> int:
        rows = self.window.state.experiment.data.rows
        assert rows is not None
        return len(rows.features)

    @property
    def undo_text(self) -> str:
        return self.window.state.undo_stack.undoText()


@pytest.fixture
def hand(window: MainWindow, qtbot: QtBot) -> Hand:
    """A hand on the map of the small experiment (60 points), in the paint mode."""
    hand = Hand(window, qtbot)
    hand.view.switches.paint.click()
    assert hand.painting.is_active
    return hand


def open_painting(open_window: OpenWindow, qtbot: QtBot, name: str) -> Hand:
    hand = Hand(open_window(data=DataSpec(name=name, parameters={"n_samples": 60})), qtbot)
    hand.painting.set_active(True)
    return hand


def test_a_stroke_turns_the_data_into_painted_ones_in_one_undo_step(hand: Hand) -> None:
    window, stack = hand.window, hand.window.state.undo_stack
    before, run_id = window.state.experiment, window.controller.run_id
    hand.stroke((0.2, 0.2), (0.8, 0.3))
    window.controller.wait_idle()
    count = hand.points - 60
    assert count > 5
    assert stack.count() == 1
    assert hand.undo_text == f"paint {count} points"
    assert window.controller.run_id == run_id
    assert window.controller.prepared.dataset.n_samples == hand.points
    assert window.controller.prepared.class_names == ("class A", "class B")
    stack.undo()
    assert window.state.experiment.data == before.data
    stack.redo()
    window.controller.wait_idle()
    assert window.controller.prepared.dataset.n_samples == 60 + count
    assert window.controller.run_id == run_id


def test_the_boundary_chases_the_brush_while_the_run_trains(hand: Hand, qtbot: QtBot) -> None:
    window = hand.window
    window.play()
    qtbot.waitUntil(lambda: window.epoch > 3, timeout=10_000)
    run_id, n_test = window.controller.run_id, window.controller.prepared.test.n_samples
    hand.press(0.2, 0.5)
    hand.move(0.5, 0.5)
    # In the middle of the stroke, the button still down:
    qtbot.waitUntil(lambda: window.controller.prepared.dataset.n_samples > 60, timeout=10_000)
    hand.move(0.8, 0.5)
    hand.release(0.8, 0.5)
    qtbot.waitUntil(lambda: window.controller.prepared.dataset.n_samples == hand.points, timeout=10_000)
    assert window.is_training
    assert window.controller.run_id == run_id
    assert window.controller.prepared.test.n_samples >= n_test
    assert window.state.undo_stack.count() == 1
    window.state.undo_stack.undo()
    qtbot.waitUntil(lambda: window.controller.prepared.dataset.n_samples == 60, timeout=10_000)
    assert window.is_training
    assert window.controller.run_id == run_id
    epoch = window.epoch
    qtbot.waitUntil(lambda: window.epoch > epoch, timeout=10_000)


def test_other_inputs_in_the_midst_of_a_stroke_take_the_map_of_the_former_ones_away(hand: Hand) -> None:
    window, view = hand.window, hand.view
    hand.press(0.2, 0.5)
    squares = edits.with_inputs(window.state.experiment, ("x1", "x2", "x1^2", "x2^2"), ("x1", "x2"))
    assert view._frame is not None
    view.show_prepared(prepare(squares))
    assert view._frame is None
    hand.release(0.2, 0.5)
    window.controller.wait_idle()
    assert view._frame is not None


def check_many(hand: Hand) -> None:
    """Beyond 20 000 points all are trained on, fewer are drawn, and the view says so."""
    window, strokes = hand.window, hand.painting.strokes
    n, rng = MAX_INKED + 500, np.random.default_rng(0)
    tags = rng.integers(0, 2, n).astype(float)
    canvas = Canvas("classes", rng.normal(size=(n, 2)), tags, np.zeros(n, dtype=np.uint16))
    window.state.edit(with_rows(window.state.experiment, rows_of(canvas, strokes.rows)), "paint many points")
    window.controller.wait_idle()
    prepared = window.controller.prepared
    assert prepared.train.n_samples + prepared.test.n_samples == n
    assert "all of them are trained on" in hand.view.note.text()


def test_the_eraser_takes_what_it_touches(hand: Hand) -> None:
    hand.key(Qt.Key.Key_E)
    hand.painting.tools.settings.size = 60
    hand.stroke((0.1, 0.1), (0.9, 0.9))
    gone = 60 - hand.points
    assert gone > 3
    assert hand.undo_text == f"erase {gone} points"
    hand.window.state.undo_stack.undo()
    assert hand.window.state.experiment.data.rows is None
    assert len(hand.painting.strokes.canvas) == 60
    check_many(hand)


def test_erasing_the_last_point_says_what_to_do_and_painting_goes_on(hand: Hand) -> None:
    window = hand.window
    window.play()
    hand.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hand.key(Qt.Key.Key_Delete)
    window.controller.wait_idle()
    assert not window.is_training
    assert hand.points == 0
    assert hand.undo_text == "erase 60 points"
    assert "no points yet" in window.message_bar.text.text()
    hand.key(Qt.Key.Key_B)
    hand.click(0.5, 0.5)
    window.controller.wait_idle()
    assert window.controller.prepared.dataset.n_samples == hand.points > 0


def test_a_frame_selects_and_a_drag_moves(hand: Hand) -> None:
    hand.key(Qt.Key.Key_V)
    before = hand.painting.strokes.canvas.places
    hand.stroke((0.01, 0.01), (0.99, 0.99))
    assert hand.painting.tools.selected.all()
    assert not hand.window.state.is_dirty
    start = hand.share_of(before[0])
    hand.stroke(start, (start[0] + 0.03, start[1]))
    moved = hand.painting.strokes.canvas.places - before
    assert hand.undo_text == "move 60 points"
    assert moved[:, 0].min() > 0
    assert np.ptp(moved[:, 0]) < 1e-3
    assert np.abs(moved[:, 1]).max() < 0.1
    assert hand.painting.tools.selected.all()


def test_jitter_shakes_in_the_same_way_for_the_same_seed(hand: Hand) -> None:
    hand.painting.bar.tools["jitter"].click()
    before = hand.painting.strokes.canvas.places
    shaken = []
    for _ in range(2):
        hand.stroke((0.1, 0.5), (0.9, 0.5))
        assert hand.undo_text.startswith("jitter ")
        shaken.append(hand.painting.strokes.canvas.places)
        hand.window.state.undo_stack.undo()
    assert np.array_equal(*shaken)
    changed = (shaken[0] != before).any(axis=1)
    assert 0 < changed.sum() < 60


def test_classes_are_added_named_and_removed(hand: Hand) -> None:
    window, bar = hand.window, hand.painting.bar
    run_id = window.controller.run_id
    bar.add.click()
    window.controller.wait_idle()
    assert window.controller.run_id != run_id
    assert hand.undo_text == "add class"
    assert [button.isVisible() for button in bar.class_buttons][:4] == [True, True, True, False]
    assert bar.class_buttons[2].isChecked()
    hand.click(0.5, 0.5)
    bar.name.setFocus()
    bar.name.selectAll()
    hand.qtbot.keyClicks(bar.name, "<b>owls</b>")
    hand.qtbot.keyClick(bar.name, Qt.Key.Key_Return)
    window.controller.wait_idle()
    assert window.controller.prepared.class_names == ("class A", "class B", "<b>owls</b>")
    assert window.controller.prepared.dataset.class_counts[2] > 0
    assert "<b>" not in bar.class_buttons[2].toolTip()
    bar.name.setText("class B")
    bar.name.setModified(True)
    hand.qtbot.keyClick(bar.name, Qt.Key.Key_Return)
    assert "already" in window.message_bar.text.text()
    assert bar.name.text() == "<b>owls</b>"
    bar.remove.click()
    window.controller.wait_idle()
    assert window.controller.prepared.class_names == ("class A", "class B")
    assert hand.points == 60
    assert not bar.remove.isEnabled()
    assert bar.mark.is_on


def test_the_cursor_is_the_circle_of_the_brush_and_what_it_paints_is_seen_at_once(hand: Hand) -> None:
    hand.move(0.5, 0.5)
    narrow = hand.painting.cursor.rect.width()
    centre = hand.painting.cursor.rect.center()
    assert (centre.x(), centre.y()) == pytest.approx(hand.data_at(0.5, 0.5), abs=0.1)
    hand.key(Qt.Key.Key_BracketRight)
    assert hand.painting.cursor.rect.width() > narrow
    assert hand.painting.bar.size_slider.value() == hand.painting.tools.settings.size
    view = hand.view
    hand.key(Qt.Key.Key_O)
    place = view.plot.viewport().mapTo(view, hand.at(0.03, 0.03))
    hand.click(0.03, 0.03)
    hand.key(Qt.Key.Key_V)
    assert view.grab().toImage().pixelColor(place) == LIGHT.class_colour(0)


def test_escape_leaves_the_mode_and_the_points_are_drawn_as_before(hand: Hand) -> None:
    window, points = hand.window, hand.view.points
    assert not points.item("train").isVisible()
    hand.click(0.5, 0.5)
    hand.key(Qt.Key.Key_Escape)
    window.controller.wait_idle()
    assert not hand.painting.is_active
    assert not hand.painting.bar.isVisible()
    assert not hand.view.switches.paint.isChecked()
    assert not window.actions_.paint.isChecked()
    assert points.item("train").isVisible()
    assert len(points.item("train").data) + len(points.item("test").data) == hand.points
    window.setFocus()
    hand.qtbot.keyClick(window, Qt.Key.Key_P)
    assert hand.painting.is_active
    hand.qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not hand.painting.is_active


def test_fewer_rows_that_cannot_be_painted_end_painting(open_window: OpenWindow, qtbot: QtBot) -> None:
    hand = Hand(open_window(data=DataSpec(name="xor", parameters={"n_samples": 240})), qtbot)
    hand.view.switches.paint.click()
    assert hand.painting.is_active
    show_another(hand.window, data=DataSpec(name="iris"))
    assert not hand.painting.is_active
    prepared, drawn = hand.window.controller.prepared, hand.view.points._positions
    assert {name: len(drawn[name]) for name in drawn} == {name: prepared.part(name).n_samples for name in drawn}


def test_other_data_say_why_they_cannot_be_painted(open_window: OpenWindow, qtbot: QtBot) -> None:
    hand = Hand(open_window(data=DataSpec(name="iris")), qtbot)
    hand.view.switches.paint.click()
    assert "two features" in hand.painting.bar.reason.text()
    assert hand.painting.bar.reason.isVisible()
    assert not hand.painting.bar.tools["brush"].isVisible()
    hand.stroke((0.2, 0.2), (0.4, 0.4))
    assert hand.window.state.undo_stack.count() == 0
    hand.window.actions_.start_empty.trigger()
    hand.window.controller.wait_idle()
    assert hand.painting.bar.tools["brush"].isVisible()
    assert hand.undo_text == "start with an empty canvas"
    assert hand.view.plot.plotItem.getViewBox().viewRange()[1] == pytest.approx([-6.0, 6.0])
    hand.click(0.3, 0.3)
    hand.window.controller.wait_idle()
    assert hand.view.plot.plotItem.getViewBox().viewRange()[1] == pytest.approx([-6.0, 6.0])
    hand.painting.bar.class_buttons[1].click()
    hand.click(0.7, 0.7)
    hand.window.controller.wait_idle()
    assert hand.window.controller.prepared.dataset.n_samples == hand.points
    hand.window.step()
    hand.window.controller.wait_idle()
    assert hand.window.epoch == 1
    for _ in range(3):
        hand.window.state.undo_stack.undo()
    hand.window.controller.wait_idle()
    assert hand.window.controller.prepared.dataset.name == "iris"


def test_values_are_dragged_up_and_down_and_turned_with_the_wheel(open_window: OpenWindow, qtbot: QtBot) -> None:
    hand = open_painting(open_window, qtbot, "plane")
    hand.painting.bar.tools["point"].click()
    hand.press(0.02, 0.5)
    hand.move(0.02, 0.75)
    assert hand.painting.card.lines[0].value
    hand.release(0.02, 0.75)
    assert hand.painting.card.isHidden()
    targets = hand.window.state.experiment.data.rows.targets.array[:, 0]
    assert len(targets) == 61
    assert targets[-1] > 0.1
    assert hand.undo_text == "paint 1 point"
    hand.wheel(0.02, 0.5, -2)
    lower = hand.window.state.experiment.data.rows.targets.array[:, 0]
    assert lower[-1] < targets[-1]
    assert hand.undo_text == "change value of 1 point"
    hand.wheel(0.02, 0.99, 3)
    assert hand.painting.bar.value.value() > 0
    assert hand.window.state.undo_stack.count() == 2


def test_points_of_a_curve_are_set_moved_and_erased(open_window: OpenWindow, qtbot: QtBot) -> None:
    hand = open_painting(open_window, qtbot, "sine")
    hand.key(Qt.Key.Key_O)
    hand.click(0.03, 0.9)
    hand.window.controller.wait_idle()
    x, y = hand.data_at(0.03, 0.9)
    dataset = hand.window.controller.prepared.dataset
    new = np.flatnonzero(np.isclose(dataset.X[:, 0], x, atol=0.1))
    assert dataset.y[new, 0] == pytest.approx([y], abs=0.1)
    hand.stroke((0.03, 0.9), (0.03, 0.6))
    assert hand.undo_text == "move 1 point"
    assert hand.window.state.experiment.data.rows.targets.array[-1, 0] == pytest.approx(
        hand.data_at(0.03, 0.6)[1], abs=0.1
    )
    hand.key(Qt.Key.Key_E)
    hand.painting.tools.settings.size = 8
    hand.click(0.03, 0.6)
    assert hand.points == 60


def test_painted_data_are_saved_exported_and_read_back_equal(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hand.window
    hand.painting.bar.class_buttons[1].click()
    hand.stroke((0.2, 0.2), (0.8, 0.3))
    painted = window.state.experiment.data
    window.controller.wait_idle()
    for name in ("work.nnviz", "work.toml"):
        assert window.document_actions.save_to(tmp_path / name)
        window.state.undo_stack.undo()
        assert window.document_actions.open_path(tmp_path / name)
        window.controller.wait_idle()
        assert window.state.experiment.data == painted
        assert window.controller.prepared.dataset.n_samples == hand.points
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "points"), ""))
    assert window.actions_.export_data in hand.view.switches.menu.actions()
    window.actions_.export_data.trigger()
    back = read_table(tmp_path / "points.csv")
    window.controller.wait_idle()
    dataset = window.controller.prepared.dataset
    assert np.array_equal(back.X, dataset.X)
    assert back.labels.tolist() == dataset.labels.tolist()
    assert back.feature_names == dataset.feature_names
    assert "points.csv" in window.message_bar.text.text()


def write_points(path: Path, n: int, *, classes: str = "ab", tail: str = "") -> None:
    rng = np.random.default_rng(n)
    lines = [f"{x:.4f},{y:.4f},{classes[k % len(classes)]}" for k, (x, y) in enumerate(rng.normal(size=(n, 2)))]
    # As editors do: another file takes the place of the old one.
    other = path.with_suffix(".tmp")
    other.write_text("\n".join(["p,q,kind", *lines]) + "\n" + tail, encoding="utf-8")
    other.replace(path)


def test_a_followed_file_drops_its_new_points_in_and_training_goes_on(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    table = tmp_path / "class.csv"
    write_points(table, 30)
    window = open_window(data=DataSpec(table=TableSource(path=str(table))))
    follow = window.setup_panel.data_section.follow_row
    assert follow.isVisibleTo(window.setup_panel)
    assert not follow.restarts
    # A file that is gone is told of after a while, which nobody has to wait for here.
    window.file_follower.gone_timer.setInterval(100)
    window.setup_panel.data_section.follow.focus_widget().click()
    assert window.state.experiment.data.follow
    window.run_bar.set_speed("full")
    window.play()
    run_id, controller = window.controller.run_id, window.controller

    def rows() -> int:
        return controller.prepared.dataset.n_samples

    write_points(table, 41)
    qtbot.waitUntil(lambda: rows() == 41, timeout=10_000)
    assert "41 rows, 11 more" in window.message_bar.text.text()
    assert window.is_training
    assert controller.run_id == run_id
    # Half written: the last good data stay.
    write_points(table, 50, tail="0.5,")
    qtbot.waitUntil(lambda: "The last good data stay" in window.message_bar.text.text(), timeout=10_000)
    assert rows() == 41
    table.unlink()
    qtbot.waitUntil(lambda: "is gone" in window.message_bar.text.text(), timeout=10_000)
    write_points(table, 50)
    qtbot.waitUntil(lambda: rows() == 50, timeout=10_000)
    with table.open("a", encoding="utf-8") as file:
        file.write("0.1,0.2,b\n")
    qtbot.waitUntil(lambda: rows() == 51, timeout=10_000)
    assert controller.run_id == run_id
    # One more class needs one more output.
    controller.edit_parameters({0: 1.5}, "change weight")
    write_points(table, 60, classes="abc")
    qtbot.waitUntil(lambda: controller.prepared.layer_sizes[-1] == 3, timeout=10_000)
    assert controller.run_id != run_id
    assert window.is_training
    assert window.state.undo_stack.count() == 2
    # The edit of a weight names its run: its old value is never written into the new network.
    window.pause()
    controller.wait_idle()
    another = controller.run_id, controller.frame.parameters.tolist()
    window.state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, controller.frame.parameters.tolist()) == another
    assert "no longer kept" in window.message_bar.text.text()


def test_an_empty_canvas_is_an_empty_document_and_undo_brings_the_old_one_back(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    hand = Hand(open_window(title="circles at school", notes="Look at the middle."), qtbot)
    window, controller = hand.window, hand.window.controller
    window.notes_bar.show_notes()
    window.state.mark_saved(Path("school.nnviz"))
    for _ in range(3):
        window.step()
    controller.wait_idle()
    learnt, run_id = controller.frame, controller.run_id
    box = window.boundary_view.plot.plotItem.getViewBox()
    hand.painting.set_active(False)
    seen = box.viewRange()
    window.actions_.start_empty.trigger()
    controller.wait_idle()
    assert hand.painting.is_active
    assert window.windowTitle() == "untitled[*] – nnviz"
    assert window.state.path is None
    assert not window.notes_bar.isVisible()
    assert (controller.run_id != run_id, window.epoch, controller.frame.curves.n_epochs) == (True, 0, 0)
    assert controller.prepared.dataset.n_samples == 0
    assert np.isnan(controller.frame.metrics.train_loss)
    assert controller.frame.plane.x_range[0] <= -6.0
    # Play says what is missing, and what it says goes with the first point.
    window.play()
    controller.wait_idle()
    assert (window.is_training, window.epoch) == (False, 0)
    assert "paint some" in window.message_bar.text.text()
    assert window.message_bar.isVisible()
    hand.click(0.3, 0.3)
    assert not window.message_bar.isVisible()
    controller.wait_idle()
    assert hand.points == controller.prepared.dataset.n_samples > 0
    assert len(window.boundary_view.points.crosses.data) == np.sum(~controller.frame.correct_train)
    assert controller.frame.curves.train_loss[0] == pytest.approx(controller.frame.metrics.train_loss)
    # The first stroke undone, its points are nowhere any more.
    window.state.undo_stack.undo()
    controller.wait_idle()
    assert controller.prepared.dataset.n_samples == 0
    assert not len(window.boundary_view.points.crosses.data)
    window.play()
    controller.wait_idle()
    assert (window.is_training, window.epoch) == (False, 0)
    window.state.undo_stack.undo()
    controller.wait_idle()
    assert (controller.run_id, window.is_training) == (run_id, False)
    assert np.array_equal(controller.frame.parameters, learnt.parameters)
    assert (window.epoch, controller.frame.curves.n_epochs) == (3, 4)
    assert window.windowTitle() == "school.nnviz[*] – nnviz"
    assert window.notes_bar.isVisible()
    # So do the map as it was seen, and the mouse that paints nothing.
    assert not hand.painting.bar.isVisible()
    assert not window.actions_.paint.isChecked()
    assert np.allclose(box.viewRange(), seen)
    qtbot.waitUntil(lambda: np.allclose((controller.frame.plane.x_range, controller.frame.plane.y_range), seen))
    window.state.undo_stack.redo()
    controller.wait_idle()
    assert hand.painting.bar.isVisible()
    assert controller.prepared.dataset.n_samples == 0


def test_erasing_everything_keeps_what_was_learnt_but_stops(open_window: OpenWindow, qtbot: QtBot) -> None:
    hand = open_painting(open_window, qtbot, "xor")
    window, controller = hand.window, hand.window.controller
    window.step()
    controller.wait_idle()
    learnt = controller.frame
    wrong = int(np.sum(~learnt.correct_train) + np.sum(~learnt.correct_test))
    assert 0 < wrong == len(window.boundary_view.points.crosses.data)
    hand.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hand.key(Qt.Key.Key_Delete)
    controller.wait_idle()
    assert hand.points == controller.prepared.dataset.n_samples == 0
    window.play()
    controller.wait_idle()
    assert not window.is_training
    assert np.array_equal(controller.frame.parameters, learnt.parameters)
    assert controller.frame.curves.n_epochs == 2
    # With points again it goes on from what it knew, and keeps its history.
    hand.painting.bar.tools["brush"].click()
    hand.click(0.3, 0.3)
    window.step()
    controller.wait_idle()
    assert (window.epoch, controller.frame.curves.n_epochs) == (2, 3)
    # They are of one class: what it learns then says nothing, and the map says so.
    assert "nothing to tell apart" in window.boundary_view.note.text()
    assert "nothing to tell apart" in window.setup_panel.data_section.notes.text()
