"""The confusion matrix: its counts, and what a click on a cell marks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from nnviz.drawing.confusion_layout import Place
from nnviz.drawing.theme import THEMES
from nnviz.experiment.schema import DataSpec, TableSource
from nnviz.ui.answers import confusion_page
from nnviz.ui.answers.confusion_page import ConfusionPage
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import OpenWindow, show_another
from tests.ui.translation_marks import left_over, unmarked

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier


def opened(window: MainWindow, steps: int = 2) -> ConfusionPage:
    """Return the page, seen, after some epochs."""
    window.show()
    window.show_answers("confusion")
    window.controller.wait_idle()
    for _ in range(steps):
        window.step()
        window.controller.wait_idle()
    return window.answers_panel.confusion_page


@pytest.fixture
def iris(open_window: OpenWindow) -> MainWindow:
    return open_window(data=DataSpec(name="iris"))


def counted(window: MainWindow, part: str) -> np.ndarray:
    """Return the matrix, counted row by row."""
    prepared, frame = window.controller.prepared, window.controller.frame
    data = prepared.train if part == "train" else prepared.test
    answers = frame.answers_train if part == "train" else frame.answers_test
    counts = np.zeros((len(prepared.class_names),) * 2, dtype=int)
    for label, taken in zip(data.labels.tolist(), answers.outputs.argmax(axis=1).tolist(), strict=True):
        counts[prepared.class_names.index(label), taken] += 1
    return counts


def rows_of(window: MainWindow, part: str, place: Place) -> list[int]:
    prepared, frame = window.controller.prepared, window.controller.frame
    data = prepared.train if part == "train" else prepared.test
    answers = frame.answers_train if part == "train" else frame.answers_test
    pairs = zip(data.labels.tolist(), answers.outputs.argmax(axis=1).tolist(), strict=True)
    names = prepared.class_names
    return [
        row
        for row, (label, taken) in enumerate(pairs)
        if (place[0] < 0 or names[place[0]] == label) and place[1] in (-1, taken)
    ]


def a_mistake(window: MainWindow, part: str = "test") -> Place:
    """Return the cell beside the diagonal with the most rows."""
    counts = counted(window, part)
    np.fill_diagonal(counts, -1)
    row, column = divmod(int(counts.argmax()), len(counts))
    assert counts[row, column] > 0
    return row, column


def click(page: ConfusionPage, qtbot: QtBot, place: Place, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    centre = page.matrix.anchor(place)
    # Rounded down: a cell may be a single pixel.
    qtbot.mouseClick(page.matrix, Button.LeftButton, modifier, QPoint(int(centre.x()), int(centre.y())))


def marks(window: MainWindow) -> tuple[list[int], list[int]]:
    return window.marks.rows.train.tolist(), window.marks.rows.test.tolist()


@contextmanager
def floating(window: MainWindow) -> Iterator[None]:
    """Let the panel float: a window of its own has any size."""
    window.docks["answers"].setFloating(True)
    try:
        yield
    finally:
        window.docks["answers"].setFloating(False)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All text that Python paints from now on."""
    texts: list[str] = []
    draw = QPainter.drawText

    def spy(painter: QPainter, *arguments: object) -> object:
        texts.extend(each for each in arguments if isinstance(each, str))
        return draw(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", spy)
    return texts


def table(n_classes: int, name: str = "kind-{0:02d}", each: int = 8) -> DataSpec:
    rng = np.random.default_rng(5)
    lines = ["a,b,kind"]
    for k in range(n_classes):
        for x, y in rng.normal(size=(each, 2)) + 3.0 * rng.normal(size=2):
            lines.append(f"{x:.3f},{y:.3f},{name.format(k)}")
    source = TableSource(text="\n".join(lines) + "\n", target="kind", task="classification")
    return DataSpec(name=None, table=source)


def test_the_counts_are_those_of_the_rows(iris: MainWindow) -> None:
    page = opened(iris)
    assert page.part.choice == "test"
    np.testing.assert_array_equal(page.matrix.counts, counted(iris, "test"))
    page.part.actions_["train"].trigger()
    np.testing.assert_array_equal(page.matrix.counts, counted(iris, "train"))
    page.part.actions_["both"].trigger()
    np.testing.assert_array_equal(page.matrix.counts, counted(iris, "train") + counted(iris, "test"))
    right, frame = np.trace(page.matrix.counts), iris.controller.frame
    assert right == frame.correct_train.sum() + frame.correct_test.sum()
    assert page.sentence.text().startswith(f"{right} of 150 rows are right")


def test_a_cell_marks_just_its_rows(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    place = a_mistake(iris)
    click(page, qtbot, place)
    assert marks(iris) == ([], rows_of(iris, "test", place))
    assert page.matrix.ring == place
    names, count = iris.controller.prepared.class_names, len(marks(iris)[1])
    rows = "1 row" if count == 1 else f"{count} rows"
    taken = f"{names[place[0]]} taken for {names[place[1]]} "
    assert page.sentence.text() == f"{rows} of {taken}{'is' if count == 1 else 'are'} marked."
    page.part.actions_["both"].trigger()
    # The cell has training rows too now.
    click(page, qtbot, (0, 0))
    assert marks(iris) == (rows_of(iris, "train", (0, 0)), rows_of(iris, "test", (0, 0)))
    page.part.actions_["train"].trigger()
    assert page.matrix.ring is None


def test_titles_mark_a_whole_row_or_column(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    click(page, qtbot, (1, -1))
    assert marks(iris) == ([], rows_of(iris, "test", (1, -1)))
    assert page.matrix.ring is not None
    column = a_mistake(iris)[1]
    click(page, qtbot, (-1, column))
    assert marks(iris) == ([], rows_of(iris, "test", (-1, column)))
    assert page.matrix.ring == (-1, column)
    assert page.sentence.text().startswith(f"All {len(marks(iris)[1])} rows taken for ")


def test_ctrl_adds_and_takes_away_and_a_click_beside_ends_it(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    iris.marks.set(train=(3,))
    click(page, qtbot, (0, 0), Modifier.ControlModifier)
    assert marks(iris) == ([3], rows_of(iris, "test", (0, 0)))
    place = a_mistake(iris)
    click(page, qtbot, place, Modifier.ControlModifier)
    assert marks(iris) == ([3], sorted(rows_of(iris, "test", (0, 0)) + rows_of(iris, "test", place)))
    click(page, qtbot, (0, 0), Modifier.ControlModifier)
    assert marks(iris) == ([3], rows_of(iris, "test", place))
    where = page.matrix.geometry_now()
    beside = QPoint(int(where.cells.left()) - 4, int(where.cells.bottom()) + 8)
    assert where.place_at(beside.toPointF()) is None
    qtbot.mouseClick(page.matrix, Button.LeftButton, pos=beside)
    assert marks(iris) == ([], [])


def test_marked_rows_are_listed(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    assert not page.rows_button.isEnabled()
    place = a_mistake(iris)
    click(page, qtbot, place)
    page.rows_button.click()
    rows = iris.answers_panel.rows_page
    assert iris.answers_panel.page is rows
    assert iris.answers_panel.tabs["rows"].isChecked()
    assert rows.which.choice == "marked"
    n_train = iris.controller.prepared.train.n_samples
    assert sorted(rows.model.order.tolist()) == [n_train + row for row in rows_of(iris, "test", place)]
    assert rows.table.viewport().isVisible()


def test_what_is_marked_elsewhere_has_a_ring(iris: MainWindow) -> None:
    page = opened(iris)
    place = a_mistake(iris)
    iris.marks.set(test=rows_of(iris, "test", place))
    assert page.matrix.ring == place
    iris.marks.set(train=(0,), test=rows_of(iris, "test", place))
    assert page.matrix.ring is None
    iris.marks.set(test=rows_of(iris, "test", (0, 0))[:-1])
    assert page.matrix.ring is None
    assert page.sentence.text().endswith("rows are marked.")


def test_keys_reach_every_cell_and_title(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    page.matrix.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.matrix.cursor_place == (0, 0)
    qtbot.keyClick(page.matrix, Key.Key_Down)
    qtbot.keyClick(page.matrix, Key.Key_Right)
    assert page.matrix.cursor_place == (1, 1)
    assert "versicolor" in page.matrix.accessibleDescription()
    assert "versicolor" in page.sentence.text()
    qtbot.keyClick(page.matrix, Key.Key_Return)
    assert marks(iris) == ([], rows_of(iris, "test", (1, 1)))
    for _ in range(9):
        qtbot.keyClick(page.matrix, Key.Key_Left)
    assert page.matrix.cursor_place == (1, -1)
    qtbot.keyClick(page.matrix, Key.Key_Enter, Modifier.ControlModifier)
    assert marks(iris) == ([], rows_of(iris, "test", (1, -1)))
    for _ in range(9):
        qtbot.keyClick(page.matrix, Key.Key_Up)
    # Nothing is at the corner.
    assert page.matrix.cursor_place == (0, -1)
    before = iris.epoch
    qtbot.keyClick(page.matrix, Key.Key_S)
    iris.controller.wait_idle()
    assert iris.epoch == before + 1


def test_the_place_under_the_pointer_is_read_out(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris)
    page.matrix.pointed.emit((0, 0))
    assert page.card.isHidden()
    assert page.sentence.text().startswith(f"{counted(iris, 'test')[0, 0]} rows of setosa")
    page.matrix.pointed.emit(None)
    assert "rows are right" in page.sentence.text()
    with floating(iris):
        iris.docks["answers"].resize(700, 600)
        QCoreApplication.processEvents()
        page.matrix.pointed.emit((1, 1))
        assert page.card.lines[0].text == "versicolor"
        assert page.card.lines[2].value == str(counted(iris, "test")[1, 1])
        page.matrix.pointed.emit(None)
        assert page.card.isHidden()


def test_it_is_live(iris: MainWindow, qtbot: QtBot) -> None:
    page = opened(iris, steps=0)
    first = page.matrix.counts.copy()
    iris.marks.set(test=(0, 1))
    iris.play()
    # It is drawn some times a second, not with every epoch.
    qtbot.waitUntil(lambda: iris.epoch > 10 and not np.array_equal(page.matrix.counts, first), timeout=10_000)
    iris.pause()
    iris.controller.wait_idle()
    np.testing.assert_array_equal(page.matrix.counts, counted(iris, "test"))
    assert marks(iris) == ([], [0, 1])


def test_while_training_it_is_drawn_some_times_a_second(iris: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(iris)
    now = [monotonic() + 50.0]
    monkeypatch.setattr(confusion_page, "monotonic", lambda: now[0])
    frame = iris.controller.frame

    def show(count: int, status: str = "running") -> int:
        confusion = np.full((3, 3), count)
        answers = replace(frame.answers_test, confusion=confusion)
        page.show_frame(replace(frame, status=status, answers_test=answers))
        return int(page.matrix.counts[0, 0])

    assert show(11) == 11
    now[0] += 0.05
    assert show(12) == 11
    assert show(13, "paused") == 13
    now[0] += 0.2
    assert show(14) == 14


def test_a_regression_has_no_matrix(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="iris"))
    page = opened(window)
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="sine")), "data")
    window.controller.wait_idle()
    assert window.answers_panel.tabs["confusion"].isHidden()
    assert window.answers_panel.page is window.answers_panel.rows_page
    assert not page.isVisible()
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="wine")), "data")
    window.controller.wait_idle()
    window.answers_panel.choose("confusion")
    window.controller.wait_idle()
    np.testing.assert_array_equal(page.matrix.counts, counted(window, "test"))


