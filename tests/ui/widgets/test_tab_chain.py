"""Who comes next in the order of the tab key is nobody's child for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import is_
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid, ownedByPython

import nnviz.ui
from nnviz.ui.widgets.tab_chain import first_in_chain, takes_tab


class Box(QComboBox):
    """A box with a menu of which Qt has made the action."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menu = QMenu(self)
        self.action = self.menu.addAction("All")


def test_what_comes_next_outlives_whom_was_asked_for_it(qtbot: QtBot) -> None:
    def by_chain(place: QWidget, _before: QWidget, _box: Box) -> None:
        assert first_in_chain(place, lambda _widget: False) is None

    def by_proxy(_place: QWidget, before: QWidget, box: Box) -> None:
        before.setFocusProxy(box)
        assert not takes_tab(before)

    ways: tuple[Callable[[QWidget, QWidget, Box], None], ...] = by_chain, by_proxy
    for ask in ways:
        window = QWidget()
        place = QWidget(window)
        before, box = QLineEdit(place), Box(place)
        qtbot.addWidget(window)
        window.show()
        assert first_in_chain(place, takes_tab) is before
        assert first_in_chain(window, partial(is_, box)) is box
        ask(place, before, box)
        assert ownedByPython(window)
        assert window.isVisible()
        before.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
        assert not isValid(before)
        assert isValid(box.action)
        assert [action.text() for action in box.menu.actions()] == ["All"]


def test_nobody_else_asks_for_what_comes_next() -> None:
    found = [
        f"{path.name}: {match.group()}"
        for path in Path(nnviz.ui.__file__).parent.rglob("*.py")
        if path.name != "tab_chain.py"
        for match in re.finditer(r"\.(\w+InFocusChain|focusProxy|buddy)\(", path.read_text(encoding="utf-8"))
    ]
    assert not found, "PySide makes what these return a child of whom is asked"
