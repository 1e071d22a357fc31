"""Panels moved by the mouse: where they land, and that no sequence of moves ends the process."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.ui.widgets.view_header import ViewHeader
from nnviz.ui.window.dock_drag import DockDrag, part_of, side_of
from nnviz.ui.window.docks import Dock, Panel, add_docks

#: Offscreen windows have no order, and nobody else has the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


class Desk(QMainWindow):
    """A window with panels and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.setCentralWidget(QLabel("middle"))
        panels = [
            Panel(name, name.title(), QLabel(name), area, tab_of=tab_of, header=ViewHeader(name.title()))
            for name, area, tab_of in (
                ("setup", LEFT, ""),
                ("boundary", RIGHT, ""),
                ("loss", RIGHT, ""),
                ("answers", RIGHT, "loss"),
            )
        ]
        self.docks = add_docks(self, panels, LIGHT)
        self.drag = DockDrag(self, self.docks)
        self.resize(1200, 700)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    desk = Desk()
    qtbot.addWidget(desk)
    desk.show()
    qtbot.waitExposed(desk)
    desk.resizeDocks([desk.docks["setup"], desk.docks["boundary"]], [300, 400], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    return desk


def send(widget: QWidget, kind: QEvent.Type, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Send what a real mouse would, at the global position `at`."""
    up, move = kind == QEvent.Type.MouseButtonRelease, kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if move else Qt.MouseButton.LeftButton
    buttons = Qt.MouseButton.NoButton if up else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, QPointF(widget.mapFromGlobal(at)), QPointF(at), button, buttons, modifiers)
    QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget,
    start: QPoint,
    end: QPoint,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    steps: int = 4,
    let_go: bool = True,
) -> None:
    send(widget, QEvent.Type.MouseButtonPress, start, modifiers)
    for step in range(1, steps + 1):
        send(widget, QEvent.Type.MouseMove, start + (end - start) * step / steps, modifiers)
    if let_go:
        send(widget, QEvent.Type.MouseButtonRelease, end, modifiers)
        # The panel moves after the event, and its neighbours after that.
        for _ in range(3):
            QApplication.processEvents()


def grip(dock: Dock) -> QPoint:
    return dock.title_bar.mapToGlobal(QPoint(30, 6))


def inside(widget: QWidget, x: float, y: float) -> QPoint:
    """Return the global position at the shares `x` and `y` of the size of `widget`."""
    return widget.mapToGlobal(QPoint(round(x * widget.width()), round(y * widget.height())))


def tab_of(desk: Desk, title: str) -> tuple[QTabBar, QPoint]:
    for bar in desk.findChildren(QTabBar):
        for index in range(bar.count()):
            if bar.tabText(index) == title:
                return bar, bar.mapToGlobal(bar.tabRect(index).center())
    raise AssertionError(title)


@pytest.mark.parametrize(
    ("x", "y", "where"),
    [(0.05, 0.5, "left"), (0.95, 0.5, "right"), (0.5, 0.06, "top"), (0.5, 0.94, "bottom"), (0.5, 0.5, "tab")],
)
def test_a_panel_lands_beside_or_behind_another_one(desk: Desk, x: float, y: float, where: str) -> None:
    setup, boundary = desk.docks["setup"], desk.docks["boundary"]
    drag(setup.title_bar, grip(setup), inside(boundary, x, y))
    assert not setup.isFloating()
    mine, other = setup.geometry(), boundary.geometry()
    if where == "tab":
        assert setup in desk.tabifiedDockWidgets(boundary)
        assert setup.is_seen
        return
    assert {
        "left": mine.right() < other.left(),
        "right": mine.left() > other.right(),
        "top": mine.bottom() < other.top(),
        "bottom": mine.top() > other.bottom(),
    }[where]


def test_a_place_with_tabs_keeps_them_when_a_panel_comes_beside_it(desk: Desk) -> None:
    setup, loss, answers = desk.docks["setup"], desk.docks["loss"], desk.docks["answers"]
    drag(setup.title_bar, grip(setup), inside(answers, 0.04, 0.5))
    assert desk.tabifiedDockWidgets(loss) == [answers]
    assert setup.geometry().right() < answers.geometry().left()


def test_a_panel_goes_along_a_side_of_the_window(desk: Desk) -> None:
    setup, middle = desk.docks["setup"], desk.centralWidget()
    drag(setup.title_bar, grip(setup), inside(middle, 0.5, 0.95))
    assert desk.dockWidgetArea(setup) == Qt.DockWidgetArea.BottomDockWidgetArea
    assert not setup.isFloating()


def test_a_panel_floats_where_there_is_nothing_to_join_and_with_ctrl_everywhere(desk: Desk) -> None:
    setup, boundary = desk.docks["setup"], desk.docks["boundary"]
    end = inside(desk.centralWidget(), 0.5, 0.5)
    drag(setup.title_bar, grip(setup), end)
    assert setup.isFloating()
    assert setup.frameGeometry().contains(end)
    drag(boundary.title_bar, grip(boundary), inside(desk.docks["loss"], 0.5, 0.5), Qt.KeyboardModifier.ControlModifier)
    assert boundary.isFloating()


def test_a_floating_panel_follows_the_mouse_and_can_be_put_back(desk: Desk) -> None:
    setup, boundary = desk.docks["setup"], desk.docks["boundary"]
    setup.toggle_floating()
    setup.move(50, 60)
    drag(setup.title_bar, grip(setup), grip(setup) + QPoint(40, 30), Qt.KeyboardModifier.ControlModifier)
    assert setup.pos() == QPoint(90, 90)
    drag(setup.title_bar, grip(setup), inside(boundary, 0.5, 0.94))
    assert not setup.isFloating()
    assert setup.geometry().top() > boundary.geometry().bottom()


def test_a_panel_is_dragged_by_its_tab_and_a_click_on_it_still_chooses(desk: Desk) -> None:
    loss, answers = desk.docks["loss"], desk.docks["answers"]
    bar, at = tab_of(desk, "Loss")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.mapFromGlobal(at))
    assert loss.is_seen
    bar, at = tab_of(desk, "Answers")
    drag(bar, at, inside(desk.docks["setup"], 0.5, 0.95), steps=6)
    assert desk.tabifiedDockWidgets(loss) == []
    assert answers.geometry().top() > desk.docks["setup"].geometry().bottom()


def test_esc_gives_a_drag_up_and_the_band_shows_where_it_would_end(desk: Desk) -> None:
    setup, boundary = desk.docks["setup"], desk.docks["boundary"]
    before = desk.saveState()
    drag(setup.title_bar, grip(setup), inside(boundary, 0.5, 0.95), let_go=False)
    assert desk.drag.band.isVisible()
    assert boundary.geometry().contains(desk.drag.band.geometry().center())
    QTest.keyClick(setup.title_bar, Qt.Key.Key_Escape)
    assert not desk.drag.band.isVisible()
    assert not desk.drag.is_dragging
    QTest.mouseRelease(setup.title_bar, Qt.MouseButton.LeftButton)
    assert desk.saveState() == before


def test_a_double_click_on_the_title_floats_and_one_on_the_content_does_not(desk: Desk) -> None:
    setup = desk.docks["setup"]
    QTest.mouseDClick(setup.title_bar, Qt.MouseButton.LeftButton, pos=QPoint(30, 6))
    QApplication.processEvents()
    assert setup.isFloating()
    QTest.mouseDClick(setup.panel.widget, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert setup.isFloating()


@pytest.mark.parametrize("seed", range(2))
def test_no_sequence_of_moves_ends_the_process(desk: Desk, seed: int) -> None:
    random_ = random.Random(seed)
    docks, states = list(desk.docks.values()), [desk.saveState()]

    def somewhere() -> QPoint:
        return inside(desk, random_.uniform(-0.1, 1.1), random_.uniform(-0.1, 1.1))

    for _ in range(200):
        dock = random_.choice(docks)
        match random_.choice(("title", "title", "tab", "float", "hide", "save", "restore", "rebuild")):
            case "title" if dock.is_seen:
                drag(dock.title_bar, grip(dock), somewhere())
            case "tab":
                bars = [bar for bar in desk.findChildren(QTabBar) if bar.isVisible() and bar.count()]
                for bar in bars[:1]:
                    tab = bar.tabRect(random_.randrange(bar.count())).center()
                    drag(bar, bar.mapToGlobal(tab), somewhere())
            case "float":
                dock.toggle_floating()
            case "hide":
                dock.setVisible(not dock.isVisible())
            case "save":
                states.append(desk.saveState())
            case "restore":
                assert desk.restoreState(random_.choice(states))
            case "rebuild":
                for each in docks:
                    each.setFloating(False)
                    desk.removeDockWidget(each)
                    desk.addDockWidget(each.panel.area, each)
                    each.show()
        if random_.random() < 0.5:
            QApplication.processEvents()
    desk.restoreState(states[0])
    assert all(not dock.isFloating() for dock in docks)


def test_sides_and_strips() -> None:
    rect = QRect(100, 200, 400, 300)
    assert side_of(rect, QPoint(110, 350), 0.25) == "left"
    assert side_of(rect, QPoint(300, 490), 0.25) == "bottom"
    assert side_of(rect, QPoint(300, 350), 0.25) == ""
    assert part_of(rect, "right", 0.5) == QRect(300, 200, 200, 300)
    assert part_of(rect, "top", 0.5) == QRect(100, 200, 400, 150)
