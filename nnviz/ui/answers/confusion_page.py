"""Which classes the network takes for which: a matrix whose cells mark their rows everywhere in the window."""

from __future__ import annotations

from time import monotonic

import numpy as np
from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnviz.drawing.confusion_layout import Counts, Place
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.frame import Answers, Frame
from nnviz.session.marking import Marks
from nnviz.ui.answers.answers_page import AnswersPage
from nnviz.ui.answers.confusion_matrix import ConfusionMatrix
from nnviz.ui.answers.confusion_rows import Compared, compared, place_of, total
from nnviz.ui.answers.confusion_texts import card_lines, marked_sentences, pointed_sentences, summary
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.help_text import plain_tooltip
from nnviz.ui.widgets.readout_card import ReadoutCard
from nnviz.ui.widgets.segments import ChoiceButton

#: From this width on, and where it is so much wider than high, the words stand beside the matrix.
WIDE, WIDER = 620, 1.9
#: While training, the matrix is drawn anew after so many seconds at the soonest: hundreds of numbers take their time.
REFRESH_S = 0.1
_ANY_WIDTH = 16_777_215


class ConfusionPage(AnswersPage):
    """The matrix, the choice of the part of the data, and one sentence about what is marked.

    Signals
    -------
    rows_wanted : ()
        The user wants to see the marked rows listed.
    """

    name = "confusion"
    rows_wanted = Signal()

    def __init__(self, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.content_label = self.tr("the confusion matrix")
        self.label = self.tr("Confusion")
        self.help = self.tr("Count which classes the network takes for which; click a cell to mark its rows everywhere")
        self._marks, self._theme = marks, theme
        self._prepared: Prepared | None = None
        self._answers: tuple[Answers | None, ...] | None = None
        self._parts: dict[PartName, Compared] = {}
        self._counts: Counts | None = None
        self._pointed: Place | None = None
        self._wanted_part = "test"
        self._sentences = [""]
        self._drawn_at = 0.0
        self._build()
        self.part.chosen.connect(self._on_part_chosen)
        self.matrix.pointed.connect(self._on_pointed)
        self.matrix.picked.connect(self._on_picked)
        self.rows_button.clicked.connect(self.rows_wanted)
        marks.changed.connect(self._on_marks_changed)
        self.set_theme(theme)

    def _build(self) -> None:
        self.content = QWidget(self)
        self.matrix = ConfusionMatrix(self.content)
        self.card = ReadoutCard(self.matrix)
        self._words = QWidget(self.content)
        self.part = ChoiceButton(
            (
                ("test", self.tr("test"), self.tr("Count the rows that the network has never learnt from")),
                ("train", self.tr("train"), self.tr("Count the rows that the network learns from")),
                (
                    "validation",
                    self.tr("validation"),
                    self.tr("Count the rows by which settings and the moment to stop are chosen"),
                ),
                ("both", self.tr("all parts"), self.tr("Count the rows of all parts together")),
            ),
            self.tr("Which part of the data is counted"),
            self.matrix,
        )
        self.matrix.corner = self.part
        self.sentence = QLabel(self._words)
        self.sentence.setProperty("role", "quiet")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        button = self.rows_button = flat_button(
            self._words, self.tr("show rows"), self.tr("List the marked rows with their answers and losses")
        )
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._words)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(10)
        self._line.addWidget(self.sentence, 1)
        self._line.addWidget(button)
        self._line.addStretch(0)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self.content)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._box.addWidget(self.matrix, 1)
        self._box.addWidget(self._words)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.content)
        QWidget.setTabOrder(self.part, self.matrix)

    # -- what is shown ------------------------------------------------------------------------------------------

    def suits(self, prepared: Prepared) -> bool:
        """Only classes can be confused."""
        return prepared.task == "classification"

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.matrix.set_theme(theme)
        self.card.set_theme(theme)
        self._arrange()

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""
        self._prepared, self._answers, self._parts, self._counts = prepared, None, {}, None
        parts = prepared.shown_parts
        self.part.offer((*parts, "both"))
        self.part.choose(self._wanted_part if self._wanted_part in (*parts, "both") else parts[-1])
        self.part.setVisible(len(parts) > 1)
        self.matrix.fit_corner()
        self.matrix.show_classes(prepared.class_names)
        self.card.hide()
        self._pointed = None
        self._show_sentence(None)

    def show_frame(self, frame: Frame) -> None:
        """Count the answers of a frame."""
        assert frame.answers_train is not None
        answers = tuple(frame.answers_of(name) for name in PARTS)
        now = monotonic()
        if self._answers is not None and all(a is b for a, b in zip(answers, self._answers, strict=True)):
            return
        if self._answers is None or not frame.is_moving or now - self._drawn_at >= REFRESH_S:
            self._answers, self._drawn_at = answers, now
            self._redraw()

    def _redraw(self) -> None:
        if self._prepared is None or self._answers is None:
            return
        self._parts = compared(self._prepared, self._answers, self.part.choice)
        self._counts = total(self._parts) if self._parts else None
        if self._counts is None:
            return
        ring = place_of(self._parts, self._counts, self._marks.rows)
        self.matrix.show_counts(self._counts, ring)
        self._read_out()

    def _show_sentence(self, ring: Place | None) -> None:
        """Say what is under the pointer where no card does; else what is marked, or how many rows are right."""
        n_marked, names = len(self._marks.rows), self._names
        self.rows_button.setEnabled(n_marked > 0)
        if self._counts is None:
            self._sentences = [""]
        elif self._pointed not in (None, ring) and self.card.isHidden():
            self._sentences = pointed_sentences(self._pointed, self._counts, names)
        elif n_marked:
            self._sentences = marked_sentences(ring, n_marked, names)
        else:
            self._sentences = summary(self._counts)
        self._fit_sentence()

    def _fit_sentence(self) -> None:
        """Show the longest sentence that there is room for, and offer the whole one."""
        label, texts = self.sentence, self._sentences
        metrics, flags = label.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
        room = QRect(0, 0, max(40, label.width() - max(0, label.indent())), 10_000)
        fitting = (each for each in texts if metrics.boundingRect(room, flags, each).height() <= label.maximumHeight())
        text = next(fitting, texts[-1])
        if text != label.text():
            label.setText(text)
        label.setToolTip("" if text == texts[0] else plain_tooltip(texts[0]))

    @property
    def _names(self) -> tuple[str, ...]:
        return self._prepared.class_names if self._prepared is not None else ()

    # -- reading and marking ------------------------------------------------------------------------------------

    @Slot(object)
    def _on_pointed(self, place: Place | None) -> None:
        self._pointed = place
        self._read_out()

    def _read_out(self) -> None:
        """Read out the place under the pointer: on a card, which would hide a small matrix, or in the sentence."""
        place, counts, matrix = self._pointed, self._counts, self.matrix
        line = matrix.fontMetrics().height()
        if place is None or counts is None or matrix.height() < 17 * line or matrix.width() < 26 * line:
            self.card.hide()
        else:
            pointer = matrix.mapFromGlobal(QCursor.pos()) if matrix.underMouse() else None
            lines = card_lines(place, counts, self._names)
            self.card.show_lines(lines, pointer if pointer is not None else matrix.anchor(place).toPoint())
        if place is not None and counts is not None:
            matrix.setAccessibleDescription(pointed_sentences(place, counts, self._names)[0])
        self._show_sentence(matrix.ring)

    @Slot(object, bool)
    def _on_picked(self, place: Place | None, adds: bool) -> None:
        """Mark the rows of a place; with Ctrl besides what is marked, or no longer where they all are."""
        if place is None or not self._parts:
            if place is None and not adds:
                self._marks.clear()
            return
        picked = {name: part.rows_of(place) for name, part in self._parts.items()}
        if adds:
            marked = {name: self._marks.rows.part(name) for name in PARTS}
            has_all = all(np.isin(rows, marked[name]).all() for name, rows in picked.items())
            change = np.setdiff1d if has_all else np.union1d
            picked = marked | {name: change(marked[name], rows) for name, rows in picked.items()}
        self._marks.set(**picked)

    @Slot()
    def _on_marks_changed(self) -> None:
        if self._counts is not None:
            ring = place_of(self._parts, self._counts, self._marks.rows)
            self.matrix.show_counts(self._counts, ring)
            self._show_sentence(ring)

    @Slot(str)
    def _on_part_chosen(self, name: str) -> None:
        self._wanted_part = name
        self.matrix.fit_corner()
        self._redraw()

    # -- arrangement --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the words beside the matrix where there is more room there than below."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= WIDE and self.width() > WIDER * self.height()
        directions = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(directions[0] if wide else directions[1])
        self._line.setDirection(directions[1] if wide else directions[0])
        self._line.setStretch(0, 0 if wide else 1)
        self._line.setStretch(2, 1 if wide else 0)
        self._line.setAlignment(self.rows_button, Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignVCenter)
        # So many lines of words at all times, so that the matrix stands still.
        line = self.sentence.fontMetrics().lineSpacing()
        self.sentence.setMinimumHeight(0 if wide else 2 * line + 2)
        self.sentence.setMaximumHeight((6 if wide else 2) * line + 2)
        # Below each other, the words of the sentence and of the button begin at one line.
        self.sentence.setIndent(7 if wide else 0)
        self._words.setMinimumWidth(15 * line if wide else 0)
        self._words.setMaximumWidth(15 * line if wide else _ANY_WIDTH)
        self._box.activate()
        self._line.activate()
        self._fit_sentence()
