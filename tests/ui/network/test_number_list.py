import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.ui.network.number_bar import NumberRow
from nnviz.ui.network.number_list import NumberList


@pytest.fixture
def numbers(qtbot: QtBot) -> NumberList:
    widget = NumberList(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(420, 120)
    widget.set_rows([NumberRow(f"row {k}", 10 + k, -2.0, 2.0) for k in range(3)], [1.0, -0.5, 0.0], ["∂ 0.1"] * 3)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_typing_edits_a_row(numbers: NumberList, qtbot: QtBot) -> None:
    numbers.edit_row(1)
    numbers.editor.setText("1/4")
    with qtbot.waitSignal(numbers.value_edited) as signal:
        qtbot.keyClick(numbers.editor, Qt.Key.Key_Return)
    assert signal.args == [11, 0.25, ""]
    assert numbers.values == (1.0, 0.25, 0.0)
    assert not numbers.editor.isVisible()


def test_what_is_no_number_keeps_the_old_value_and_says_why(numbers: NumberList, qtbot: QtBot) -> None:
    numbers.edit_row(0)
    numbers.editor.setText("two")
    with qtbot.assertNotEmitted(numbers.value_edited), qtbot.waitSignal(numbers.complained) as signal:
        qtbot.keyClick(numbers.editor, Qt.Key.Key_Return)
    assert "two" in signal.args[0]
    assert numbers.values[0] == 1.0
    assert numbers.editor.isVisible()
    with qtbot.waitSignal(numbers.complained, check_params_cb=lambda sentence: sentence == ""):
        qtbot.keyClick(numbers.editor, Qt.Key.Key_Escape)


def test_a_value_that_is_only_looked_at_stays_as_exact_as_it_is(numbers: NumberList, qtbot: QtBot) -> None:
    numbers.set_values([0.123456789, 0.0, 0.0])
    numbers.edit_row(0)
    assert numbers.editor.text() == "0.123457"
    with qtbot.assertNotEmitted(numbers.value_edited):
        qtbot.keyClick(numbers.editor, Qt.Key.Key_Return)
    assert numbers.values[0] == 0.123456789
    numbers.edit_row(0, "5")
    with qtbot.waitSignal(numbers.value_edited):
        qtbot.keyClick(numbers.editor, Qt.Key.Key_Return)


def test_a_bar_is_dragged_under_one_merge_key(numbers: NumberList, qtbot: QtBot) -> None:
    edits: list[tuple[object, float, str]] = []
    numbers.value_edited.connect(lambda *edit: edits.append(edit))
    bar = numbers.parts(0)[1]
    start = bar.center().toPoint()
    qtbot.mousePress(numbers.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(numbers.viewport(), QPointF(bar.left() + 0.75 * bar.width(), bar.center().y()).toPoint())
    numbers.set_values([9.0, 9.0, 9.0])
    assert numbers.values[0] == pytest.approx(1.0, abs=0.05), "the row in hand keeps its own value"
    qtbot.mouseRelease(numbers.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert [edit[0] for edit in edits] == [10, 10]
    assert edits[0][1] == 0.0, "near zero a drag snaps"
    assert len({edit[2] for edit in edits}) == 1
    qtbot.mouseClick(numbers.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert edits[-1][2] != edits[0][2]


def test_arrow_keys_choose_and_nudge(numbers: NumberList, qtbot: QtBot) -> None:
    numbers.setFocus()
    qtbot.keyClick(numbers, Qt.Key.Key_Down)
    with qtbot.waitSignal(numbers.value_edited) as signal:
        qtbot.keyClick(numbers, Qt.Key.Key_Right)
    assert signal.args[0] == 11
    assert signal.args[1] > -0.5
    with qtbot.waitSignal(numbers.value_edited) as larger:
        qtbot.keyClick(numbers, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert larger.args[1] < signal.args[1] - 0.1


def test_typing_a_digit_opens_the_editor(numbers: NumberList, qtbot: QtBot) -> None:
    numbers.setFocus()
    qtbot.keyClicks(numbers, "3")
    assert numbers.editor.isVisible()
    assert numbers.editor.text() == "3"


def test_columns_share_the_width(qtbot: QtBot) -> None:
    widget = NumberList(LIGHT, column_width=200.0)
    qtbot.addWidget(widget)
    widget.resize(640, 100)
    widget.set_rows([NumberRow(f"f{k}", k, 0.0, 1.0, signed=False) for k in range(7)], [0.5] * 7)
    assert widget.cell(2).right() <= 640
    assert widget.cell(3).top() == widget.cell(0).bottom()
    assert not widget.grab().toImage().isNull()


def test_a_screen_reader_reads_and_sets_numbers_row_by_row(numbers: NumberList, qtbot: QtBot) -> None:
    numbers.setAccessibleName("weights")
    numbers.set_values([1.0, -0.5, 0.0], ["∂ 0.1", "frozen"])
    spoken = QAccessible.queryAccessibleInterface(numbers)
    assert (spoken.role(), spoken.text(QAccessible.Text.Name)) == (QAccessible.Role.List, "weights")
    items = [spoken.child(place) for place in range(spoken.childCount())]
    assert [item.role() for item in items] == [QAccessible.Role.ListItem] * 3
    assert [item.text(QAccessible.Text.Name) for item in items] == [
        "row 0: 1.000, gradient 0.1",
        "row 1: −0.500, frozen",
        "row 2: 0.000",
    ]
    # Where the ring is, the reader is, and the item lies where the row is painted.
    numbers.setFocus()
    qtbot.keyClick(numbers, Qt.Key.Key_Down)
    assert numbers.currentIndex().row() == 1
    place = numbers.viewport().mapToGlobal(numbers.cell(1).toRect().topLeft())
    assert spoken.child(1).rect().topLeft() == place
    with qtbot.waitSignal(numbers.value_edited) as signal:
        items[2].setText(QAccessible.Text.Value, "0,75")
    assert signal.args == [12, 0.75, ""]
    with qtbot.assertNotEmitted(numbers.value_edited):
        items[2].setText(QAccessible.Text.Value, "much")
    # Help is the list's, wherever in it somebody points.
    numbers.setWhatsThis("∂ is the gradient")
    at = numbers.cell(1).center().toPoint()
    event = QHelpEvent(QEvent.Type.QueryWhatsThis, at, numbers.viewport().mapToGlobal(at))
    event.setAccepted(False)
    QApplication.sendEvent(numbers.viewport(), event)
    assert event.isAccepted()
