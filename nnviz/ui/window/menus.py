"""The menu bar, made from the actions, the docks and the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu, QMenuBar

from nnviz.ui.commands.actions import Actions
from nnviz.ui.documents.document_actions import DocumentActions
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.window.docks import Dock

#: Dynamic property of an action: what the list of keys calls it, where not by its text.
SHEET_TEXT = "sheetText"
#: Redo for most people, on whichever system.
CTRL_Y = QKeySequence("Ctrl+Y")

Line = QAction | QMenu | tuple[str, Sequence[QAction]] | None
"""Of a menu: an action, a menu made elsewhere, title and actions of a menu inside it, or a rule."""


class Menus(QObject):
    """Fills a menu bar: File, Edit, Run, View, Lessons, Help.

    Parameters
    ----------
    bar : QMenuBar
    actions : Actions
    docks : mapping of str to Dock
        Each of which the View menu opens and closes.
    documents : DocumentActions
        Knows recent files.
    lessons : sequence of Line
        All lessons, plan by plan, and what is there for one's own.
    undo_stack : QUndoStack

    Attributes
    ----------
    undo, redo : QAction
    many_runs : QMenu
        Within the Run menu.
    """

    def __init__(
        self,
        bar: QMenuBar,
        actions: Actions,
        docks: Mapping[str, Dock],
        documents: DocumentActions,
        lessons: Sequence[Line],
        undo_stack: QUndoStack,
    ) -> None:
        super().__init__(bar)
        self._lessons = lessons
        self._actions, self._docks, self._documents = actions, docks, documents
        # Without a word of ours Qt has a whole sentence to translate: "Undo %1".
        self.undo, self.redo = undo_stack.createUndoAction(self), undo_stack.createRedoAction(self)
        self.undo.setShortcut(QKeySequence.StandardKey.Undo)
        keys = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)
        self.redo.setShortcuts([*(key for key in keys if key != CTRL_Y), CTRL_Y])
        # Their texts go on with what they would do now, which a list of keys has no use for.
        self.undo.setProperty(SHEET_TEXT, self.tr("Undo"))
        self.redo.setProperty(SHEET_TEXT, self.tr("Redo"))
        self.many_runs = _filled(
            QMenu(self.tr("Many runs"), bar),
            "many_runs",
            actions.many_runs.lines,
        )
        self._menus = [
            _filled(bar.addMenu(title), name, lines)
            for name, title, lines in (
                ("file", self.tr("&File"), self._file_lines()),
                ("edit", self.tr("&Edit"), self._edit_lines()),
                ("run", self.tr("&Run"), self._run_lines()),
                ("view", self.tr("&View"), self._view_lines()),
                ("lessons", self.tr("&Lessons"), self._lesson_lines()),
                ("help", self.tr("&Help"), self._help_lines()),
            )
        ]

    def _file_lines(self) -> list[Line]:
        do, documents = self._actions, self._documents
        opened: list[Line] = [do.new, do.start_empty, do.open, documents.recent_menu]
        return [
            *opened,
            None,
            *(do.open_data, do.paste_data, do.columns),
            None,
            *(do.save, do.save_as, do.keep_backup, do.save_picture, do.export_data),
            None,
            do.quit,
        ]

    def _edit_lines(self) -> list[Line]:
        return [self.undo, self.redo, None, self._actions.copy_text, self._actions.paste_text]

    def _run_lines(self) -> list[Line]:
        do = self._actions
        return [
            *(do.play, do.step_epoch, do.step_batch),
            None,
            *(do.reset, do.new_weights, do.regenerate_data),
            None,
            (self.tr("Speed"), list(do.speeds.values())),
            None,
            do.try_input,
            None,
            self.many_runs,
            (self.tr("&Past"), [*filter(None, do.past.lines), do.past.memory]),
        ]

    def _view_lines(self) -> list[Line]:
        do = self._actions
        return [
            (self.tr("Layout"), [*do.layouts.values(), do.reset_layout]),
            None,
            *(dock.menu_action for dock in self._docks.values()),
            *do.of_panels,
            None,
            *(do.teacher_view, do.show_everything),
            None,
            (self.tr("Map and network"), [do.paint, do.insights.unit_lines, do.fit, do.fit_network]),
            (self.tr("Theme"), list(do.themes.values())),
            *(do.dark, do.projector, do.stage.present, do.stage.predict),
        ]

    def _lesson_lines(self) -> list[Line]:
        do = self._actions
        return [
            do.lessons,
            do.challenge,
            None,
            *self._lessons,
            None,
            *(do.lesson_next, do.lesson_back),
            None,
            do.show_notes,
        ]

    def _help_lines(self) -> list[Line]:
        do = self._actions
        return [do.introduction, do.shortcut_sheet, do.whats_this, None, do.data_sources, do.report_problem, do.about]

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield all menus but the one that leads back to the teacher's view, and that of many runs by itself."""
        yield Hideable("menu.many_runs", self.tr("Menus"), self.many_runs.title(), (self.many_runs,))
        for menu in self._menus:
            if self._actions.teacher_view not in menu.actions():
                yield Hideable(f"menu.{menu.objectName()}", self.tr("Menus"), menu.title().replace("&", ""), (menu,))


def _filled(menu: QMenu, name: str, lines: Sequence[Line]) -> QMenu:
    """Return `menu` with `lines`; an experiment hides it by its name, which is never translated."""
    menu.setObjectName(name)
    menu.setToolTipsVisible(True)
    for line in lines:
        if line is None:
            menu.addSeparator()
        elif isinstance(line, QAction):
            menu.addAction(line)
        elif isinstance(line, QMenu):
            menu.addMenu(line)
        else:
            inner = menu.addMenu(line[0])
            inner.setToolTipsVisible(True)
            inner.addActions(list(line[1]))
    return menu


def menus_in(parent: QMenuBar | QMenu) -> Iterator[QMenu]:
    """Yield the menus that a menu bar, or a menu, opens."""
    shown = parent.actions()
    for menu in parent.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        # A menu bar has one more, for what it has no room for.
        if menu.menuAction() in shown:
            yield menu
