"""Every undo step has a name that goes on after "Undo": a verb in lower case and what it was done to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnviz.ui.window.main_window import MainWindow
from tests.sources import files, nodes_of

VERBS = (
    "add|change|choose|continue|draw|erase|hide|jitter|keep|move|open|paint|paste|regenerate|remove|rename|reset"
    "|set|show|split|star|start|unstar"
)
CONTROL = Qt.KeyboardModifier.ControlModifier
NAME = re.compile(rf"({VERBS}) \S(.*[^.…])?")
#: Which argument of a call names the step.
CALLS = {
    "edit": 1,
    "edit_parameters": 1,
    "Binding": 1,
    "begin": 1,
    "RestartCommand": 1,
    "EditCommand": 3,
    "ParametersCommand": 4,
    "BranchCommand": 2,
    "PredictionCommand": 4,
    "CourseCommand": 3,
}


CALLED = re.compile(rf"\b({'|'.join(CALLS)})\(")


def named(tree: ast.AST) -> Iterator[str]:
    """Yield the words that are translated for the name of an undo step, wherever they are written."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        assigned = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            callee = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            place = CALLS.get(callee)
            if place is None or len(call.args) <= place:
                continue
            text = call.args[place]
            yield from translated(assigned.get(text.id, text) if isinstance(text, ast.Name) else text)


def translated(expression: ast.AST) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("tr", "_tr"):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_the_names_in_the_code_are_verbs_in_lower_case() -> None:
    found = [
        text
        for path in files("ui", "session")
        for source in (path.read_text(encoding="utf-8"),)
        # Most modules name no step: to read them takes no time.
        if CALLED.search(source)
        for text in named(nodes_of(source)[0])
    ]
    assert len(found) > 20
    assert [text for text in found if not NAME.fullmatch(text)] == []


def test_every_row_of_the_set_up_names_its_step(window: MainWindow) -> None:
    rows = [row for section in window.setup_panel.sections for row in section.rows]
    assert len(rows) > 15
    assert [row.binding.text for row in rows if not NAME.fullmatch(row.binding.text)] == []


def test_the_menu_says_what_would_be_undone(window: MainWindow) -> None:
    window.actions_.new_weights.trigger()
    edit = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Edit")
    assert edit.actions()[0].text() == "Undo draw new weights"
    window.state.undo_stack.undo()
    assert edit.actions()[1].text() == "Redo draw new weights"


def test_both_usual_keys_redo(window: MainWindow) -> None:
    stack = window.state.undo_stack
    window.activateWindow()
    for keys in ((Qt.Key.Key_Y, CONTROL), (Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)):
        window.actions_.new_weights.trigger()
        QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
        assert stack.canRedo()
        QTest.keyClick(window, *keys)
        assert not stack.canRedo()
