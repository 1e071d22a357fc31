"""The guide of a real window: every control that explains itself is in it, and every link leads somewhere."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.guide.controls import plain, term_of
from nnviz.ui.guide.gestures import GESTURES
from nnviz.ui.guide.pages import DOINGS, Guide, links_in
from nnviz.ui.guide.term import WORDS
from nnviz.ui.guide.terms import TERMS
from nnviz.ui.window.main_window import MainWindow


def read_the_guide(window: MainWindow, qtbot: QtBot) -> None:
    """Check all of it."""
    guide = window.guide.guide()
    _every_control_is_in_it(window, guide)
    for words in WORDS:
        for page in guide.titles:
            html = guide.html(page, words)
            assert html.count("<p>") + html.count("<table") > 0
            for link in links_in(html):
                assert guide.resolves(link), f"{page} leads to {link}"
    assert not guide.resolves("term:nothing")
    assert not guide.resolves("view:setup#c9999")
    assert not guide.resolves("do:nothing")
    assert all(guide.resolves(f"do:{name}") for name in DOINGS)
    keys = guide.html("keys", "student")
    assert all(escape(each.how) in keys for each in GESTURES)
    for action in window.actions_.everywhere():
        if not action.shortcut().isEmpty():
            assert escape(action.shortcut().toString()) in keys
    assert guide.found("momentum", "student")[0] == "term:momentum"
    _open_it(window, qtbot)


def _every_control_is_in_it(window: MainWindow, guide: Guide) -> None:
    pages = {name: guide.html(name, "student") for name in guide.titles if name.startswith("view:")}
    concepts = 0
    for widget in window.findChildren(QWidget):
        if not widget.toolTip() or isinstance(widget, QMenu) or _in_dialog(widget, window):
            continue
        page, _, place = guide.link_to(widget).partition("#")
        assert f'name="{place}"' in pages[page], widget
        for line in plain(widget.toolTip()).splitlines():
            assert escape(line) in pages[page], (widget, line)
        term = term_of(widget)
        if term is not None:
            concepts += 1
            assert f'href="term:{term.name}"' in pages[page]
    # The window is about learning: most terms of the set-up have their control.
    assert concepts >= 40


def _in_dialog(widget: QWidget, window: MainWindow) -> bool:
    return widget.window() is not window and widget.window() not in window.docks.values()


def _open_it(window: MainWindow, qtbot: QtBot) -> None:
    actions = window.guide
    rate = window.setup_panel.training_section.rate_row
    (label,) = [each for each in rate.findChildren(QWidget) if term_of(each) is TERMS["learning_rate"]][:1]
    link = actions.link_at(label)
    assert link.startswith("view:setup#c")
    assert actions.link_at(None) == ""
    actions.show_page(link)
    shown = actions.window
    assert shown is not None
    assert shown.isVisible()
    assert shown.browser.toPlainText().startswith("Set-up")
    shown.go_to("term:learning_rate")
    assert TERMS["learning_rate"].help in shown.browser.toPlainText()
    # Other words, here and in tooltips.
    told = []
    actions.links.wanted.connect(told.append)
    for words in ("expert", "pupil"):
        shown.words_of.buttons[words].click()
        assert TERMS["learning_rate"].text(words) in shown.browser.toPlainText()
        assert TERMS["learning_rate"].text(words) in plain(actions.links.tooltip(label))
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), label.mapToGlobal(QPoint(1, 1)))
    QApplication.sendEvent(label, event)
    assert TERMS["learning_rate"].pupil in plain(QToolTip.text())
    QToolTip.hideText()
    shown.words_of.buttons["student"].click()
    assert 'href="term:learning_rate"' in actions.links.explained(label)
    # Back, search, and what a link does.
    shown.back_button.click()
    assert shown.link == link
    shown.search.setText("over-fitting")
    assert shown.items()[0].text(0) == TERMS["overfitting"].label
    qtbot.keyClick(shown.search, Qt.Key.Key_Return)
    assert shown.link == "term:overfitting"
    shown.go_to("do:shortcuts")
    assert not shown.isVisible()
    assert told == []
