"""No Python object stands for an item of a layout that Qt may delete."""

import gc
import re
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

import nnviz
from nnviz.ui.widgets.flow_layout import FlowLayout
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.window.main_window import MainWindow

KINDS = (QHBoxLayout, QVBoxLayout, QFormLayout, QGridLayout, QStackedLayout)


def items_in(window: QWidget) -> list[QLayoutItem]:
    """Return the items of layouts in `window` that Python holds an object of."""
    held = [each for each in gc.get_objects() if isinstance(each, QLayoutItem) and not isinstance(each, QLayout)]
    widgets = [(each, each.widget()) for each in held if shiboken6.isValid(each)]
    return [each for each, widget in widgets if widget is not None and widget.window() is window]


@pytest.mark.parametrize("outer_kind", [QVBoxLayout, QGridLayout])
@pytest.mark.parametrize("kind", KINDS)
def test_a_layout_that_was_filled_before_leaves_none(
    qtbot: QtBot, outer_kind: type[QBoxLayout | QGridLayout], kind: type[QLayout]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    outer = outer_kind(window)
    inner, innermost = QHBoxLayout(), kind()
    first, second = QLabel("one", window), QLabel("two", window)
    innermost.addWidget(first)
    inner.addWidget(second)
    inner.addStretch(1)
    add_layout(inner, innermost)
    add_layout(outer, inner, *((0, 0) if isinstance(outer, QGridLayout) else ()))
    assert not items_in(window)
    with qtbot.waitExposed(window):
        window.show()
    assert first.isVisible()
    assert first.x() > second.x()
    # They can still be taken out and put in again.
    inner.removeWidget(second)
    inner.insertWidget(0, second)
    second.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert inner.count() == 2


def test_a_layout_that_keeps_its_items_itself_keeps_them(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    outer, flow = QVBoxLayout(window), FlowLayout(4)
    flow.addWidget(QLabel("one", window))
    add_layout(outer, flow)
    assert len(items_in(window)) == 1
    assert flow.sizeHint().width() > 0


def test_a_whole_window_has_none(window: MainWindow) -> None:
    window.diagram_area.diagram.select((1, 0))
    window.docks["answers"].menu_action.trigger()
    held = items_in(window)
    kept = [each for each in held if isinstance(each.widget().parentWidget().layout(), FlowLayout)]
    assert [type(each.widget()).__name__ for each in held if each not in kept] == []
    assert kept


def test_no_other_module_asks_a_layout_for_its_items() -> None:
    root = Path(nnviz.__file__).parent
    found = {
        str(path.relative_to(root)): match.group()
        for path in root.rglob("*.py")
        if (match := re.search(r"\.(addLayout|insertLayout|itemAtPosition|takeAt)\(", path.read_text(encoding="utf-8")))
    }
    assert found == {"ui/widgets/nested_layouts.py": ".addLayout("}
