"""Mistakes: the pictures that the network gets most confidently wrong."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnviz.core.numbers import filled, number_text
from nnviz.drawing.theme import Theme
from nnviz.experiment import Prepared
from nnviz.experiment.figures import PARTS
from nnviz.experiment.frame import Frame, RowId
from nnviz.experiment.mistakes import Mistakes, worst_mistakes
from nnviz.experiment.row_identity import same_features
from nnviz.session.marking import Marks
from nnviz.ui.answers.answers_page import AnswersPage
from nnviz.ui.answers.mistake_gallery import MistakeGallery
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.elided_label import ElidedLabel
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.readout_card import ReadoutCard, ReadoutLine
from nnviz.ui.widgets.segments import Segments

MOST = 60
"""Mistakes on show."""
RENEWED_S = 1.0
"""While training, pictures come and go at most this often: nobody could look at them otherwise."""


class MistakesPage(AnswersPage):
    """A gallery in a scroll area, below a line that counts.

    Attributes
    ----------
    gallery : MistakeGallery
    parts : dict of str to QToolButton
        Which rows are looked at: those of a part of the data, or "both".

    Signals
    -------
    tried : object
        (part, row) that the user wants on the pad: clicked once more, or by the button.
    """

    name = "worst"
    tried = Signal(object)

    def __init__(self, marks: Marks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.content_label = self.tr("the pictures that are wrong")
        self.label = self.tr("Mistakes")
        self.help = self.tr("The pictures that the network gets wrong, those first of which it is surest")
        self._marks, self._theme = marks, theme
        self._prepared: Prepared | None = None
        self._frame: Frame | None = None
        self._renewed_at = 0.0
        self._is_shown = False
        self._build()
        marks.changed.connect(self._on_marks_changed)
        self.set_theme(theme)
        self._on_marks_changed()

    def _build(self) -> None:
        # Its own widget, so that a teacher can hide it without touching the pages' stack.
        self.content = QWidget(self)
        self.count = ElidedLabel(parent=self.content)
        self.count.setProperty("role", "quiet")
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.count, 1)
        entries = (
            ("train", self.tr("train"), self.tr("Look for mistakes among the training rows")),
            ("test", self.tr("test"), self.tr("Look for mistakes among the test rows, which training never sees")),
            ("validation", self.tr("val."), self.tr("Look for mistakes among the validation rows")),
            ("both", self.tr("all"), self.tr("Look for mistakes among all rows")),
        )
        self.parts = Segments(entries, self.tr("Rows among which mistakes are looked for"), self.content)
        self.parts.chosen.connect(self._on_part_chosen)
        row.addWidget(self.parts)
        self.try_button = flat_button(
            self.content,
            self.tr("try it"),
            self.tr("Put the marked picture on the pad, where it can be changed (or click it again)"),
            focus=Qt.FocusPolicy.StrongFocus,
        )
        self.try_button.clicked.connect(self._on_try_clicked)
        row.addWidget(self.try_button)
        self.gallery = MistakeGallery(self._theme)
        self.gallery.picked.connect(self._on_picked)
        self.gallery.pointed.connect(self._on_pointed)
        self.area = QScrollArea(self.content)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.gallery)
        # After setWidget, which switches it on: the panel's own colour shall shine through.
        for part in (self.area.viewport(), self.gallery):
            part.setAutoFillBackground(False)
        self.nothing = QLabel(self.content)
        self.nothing.setProperty("role", "quiet")
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.card = ReadoutCard(self.area)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        add_layout(column, row)
        column.addWidget(self.area, 1)
        column.addWidget(self.nothing, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.content)

    # -- what is shown ------------------------------------------------------------------------------------------

    def suits(self, prepared: Prepared) -> bool:
        """Whether the rows are pictures of classes."""
        return prepared.task == "classification" and prepared.dataset.picture_shape is not None

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self._theme = theme
        self.gallery.set_theme(theme)
        self.card.set_theme(theme)

    @property
    def part(self) -> str:
        """Which rows are looked at: those of a part of the data, or all with "both"."""
        return self.parts.choice

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data."""
        old, self._prepared = self._prepared, prepared
        self._frame, self._is_shown, self._renewed_at = None, False, 0.0
        parts = prepared.shown_parts
        for name in ("test", "both"):
            self.parts.buttons[name].setEnabled(name in parts or len(parts) > 1)
        self.parts.buttons["validation"].setVisible("validation" in parts)
        if old is None or self.part not in (*parts, "both") or len(parts) == 1 or not same_features(old, prepared):
            self.parts.choose(parts[-1])
        self.card.hide()
        # Nobody draws in colour on the pad.
        self.try_button.setVisible(prepared.dataset.image_shape is not None)
        self.gallery.show_prepared(prepared)

    def show_frame(self, frame: Frame) -> None:
        """Show the mistakes of a frame; while training, those of now and then."""
        old, self._frame = self._frame, frame
        if self._is_shown and old is not None and old.answers_train is frame.answers_train:
            return
        self._is_shown = False
        now = time.monotonic()
        if not frame.is_moving or now - self._renewed_at >= RENEWED_S:
            self._renewed_at = now
            self._renew()

    def _renew(self) -> None:
        frame, prepared = self._frame, self._prepared
        if frame is None or prepared is None:
            return
        part, self._is_shown = self.part, True
        parts = tuple(name for name in PARTS if part in (name, "both"))
        mistakes = worst_mistakes(prepared, frame, parts, MOST)
        self.gallery.show_mistakes(mistakes)
        self._set_count(mistakes)
        self.area.setVisible(mistakes.n_wrong > 0)
        self.nothing.setVisible(mistakes.n_wrong == 0 and mistakes.n_rows > 0)
        if not mistakes.n_wrong:
            self.card.hide()

    def _set_count(self, mistakes: Mistakes) -> None:
        part, wrong, rows = self.part, mistakes.n_wrong, mistakes.n_rows
        if not mistakes.n_wrong:
            text = {
                "train": self.tr("The network gets every one of the {0} training pictures right."),
                "test": self.tr("The network gets every one of the {0} test pictures right."),
                "validation": self.tr("The network gets every one of the {0} validation pictures right."),
                "both": self.tr("The network gets every one of the {0} pictures right."),
            }[part]
            self.nothing.setText(filled(text, rows))
            self.count.setText(self.tr("no mistakes"))
            return
        text, short = {
            "train": (self.tr("{0} of {1} training pictures wrong"), self.tr("{0} of {1} wrong")),
            "test": (self.tr("{0} of {1} test pictures wrong"), self.tr("{0} of {1} wrong")),
            "validation": (self.tr("{0} of {1} validation pictures wrong"), self.tr("{0} of {1} wrong")),
            "both": (self.tr("{0} of {1} pictures wrong"), self.tr("{0} of {1} wrong")),
        }[part]
        if mistakes.n_wrong > len(mistakes.shown):
            more = self.tr("{0}, the surest {1} shown")
            text = more.format(text, len(mistakes.shown))
        self.count.setText(filled(text, wrong, rows), filled(short, wrong, rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let a whole picture be in view."""
        super().resizeEvent(event)
        self.gallery.set_room(self.height() - self.try_button.sizeHint().height() - 4)

    # -- choosing -----------------------------------------------------------------------------------------------

    @Slot()
    def _on_part_chosen(self) -> None:
        self._renew()

    @Slot(object, bool)
    def _on_picked(self, row: RowId, add: bool) -> None:
        if add:
            self._marks.toggle(row)
        elif len(self._marks.rows) == 1 and row in self._marks.rows:
            self.tried.emit(row)
        else:
            self._marks.set_one(row)

    @Slot()
    def _on_try_clicked(self) -> None:
        row = self._marked
        if row is not None:
            self.tried.emit(row)

    @property
    def _marked(self) -> RowId | None:
        """The marked row, if there is just one."""
        rows = self._marks.rows
        return rows.first if len(rows) == 1 else None

    @Slot()
    def _on_marks_changed(self) -> None:
        self.gallery.show_marked(self._marks.rows)
        self.try_button.setVisible(self._marked is not None)

    @Slot(object)
    def _on_pointed(self, where: tuple[RowId, QPoint] | None) -> None:
        """Read out the picture under the pointer, or at the keyboard."""
        mistake = self.gallery.mistake_of(where[0]) if where is not None else None
        if mistake is None or where is None or self._prepared is None:
            self.card.hide()
            return
        self.area.ensureVisible(where[1].x(), where[1].y(), 0, 60) if self.gallery.hasFocus() else None
        names, part = self._prepared.class_names, mistake.row[0]
        title = {
            "train": self.tr("training row {0}"),
            "validation": self.tr("validation row {0}"),
            "test": self.tr("test row {0}"),
        }[part]
        share = self.tr("{0} %").format(f"{100.0 * mistake.share:.1f}")
        lines = (
            ReadoutLine(filled(title, mistake.row[1] + 1)),
            ReadoutLine(self.tr("in truth"), _short(names[mistake.truth]), mistake.truth, part),
            ReadoutLine(self.tr("taken for"), _short(names[mistake.answer]), mistake.answer, part),
            ReadoutLine(self.tr("how sure"), share),
            ReadoutLine(self.tr("loss"), number_text(mistake.loss, 3)),
        )
        self.card.show_lines(lines, self.gallery.mapTo(self.area, where[1]))


def _short(name: str) -> str:
    return name if len(name) <= 24 else name[:23] + "…"
