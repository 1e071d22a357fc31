"""The list of all lessons: by plan or by topic, searched as one types, with pictures and how far one has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.inert import shown
from nnviz.drawing.theme import Theme
from nnviz.lessons.files import LIBRARY
from nnviz.lessons.plans import PLANS
from nnviz.lessons.schema import LessonSpec
from nnviz.lessons.topics import by_topic, found
from nnviz.ui.lessons.lesson_pictures import SIDE, LessonPictures
from nnviz.ui.lessons.played_lesson import PlayedLesson
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.opening_size import opening_size
from nnviz.ui.widgets.segments import Segments

#: Damaged lessons that are spoken of.
SAID = 3
NAME_ROLE = Qt.ItemDataRole.UserRole


class LessonList(QDialog):
    """Lets one choose a lesson; it never blocks the window.

    Parameters
    ----------
    played : PlayedLesson
        Knows how far each lesson has been followed.
    pictures : LessonPictures
    theme : Theme
    parent : QWidget

    Attributes
    ----------
    own : mapping of str to LessonSpec
        Lessons that nnviz does not ship, by their paths.

    Signals
    -------
    chosen : str, int
        Name of a lesson, or path of a file, and the step at which it is to begin, counted from 0.
    file_wanted : ()
        A lesson in a file that is still to be named.
    """

    chosen = Signal(str, int)
    file_wanted = Signal()

    def __init__(self, played: PlayedLesson, pictures: LessonPictures, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Lessons"))
        self._played, self._pictures = played, pictures
        self.own: Mapping[str, LessonSpec] = {}
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search: momentum, spiral, over-fitting …"))
        self.search.setAccessibleName(self.tr("Search the lessons"))
        self.search.setToolTip(self.tr("Show the lessons in which all of these words occur"))
        self.search.setClearButtonEnabled(True)
        orders = (
            ("plan", self.tr("by plan"), self.tr("Four periods of 45 minutes, in the order of the course")),
            ("topic", self.tr("by topic"), self.tr("All lessons about one question together")),
        )
        self.order = Segments(orders, self.tr("Order of the lessons"), self)
        self.tree = QTreeWidget(self)
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setIconSize(QSize(SIDE, SIDE))
        self.tree.setAccessibleName(self.tr("Lessons"))
        self.tree.setRootIsDecorated(False)
        self.problem = QLabel(self)
        self.problem.setProperty("role", "error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setAccessibleName(self.tr("Lessons that cannot be read"))
        self.problem.hide()
        self.about = QLabel(self)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.about.setAccessibleName(self.tr("About the lesson"))
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self.order)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        add_layout(column, head)
        column.addWidget(self.tree, 1)
        column.addWidget(self.problem)
        column.addWidget(self.about)
        column.addWidget(self._buttons())
        self.search.textChanged.connect(self.fill)
        self.order.chosen.connect(self.fill)
        self.tree.currentItemChanged.connect(self._on_current)
        self.tree.itemActivated.connect(self._on_start)
        self.set_theme(theme)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        self.start_button = self._push(self.tr("Start"), self.tr("Begin this lesson at its first step"))
        self.go_on_button = self._push(self.tr("Go on"), self.tr("Go on where you were; what lies before is done"))
        self.file_button = self._push(self.tr("Open file…"), self.tr("Open a lesson that somebody has made"))
        for button in (self.start_button, self.go_on_button):
            buttons.addButton(button, role.ActionRole)
        buttons.addButton(self.file_button, role.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.start_button.clicked.connect(self._on_start)
        self.go_on_button.clicked.connect(self._on_go_on)
        self.file_button.clicked.connect(self.file_wanted)
        return buttons

    def _push(self, text: str, tooltip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tooltip)
        button.setAutoDefault(False)
        return button

    # -- the list -----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Draw the pictures anew, in a list that grows with the type."""
        self.resize(self.size().expandedTo(opening_size(self, 640, 620)))
        self._pictures.set_theme(theme)
        if self.isVisible():
            self.fill()

    def set_own(self, lessons: Mapping[str, LessonSpec], complaints: Sequence[str]) -> None:
        """List the user's own lessons, and say in a sentence each what is wrong with those that are damaged."""
        self.own = lessons
        more = [self.tr("… and {0} more.").format(len(complaints) - SAID)] if len(complaints) > SAID else []
        self.problem.setText("\n".join([*complaints[:SAID], *more]))
        self.problem.setVisible(bool(complaints))

    def open_on(self, name: str = "") -> None:
        """Show the list, with the lesson `name` chosen where it is given."""
        if self.isHidden():
            self.search.clear()
        self.fill()
        for item in self._items():
            if item.data(0, NAME_ROLE) == name:
                self.tree.setCurrentItem(item)
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    def choose_after(self, name: str) -> None:
        """Choose the lesson that comes after `name` in the list."""
        items = self._items()
        names = [str(item.data(0, NAME_ROLE)) for item in items]
        if name in names:
            self.tree.setCurrentItem(items[min(names.index(name) + 1, len(items) - 1)])

    @Slot()
    def fill(self) -> None:
        """List what is searched for, in groups."""
        current = self.current
        self.tree.clear()
        known = {**LIBRARY, **self.own}
        wanted = found(self.search.text(), known)
        for title, help_text, names in self._groups():
            shown_here = [name for name in names if name in wanted]
            if not shown_here:
                continue
            group = QTreeWidgetItem(self.tree, [title])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setToolTip(0, help_text)
            group.setFirstColumnSpanned(True)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            for name in shown_here:
                self._add(group, name, known[name])
            group.setExpanded(True)
        self.tree.resizeColumnToContents(1)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        items = self._items()
        chosen = next((item for item in items if item.data(0, NAME_ROLE) == current), items[0] if items else None)
        if chosen is not None:
            self.tree.setCurrentItem(chosen)
        self._on_current()

    def _groups(self) -> list[tuple[str, str, tuple[str, ...]]]:
        own = (self.tr("Your own lessons"), "", tuple(self.own))
        if self.order.choice == "topic":
            return [*((table_text(topic).capitalize(), "", names) for topic, names in by_topic().items()), own]
        plans = [
            (
                self.tr("{0} · {1} minutes").format(table_text(plan.label), plan.minutes),
                table_text(plan.help),
                plan.lessons,
            )
            for plan in PLANS.values()
        ]
        planned = {name for plan in PLANS.values() for name in plan.lessons}
        rest = tuple(name for name in LIBRARY if name not in planned)
        return [*plans, (self.tr("The sources, by themselves"), "", rest), own]

    def _add(self, group: QTreeWidgetItem, name: str, lesson: LessonSpec) -> None:
        done, steps = self._played.followed(name), len(lesson.steps)
        state = self.tr("✓ done") if done > steps else self.tr("step {0} of {1}").format(done, steps) if done else ""
        minutes = self.tr("{0} min").format(lesson.minutes)
        item = QTreeWidgetItem(
            group, [shown(table_text(lesson.title), 160), " · ".join(filter(None, (state, minutes)))]
        )
        item.setIcon(0, self._pictures.icon(lesson))
        item.setData(0, NAME_ROLE, name)
        item.setToolTip(0, shown(table_text(lesson.summary), 240))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _items(self) -> list[QTreeWidgetItem]:
        items = []
        for row in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(row)
            assert group is not None
            children = (group.child(inner) for inner in range(group.childCount()))
            items += [child for child in children if child is not None]
        return items

    # -- what is chosen -----------------------------------------------------------------------------------------

    @property
    def current(self) -> str:
        """Name or path of the lesson that is chosen; empty: none."""
        item = self.tree.currentItem()
        return str(item.data(0, NAME_ROLE) or "") if item is not None else ""

    @Slot()
    def _on_current(self) -> None:
        name = self.current
        lesson = self.own.get(name) or LIBRARY.get(name)
        self.start_button.setEnabled(lesson is not None)
        done = self._played.followed(name)
        can_go_on = lesson is not None and 1 < done <= len(lesson.steps)
        self.go_on_button.setEnabled(can_go_on)
        self.go_on_button.setText(self.tr("Go on at step {0}").format(done) if can_go_on else self.tr("Go on"))
        if lesson is None:
            self.about.setText("" if self.tree.topLevelItemCount() else self.tr("No lesson has all of these words."))
            return
        words = self.tr("{0}\nFor a {1}; {2} steps. {3}")
        source = self.tr("After: {0}.").format(shown(table_text(lesson.source), 160)) if lesson.source else ""
        text = words.format(table_text(lesson.summary), table_text(lesson.level), len(lesson.steps), source)
        self.about.setText(text.strip())

    @Slot()
    def _on_start(self) -> None:
        self._choose(0)

    @Slot()
    def _on_go_on(self) -> None:
        self._choose(self._played.followed(self.current) - 1)

    def _choose(self, position: int) -> None:
        name = self.current
        if name:
            self.hide()
            self.chosen.emit(name, position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrows walk through the list, and Enter begin, while one types in the search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_start()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            items = self._items()
            current = self.tree.currentItem()
            if current in items:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.tree.setCurrentItem(items[min(max(items.index(current) + step, 0), len(items) - 1)])
        else:
            super().keyPressEvent(event)
