"""The projector view: in, out, and every key that a clicker sends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import THEMES, projector_theme
from nnviz.ui.window.main_window import MainWindow
from tests.ui.painted_text import painted_text

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


@pytest.fixture
def projected(window: MainWindow) -> MainWindow:
    """The window in the projector view."""
    window.show_proportioned()
    window.actions_.projector.trigger()
    return window


def test_the_chrome_goes_and_comes_back(projected: MainWindow, qtbot: QtBot) -> None:
    window = projected
    chrome = (
        window.menuBar(),
        window.docks["setup"],
        window.run_bar.play_button,
        window.run_bar.speed_slider,
        window.diagram_area.header,
        window.docks["boundary"].title_bar.hide_button,
        window.loss_view.footer.slider,
    )
    assert window.isFullScreen()
    assert window.theme.name == "projector_light"
    assert not any(part.isVisible() for part in chrome)
    assert window.run_bar.epoch.isVisible()
    assert window.boundary_view.isVisible()
    assert window.loss_view.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.projector.is_active
    assert not window.actions_.projector.isChecked()
    assert not window.isFullScreen()
    assert window.theme.name == "light"
    assert window.theme_choice == "light"
    qtbot.waitUntil(lambda: all(part.isVisible() for part in chrome))


@pytest.mark.parametrize(("choice", "height"), [("light", 2160), ("dark", 1080)])
def test_it_stays_light_or_dark_and_its_type_grows_with_the_screen(
    window: MainWindow, qtbot: QtBot, choice: str, height: int
) -> None:
    if choice == "dark":
        window.actions_.dark.trigger()
    window.show_answers("confusion")
    window.actions_.try_input.trigger()
    window.actions_.projector.trigger()
    QApplication.processEvents()
    window.resize(height * 16 // 9, height)
    qtbot.waitUntil(lambda: window.theme == projector_theme(dark=choice == "dark").for_height(height))
    window.controller.wait_idle()
    for dock in ("answers", "loss"):
        window.docks[dock].raise_()
        QApplication.processEvents()
        sizes = painted_text(window, window.theme)
        assert {"epoch", "x₁"} <= sizes.keys()
        assert {text: size for text, size in sizes.items() if size < 0.022 * height} == {}
    # The other look is for the wall and for the desk afterwards.
    window.actions_.dark.trigger()
    assert window.theme.projected
    assert window.theme.dark == (choice == "light")
    window.actions_.projector.trigger()
    assert window.theme is THEMES["dark" if choice == "light" else "light"]


def test_every_key_of_a_clicker_does_what_it_says_and_loses_nothing(projected: MainWindow, qtbot: QtBot) -> None:
    projected.resize(1920, 1080)
    assert projected.run_bar.hint.isVisible()
    qtbot.keyClick(projected, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: projected.epoch == 1, timeout=10_000)
    assert not projected.run_bar.hint.isVisible(), "it goes with the first key"
    run_id = projected.controller.run_id
    qtbot.keyClick(projected, Qt.Key.Key_PageUp)
    line = projected.controller.timeline
    qtbot.waitUntil(lambda: projected.epoch == 0, timeout=5_000)
    assert (projected.controller.run_id, line.epoch, line.last) == (run_id, 0, 1)
    qtbot.keyClick(projected, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: projected.epoch == 1, timeout=5_000)
    assert not line.is_past
    # A clicked diagram does not swallow them.
    projected.diagram_area.diagram.setFocus()
    qtbot.keyClick(projected.diagram_area.diagram, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: projected.epoch == 2, timeout=5_000)
    blanks_and_comes_back(projected, qtbot)
    qtbot.keyClick(projected, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: projected.epoch >= 4, timeout=10_000)
    assert projected.is_training
    qtbot.keyClick(projected, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not projected.is_training, timeout=5_000)
    with qtbot.waitSignal(projected.closed, timeout=5_000):
        projected.close()
    assert projected.theme_choice == "light"


def blanks_and_comes_back(projected: MainWindow, qtbot: QtBot) -> None:
    """A period makes the screen black; the next key or click only brings it back."""
    curtain, epoch = projected.projector.curtain, projected.epoch
    qtbot.keyClick(projected, Qt.Key.Key_Period)
    assert curtain.isVisible()
    assert curtain.geometry() == projected.rect()
    assert projected.grab().toImage().pixelColor(40, 40).lightness() == 0
    qtbot.keyClick(projected, Qt.Key.Key_PageDown)
    assert not curtain.isVisible()
    assert projected.epoch == epoch
    qtbot.keyClick(projected, Qt.Key.Key_Period)
    qtbot.mouseClick(curtain, Qt.MouseButton.LeftButton)
    assert not curtain.isVisible()


def test_the_arrangement_before_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Period)
    assert not window.projector.curtain.isVisible(), "keys of the projector rest outside of it"
    window.actions_.layouts["inspect"].trigger()
    window.actions_.projector.trigger()
    window.actions_.projector.trigger()
    assert not window.docks["setup"].isVisible()
    assert window.docks["loss"] in window.tabifiedDockWidgets(window.docks["boundary"])


def test_answers_that_are_seen_stay_in_front_and_get_more_room(window: MainWindow, qtbot: QtBot) -> None:
    window.show_proportioned()
    window.show_answers("confusion")
    qtbot.waitUntil(lambda: window.docks["answers"].is_seen)
    window.actions_.projector.trigger()
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: window.docks["answers"].is_seen)
    qtbot.waitUntil(lambda: window.docks["boundary"].height() < 0.62 * window.centralWidget().height())
    window.docks["loss"].raise_()
    qtbot.waitUntil(lambda: window.docks["boundary"].height() > 0.64 * window.centralWidget().height())
    window.docks["answers"].raise_()
    qtbot.waitUntil(lambda: window.docks["boundary"].height() < 0.62 * window.centralWidget().height())
    # So does whatever else is read there; the comparison of costs then stands on one screen.
    window.docks["loss"].raise_()
    qtbot.waitUntil(lambda: window.docks["boundary"].height() > 0.64 * window.centralWidget().height())
    window.actions_.worked.trigger()
    qtbot.waitUntil(lambda: window.docks["boundary"].height() < 0.62 * window.centralWidget().height())
    panel = window.worked.panel
    qtbot.waitUntil(lambda: window.worked.model.worked is not None)
    panel.tabs["costs"].click()
    qtbot.waitUntil(lambda: panel.sheet.verticalScrollBar().maximum() == 0)