def test_without_test_data_training_rows_are_counted(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="iris", test_fraction=0.0))
    page = opened(window)
    assert page.part.isHidden()
    assert page.matrix.counts.sum() == 150
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="wine")), "data")
    window.controller.wait_idle()
    assert page.part.choice == "test"


HOSTILE = "<b>{0}</b> &amp; \u202e" + "very long " * 30


@pytest.mark.parametrize("theme", ["light", "projector"])
def test_any_number_of_classes_fits_any_size(window: MainWindow, qtbot: QtBot, painted: list[str], theme: str) -> None:
    window.set_theme(THEMES[theme])
    for n_classes, name in ((2, HOSTILE), (2, "k{0}"), (7, HOSTILE), (23, "kind-{0}"), (50, HOSTILE)):
        show_another(window, data=table(n_classes, name, each=max(8, 120 // n_classes)))
        page = opened(window, steps=1)
        assert page.part.isVisible()
        fits_any_size(window, page, qtbot, painted, n_classes)


def fits_any_size(window: MainWindow, page: ConfusionPage, qtbot: QtBot, painted: list[str], n_classes: int) -> None:
    """Names are inert, nothing leaves its place, and clicks mark the rows of their cells."""
    with floating(window):
        for size in ((360, 210), (470, 260), (900, 300), (420, 900), (1200, 900)):
            window.docks["answers"].resize(*size)
            QCoreApplication.processEvents()
            painted.clear()
            page.matrix.grab()
            assert painted
            assert not any("<" in text or "\u202e" in text for text in painted)
            assert_in_place(page, n_classes)
            for place in ((0, 0), (n_classes - 1, 0), (1, n_classes - 1)):
                click(page, qtbot, place)
                assert window.marks.rows.test.tolist() == rows_of_two(window, place)
                label = page.sentence
                box = (0, 0, max(40, label.width()), 9999, int(Qt.TextFlag.TextWordWrap), label.text())
                assert label.fontMetrics().boundingRect(*box).height() <= label.maximumHeight()


def assert_in_place(page: ConfusionPage, n_classes: int) -> None:
    """Nothing leaves the widget, and the names do not reach into the corner."""
    where, matrix = page.matrix.geometry_now(), page.matrix.rect()
    assert where.cells.left() - where.names_left - where.line >= -1.0
    assert where.cells.top() - where.names_top - where.line >= -1.0
    assert where.cells.right() + sum(where.sums) <= matrix.right() + 5.0
    assert where.cells.bottom() + where.sum_lines * where.line <= matrix.bottom() + 4.0
    assert where.width * n_classes == where.cells.width()
    assert where.cells.left() >= page.part.width()


def rows_of_two(window: MainWindow, place: Place) -> list[int]:
    """Return the test rows of a cell, for two classes and one output too."""
    answers, test = window.controller.frame.answers_test, window.controller.prepared.test
    return np.flatnonzero((test.class_index == place[0]) & (answers.predicted == place[1])).tolist()


def test_a_teacher_can_hide_the_matrix(iris: MainWindow) -> None:
    page = opened(iris)
    iris.teacher_view.set_hidden(("answers.confusion_content",))
    assert not page.matrix.isVisible()
    iris.teacher_view.show_everything()
    assert page.matrix.isVisible()


def test_what_a_teacher_brings_back_still_has_to_suit_the_data(open_window: OpenWindow) -> None:
    window = open_window(data=DataSpec(name="sine"))
    tab = window.answers_panel.tabs["confusion"]
    window.teacher_view.set_hidden(("answers.confusion",))
    window.teacher_view.show_everything()
    assert tab.isHidden()
    window.teacher_view.set_hidden(("answers.confusion",))
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="wine")), "data")
    window.controller.wait_idle()
    assert tab.isHidden()
    window.teacher_view.show_everything()
    assert not tab.isHidden()


