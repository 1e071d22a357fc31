"""All that the window has to show, for those who have to know every part of it, now or once it is made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QToolBar, QWidget

from nnviz.ui.guide.guide_links import GuideLinks
from nnviz.ui.network.diagram_area import DiagramArea
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.window.docks import Dock
from nnviz.ui.window.later import Later
from nnviz.ui.window.menus import Menus
from nnviz.ui.window.message_bar import MessageBar
from nnviz.ui.window.notes_bar import NotesBar
from nnviz.ui.window.predict_actions import PredictActions
from nnviz.ui.window.teacher_view import TeacherView
from nnviz.ui.window.view import View


class Inventoried(Protocol):
    """What an inventory needs of the window."""

    views: tuple[View, ...]
    docks: dict[str, Dock]
    diagram_area: DiagramArea
    run_tool_bar: QToolBar
    notes_bar: NotesBar
    predict: PredictActions
    menus: Menus


class Inventory:
    """Lists the parts of a window, and hands on what is made later.

    Parameters
    ----------
    window : Inventoried
    widget : QWidget
        The same, in which messages are shown.
    """

    def __init__(self, window: Inventoried, widget: QWidget) -> None:
        self._window, self._widget = window, widget

    def parts(self, made_only: bool) -> Iterator[Hideable]:
        """Yield everything that a teacher can hide, in the order of the window.

        Parameters
        ----------
        made_only : bool
            Pass over what is in views that nobody has wanted yet, else they are made.
        """
        tr, window = QCoreApplication.translate, self._window
        group, area = tr("MainWindow", "Panels"), window.diagram_area
        for dock in window.docks.values():
            yield Hideable(f"panel.{dock.panel.name}", group, dock.panel.title, (dock,))
        yield Hideable("panel.network", group, area.header.title.text(), (area,))
        yield Hideable("panel.run_bar", group, window.run_tool_bar.windowTitle(), (window.run_tool_bar,))
        yield Hideable("panel.notes", group, tr("MainWindow", "notes of the lesson"), (window.notes_bar,))
        bars = tuple(self._widget.findChildren(MessageBar))
        yield Hideable("panel.predict", group, tr("MainWindow", "predict, then reveal"), (window.predict.place,))
        yield Hideable("panel.messages", group, tr("MainWindow", "messages above the network"), bars)
        for view in window.views:
            if not (made_only and isinstance(view, Later) and view.made is None):
                yield from self._parts_of(view)
        yield from window.menus.hideable_parts()

    def _parts_of(self, view: View) -> Iterator[Hideable]:
        yield from view.hideable_parts()
        for dock in self._window.docks.values():
            if dock.panel.view is view:
                yield from dock.hideable_buttons()

    def follow(self, teacher: TeacherView, links: GuideLinks) -> None:
        """Let what is made later be hidden as the teacher wants, and be explained like all else."""
        for view in self._window.views:
            if isinstance(view, Later):
                view.then.append(partial(self._on_made, view, teacher, links))

    def _on_made(self, view: Later, teacher: TeacherView, links: GuideLinks, made: QWidget) -> None:
        teacher.hide_in(self._parts_of(view))
        links.watch(made)
