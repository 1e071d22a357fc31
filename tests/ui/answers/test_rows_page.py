"""The table of all rows: order, filters, the selection that marks, and what leaves the window."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.experiment.schema import DataSpec, LayerSpec, NetworkSpec, TableSource, TrainingSpec
from nnviz.ui.answers import row_selection, rows_page, rows_table
from nnviz.ui.answers.mistakes_page import MistakesPage
from nnviz.ui.answers.rows_page import RowsPage
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import OpenWindow

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
HOSTILE = '<b>bold</b>,"a\tb\u202e",kind\n' + "".join(
    f"{k}.5,{(k * 7) % 5},{name}\n"
    for k, name in enumerate(["<img src=x>", "&amp;", "x" * 300, "<img src=x>", "&amp;", "x" * 300] * 4)
)


def opened(window: MainWindow, steps: int = 3) -> RowsPage:
    """Return the page, seen, after some epochs."""
    window.show()
    window.show_answers("rows")
    window.controller.wait_idle()
    for _ in range(steps):
        window.step()
        window.controller.wait_idle()
    return window.answers_panel.rows_page


@pytest.fixture
def iris(open_window: OpenWindow) -> MainWindow:
    return open_window(data=DataSpec(name="iris"))


def losses(window: MainWindow) -> np.ndarray:
    frame = window.controller.frame
    return np.concatenate([frame.answers_train.losses, frame.answers_test.losses])


def wrong(window: MainWindow) -> np.ndarray:
    frame, prepared = window.controller.frame, window.controller.prepared
    return np.concatenate(
        [
            frame.answers_train.predicted != prepared.train.class_index,
            frame.answers_test.predicted != prepared.test.class_index,
        ]
    )


def column(page: RowsPage, kind: str, index: int = 0) -> int:
    return next(k for k, each in enumerate(page.model.columns) if (each.kind, each.index) == (kind, index))


def texts(page: RowsPage, section: int) -> list[str]:
    return [str(page.model.index(row, section).data()) for row in range(page.model.rowCount())]


def click_header(page: RowsPage, qtbot: QtBot, section: int) -> None:
    header = page.table.horizontalHeader()
    page.table.scrollTo(page.model.index(0, section))
    x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
    qtbot.mouseClick(header.viewport(), Button.LeftButton, pos=QPoint(x, header.height() // 2))


def click_row(page: RowsPage, qtbot: QtBot, row: int, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    rect = page.table.visualRect(page.model.index(row, 0))
    qtbot.mouseClick(page.table.viewport(), Button.LeftButton, modifier, rect.center())


def marked(window: MainWindow) -> set[int]:
    """Return the marked rows as the table counts them."""
    rows, n_train = window.marks.rows, window.controller.prepared.train.n_samples
    return {*rows.train.tolist(), *(rows.test + n_train).tolist()}


def test_the_worst_row_comes_first_and_the_mean_is_the_loss(iris: MainWindow) -> None:
    page = opened(iris)
    expected = losses(iris)
    np.testing.assert_array_equal(page.model.order, np.argsort(-expected, kind="stable"))
    n_train, metrics = iris.controller.prepared.train.n_samples, iris.controller.frame.metrics
    assert expected[:n_train].mean() == pytest.approx(metrics.train_loss, rel=1e-9)
    assert expected[n_train:].mean() == pytest.approx(metrics.test_loss, rel=1e-9)
    first, prepared = int(page.model.order[0]), iris.controller.prepared
    assert page.model.index(0, 0).data() == (f"train {first + 1}" if first < n_train else f"test {first - n_train + 1}")
    assert "▾" in page.model.headerData(column(page, "loss"), Qt.Orientation.Horizontal)
    labels = np.concatenate([prepared.train.labels, prepared.test.labels])
    assert texts(page, column(page, "target")) == labels[page.model.order].tolist()


def test_a_title_sorts_and_turns_round(iris: MainWindow, qtbot: QtBot) -> None:
    page, prepared = opened(iris), iris.controller.prepared
    frame = iris.controller.frame
    keys = {
        "row": np.arange(150),
        "target": np.concatenate([prepared.train.class_index, prepared.test.class_index]),
        "predicted": np.concatenate([frame.answers_train.predicted, frame.answers_test.predicted]),
        "sure": np.concatenate([frame.answers_train.shares, frame.answers_test.shares]),
        "feature": np.concatenate([prepared.train.X, prepared.test.X])[:, 2],
    }
    for kind, key in keys.items():
        section = column(page, kind, 2 if kind == "feature" else 0)
        click_header(page, qtbot, section)
        np.testing.assert_array_equal(page.model.order, np.argsort(key, kind="stable"))
        click_header(page, qtbot, section)
        np.testing.assert_array_equal(page.model.order, np.argsort(-key.astype(float), kind="stable"))


def test_filters_list_what_they_say(iris: MainWindow) -> None:
    page = opened(iris)
    is_wrong = wrong(iris)
    assert 0 < is_wrong.sum() < 150
    page.which.buttons["wrong"].click()
    assert set(page.model.order.tolist()) == set(np.flatnonzero(is_wrong).tolist())
    np.testing.assert_array_equal(np.diff(losses(iris)[page.model.order]) <= 0, True)
    page.part.actions_["test"].trigger()
    assert set(page.model.order.tolist()) == {row for row in np.flatnonzero(is_wrong).tolist() if row >= 105}
    page.which.buttons["all"].click()
    assert set(page.model.order.tolist()) == set(range(105, 150))
    n_wrong = int(is_wrong[105:].sum())
    assert page.count.text().startswith(f"{n_wrong} of 45 rows wrong")
    page.part.actions_["both"].trigger()
    page.which.buttons["marked"].click()
    assert page.model.rowCount() == 0
    iris.marks.set(train=(4, 7), test=(1,))
    assert set(page.model.order.tolist()) == {4, 7, 106}
    assert page.count.text() == "3 rows marked"


def test_selecting_marks(iris: MainWindow, qtbot: QtBot) -> None:
    page, told = opened(iris), []
    iris.marks.changed.connect(lambda: told.append(len(iris.marks.rows)))
    order = page.model.order.tolist()
    click_row(page, qtbot, 1)
    assert marked(iris) == {order[1]}
    click_row(page, qtbot, 3, Modifier.ShiftModifier)
    assert marked(iris) == set(order[1:4])
    click_row(page, qtbot, 2, Modifier.ControlModifier)
    assert marked(iris) == {order[1], order[3]}
    click_row(page, qtbot, 0)
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_Down)
    assert marked(iris) == {order[1]}
    qtbot.keyClick(page.table, Key.Key_Down, Modifier.ShiftModifier)
    assert marked(iris) == {order[1], order[2]}
    qtbot.keyClick(page.table, Key.Key_A, Modifier.ControlModifier)
    assert len(marked(iris)) == 150
    # Each of them told once: nothing goes round in circles.
    assert told == [1, 3, 2, 1, 1, 2, 150]
    page.clear_action.trigger()
    assert not marked(iris)
    assert not page.table.selectionModel().hasSelection()


def test_what_is_marked_elsewhere_is_selected_and_seen(iris: MainWindow) -> None:
    page = opened(iris)
    last = int(page.model.order[-1])
    iris.marks.set(**page.model.parts_of(np.arange(150) == last))
    rows = [index.row() for index in page.table.selectionModel().selectedRows()]
    assert rows == [149]
    assert page.table.currentIndex().row() == 149
    assert page.table.viewport().rect().intersects(page.table.visualRect(page.model.index(149, 0)))


def test_what_is_marked_while_the_page_is_not_seen_is_seen_later(iris: MainWindow) -> None:
    page = opened(iris)
    iris.answers_panel.choose("confusion")
    last = int(page.model.order[-1])
    iris.marks.set(**page.model.parts_of(np.arange(150) == last))
    iris.answers_panel.choose("rows")
    assert page.table.viewport().rect().intersects(page.table.visualRect(page.model.index(149, 0)))


def test_the_selection_goes_with_its_rows(iris: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(iris)
    click_row(page, qtbot, 2)
    row = int(page.model.order[2])
    # More ranges than Qt is told of.
    monkeypatch.setattr(row_selection, "MOST_RANGES", 0)
    for _ in range(3):
        iris.step()
        iris.controller.wait_idle()
        assert marked(iris) == {row}
        assert np.flatnonzero(page.table.selection.rows).tolist() == [row]
        assert page.model.order[page.table.currentIndex().row()] == row
    click_row(page, qtbot, 0, Modifier.ControlModifier)
    assert marked(iris) == {row, int(page.model.order[0])}


def test_the_list_of_marked_rows_stays_while_one_goes_through_it(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    iris.marks.set(train=(1, 2, 3))
    page.show_marked()
    click_row(page, qtbot, 1)
    assert len(marked(iris)) == 1
    assert page.model.rowCount() == 3
    page.which.buttons["marked"].click()
    assert page.model.rowCount() == 1


def test_selecting_keeps_to_the_commands_of_qt(iris: MainWindow) -> None:
    """Whatever a view may say: the rows are those that Qt's own model would have."""
    page = opened(iris)
    model, ours = page.model, page.table.selection
    theirs = QItemSelectionModel(model)
    flag, rng = QItemSelectionModel.SelectionFlag, np.random.default_rng(3)
    actions = [flag.Select, flag.Deselect, flag.Toggle, flag.Clear, flag.ClearAndSelect]
    for _ in range(300):
        command = actions[rng.integers(len(actions))] | flag.Rows
        if rng.random() < 0.4:
            command |= flag.Current
        index = model.index(int(rng.integers(6)), 0)
        for each in (ours, theirs):
            each.select(index, command)
        expected = {int(model.order[each.row()]) for each in theirs.selectedRows()}
        assert set(np.flatnonzero(ours.rows).tolist()) == expected
        assert marked(iris) == expected


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for module in (rows_page, rows_table):
            monkeypatch.setattr(module, "monotonic", lambda: self.now)


