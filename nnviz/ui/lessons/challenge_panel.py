"""A challenge as it is worked at: what is asked for, how far one is, stars, and one's own record."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.experiment import Experiment, Prepared
from nnviz.experiment.frame import Frame
from nnviz.lessons.challenges import CHALLENGES, MOST_STARS, Challenge, Standing, judged, result_line
from nnviz.lessons.conditions import Part
from nnviz.lessons.frame_facts import facts_of_frame
from nnviz.lessons.wording import progress_of
from nnviz.ui.widgets.calm import CalmComboBox
from nnviz.ui.widgets.help_text import plain_tooltip, table_text
from nnviz.ui.widgets.hideable import Hideable
from nnviz.ui.widgets.nested_layouts import add_layout
from nnviz.ui.widgets.stored_settings import alone_with, stored_texts
from nnviz.ui.widgets.view_header import ViewHeader

#: The setting: "name stars figure" of each challenge that was solved.
RECORDS = "challenges"


class ChallengePanel(QFrame):
    """Lets one choose a challenge, begin it, and see how far one is.

    Parameters
    ----------
    theme : Theme
    settings : QSettings or None
        Where records are kept; None: nowhere.
    parent : QWidget or None

    Attributes
    ----------
    standing : Standing
        How far one is.

    Signals
    -------
    begin_wanted : str
        Name of the challenge that is to be begun.
    """

    begin_wanted = Signal(str)

    def __init__(self, theme: Theme, settings: QSettings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._settings = settings
        self._records: dict[str, tuple[int, float]] = {}
        self._begun: Experiment | None = None
        self._prepared: Prepared | None = None
        self.standing = Standing()
        tr = self.tr
        self.header = ViewHeader(tr("Challenge"), self)
        self.choice = CalmComboBox(self)
        self.choice.setAccessibleName(tr("Challenge"))
        self.choice.setMinimumContentsLength(15)
        self.choice.setToolTip(plain_tooltip(tr("Which challenge to take; each has a goal, limits and three stars")))
        for challenge in CHALLENGES.values():
            self.choice.addItem(table_text(challenge.label), challenge.name)
        self.begin = QPushButton(tr("Begin"), self)
        self.begin.setToolTip(plain_tooltip(tr("Open what the challenge begins with; then all controls are yours")))
        self.copy = QPushButton(tr("Copy result"), self)
        self.copy.setToolTip(plain_tooltip(tr("Copy your best result as one line of text, for the class")))
        self.asked, self.meter, self.stars = (self._label(role) for role in ("", "quiet", "heading"))
        self.stars.setAccessibleName(tr("Stars and record"))
        self.meter.setAccessibleName(tr("How far you are"))
        self.stars.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row, texts, column = QHBoxLayout(), QVBoxLayout(), QVBoxLayout(self)
        texts.addWidget(self.asked)
        texts.addWidget(self.meter)
        row.setSpacing(12)
        row.addWidget(self.choice)
        row.addWidget(self.begin)
        add_layout(row, texts, 1)
        row.addWidget(self.stars)
        row.addWidget(self.copy)
        column.setContentsMargins(14, 4, 14, 8)
        column.addWidget(self.header)
        add_layout(column, row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.choice.currentIndexChanged.connect(self._on_choice)
        self.begin.clicked.connect(self._on_begin)
        self.copy.clicked.connect(self._on_copy)
        self.set_theme(theme)
        self._on_choice()

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(role != "heading")
        return label

    @property
    def challenge(self) -> Challenge:
        """The challenge that is chosen."""
        return CHALLENGES[str(self.choice.currentData())]

    def record(self, name: str) -> tuple[int, float] | None:
        """Return stars and figure of the best result of a challenge; None where it was never solved."""
        for text in stored_texts(self._settings, RECORDS):
            known, _, rest = text.partition(" ")
            stars, _, figure = rest.partition(" ")
            if known == name and stars.isdecimal() and figure.isdecimal() and len(stars + figure) < 12:
                return min(int(stars), MOST_STARS), float(figure)
        return self._records.get(name)

    def start(self, experiment: Experiment) -> None:
        """Take what is begun with for the data that the challenge is about."""
        self._begun = experiment
        self.standing = Standing()
        self._show()

    # -- as every view ------------------------------------------------------------------------------------------

    def set_theme(self, _theme: Theme) -> None:
        """Everything has the colours of the style sheet."""

    def show_prepared(self, prepared: Prepared) -> None:
        """Take over other data, which are not those of the challenge."""
        self._prepared = prepared

    def show_frame(self, frame: Frame) -> None:
        """Judge the run."""
        if self._begun is None or self._prepared is None or not frame.is_live:
            return
        if not self._has_its_data():
            self.standing = Standing()
        else:
            self.standing = judged(self.challenge, facts_of_frame(frame, self._prepared))
            self._remember()
        self._show()

    def hideable_parts(self) -> Iterator[Hideable]:
        """Yield what a teacher can hide: the panel as a whole is in the window's own list."""
        yield Hideable("challenge.copy", self.tr("Challenge"), self.copy.text(), (self.copy,))

    # -- what is shown ------------------------------------------------------------------------------------------

    def _has_its_data(self) -> bool:
        """Whether the data are those that the challenge began with; which inputs are made of them is free."""
        assert self._begun is not None
        assert self._prepared is not None
        present, begun = self._prepared.experiment.data, self._begun.data
        return bool(present.edited(inputs=None) == begun.edited(inputs=None))

    def _show(self) -> None:
        challenge = self.challenge
        if self._begun is None:
            meter = self.tr("Press Begin: the experiment is replaced, and everything may be changed but the data.")
        elif self._prepared is not None and not self._has_its_data():
            meter = self.tr("These are other data than those of the challenge: begin it again.")
        else:
            meter = " · ".join(map(_told, (*self.standing.goal, *self.standing.limits)))
        best = self.record(challenge.name)
        stars = "★" * self.standing.stars + "☆" * (MOST_STARS - self.standing.stars)
        if best is not None:
            stars = self.tr("{0}  best: {1}").format(stars, "★" * best[0])
        for label, text in ((self.asked, table_text(challenge.help)), (self.meter, meter), (self.stars, stars)):
            if label.text() != text:
                label.setText(text)
        self.copy.setEnabled(best is not None)

    def _remember(self) -> None:
        name, standing = self.challenge.name, self.standing
        best = self.record(name)
        if not standing.stars or (best is not None and (-best[0], best[1]) <= (-standing.stars, standing.figure)):
            return
        self._records[name] = standing.stars, standing.figure
        if self._settings is not None:
            with alone_with(self._settings):
                others = [text for text in stored_texts(self._settings, RECORDS) if text.partition(" ")[0] != name]
                kept = f"{name} {standing.stars} {standing.figure:.0f}"
                self._settings.setValue(RECORDS, [*others, kept])

    @Slot()
    def _on_choice(self) -> None:
        self._begun, self.standing = None, Standing()
        self._show()

    @Slot()
    def _on_begin(self) -> None:
        self.begin_wanted.emit(self.challenge.name)

    @Slot()
    def _on_copy(self) -> None:
        best = self.record(self.challenge.name)
        if best is not None:
            line = result_line(self.challenge, Standing(stars=best[0], figure=best[1]))
            QGuiApplication.clipboard().setText(line)


def _told(part: Part) -> str:
    return f"{'✓' if part.holds else '○'} {progress_of(part)}"
