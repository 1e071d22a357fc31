"""The whole window, driven as a user drives it."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.drawing.theme import THEMES
from nnviz.experiment.schema import DataSpec, LayerSpec
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment


def test_the_title_names_the_experiment_and_nnviz(window: MainWindow) -> None:
    assert "small" in window.windowTitle()
    assert "nnviz" in window.windowTitle()


def test_play_trains_and_pause_stops_at_a_drawn_epoch(window: MainWindow, qtbot: QtBot) -> None:
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 20, timeout=20_000)
    assert window.is_training
    assert window.run_bar.play_button.text() == "Pause"
    window.pause()
    qtbot.waitUntil(lambda: window.controller.frame.status == "paused", timeout=5_000)
    assert not window.is_training
    frame = window.controller.frame
    assert window.epoch == frame.epoch == frame.curves.epoch[-1]
    assert frame.curves.n_epochs == frame.epoch + 1
    assert window.run_bar.play_button.text() == "Play"


def test_step_trains_exactly_one_epoch(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.frame_shown, timeout=5_000, check_params_cb=lambda epoch: epoch == 1):
        window.step()
    qtbot.waitUntil(lambda: window.controller.frame.status == "paused", timeout=5_000)
    assert window.epoch == 1


def test_a_mini_batch_is_one_update(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.step_batch.trigger()
    qtbot.waitUntil(lambda: window.controller.frame.batch == 1, timeout=5_000)
    assert window.controller.frame.epoch == 0


def test_reset_brings_the_same_first_weights_back(window: MainWindow, qtbot: QtBot) -> None:
    first = window.controller.frame.parameters.copy()
    window.step()
    qtbot.waitUntil(lambda: window.epoch == 1, timeout=5_000)
    assert not np.array_equal(window.controller.frame.parameters, first)
    window.reset()
    qtbot.waitUntil(lambda: window.epoch == 0 and window.controller.frame.status != "running", timeout=5_000)
    np.testing.assert_array_equal(window.controller.frame.parameters, first)


def test_new_weights_are_other_weights_and_can_be_undone(window: MainWindow, qtbot: QtBot) -> None:
    first = window.controller.frame.parameters.copy()
    window.actions_.new_weights.trigger()
    qtbot.waitUntil(lambda: not np.array_equal(window.controller.frame.parameters, first), timeout=5_000)
    window.state.undo_stack.undo()
    qtbot.waitUntil(lambda: np.array_equal(window.controller.frame.parameters, first), timeout=5_000)


def test_the_learning_rate_changes_without_a_reset(window: MainWindow, qtbot: QtBot) -> None:
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 5, timeout=20_000)
    run_id = window.controller.run_id
    present = window.state.experiment
    window.state.edit(present.edited(training=present.training.edited(learning_rate=0.005)), "change learning rate")
    qtbot.waitUntil(lambda: window.controller.frame.metrics.learning_rate == 0.005, timeout=5_000)
    assert window.controller.run_id == run_id
    assert window.epoch >= 5


def test_adding_a_layer_while_training_goes_on_with_the_new_network(window: MainWindow, qtbot: QtBot) -> None:
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 5, timeout=20_000)
    present = window.state.experiment
    hidden = (*present.network.hidden, LayerSpec(units=4))
    window.state.edit(present.edited(network=present.network.edited(hidden=hidden)), "add hidden layer")
    qtbot.waitUntil(
        lambda: window.controller.frame.layout.sizes == (2, 3, 2, 4, 1) and window.epoch >= 5, timeout=20_000
    )
    assert window.is_training


def test_any_data_set_can_be_chosen_while_training(window: MainWindow, qtbot: QtBot) -> None:
    window.run_bar.set_speed("full")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 3, timeout=20_000)
    for name in ("iris", "nielsen", "plane", "and", "breast_cancer_wisconsin"):
        present = window.state.experiment
        window.state.edit(present.edited(data=DataSpec(name=name)), "choose data")
        qtbot.waitUntil(
            lambda name=name: (
                window.controller.prepared.dataset.name == name
                and window.controller.frame.run_id == window.controller.run_id
                and window.epoch >= 2
            ),
            timeout=20_000,
        )
        assert window.controller.frame.plane is not None
        assert window.boundary_view.axis_row.isVisible() == (window.controller.prepared.dataset.n_features > 2)


def test_closing_while_training_ends_the_threads(qtbot: QtBot) -> None:
    window = create_window(small_experiment(), theme="light")
    window.play()
    qtbot.waitUntil(lambda: window.epoch >= 2, timeout=20_000)
    with qtbot.waitSignal(window.closed, timeout=5_000):
        window.close()


def test_closing_while_preparing_ends_the_threads(qtbot: QtBot) -> None:
    window = create_window(small_experiment(), theme="light")
    window.play()
    with qtbot.waitSignal(window.closed, timeout=5_000):
        window.close()


def test_a_unit_is_selected_by_a_click_and_edited(window: MainWindow, qtbot: QtBot) -> None:
    diagram = window.diagram_area.diagram
    qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=diagram.geometry_.unit_rect((1, 1)).center().toPoint())
    assert window.diagram_area.inspector.isVisible()
    qtbot.waitUntil(
        lambda: window.controller.frame.plane is not None and window.controller.frame.plane.unit == (1, 1),
        timeout=5_000,
    )
    index = window.controller.frame.layout.weight_index(1, 1, 0)
    before = float(window.controller.frame.parameters[index])
    window.controller.edit_parameters({index: 1.5}, "change weight")
    qtbot.waitUntil(lambda: window.controller.frame.parameters[index] == 1.5, timeout=5_000)
    window.state.undo_stack.undo()
    qtbot.waitUntil(lambda: window.controller.frame.parameters[index] == before, timeout=5_000)
    qtbot.keyClick(diagram, Qt.Key.Key_Escape)
    assert not window.diagram_area.inspector.isVisible()


def test_single_keys_run_and_rest_in_an_editor(window: MainWindow, qtbot: QtBot) -> None:
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.epoch == 1, timeout=5_000)
    actions = window.actions_
    assert actions.play.shortcut().toString() == "Space"


def test_the_theme_is_switched_live(window: MainWindow) -> None:
    for name, theme in THEMES.items():
        window.actions_.themes[name].trigger()
        assert window.theme is theme
        picture = window.grab().toImage()
        corner = picture.pixelColor(QPoint(picture.width() // 2, 4))
        assert (corner.lightness() < 100) == theme.dark
        for plot in (window.boundary_view.plot, window.loss_view.plot):
            assert theme.quiet in plot.plotItem.getAxis("bottom").labelString()


def test_the_system_theme_follows_the_desktop_live(window: MainWindow, qapp: QApplication) -> None:
    changed = qapp.styleHints().colorSchemeChanged
    changed.emit(Qt.ColorScheme.Dark)
    assert window.theme is THEMES["light"], "chosen by name, it stays"
    window.actions_.themes["system"].trigger()
    assert window.theme_choice == "system"
    for scheme, name in ((Qt.ColorScheme.Dark, "dark"), (Qt.ColorScheme.Light, "light")):
        changed.emit(scheme)
        assert window.theme is THEMES[name]
        assert window.actions_.themes["system"].isChecked()


def test_the_chosen_theme_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)
    first = create_window(small_experiment(), settings=settings)
    assert first.theme_choice == "system"
    first.actions_.themes["projector"].trigger()
    kept = QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)
    assert kept.value("theme") == "projector", "a crash must not lose it"
    first.close()
    second = create_window(small_experiment(), settings=settings)
    assert second.theme is THEMES["projector"]
    second.close()


def test_zooming_asks_for_the_plane_that_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    box = window.boundary_view.plot.plotItem.getViewBox()
    box.setRange(xRange=(-1.0, 1.0), yRange=(-1.0, 1.0), padding=0)
    qtbot.waitUntil(
        lambda: window.controller.frame.plane is not None and window.controller.frame.plane.x_range[0] > -2.5,
        timeout=5_000,
    )


def opened_and_closed(qtbot: QtBot) -> weakref.ref[MainWindow]:
    window = create_window(small_experiment(), theme="light")
    qtbot.waitUntil(lambda: window.controller.frame is not None, timeout=20_000)
    window.close()
    return weakref.ref(window)


def test_the_window_dies_when_it_is_closed(qtbot: QtBot) -> None:
    died = opened_and_closed(qtbot)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert died() is None


def test_repainting_leaves_the_reference_count_of_none_alone(window: MainWindow, qtbot: QtBot) -> None:
    for _ in range(20):
        window.repaint()
    before = sys.getrefcount(None)
    for _ in range(200):
        window.repaint()
        window.loss_view.show_frame(window.controller.frame)
    assert sys.getrefcount(None) > before - 100


def test_escape_closes_the_card_that_is_open(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_.try_input.trigger()
    assert window.diagram_area.probe.isVisible()
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.diagram_area.probe.isVisible()
    assert not window.actions_.try_input.isChecked()
    window.diagram_area.diagram.select((1, 0))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.diagram_area.inspector.isVisible()
