"""The decision boundary: planes, curves, slices, points and legend."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nnviz.data import load_dataset
from nnviz.drawing.theme import DARK, LIGHT, THEMES
from nnviz.experiment.document import DataSpec
from nnviz.ui.main_window import MainWindow
from nnviz.ui.plots import Axis
from nnviz.ui.points_item import MAX_DRAWN


def with_data(name: str, **fields: object) -> dict[str, object]:
    return {"data": DataSpec(name=name, **fields)}


def spots(window: MainWindow, part: str) -> int:
    return len(window.boundary_view._points._items[part].data)


def test_every_point_is_drawn_train_and_test(window: MainWindow) -> None:
    prepared = window.controller.prepared
    assert spots(window, "train") == prepared.train.n_samples
    assert spots(window, "test") == prepared.test.n_samples


def test_crosses_mark_exactly_the_wrong_points(window: MainWindow, qtbot: QtBot) -> None:
    frame = window.controller.frame
    wrong = int((~frame.correct_train).sum() + (~frame.correct_test).sum())
    assert wrong > 0
    assert spots(window, "wrong") == wrong
    window.boundary_view.test_button.click()
    assert spots(window, "wrong") == int((~frame.correct_train).sum())


def test_the_switches_are_part_of_the_experiment_but_no_undo_step(window: MainWindow) -> None:
    window.boundary_view.test_button.click()
    window.boundary_view.discretise_button.click()
    view = window.state.experiment.view
    assert not view.show_test
    assert view.discretise
    assert not window.state.is_dirty
    assert not window.boundary_view._points._items["test"].isVisible()


def test_the_map_has_the_colours_of_the_classes(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("blobs", parameters={"n_samples": 80}))
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.controller.frame.metrics.train_score == 1.0, timeout=20_000)
    window.pause()
    window.controller.wait_idle()
    view = window.boundary_view
    prepared = window.controller.prepared
    view.train_button.click()
    view.test_button.click()
    picture = view.plot.grab().toImage()
    for k in range(2):
        centre = prepared.train.X[prepared.train.class_index == k].mean(axis=0)
        spot = view.plot.plotItem.getViewBox().mapViewToScene(pg_point(centre))
        colour = picture.pixelColor(round(spot.x()), round(spot.y()))
        own, other = (distance(colour, QColor(LIGHT.classes[index])) for index in (k, 1 - k))
        assert own < other


def pg_point(position: np.ndarray):
    from PySide6.QtCore import QPointF

    return QPointF(float(position[0]), float(position[1]))


def distance(first: QColor, second: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True))


def test_one_feature_is_a_curve(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("nielsen"))
    view = window.boundary_view
    (curve,) = view._curves
    x, y = curve.getData()
    plane = window.controller.frame.plane
    np.testing.assert_allclose(y, plane.values[0, :, 0])
    assert plane.x_range[0] < x[0] < x[-1] < plane.x_range[1]
    assert view.header.title.text() == "Prediction"
    assert not view.axis_row.isVisible()


def test_many_features_show_a_slice_and_say_so(open_window, qtbot: QtBot) -> None:
    window = open_window(**with_data("wine"))
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


@pytest.mark.parametrize("theme", list(THEMES))
def test_a_legend_names_every_class(open_window, theme: str) -> None:
    window = open_window(**with_data("iris"))
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
    assert max(columns) > 150


@pytest.mark.parametrize(("low", "high", "size"), [(0.0, 1.0, 300.0), (-6.3, 6.3, 250.0), (1e-9, 3e-9, 500.0)])
def test_axis_ticks_are_round_and_apart(low: float, high: float, size: float) -> None:
    ((step, offset),) = Axis("bottom").tickSpacing(low, high, size)
    assert offset == 0.0
    assert size * step / (high - low) >= 62.0 * 0.999
    mantissa = step / 10.0 ** np.floor(np.log10(step) + 1e-9)
    assert np.isclose(mantissa, [1.0, 2.0, 5.0]).any()


def test_regression_keeps_true_values_visible(open_window) -> None:
    window = open_window(**with_data("plane", parameters={"n_samples": 100}))
    item = window.boundary_view._points._items["train"]
    brushes = {brush.color().name() for brush in item.data["brush"]}
    assert len(brushes) > 5
    assert load_dataset("plane", n_samples=100).task == "regression"
