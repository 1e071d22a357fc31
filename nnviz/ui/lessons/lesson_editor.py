"""A lesson as it is made: its steps as a list and as text, replayed at once, and saved as one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnviz.core.errors import NnvizError
from nnviz.core.inert import shown
from nnviz.core.storage import write_atomically
from nnviz.lessons.asking import waiting_for
from nnviz.lessons.files import read_lesson
from nnviz.lessons.limits import LONGEST_SAID, MOST_STEPS
from nnviz.lessons.recording import Recorded
from nnviz.lessons.schema import LessonSpec, Level
from nnviz.lessons.writing import lesson_content, written
from nnviz.ui.lessons.step_form import StepForm
from nnviz.ui.widgets.file_dialogs import file_to_save
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.number_box import CountBox
from nnviz.ui.widgets.opening_size import opening_size

#: Characters of a step in the list.
LISTED = 46


class LessonEditor(QDialog):
    """Never blocks the window: one looks there while one edits here.

    Signals
    -------
    replay_wanted : object, int
        The `LessonSpec` as it stands, and the step at which it is to begin, counted from 0.
    saved : str
        Path of the file that it was written to.
    """

    replay_wanted = Signal(object, int)
    saved = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        tr = self.tr
        self.setWindowTitle(tr("Edit lesson"))
        self._content: dict[str, Any] = {"steps": []}
        self._waits: list[Sequence[str]] = []
        self._path: Path | None = None
        self._is_filling = False
        self.title, self.summary = QLineEdit(self), QLineEdit(self)
        self.title.setMaxLength(160)
        self.summary.setMaxLength(LONGEST_SAID)
        self.minutes, self.level = CountBox(self), QComboBox(self)
        self.minutes.setRange(1, 90)
        for level in get_args(Level):
            self.level.addItem(table_text(level), level)
        head = QFormLayout()
        times = QHBoxLayout()
        times.addWidget(self.minutes)
        times.addWidget(self.level)
        times.addStretch(1)
        rows: tuple[tuple[str, str, QWidget], ...] = (
            (tr("Title"), tr("What the lesson is called in the list"), self.title),
            (tr("Summary"), tr("What is seen in it, in one sentence"), self.summary),
        )
        for name, tooltip, line in rows:
            head.addRow(name, line)
            line.setAccessibleName(name)
            line.setToolTip(tooltip)
        head.addRow(tr("Minutes, for a"), times)
        self.minutes.setAccessibleName(tr("Minutes"))
        self.minutes.setToolTip(tr("How long it takes before a class"))
        self.level.setAccessibleName(tr("Level"))
        self.level.setToolTip(tr("Whom it is for"))
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._build_steps(), tr("Steps"))
        self.text = QPlainTextEdit(self)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(tr("The lesson as text"))
        self.text.setToolTip(tr("The lesson as it stands in its file; what is changed here is in the steps, too"))
        self.tabs.addTab(self.text, tr("Text"))
        self.problem = QLabel(self)
        self.problem.setProperty("role", "error")
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setAccessibleName(tr("What is wrong"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        add_layout(column, head)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.problem)
        add_layout(column, self._build_buttons())
        for field in (self.title, self.summary):
            field.textChanged.connect(self._on_head)
        self.minutes.valueChanged.connect(self._on_head)
        self.level.currentIndexChanged.connect(self._on_head)
        self.tabs.currentChanged.connect(self._on_tab)
        self.resize(opening_size(self, 820, 640))

    def _build_steps(self) -> QWidget:
        tr = self.tr
        page = QWidget(self)
        self.list = QListWidget(page)
        self.list.setSpacing(3)
        self.list.setAccessibleName(tr("Steps of the lesson"))
        self.form = StepForm(page)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        self.step_buttons = {
            "up": self._push(tr("Up"), tr("Move this step before the one above it")),
            "down": self._push(tr("Down"), tr("Move this step behind the one below it")),
            "add": self._push(tr("Add"), tr("Add a step that only says something, behind this one")),
            "remove": self._push(tr("Remove"), tr("Take this step out")),
        }
        for button in self.step_buttons.values():
            row.addWidget(button)
        add_layout(left, row)
        columns = QHBoxLayout(page)
        add_layout(columns, left, 2)
        columns.addWidget(self.form, 3)
        self.list.currentRowChanged.connect(self._on_row)
        self.form.edited.connect(self._on_step)
        self.form.wait_chosen.connect(self._on_wait)
        for name, slot in (
            ("up", self._on_up),
            ("down", self._on_down),
            ("add", self._on_add),
            ("remove", self._on_remove),
        ):
            self.step_buttons[name].clicked.connect(slot)
        return page

    def _build_buttons(self) -> QHBoxLayout:
        tr = self.tr
        self.replay_button = self._push(tr("Replay"), tr("Play the lesson from its beginning, in the window"))
        self.from_here_button = self._push(tr("Replay from here"), tr("Do what lies before this step, and play on"))
        self.save_button = self._push(tr("Save as…"), tr("Save the lesson as one file, to be opened and shared"))
        close = self._push(tr("Close"), tr("Close this; Lessons → Edit a lesson brings it back"))
        row = QHBoxLayout()
        for button in (self.replay_button, self.from_here_button, self.save_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        self.replay_button.clicked.connect(self._on_replay)
        self.from_here_button.clicked.connect(self._on_from_here)
        self.save_button.clicked.connect(self._on_save)
        close.clicked.connect(self.hide)
        return row

    def _push(self, text: str, tooltip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tooltip)
        button.setAutoDefault(False)
        return button

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def has_lesson(self) -> bool:
        """Whether there is anything to edit."""
        return bool(self._content["steps"])

    def open_on(self, lesson: LessonSpec, recorded: Sequence[Recorded] = (), path: Path | None = None) -> None:
        """Edit `lesson`; what was `recorded` proposes its waits and says what was lost."""
        self._path = path
        self._take(lesson, [each.waits for each in recorded])
        lost = [self.tr("Step {0}: {1}").format(n, each.lost) for n, each in enumerate(recorded, 1) if each.lost]
        self.problem.setText("\n".join(lost[:3]))
        self.tabs.setCurrentIndex(0)
        self.show_again()

    def show_again(self) -> None:
        """Come to the front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def lesson(self) -> LessonSpec | None:
        """Return the lesson as it stands; None, with a sentence in `problem`, where it is not right."""
        try:
            text = self.text.toPlainText() if self.tabs.currentIndex() else written(self._content)
            lesson = read_lesson(text, self.tr("The lesson"))
        except NnvizError as error:
            self.problem.setText(str(error))
            return None
        self.problem.setText("")
        return lesson

    def _take(self, lesson: LessonSpec, waits: Sequence[Sequence[str]] | None = None, row: int = 0) -> None:
        self._content = lesson_content(lesson)
        if waits is not None:
            self._waits = list(waits)
        self._waits += [()] * (len(lesson.steps) - len(self._waits))
        self._is_filling = True
        self.title.setText(lesson.title)
        self.summary.setText(lesson.summary)
        self.minutes.setValue(lesson.minutes)
        self.level.setCurrentIndex(self.level.findData(lesson.level))
        self._is_filling = False
        self._list_steps(row)

    def _list_steps(self, row: int) -> None:
        self._is_filling = True
        self.list.clear()
        for number, step in enumerate(self._content["steps"], start=1):
            self.list.addItem(self.tr("{0} · {1}").format(number, shown(str(step.get("say", "")), LISTED)))
        self._is_filling = False
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._on_row(self.list.currentRow())

    @Slot(int)
    def _on_row(self, row: int) -> None:
        steps = self._content["steps"]
        if self._is_filling or not 0 <= row < len(steps):
            return
        self.form.show_step(steps[row], self._waits[row])
        self.step_buttons["up"].setEnabled(row > 0)
        self.step_buttons["down"].setEnabled(row < len(steps) - 1)
        self.step_buttons["add"].setEnabled(len(steps) < MOST_STEPS)
        self.step_buttons["remove"].setEnabled(len(steps) > 1)

    # -- what is edited -----------------------------------------------------------------------------------------

    @Slot()
    def _on_head(self) -> None:
        if not self._is_filling:
            said = {"title": self.title.text(), "summary": self.summary.text(), "minutes": self.minutes.value()}
            self._content |= {**said, "level": self.level.currentData()}
            if self.tabs.currentIndex():
                self._show_text()

    @Slot()
    def _on_step(self) -> None:
        row = self.list.currentRow()
        self._content["steps"][row] = step = self.form.step
        item = self.list.item(row)
        item.setText(self.tr("{0} · {1}").format(row + 1, shown(str(step["say"]), LISTED)))

    @Slot(str)
    def _on_wait(self, wait: str) -> None:
        """Leave to the pupil what is waited for, where the lesson did it so far."""
        row = self.list.currentRow()
        self._content["steps"][row] = self.form.step
        lesson = self.lesson()
        if lesson is None:
            return
        try:
            self._take(lesson.edited(steps=waiting_for(lesson, row, wait)), row=row)
        except NnvizError as error:
            self.problem.setText(str(error))

    @Slot()
    def _on_up(self) -> None:
        self._move(-1)

    @Slot()
    def _on_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        for each in (self._content["steps"], self._waits):
            each.insert(row + by, each.pop(row))
        self._list_steps(row + by)

    @Slot()
    def _on_add(self) -> None:
        row = self.list.currentRow() + 1
        self._content["steps"].insert(row, {"say": self.tr("Look.")})
        self._waits.insert(row, ())
        self._list_steps(row)

    @Slot()
    def _on_remove(self) -> None:
        row = self.list.currentRow()
        for each in (self._content["steps"], self._waits):
            each.pop(row)
        self._list_steps(row)

    # -- as text ------------------------------------------------------------------------------------------------

    @Slot(int)
    def _on_tab(self, index: int) -> None:
        if self._is_filling:
            return
        if index == 1:
            self._show_text()
            return
        # Back from the text: what is not right there has to be put right there.
        try:
            lesson = read_lesson(self.text.toPlainText(), self.tr("The lesson"))
        except NnvizError as error:
            self._is_filling = True
            self.tabs.setCurrentIndex(1)
            self._is_filling = False
            self.problem.setText(str(error))
            return
        self.problem.setText("")
        self._take(lesson)

    def _show_text(self) -> None:
        try:
            self.text.setPlainText(written(self._content))
        except NnvizError as error:
            self.problem.setText(str(error))

    # -- what comes of it ---------------------------------------------------------------------------------------

    @Slot()
    def _on_replay(self) -> None:
        self._replay(0)

    @Slot()
    def _on_from_here(self) -> None:
        self._replay(max(0, self.list.currentRow()))

    def _replay(self, position: int) -> None:
        lesson = self.lesson()
        if lesson is not None:
            self.replay_wanted.emit(lesson, position)

    @Slot()
    def _on_save(self) -> None:
        lesson = self.lesson()
        if lesson is None:
            return
        name = "-".join("".join(c if c.isalnum() else " " for c in lesson.title.lower()).split())
        proposal = str(self._path) if self._path is not None else f"{name[:60] or 'lesson'}.toml"
        kinds = self.tr("Lessons (*.toml)")
        path = file_to_save(self, self.tr("Save the lesson"), proposal, kinds, ".toml")
        if path is not None:
            self.save(lesson, path)

    def save(self, lesson: LessonSpec, path: Path) -> None:
        """Write `lesson` to a file."""
        try:
            text = written(lesson_content(lesson)).encode()
            write_atomically(path, lambda file: file.write(text))
        except NnvizError as error:
            self.problem.setText(str(error))
            return
        self._path = path
        self.saved.emit(str(path))
