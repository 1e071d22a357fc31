"""From a control to its concept: tooltips say it in the chosen words, and *What is this?* links to the guide."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QHelpEvent, QWhatsThisClickedEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from nnviz.ui.guide.controls import term_of
from nnviz.ui.guide.term import DEFAULT_WORDS, Term, Words
from nnviz.ui.widgets.help_text import plain_tooltip, table_text

_OPEN, _CLOSE = "<qt>", "</qt>"


class GuideLinks(QObject):
    """Watches controls that are about a concept of the glossary.

    Parameters
    ----------
    window : QWidget

    Attributes
    ----------
    words : str
        Whose words tooltips use.

    Signals
    -------
    wanted : str
        A link of the guide that was clicked.
    """

    wanted = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._watched: weakref.WeakSet[QWidget] = weakref.WeakSet()
        self.words: Words = DEFAULT_WORDS

    def watch(self, part: QWidget | None = None) -> None:
        """Watch all controls there are, be it in a part; those that have come since are found when asked again."""
        for widget in self._window.findChildren(QWidget) if part is None else _widgets_in(part):
            if widget.toolTip() and widget not in self._watched and term_of(widget) is not None:
                self._watched.add(widget)
                widget.installEventFilter(self)

    def tooltip(self, widget: QWidget) -> str:
        """Return what a control's tooltip says, with its concept in the chosen words and where there is more."""
        term = term_of(widget)
        said = _rich(widget.toolTip())
        if term is None:
            return said
        more = [] if self.words == DEFAULT_WORDS else [escape(table_text(term.text(self.words)))]
        hint = QCoreApplication.translate("GuideLinks", "F1: {0} in the guide").format(table_text(term.label))
        return _joined(said, [*more, f"<i>{escape(hint)}</i>"])

    def explained(self, widget: QWidget) -> str:
        """Return what *What is this?* says: the tooltip, with a link to the concept."""
        term = term_of(widget)
        return widget.toolTip() if term is None else _joined(_rich(widget.toolTip()), [_link(term)])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show more than the tooltip, and follow a link of *What is this?*."""
        kind = event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and isinstance(watched, QWidget):
            if watched.toolTip():
                QToolTip.showText(event.globalPos(), self.tooltip(watched), watched)
                return True
        elif kind == QEvent.Type.WhatsThisClicked and isinstance(event, QWhatsThisClickedEvent):
            self.wanted.emit(event.href())
            return True
        return False


def _rich(tooltip: str) -> str:
    return tooltip if tooltip.startswith(_OPEN) else plain_tooltip(tooltip)


def _joined(rich: str, lines: list[str]) -> str:
    """Return rich text with more lines at its end."""
    return f"{rich.removesuffix(_CLOSE)}<br>{'<br>'.join(lines)}{_CLOSE}"


def _link(term: Term) -> str:
    return f'<a href="term:{term.name}">{escape(table_text(term.label))}</a>'


def _widgets_in(part: QWidget) -> Iterator[QWidget]:
    """Yield what is in a part of a window.

    WORKAROUND: what `findChildren` of PySide 6.10 and 6.11 returns is kept by whom was asked for as long as that lives,
    also what Qt itself makes and deletes, such as the list of a box that is taken away with its row.
    """
    return filter(part.isAncestorOf, QApplication.allWidgets())
