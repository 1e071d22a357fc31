"""Rows and sections of the set-up panel: a label, a mark where a change starts over, a control, and quiet sentences.

A row is bound to one value of the experiment by two functions, `read` and `write`; everything else follows from them:
what the control shows, the undoable edit, and whether an edit would start the run over (`nnviz.experiment.effects`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnviz.core.choices import Parameter
from nnviz.core.errors import NnvizError
from nnviz.experiment.document import Experiment
from nnviz.experiment.effects import Effect, effect_of
from nnviz.ui.form.controls import Control, LabelledSlider
from nnviz.ui.form.number_scale import NumberScale
from nnviz.ui.widgets.help_text import plain_tooltip, table_text
from nnviz.ui.widgets.hideable import TeacherHideable
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.restart_mark import MARK_GAP, MARK_ROOM, RestartMark

if TYPE_CHECKING:
    from nnviz.session.editing import EditedExperiment

#: Between a label and its control, in pixels.
LABEL_GAP = 6
#: Rows that are marked in one go: to find out what a change would do takes its time.
MARKS_AT_ONCE = 6


class Binding(Struct, frozen=True):
    """How a row reads and changes the experiment.

    Attributes
    ----------
    key : str
        Names the edit, so that the steps of one drag become one undo step.
    text : str
        What the undo menu says, such as "change learning rate".
    read : callable
        ``experiment -> value``
    write : callable
        ``(experiment, value) -> experiment``
    probe : callable or None
        ``value -> another value``, by which the row learns whether such an edit starts the run over.
    """

    key: str
    text: str
    read: Callable[[Experiment], Any]
    write: Callable[[Experiment, Any], Experiment]
    probe: Callable[[Any], Any] | None = None


def _widest_label(*, short: bool) -> str:
    """Return a label that all rows make room for, so that controls stand in one column at any font size."""
    translate = QCoreApplication.translate
    if short:
        return translate("NetworkSection", "hidden {0}").format(20)
    return translate("NetworkSection", "hidden layers")


def row_label(label: str) -> str:
    """Return a table's label as rows write it: lower case, but for abbreviations such as L1 and "Δ"."""
    text = table_text(label)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def nudged(parameter: Parameter) -> Callable[[Any], Any]:
    """Return a function from a value of `parameter` to a different one within its bounds."""

    def other(value: Any) -> Any:
        first, last = parameter.ends
        return first if value != first else last

    return other


def parameter_control(parameter: Parameter) -> LabelledSlider:
    """Return the control of a choice's own parameter."""
    return LabelledSlider(NumberScale(parameter))


def set_role(widget: QWidget, role: str) -> None:
    """Give `widget` a look of the application's style sheet."""
    widget.setProperty("role", role)


