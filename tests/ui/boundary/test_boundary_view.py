"""The decision boundary: planes, curves, slices, points and legend."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QRubberBand
from pytestqt.qtbot import QtBot

from nnviz.core.errors import ExperimentError
from nnviz.core.number_entry import parse_number
from nnviz.core.numbers import number_text
from nnviz.data import load_dataset
from nnviz.drawing.theme import DARK, LIGHT, THEMES
from nnviz.experiment import Experiment, edits
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Hold
from nnviz.experiment.probe import Probe
from nnviz.experiment.schema import DataSpec, LayerSpec, TableSource, ViewSpec
from nnviz.experiment.slices import NEAR, slice_distances
from nnviz.ui.boundary import map_layer
from nnviz.ui.boundary.answer_curves import PART_STEP
from nnviz.ui.boundary.boundary_axes import example_at, probe_places
from nnviz.ui.plots.plot import Axis
from nnviz.ui.plots.points_item import MAX_DRAWN
from nnviz.ui.widgets.calm import ARROW_ROOM, TEXT_MARGIN
from nnviz.ui.widgets.grabbing import grab_now
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import show_another

AT_MEANS = ViewSpec(hold="means")


def with_data(name: str, **fields: object) -> dict[str, object]:
    return {"data": DataSpec(name=name, **fields)}


def pixels(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., :3].astype(int)


def spots(window: MainWindow, part: str) -> int:
    points = window.boundary_view.points
    return len((points.crosses if part == "wrong" else points.item(part)).data)


def test_every_point_is_drawn_train_and_test(window: MainWindow) -> None:
    prepared = window.controller.prepared
    assert spots(window, "train") == prepared.train.n_samples
    assert spots(window, "test") == prepared.test.n_samples


def test_crosses_mark_exactly_the_wrong_points(window: MainWindow, qtbot: QtBot) -> None:
    frame = window.controller.frame
    wrong = int((~frame.correct_train).sum() + (~frame.correct_test).sum())
    assert wrong > 0
    assert spots(window, "wrong") == wrong
    window.boundary_view.switches.test.click()
    assert spots(window, "wrong") == int((~frame.correct_train).sum())


def test_the_switches_are_part_of_the_experiment_but_no_undo_step(window: MainWindow) -> None:
    window.boundary_view.switches.test.click()
    window.boundary_view.switches.discretise.trigger()
    view = window.state.experiment.view
    assert not view.show_test
    assert view.discretise
    assert not window.state.is_dirty
    assert not window.boundary_view.points.item("test").isVisible()


def test_the_map_has_the_colours_of_the_classes(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("blobs", parameters={"n_samples": 80}))
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.controller.frame.metrics.train_score == 1.0, timeout=20_000)
    window.pause()
    window.controller.wait_idle()
    view = window.boundary_view
    prepared = window.controller.prepared
    view.switches.train.click()
    view.switches.test.click()
    picture = grab_now(view.plot).toImage()
    for k in range(2):
        centre = prepared.train.X[prepared.train.class_index == k].mean(axis=0)
        spot = view.plot.plotItem.getViewBox().mapViewToScene(pg_point(centre))
        colour = picture.pixelColor(round(spot.x()), round(spot.y()))
        own, other = (distance(colour, QColor(LIGHT.classes[index])) for index in (k, 1 - k))
        assert own < other


def pg_point(position: np.ndarray):
    return QPointF(float(position[0]), float(position[1]))


def distance(first: QColor, second: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True))


def test_one_feature_is_a_curve(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("nielsen"))
    view = window.boundary_view
    (curve,) = view.map_layer.curves.items
    x, y = curve.getData()
    plane = window.controller.frame.plane
    np.testing.assert_allclose(y, plane.values[0, :, 0])
    assert plane.x_range[0] < x[0] < x[-1] < plane.x_range[1]
    assert view.header.title.text() == "Prediction"
    assert not view.axis_row.isVisible()
    # What a screen shows while the curve moves is what it would show if all of it were painted anew.
    window.show()
    for _ in range(2):
        window.step()
        for _ in range(4):
            window.controller.wait_idle()
            QApplication.processEvents()
        place = QRect(view.plot.mapTo(window, QPoint()), view.plot.size())
        seen = window.screen().grabWindow(window.winId(), *place.getRect()).toImage()
        whole = window.grab(place).toImage().convertToFormat(seen.format())
        difference = pixels(seen) - pixels(whole)
        assert np.abs(difference).max() < 60


def test_the_map_goes_with_points_that_would_leave_it_and_marks_the_example_that_is_tried(window: MainWindow) -> None:
    view, state = window.boundary_view, window.state
    box = view.plot.plotItem.getViewBox()

    def choose(data: DataSpec) -> None:
        state.edit(state.experiment.edited(data=data), "other data")
        window.controller.wait_idle()

    def lost() -> int:
        low, high = np.transpose(box.viewRange())
        return sum(int(np.sum((places < low) | (places > high))) for places in view.slice_layer.places.values())

    fitted = box.viewRange()
    calm = DataSpec(name="xor", parameters={"n_samples": 60, "noise": 0.0})
    choose(calm)
    assert box.viewRange() == fitted, "nothing jumps while everything is seen"
    choose(DataSpec(name="xor", parameters={"n_samples": 60, "noise": 1.0}))
    assert lost() == 0
    # Who has zoomed in wants it so.
    box.setRange(xRange=(-1.0, 1.0), yRange=(-1.0, 1.0), padding=0)
    choose(calm)
    assert lost() > 0
    view.painting.set_active(True)
    choose(DataSpec(name="blobs"))
    assert lost() == 0, "other data are shown in full while the brush is out too"
    state.undo_stack.undo()
    window.controller.wait_idle()
    assert lost() == 0
    view.painting.set_active(False)
    window.actions_.try_input.setChecked(True)
    window.diagram_area.probe.set_values((0.5, -0.25))
    window.controller.wait_idle()
    (cross,) = view._probe_mark.data
    assert (view._probe_mark.isVisible(), cross["x"], cross["y"]) == (True, 0.5, -0.25)
    window.actions_.try_input.setChecked(False)
    window.controller.wait_idle()
    assert not view._probe_mark.isVisible()


def test_many_features_show_a_slice_and_say_so(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("wine"), view=AT_MEANS)
    view = window.boundary_view
    assert view.axis_row.isVisible()
    assert "11 features are held at their training means" in view.note.text()
    view.y_box.setCurrentIndex(6)
    view.y_box.activated.emit(6)
    qtbot.waitUntil(lambda: window.controller.frame.plane.axes == (0, 6), timeout=5_000)
    assert window.state.experiment.view.axes == (0, 6)
    held = dict(window.controller.frame.plane.held)
    assert len(held) == 11
    means = window.controller.prepared.train.X.mean(axis=0)
    assert held[3] == pytest.approx(means[3])


def test_points_far_from_the_slice_are_drawn_faintly(open_window) -> None:
    window = open_window(**with_data("iris"), view=AT_MEANS)
    view, prepared = window.boundary_view, window.controller.prepared
    distances = dict(zip(PARTS, slice_distances(prepared, view.axis_row.axes), strict=True))
    for part in ("train", "test"):
        alphas = [spot["brush"].color().alphaF() for spot in view.points.item(part).data]
        order = np.argsort(distances[part], kind="stable")
        faded = np.array(alphas)[order]
        assert faded[0] == 1.0
        assert faded[-1] < 0.6
        assert (np.diff(faded) <= 1e-6).all()
    near = sum(int((part <= NEAR).sum()) for part in distances.values())
    assert f"{near} of 150 points lie near it" in view.note.text()


def click_map(window: MainWindow, place: tuple[float, float]) -> None:
    plot = window.boundary_view.plot
    spot = plot.mapFromScene(plot.plotItem.getViewBox().mapViewToScene(QPointF(*place)))
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_a_click_on_a_point_puts_the_slice_through_it(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"), view=AT_MEANS)
    view, prepared = window.boundary_view, window.controller.prepared
    farthest = int(np.argmax(prepared.train.X[:, 0]))
    click_map(window, tuple(prepared.train.X[farthest, :2]))
    through = window.state.experiment.view.through
    assert through is not None
    part = prepared.train if through[0] == "train" else prepared.test
    row = part.X[through[1]]
    assert row[0] == prepared.train.X[farthest, 0]
    qtbot.waitUntil(lambda: window.controller.frame.plane.held == ((2, row[2]), (3, row[3])), timeout=5_000)
    qtbot.waitUntil(lambda: f"point {through[1] + 1}" in view.note.text(), timeout=5_000)
    assert view.points.item(through[0]).data[through[1]]["brush"].color().alphaF() == 1.0
    assert not window.state.is_dirty
    assert view.slice_layer.ring.getData()[0].tolist() == [row[0]]
    low = prepared.train.X[:, :2].min(axis=0)
    click_map(window, (low[0], prepared.train.X[:, 1].max()))
    assert window.state.experiment.view.through is None
    qtbot.waitUntil(lambda: "training means" in view.note.text(), timeout=5_000)
    assert len(view.slice_layer.ring.data) == 0


def test_the_slice_leaves_a_point_when_other_data_come(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"), view=ViewSpec(hold="row", through=("train", 3)))
    assert "training point 4" in window.boundary_view.note.text()
    experiment = window.state.experiment
    window.state.edit(experiment.edited(data=DataSpec(name="wine")), "choose other data")
    window.controller.wait_idle()
    assert window.state.experiment.view.through is None
    note = window.boundary_view.note
    qtbot.waitUntil(lambda: "two principal components" in note.text(), timeout=5_000)


def test_a_click_on_a_plane_of_two_features_holds_nothing(window: MainWindow) -> None:
    click_map(window, tuple(window.controller.prepared.train.X[0]))
    assert window.state.experiment.view.through is None


def test_crosses_fade_with_their_points(open_window) -> None:
    view = open_window(**with_data("iris"), view=AT_MEANS).boundary_view
    crosses = view.points.crosses
    assert len(crosses.data) > 10
    assert len(set(crosses.kinds.tolist())) > 1


def test_nothing_fades_where_the_map_is_no_slice(window: MainWindow) -> None:
    spots_drawn = window.boundary_view.points.item("train").data
    assert {spot["brush"].color().alphaF() for spot in spots_drawn} == {1.0}


def test_a_single_held_feature_is_named(open_window) -> None:
    table = TableSource(
        text="a,b,c,kind\n" + "".join(f"{k},{k * k % 7},{k * 3 % 5}.5,{'xy'[k % 2]}\n" for k in range(30))
    )
    view = open_window(data=DataSpec(table=table), view=AT_MEANS).boundary_view
    assert "c is held at its training mean" in view.note.text()


def test_a_selected_unit_is_shown_and_left_again(window: MainWindow, qtbot: QtBot) -> None:
    window.diagram_area.diagram.select((1, 0))
    qtbot.waitUntil(lambda: window.controller.frame.plane.unit == (1, 0), timeout=5_000)
    assert "one unit" in window.boundary_view.note.text()
    window.diagram_area.diagram.select(None)
    qtbot.waitUntil(lambda: window.controller.frame.plane.unit is None, timeout=5_000)
    assert not window.boundary_view.note.isVisible()


def test_zoom_and_fit(window: MainWindow, qtbot: QtBot) -> None:
    view = window.boundary_view
    window.actions_.fit.trigger()
    fitted = view.plot.plotItem.getViewBox().viewRange()
    view.plot.plotItem.getViewBox().setRange(xRange=(-1.0, 1.0), yRange=(-1.0, 1.0), padding=0)
    qtbot.waitUntil(lambda: window.controller.frame.plane.x_range[1] < 3.0, timeout=5_000)
    window.actions_.fit.trigger()
    np.testing.assert_allclose(view.plot.plotItem.getViewBox().viewRange(), fitted, atol=1e-6)


def test_many_points_are_thinned_and_the_view_says_so(open_window) -> None:
    window = open_window(**with_data("moons", parameters={"n_samples": 12_000}))
    assert spots(window, "train") == MAX_DRAWN
    assert "Not every point is drawn" in window.boundary_view.note.text()


def test_a_legend_names_every_class(open_window) -> None:
    window = open_window(**with_data("iris"))
    for theme in THEMES:
        window.actions_.themes[theme].trigger()
        legend = window.boundary_view.legend
        assert legend.accessibleName() == "Legend: setosa, versicolor, virginica"
        picture = legend.grab().toImage()
        background = QColor((DARK if theme == "dark" else LIGHT).panel)
        columns = [
            x
            for x in range(picture.width())
            if any(distance(picture.pixelColor(x, y), background) > 60 for y in range(picture.height()))
        ]
        assert max(columns) > 150, theme


@pytest.mark.parametrize(("low", "high", "size"), [(0.0, 1.0, 300.0), (-6.3, 6.3, 250.0), (1e-9, 3e-9, 500.0)])
def test_axis_ticks_are_round_and_apart(qapp: QApplication, low: float, high: float, size: float) -> None:
    ((step, offset),) = Axis("bottom").tickSpacing(low, high, size)
    assert offset == 0.0
    assert size * step / (high - low) >= 62.0 * 0.999
    mantissa = step / 10.0 ** np.floor(np.log10(step) + 1e-9)
    assert np.isclose(mantissa, [1.0, 2.0, 5.0]).any()


@pytest.mark.parametrize(("end", "size", "letters"), [(6.3, 90.0, 2), (6.3, 150.0, 2), (0.063, 130.0, 5)])
def test_a_narrow_map_has_numbers_on_both_sides(qapp: QApplication, end: float, size: float, letters: int) -> None:
    ((step, _),) = Axis("bottom").tickSpacing(-end, end, size)
    assert step < end
    # They do not touch.
    assert size * step / (2.0 * end) >= 7.5 * letters + 10.0


def test_regression_keeps_true_values_visible(open_window) -> None:
    window = open_window(**with_data("plane", parameters={"n_samples": 100}))
    item = window.boundary_view.points.item("train")
    brushes = {brush.color().name() for brush in item.data["brush"]}
    assert len(brushes) > 5
    assert load_dataset("plane", n_samples=100).task == "regression"


def hover(window: MainWindow, x: float, y: float) -> None:
    view = window.boundary_view
    view.pointer.point_at(view.plot.plotItem.getViewBox().mapViewToScene(QPointF(x, y)))


def texts(window: MainWindow) -> dict[str, str]:
    return {line.text: line.value for line in window.boundary_view.pointer.card.lines}


def test_the_pointer_reads_out_the_answer_and_the_point(window: MainWindow) -> None:
    prepared, frame = window.controller.prepared, window.controller.frame
    x, y = prepared.train.X[7]
    hover(window, x, y)
    shown = texts(window)
    assert shown["x₁"] == number_text(x, 2)
    assert shown["training point 8"] == prepared.class_names[prepared.train.class_index[7]]
    assert ("× the network gets it wrong" in shown) == (not frame.correct_train[7])
    value = window.controller.ask(lambda run: float(run.trainer.network.predict(prepared.X_train[7:8])[0, 0]))
    winner = int(value > 0.5)
    assert shown[prepared.class_names[winner]] == f"{100 * (value if winner else 1 - value):.1f} %"
    window.boundary_view.pointer.point_at(None)
    assert texts(window) == {}


def test_hidden_points_are_not_read_out(window: MainWindow) -> None:
    x, y = window.controller.prepared.train.X[7]
    window.boundary_view.switches.train.click()
    hover(window, x, y)
    assert "training point 8" not in texts(window)


def test_every_kind_of_data_is_read_out(window: MainWindow) -> None:
    for name in ("iris", "plane", "nielsen"):
        show_another(window, **with_data(name))
        (low, high), (bottom, top) = window.boundary_view.plot.plotItem.getViewBox().viewRange()
        hover(window, 0.5 * (low + high), 0.5 * (bottom + top))
        assert len(texts(window)) >= 2, name


def test_only_wrong_points(window: MainWindow) -> None:
    view, frame = window.boundary_view, window.controller.frame
    view.switches.wrong_only.trigger()
    item = view.points.item("train")
    np.testing.assert_array_equal(item.data["visible"], ~frame.correct_train)
    assert window.state.experiment.view.wrong_only
    view.switches.wrong_only.trigger()
    assert item.data["visible"].all()


def test_contours_come_from_the_worker_when_asked_for(window: MainWindow, qtbot: QtBot) -> None:
    view = window.boundary_view
    assert window.controller.frame.plane.contour is None
    view.switches.contour.trigger()
    qtbot.waitUntil(lambda: window.controller.frame.plane.contour is not None, timeout=5_000)
    np.testing.assert_array_equal(view.map_layer.contour.lines, window.controller.frame.plane.contour)
    view.switches.contour.trigger()
    qtbot.waitUntil(lambda: window.controller.frame.plane.contour is None, timeout=5_000)
    assert len(view.map_layer.contour.lines) == 0


def test_a_unit_is_shown_for_as_long_as_the_mouse_is_over_it(window: MainWindow, qtbot: QtBot) -> None:
    view = window.boundary_view
    view.preview_unit((2, 1))
    qtbot.waitUntil(lambda: window.controller.frame.plane.unit == (2, 1), timeout=5_000)
    assert view.header.title.text() == "Hidden 2, unit 2"
    height = view.plot.height()
    view.preview_unit(None)
    qtbot.waitUntil(lambda: window.controller.frame.plane.unit is None, timeout=5_000)
    assert view.header.title.text() == "Decision boundary"
    assert view.plot.height() == height


def test_zooming_out_shows_answers_beyond_the_data_and_is_kept(window: MainWindow, qtbot: QtBot) -> None:
    view = window.boundary_view
    (low, high), _ = view.plot.plotItem.getViewBox().viewRange()
    view.switches.zoom_out.trigger()
    qtbot.waitUntil(lambda: window.controller.frame.plane.x_range[1] > high + 0.4 * (high - low), timeout=5_000)
    qtbot.waitUntil(lambda: window.state.experiment.view.x_range is not None, timeout=5_000)
    assert not window.state.is_dirty
    kept = window.state.experiment
    view.switches.reset.trigger()
    assert window.state.experiment.view.x_range is None
    window.state.replace(kept)
    window.controller.wait_idle()
    np.testing.assert_allclose(view.plot.plotItem.getViewBox().viewRange()[0], kept.view.x_range)


def test_reset_sets_every_switch_back(window: MainWindow) -> None:
    switches = window.boundary_view.switches
    for action in (switches.discretise, switches.contour, switches.grid, switches.wrong_only):
        action.trigger()
    switches.test.click()
    switches.reset.trigger()
    assert window.state.experiment.view == ViewSpec()
    assert switches.test.isChecked()
    assert not switches.grid.isChecked()


def test_the_map_is_saved_as_it_is_shown(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = window.boundary_view
    for action, name in ((view.exports.save_png[2], "map.png"), (view.exports.save_table, "points.csv")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        action.trigger()
    assert QImage(str(tmp_path / "map.png")).width() == 2 * view.figure().size[0]
    assert len((tmp_path / "points.csv").read_text(encoding="utf-8").splitlines()) == 61


def test_features_that_do_not_vary_are_no_axes(open_window) -> None:
    window = open_window(**with_data("digits8x8"), view=AT_MEANS)
    x, y = window.boundary_view.axis_row.axes
    variances = window.controller.prepared.train.X.var(axis=0)
    assert min(variances[x], variances[y]) == np.sort(variances)[-2]
    window.controller.wait_idle()
    assert window.controller.frame.plane.axes == (x, y)


def test_no_word_of_a_legend_is_cut_at_its_end(open_window, monkeypatch: pytest.MonkeyPatch) -> None:
    window, ends = open_window(**with_data("iris")), []
    legend, draw = window.boundary_view.legend, QPainter.drawText

    def spy(painter: QPainter, *arguments: object) -> None:
        if isinstance(arguments[0], QPointF) and arguments[1]:
            ends.append(arguments[0].x() + QFontMetricsF(legend.font()).horizontalAdvance(arguments[1]))
        draw(painter, *arguments)

    monkeypatch.setattr(QPainter, "drawText", spy)
    for unit in (None, (1, 0)):
        window.diagram_area.diagram.select(unit)
        window.controller.wait_idle()
        for width in range(300, 700, 7):
            legend.resize(width, legend.height())
            ends.clear()
            legend.repaint()
            assert ends
            assert max(ends) <= width + 1.0, (unit, width)


def test_the_legend_says_what_the_colours_of_a_unit_stand_for(window: MainWindow) -> None:
    for name in ("moons", "plane", "iris"):
        show_another(window, **with_data(name))
        says_what_colours_stand_for(window)


def says_what_colours_stand_for(window: MainWindow) -> None:
    """The legend tells of the selected unit or input, and of the output again afterwards."""
    legend, size = window.boundary_view.legend, window.boundary_view.legend.sizeHint()
    for unit in ((1, 0), (0, 1)):
        window.diagram_area.diagram.select(unit)
        window.controller.wait_idle()
        title, (low, high), colours = legend.unit
        plane = window.controller.frame.plane
        assert plane.unit == unit
        assert title == ("input" if unit[0] == 0 else "activation")
        assert low < high
        if unit[0]:
            assert (low, high) == (-1.0, 1.0)
        picture = legend.grab().toImage()
        ink = {picture.pixelColor(x, picture.height() // 2).rgb() for x in range(picture.width())}
        assert len(ink & {int(colour) for colour in colours}) > 20
        assert legend.sizeHint() == size
    window.diagram_area.diagram.select(None)
    window.controller.wait_idle()
    assert legend.unit is None


def test_the_legend_counts_the_classes_that_have_no_room_beside_a_unit(open_window) -> None:
    legend = open_window(**with_data("iris")).boundary_view.legend
    assert legend.rest_text(3) == "3 classes"
    assert legend.rest_text(2) == "and 2 more"


def test_a_narrow_legend_gives_up_numbers_before_names(open_window) -> None:
    legend = open_window(**with_data("iris")).boundary_view.legend
    metrics = legend.fontMetrics()
    names = metrics.horizontalAdvance("setosaversicolorvirginica")
    for lines, told in ((25, 3), (9, 3), (5, 1)):
        legend.resize(names + lines * metrics.height(), legend.height())
        legend.grab()
        shown = [k for k in range(3) if legend.entry_rect(k) is not None]
        assert len(shown) == told, lines
        is_counted = legend.entry_rect(0).width() > metrics.horizontalAdvance("setosa (50)")
        assert is_counted == (lines == 25)


# -- what becomes of the other features ------------------------------------------------------------------------------


def choose_hold(window: MainWindow, kind: str) -> None:
    """Choose what becomes of the other features, as the user does."""
    box = window.boundary_view.hold_row.kinds
    box.setCurrentIndex(box.findData(kind))
    box.activated.emit(box.currentIndex())


def shown_hold(window: MainWindow) -> str:
    return window.controller.frame.plane.hold.kind


def test_nothing_is_offered_where_nothing_is_held(window: MainWindow) -> None:
    assert not window.boundary_view.hold_row.isVisible()


def test_the_wheel_over_the_lists_of_features_changes_nothing(open_window) -> None:
    window = open_window(**with_data("wine"), view=AT_MEANS)
    view = window.boundary_view
    window.setFocus()
    for box in (view.hold_row.kinds, view.hold_row.feature_box, *view.axis_row.boxes):
        before, place = box.currentIndex(), QPointF(box.rect().center())
        turn = QWheelEvent(
            place, place, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, turn)
        assert box.currentIndex() == before


def test_what_is_held_is_readable_beside_the_slider(open_window) -> None:
    window = open_window(**with_data("wine"), view=AT_MEANS)
    row = window.boundary_view.hold_row
    row.resize(row.minimumSizeHint())
    for kind in ("means", "row", "values"):
        text = row.kinds.itemText(row.kinds.findData(kind))
        assert row.kinds.fontMetrics().horizontalAdvance(text) <= row.kinds.width() - ARROW_ROOM - TEXT_MARGIN


def test_the_answer_is_averaged_over_the_data(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("wine"), view=AT_MEANS)
    choose_hold(window, "average")
    qtbot.waitUntil(lambda: "Partial dependence" in window.boundary_view.note.text(), timeout=5_000)
    assert shown_hold(window) == "average"
    assert f"over {window.controller.frame.plane.n_averaged} training rows" in window.boundary_view.note.text()
    assert not window.boundary_view.hold_row.slider.isVisible()
    alphas = {spot["brush"].color().alphaF() for spot in window.boundary_view.points.item("train").data}
    assert alphas == {1.0}
    assert not window.state.is_dirty
    choose_hold(window, "means")
    qtbot.waitUntil(lambda: "training means" in window.boundary_view.note.text(), timeout=5_000)
    assert window.boundary_view.hold_row.slider.isVisible()


def test_the_plane_of_the_components_has_its_own_axes_and_range(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("wine"), view=AT_MEANS)
    view, prepared = window.boundary_view, window.controller.prepared
    choose_hold(window, "components")
    qtbot.waitUntil(lambda: "principal components" in view.note.text(), timeout=5_000)
    scores = prepared.components.scores(prepared.train.X)
    shown = np.column_stack(view.points.item("train").getData())
    np.testing.assert_allclose(shown, scores)
    (x0, x1), (y0, y1) = view.plot.plotItem.getViewBox().viewRange()
    everything = prepared.components.scores(prepared.dataset.X)
    assert (everything > (x0, y0)).all()
    assert (everything < (x1, y1)).all()
    assert x1 - x0 < 2.0 * np.ptp(everything[:, 0])
    first, second = (100.0 * share for share in prepared.components.explained)
    assert view.plot.plotItem.getAxis("bottom").labelText == f"component 1 ({first:.1f} %)"
    assert f"explain {first + second:.1f} % of the variance" in view.note.text()
    assert not view.axis_row.isVisible()
    qtbot.waitUntil(lambda: window.controller.frame.plane.x_range == pytest.approx((x0, x1)), timeout=5_000)
    choose_hold(window, "means")
    qtbot.waitUntil(lambda: "training means" in view.note.text(), timeout=5_000)
    np.testing.assert_allclose(np.column_stack(view.points.item("train").getData()), prepared.train.X[:, :2])
    assert view.axis_row.isVisible()


def test_the_slider_moves_the_slice_and_the_experiment_keeps_where_it_stops(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"), view=AT_MEANS)
    row, prepared = window.boundary_view.hold_row, window.controller.prepared
    assert [row.feature_box.itemText(k) for k in range(row.feature_box.count())] == list(
        prepared.train.feature_names[2:]
    )
    row.slider.setFocus()
    QTest.keyClick(row.slider, Qt.Key.Key_End)
    top = float(prepared.train.X[:, 2].max())
    assert window.state.experiment.view.hold == "values"
    assert window.state.experiment.view.held_values[2] == pytest.approx(top)
    qtbot.waitUntil(lambda: dict(window.controller.frame.plane.held)[2] == pytest.approx(top), timeout=5_000)
    qtbot.waitUntil(lambda: "chosen values" in window.boundary_view.note.text(), timeout=5_000)
    assert row.kinds.currentData() == "values"
    assert not window.state.is_dirty


def test_a_sweep_moves_a_held_feature_until_it_is_stopped(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"), view=AT_MEANS)
    row, held = window.boundary_view.hold_row, set()
    window.controller.frame_ready.connect(lambda frame: held.add(dict(frame.plane.held)[2]))
    row.sweep.click()
    qtbot.waitUntil(lambda: len(held) > 5, timeout=5_000)
    assert window.state.experiment.view.hold == "means"
    row.sweep.click()
    assert window.state.experiment.view.hold == "values"
    assert not row.is_moving
    kept = window.state.experiment.view.held_values
    assert kept[3] == pytest.approx(window.controller.prepared.inputs.feature_means[3])
    row.sweep.click()
    window.actions_.paint.trigger()
    window.docks["boundary"].hide()
    assert not row.is_moving


def test_chosen_values_open_the_card_whose_sliders_move_the_slice(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"), view=AT_MEANS)
    choose_hold(window, "values")
    card = window.diagram_area.probe
    assert card.isVisible()
    assert card.values == pytest.approx(window.controller.prepared.inputs.feature_means)
    card.fields.value_edited.emit(3, 2.25, "")
    assert window.state.experiment.view.held_values[3] == 2.25
    qtbot.waitUntil(lambda: dict(window.controller.frame.plane.held)[3] == 2.25, timeout=5_000)
    window.boundary_view.hold_row.slider.setValue(0)
    X = window.controller.prepared.train.X
    assert card.values[2] == X[:, 2].min()
    # A click tries what is there: of an empty place the two features that are seen, of a point all of them.
    typed = []
    card.values_edited.connect(typed.append)
    click_map(window, tuple(X[:, :2].max(axis=0)))
    assert card.values == pytest.approx((*X[:, :2].max(axis=0), X[:, 2].min(), 2.25), abs=0.05)
    assert window.state.experiment.view.held_values == card.values
    farthest = X[int(np.argmax(X[:, 0]))]
    click_map(window, tuple(farthest[:2]))
    assert card.values == tuple(farthest.tolist())
    assert typed[-1] == card.values
    window.actions_.try_input.setChecked(False)
    click_map(window, tuple(X[:, :2].max(axis=0)))
    assert card.values == tuple(farthest.tolist()), "a click only marks while nothing is tried"


@pytest.mark.parametrize("kind", ["means", "average", "components"])
def test_a_place_of_the_map_is_an_example_that_differs_along_its_axes_alone(kind: str) -> None:
    prepared = Experiment(data=DataSpec(name="iris")).prepared()
    hold, values = Hold(kind), tuple(prepared.train.X[5].tolist())
    tried = example_at((0.7, 1.3), values, prepared, (2, 0), hold)
    there = probe_places(Probe(tried, (), (), np.empty(0)), prepared, (2, 0), hold)
    assert np.ravel(there) == pytest.approx((0.7, 1.3))
    if kind == "components":
        away = (np.array(tried) - values) / prepared.components.scale
        assert away == pytest.approx(away @ prepared.components.directions.T @ prepared.components.directions)
    else:
        assert (tried[1], tried[3]) == (values[1], values[3])


def test_a_points_values_are_those_of_the_marked_row(open_window) -> None:
    window = open_window(**with_data("iris"), view=AT_MEANS)
    window.marks.set(test=[7])
    choose_hold(window, "row")
    assert window.state.experiment.view.through == ("test", 7)


# -- marked rows ------------------------------------------------------------------------------------------------------


def rings(window: MainWindow) -> list[list[float]]:
    return np.column_stack(window.boundary_view.pointer.rings.item.getData()).tolist()


def test_a_click_marks_a_point_and_a_click_beside_none(window: MainWindow) -> None:
    X = window.controller.prepared.train.X
    click_map(window, tuple(X[3]))
    assert window.marks.rows.train.tolist() == [3]
    assert rings(window) == [X[3].tolist()]
    click_map(window, (0.0, 0.0) if np.abs(X).sum(axis=1).min() > 1.0 else (X[:, 0].min(), X[:, 1].max() * 1.09))
    assert not len(window.marks.rows)
    assert rings(window) == []


def test_marks_show_on_the_points_that_are_shown(window: MainWindow) -> None:
    prepared = window.controller.prepared
    window.marks.set(train=[1], test=[2])
    assert rings(window) == [prepared.train.X[1].tolist(), prepared.test.X[2].tolist()]
    window.boundary_view.switches.test.click()
    assert rings(window) == [prepared.train.X[1].tolist()]


def test_shift_and_dragging_marks_all_points_in_the_rectangle(window: MainWindow) -> None:
    plot, prepared = window.boundary_view.plot, window.controller.prepared
    before = plot.plotItem.getViewBox().viewRange()
    box = plot.plotItem.getViewBox()
    start, end = (plot.mapFromScene(box.mapViewToScene(QPointF(*place))) for place in ((0.05, 0.05), (7.0, 7.0)))
    shift = Qt.KeyboardModifier.ShiftModifier
    card = window.boundary_view.pointer.card
    QTest.mouseMove(plot.viewport(), start)
    assert card.isVisible()
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, shift, start)
    QTest.mouseMove(plot.viewport(), end)
    assert not card.isVisible()
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, shift, end)
    for part, rows in (("train", window.marks.rows.train), ("test", window.marks.rows.test)):
        X = getattr(prepared, part).X
        inside = (X > 0.5).all(axis=1)
        outside = (X < -0.5).any(axis=1)
        assert inside.sum() > 0
        assert set(np.flatnonzero(inside)) <= set(rows.tolist())
        assert not set(np.flatnonzero(outside)) & set(rows.tolist())
    assert plot.plotItem.getViewBox().viewRange() == before


def test_other_data_take_the_marks_away_and_other_layers_do_not(window: MainWindow) -> None:
    window.marks.set(train=[1, 2])
    experiment = window.state.experiment
    network = experiment.network.edited(hidden=(LayerSpec(units=5),))
    window.state.edit(experiment.edited(network=network), "other layers")
    window.controller.wait_idle()
    assert window.marks.rows.train.tolist() == [1, 2]
    window.actions_.regenerate_data.trigger()
    window.controller.wait_idle()
    assert not len(window.marks.rows)


# -- one class alone, counts, and the parts of a curve ----------------------------------------------------------------


def test_a_click_in_the_legend_shows_one_class_alone(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"))
    view, legend = window.boundary_view, window.boundary_view.legend
    before = view.grab().toImage()
    rect = legend.entry_rect(2)
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert window.state.experiment.view.shown_class == 2
    assert view.header.title.text() == "Probability of virginica"
    assert legend.shown_class == 2
    assert view.grab().toImage() != before
    assert [action.isChecked() for action in view.switches.classes.actions()] == [False, False, False, True]
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert window.state.experiment.view.shown_class is None
    assert view.header.title.text() == "Decision boundary"
    assert not window.state.is_dirty


def test_a_class_is_chosen_with_the_keys_and_in_the_menu(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("iris"))
    legend = window.boundary_view.legend
    legend.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(legend, key)
    assert window.state.experiment.view.shown_class == 1
    window.boundary_view.switches.classes.actions()[3].trigger()
    assert window.state.experiment.view.shown_class == 2
    window.boundary_view.switches.reset.trigger()
    assert window.state.experiment.view.shown_class is None


def test_other_classes_bring_the_map_of_all_back(open_window) -> None:
    window = open_window(**with_data("iris"), view=ViewSpec(shown_class=2))
    assert window.boundary_view.header.title.text() == "Probability of virginica"
    window.state.edit(window.state.experiment.edited(data=DataSpec(name="penguins")), "choose other data")
    window.controller.wait_idle()
    assert window.state.experiment.view.shown_class is None


def test_two_classes_offer_no_choice(window: MainWindow, qtbot: QtBot) -> None:
    view = window.boundary_view
    assert not view.switches.classes.menuAction().isVisible()
    qtbot.mouseClick(view.legend, Qt.MouseButton.LeftButton, pos=view.legend.entry_rect(0).center().toPoint())
    assert window.state.experiment.view.shown_class is None


def test_the_legend_counts_the_rows_of_each_class(open_window) -> None:
    window = open_window(**with_data("penguins"))
    prepared, legend = window.controller.prepared, window.boundary_view.legend
    pairs = zip(prepared.train.class_counts, prepared.test.class_counts, strict=True)
    for index, (train, test) in enumerate(pairs):
        name = prepared.class_names[index]
        assert legend.class_tooltip(index).startswith(f"{name}: {train} training rows, {test} test rows.")


def test_the_parts_of_a_curve_are_drawn_and_the_hovered_unit_stands_out(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("sine"))
    view = window.boundary_view
    assert view.switches.parts.isVisible()
    view.switches.parts.trigger()
    curves = view.map_layer.curves
    n_units = window.controller.frame.layout.sizes[-2]
    qtbot.waitUntil(lambda: len(curves.parts) == n_units + 1, timeout=5_000)
    parts = window.controller.frame.plane.parts
    np.testing.assert_array_equal(curves.parts[2].data[1], parts.values[1][::PART_STEP].astype(float))
    assert np.unique(curves.parts[0].data[1]).tolist() == [parts.bias]
    width = curves.parts[2].pen.widthF()
    view.preview_unit((2, 1))
    assert curves.parts[2].pen.widthF() > width
    assert view.header.title.text() == "Prediction"
    view.preview_unit(None)
    assert curves.parts[2].pen.widthF() == width
    view.switches.parts.trigger()
    qtbot.waitUntil(lambda: not curves.parts, timeout=5_000)


def test_a_plane_has_no_parts(window: MainWindow) -> None:
    assert not window.boundary_view.switches.parts.isVisible()


def test_the_first_map_of_a_table_shows_all_its_points(open_window) -> None:
    window = open_window(**with_data("penguins"))
    view, prepared = window.boundary_view, window.controller.prepared
    assert window.controller.frame.plane.hold.kind == "components"
    (x0, x1), (y0, y1) = view.plot.plotItem.getViewBox().viewRange()
    scores = prepared.components.scores(prepared.dataset.X)
    assert (scores.min(axis=0) > (x0, y0)).all()
    assert (scores.max(axis=0) < (x1, y1)).all()
    assert x1 - x0 < 2.0 * np.ptp(scores[:, 0])
    assert "80 of 333 points lie near it" in view.note.text()
    # Who chooses what becomes of the others goes on with the features that separate best.
    choose_hold(window, "means")
    assert window.state.experiment.view.axes == prepared.first_map.axes == view.axis_row.axes


def test_pictures_begin_on_the_plane_of_their_components(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("digits8x8"))
    note = window.boundary_view.note
    qtbot.waitUntil(lambda: "principal components" in note.text(), timeout=5_000)
    assert window.boundary_view.hold_row.kinds.currentData() == "components"
    # Among 64 dimensions hardly a picture lies near a plane, and the words do not sound as if some did.
    (total,) = re.findall(r"Hardly any of the ([\d\u2009]+) points lie near it", note.text())
    assert parse_number(total) == window.controller.prepared.dataset.n_samples
    assert not window.state.is_dirty


def test_the_rectangle_is_gone_once_it_has_marked(window: MainWindow) -> None:
    plot, shift = window.boundary_view.plot, Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(80, 30))
    QTest.mouseMove(plot.viewport(), QPoint(200, 120))
    (band,) = plot.viewport().findChildren(QRubberBand)
    assert band.isVisible()
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(200, 120))
    assert not band.isVisible()


def test_rings_of_a_crowd_are_thinner(open_window) -> None:
    window = open_window(**with_data("iris"))
    item = window.boundary_view.pointer.rings.item
    window.marks.set(train=range(5))
    sizes, widths = [item.opts["size"]], [item.opts["pen"].widthF()]
    window.marks.set(train=range(90))
    assert item.opts["size"] < sizes[0]
    assert item.opts["pen"].widthF() < widths[0]


def test_a_label_that_is_longer_than_its_axis_is_elided(window: MainWindow) -> None:
    axis = window.boundary_view.plot.plotItem.getAxis("bottom")
    axis.setLabel("long " * 60)
    assert axis.labelText == "long " * 60
    assert axis.label.toPlainText().strip().endswith("…")
    assert axis.label.boundingRect().width() <= axis.size().width() + 8.0
    # What is in brackets goes first.
    axis.setLabel("component 2 (" + "of the variance " * 12 + ")")
    assert axis.label.toPlainText().strip() == "component 2"
    axis.setLabel("a &lt; b")
    assert axis.label.toPlainText().strip() == "a < b"


def test_a_map_that_stays_the_same_is_not_drawn_again(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    view, drawn = window.boundary_view, []
    monkeypatch.setattr(map_layer, "plane_image", lambda *args, **_: drawn.append(args) or QImage())
    frame, theme = window.controller.frame, window.theme
    view.set_theme(DARK if theme is not DARK else LIGHT)
    assert len(drawn) == 1
    view.show_frame(msgspec.structs.replace(frame, probes={}))
    assert len(drawn) == 1
    view.set_theme(theme)
    view.show_frame(msgspec.structs.replace(frame, planes={"boundary": msgspec.structs.replace(frame.plane)}))
    assert len(drawn) == 3


def test_a_late_frame_of_one_feature_comes_while_the_brush_is_on_a_plane_already(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("moons"))
    view, controller, state = window.boundary_view, window.controller, window.state
    controller.wait_idle()
    view.settings.edit({"unit_lines": True})
    window.actions_.start_empty.trigger()
    controller.wait_idle()
    state.edit(edits.with_dataset(state.experiment, "sine", "classification"), "choose sine")
    controller.wait_idle()
    late = controller.frame
    assert len(late.plane.axes) == 2
    state.undo_stack.undo()
    view.painting.set_active(False)
    view.painting.set_active(True)
    assert view.painting.is_plane
    view.show_frame(late)
    controller.wait_idle()
    assert view._axes == (0, 1)
    qtbot.waitUntil(lambda: controller.frame.plane.axes == (0, 1))


@pytest.mark.parametrize("name", ["zoom_in", "zoom_out"])
def test_a_map_that_is_zoomed_for_ever_is_drawn_and_kept_within_what_a_file_may_say(
    window: MainWindow, name: str
) -> None:
    view = window.boundary_view
    for _ in range(1200):
        getattr(view.switches, name).trigger()
    view._kept_range.finish()
    grab_now(window)
    kept = window.state.experiment.view.x_range
    assert kept is not None
    low, high = kept
    assert -1e31 <= low <= high <= 1e31
    assert high - low > 1e30 if name == "zoom_out" else high - low < 1e-12


def test_a_range_that_no_map_can_show_is_no_experiment() -> None:
    for edges in ((1e308, 1.0), (-1e308, 1e308), (0.0, 2e31)):
        with pytest.raises(ExperimentError, match=r"^y_range\.\d must be at "):
            ViewSpec(y_range=edges)
