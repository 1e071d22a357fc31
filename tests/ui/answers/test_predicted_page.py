"""Predicted against true values, and residuals, through the window."""

from __future__ import annotations

import csv
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from pyqtgraph.graphicsItems.ScatterPlotItem import renderSymbol
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.app import apply_theme
from nnviz.core.numbers import number_text
from nnviz.drawing.predicted import BARS_WIDTH, MOST_POINTS, N_BARS, point_look
from nnviz.drawing.theme import LIGHT, THEMES
from nnviz.experiment.schema import DataSpec, LayerSpec, TableSource
from nnviz.ui.answers.predicted_page import PredictedLine, PredictedPage
from nnviz.ui.answers.score_strip import Scores
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import OpenWindow, show_another

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def opened(open_window: OpenWindow, data: DataSpec) -> tuple[MainWindow, PredictedPage]:
    window = open_window(data=data)
    window.show_answers("predicted")
    window.controller.wait_idle()
    page = window.answers_panel.pages["predicted"]
    assert isinstance(page, PredictedPage)
    return window, page


def shown(page: PredictedPage, part: str) -> np.ndarray:
    return np.column_stack(page.plot.items[part].getData())


def settled(window: MainWindow, page: PredictedPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(shown(page, "train")) > 0, timeout=5_000)


