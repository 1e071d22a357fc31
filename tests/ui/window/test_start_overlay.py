"""The introduction at the first start: shown once, beside its places, ended by doing its steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app import create_window
from nnviz.experiment.document import load_document
from nnviz.experiment.schema import DataSpec, LayerSpec
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.start_overlay import STARTED_KEY, StartOverlay, introduce_once
from tests.ui.conftest import OpenWindow


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_three_steps_are_shown_once(open_window: OpenWindow, settings: QSettings) -> None:
    window = open_window()
    overlay = introduce_once(window, settings)
    assert overlay is not None
    assert overlay.isVisible()
    assert window.rect().contains(overlay.geometry())
    assert settings.value(STARTED_KEY, False, bool)
    assert introduce_once(open_window(), settings) is None


@pytest.mark.usefixtures("qapp")
def test_a_lesson_opened_by_name_shows_its_notes_and_not_the_introduction(settings: QSettings) -> None:
    window = create_window(load_document("source-e"))
    try:
        assert introduce_once(window, settings, is_named=True) is None
        assert not settings.value(STARTED_KEY, False, bool)
        assert window.notes_bar.isVisible()
        assert window.notes_bar.text.text().startswith("F(x, y, z)")
    finally:
        window.close()


def test_doing_the_steps_ends_the_introduction(window: MainWindow, settings: QSettings, qtbot: QtBot) -> None:
    overlay = introduce_once(window, settings)
    assert overlay is not None
    assert overlay.step == 0
    experiment = window.state.experiment
    window.state.edit(experiment.edited(data=DataSpec(name="moons")), "change data set")
    assert overlay.step == 1
    experiment = window.state.experiment
    hidden = (*experiment.network.hidden, LayerSpec(units=2))
    window.state.edit(experiment.edited(network=experiment.network.edited(hidden=hidden)), "add hidden layer")
    assert overlay.step == 2
    with qtbot.waitSignal(overlay.destroyed, timeout=5_000):
        window.play()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_the_card_never_covers_its_place(
    window: MainWindow, settings: QSettings, size: tuple[int, int], qtbot: QtBot
) -> None:
    window.resize(*size)
    overlay = introduce_once(window, settings)
    assert overlay is not None
    for _ in range(3):
        overlay.place()
        target = overlay.target
        assert target is not None
        seen = target.visibleRegion().boundingRect()
        seen.moveTopLeft(target.mapTo(window, seen.topLeft()))
        inner = overlay.geometry().adjusted(13, 13, 0, 0)
        assert not inner.intersects(seen)
        assert window.rect().contains(overlay.geometry())
        overlay.next_button.click()


def test_the_introduction_is_closed_by_its_cross(window: MainWindow, settings: QSettings, qtbot: QtBot) -> None:
    overlay = introduce_once(window, settings)
    assert overlay is not None
    with qtbot.waitSignal(overlay.destroyed, timeout=5_000):
        overlay.close_button.click()


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_introduction_leaves_the_set_up_where_it_was(
    window: MainWindow, settings: QSettings, qtbot: QtBot, by_hand: bool
) -> None:
    window.resize(1280, 640)
    bar = window.setup_panel.scroll_area.verticalScrollBar()
    overlay = introduce_once(window, settings)
    assert overlay is not None
    overlay.next_button.click()
    qtbot.waitUntil(lambda: bar.value() > 0)
    if by_hand:
        bar.setValue(bar.value() + 20)
    place = bar.value()
    overlay.next_button.click()
    assert bar.value() == (place if by_hand else 0)
    overlay.close_button.click()
    assert bar.value() == (place if by_hand else 0)


# Offscreen windows have no order.
@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_escape_ends_it_and_the_help_menu_shows_it_again(window: MainWindow, settings: QSettings, qtbot: QtBot) -> None:
    overlay = introduce_once(window, settings)
    assert overlay is not None
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    window.actions_.introduction.trigger()
    (again,) = [each for each in window.findChildren(StartOverlay) if each.isVisible()]
    assert again.step == 0

    again.next_button.click()
    QApplication.processEvents()
    diagram = window.diagram_area.diagram
    corner = diagram.mapTo(window, QPoint(0, 0))
    controls = [rect.toRect().translated(corner) for _, rect in diagram.geometry_.controls]
    assert not any(again.geometry().intersects(rect) for rect in controls), "the text speaks of + and −"
    # The last card offers the lessons, and has done its work then.
    assert not again.lessons_button.isVisible()
    again.next_button.click()
    assert again.lessons_button.isVisible()
    again.lessons_button.click()
    assert window.lessons.list is not None
    assert window.lessons.list.isVisible()
    assert not again.isVisible()
