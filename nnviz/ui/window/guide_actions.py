"""F1: the guide at what is under the mouse, with a page for every part of the window; links from tooltips to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSettings, Qt, SignalInstance, Slot
from PySide6.QtGui import QAction, QCursor, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from nnviz.drawing.theme import Theme
from nnviz.session.state import ExperimentState
from nnviz.ui.commands.actions import Actions
from nnviz.ui.guide.controls import Place
from nnviz.ui.guide.guide_links import GuideLinks
from nnviz.ui.guide.term import WORDS, WORDS_KEY
from nnviz.ui.setup.setup_panel import SetupPanel
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.stored_settings import stored_choice
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.help_actions import HelpActions
from nnviz.ui.window.menus import menus_in

if TYPE_CHECKING:
    from nnviz.ui.guide.guide_window import GuideWindow
    from nnviz.ui.guide.pages import Commands, Guide

KEY = "F1"


class Parts(Protocol):
    """What the guide tells of the window."""

    actions_: Actions
    setup_panel: SetupPanel
    docks: dict[str, Dock]
    state: ExperimentState
    help_actions: HelpActions
    theme: Theme
    theme_changed: SignalInstance


class GuideActions(QObject):
    """Opens the guide, and lets tooltips speak its words.

    Parameters
    ----------
    parts : Parts
    window : QWidget
        The same, as the parent of what is shown.
    bar : QMenuBar
    places : callable
        Returns parts of the window that are in no dock, by the names of `VIEW_TEXTS`.
    settings : QSettings or None
        Where it is kept whose words are used.

    Attributes
    ----------
    open_guide : QAction
    links : GuideLinks
    """

    def __init__(
        self,
        parts: Parts,
        window: QWidget,
        bar: QMenuBar,
        places: Callable[[], Mapping[str, Sequence[QWidget]]],
        settings: QSettings | None,
    ) -> None:
        super().__init__(window)
        self._parts, self._window, self._bar, self._settings = parts, window, bar, settings
        self._own_places = places
        self._guide: GuideWindow | None = None
        self._version = -1
        words = self.tr("Explain what is under the mouse, every concept and every control, in three levels of words")
        self.open_guide = described_action(self.tr("Guide"), words, self)
        self.open_guide.setShortcut(QKeySequence(KEY))
        self.open_guide.triggered.connect(self._on_open)
        menu = next(menu for menu in menus_in(bar) if menu.objectName() == "help")
        menu.insertAction(menu.actions()[0], self.open_guide)
        # A hidden menu bar would take the key along.
        window.addAction(self.open_guide)
        self.links = GuideLinks(window)
        stored = stored_choice(settings, WORDS_KEY, WORDS, self.links.words)
        self.links.words = next(each for each in WORDS if each == stored)
        self.links.wanted.connect(self.show_page)
        self.links.watch()
        parts.help_actions.explained = self.links.explained
        # Rows of layers, and of what suits the data, come and go.
        parts.state.network_changed.connect(self._on_rows_changed)
        parts.state.data_changed.connect(self._on_rows_changed)
        parts.theme_changed.connect(self._on_theme)

    @Slot()
    def _on_rows_changed(self) -> None:
        setup = self._parts.setup_panel
        version = sum(section.version for section in setup.sections)
        if version != self._version:
            self._version = version
            self.links.watch(setup)

    @property
    def window(self) -> GuideWindow | None:
        """The guide's window, once it has been opened."""
        return self._guide

    def guide(self) -> Guide:
        """Return all pages, as the window is now."""
        from nnviz.ui.guide.pages import Guide
        from nnviz.ui.guide.view_texts import VIEW_TEXTS

        docks = {dock.panel.name: (dock.panel.title, (dock.fill(), dock)) for dock in self._parts.docks.values()}
        own = {name: (name, tuple(widgets)) for name, widgets in self._own_places().items()}
        every = {**own, **docks}
        named = [name for name in VIEW_TEXTS if name in every and name != "others"]
        names = [*named, *(name for name in every if name not in named)]
        places = [Place(name, *every[name]) for name in names]
        return Guide([*places, Place("others", "", (self._window,))], self._commands)

    @Slot(str)
    def show_page(self, link: str) -> None:
        """Open the guide at a link."""
        if self._guide is None:
            from nnviz.ui.guide.guide_window import GuideWindow

            self._guide = GuideWindow(self._parts.theme, self._settings, self._window)
            self._guide.wanted.connect(self._on_wanted)
            self._guide.words_changed.connect(self._on_words)
        self._guide.open_on(self.guide(), link)

    def link_at(self, widget: QWidget | None) -> str:
        """Return where a control is explained: its own paragraph; empty for what is no control of the window."""
        # Who has the menus under the mouse asks for nothing in particular.
        if widget is None or widget.window() is not self._window or isinstance(widget, QMenuBar):
            return ""
        return self.guide().link_to(widget)

    @Slot()
    def _on_open(self) -> None:
        self.show_page(self.link_at(QApplication.widgetAt(QCursor.pos())))

    @Slot(str)
    def _on_wanted(self, name: str) -> None:
        """Do what a link of the guide does; its window makes room for what shows the main one."""
        actions = self._parts.actions_
        named: dict[str, QAction] = {
            "introduction": actions.introduction,
            "lessons": actions.lessons,
            "shortcuts": actions.shortcut_sheet,
            "whats_this": actions.whats_this,
        }
        if self._guide is not None:
            self._guide.hide()
        named[name].trigger()

    @Slot(str)
    def _on_words(self, words: str) -> None:
        self.links.words = next(each for each in WORDS if each == words)

    @Slot(object)
    def _on_theme(self, theme: Theme) -> None:
        if self._guide is not None:
            self._guide.set_theme(theme)

    def _commands(self) -> list[Commands]:
        from nnviz.ui.guide.pages import Commands

        return [Commands(menu.title().replace("&", ""), tuple(_actions_of(menu))) for menu in menus_in(self._bar)]


def _actions_of(menu: QMenu) -> Iterator[QAction]:
    """Yield what a menu and the menus in it offer."""
    inner = {
        each.menuAction(): each for each in menu.findChildren(QMenu, options=Qt.FindChildOption.FindChildrenRecursively)
    }
    for action in menu.actions():
        if action in inner:
            yield from _actions_of(inner[action])
        elif not action.isSeparator():
            yield action