def click(page: PredictedPage, place: np.ndarray, key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    spot = page.plot.mapFromScene(page.plot.plotItem.getViewBox().mapViewToScene(QPointF(*place.tolist())))
    QTest.mouseClick(page.plot.viewport(), Qt.MouseButton.LeftButton, key, spot)


def lonely(page: PredictedPage) -> tuple[tuple[int, str], tuple[int, str]]:
    """Return row and part of the two points that are farthest from all others on the screen."""
    places = np.vstack([shown(page, "train"), shown(page, "test")])
    scaled = places / page.plot.plotItem.getViewBox().viewPixelSize()
    away = np.linalg.norm(scaled[:, None] - scaled[None], axis=2) + 1e9 * np.eye(len(scaled))
    n_train = len(shown(page, "train"))
    first, second = np.argsort(-away.min(axis=1))[:2].tolist()
    return tuple((k, "train") if k < n_train else (k - n_train, "test") for k in (first, second))


@pytest.mark.parametrize("name", ["plane", "auto_mpg"])
def test_every_row_is_plotted_at_its_true_and_its_predicted_value(open_window, qtbot: QtBot, name: str) -> None:
    window, page = opened(open_window, DataSpec(name=name))
    settled(window, page, qtbot)
    prepared, frame = window.controller.prepared, window.controller.frame
    for part, answers in (("train", frame.answers_train), ("test", frame.answers_test)):
        true = getattr(prepared, part).y[:, 0]
        np.testing.assert_array_equal(shown(page, part), np.column_stack([true, answers.outputs[:, 0]]))
    page.line.kinds.buttons["residuals"].click()
    outputs = frame.answers_test.outputs[:, 0]
    np.testing.assert_array_equal(shown(page, "test"), np.column_stack([outputs, outputs - prepared.test.y[:, 0]]))
    # In a low dock there is room for the short name only, or for none.
    assert page.plot.plotItem.getAxis("left").labelText in ("predicted − true", "residual", "")
    window.resize(1920, 1080)
    window.show_proportioned()
    qtbot.waitUntil(lambda: page.plot.plotItem.getAxis("left").labelText == "predicted − true", timeout=5_000)
    (x0, x1), (y0, y1) = page.plot.plotItem.getViewBox().viewRange()
    every = np.vstack([shown(page, "train"), shown(page, "test")])
    assert (every > (x0, y0)).all()
    assert (every < (x1, y1)).all()


@pytest.mark.parametrize("part", ["train", "test"])
def test_points_are_drawn_as_the_legend_says(open_window, qtbot: QtBot, part: str) -> None:
    _window, page = opened(open_window, DataSpec(name="plane"))
    item = page.plot.items[part]
    pen, _brush = point_look(page.plot._theme, part)
    symbol = renderSymbol(item.opts["symbol"], 24.0, item.opts["pen"], item.opts["brush"])
    middle = symbol.pixelColor(symbol.width() // 2, symbol.height() // 2)
    quarter = symbol.pixelColor(symbol.width() // 2, round(0.3 * symbol.height()))
    inside = LIGHT.colour("quiet") if part == "train" else LIGHT.colour("panel")
    # A disc of one colour to near its edge, no speck in a blot of its pen.
    assert middle.rgb() == quarter.rgb() == inside.rgb()
    edge = {symbol.pixelColor(symbol.width() // 2, y).rgb() for y in range(3)}
    near = [max(abs(a - b) for a, b in zip(QColor(each).getRgb(), pen.color().getRgb(), strict=True)) for each in edge]
    assert min(near) <= 4 or part == "train"


def test_the_scores_are_numpys_and_the_run_bars(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    for name in ("plane", "multi_gaussian", "sine", "auto_mpg", "concrete", "wine_quality_red"):
        show_another(window, data=DataSpec(name=name))
        window.step()
        window.controller.wait_idle()
        settled(window, page, qtbot)
        scores_are_numpys(window, page)


def scores_are_numpys(window: MainWindow, page: PredictedPage) -> None:
    """The frame's and the strip's scores are those of their definitions."""
    prepared, frame = window.controller.prepared, window.controller.frame
    texts = []
    for part, answers in (("train", frame.answers_train), ("test", frame.answers_test)):
        true, predicted = getattr(prepared, part).y[:, 0], answers.outputs[:, 0]
        rmse = float(np.sqrt(np.mean((predicted - true) ** 2)))
        r2 = 1.0 - float(np.sum((predicted - true) ** 2) / np.sum((true - true.mean()) ** 2))
        metrics = (getattr(frame.metrics, f"{part}_rmse"), getattr(frame.metrics, f"{part}_score"))
        np.testing.assert_allclose(metrics, (rmse, r2))
        texts.append((number_text(rmse, 3), number_text(r2, 3)))
    (train, test), words = texts, "training RMSE {}, R² {}; test RMSE {}, R² {}"
    assert page.line.scores.sentence == words.format(*train, *test)
    assert page.line.scores.accessibleName() == page.line.scores.sentence
    assert page.line.scores.sentence in page.line.scores.toolTip()


def test_both_scores_are_seen_in_the_small_dock(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="auto_mpg"))
    settled(window, page, qtbot)
    window.show_proportioned()
    qtbot.waitUntil(lambda: page.line.scores.shown_columns() == (True, True), timeout=5_000)


def test_the_kinds_move_into_a_menu_where_there_is_little_room(qtbot: QtBot) -> None:
    line = PredictedLine()
    qtbot.addWidget(line)
    line.scores.set_theme(LIGHT)
    line.scores.show_scores((Scores("train", 1.0, 0.5), Scores("test", 1.0, 0.5)))
    line.show_targets(["a"])
    line.show()
    for width, is_wide in ((900, True), (line.minimumSizeHint().width(), False), (900, True)):
        line.resize(width, line.height())
        assert line.kinds.isVisible() == is_wide
        assert line.kind_button.isVisible() != is_wide


def test_both_choices_of_the_kind_agree(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="auto_mpg"))
    settled(window, page, qtbot)
    page.line.kind_button.actions_["residuals"].trigger()
    assert page.residuals
    assert page.line.kinds.choice == "residuals"
    page.line.kinds.buttons["predicted"].click()
    assert page.line.kind_button.choice == "predicted"
    assert not page.residuals


def test_axes_stand_still_while_points_move_a_little(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    frame, box = window.controller.frame, page.plot.plotItem.getViewBox()
    seen = set()
    for step in range(20):
        train = replace(frame.answers_train, outputs=frame.answers_train.outputs * (1.0 + 0.01 * step))
        page.show_frame(replace(frame, answers_train=train))
        seen.add(str(box.viewRange()))
        (x0, x1), (y0, y1) = box.viewRange()
        assert (x0, x1) == (y0, y1)
        assert y0 < shown(page, "train")[:, 1].min() <= shown(page, "train")[:, 1].max() < y1
    assert len(seen) <= 4


def test_the_same_answers_are_not_plotted_again(open_window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    plotted = []
    monkeypatch.setattr(page.plot, "show_parts", plotted.append)
    frame = window.controller.frame
    page.show_frame(replace(frame, epoch=frame.epoch + 1))
    assert plotted == []
    page.show_frame(replace(frame, answers_test=replace(frame.answers_test)))
    assert len(plotted) == 1


def test_no_numbers_are_no_points(open_window, qtbot: QtBot) -> None:
    """A network that diverges answers with infinities and NaN; the page shows the rest."""
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    frame = window.controller.frame
    outputs = np.array(frame.answers_train.outputs)
    outputs[:3, 0] = (np.nan, np.inf, -1e300)
    window.marks.set(train=[0, 1, 5])
    page.show_frame(replace(frame, answers_train=replace(frame.answers_train, outputs=outputs)))
    visible = page.plot.items["train"].data["visible"]
    assert visible[:4].tolist() == [False, False, False, True]
    assert np.isfinite(page.plot.plotItem.getViewBox().viewRange()).all()
    assert len(page.plot.rings.item.getData()[0]) == 1
    assert page.line.scores.sentence.startswith("training RMSE –, R² –")
    for kind in ("residuals", "predicted"):
        page.line.kinds.buttons[kind].click()
        assert not page.grab().isNull()
    every = np.full_like(outputs, np.nan)
    page.show_frame(replace(frame, answers_train=replace(frame.answers_train, outputs=every)))
    assert not page.grab().isNull()
    assert page.plot.nearest((0.0, 0.0)) is None or page.plot.nearest((0.0, 0.0))[0] == "test"
    assert page.figure() is not None


def test_the_residuals_are_counted_beside_the_points(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    assert not page.plot.bars.isVisible()
    page.line.kinds.buttons["residuals"].click()
    assert page.plot.bars.isVisible()
    (_, x1), y_range = page.plot.plotItem.getViewBox().viewRange()
    residuals = window.controller.frame.answers_train.outputs[:, 0] - window.controller.prepared.train.y[:, 0]
    counts, _ = np.histogram(residuals, bins=N_BARS, range=y_range)
    np.testing.assert_allclose(page.plot.bars.shares["train"], counts / len(residuals))
    longest = BARS_WIDTH * np.ptp(page.plot.plotItem.getViewBox().viewRange()[0])
    assert shown(page, "train")[:, 0].max() < x1 - longest


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

    def rings() -> list[list[float]]:
        return np.column_stack(page.plot.rings.item.getData()).tolist()

    (first, part), (second, other) = lonely(page)
    click(page, shown(page, part)[first])
    assert window.marks.rows.part(part).tolist() == [first]
    assert len(window.marks.rows) == 1
    assert rings() == [shown(page, part)[first].tolist()]
    click(page, shown(page, other)[second], Qt.KeyboardModifier.ControlModifier)
    assert (other, second) in window.marks.rows
    assert (part, first) in window.marks.rows
    click(page, shown(page, part)[first], Qt.KeyboardModifier.ControlModifier)
    assert (part, first) not in window.marks.rows
    window.marks.set(train=[0, 4])
    assert rings() == shown(page, "train")[[0, 4]].tolist()
    page.line.kinds.buttons["residuals"].click()
    assert rings() == shown(page, "train")[[0, 4]].tolist()
    page.line.kinds.buttons["predicted"].click()
    (x0, x1), (y0, y1) = page.plot.plotItem.getViewBox().viewRange()
    click(page, np.array([0.99 * x0 + 0.01 * x1, 0.02 * y0 + 0.98 * y1]))
    assert not len(window.marks.rows)
    assert not page.plot.rings.item.isVisible()


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
    page.plot.hovered.emit(page.plot.plotItem.getViewBox().mapViewToScene(QPointF(*place.tolist())))
    lines = {line.text: line.value for line in page.card.lines}
    assert float(lines["residual"].replace("−", "-")) == pytest.approx(
        float(lines["predicted"].replace("−", "-")) - float(lines["true"].replace("−", "-")), abs=2e-3
    )
    page.plot.hovered.emit(None)
    assert not page.card.isVisible()


def two_targets(first: str = "a", n_rows: int = 40) -> DataSpec:
    rows = "".join(f"{k},{k % 7},{3 * k},{50 - k}\n" for k in range(n_rows))
    return DataSpec(table=TableSource(text=f"x,z,{first},b\n{rows}", target=(first, "b")))


def test_each_of_several_targets_can_be_plotted(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, two_targets())
    settled(window, page, qtbot)
    box, before = page.line.target_box, page.line.scores.sentence
    assert box.isVisible()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    prepared, answers = window.controller.prepared, window.controller.frame.answers_train
    np.testing.assert_array_equal(
        shown(page, "train"), np.column_stack([prepared.train.y[:, 1], answers.outputs[:, 1]])
    )
    assert page.plot.plotItem.getAxis("bottom").labelText == "true b"
    assert page.line.scores.sentence != before
    rmse = float(np.sqrt(np.mean((answers.outputs[:, 1] - prepared.train.y[:, 1]) ** 2)))
    assert number_text(rmse, 3) in page.line.scores.sentence


def test_a_targets_name_is_text_and_short(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, two_targets("<b>strength</b> & a name that never ends"))
    settled(window, page, qtbot)
    axis = page.plot.plotItem.getAxis("bottom")
    assert axis.labelText.startswith("true &lt;b&gt;strength")
    assert axis.label.toPlainText().strip().startswith("true <b>strength")
    for side in ("bottom", "left"):
        item, axis = page.plot.plotItem.getAxis(side).label, page.plot.plotItem.getAxis(side)
        room = axis.size().width() if side == "bottom" else axis.size().height()
        assert item.boundingRect().width() <= room + 10


def test_thousands_of_points_are_thinned_and_the_page_says_so(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane", parameters={"n_samples": 12_000}))
    settled(window, page, qtbot)
    train = window.controller.prepared.train
    assert len(shown(page, "train")) == MOST_POINTS < train.n_samples
    assert page.note.isVisible()
    assert "Not every point is drawn" in page.note.shown_text()
    drawn = page.plot.drawn["train"]
    np.testing.assert_array_equal(shown(page, "train")[:, 0], train.y[drawn, 0])
    undrawn = int(np.setdiff1d(np.arange(train.n_samples), drawn)[0])
    window.marks.set(train=[undrawn])
    assert page.plot.rings.item.getData()[0].tolist() == [train.y[undrawn, 0]]
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="sine")), "choose other data")
    window.controller.wait_idle()
    assert not page.note.isVisible()


@pytest.mark.parametrize("data", [DataSpec(name="plane"), two_targets(), DataSpec(name="and")], ids=["1", "2", "none"])
def test_the_numbers_and_the_picture_are_saved(
    open_window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: DataSpec
) -> None:
    window, page = opened(open_window, data)
    if data.name == "and":
        assert page.figure() is None
        return
    settled(window, page, qtbot)
    target = page.line.target_box.count() - 1
    page.line.target_box.setCurrentIndex(target)
    page.line.target_box.activated.emit(target)
    for action, name in (
        (page.exports.save_table, "predicted.csv"),
        (page.exports.save_png[2], "predicted.png"),
        (page.exports.save_svg, "predicted.svg"),
    ):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        action.trigger()
    rows = list(csv.DictReader((tmp_path / "predicted.csv").read_text(encoding="utf-8").splitlines()))
    prepared, frame = window.controller.prepared, window.controller.frame
    assert list(rows[0]) == ["part", "row", "true", "predicted", "residual", "loss"]
    for part, answers in (("train", frame.answers_train), ("test", frame.answers_test)):
        mine = [row for row in rows if row["part"] == part]
        true, predicted = getattr(prepared, part).y[:, target], answers.outputs[:, target]
        assert [int(row["row"]) for row in mine] == list(range(1, len(true) + 1))
        for column, values in (
            ("true", true),
            ("predicted", predicted),
            ("residual", predicted - true),
            ("loss", answers.losses),
        ):
            np.testing.assert_array_equal([float(row[column]) for row in mine], values)
    assert QImage(str(tmp_path / "predicted.png")).width() == 2 * page.figure().size[0]
    assert (tmp_path / "predicted.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_classes_have_no_such_page(window: MainWindow, qtbot: QtBot) -> None:
    window.show_answers("predicted")
    assert window.answers_panel.tabs["predicted"].isHidden()
    assert window.answers_panel.page is window.answers_panel.pages["rows"]


def test_other_data_take_the_points_away(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="sine")), "choose other data")
    window.controller.wait_idle()
    qtbot.waitUntil(lambda: len(shown(page, "train")) == window.controller.prepared.train.n_samples, timeout=5_000)
    assert page.plot.plotItem.getAxis("bottom").labelText == "true y"


@pytest.mark.parametrize("theme", list(THEMES))
def test_nothing_is_cut_off(open_window, qtbot: QtBot, qapp: QApplication, theme: str) -> None:
    sheet, palette = qapp.styleSheet(), qapp.palette()
    try:
        window, page = opened(open_window, DataSpec(name="auto_mpg"))
        apply_theme(qapp, THEMES[theme])
        window.set_theme(THEMES[theme])
        for data, size in product((DataSpec(name="auto_mpg"), two_targets()), ((1280, 720), (1920, 1080))):
            show_another(window, data=data)
            window.resize(*size)
            window.show_proportioned()
            settled(window, page, qtbot)
            for _ in range(3):
                QApplication.processEvents()
            has_room(page)
    finally:
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)


def has_room(page: PredictedPage) -> None:
    """Nothing in the line of the page or beside its axes is cut off."""
    line = page.line
    assert line.width() <= page.width()
    assert line.scores.width() >= line.scores.minimumSizeHint().width()
    assert line.kinds.isVisible() != line.kind_button.isVisible()
    parts = (line.kinds, line.kind_button, line.target_box, line.scores, line.menu_button)
    seen = [part for part in parts if part.isVisible()]
    assert all(a.geometry().right() < b.geometry().left() for a, b in pairwise(seen))
    assert seen[-1].geometry().right() <= line.rect().right()
    box = page.plot.plotItem.getViewBox().size()
    for side, room in (("bottom", box.width()), ("left", box.height())):
        axis = page.plot.plotItem.getAxis(side)
        assert not axis.labelText or axis.label.boundingRect().width() <= room + 10


def test_another_layer_while_open_keeps_the_plot_going(open_window, qtbot: QtBot) -> None:
    window, page = opened(open_window, DataSpec(name="plane"))
    settled(window, page, qtbot)
    network = window.state.experiment.network.edited(hidden=(LayerSpec(units=5),))
    window.state.edit(window.state.experiment.edited(network=network), "other layers")
    window.controller.wait_idle()
    settled(window, page, qtbot)
    np.testing.assert_array_equal(shown(page, "train")[:, 1], window.controller.frame.answers_train.outputs[:, 0])
    (x0, x1), _ = page.plot.plotItem.getViewBox().viewRange()
    assert x0 < shown(page, "train").min()
    assert shown(page, "train").max() < x1