def running(window: MainWindow, worst: int) -> object:
    """Return the present frame as one of a run that goes on, with one row worse than all others."""
    frame = window.controller.frame
    changed = np.array(frame.answers_train.losses)
    changed[worst] = 1000.0 + worst
    return replace(frame, status="running", answers_train=replace(frame.answers_train, losses=changed))


def test_while_training_rows_move_once_a_second(
    iris: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, page = Clock(monkeypatch), opened(iris)
    section = column(page, "loss")
    clock.now += 10.0
    page.show_frame(running(iris, 3))
    assert page.model.order[0] == 3
    clock.now += 0.1
    page.show_frame(running(iris, 4))
    # Not even the cells are drawn again.
    assert page.model.text(4, page.model.columns[section]) != "1004.00"
    clock.now += 0.4
    page.show_frame(running(iris, 5))
    assert page.model.text(5, page.model.columns[section]) == "1005.00"
    assert page.model.order[0] == 3
    clock.now += 0.6
    page.show_frame(running(iris, 6))
    assert page.model.order[0] == 6


def test_rows_hold_still_under_the_users_hands(iris: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, page = Clock(monkeypatch), opened(iris)
    clock.now += 10.0
    page.show_frame(running(iris, 3))
    place = page.table.visualRect(page.model.index(1, 0)).center()
    qtbot.mousePress(page.table.viewport(), Button.LeftButton, pos=place)
    clock.now += 10.0
    page.show_frame(running(iris, 4))
    assert page.model.order[0] == 3
    qtbot.mouseRelease(page.table.viewport(), Button.LeftButton, pos=place)
    qtbot.keyClick(page.table, Key.Key_Down)
    clock.now += 1.2
    page.show_frame(running(iris, 5))
    assert page.model.order[0] == 3
    clock.now += 1.0
    page.show_frame(running(iris, 6))
    assert page.model.order[0] == 6


def test_it_follows_a_real_run(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    page = opened(window, steps=0)
    page.which.buttons["wrong"].click()
    window.marks.set(train=(2,))
    first = losses(window)
    window.play()
    qtbot.waitUntil(lambda: window.epoch > 20, timeout=10_000)
    window.pause()
    window.controller.wait_idle()
    assert not np.array_equal(losses(window), first)
    rows = np.flatnonzero(wrong(window))
    np.testing.assert_array_equal(page.model.order, rows[np.argsort(-losses(window)[rows], kind="stable")])
    assert marked(window) == {2}


def test_other_data_take_marks_and_order_away(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    click_header(page, qtbot, 0)
    click_row(page, qtbot, 0)
    iris.state.edit(iris.state.experiment.edited(training=TrainingSpec(learning_rate=0.5)), "rate")
    iris.state.edit(iris.state.experiment.edited(network=NetworkSpec(hidden=(LayerSpec(units=4),))), "units")
    iris.controller.wait_idle()
    # The same rows: nothing is taken away.
    assert marked(iris) == {0}
    np.testing.assert_array_equal(page.model.order, np.arange(150))
    iris.state.edit(iris.state.experiment.edited(data=DataSpec(name="wine")), "data")
    iris.controller.wait_idle()
    assert not marked(iris)
    assert page.model.rowCount() == page.model.n_rows == 178
    np.testing.assert_array_equal(page.model.order, np.argsort(-losses(iris), kind="stable"))


def test_answers_to_other_data_are_passed_over(iris: MainWindow) -> None:
    """While points are painted, frames of the new data may come before the data themselves."""
    page, frame = opened(iris), iris.controller.frame
    order, matrix = page.model.order.copy(), iris.answers_panel.confusion_page
    matrix.show_frame(frame)
    counts = matrix.matrix.counts.copy()
    train = frame.answers_train
    shorter = replace(train, losses=train.losses[1:], predicted=train.predicted[1:])
    other = replace(train, predicted=train.predicted + 1, confusion=np.zeros((4, 4), dtype=int), losses=-train.losses)
    for answers in (shorter, other):
        page.show_frame(replace(frame, answers_train=answers))
        matrix.show_frame(replace(frame, answers_test=answers))
        np.testing.assert_array_equal(page.model.order, order)
        np.testing.assert_array_equal(matrix.matrix.counts, counts)


def test_the_order_stays_until_there_are_answers(iris: MainWindow) -> None:
    page = opened(iris)
    order = page.model.order.copy()
    page.show_prepared(iris.controller.prepared)
    np.testing.assert_array_equal(page.model.order, order)
    assert page.model.index(0, column(page, "loss")).data() == ""


def test_a_regression_has_no_wrong_rows(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="auto_mpg"))
    page = opened(window)
    assert page.which.buttons["wrong"].isHidden()
    assert [each.kind for each in page.model.columns[:4]] == ["row", "loss", "target", "predicted"]
    n_rows, prepared = page.model.n_rows, window.controller.prepared
    assert page.count.text() == f"{n_rows} rows"
    row, output = int(page.model.order[0]), column(page, "predicted")
    outputs = np.concatenate(
        [window.controller.frame.answers_train.outputs, window.controller.frame.answers_test.outputs]
    )
    assert float(page.model.index(0, output).data().replace("−", "-")) == pytest.approx(outputs[row, 0], abs=0.01)
    targets = np.concatenate([prepared.train.y, prepared.test.y])
    assert float(page.model.index(0, 2).data()) == targets[row, 0]


def test_pictures_are_shown_instead_of_hundreds_of_features(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="fashion_mnist"))
    page = opened(window, steps=1)
    assert "feature" not in [each.kind for each in page.model.columns]
    picture, row = page.model.picture(5), window.controller.prepared.train.X[5]
    np.testing.assert_allclose(picture.reshape(-1), 255.0 * row, atol=1.0)
    rect = page.table.visualRect(page.model.index(0, column(page, "picture")))
    assert rect.height() > 28
    shown = page.table.viewport().grab(rect).toImage()
    grays = {shown.pixelColor(x, y).lightness() for x in range(8, 30, 3) for y in range(6, 28, 3)}
    assert len(grays) > 8


def test_pictures_in_colour_are_shown_in_colour(open_window: OpenWindow) -> None:
    rows = []
    for number in range(24):
        red, blue = np.arange(64) * 4 * (number % 2), np.arange(64) * 4 * (1 - number % 2)
        rows.append(",".join(map(str, [number % 2, *red, *([number] * 64), *blue])))
    header = ",".join(["label", *(f"p{k}" for k in range(192))])
    text = "\n".join([header, *rows, ""])
    window = open_window(data=DataSpec(name=None, table=TableSource(text=text), standardise=False))
    page = opened(window, steps=1)
    assert "feature" not in [each.kind for each in page.model.columns]
    prepared = window.controller.prepared
    assert (prepared.dataset.colour_shape, prepared.dataset.colours) == ((8, 8), "planes")
    picture, planes = page.model.picture(0), prepared.train.X[0].reshape(3, 64)
    assert picture.shape == (8, 8, 3)
    np.testing.assert_allclose(picture.reshape(64, 3).T, planes * 255.0 / 252.0, atol=1.0)
    first = page.model.order.tolist().index(0)
    page.table.scrollTo(page.model.index(first, 0))
    rect = page.table.visualRect(page.model.index(first, column(page, "picture")))
    shown = page.table.viewport().grab(rect).toImage()
    brightest = shown.pixelColor(rect.height() - 8, rect.height() - 8)
    is_red = planes[0].max() > planes[2].max()
    assert (brightest.red() > brightest.blue() + 100) if is_red else (brightest.blue() > brightest.red() + 100)
    # The gallery of mistakes shows them in colour too, and offers no pad, which draws in grey.
    pages = window.answers_panel.pages
    mistakes = pages["worst"]
    assert isinstance(mistakes, MistakesPage)
    assert mistakes.suits(prepared)
    mistakes.show_prepared(prepared)
    corner = mistakes.gallery.image_of(("train", 0)).pixelColor(7, 7)
    assert (corner.red(), corner.blue()) == ((255, 0) if is_red else (0, 255))
    assert mistakes.try_button.isHidden()
    assert not pages["draw"].suits(prepared)


def test_without_test_data_there_is_one_part(open_window: OpenWindow) -> None:
    page = opened(open_window(data=DataSpec(name="iris", test_fraction=0.0)))
    assert page.part.isHidden()
    assert page.model.rowCount() == 150


def test_selected_rows_are_copied_as_text(iris: MainWindow, qtbot: QtBot) -> None:
    page, prepared = opened(iris), iris.controller.prepared
    iris.marks.set(train=(8,), test=(3,))
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_C, Modifier.ControlModifier)
    lines = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert lines[0] == ["part", "row", "loss", "species", "predicted", "sure in %", *prepared.train.feature_names]
    by_part = {line[0]: line for line in lines[1:]}
    assert by_part["train"][1] == "9"
    assert by_part["test"][1] == "4"
    assert by_part["test"][3] == prepared.test.labels[3]
    assert [float(cell) for cell in by_part["train"][6:]] == prepared.train.X[8].tolist()
    assert float(by_part["train"][2]) == iris.controller.frame.answers_train.losses[8]
    # In the order of the list.
    assert float(lines[1][2]) >= float(lines[2][2])


def test_what_is_listed_is_saved(iris: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, told = opened(iris), []
    iris.controller.message.connect(lambda *message: told.append(message))
    page.part.actions_["test"].trigger()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "rows"), ""))
    page.save_action.trigger()
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == 46
    assert {line[0] for line in lines[1:]} == {"test"}
    assert told == [("info", "Saved 45 rows as rows.csv.")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "rows"), ""))
    page.save_action.trigger()
    assert told[-1][0] == "error"


