"""The lesson as it is followed: what the step says, what it waits for, and the way on and back."""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnviz.core.inert import shown
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.frame import Frame
from nnviz.lessons.wording import figure_in_digits, in_words, progress_of
from nnviz.ui.lessons.played_lesson import PlayedLesson
from nnviz.ui.widgets.buttons import described_action, dressed
from nnviz.ui.widgets.calm import SHORT_ROLE, CalmComboBox
from nnviz.ui.widgets.help_text import plain_tooltip, table_text
from nnviz.ui.widgets.hideable import Hideable, TeacherHideable, hideable_button
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.view_header import ViewHeader

_SHEET = Template("""
QLabel[role="said"] { font-size: ${said}pt; }
QLabel[role="told"] { font-size: ${said}pt; font-weight: 700; }
QLabel[role="hint"] { color: $negative_text; }
""")
#: Characters of a step in the list of all steps.
LISTED = 60


class HintLabel(TeacherHideable, QLabel):
    """A line that is there while there is something to say in it, and goes where a teacher hides it."""


class StepBox(TeacherHideable, CalmComboBox):
    """The list of all steps, which is there while a lesson is open."""


class StepButton(TeacherHideable, QToolButton):
    """A button that an audience does not see."""


class LessonPanel(QFrame):
    """Shows the present step of the lesson that is open; without one it says how to choose one.

    Parameters
    ----------
    played : PlayedLesson
    choose : QAction
        Opens the list of all lessons.
    theme : Theme
    parent : QWidget or None

    Attributes
    ----------
    back_button, next_button, restore_button : QToolButton
    steps : QComboBox
        Every step, to be entered directly.

    Signals
    -------
    ended : ()
        The last step is done, and the way on was asked for.
    """

    ended = Signal()

    def __init__(self, played: PlayedLesson, choose: QAction, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._played, self._choose, self._theme = played, choose, theme
        self._is_bare = False
        self.header = ViewHeader(self.tr("Lesson"), self)
        self._build_header()
        self.said = self._label("said")
        self.said.setAccessibleName(self.tr("What the step says"))
        self.hint = self._label("hint")
        self.hint.setAccessibleName(self.tr("Hint"))
        self.figures = self._label("told")
        self.figures.setAccessibleName(self.tr("Figures that the step speaks of"))
        self.waits = self._label("quiet")
        self.waits.setAccessibleName(self.tr("What the step waits for"))
        self.notes = self._label("quiet")
        self.notes.setAccessibleName(self.tr("For the teacher"))
        self._labels = (self.said, self.figures, self.hint, self.waits, self.notes)
        self._texts = QVBoxLayout()
        self._texts.setSpacing(2)
        for label in self._labels:
            self._texts.addWidget(label)
        self.back_button = self._button(self.tr("‹ Back"), self.tr("Go to the step before, as it was (PgUp)"), "button")
        self.next_button = self._button(self.tr("Next ›"), self.tr("Go to the next step (PgDn)"), "primary")
        self._row = QHBoxLayout()
        self._row.setSpacing(14)
        self._row.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignTop)
        add_layout(self._row, self._texts, 1)
        self._row.addWidget(self.next_button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 4, 14, 8)
        self._column.setSpacing(4)
        self._column.addWidget(self.header)
        add_layout(self._column, self._row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.back_button.clicked.connect(played.go_back)
        self.next_button.clicked.connect(self._on_next)
        self.restore_button.clicked.connect(played.restore)
        self.steps.activated.connect(played.enter)
        played.opened.connect(self._list_steps)
        played.closed.connect(self.show_step)
        played.changed.connect(self.show_step)
        self.set_theme(theme)
        self._list_steps()
        self.show_step()

    def _build_header(self) -> None:
        tr = self.tr
        self.steps = StepBox(self.header)
        self.steps.setAccessibleName(tr("Steps of the lesson"))
        self.steps.setToolTip(plain_tooltip(tr("Go to any step: what lies before it is done by itself")))
        self.steps.setMinimumContentsLength(13)
        self.header.add_widget(self.steps)
        self.restore_button = self.header.add_button(
            tr("Back to the lesson"), tr("Bring back the state in which this step began; Undo leads back to yours")
        )
        menu = QMenu(self)
        self.show_notes = described_action(
            tr("Show the teacher's notes"), tr("Show what only the teacher reads"), self, checkable=True
        )
        self.show_notes.toggled.connect(self.show_step)
        self.leave = described_action(tr("Leave the lesson"), tr("Close the lesson; the experiment stays"), self)
        self.leave.triggered.connect(self._played.close)
        menu.addActions([self._choose, self.show_notes, self.leave])
        self.menu_button = self.header.add_menu(menu, tr("Other lessons; the teacher's notes; leave the lesson"))

    def _label(self, role: str) -> QLabel:
        label = HintLabel(self)
        label.setProperty("role", role)
        # Lessons come from files: inert text, never markup.
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        return label

    def _button(self, text: str, tooltip: str, role: str) -> QToolButton:
        button = dressed(StepButton(self), text, tooltip, role=role, name=text.strip("‹› "))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    # -- what is shown ------------------------------------------------------------------------------------------

    @Slot()
    def show_step(self) -> None:
        """Show the present step."""
        played, step, lesson = self._played, self._played.step, self._played.lesson
        is_open = step is not None and lesson is not None
        if lesson is None or step is None:
            self.header.title.setText(self.tr("Lesson"))
            self.header.info.setText("")
            said = self.tr("No lesson is open. Choose one: each takes some minutes and does everything by itself.")
            hint = waits = notes = figures = ""
        else:
            self.header.title.setText(shown(table_text(lesson.title), 160))
            minutes = self.tr("about {0} minutes").format(lesson.minutes)
            self.header.info.setText(minutes)
            said = self.tr("Doing the steps before …") if played.is_catching_up else table_text(step.say)
            hint = table_text(step.hint) if played.shows_hint else ""
            notes = table_text(step.notes) if self.show_notes.isChecked() else ""
            waits, figures = self._waits(), self._figures()
        for label, text in zip(self._labels, (said, figures, hint, waits, notes), strict=True):
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self.steps.setCurrentIndex(played.position)
        self.steps.setVisible(is_open)
        self.restore_button.setVisible(is_open)
        self.restore_button.setEnabled(is_open and played.is_away)
        self.leave.setEnabled(is_open)
        self.show_notes.setEnabled(lesson is not None and any(each.notes for each in lesson.steps))
        self.back_button.setVisible(is_open and not self._is_bare)
        self.back_button.setEnabled(played.position > 0)
        self.next_button.setVisible(not self._is_bare)
        self._name_next()
        self._fit()

    def _name_next(self) -> None:
        played = self._played
        if played.lesson is None:
            text, tooltip = self.tr("Choose…"), self.tr("Choose a lesson from the list")
        elif played.is_last and (played.is_met or played.shows_hint):
            text, tooltip = self.tr("Done"), self.tr("Leave this lesson and choose the next one")
        else:
            text, tooltip = self.tr("Next ›"), self.tr("Go to the next step (PgDn)")
        if text != self.next_button.text():
            self.next_button.setText(text)
            self.next_button.setToolTip(tooltip)
            self.next_button.setAccessibleName(text.strip("‹› "))

    def _waits(self) -> str:
        """Return what the step waits for, with how far it has come."""
        step = self._played.step
        if step is None or step.until is None:
            return ""
        if self._played.is_met:
            return self.tr("✓ {0}").format(in_words(step.until.text))
        parts = [progress_of(part) for part in self._played.progress()]
        return self.tr("Waits for: {0}").format(self.tr("; ").join(parts))

    def _figures(self) -> str:
        """Return the figures that the step speaks of, with all their digits."""
        step = self._played.step
        if step is None or not step.read:
            return ""
        facts = self._played.facts()
        return " · ".join(figure_in_digits(name, facts.value(name), step.decimals) for name in step.read)

    @Slot()
    def _list_steps(self) -> None:
        lesson = self._played.lesson
        self.steps.clear()
        if lesson is None:
            return
        for number, step in enumerate(lesson.steps, start=1):
            self.steps.addItem(self.tr("{0} · {1}").format(number, shown(table_text(step.say), LISTED)))
            short = self.tr("step {0} of {1}").format(number, len(lesson.steps))
            self.steps.setItemData(number - 1, short, SHORT_ROLE)

    @Slot()
    def _on_next(self) -> None:
        if self._played.lesson is None:
            self._choose.trigger()
        elif not self._played.go_on():
            self.ended.emit()

    @Slot(bool)
    def set_bare(self, bare: bool) -> None:
        """Leave only what is told, for an audience, or bring back what is pressed."""
        self._is_bare = bare
        self.header.setHidden(bare)
        self.show_step()

    # -- as every view ------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        said = theme.font_size + (2.0 if not theme.projected else 4.0)
        self.setStyleSheet(_SHEET.substitute(said=said, negative_text=theme.negative_text))
        self._fit()

    def show_prepared(self, _prepared: Prepared) -> None:
        """Other data change nothing here by themselves."""

    def show_frame(self, _frame: Frame) -> None:
        """Show how far what is waited for has come, and the figures that the step speaks of."""
        figures = self._figures()
        if figures != self.figures.text():
            self.figures.setText(figures)
        if self._played.step is not None and not self._played.is_met:
            waits = self._waits()
            if waits != self.waits.text():
                self.waits.setText(waits)
                self.waits.setVisible(bool(waits))

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide."""
        group = self.tr("Lesson")
        walk = (("back", self.back_button), ("next", self.next_button), ("restore", self.restore_button))
        for name, button in (*walk, ("more", self.menu_button)):
            yield hideable_button(f"lesson.{name}", group, button)
        yield Hideable("lesson.steps", group, self.tr("the list of all steps"), (self.steps,))
        yield Hideable("lesson.waits", group, self.tr("what a step waits for"), (self.waits,))

    # -- size ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the text needs at the width there is."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        """Be as high as the text is at this width, with room for two lines of it: steps shall not make all jump."""
        width = self.width() - 28
        buttons = [button for button in (self.back_button, self.next_button) if not button.isHidden()]
        for button in buttons:
            width -= button.sizeHint().width() + self._row.spacing()
        width = max(width, 120)
        labels = [label for label in self._labels if not label.isHidden()]
        text = sum(label.heightForWidth(width) for label in labels) + 2 * max(0, len(labels) - 1)
        line = self.said.fontMetrics().lineSpacing()
        quiet = self.waits.fontMetrics().lineSpacing()
        text = max(text, 2 * line + 2 + quiet, *(button.sizeHint().height() for button in buttons), 0)
        header = 0 if self.header.parentWidget() is not self or self.header.isHidden() else self.header.height() + 4
        height = text + header + self._column.contentsMargins().top() + self._column.contentsMargins().bottom()
        if height != self.maximumHeight() or height != self.minimumHeight():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        """Return no width of its own: the window's decides."""
        return QSize(300, self.minimumHeight())
