"""One screen: F11 in and out keeps everything, its console slides in at the top edge, and the stage keeps its views."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSettings, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.experiment.schema import DataSpec
from nnviz.ui.answers.draw_page import DrawPage
from nnviz.ui.stage.sliding_console import Does
from nnviz.ui.stage.veil import Tool
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.present_actions import VIEWS, PresentActions
from tests.ui.conftest import OpenWindow

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def _kept(window: MainWindow) -> tuple[object, ...]:
    area = window.diagram_area
    return (
        window.theme,
        window.theme_choice,
        area.diagram.selected,
        window.actions_.try_input.isChecked(),
        area.probe.isVisible(),
        {name: dock.isVisible() for name, dock in window.docks.items()},
        window.marks.rows.first,
    )


def _places(window: MainWindow) -> dict[str, QRect]:
    return {name: dock.geometry() for name, dock in window.docks.items() if dock.is_seen}


def test_entering_and_leaving_keep_everything(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(data=DataSpec(name="digits8x8"))
    window.show()
    window.show_proportioned()
    # With a past from the start: the strip that tells of it stays wherever one goes.
    window.step()
    window.controller.wait_idle()
    window.show_answers("draw")
    page = window.answers_panel.page
    assert isinstance(page, DrawPage)
    pad = page.pad
    pad.stroke([(0.3, 0.2), (0.6, 0.5), (0.4, 0.8)])
    window.marks.set_one(("train", 3))
    window.diagram_area.diagram.select((1, 1))
    QApplication.processEvents()
    before, places, ink = _kept(window), _places(window), pad.ink.copy()
    window.actions_.projector.trigger()
    QApplication.processEvents()
    assert window.theme.projected
    one = window.stage.one_screen
    qtbot.waitUntil(lambda: one.edge is not None and one.edge.width() == window.width())
    _the_console_slides(window)
    _its_tools_act_on_the_window(window)
    window.actions_.projector.trigger()
    qtbot.waitUntil(lambda: _places(window) == places)
    assert _kept(window) == before
    assert pad.ink.canvas == ink.canvas
    assert one.console is not None
    assert one.edge is not None
    assert one.console.isHidden()
    assert one.edge.isHidden()
    _the_stage_shows_answers_and_keeps_its_views(window)


def _the_console_slides(window: MainWindow) -> None:
    """The mouse at the top edge lets it in, and it goes with the mouse; F10 does both, for the keyboard."""
    one = window.stage.one_screen
    assert one.console is not None
    assert one.edge is not None
    assert one.console.isHidden()
    place = QPointF(300.0, 1.0)
    QApplication.sendEvent(one.edge, QEnterEvent(place, place, place))
    assert one.console.is_in
    assert one.console.isVisible()
    one.console._slide.setCurrentTime(one.console._slide.duration())
    assert one.console.pos() == QPoint(0, 0)
    # The first time, too.
    assert one.console.height() >= one.console.sizeHint().height()
    QTest.keyClick(window, Qt.Key.Key_F10)
    assert not one.console.is_in
    one.console._slide.setCurrentTime(one.console._slide.duration())
    assert one.console.isHidden()
    QTest.keyClick(window, Qt.Key.Key_F10)
    # The mouse was over it, and is elsewhere: the keyboard keeps it in.
    QApplication.sendEvent(one.console, QEvent(QEvent.Type.Leave))
    assert one.console.is_in
    # Whether the window is the active one or not.
    assert window.focusWidget() is one.console.buttons[Does.ON]
    epoch = window.epoch
    one.console.buttons[Does.ON].click()
    window.controller.wait_idle()
    assert window.epoch == epoch + 1
    one.console.buttons[Does.BACK].click()
    window.controller.wait_idle()
    window.controller.timeline.go_to_present()
    window.controller.wait_idle()
    one.show_step("what follows", "")
    assert "what follows" in one.console.next_step.text()
    assert one.console.notes.isHidden()


def _its_tools_act_on_the_window(window: MainWindow) -> None:
    one = window.stage.one_screen
    assert one.console is not None
    veil = one.console.veil
    one.console.pen.click()
    assert veil.tool is Tool.PEN
    assert veil.geometry() == window.rect()
    QTest.mousePress(veil, Qt.MouseButton.LeftButton, pos=QPoint(200, 400))
    veil.point(QPointF(0.5, 0.6), pressed=True)
    QTest.mouseRelease(veil, Qt.MouseButton.LeftButton, pos=QPoint(500, 400))
    assert len(veil.strokes) == 1
    one.console.spotlight.click()
    assert (veil.tool, one.console.pen.isChecked()) == (Tool.SPOTLIGHT, False)
    one.console.wipe.click()
    assert veil.strokes == []
    one.console.buttons[Does.BLANK].click()
    assert window.projector.curtain.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert not window.projector.curtain.isVisible()


def _the_stage_shows_answers_and_keeps_its_views(window: MainWindow) -> None:
    """The answers are asked for only as long as the stage shows them; another window begins with the same views."""
    settings = QSettings("nnviz", "one screen")
    actions = PresentActions(window.state, window.controller, window.actions_, LIGHT, window, settings)
    actions.presentation.toggled.connect(actions._on_stage_changed)
    actions.presentation.toggled.disconnect(actions._on_toggled)
    led = actions.presentation
    assert led.views != ("answers",)
    led.views = ("answers",)
    led.present(None)
    prepared = window.controller.prepared
    assert prepared is not None
    led.show_prepared(prepared)
    window.docks["answers"].close()
    window.controller.step_epoch()
    window.controller.wait_idle()
    frame = window.controller.frame
    assert frame is not None
    assert frame.answers_train is not None
    led.show_frame(frame)
    assert led.stage is not None
    led.stage.resize(900, 700)
    QApplication.processEvents()
    picture = led.stage.tile("answers").grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 9) for y in range(100, 600, 9)}
    assert len(colours) > 8
    led.leave()
    window.controller.step_epoch()
    window.controller.wait_idle()
    frame = window.controller.frame
    assert frame is not None
    assert frame.answers_train is None
    assert settings.value(VIEWS) in (["answers"], "answers")
    again = PresentActions(window.state, window.controller, window.actions_, LIGHT, window, settings)
    assert again.presentation.views == ("answers",)