class _RowLabel(QLabel):
    """A label as wide as the widest of its column."""

    def __init__(self, text: str, widest: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._widest = widest
        set_role(self, "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        return QSize(max(size.width(), self.fontMetrics().horizontalAdvance(self._widest) + 2), size.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class _Line(TeacherHideable, QWidget):
    """A label and what stands beside it."""


class FieldRow(TeacherHideable, QWidget):
    """One line of a section.

    Parameters
    ----------
    label : str
    control : Control
    tooltip : str
        One sentence that explains the concept; rich text is left as it is.
    state : EditedExperiment
    binding : Binding
    short : bool
        Whether the label belongs to the narrow column of the layers.
    """

    def __init__(
        self,
        label: str,
        control: Control,
        tooltip: str,
        state: EditedExperiment,
        binding: Binding,
        parent: QWidget | None = None,
        *,
        short: bool = False,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._state = state
        self._binding = binding
        rich = tooltip if tooltip.startswith("<qt>") else plain_tooltip(tooltip)
        self.label = _RowLabel(label, _widest_label(short=short), self)
        self.label.setBuddy(control.focus_widget())
        self.label.setToolTip(rich)
        control.describe(label, rich)
        self.mark = RestartMark(self)
        # Of which experiment the mark tells, and of which it does not yet.
        self._marked: Experiment | None = None
        self._to_mark: Experiment | None = None
        self.error: QLabel | None = None
        self.hint: QLabel | None = None
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.label)
        line.addSpacing(LABEL_GAP)
        line.addWidget(control, 1)
        line.addSpacing(MARK_GAP)
        line.addWidget(self.mark)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        add_layout(self._column, line)
        control.edited.connect(self._on_edited)
        control.failed.connect(self.set_error)

    @property
    def binding(self) -> Binding:
        """Which value of the experiment the row shows and edits."""
        return self._binding

    @property
    def key(self) -> str:
        """Name of the value that the row edits."""
        return self._binding.key

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the row's value of `experiment`; no signal."""
        value = self._binding.read(experiment)
        if value != self.control.value:
            self.set_error("")
        self.control.set_value(value)

    def show_mark(self, experiment: Experiment) -> None:
        """Mark the row, soon or as soon as it is seen, where a change of it would start the run over."""
        if experiment is not self._marked:
            self._marked = self._to_mark = experiment

    def settle_mark(self) -> None:
        """Find out what a change of the row would do, which means to try one."""
        experiment, self._to_mark = self._to_mark, None
        if experiment is None:
            return
        binding = self._binding
        restarts = False
        if binding.probe is not None:
            try:
                other = binding.write(experiment, binding.probe(binding.read(experiment)))
            except NnvizError:
                other = experiment
            restarts = effect_of(experiment, other) is Effect.RESTART
        self.mark.set_on(restarts)

    @property
    def is_to_mark(self) -> bool:
        """Whether it is still to be found out whether the row carries the mark."""
        return self._to_mark is not None

    @property
    def restarts(self) -> bool:
        """Whether the row carries the mark."""
        self.settle_mark()
        return self.mark.is_on

    def showEvent(self, event: QShowEvent) -> None:
        """Carry the mark, or none."""
        super().showEvent(event)
        self.settle_mark()

    @Slot(object, str)
    def _on_edited(self, value: Any, gesture: str) -> None:
        binding = self._binding
        experiment = self._state.experiment
        try:
            edited = binding.write(experiment, value)
        except NnvizError as error:
            self._refuse(str(error), experiment)
        else:
            self._state.edit(edited, binding.text, f"{gesture} {binding.key}" if gesture else "")

    def _refuse(self, sentence: str, experiment: Experiment) -> None:
        self.control.set_value(self._binding.read(experiment))
        self.set_error(sentence)

    @Slot(str)
    def set_error(self, sentence: str) -> None:
        """Show why a value was refused, in the warning colour; empty: nothing."""
        self.error = self._show_sentence(self.error, sentence, "error")

    def set_hint(self, sentence: str) -> None:
        """Show one quiet sentence about settings that make no sense together; empty: nothing."""
        self.hint = self._show_sentence(self.hint, sentence, "quiet")

    def _show_sentence(self, label: QLabel | None, sentence: str, role: str) -> QLabel | None:
        if label is None:
            if not sentence:
                return None
            label = sentence_label(role, self)
            label.setContentsMargins(0, 0, MARK_ROOM, 0)
            self._column.addWidget(label)
        label.setText(sentence)
        label.setVisible(bool(sentence))
        return label


def sentence_label(role: str, parent: QWidget) -> QLabel:
    """Return a label for a sentence, which wraps."""
    label = QLabel(parent)
    set_role(label, role)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


class Section(QWidget):
    """A titled part of the panel: the title, what it sums up to, and rows.

    Parameters
    ----------
    title : str
    state : EditedExperiment

    Attributes
    ----------
    rows : list of FieldRow
        In the order in which they were made.
    version : int
        Grows whenever rows come or go.
    """

    def __init__(self, title: str, state: EditedExperiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = state
        self.rows: list[FieldRow] = []
        self.version = 0
        self._marking = QTimer(self, singleShot=True, interval=0)
        self._marking.setObjectName("marks of the rows")
        self._marking.timeout.connect(self._settle_marks)
        self.title = QLabel(title, self)
        set_role(self.title, "section")
        self.summary = QLabel(self)
        set_role(self.summary, "quiet")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, MARK_ROOM, 2)
        head.addWidget(self.title)
        head.addWidget(self.summary, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        add_layout(self.column, head)

    def add_row(
        self,
        label: str,
        control: Control,
        tooltip: str,
        binding: Binding,
        *,
        into: QVBoxLayout | None = None,
        short: bool = False,
    ) -> FieldRow:
        """Append a bound row to the section, or to another column inside it."""
        row = FieldRow(label, control, tooltip, self.state, binding, self, short=short)
        self.rows.append(row)
        self.version += 1
        (self.column if into is None else into).addWidget(row)
        return row

    def add_plain(self, widget: QWidget) -> None:
        """Append what is no row, as wide as the rows without their marks."""
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, MARK_ROOM, 0)
        line.addWidget(widget)
        add_layout(self.column, line)

    def add_labelled(self, label: str, widget: QWidget) -> QWidget:
        """Append a widget that is bound to no value beside a label, in the columns of the rows; return their line."""
        box = _Line(self)
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(LABEL_GAP)
        text = _RowLabel(label, _widest_label(short=False), box)
        text.setBuddy(widget)
        line.addWidget(text)
        line.addWidget(widget, 1)
        self.add_plain(box)
        return box

    def drop_rows(self, rows: list[FieldRow]) -> None:
        """Remove rows for good."""
        for row in rows:
            self.rows.remove(row)
            self.version += 1
            row.hide()
            row.deleteLater()

    def show_rows(self, experiment: Experiment) -> None:
        """Show the values of all rows and which of them start the run over."""
        for row in self.rows:
            row.show_experiment(experiment)
            row.show_mark(experiment)
        self._marking.start()

    @Slot()
    def _settle_marks(self) -> None:
        """Mark some of the rows that are seen, and the others after what else waits."""
        waiting = [row for row in self.rows if row.is_to_mark and row.isVisible()]
        for row in waiting[:MARKS_AT_ONCE]:
            row.settle_mark()
        if waiting[MARKS_AT_ONCE:]:
            self._marking.start()
