"""Predicted against true values, and residuals, through the window."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.drawing.axes import number_text
from nnviz.drawing.predicted import MOST_POINTS
from nnviz.experiment.document import DataSpec, TableSource
from nnviz.ui.main_window import MainWindow
from nnviz.ui.predicted_page import PredictedPage

from .conftest import OpenWindow

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def opened(open_window: OpenWindow, data: DataSpec) -> tuple[MainWindow, PredictedPage]:
    window = open_window(data=data)
    window.answers_actions.open("predicted")
    window.controller.wait_idle()
    page = window.answers_panel.pages["predicted"]
    assert isinstance(page, PredictedPage)
    return window, page


def shown(page: PredictedPage, part: str) -> np.ndarray:
    return np.column_stack(page.items[part].getData())


def settled(window: MainWindow, page: PredictedPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(shown(page, "train")) > 0, timeout=5_000)


def click(page: PredictedPage, place: np.ndarray, key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    spot = page.plot.mapFromScene(page.plot.plotItem.getViewBox().mapViewToScene(QPointF(*place.tolist())))
    QTest.mouseClick(page.plot.viewport(), Qt.MouseButton.LeftButton, key, spot)


@pytest.mark.parametrize("name", ["plane", "auto_mpg"])
def test_every_row_is_plotted_at_its_true_and_its_predicted_value(open_window, qtbot: QtBot, name: str) -> None:
    window, page = opened(open_window, DataSpec(name=name))
    settled(window, page, qtbot)
    prepared, frame = window.controller.prepared, window.controller.frame
    for part, answers in (("train", frame.answers_train), ("test", frame.answers_test)):
        true = getattr(prepared, part).y[:, 0]
        np.testing.assert_array_equal(shown(page, part), np.column_stack([true, answers.outputs[:, 0]]))
    page.kinds.buttons["residuals"].click()
    outputs = frame.answers_test.outputs[:, 0]
    np.testing.assert_array_equal(shown(page, "test"), np.column_stack([outputs, outputs - prepared.test.y[:, 0]]))
    assert page.plot.plotItem.getAxis("left").labelText == "predicted − true"
    (x0, x1), (y0, y1) = page.plot.plotItem.getViewBox().viewRange()
    every = np.vstack([shown(page, "train"), shown(page, "test")])
    assert (every > (x0, y0)).all()
    assert (every < (x1, y1)).all()


def test_the_words_are_the_scores_of_the_run_bar(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="auto_mpg"))
    window.step()
    window.controller.wait_idle()
    metrics = window.controller.frame.metrics
    figures = (metrics.train_score, metrics.test_score, metrics.train_rmse, metrics.test_rmse)
    words = "R² {} train, {} test; RMSE {}, {}".format(*(number_text(figure, 3) for figure in figures))
    qtbot.waitUntil(lambda: page.words.text() == words, timeout=5_000)


def test_points_move_while_training(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    before = shown(page, "train")
    window.play()
    qtbot.waitUntil(lambda: not np.array_equal(before, shown(page, "train")), timeout=10_000)
    window.pause()
    window.controller.wait_idle()
    np.testing.assert_array_equal(shown(page, "train")[:, 1], window.controller.frame.answers_train.outputs[:, 0])


def test_a_click_marks_and_marks_are_ringed(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    test = shown(page, "test")
    lonely = int(np.argmax(test[:, 0]))
    click(page, test[lonely])
    (marked,) = [*window.marks.rows.train.tolist(), *window.marks.rows.test.tolist()]
    ring = np.column_stack(page.rings.item.getData())
    assert ring.shape == (1, 2)
    part = "test" if len(window.marks.rows.test) else "train"
    np.testing.assert_array_equal(ring[0], shown(page, part)[marked])
    window.marks.set(train=[0, 4])
    np.testing.assert_array_equal(np.column_stack(page.rings.item.getData()), shown(page, "train")[[0, 4]])
    (x0, x1), (y0, y1) = page.plot.plotItem.getViewBox().viewRange()
    click(page, np.array([0.99 * x0 + 0.01 * x1, 0.02 * y0 + 0.98 * y1]))
    assert not len(window.marks.rows)


def test_a_rectangle_marks_the_rows_in_it(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    (x0, x1), (y0, y1) = page.plot.plotItem.getViewBox().viewRange()
    box, plot, shift = page.plot.plotItem.getViewBox(), page.plot, Qt.KeyboardModifier.ShiftModifier
    start, end = (plot.mapFromScene(box.mapViewToScene(QPointF(*p))) for p in ((x0, y0), (x1, y1)))
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, shift, start)
    QTest.mouseMove(plot.viewport(), end)
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, shift, end)
    assert len(window.marks.rows) == window.controller.prepared.dataset.n_samples


def test_the_row_under_the_pointer_is_read_out(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    place = shown(page, "train")[int(np.argmax(shown(page, "train")[:, 0]))]
    page._on_hovered(page.plot.plotItem.getViewBox().mapViewToScene(QPointF(*place.tolist())))
    lines = {line.text: line.value for line in page.card.lines}
    assert float(lines["residual"].replace("−", "-")) == pytest.approx(
        float(lines["predicted"].replace("−", "-")) - float(lines["true"].replace("−", "-")), abs=2e-3
    )
    page._on_hovered(None)
    assert not page.card.isVisible()


def test_each_of_several_targets_can_be_plotted(open_window, qtbot: QtBot) -> None:
    rows = "".join(f"{k},{k % 7},{3 * k},{50 - k}\n" for k in range(40))
    table = TableSource(text=f"x,z,a,b\n{rows}", target=("a", "b"))
    window, page = opened(open_window, DataSpec(table=table))
    settled(window, page, qtbot)
    assert page.target_box.isVisible()
    page.target_box.setCurrentIndex(1)
    page.target_box.activated.emit(1)
    np.testing.assert_array_equal(shown(page, "train")[:, 0], window.controller.prepared.train.y[:, 1])
    assert page.plot.plotItem.getAxis("bottom").labelText == "true b"


def test_thousands_of_points_are_thinned_and_the_page_says_so(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane", parameters={"n_samples": 12_000}))
    settled(window, page, qtbot)
    assert len(shown(page, "train")) == MOST_POINTS
    assert "not every point is drawn" in page.words.text()


def test_the_numbers_are_saved(open_window, qtbot: QtBot, tmp_path: Path) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    figure = page.figure()
    assert figure is not None
    figure.write_table(tmp_path / "predicted.csv")
    rows = list(csv.DictReader((tmp_path / "predicted.csv").read_text(encoding="utf-8").splitlines()))
    prepared, answers = window.controller.prepared, window.controller.frame.answers_train
    assert len(rows) == prepared.dataset.n_samples
    first = rows[0]
    assert (first["part"], first["row"]) == ("train", "1")
    assert float(first["predicted"]) == answers.outputs[0, 0]
    assert float(first["residual"]) == answers.outputs[0, 0] - prepared.train.y[0, 0]
    assert float(first["loss"]) == answers.losses[0]


def test_classes_have_no_such_page(window: MainWindow, qtbot: QtBot) -> None:
    window.answers_actions.open("predicted")
    assert window.answers_panel.tabs["predicted"].isHidden()
    assert window.answers_panel.page is window.answers_panel.pages["rows"]


def test_other_data_take_the_points_away(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="sine")), "choose other data")
    window.controller.wait_idle()
    qtbot.waitUntil(lambda: len(shown(page, "train")) == window.controller.prepared.train.n_samples, timeout=5_000)
    assert page.plot.plotItem.getAxis("bottom").labelText == "true y"


def test_a_label_that_is_longer_than_its_axis_is_elided(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="concrete"))
    settled(window, page, qtbot)
    axis = page.plot.plotItem.getAxis("left")
    page.plot.setFixedHeight(90)
    qtbot.waitUntil(lambda: axis.label.toPlainText().strip().endswith("…"))
    assert axis.label.boundingRect().width() <= axis.size().height()
    assert axis.labelText == "predicted strength_mpa"
    page.plot.setFixedHeight(400)
    qtbot.waitUntil(lambda: axis.label.toPlainText().strip() == axis.labelText)
