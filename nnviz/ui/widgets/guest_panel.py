"""A panel that is a guest in the place of another one: its head, its pages, its menu, and how one leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.numbers import count_text
from nnviz.drawing.theme import Theme
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.file_dialogs import file_to_save
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.style import icon
from nnviz.ui.widgets.view_header import ViewHeader

Described: TypeAlias = tuple[str, str]
"""The words of a control and its tooltip."""


class PanelWords(Struct, frozen=True):
    """What such a panel says.

    Attributes
    ----------
    title : str
        Of the panel.
    tabs : sequence of Described
        Its pages.
    train_on, save_table, take_down : Described
        The rows of its menu.
    save_title, file_name : str
        Title of the file dialog, and the name that is proposed there.
    menu, close : str
        Tooltips of the buttons that open the menu and that give the place back.
    """

    title: str
    tabs: Sequence[Described]
    train_on: Described
    save_table: Described
    take_down: Described
    save_title: str
    file_name: str
    menu: str
    close: str


class GuestPanel(QFrame):
    """Has a head, pages, a menu and a way out; what it shows is for those who derive from it.

    Parameters
    ----------
    words : PanelWords
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    header : ViewHeader
    tabs : list of QToolButton
    train_on, save_table, take_down : QAction
        The rows of the menu.
    menu_button, close_button : QToolButton

    Signals
    -------
    left : ()
        Whoever had the place before is wanted back.
    said : str, str
        Severity and one sentence.
    """

    left = Signal()
    said = Signal(str, str)

    def __init__(self, words: PanelWords, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setProperty("role", "canvas")
        self._words, self._theme = words, theme
        self.header = ViewHeader(words.title, self)
        self.header.info.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.tabs = [self.header.add_tab(*tab) for tab in words.tabs]
        self.tabs[0].setChecked(True)
        self._add_buttons()
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.train_on, self.save_table, self.take_down = rows = [
            described_action(*row, self) for row in (words.train_on, words.save_table, words.take_down)
        ]
        menu.addActions(rows)
        self.menu_button = self.header.add_menu(menu, words.menu)
        self.close_button = self.header.add_button("", words.close)
        for tab in self.tabs:
            tab.clicked.connect(self._on_tab)
        self.close_button.clicked.connect(self.leave)
        self.train_on.triggered.connect(self._on_train_on)
        self.save_table.triggered.connect(self._on_save_table)

    def _add_buttons(self) -> None:
        """Put more buttons before that of the menu."""

    # -- for those who derive from it ---------------------------------------------------------------------------

    def _on_tab(self) -> None:
        """Show the page whose tab is checked."""
        raise NotImplementedError

    def _on_train_on(self) -> None:
        """Train what is shown as many epochs again."""
        raise NotImplementedError

    def _write_table(self, path: Path) -> None:
        """Write the table of what is shown; raises `NnvizError` where that cannot be done."""
        raise NotImplementedError

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        raise NotImplementedError

    def focus_picture(self) -> None:
        """Give the keyboard to the picture."""
        raise NotImplementedError

    # -- what all have in common --------------------------------------------------------------------------------

    def _say_reached(self, title: str, epoch: int, goal: int) -> None:
        """Say in the head what is shown, and how far it has come."""
        epochs = self.tr("epoch {0} of {1}").format(count_text(epoch), count_text(goal))
        self.header.info.setText(self.tr("{0} · {1}").format(title, epochs), epochs)

    @Slot()
    def _on_save_table(self) -> None:
        words = self._words
        path = file_to_save(self, words.save_title, words.file_name, self.tr("CSV tables (*.csv)"), ".csv")
        if path is None:
            return
        try:
            self._write_table(path)
        except NnvizError as error:
            self.said.emit("error", str(error))
        else:
            self.said.emit("info", self.tr("Saved as {0}.").format(path.name))

    @Slot()
    def leave(self) -> None:
        """Give the place back."""
        self.left.emit()

    def stop(self) -> None:
        """Compute nothing any more: the window closes."""

    def choose(self, page: int) -> None:
        """Show the page with that tab, counted from 0."""
        self.tabs[page].setChecked(True)
        self._on_tab()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives the place back."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.close_button.setIcon(icon("close", theme, "quiet"))

    def set_bare(self, bare: bool) -> None:
        """Hide the switches, for an audience."""
        self.header.set_bare(bare)

    def sizeHint(self) -> QSize:
        """Return the room that a small picture needs."""
        return QSize(480, 420)
