"""Units and edges under the knife in the real window: by right click, by the menu key, from the card, by dragging."""

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from nnviz.core.explain.importance import importance
from nnviz.core.losses import LOSSES
from nnviz.core.masks import Mask
from nnviz.drawing.diagram import EdgeId
from nnviz.drawing.diagram_names import card_lines
from nnviz.drawing.importance_bars import importance_words
from nnviz.experiment.frame import Frame, UnitId
from nnviz.experiment.subject import network_of
from nnviz.ui.network.number_list import NumberList
from nnviz.ui.network.surgery_menu import SurgeryMenu
from nnviz.ui.window.main_window import MainWindow


def rest(window: MainWindow) -> Frame:
    window.controller.wait_idle()
    frame = window.controller.frame
    assert frame is not None
    return frame


def choose(surgery: SurgeryMenu, part: UnitId | EdgeId, *path: str) -> None:
    """Trigger an entry of the menu of a part, by its words."""
    menu = surgery.menu_of(part)
    for text in path[:-1]:
        assert menu is not None
        menu = next(action.menu() for action in menu.actions() if action.text() == text)  # type: ignore[assignment]
    assert isinstance(menu, QMenu)
    action = next(action for action in menu.actions() if action.text().startswith(path[-1]))
    assert action.isEnabled(), path
    assert action.toolTip() != action.text()
    action.trigger()


def middle_of(window: MainWindow, edge: EdgeId) -> QPointF:
    edges = window.diagram_area.diagram._edges
    assert edges is not None
    at = next(index for index in range(len(edges)) if edges.id(index) == edge)
    return QPointF((edges.x0[at] + edges.x1[at]) / 2.0, (edges.y0[at] + edges.y1[at]) / 2.0)