def test_hostile_names_are_plain_text(open_window: OpenWindow, qtbot: QtBot) -> None:
    page = opened(open_window(data=DataSpec(name=None, table=TableSource(text=HOSTILE))))
    titles = [page.model.headerData(k, Qt.Orientation.Horizontal) for k in range(page.model.columnCount())]
    cells = [text for k in range(page.model.columnCount()) for text in texts(page, k)]
    assert not any("<" in text or "\u202e" in text or "\t" in text or len(text) > 60 for text in titles + cells)
    tips = [
        page.model.headerData(k, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) for k in range(len(titles))
    ]
    assert not any("<b>" in tip or "<img" in tip for tip in tips)
    page.table.selectAll()
    page.copy()
    lines = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert "<img src=x>" in {line[3] for line in lines}


def test_single_keys_stay_the_windows(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, 0))
    before = iris.epoch
    qtbot.keyClick(page.table, Key.Key_S)
    iris.controller.wait_idle()
    assert iris.epoch == before + 1


def test_a_right_click_leaves_the_selection(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    page.table.selectAll()
    rect = page.table.visualRect(page.model.index(2, 0))
    qtbot.mouseClick(page.table.viewport(), Button.RightButton, pos=rect.center())
    assert len(marked(iris)) == 150
    page.table.selection.select(QModelIndex(), QItemSelectionModel.SelectionFlag.Clear)
    assert not marked(iris)
    page.menu.aboutToShow.emit()
    assert not page.copy_action.isEnabled()
    assert page.save_action.isEnabled()


def test_a_teacher_can_hide_the_list(iris: MainWindow) -> None:
    page = opened(iris)
    iris.teacher_view.set_hidden(("answers.rows_content",))
    assert not page.table.isVisible()
    iris.teacher_view.show_everything()
    assert page.table.isVisible()


def test_an_empty_canvas_has_no_rows(window: MainWindow, qtbot: QtBot) -> None:
    window.show_answers("rows")
    window.marks.set(train=[1])
    window.actions_.start_empty.trigger()
    assert not len(window.marks.rows)
    assert window.answers_panel.page is None
    assert not window.answers_panel.rows_page.isVisible()
    window.state.undo_stack.undo()
    window.controller.wait_idle()
    assert window.answers_panel.rows_page.isVisible()
