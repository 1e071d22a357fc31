"""The lessons in the menu bar, plan by plan, each with its picture."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from nnviz.assets import course_names
from nnviz.lessons.plans import PLANS
from nnviz.ui.lessons.lesson_pictures import LessonPictures
from nnviz.ui.widgets.buttons import described_action
from nnviz.ui.widgets.help_text import menu_text, table_text

#: Large enough to tell a spiral from a ring.
_SHEET = "QMenu { icon-size: 30px; }"


class LessonMenus(QObject):
    """One menu for each plan and one for the sources; lessons are read, and pictures drawn, when a menu is opened.

    Parameters
    ----------
    pictures : LessonPictures
    parent : QWidget

    Attributes
    ----------
    menus : tuple of QMenu

    Signals
    -------
    chosen : str
        Name of a lesson.
    """

    chosen = Signal(str)

    def __init__(self, pictures: LessonPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        planned = {name for plan in PLANS.values() for name in plan.lessons}
        groups = [(table_text(plan.label), plan.lessons) for plan in PLANS.values()]
        groups.append(
            (self.tr("The sources, by themselves"), tuple(name for name in course_names() if name not in planned))
        )
        self._groups = {self._menu(title, parent): names for title, names in groups}
        self.menus = tuple(self._groups)

    def _menu(self, title: str, parent: QWidget) -> QMenu:
        menu = QMenu(title, parent)
        menu.setStyleSheet(_SHEET)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._on_opened)
        return menu

    def _fill(self, menu: QMenu) -> None:
        # Reading all lessons takes longer than anything else that the first window could do without.
        from nnviz.lessons.files import LIBRARY

        if not menu.isEmpty():
            return
        for name in self._groups[menu]:
            lesson = LIBRARY[name]
            action = described_action(menu_text(table_text(lesson.title)), table_text(lesson.summary), menu)
            action.setData(name)
            action.triggered.connect(self._on_chosen)
            menu.addAction(action)

    def actions_(self) -> list[QAction]:
        """Return one action for each lesson, in the order of the course."""
        for menu in self.menus:
            self._fill(menu)
        return [action for menu in self.menus for action in menu.actions()]

    @Slot()
    def _on_opened(self) -> None:
        from nnviz.lessons.files import LIBRARY

        menu = self.sender()
        assert isinstance(menu, QMenu)
        self._fill(menu)
        for action in menu.actions():
            action.setIcon(self._pictures.icon(LIBRARY[str(action.data())]))
            action.setIconVisibleInMenu(True)

    @Slot()
    def _on_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.chosen.emit(str(action.data()))
