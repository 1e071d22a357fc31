"""Pages for pictures, through the window: the gallery of mistakes, the pad, and the units that show their weights."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.data import load_dataset
from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.theme import DARK
from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TableSource, TrainingSpec
from nnviz.ui.answers import mistakes_page as worst_page
from nnviz.ui.answers.draw_page import DrawPage
from nnviz.ui.answers.mistakes_page import MistakesPage
from nnviz.ui.window.main_window import MainWindow
from tests.ui.answers.drawn_digits import QUICK_HAND, ROUND_HAND, placed
from tests.ui.conftest import OpenWindow
from tests.ui.operated_controls import uncovered
from tests.ui.translation_marks import left_over, unmarked

NETWORK = NetworkSpec(hidden=(LayerSpec(units=32),))


@pytest.fixture
def digits(open_window: OpenWindow) -> MainWindow:
    """A window on the digits, hardly trained, with the answers open."""
    window = open_window(data=DataSpec(name="digits8x8"), network=NETWORK, training=TrainingSpec())
    window.step()
    window.controller.wait_idle()
    return window


def _worst(window: MainWindow) -> MistakesPage:
    window.show_answers("worst")
    window.controller.wait_idle()
    QApplication.processEvents()
    page = window.answers_panel.page
    assert isinstance(page, MistakesPage)
    return page


def _draw(window: MainWindow) -> DrawPage:
    window.show_answers("draw")
    window.controller.wait_idle()
    QApplication.processEvents()
    page = window.answers_panel.page
    assert isinstance(page, DrawPage)
    return page


def _click(page: MistakesPage, index: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    centre = page.gallery.cell_rect(index).center()
    QTest.mouseClick(page.gallery, Qt.MouseButton.LeftButton, modifier, centre)


def _write(page: DrawPage, digit: int, hand: dict = ROUND_HAND) -> None:
    page.pad.clear()
    for line in hand[digit]:
        page.pad.stroke(line)


# -- mistakes -------------------------------------------------------------------------------------------------------


def test_there_is_a_page_for_pictures_only(digits: MainWindow) -> None:
    page = _worst(digits)
    assert not digits.answers_panel.tabs["worst"].isHidden()
    digits.state.edit(digits.state.experiment.edited(data=DataSpec(name="iris")), "choose data")
    digits.controller.wait_idle()
    assert digits.answers_panel.tabs["worst"].isHidden()
    assert digits.answers_panel.tabs["draw"].isHidden()
    assert digits.answers_panel.page is not page


def test_the_surest_mistake_comes_first(digits: MainWindow) -> None:
    page = _worst(digits)
    answers = digits.controller.frame.answers_test
    prepared = digits.controller.prepared
    wrong = np.flatnonzero(answers.predicted != prepared.test.class_index)
    assert page.gallery.rows[0] == ("test", int(wrong[np.argmax(answers.shares[wrong])]))
    assert len(page.gallery.rows) == min(len(wrong), 60)
    assert page.count.text().startswith(f"{len(wrong)} of 539 test pictures wrong")


def test_rows_of_the_other_part_are_shown_on_demand(digits: MainWindow) -> None:
    page = _worst(digits)
    page.parts.buttons["train"].click()
    assert {part for part, _ in page.gallery.rows} == {"train"}
    page.parts.buttons["both"].click()
    shares = [page.gallery.mistake_of(row).share for row in page.gallery.rows]
    assert shares == sorted(shares, reverse=True)
    assert {part for part, _ in page.gallery.rows} == {"train", "test"}


def test_a_click_marks_and_shows_a_ring(digits: MainWindow) -> None:
    page = _worst(digits)
    before = page.gallery.grab().toImage()
    _click(page, 1)
    row = page.gallery.rows[1]
    assert row in digits.marks.rows
    ring = page.gallery.cell_rect(1)
    assert before.copy(ring) != page.gallery.grab().toImage().copy(ring)
    _click(page, 2, Qt.KeyboardModifier.ControlModifier)
    assert len(digits.marks.rows) == 2
    _click(page, 1, Qt.KeyboardModifier.ControlModifier)
    assert row not in digits.marks.rows
    assert len(digits.marks.rows) == 1


def test_a_second_click_puts_the_picture_on_the_pad(digits: MainWindow) -> None:
    page = _worst(digits)
    _click(page, 0)
    row = page.gallery.rows[0]
    _click(page, 0)
    digits.controller.wait_idle()
    draw = digits.answers_panel.page
    assert isinstance(draw, DrawPage)
    assert draw.example == tuple(digits.controller.prepared.test.X[row[1]])
    assert digits.controller.frame.probe.raw == draw.example
    mistake = page.gallery.mistake_of(row)
    assert draw.answer.accessibleName().endswith(digits.controller.prepared.class_names[mistake.answer])


def test_the_keyboard_walks_and_marks(digits: MainWindow) -> None:
    page = _worst(digits)
    page.gallery.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(page.gallery, key)
    assert page.gallery.current == page.gallery.rows[1]
    assert page.card.lines[0].text == f"test row {page.gallery.rows[1][1] + 1}"
    QTest.keyClick(page.gallery, Qt.Key.Key_Down)
    assert page.gallery.cell_rect(page.gallery.rows.index(page.gallery.current)).top() > 0
    QTest.keyClick(page.gallery, Qt.Key.Key_Return)
    assert page.gallery.current in digits.marks.rows


def test_the_pointer_reads_out(digits: MainWindow) -> None:
    page = _worst(digits)
    QTest.mouseMove(page.gallery, page.gallery.cell_rect(0).center())
    mistake = page.gallery.mistake_of(page.gallery.rows[0])
    texts = [line.text for line in page.card.lines]
    assert texts[:2] == [f"test row {mistake.row[1] + 1}", "in truth"]
    assert page.card.lines[1].value == str(mistake.truth)
    assert page.card.lines[2].value == str(mistake.answer)


def test_when_nothing_is_wrong_a_sentence_says_so(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="digits8x8"), network=NETWORK, training=TrainingSpec())
    for _ in range(12):
        window.step()
        window.controller.wait_idle()
    page = _worst(window)
    page.parts.buttons["train"].click()
    assert window.controller.frame.metrics.train_score == 1.0
    assert page.nothing.isVisible()
    assert page.nothing.text() == "The network gets every one of the 1\u2009258 training pictures right."
    assert not page.area.isVisible()
    page.parts.buttons["test"].click()
    assert page.area.isVisible()


def test_while_training_the_order_is_calm(digits: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _worst(digits)
    frame = digits.controller.frame
    now = [time.monotonic() + 100.0]
    monkeypatch.setattr(worst_page, "time", SimpleNamespace(monotonic=lambda: now[0]))
    page.show_frame(replace(frame, status="running", answers_train=replace(frame.answers_train)))
    shown = page.gallery.rows
    answers = frame.answers_test
    turned = replace(answers, shares=1.0 - answers.shares)
    later = replace(frame, status="running", answers_train=replace(frame.answers_train), answers_test=turned)
    now[0] += 0.4
    page.show_frame(later)
    assert page.gallery.rows == shown
    now[0] += 0.8
    page.show_frame(later)
    assert page.gallery.rows != shown
    now[0] += 0.1
    page.show_frame(frame)
    assert page.gallery.rows == shown


def test_new_data_bring_new_pictures(digits: MainWindow) -> None:
    page = _worst(digits)
    assert page.gallery.image_shape == (8, 8)
    digits.state.edit(digits.state.experiment.edited(data=DataSpec(name="fashion_mnist")), "choose data")
    digits.controller.wait_idle()
    QApplication.processEvents()
    assert page.gallery.image_shape == (28, 28)
    assert page.gallery.rows
    assert not page.gallery.grab().isNull()


# -- the pad --------------------------------------------------------------------------------------------------------


def test_drawn_digits_are_recognised(digits: MainWindow) -> None:
    for _ in range(40):
        digits.step()
        digits.controller.wait_idle()
    page = _draw(digits)
    for digit, hand in ((0, ROUND_HAND), (1, ROUND_HAND), (4, ROUND_HAND), (7, QUICK_HAND)):
        for where in ((1.0, 0.0, 0.0), (0.6, -0.15, 0.1)):
            page.pad.clear()
            for line in placed(hand[digit], *where):
                page.pad.stroke(line)
            digits.controller.wait_idle()
            assert page.answer.isVisible()
            assert page.answer.accessibleName() == f"Prediction: {digit}"


def test_the_mouse_draws_and_the_right_button_erases(digits: MainWindow) -> None:
    page = _draw(digits)
    pad = page.pad
    for button, empty in ((Qt.MouseButton.LeftButton, False), (Qt.MouseButton.RightButton, True)):
        rect = pad.picture_rect
        places = [rect.topLeft() + QPointF(0.5 * rect.width(), y * rect.height()) for y in (0.2, 0.4, 0.6, 0.8)]
        page.slider.setValue(40 if not empty else 100)
        QTest.mousePress(pad, button, pos=places[0].toPoint())
        for place in places[1:]:
            QTest.mouseMove(pad, place.toPoint())
        QTest.mouseRelease(pad, button, pos=places[-1].toPoint())
        assert pad.ink.is_empty is empty
        digits.controller.wait_idle()
        assert page.answer.isVisible() is not empty


def test_nothing_moves_under_the_pen(digits: MainWindow) -> None:
    page = _draw(digits)
    before = page.pad.picture_rect
    _write(page, 0)
    digits.controller.wait_idle()
    QApplication.processEvents()
    assert page.answer.isVisible()
    assert page.pad.picture_rect == before


def test_the_eraser_and_clear(digits: MainWindow) -> None:
    page = _draw(digits)
    assert not page.clear_button.isEnabled()
    _write(page, 1)
    assert page.clear_button.isEnabled()
    page.eraser.click()
    page.slider.setValue(page.slider.maximum())
    rect = page.pad.picture_rect
    QTest.mouseClick(page.pad, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert page.pad.ink.fine[128, 128] == 0.0
    page.clear_button.click()
    assert page.pad.ink.is_empty
    digits.controller.wait_idle()
    assert digits.controller.frame.probe is None or digits.controller.frame.probe.raw != page.example
    assert not page.answer.isVisible()


def test_the_drawing_is_answered_until_the_panel_is_closed(digits: MainWindow) -> None:
    page = _draw(digits)
    _write(page, 4)
    digits.controller.wait_idle()
    assert digits.controller.frame.probe.raw == page.example
    # Behind another page, and behind the curve of the loss, the network still shows what it makes of it.
    digits.answers_panel.choose("worst")
    digits.step()
    digits.controller.wait_idle()
    assert digits.controller.frame.probe.raw == page.example
    digits.docks["loss"].open()
    digits.step()
    digits.controller.wait_idle()
    assert digits.controller.frame.probe.raw == page.example
    digits.show_answers("draw")
    digits.controller.wait_idle()
    assert page.answer.isVisible()
    digits.docks["answers"].close()
    digits.step()
    digits.controller.wait_idle()
    assert digits.controller.frame.probe is None


def test_the_answer_follows_the_training(digits: MainWindow) -> None:
    page = _draw(digits)
    _write(page, 4)
    digits.controller.wait_idle()
    before = list(page.answer.shares)
    digits.step()
    digits.controller.wait_idle()
    assert page.answer.shares != before


def test_the_pad_and_a_tried_input_are_answered_each_for_itself(digits: MainWindow) -> None:
    page, probe = _draw(digits), digits.diagram_area.probe
    digits.actions_.try_input.setChecked(True)
    _write(page, 7)
    digits.controller.wait_idle()
    probes = digits.controller.frame.probes
    assert (probes["probe"].raw, probes["drawing"].raw) == (probe.values, page.example)
    # The diagram shows what was tried last.
    assert digits.controller.frame.probe.raw == page.example
    assert page.answer.isVisible()
    for bars, name in ((probe.answer, "probe"), (page.answer, "drawing")):
        assert bars.shares == pytest.approx(probes[name].answer)
    probe.means_button.click()
    digits.controller.wait_idle()
    assert digits.controller.frame.probe.raw == probe.values
    assert page.answer.isVisible()
    page.clear_button.click()
    digits.controller.wait_idle()
    assert digits.controller.frame.probes.keys() == {"probe"}
    assert probe.answer.shares
    assert not page.answer.isVisible()


def test_what_the_network_sees_can_be_left_as_drawn(digits: MainWindow) -> None:
    page = _draw(digits)
    assert page.framed.isChecked()
    for line in placed(ROUND_HAND[4], 0.5, 0.2, 0.2):
        page.pad.stroke(line)
    framed = np.reshape(page.example, (8, 8))
    assert framed[0].sum() > 0.0
    page.framed.click()
    plain = np.reshape(page.example, (8, 8))
    assert plain[:2].sum() == 0.0
    digits.controller.wait_idle()
    assert digits.controller.frame.probe.raw == page.example
    # What stands above the answers is said in fewer words where there is no room, not cut.
    title = page.answer_title
    for words in ("the network answers", "it answers"):
        title.resize(title.fontMetrics().horizontalAdvance(words) + 1, title.height())
        assert title.shown_text() == words


def test_a_random_picture_and_the_marked_one(digits: MainWindow) -> None:
    page, prepared = _draw(digits), digits.controller.prepared
    page.random_button.click()
    assert any(page.example == tuple(row) for row in prepared.test.X)
    assert not page.framed.isEnabled()
    assert page.marked_button.isHidden()
    digits.marks.set_one(("train", 5))
    assert not page.marked_button.isHidden()
    page.marked_button.click()
    assert page.example == tuple(prepared.train.X[5])
    digits.controller.wait_idle()
    assert page.answer_title.text() == f"training row 6, truly {prepared.train.labels[5]}"
    page.pad.stroke([(0.1, 0.1), (0.2, 0.1)])
    assert page.example != tuple(prepared.train.X[5])


def test_other_data_take_the_drawing_away(digits: MainWindow) -> None:
    page = _draw(digits)
    _write(page, 3)
    digits.state.edit(digits.state.experiment.edited(data=DataSpec(name="fashion_mnist")), "choose data")
    digits.controller.wait_idle()
    assert page.pad.ink.shape == (28, 28)
    assert page.pad.ink.is_empty
    digits.state.undo_stack.undo()
    digits.controller.wait_idle()
    assert page.pad.ink.shape == (8, 8)


def test_another_network_keeps_the_drawing(digits: MainWindow) -> None:
    page = _draw(digits)
    _write(page, 3)
    drawn = page.example
    network = NetworkSpec(hidden=(LayerSpec(units=5),))
    digits.state.edit(digits.state.experiment.edited(network=network), "fewer units")
    digits.controller.wait_idle()
    assert page.example == drawn
    assert digits.controller.frame.probe.raw == drawn
    assert page.answer.isVisible()


def test_the_pages_do_not_widen_the_window(digits: MainWindow) -> None:
    for size in ((960, 600), (1280, 720), (1920, 1080)):
        digits.docks["answers"].close()
        digits.resize(*size)
        digits.show_proportioned()
        QApplication.processEvents()
        before = digits.docks["boundary"].width()
        page = _draw(digits)
        page.random_button.click()
        QApplication.processEvents()
        assert digits.docks["boundary"].width() <= max(before, 470)
        for widget in (page.pad, page.seen, page.answer, page.slider, page.random_button):
            assert page.rect().contains(QRectF(widget.mapTo(page, QPoint()), widget.size().toSizeF()).toRect())


def test_both_pages_are_in_the_teachers_list(digits: MainWindow) -> None:
    for opened in (_worst, _draw):
        page = opened(digits)
        assert uncovered(digits) == []
        digits.teacher_view.set_hidden((f"answers.{page.name}_content",))
        assert not page.content.isVisible()
        digits.teacher_view.show_everything()
        assert page.content.isVisible()


# -- the diagram ----------------------------------------------------------------------------------------------------


def _picture_of(window: MainWindow) -> QImage:
    return window.diagram_area.inspector.unit_map.grab().toImage()


def test_an_opened_unit_shows_its_weights_large(digits: MainWindow) -> None:
    digits.resize(1900, 1000)
    digits.diagram_area.diagram.select((1, 0))
    digits.controller.wait_idle()
    frame = digits.controller.frame
    zeros = {frame.layout.weight_index(1, 0, k): 0.0 for k in range(64)}
    digits.controller.edit_parameters({**zeros, frame.layout.weight_index(1, 0, 8 * 7 + 0): 5.0}, "draw")
    digits.controller.wait_idle()
    image, theme = _picture_of(digits), digits.theme
    blue = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() == theme.positive
    ]
    assert blue
    # At the bottom left, an eighth of the side wide.
    xs, ys = [x for x, _ in blue], [y for _, y in blue]
    assert max(xs) < image.width() / 3
    assert min(ys) > image.height() / 2
    digits.diagram_area.diagram.select(EdgeId(1, 0, 3))
    digits.controller.wait_idle()
    assert not _picture_of(digits).isNull()


def test_a_narrow_card_has_room_for_a_picture_of_weights(digits: MainWindow) -> None:
    digits.resize(1280, 720)
    digits.show_proportioned()
    inspector = digits.diagram_area.inspector
    for unit, seen in (((2, 0), False), ((1, 0), True), ((2, 1), False)):
        digits.diagram_area.diagram.select(unit)
        QApplication.processEvents()
        assert inspector.unit_map.isVisible() is seen


def test_every_theme_paints_all_of_it(digits: MainWindow, qtbot: QtBot) -> None:
    page = _worst(digits)
    light = page.grab().toImage()
    digits.set_theme(DARK)
    assert page.grab().toImage() != light
    draw = _draw(digits)
    draw.random_button.click()
    digits.controller.wait_idle()
    assert not draw.grab().isNull()


def test_fashion_fits_as_well(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="fashion_mnist"), network=NETWORK, training=TrainingSpec())
    page = _worst(window)
    assert page.gallery.is_stacked
    assert len(page.gallery.rows) == 60
    draw = _draw(window)
    draw.random_button.click()
    window.controller.wait_idle()
    assert draw.answer.accessibleName().split(": ")[1] in load_dataset("fashion_mnist").class_names


def test_dark_on_light_pictures_of_a_file(open_window: OpenWindow, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    images = np.full((60, 12, 9), 250, dtype=np.uint8)
    labels = np.arange(60) % 2
    for image, label in zip(images, labels, strict=True):
        x = int(random.integers(2, 6))
        image[2:10, x : x + 2] = 10
        if label:
            image[5:7, 1:8] = 10
    np.savez(tmp_path / "crosses.npz", images=images, labels=labels)
    window = open_window(data=DataSpec(name=None, table=TableSource(path=str(tmp_path / "crosses.npz"))))
    assert window.controller.prepared.dataset.image_shape == (12, 9)
    assert _worst(window).gallery.rows or _worst(window).nothing.isVisible()
    page = _draw(window)
    assert page.pad.picture_rect.width() < page.pad.picture_rect.height()
    page.pad.stroke([(0.5, 0.2), (0.5, 0.8)])
    example = np.reshape(page.example, (12, 9))
    assert example[0, 0] > 200.0
    assert example[6, 4] < 100.0
    ground = page.pad.grab().toImage().pixelColor(4, 4)
    assert ground.lightness() > 200


@pytest.mark.usefixtures("marking")
def test_the_pages_can_be_translated(digits: MainWindow, painted: set[str]) -> None:
    for opened in (_worst, _draw):
        page = opened(digits)
        if isinstance(page, DrawPage):
            page.random_button.click()
        else:
            _click(page, 0)
            QTest.mouseMove(page.gallery, page.gallery.cell_rect(0).center())
        digits.controller.wait_idle()
        page.grab()
        assert unmarked(page) == set()
    assert {text for text in painted if left_over(text)} == set()
