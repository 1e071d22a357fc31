"""What somebody stumbled over who used the window for the first time, with the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QCursor, QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.experiment.schema import DataSpec
from nnviz.ui.timeline.track import Track
from nnviz.ui.window.main_window import MainWindow
from nnviz.ui.window.shortcut_sheet import ShortcutSheet
from nnviz.ui.window.start_overlay import introduce_once
from tests.ui.conftest import OpenWindow, show_another

#: Offscreen windows have no order, and popups do not get all keys.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)", extend=True)


def focus_in(window: MainWindow, reason: Qt.FocusReason) -> None:
    """Give the keys to the menu bar, as Qt does."""
    window.setFocus()
    window.menuBar().setFocus(reason)
    # A window that is not in front, as offscreen, is told of no focus.
    if QApplication.focusWidget() is not window.menuBar():
        QApplication.sendEvent(window.menuBar(), QFocusEvent(QEvent.Type.FocusIn, reason))


def test_a_menu_used_by_mouse_does_not_keep_the_keys(window: MainWindow, qtbot: QtBot) -> None:
    bar = window.menuBar()
    # Esc closes a menu that was opened by a click: Qt gives its bar the keys then.
    press = window.menuBar().actionGeometry(window.menuBar().actions()[0]).center()
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=press)
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=press)
    focus_in(window, Qt.FocusReason.MenuBarFocusReason)
    qtbot.waitUntil(lambda: window.focusWidget() is not bar)
    # Once another window has been in front, Esc would be dead until the next click.
    focus_in(window, Qt.FocusReason.ActiveWindowFocusReason)
    qtbot.waitUntil(lambda: window.focusWidget() is not bar)
    # Who comes by Alt stays.
    focus_in(window, Qt.FocusReason.MenuBarFocusReason)
    QApplication.processEvents()
    assert window.focusWidget() is bar


def test_a_panel_that_is_closed_gives_the_keys_to_no_button(window: MainWindow, qtbot: QtBot) -> None:
    window.docks["answers"].open()
    table = window.answers_panel.pages["rows"].table
    table.setFocus()
    assert window.focusWidget() is table
    window.docks["answers"].hide()
    QApplication.processEvents()
    assert window.focusWidget() is window, "Space would press whatever button came next"


def test_the_first_card_points_at_the_pictures(window: MainWindow, tmp_path) -> None:  # type: ignore[no-untyped-def]
    overlay = introduce_once(window, QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    assert overlay is not None
    gallery = window.setup_panel.data_section.gallery
    # A message above the layers moves the card, not what it speaks of.
    window.message_bar.show_message("info", "Something was said.")
    QApplication.processEvents()
    overlay.place()
    top = gallery.mapTo(window, QPoint(0, 0)).y()
    tip = overlay.y() + overlay._tail.y()
    assert top <= tip <= top + gallery.height()
    overlay.end()


def test_esc_closes_the_card_before_the_projector_view(window: MainWindow, qtbot: QtBot) -> None:
    window.projector.enter()
    area = window.diagram_area
    window.actions_.try_input.trigger()
    assert area.probe.isVisible()
    window.projector._on_escape()
    assert window.projector.is_active
    assert not area.probe.isVisible()
    window.projector._on_escape()
    assert not window.projector.is_active


def test_the_timeline_stays_that_came_in_the_projector_view(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    timeline = window.docks["timeline"]
    window.docks["lesson"].open()
    window.projector.enter()
    # Where no lesson is open, its panel has nothing to press there.
    assert not window.docks["lesson"].isVisible()
    window.controller.step_epoch()
    window.controller.wait_idle()
    qtbot.waitUntil(lambda: not timeline.isHidden())
    window.projector.leave()
    QApplication.processEvents()
    assert not timeline.isHidden()


def test_the_tools_of_painting_do_not_come_along_to_a_table(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    painting = window.boundary_view.painting
    window.actions_.paint.trigger()
    assert painting.is_active
    show_another(window, data=DataSpec(name="iris"))
    window.controller.wait_idle()
    qtbot.waitUntil(lambda: not painting.is_active)
    # Who asks for them there is told why not.
    window.actions_.paint.trigger()
    assert painting.is_active
    assert painting.why_not()


def test_the_first_number_that_is_typed_is_not_cut_off(window: MainWindow) -> None:
    window.actions_.try_input.trigger()
    fields = window.diagram_area.probe.fields
    fields.edit_row(0)
    assert fields.editor.height() <= round(fields.parts(0)[2].height()) + 1
    fields._close_editor()
    # Ctrl and minus is a command, and no number.
    fields.setFocus()
    QTest.keyClick(fields, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert not fields.editor.isVisible()
    QTest.keyClick(fields, Qt.Key.Key_Minus)
    assert fields.editor.isVisible()


def test_the_sheet_of_keys_fits_the_screen(window: MainWindow, qtbot: QtBot) -> None:
    sheet = ShortcutSheet(window.menuBar(), window)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.height() <= sheet.screen().availableSize().height()
    keys = sheet.scrolled.widget()
    assert keys is not None
    # All of it is there, and none of it is cut off sideways.
    assert keys.width() >= keys.minimumSizeHint().width()
    sheet.resize(sheet.width(), 480)
    assert sheet.height() <= 480


def test_the_guide_opens_where_to_begin_from_the_menus(window: MainWindow) -> None:
    assert not window.guide.link_at(window.menuBar())
    assert window.guide.link_at(window.run_bar.play_button)


def test_the_star_of_the_timeline_has_the_colour_of_its_curve(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(data=DataSpec(name="xor", parameters={"n_samples": 60}, validation_fraction=0.3))
    for _ in range(3):
        window.controller.step_epoch()
        window.controller.wait_idle()
    assert window.controller.timeline.watched == "validation"
    (track,) = window.findChildren(Track)
    picture = track.grab().toImage()
    colours = {picture.pixelColor(x, y).rgb() for x in range(picture.width()) for y in range(picture.height())}
    assert LIGHT.colour("validation").rgb() in colours
    assert LIGHT.colour("test").rgb() not in colours


def test_a_menu_that_is_closed_leaves_its_button(window: MainWindow) -> None:
    button = next(each for each in window.findChildren(QToolButton) if each.menu() is not None and each.isVisible())
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    QCursor.setPos(button.mapToGlobal(QPoint(-200, 200)))
    button.menu().aboutToHide.emit()
    assert not button.underMouse()


@pytest.mark.parametrize("stays_open", [True, False])
def test_the_arithmetic_of_a_tried_example_follows_it_to_other_data(
    open_window: OpenWindow, qtbot: QtBot, stays_open: bool
) -> None:
    window = open_window()
    window.docks["worked"].open()
    window.actions_.try_input.trigger()
    model = window.worked.model
    qtbot.waitUntil(lambda: model.subject is not None and len(model.subject.values) == 2)
    if not stays_open:
        window.actions_.try_input.trigger()
    show_another(window, data=DataSpec(name="iris"))
    if stays_open:
        qtbot.waitUntil(lambda: model.subject.values == window.diagram_area.probe.values)
        assert len(model.subject.values) == 4
    else:
        qtbot.waitUntil(lambda: model.subject.row == ("train", 0))
    qtbot.waitUntil(lambda: model.worked is not None)


def test_every_menu_has_one_column_on_a_small_screen(window: MainWindow) -> None:
    for action in window.menuBar().actions():
        menu = action.menu()
        below = window.menuBar().height()
        assert menu.sizeHint().height() + below <= 720, menu.title()
        left = {menu.actionGeometry(line).left() for line in menu.actions() if not line.isSeparator()}
        assert len(left) == 1, menu.title()
