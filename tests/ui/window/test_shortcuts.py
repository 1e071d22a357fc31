"""Keys: who gets them, and the help that is generated from them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLabel, QWhatsThis
from pytestqt.qtbot import QtBot

from nnviz.session.speeds import SPEEDS
from nnviz.ui.guide.controls import plain
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.shortcut_sheet import ShortcutSheet
from tests.ui.guide.guide_walk import read_the_guide

#: Offscreen windows have no order.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

EXPECTED = {
    "play": "Space",
    "step_epoch": "S",
    "step_batch": "Shift+S",
    "reset": "R",
    "new_weights": "N",
    "regenerate_data": "G",
    "fit": "F",
    "try_input": "T",
    "dark": "D",
    "projector": "F11",
    "shortcut_sheet": "Ctrl+F1",
    "whats_this": "Shift+F1",
}


def test_the_keys_are_the_agreed_ones(window: MainWindow) -> None:
    assert {name: getattr(window.actions_, name).shortcut().toString() for name in EXPECTED} == EXPECTED
    assert window.guide.open_guide.shortcut().toString() == "F1"
    assert [action.shortcut().toString() for action in window.actions_.speeds.values()] == list("1234567")


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    window.actions_.shortcut_sheet.trigger()
    sheet = window.findChild(ShortcutSheet)
    keys = [label.text() for label in sheet.findChildren(QLabel) if label.property("role") == "key"]
    assert len(keys) == len(set(keys)) >= len(EXPECTED) + len(SPEEDS) + 3
    assert set(EXPECTED.values()) <= set(keys)
    sheet.close()


def test_the_sheet_does_not_name_the_last_edit(window: MainWindow) -> None:
    window.actions_.new_weights.trigger()
    window.actions_.shortcut_sheet.trigger()
    texts = [label.text() for label in window.findChild(ShortcutSheet).findChildren(QLabel)]
    assert "Undo" in texts
    assert not [text for text in texts if "draw new weights" in text]


def test_digits_choose_the_speed(window: MainWindow, qtbot: QtBot) -> None:
    window.setFocus()
    for number, name in enumerate(SPEEDS, start=1):
        qtbot.keyClick(window, str(number))
        assert window.run_bar.speed == name
        assert window.actions_.speeds[name].isChecked()
    assert len(SPEEDS) == 7


def test_d_goes_from_light_to_dark_and_back(window: MainWindow, qtbot: QtBot) -> None:
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert window.theme.name == "dark"
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert window.theme.name == "light"


def test_single_keys_rest_in_the_diagram_until_escape(window: MainWindow, qtbot: QtBot) -> None:
    diagram = window.diagram_area.diagram
    window.activateWindow()
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(diagram, Qt.Key.Key_D)
    assert window.theme.name == "light"
    # Without its ring nobody walks the diagram any more, and the keys are the window's.
    qtbot.keyClick(diagram, Qt.Key.Key_Escape)
    qtbot.keyClick(diagram, Qt.Key.Key_D)
    assert window.theme.name == "dark"


def test_a_new_window_listens_to_single_keys_at_once(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_D)
    assert window.theme.name == "dark"


def test_single_keys_rest_in_an_editor(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    box = window.setup_panel.findChild(QComboBox)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_D)
    assert window.theme.name == "light"


def test_every_control_explains_itself(window: MainWindow, qtbot: QtBot) -> None:
    assert window.run_bar.play_button.whatsThis()
    window.help_actions.explain()
    for kind in (QAbstractButton, QComboBox, QAbstractSlider):
        for control in window.run_bar.findChildren(kind) + window.setup_panel.findChildren(kind):
            if control.toolTip():
                # What is about a concept links to that, too.
                assert plain(control.whatsThis()).startswith(plain(control.toolTip()))
    assert window.diagram_area.diagram.whatsThis()
    read_the_guide(window, qtbot)


def test_what_is_this_waits_for_a_click(window: MainWindow) -> None:
    window.actions_.whats_this.trigger()
    assert QWhatsThis.inWhatsThisMode()
    QWhatsThis.leaveWhatsThisMode()
