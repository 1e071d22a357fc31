"""One step of a lesson as a form: what it says, does, points at and waits for, each judged as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from nnviz.core.errors import NnvizError
from nnviz.core.inert import shown
from nnviz.lessons.actions import PLACES, VERBS, read_action, read_target
from nnviz.lessons.conditions import read_condition
from nnviz.lessons.facts import EVENTS, FIGURES
from nnviz.lessons.limits import LONGEST_SAID
from nnviz.lessons.wording import in_words
from nnviz.ui.widgets.help_text import table_text

_LINES = 3


class StepForm(QWidget):
    """Shows a step of a lesson's file and lets one change it.

    Signals
    -------
    edited : ()
        A field has been changed; `step` tells all of them.
    wait_chosen : str
        One of the proposed conditions was chosen.
    """

    edited = Signal()
    wait_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._step: dict[str, Any] = {}
        self._is_filling = False
        self.say = self._text(tr("What the class reads, at most {0} characters").format(LONGEST_SAID))
        self.do = self._text(tr("What the lesson does, one action in a line: {0}").format(", ".join(VERBS)))
        self.point = self._box(tr("What is ringed: one of these, unit 1.2, layer 1 or point 0.5 -2"))
        self.point.addItem("")
        for place in PLACES.values():
            self.point.addItem(place.name)
            self.point.setItemData(self.point.count() - 1, table_text(place.help), 3)
        figures, events = ", ".join(FIGURES), ", ".join(EVENTS)
        self.wait = self._box(
            tr("What has to hold before the lesson goes on, of figures ({0}) and events ({1})").format(figures, events)
        )
        self.wait_words = QLabel(self)
        self.wait_words.setProperty("role", "quiet")
        self.hint = QLineEdit(self)
        self.hint.setMaxLength(LONGEST_SAID)
        self.hint.setToolTip(tr("What is said where somebody wants to go on before that"))
        self.notes = self._text(tr("What only the teacher reads"))
        self.problem = QLabel(self)
        self.problem.setProperty("role", "error")
        for label in (self.wait_words, self.problem):
            label.setWordWrap(True)
        form = self._form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("Says"), self.say),
            (tr("Does"), self.do),
            (tr("Points at"), self.point),
            (tr("Waits for"), self.wait),
            ("", self.wait_words),
            (tr("Hint"), self.hint),
            (tr("Notes"), self.notes),
        )
        for title, widget in rows:
            form.addRow(title, widget)
            if title:
                widget.setAccessibleName(title)
        form.addRow(self.problem)
        for text in (self.say, self.do, self.notes):
            text.textChanged.connect(self._on_edited)
        for box in (self.point, self.wait):
            box.editTextChanged.connect(self._on_edited)
        self.hint.textChanged.connect(self._on_edited)
        self.wait.activated.connect(self._on_wait)

    def show_step(self, step: dict[str, Any], waits: Sequence[str]) -> None:
        """Show a step as a lesson's file has it, and what it could wait for."""
        self._is_filling = True
        self._step = dict(step)
        self.say.setPlainText(str(step.get("say", "")))
        done = step.get("do", ())
        self.do.setPlainText("\n".join([done] if isinstance(done, str) else map(str, done)))
        self.point.setEditText(str(step.get("point", "")))
        present = str(step.get("wait", ""))
        self.wait.clear()
        for wait in dict.fromkeys(("", *waits, present)):
            self.wait.addItem(wait)
        self.wait.setEditText(present)
        self.hint.setText(str(step.get("hint", "")))
        self.notes.setPlainText(str(step.get("notes", "")))
        self._is_filling = False
        self._judge()

    @property
    def step(self) -> dict[str, Any]:
        """The step as a lesson's file has it: what it leaves out is not in it."""
        said = {
            "say": self.say.toPlainText().strip(),
            "notes": self.notes.toPlainText().strip(),
            "do": [line.strip() for line in self.do.toPlainText().splitlines() if line.strip()],
            "point": self.point.currentText().strip(),
            "wait": self.wait.currentText().strip(),
            "hint": self.hint.text().strip(),
        }
        kept = {name: value for name, value in self._step.items() if name not in said}
        return {**kept, **{name: value for name, value in said.items() if value or name == "say"}}

    def _text(self, tooltip: str) -> QPlainTextEdit:
        text = QPlainTextEdit(self)
        text.setTabChangesFocus(True)
        text.setToolTip(tooltip)
        text.setFixedHeight(_LINES * text.fontMetrics().lineSpacing() + 14)
        return text

    def _box(self, tooltip: str) -> QComboBox:
        box = QComboBox(self)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setMinimumContentsLength(20)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setToolTip(tooltip)
        return box

    @Slot()
    def _on_edited(self) -> None:
        if not self._is_filling:
            self._judge()
            self.edited.emit()

    @Slot(int)
    def _on_wait(self, _index: int) -> None:
        self.wait_chosen.emit(self.wait.currentText())

    def _judge(self) -> None:
        step = self.step
        wait = step.get("wait", "")
        problem = self._problem(step)
        self.problem.setText(problem)
        self.wait_words.setText(shown(in_words(wait), 200) if wait and not problem else "")
        self._form.setRowVisible(self.wait_words, bool(self.wait_words.text()))
        self._form.setRowVisible(self.problem, bool(problem))

    def _problem(self, step: dict[str, Any]) -> str:
        """Return the first thing that is wrong with the step, in a sentence."""
        said = str(step["say"])
        if not said:
            return self.tr("Every step says something.")
        if len(said) > LONGEST_SAID:
            return self.tr("{0} characters are too many: at most {1} are read in one look.").format(
                len(said), LONGEST_SAID
            )
        read: list[tuple[Callable[[str], object], str]] = [(read_action, text) for text in step.get("do", ())]
        read += [(reader, step[name]) for name, reader in _READERS if name in step]
        for reader, text in read:
            try:
                reader(text)
            except NnvizError as error:
                return str(error)
        return ""


_READERS: tuple[tuple[str, Callable[[str], object]], ...] = (("point", read_target), ("wait", read_condition))
