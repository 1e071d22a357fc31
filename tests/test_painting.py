"""Every painter is ended by the block it paints in, whatever happens there: one that outlives its device is a crash."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.drawing.theme import LIGHT
from nnviz.ui.network.unit_map import UnitMap
from tests.sources import PACKAGE, files, nodes_of

PAINTERS = {"QPainter", "QStylePainter", "QuickPainter"}


def open_painters(text: str) -> Iterator[str]:
    """Yield lines that make a painter which no block ends, other than to hand it out."""
    for function in nodes_of(text):
        if not isinstance(function, ast.FunctionDef):
            continue
        nodes = list(ast.walk(function))
        ended = {ast.unparse(item.context_expr) for node in nodes if isinstance(node, ast.With) for item in node.items}
        handed = {ast.unparse(node.value) for node in nodes if isinstance(node, ast.Return) and node.value}
        for node in nodes:
            if not isinstance(node, ast.Assign):
                continue
            made = [each.func for each in ast.walk(node.value) if isinstance(each, ast.Call)]
            is_painter = any(isinstance(each, ast.Name) and each.id in PAINTERS for each in made)
            if is_painter and ast.unparse(node.targets[0]) not in ended | handed:
                yield ast.unparse(node)


def test_painters_are_ended_by_their_block() -> None:
    plain = "def f(self):\n p, n = QPainter(self), 3\n p.end()\n def g():\n  q = QPainter(self)\n  return q"
    assert set(open_painters(plain)) == {"p, n = (QPainter(self), 3)"}
    found = {path.name: list(open_painters(path.read_text(encoding="utf-8"))) for path in files()}
    assert len(found) > 250
    assert PACKAGE.is_dir()
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_an_exception_while_painting_leaves_no_painter_behind(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = UnitMap(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(80, 80)
    widget.show()
    qtbot.waitExposed(widget)
    monkeypatch.setattr(UnitMap, "rect", lambda _self: 1 / 0)
    with qtbot.captureExceptions() as raised:
        widget.update()
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ZeroDivisionError
    # What was raised still holds what the painting had at hand.
    assert not widget.paintingActive()
    monkeypatch.undo()
    assert not widget.grab().isNull()
