"""Docks, layouts and what is remembered of them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.drawing.theme import THEMES
from nnviz.experiment import Experiment
from nnviz.experiment.schema import DataSpec, ViewSpec
from nnviz.ui.commands.arrangements import LAYOUTS
from nnviz.ui.widgets.view_header import ViewHeader
from nnviz.ui.window.docks import Dock, Panel, within
from nnviz.ui.window.later import Later
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.menus import menus_in
from nnviz.ui.window.shortcut_sheet import keyed_actions
from tests.ui.conftest import OpenWindow, show_another, small_experiment

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

MOVABLE = ("setup", "boundary", "loss")


def test_a_dock_floats_and_comes_back_by_its_button(window: MainWindow, qtbot: QtBot) -> None:
    for name in MOVABLE:
        floats_and_comes_back(window, window.docks[name], qtbot)
    # Put back to where it shares its place, it is not behind what came forward meanwhile.
    loss, boundary = window.docks["loss"], window.docks["boundary"]
    window.tabifyDockWidget(boundary, loss)
    loss.open()
    loss.toggle_floating()
    QApplication.processEvents()
    loss.toggle_floating()
    QApplication.processEvents()
    assert (loss.is_seen, boundary.is_seen) == (True, False)


def floats_and_comes_back(window: MainWindow, dock: Dock, qtbot: QtBot) -> None:
    """One button takes the dock out, framed and beside its place, and puts it back."""
    place = dock.mapToGlobal(QPoint(0, 0))
    qtbot.mouseClick(dock.title_bar.float_button, Qt.MouseButton.LeftButton)
    assert dock.isFloating()
    # Not over its old place, wholly on the screen, and with a frame all around.
    assert dock.pos() != place
    assert dock.screen().availableGeometry().contains(dock.geometry())
    picture, middle = dock.grab().toImage(), QPoint(dock.width() // 2, dock.height() // 2)
    for x, y in ((0, middle.y()), (dock.width() - 1, middle.y()), (middle.x(), 0), (middle.x(), dock.height() - 1)):
        assert picture.pixelColor(x, y) == window.theme.colour("quiet")
    qtbot.mouseClick(dock.title_bar.float_button, Qt.MouseButton.LeftButton)
    assert not dock.isFloating()


def test_a_panel_that_floats_fits_its_screen() -> None:
    screen = QRect(0, 30, 800, 570)
    assert within(QRect(50, 60, 100, 100), screen) == QRect(50, 60, 100, 100)
    assert within(QRect(750, 10, 100, 100), screen) == QRect(700, 30, 100, 100)
    assert within(QRect(-9, 560, 900, 700), screen) == screen


def test_a_dock_is_hidden_by_its_button_and_shown_by_the_view_menu(window: MainWindow, qtbot: QtBot) -> None:
    for dock in (window.docks[name] for name in MOVABLE):
        qtbot.mouseClick(dock.title_bar.hide_button, Qt.MouseButton.LeftButton)
        assert not dock.isVisible()
        dock.toggleViewAction().trigger()
        assert dock.isVisible()


def test_the_header_of_a_view_is_the_title_bar_of_its_dock(window: MainWindow) -> None:
    for dock, view in ((window.docks["boundary"], window.boundary_view), (window.docks["loss"], window.loss_view)):
        assert view.header.parentWidget() is dock.titleBarWidget()


def test_the_buttons_of_a_dock_have_icons_from_the_first_moment(window: MainWindow) -> None:
    for dock in window.docks.values():
        if not dock.panel.is_slim:
            assert not dock.title_bar.float_button.icon().isNull()
            assert not dock.title_bar.hide_button.icon().isNull()


def test_single_keys_act_in_a_floating_dock(window: MainWindow, qtbot: QtBot) -> None:
    window.docks["loss"].setFloating(True)
    qtbot.keyClick(window.docks["loss"], Qt.Key.Key_S)
    qtbot.waitUntil(lambda: window.epoch == 1, timeout=5_000)


def test_a_layout_brings_every_dock_to_its_place(window: MainWindow) -> None:
    for name, layout in LAYOUTS.items():
        window.docks["loss"].setFloating(True)
        window.docks["boundary"].hide()
        window.actions_.layouts[name].trigger()
        assert window.docks["setup"].isVisible() == layout.setup
        assert not window.docks["loss"].isFloating()
        assert not window.docks["boundary"].isHidden()
        assert (window.docks["loss"] in window.tabifiedDockWidgets(window.docks["boundary"])) == layout.tabbed
        assert window.state.experiment.view.layout == name


def test_layouts_have_keys_and_are_no_edit(window: MainWindow) -> None:
    keys = [action.shortcut().toString() for action in window.actions_.layouts.values()]
    assert keys == ["Ctrl+1", "Ctrl+2", "Ctrl+3"]
    window.actions_.layouts["inspect"].trigger()
    assert not window.state.is_dirty


def test_resetting_the_layout_shows_everything_side_by_side(window: MainWindow) -> None:
    window.actions_.layouts["inspect"].trigger()
    window.actions_.reset_layout.trigger()
    assert window.docks["setup"].isVisible()
    assert not window.tabifiedDockWidgets(window.docks["boundary"])
    assert window.docks["boundary"].y() < window.docks["loss"].y()


def test_an_experiment_opens_in_its_layout(open_window: OpenWindow) -> None:
    window = open_window(view=ViewSpec(layout="inspect"))
    assert not window.docks["setup"].isVisible()
    window.state.replace(small_experiment(view=ViewSpec(layout="explore")))
    assert window.docks["setup"].isVisible()


def test_the_arrangement_is_remembered_between_runs(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)
    first = create_window(small_experiment(), theme="light", settings=settings)
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first.docks["loss"])
    first.docks["boundary"].hide()
    first.close()
    second = create_window(small_experiment(), theme="light", settings=settings)
    assert second.dockWidgetArea(second.docks["loss"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert second.docks["boundary"].isHidden()
    second.close()


def test_on_a_screen_of_another_size_the_window_is_as_large_as_it_begins_and_divided_anew(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)
    first = create_window(small_experiment(), theme="light", settings=settings)
    begun, width = first.size(), first.docks["boundary"].width()
    first.actions_.answers.trigger()
    first.resize(500, 500)
    first.close()
    # Where Qt keeps how wide the screen was.
    geometry = bytearray(settings.value("geometry").data())
    geometry[46:50] = struct.pack(">i", 2 * first.screen().size().width())
    settings.setValue("geometry", QByteArray(bytes(geometry)))
    second = create_window(small_experiment(), theme="light", settings=settings)
    QApplication.processEvents()
    assert second.size() == begun
    assert abs(second.docks["boundary"].width() - width) < 12
    assert not second.docks["answers"].isHidden()
    second.close()


def test_a_dock_that_floats_goes_with_its_window_and_floats_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "nnviz.ini"), QSettings.Format.IniFormat)
    for is_floating in (False, True):
        window = create_window(small_experiment(), theme="light", settings=settings)
        dock = window.docks["setup"]
        assert dock.isFloating() == is_floating
        if not is_floating:
            dock.toggle_floating()
        assert dock.isVisible()
        # Of another window, which is closed first.
        settings.setValue("speed", "1")
        settings.setValue("theme", "dark")
        window.close()
        assert not dock.isVisible()
        assert (settings.value("speed"), settings.value("theme")) == ("1", "dark"), "nobody chose anything here"


def test_a_title_that_cannot_be_read_makes_the_buttons_give_way(window: MainWindow, qtbot: QtBot) -> None:
    bar, title = window.docks["boundary"].title_bar, window.boundary_view.header.title
    buttons = bar.float_button.parentWidget()
    room = bar.header.readable_width() + buttons.sizeHint().width()
    for width, hidden in ((room + 60, False), (room - 10, True)):
        window.resizeDocks([window.docks["boundary"]], [width], Qt.Orientation.Horizontal)
        qtbot.waitUntil(lambda width=width: abs(bar.width() - width) <= 2, timeout=5_000)
        qtbot.waitUntil(lambda hidden=hidden: buttons.isHidden() == hidden, timeout=5_000)
        qtbot.waitUntil(lambda: title.shown_text() in ("Decision boundary", "Boundary"), timeout=5_000)


def test_a_panel_is_made_when_it_is_first_opened_and_knows_then_what_all_know(open_window: OpenWindow) -> None:
    window = open_window()
    views = {name: dock.panel.view for name, dock in window.docks.items()}
    later = {name: view for name, view in views.items() if isinstance(view, Later) and view.made is None}
    assert set(views) - set(later) == {"setup", "boundary", "loss"}
    assert window.walls.later.made is window.races.later.made is None
    # A frame, other data, another theme and a hidden control pass over them without making one.
    window.step()
    show_another(window, data=DataSpec(name="blobs", parameters={"n_samples": 40}))
    window.set_theme(THEMES["dark"])
    window.teacher_view.set_hidden(("answers.confusion_content", "warp.walk", "runs.close"))
    assert not any(each.made for each in later.values())
    # It is opened by its action, by a script that asks for it, and by an arrangement in which it was open.
    window.actions_.insights.warp.trigger()
    warp = window.insights.warp
    assert later["warp"].made is warp
    assert warp.parentWidget() is window.docks["warp"]
    assert warp.walk.isHidden()
    assert warp.slider.maximum() > 0
    assert not window.docks["runs"].panel.is_made
    assert window.branches.panel is later["runs"].made
    assert window.docks["runs"].isHidden()
    assert window.docks["runs"].title_bar.hide_button.isHidden()
    health = window.docks["health"]
    # What another window has kept: past the method that makes the view.
    QDockWidget.setVisible(health, True)
    kept = window.layouts.arrangement()
    QDockWidget.setVisible(health, False)
    assert later["health"].made is None
    assert window.layouts.put_back(kept)
    assert health.isVisible()
    assert health.widget() is later["health"].made is window.insights.health.panel
    # The list of all that can be hidden has to name everything.
    names = {part.name for part in window.teacher_view.parts()}
    assert {"answers.confusion_content", "worked.walk", "challenge.copy", "wall.threshold", "race.plane"} <= names


def test_one_more_entry_of_the_table_is_a_dock_with_an_action_and_a_key(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    panels = MainWindow.panels

    def with_one_more(window: MainWindow) -> tuple[Panel, ...]:
        action, widget = QAction("More", window), QWidget()
        action.setCheckable(True)
        action.setShortcut("Ctrl+M")
        right = Qt.DockWidgetArea.RightDockWidgetArea
        more = Panel(
            "more", "More", widget, right, action, tab_of="loss", is_open=False, header=ViewHeader("More", widget)
        )
        return *panels(window), more

    monkeypatch.setattr(MainWindow, "panels", with_one_more)
    window = open_window()
    dock = window.docks["more"]
    action = dock.menu_action
    assert any(action in keyed_actions(menu) for menu in menus_in(window.menuBar()))
    assert dock.isHidden()
    action.trigger()
    assert not dock.isHidden()
    assert action.isChecked()
    dock.setFloating(True)
    window.actions_.layouts["present"].trigger()
    assert not dock.isFloating()
    assert dock in window.tabifiedDockWidgets(window.docks["loss"])
    window.teacher_view.set_hidden(("panel.more",))
    assert dock.isHidden()
    assert not action.isEnabled()


def test_answers_take_no_width_from_others_and_get_the_height_that_they_need_for_as_long_as_they_are_there(
    qtbot: QtBot,
) -> None:
    window = create_window(small_experiment(), theme="projector_light")
    window.resize(1280, 720)
    window.show_proportioned()
    QApplication.processEvents()
    boundary, loss, answers = (window.docks[name] for name in ("boundary", "loss", "answers"))
    width, height, of_map = boundary.width(), loss.height(), boundary.height()
    # Before anybody knows which pages suit the data.
    window.show_answers("rows")
    window.controller.wait_idle()
    qtbot.waitUntil(lambda: answers.is_seen)
    assert boundary.width() == width
    assert answers.height() > 0.38 * window.height() > height
    answers.close()
    qtbot.waitUntil(lambda: boundary.height() == of_map)
    assert loss.height() == height
    # Who divides them anew keeps that.
    window.show_answers("rows")
    window.resizeDocks([boundary, answers], [boundary.height() + 20, answers.height() - 20], Qt.Orientation.Vertical)
    QApplication.processEvents()
    chosen = boundary.height()
    answers.close()
    QApplication.processEvents()
    assert boundary.height() == chosen < of_map
    window.close()


def test_the_map_of_a_table_stays_to_be_seen_when_a_panel_opens_below_it(qtbot: QtBot) -> None:
    """On a small screen, with a row for the slice above the map and a sentence below it."""
    window = create_window(Experiment.load("wine"))
    window.resize(1280, 700)
    window.show_proportioned()
    window.controller.wait_idle()
    # With a timeline below it, and with a sentence on painting.
    window.actions_.paint.trigger()
    window.controller.step_epoch()
    window.controller.wait_idle()
    plot = window.boundary_view.plot
    for _ in range(3):
        QApplication.processEvents()
    before = plot.height()
    window.docks["weight"].open()
    qtbot.waitUntil(lambda: window.docks["weight"].is_seen)
    assert plot.height() >= min(before, 0.18 * window.height())
    window.docks["weight"].close()
    qtbot.waitUntil(lambda: plot.height() == before)
    window.close()
