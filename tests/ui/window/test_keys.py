"""Who has a key: single keys act after any click, numbers get their digits, and the innermost wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QGraphicsView,
    QLabel,
    QScrollBar,
    QTabBar,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnviz.app import create_window
from nnviz.drawing.theme import LIGHT
from nnviz.ui.answers.confusion_matrix import ConfusionMatrix
from nnviz.ui.answers.drawing_pad import DrawingPad
from nnviz.ui.form.number_field import NumberField
from nnviz.ui.network.diagram_view import DiagramView
from nnviz.ui.window.main_window import MainWindow
from tests.ui.conftest import small_experiment

OpenWindow = Callable[..., MainWindow]
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
CLICKED = (
    *(QAbstractButton, QAbstractSlider, QComboBox, QGraphicsView, QLabel, QTabBar, QTableView),
    *(ConfusionMatrix, DiagramView),
)
#: Offscreen windows have no order, and popups do not get all keys.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)", extend=True)


def clickable(root: QWidget) -> Iterator[QWidget]:
    """Yield everything that is seen of `root` and can be clicked, but for what is typed into."""
    for widget in root.findChildren(QWidget):
        is_seen = widget.isVisible() and not widget.visibleRegion().isEmpty()
        if is_seen and isinstance(widget, CLICKED) and not isinstance(widget, QScrollBar):
            yield widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def close_popup() -> None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def click(widget: QWidget) -> None:
    """Click `widget` without what it does, and close the list or menu that it opens."""
    widget.blockSignals(True)
    action = widget.defaultAction() if isinstance(widget, QToolButton) else None
    if action is not None:
        action.blockSignals(True)
    timer = QTimer(interval=0)
    timer.timeout.connect(close_popup)
    timer.start()
    target = widget.viewport() if isinstance(widget, QGraphicsView | QTableView) else widget
    QTest.mouseClick(target, LEFT, pos=widget.visibleRegion().boundingRect().center())
    if isinstance(widget, QComboBox):
        widget.hidePopup()
        widget.window().activateWindow()
    QApplication.processEvents()
    timer.stop()
    widget.blockSignals(False)
    if action is not None:
        action.blockSignals(False)


def test_space_plays_after_a_click_on_anything(window: MainWindow) -> None:
    window.show_proportioned()
    window.show_answers("rows")
    window.actions_.paint.trigger()
    window.activateWindow()
    window.controller.wait_idle()
    played: list[bool] = []
    window.actions_.play.triggered.disconnect(window.past.toggle)
    window.actions_.play.triggered.connect(lambda: played.append(True))
    tried = 0
    for page, root in (("rows", window), ("confusion", window.answers_panel)):
        window.show_answers(page)
        window.controller.wait_idle()
        field = window.findChild(NumberField)
        for widget in list(clickable(root)):
            # An earlier click may have painted a point, which makes other rows in the set-up.
            if not isValid(widget) or not widget.isVisible():
                continue
            # What was typed into before is left by any click.
            field.setFocus()
            click(widget)
            press(Qt.Key.Key_Space)
            tried += 1
            what = f"{type(widget).__name__} “{widget.accessibleName()}” “{widget.toolTip()[:40]}”"
            assert len(played) == tried, f"after a click on {what} the keys are with {QApplication.focusWidget()}"
    assert tried > 80


def test_tab_goes_on_from_the_last_click(window: MainWindow) -> None:
    window.activateWindow()
    window.setFocus()
    section, handle = window.setup_panel.training_section, window.windowHandle()
    window.setup_panel.scroll_area.ensureWidgetVisible(section)
    QApplication.processEvents()
    # A heading takes no focus itself; the controls below it come next, and the one above it before.
    place = section.title.mapTo(window, section.title.rect().center())
    QTest.mouseClick(handle, LEFT, pos=place)
    assert QApplication.focusWidget() is window.docks["setup"]
    press(Qt.Key.Key_Tab)
    first = QApplication.focusWidget()
    assert section.isAncestorOf(first)
    press(Qt.Key.Key_Tab)
    assert section.isAncestorOf(QApplication.focusWidget())
    assert QApplication.focusWidget() is not first
    # A button gives the keys back, and the walk goes on behind it.
    window.setFocus()
    button = window.run_bar.findChild(QToolButton)
    QTest.mouseClick(handle, LEFT, pos=button.mapTo(window, button.rect().center()))
    window.controller.wait_idle()
    press(Qt.Key.Key_Tab)
    assert window.run_bar.isAncestorOf(QApplication.focusWidget())


def test_the_diagram_has_the_keys_only_while_it_is_walked(window: MainWindow) -> None:
    window.activateWindow()
    diagram, answers = window.diagram_area.diagram, window.docks["answers"]
    place = diagram.geometry_.unit_rect((1, 1)).center().toPoint()
    QTest.mouseClick(diagram, LEFT, pos=place)
    assert (diagram.selected, diagram.focus) == ((1, 1), None)
    press(Qt.Key.Key_A)
    assert answers.isVisible()
    # An arrow key begins the walk at what is open; now letters rest, and Space opens.
    press(Qt.Key.Key_Up)
    assert diagram.focus == (1, 0)
    press(Qt.Key.Key_A)
    press(Qt.Key.Key_Space)
    assert answers.isVisible()
    assert diagram.selected == (1, 0)
    window.actions_.projector.trigger()
    press(Qt.Key.Key_Down)
    window.actions_.projector.trigger()
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    assert diagram.focus is not None
    QTest.mouseClick(diagram, LEFT, pos=QPoint(3, 3))
    assert diagram.focus is None
    press(Qt.Key.Key_Space)
    assert window.is_training
    window.pause()


def test_clicks_and_keys_before_the_first_frame_do_no_harm(qapp: QApplication) -> None:
    window = create_window(small_experiment(), theme="light")
    diagram = window.diagram_area.diagram
    assert window.controller.frame is None
    QTest.mouseMove(diagram, QPoint(50, 50))
    QTest.mouseClick(diagram, LEFT, pos=QPoint(90, 90))
    QTest.mouseDClick(diagram, LEFT, pos=QPoint(90, 90))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Plus, Qt.Key.Key_Escape, Qt.Key.Key_F, Qt.Key.Key_T):
        QTest.keyClick(diagram, key)
    window.controller.wait_idle()
    window.close()


def test_an_input_that_is_tried_keeps_its_digits_and_stays_in_force(window: MainWindow) -> None:
    window.activateWindow()
    window.setFocus()
    area, speed = window.diagram_area, window.run_bar.speed
    press(Qt.Key.Key_T)
    for keys in ("2.5", "\t", "-3", "\t"):
        for letter in keys:
            QTest.keyClick(QApplication.focusWidget(), letter if letter != "\t" else Qt.Key.Key_Tab)
    assert area.probe.values == (2.5, -3.0)
    assert window.run_bar.speed == speed
    window.controller.wait_idle()
    assert window.controller.frame.probe.raw == (2.5, -3.0)
    # A unit that is opened covers the card; the example stays in force, and the card comes back.
    area.diagram.select((1, 0))
    window.controller.wait_idle()
    assert area.inspector.isVisible()
    assert not area.probe.isVisible()
    assert window.controller.frame.probe.raw == (2.5, -3.0)
    window.actions_.try_input.trigger()
    assert area.probe.isVisible()
    assert area.diagram.selected is None
    area.diagram.select((1, 0))
    window.actions_.projector.trigger()
    window.controller.wait_idle()
    assert window.controller.frame.probe.raw == (2.5, -3.0)
    assert area.diagram.selected == (1, 0)
    assert area.inspector.isVisible()
    window.actions_.projector.trigger()
    assert area.diagram.selected == (1, 0)
    area.close_card()
    assert area.probe.isVisible()
    assert area.probe.values == (2.5, -3.0)
    area.close_card()
    window.controller.wait_idle()
    assert window.controller.frame.probe is None


def test_undo_belongs_to_the_drawing_while_it_has_the_focus(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    undone: list[bool] = []
    undo = QAction(window, shortcut=QKeySequence.StandardKey.Undo)
    undo.triggered.connect(lambda: undone.append(True))
    window.addAction(undo)
    pad = DrawingPad(LIGHT, window)
    QVBoxLayout(window).addWidget(pad)
    window.resize(200, 200)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    for place in (QPoint(40, 40), QPoint(90, 90)):
        QTest.mouseClick(pad, LEFT, pos=place)
    two = pad.ink.fine.copy()
    press(Qt.Key.Key_Z, CONTROL)
    one = pad.ink.fine.copy()
    assert 0 < one.sum() < two.sum()
    press(Qt.Key.Key_Y, CONTROL)
    assert (pad.ink.fine == two).all()
    pad.clear()
    for _ in range(4):
        press(Qt.Key.Key_Z, CONTROL)
    assert pad.ink.is_empty
    assert not undone