@pytest.mark.usefixtures("marking")
@pytest.mark.parametrize("data", ["iris", "sine"])
def test_both_pages_can_be_translated(open_window: OpenWindow, painted: list[str], data: str) -> None:
    window = open_window(data=DataSpec(name=data))
    window.resize(1900, 1000)
    page = opened(window)
    if page.suits(window.controller.prepared):
        for place in ((0, 0), (0, 1), (0, -1), (-1, 0), None):
            page.matrix.picked.emit(place, False)
            assert unmarked(window) == set()
            page.matrix.pointed.emit(place)
            assert unmarked(window) == set()
            window.grab()
    rows = window.answers_panel.rows_page
    window.answers_panel.choose("rows")
    for which in ("marked", "all"):
        rows.which.buttons[which].click()
        assert unmarked(window) == set()
        window.grab()
    for k in range(rows.model.columnCount()):
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = str(rows.model.headerData(k, Qt.Orientation.Horizontal, role))
            assert not left_over(text.replace("species", ""))
        if rows.model.columns[k].kind != "feature":
            assert not left_over(rows.model.index(0, k).data())
    # Names of classes may be shortened.
    classes = window.controller.prepared.class_names
    shortened = {f"{name[:length]}…" for name in classes for length in range(2, len(name))}
    unknown = {text for text in painted if left_over(text)} - shortened
    assert unknown == set()
    assert any("«" in text for text in painted)
