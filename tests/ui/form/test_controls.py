"""Controls: what they show makes no signal, what the user does makes one, what cannot be used is refused."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.choices import Parameter
from nnviz.ui.form.chips import CheckList, ChipRow, toggled
from nnviz.ui.form.choice_box import ChoiceBox, Item, heading, items_of
from nnviz.ui.form.compound_controls import CheckControl, OptionalNumber, SeedField
from nnviz.ui.form.controls import Control, IntegerStepper, LabelledSlider
from nnviz.ui.form.number_scale import NumberScale, Word
from nnviz.ui.widgets.calm import FreedSlider

NOISE = Parameter(name="noise", label="Noise", help="", default=0.1, minimum=0, maximum=1)
UNITS = Parameter(name="units", label="Units", help="", default=8, minimum=1, maximum=512, integer=True)


class Heard:
    """What a control said."""

    def __init__(self, control: Control) -> None:
        self.edits: list[object] = []
        self.gestures: list[str] = []
        self.sentences: list[str] = []
        control.edited.connect(self._on_edited)
        control.failed.connect(self.sentences.append)

    def _on_edited(self, value: object, gesture: str) -> None:
        self.edits.append(value)
        self.gestures.append(gesture)


def shown(qtbot: QtBot, control: Control) -> Heard:
    qtbot.addWidget(control)
    control.resize(240, control.sizeHint().height())
    with qtbot.waitActive(control):
        control.show()
        control.activateWindow()
    return Heard(control)


def retype(qtbot: QtBot, field: QWidget, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


def wheel_over(widget: QWidget) -> QWheelEvent:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        widget.mapToGlobal(centre),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def test_a_value_from_outside_makes_no_signal(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.25)
    assert slider.field.text() == "0.25"
    assert slider.scale.value_at(slider.slider.value()) == 0.25
    assert not heard.edits


def test_dragging_is_one_gesture_and_the_next_drag_another(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.1)
    for start in (0.5, 0.7):
        handle = slider.slider
        y = handle.height() // 2
        qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(int(start * handle.width()), y))
        qtbot.mouseMove(handle, QPoint(int((start + 0.1) * handle.width()), y))
        qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(int((start + 0.1) * handle.width()), y))
    assert len(heard.edits) >= 2
    assert all(heard.gestures)
    assert len(set(heard.gestures)) == 2
    assert slider.value == heard.edits[-1]


def test_a_click_beside_the_handle_brings_it_there(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.0)
    handle = slider.slider
    qtbot.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(handle.width() // 2, handle.height() // 2))
    assert heard.edits[-1] == pytest.approx(0.5, abs=0.05)


def test_a_typed_number_may_lie_between_the_slider_positions(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.1)
    retype(qtbot, slider.field, "0.12345")
    assert heard.edits == [0.12345]
    assert heard.gestures == [""]
    assert slider.field.text() == "0.12345"


def test_a_refused_number_is_explained_and_the_old_one_stays(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.1)
    retype(qtbot, slider.field, "7")
    assert heard.sentences[-1] == "Noise must lie between 0 and 1, not 7."
    assert slider.field.property("invalid") is True
    assert not heard.edits
    assert slider.value == 0.1
    slider.slider.setFocus()
    assert slider.field.text() == "0.10"
    assert slider.field.property("invalid") is False
    assert not heard.edits


def test_escape_takes_the_typing_back(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.1)
    retype(qtbot, slider.field, "0.7", Qt.Key.Key_Escape)
    assert slider.field.text() == "0.10"
    assert not heard.edits


def test_an_equal_value_from_outside_leaves_the_typing_alone(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    shown(qtbot, slider)
    slider.set_value(0.1)
    slider.field.selectAll()
    qtbot.keyClicks(slider.field, "0.")
    slider.set_value(0.1)
    assert slider.field.text() == "0."
    slider.set_value(0.3)
    assert slider.field.text() == "0.30"


def test_up_and_down_step_the_field(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.1)
    qtbot.keyClick(slider.field, Qt.Key.Key_Up)
    qtbot.keyClick(slider.field, Qt.Key.Key_Down)
    assert heard.edits == [pytest.approx(0.11), pytest.approx(0.1)]


def test_the_wheel_scrolls_the_panel_unless_the_control_has_the_focus(qtbot: QtBot) -> None:
    slider, box = LabelledSlider(NumberScale(NOISE)), ChoiceBox()
    box.set_items((Item("a", "A"), Item("b", "B")))
    heard = [shown(qtbot, slider), shown(qtbot, box)]
    slider.set_value(0.5)
    box.set_value("b")
    for widget in (slider.slider, box.box):
        widget.clearFocus()
        event = wheel_over(widget)
        assert not event.isAccepted()
    assert slider.slider.focusPolicy() == box.box.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert not heard[0].edits
    assert not heard[1].edits


def test_a_named_end_of_the_scale(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(UNITS, upper=100, high=Word("all", None)))
    heard = shown(qtbot, slider)
    slider.set_value(500)
    assert slider.field.text() == "all"
    slider.set_value(10)
    slider.slider.setValue(slider.slider.maximum())
    assert heard.edits == [None]
    slider.set_scale(NumberScale(UNITS, upper=400, high=Word("all", None)))
    assert slider.field.text() == "all"


def test_a_stepper_steps_types_and_stays_in_its_bounds(qtbot: QtBot) -> None:
    stepper = IntegerStepper(NumberScale(UNITS))
    heard = shown(qtbot, stepper)
    stepper.set_value(2)
    qtbot.mouseClick(stepper.less, Qt.MouseButton.LeftButton)
    assert not stepper.less.isEnabled()
    qtbot.mouseClick(stepper.more, Qt.MouseButton.LeftButton)
    retype(qtbot, stepper.field, "12")
    retype(qtbot, stepper.field, "600")
    assert heard.edits == [1, 2, 12]
    assert heard.sentences[-1] == "Units must lie between 1 and 512, not 600."
    assert stepper.value == 12


def test_a_held_button_that_is_hidden_steps_no_more(qtbot: QtBot) -> None:
    stepper = IntegerStepper(NumberScale(UNITS))
    heard = shown(qtbot, stepper)
    stepper.set_value(2)
    for button in (stepper.more, stepper.less):
        button.setAutoRepeatDelay(1)
        button.setAutoRepeatInterval(1)
        before = len(heard.edits)
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda before=before: len(heard.edits) > before)
        stepper.hide()
        assert not button.isDown()
        stepper.show()
        qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def test_a_held_button_steps_no_more_once_a_dialog_comes_over_which_the_mouse_is_let_go(qtbot: QtBot) -> None:
    stepper = IntegerStepper(NumberScale(UNITS))
    heard = shown(qtbot, stepper)
    stepper.set_value(2)
    stepper.more.setAutoRepeatDelay(1)
    stepper.more.setAutoRepeatInterval(1)
    qtbot.mousePress(stepper.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(heard.edits) > 0)
    dialog = QDialog(stepper)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: not stepper.isActiveWindow())
    assert not stepper.more.isDown()
    dialog.reject()
    qtbot.mouseRelease(stepper.more, Qt.MouseButton.LeftButton)


def test_a_handle_that_is_hidden_while_it_is_held_is_let_go(qtbot: QtBot) -> None:
    slider = LabelledSlider(NumberScale(NOISE))
    heard = shown(qtbot, slider)
    slider.set_value(0.0)
    qtbot.mousePress(slider.slider, Qt.MouseButton.LeftButton)
    slider.hide()
    assert not slider.slider.isSliderDown()
    slider.show()
    qtbot.keyClick(slider.slider, Qt.Key.Key_Home)
    # What the keys change now is none of the drag.
    drag, keys = heard.gestures
    assert drag != keys


def test_a_groove_that_is_hidden_while_it_is_held_steps_no_more(qtbot: QtBot) -> None:
    slider = FreedSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.resize(300, 30)
    slider.setPageStep(1)
    slider.show()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(280, 15))
    assert (slider.value(), slider.repeatAction()) == (1, slider.SliderAction.SliderPageStepAdd)
    slider.hide()
    assert slider.repeatAction() == slider.SliderAction.SliderNoAction


def test_a_seed_can_be_typed_and_its_button_only_asks(qtbot: QtBot) -> None:
    seed = SeedField("Next", "")
    heard = shown(qtbot, seed)
    seed.set_value(7)
    with qtbot.waitSignal(seed.next_requested):
        qtbot.mouseClick(seed.button, Qt.MouseButton.LeftButton)
    assert not heard.edits
    retype(qtbot, seed.field, "41")
    assert heard.edits == [41]


def test_a_tick_is_an_edit_and_setting_it_is_none(qtbot: QtBot) -> None:
    tick = CheckControl("on")
    heard = shown(qtbot, tick)
    tick.set_value(True)
    assert not heard.edits
    tick.box.click()
    assert heard.edits == [False]


def test_an_optional_number_keeps_its_number_while_it_is_off(qtbot: QtBot) -> None:
    number = OptionalNumber(NumberScale(NOISE), "at most")
    heard = shown(qtbot, number)
    number.set_value(0.4)
    number.box.click()
    assert number.value is None
    assert not number.field.isEnabled()
    number.box.click()
    assert heard.edits == [None, 0.4]


def test_a_list_explains_its_items_and_says_why_one_is_disabled(qtbot: QtBot) -> None:
    box = ChoiceBox()
    heard = shown(qtbot, box)
    box.set_items((heading("All"), *items_of(ACTIVATIONS.values(), {"step": "No slope."})))
    box.set_value("tanh")
    model = box.box.model()
    names = ["", *ACTIVATIONS]
    step = model.index(names.index("step"))
    assert model.flags(step) == Qt.ItemFlag.NoItemFlags
    assert "No slope." in step.data(Qt.ItemDataRole.ToolTipRole)
    tanh = ACTIVATIONS["tanh"]
    assert tanh.range_label in box.toolTip()
    assert "vanish" in box.toolTip()
    assert model.flags(model.index(names.index("tanh"))) & Qt.ItemFlag.ItemIsEnabled
    assert model.index(0).data(Qt.ItemDataRole.FontRole).bold()
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert not heard.edits


def test_the_lines_are_a_model_as_qt_wants_it(qtmodeltester: ModelTester) -> None:
    box = ChoiceBox()
    box.set_items((heading("All"), *items_of(ACTIVATIONS.values(), {"step": "No slope."}, formulas=True)))
    qtmodeltester.check(box.box.model())
    box.set_items((Item("c", "C"),))
    qtmodeltester.check(box.box.model())


def test_a_key_that_chooses_may_change_the_lines_below_it(qtbot: QtBot) -> None:
    box = ChoiceBox()
    shown(qtbot, box)
    lists = [tuple(Item(name, name.upper()) for name in names) for names in ("ab", "bca", "cabd", "b")]
    box.set_items(lists[0])
    box.set_value("a")
    following = iter(lists[1:])
    box.edited.connect(lambda: box.set_items(next(following)))
    for key, chosen in (("b", "b"), ("c", "c"), ("b", "b")):
        qtbot.keyClick(box.box, key)
        box.box.view().keyboardSearch("")
        assert (box.value, box.box.currentText()) == (chosen, chosen.upper())
    assert box.items == lists[-1]


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)", extend=True)
def test_a_list_that_is_open_takes_other_lines_and_keeps_its_value(qtbot: QtBot) -> None:
    box = ChoiceBox()
    heard = shown(qtbot, box)
    box.set_items((Item("a", "A"), Item("b", "B")))
    box.set_value("b")
    box.box.showPopup()
    model = box.box.model()
    box.set_items((Item("c", "C"), Item("a", "A"), Item("b", "Other B")))
    # What is looked at goes on looking at the same model.
    assert box.box.model() is box.box.view().model() is model
    assert [box.box.itemText(row) for row in range(box.box.count())] == ["C", "A", "Other B"]
    assert (box.box.currentIndex(), box.box.currentText()) == (2, "Other B")
    box.set_items((Item("c", "C"),))
    assert box.box.currentIndex() == -1
    box.box.hidePopup()
    assert not heard.edits


def test_choosing_an_item_is_an_edit_and_the_same_one_again_is_none(qtbot: QtBot) -> None:
    box = ChoiceBox()
    heard = shown(qtbot, box)
    box.set_items((Item("a", "A"), Item("b", "B", short="b!")))
    box.set_value("a")
    box.box.activated.emit(1)
    box.box.setCurrentIndex(1)
    box.box.activated.emit(1)
    assert heard.edits == ["b"]
    assert box.box.closed_text() == "b!"


def test_a_value_that_is_not_in_the_list_shows_the_placeholder(qtbot: QtBot) -> None:
    box = ChoiceBox()
    shown(qtbot, box)
    box.set_items((Item("a", "A"),))
    box.set_placeholder("my.csv")
    box.set_value(None)
    assert box.box.currentIndex() == -1
    assert box.box.closed_text() == "my.csv"


def test_toggling_keeps_the_order_and_never_empties() -> None:
    names = ("x1", "x2", "x1^2")
    assert toggled(names, ("x2",), "x1") == ("x1", "x2")
    assert toggled(names, ("x1", "x2"), "x1") == ("x2",)
    assert toggled(names, ("x2",), "x2") == ("x2",)


def test_pills_wrap_and_the_last_one_stays_on(qtbot: QtBot) -> None:
    pills = ChipRow()
    pills.set_items([Item(name, name) for name in ("x1", "x2", "x1^2", "x2^2", "sin(x1)", "sin(x2)")])
    pills.set_value(("x1",))
    heard = shown(qtbot, pills)
    assert pills.heightForWidth(120) > pills.heightForWidth(600)
    pills.chips[0].click()
    assert not heard.edits
    assert "At least one" in heard.sentences[-1]
    assert pills.chips[0].isChecked()
    pills.chips[2].click()
    assert heard.edits == [("x1", "x1^2")]


def test_a_long_list_is_ticked_in_a_menu(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(f"feature {number}" for number in range(9))
    check_list = CheckList()
    heard = shown(qtbot, check_list)
    check_list.set_names(names)
    check_list.set_value(names)
    assert check_list.box.closed_text() == "9 of 9 inputs"
    opened: list[QPoint] = []
    # The offscreen platform warns about a real popup: it cannot grab the keyboard.
    monkeypatch.setattr(check_list.menu, "popup", opened.append)
    qtbot.mouseClick(check_list.box, Qt.MouseButton.LeftButton)
    assert opened
    action = next(action for action in check_list.menu.actions() if action.data() == "feature 3")
    action.trigger()
    assert check_list.box.closed_text() == "8 of 9 inputs"
    check_list.menu.actions()[0].trigger()
    assert heard.edits == [tuple(name for name in names if name != "feature 3"), names]