def test_everything_is_reached_and_taken_back(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    diagram, surgery, stack = window.diagram_area.diagram, window.diagram_area.surgery, window.state.undo_stack
    before, run_id = rest(window), window.controller.run_id
    entries = {
        ("Muted",): 3,
        ("Frozen",): 3,
        ("Clone",): 4,
        ("Add a unit",): 4,
        ("Remove",): 2,
        ("Swap with", "h1·3"): 3,
        ("Negate",): 3,
        ("Re-initialise",): 3,
        ("Layer", "Frozen"): 3,
        ("Layer", "Insert"): 3,
    }
    for path, n_units in entries.items():
        choose(surgery, (1, 1), *path)
        after = rest(window)
        assert after.layout.sizes[1] == n_units, path
        changed = after.masks != before.masks or after.layout != before.layout
        assert changed or (after.parameters != before.parameters).any(), path
        assert stack.undoText(), path
        stack.undo()
        back = rest(window)
        assert window.controller.run_id == run_id, path
        assert back.parameters.tobytes() == before.parameters.tobytes(), path
        assert not back.masks, path
    choose(surgery, (2, 0), "Layer", "Remove this layer")
    assert rest(window).layout.sizes == (2, 3, 1)
    stack.undo()
    assert rest(window).layout == before.layout
    assert surgery.menu_of(None) is None

    # What masks do is told by the card under the mouse, by the opened card, and on the diagram.
    edge = EdgeId(1, 2, 0)
    plain = window.diagram_area.diagram.grab().toImage()
    choose(surgery, edge, "Cut")
    choose(surgery, (1, 1), "Muted")
    choose(surgery, (2, 0), "Frozen")
    frame = rest(window)
    assert frame.layout.weights(frame.parameters)[0][2, 0] == 0.0
    assert "cut" in card_lines(frame, diagram.shape_, edge)
    assert any("muted" in line for line in card_lines(frame, diagram.shape_, (1, 1)))
    assert window.diagram_area.diagram.grab().toImage() != plain
    diagram.select((1, 1))
    frame = rest(window)
    assert window.diagram_area.inspector.title.endswith("muted")
    assert "frozen" in diagram.accessibleDescription() or diagram.focus is None
    # An edge is pinned to what is typed, and released again.
    menu = surgery.menu_of(edge)
    assert menu is not None
    field = menu.findChild(QLineEdit)
    field.setText("1/4")
    field.returnPressed.emit()
    frame = rest(window)
    assert frame.layout.weights(frame.parameters)[0][2, 0] == 0.25
    assert [mask.kind for mask in frame.masks.entries] == ["muted", "frozen", "pinned"]  # type: ignore[union-attr]
    choose(surgery, edge, "Pinned")
    assert [mask.kind for mask in rest(window).masks.entries] == ["muted", "frozen"]  # type: ignore[union-attr]
    while stack.canUndo():
        stack.undo()
    assert rest(window).parameters.tobytes() == before.parameters.tobytes()
    diagram.select(None)

    # By the keyboard: the menu key where its ring is; a right click elsewhere leaves the diagram's own menu.
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _place: opened.append(menu))
    diagram._point(focus=(1, 0))
    key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(diagram, key)
    assert [menu.actions()[0].text() for menu in opened] == ["Unit 1 of hidden 1 · tanh"]
    assert not surgery.eventFilter(
        diagram, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(1, 1), QPoint(1, 1))
    )
    # A drag of an edge up makes its weight larger: one step.
    place, at = before.layout.weight_index(1, 2, 0), middle_of(window, edge)
    assert diagram.part_at(at) is not None
    dragged = diagram.part_at(at)
    assert isinstance(dragged, EdgeId)
    place = before.layout.weight_index(dragged.layer, dragged.unit, dragged.source)
    steps = stack.index()
    for kind, y in (
        (QEvent.Type.MouseButtonPress, 0.0),
        (QEvent.Type.MouseMove, -30.0),
        (QEvent.Type.MouseMove, -60.0),
        (QEvent.Type.MouseButtonRelease, -60.0),
    ):
        point = at + QPointF(0.0, y)
        button = Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        QApplication.sendEvent(
            diagram, QMouseEvent(kind, point, diagram.mapToGlobal(point), button, held, Qt.KeyboardModifier.NoModifier)
        )
    assert stack.index() == steps + 1
    assert rest(window).parameters[place] > before.parameters[place]
    assert diagram.selected == dragged
    stack.undo()
    assert rest(window).parameters[place] == before.parameters[place]
    # Importance: bars below the units, the same as the computation, and their words on the card; off, nothing of them.
    area, without = window.diagram_area, diagram.grab().toImage()
    area.importance.action.setChecked(True)
    qtbot.waitUntil(lambda: len(diagram.importance) == 2)
    trainer = window.controller._run.trainer
    assert trainer is not None
    problem = trainer.problem
    entries_ = trainer.network.activation_entries
    loss = LOSSES.by_code(problem.loss)
    expected = importance(problem.layout, entries_, loss, trainer.network.parameters, problem.X, problem.Y)
    for shown, wanted in zip(diagram.importance, expected, strict=True):
        np.testing.assert_allclose(shown, wanted, rtol=1e-12)
    assert "loss" in importance_words(diagram.importance, (1, 0))[0]
    assert importance_words(diagram.importance, (0, 0)) == ()
    assert diagram.grab().toImage() != without
    area.importance.action.setChecked(False)
    assert diagram.grab().toImage() == without
    # What a teacher hides is gone from the card and from the diagram.
    surgery.button.hide()
    assert not surgery.eventFilter(diagram, key)
    surgery.button.show()
    # Held weights say why they do not follow.
    surgery.surgeon.mask(Mask("cut", 1, 2, 0), "cut")
    window.controller.edit_parameters({before.layout.weight_index(1, 2, 0): 1.0}, "change weight")
    assert rest(window).layout.weights(rest(window).parameters)[0][2, 0] == 0.0
    # While the diagram still shows another network, what is pointed at there is no part of the present one.
    shown = rest(window)
    diagram.show_frame(replace(shown, run_id=shown.run_id + 1))
    for part in ((1, 0), EdgeId(1, 0, 0)):
        assert surgery.menu_of(part) is None
    count = stack.count()
    assert not surgery._drag_edge(EdgeId(9, 0, 0), QPointF(0.0, 0.0), network_of(shown), QPointF(0.0, 90.0))
    assert stack.count() == count
    diagram.show_frame(shown)
    assert surgery.menu_of((1, 0)) is not None


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_by_keyboard_alone(window: MainWindow, qtbot: QtBot) -> None:
    diagram, area, stack = window.diagram_area.diagram, window.diagram_area, window.state.undo_stack
    window.show()
    window.activateWindow()
    rest(window)

    def key(which: Qt.Key) -> None:
        QTest.keyClick(QApplication.activePopupWidget() or window.focusWidget(), which)

    def open_menu() -> QMenu:
        """Press the menu key, which Qt turns into this."""
        focus = window.focusWidget()
        middle = focus.rect().center()
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, focus.mapToGlobal(middle))
        QApplication.sendEvent(focus, asked)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    # A unit: the walk is where it was once its menu has gone, whether or not something was chosen.
    diagram.setFocus(Qt.FocusReason.TabFocusReason)
    key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Down)
    unit = diagram.focus
    assert unit == (1, 1)
    open_menu()
    key(Qt.Key.Key_Escape)
    assert diagram.focus == unit
    open_menu()
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    assert stack.undoText() == "mute unit"
    rest(window)
    assert diagram.focus == unit
    stack.undo()
    rest(window)
    # Its layer, by the last entry.
    menu = open_menu()
    key(Qt.Key.Key_Up)
    assert menu.activeAction().text() == "Layer"
    key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Return)
    assert stack.undoText() == "freeze layer"
    stack.undo()
    rest(window)
    # An edge: a row of the card has the menu of its weight; into the field one comes by the arrow keys as well.
    key(Qt.Key.Key_Return)
    assert diagram.selected == unit
    numbers = area.inspector.incoming
    numbers.setFocus(Qt.FocusReason.TabFocusReason)
    assert open_menu_is_none(numbers), "a bias is no edge"
    # Without a desktop, a window may not be active again once a menu has gone, and a list not know that it is entered.
    while numbers.currentIndex().row() < 1:
        key(Qt.Key.Key_Down)
    index = numbers.rows[1].key
    menu = open_menu()
    assert menu.actions()[2].text() == "Cut"
    for _ in range(3):
        key(Qt.Key.Key_Down)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    frame = rest(window)
    assert stack.undoText() == "pin weight"
    assert frame.parameters[index] == 0.5
    assert window.focusWidget() is numbers
    # By right click, too; the edge that is meant is that of the row.
    cell = numbers.parts(2)[0].center().toPoint()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, cell, numbers.viewport().mapToGlobal(cell))
    QApplication.sendEvent(numbers.viewport(), asked)
    layer, to, source = frame.layout.weight_at(numbers.rows[2].key)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert f"x{'₁₂'[source]} → h{layer}·{to + 1}" in menu.actions()[0].text()
    menu.close()
    # Where a teacher hides surgery, a row has no menu either.
    window.teacher_view.set_hidden(("network.surgery",))
    key(Qt.Key.Key_Up)
    assert open_menu_is_none(numbers)


def open_menu_is_none(numbers: NumberList) -> bool:
    """Press the menu key in a list; return whether nothing has opened."""
    QApplication.sendEvent(numbers, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(2, 2), QPoint(2, 2)))
    return QApplication.activePopupWidget() is None
