"""The bar above the network while something is predicted: what is asked for, the votes, and the curtain."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnviz.drawing.theme import Theme
from nnviz.lessons.prediction import ASKS, MOST_OPTIONS, AskKind
from nnviz.lessons.wording import in_words
from nnviz.ui.stage.prediction_model import PredictionModel
from nnviz.ui.stage.votes_strip import VotesStrip, option_name
from nnviz.ui.widgets.buttons import flat_button
from nnviz.ui.widgets.flow_layout import FlowLayout
from nnviz.ui.widgets.help_text import table_text
from nnviz.ui.widgets.nested_layouts import add_layout


class PredictBar(QFrame):
    """Shows what the model says, and tells what is clicked.

    Parameters
    ----------
    model : PredictionModel
    theme : Theme
    parent : QWidget

    Attributes
    ----------
    asks : dict of str to QToolButton
    options : list of QToolButton
        Each counts a vote.
    back, done, clear, lift, close_button : QToolButton
    votes : VotesStrip
    words : QLabel

    Signals
    -------
    ask_wanted : str
        A name of `ASKS`.
    lift_wanted : ()
    """

    ask_wanted = Signal(object)
    lift_wanted = Signal()

    def __init__(self, model: PredictionModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        tr = self.tr
        self._model = model
        self._last: list[int] = []
        self._is_bare = False
        self.setProperty("role", "bar")
        self.setAccessibleName(tr("Predict, then reveal"))
        self.asks: dict[AskKind, QToolButton] = {}
        for entry in ASKS.values():
            button = flat_button(self, table_text(entry.label), table_text(entry.help), checkable=True)
            button.setProperty("role", "chip")
            button.clicked.connect(self._on_asked)
            self.asks[entry.name] = button  # type: ignore[index]
        self.clear = flat_button(self, tr("Clear"), tr("Wipe off the lines, the curve and the votes"))
        self.lift = flat_button(self, "", tr("Lift the curtain from left to right, or lower it once more (E)"))
        self.lift.setProperty("role", "button")
        self.close_button = flat_button(self, "✕", tr("Put the prediction away; it is kept for the next time"))
        self.options = [self._option(number) for number in range(1, MOST_OPTIONS + 1)]
        self.back = flat_button(self, "−", tr("Take the last vote back (Backspace)"))
        self.done = flat_button(self, tr("Votes are in"), tr("End the vote; a lesson that waits for it goes on (0)"))
        self.words = QLabel(self)
        self.words.setProperty("role", "quiet")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.votes = VotesStrip(theme)
        self._lay_out()
        self.clear.clicked.connect(model.clear)
        self.lift.clicked.connect(self.lift_wanted)
        self.close_button.clicked.connect(model.put_away)
        self.back.clicked.connect(self.take_back)
        self.done.clicked.connect(model.close_votes)
        model.changed.connect(self.show_state)

    def _option(self, number: int) -> QToolButton:
        button = flat_button(self, "", self.tr("Count a vote ({0})").format(number))
        button.setProperty("role", "button")
        button.clicked.connect(self._on_voted)
        return button

    def _lay_out(self) -> None:
        column, first, tr = QVBoxLayout(self), QHBoxLayout(), self.tr
        column.setContentsMargins(14, 6, 10, 6)
        column.setSpacing(6)
        first.setSpacing(6)
        self._asking, self._voting = QWidget(self), QWidget(self)
        chips, votes = FlowLayout(6, self._asking), FlowLayout(6, self._voting)
        for button in self.asks.values():
            chips.addWidget(button)
        for button in (*self.options, self.back, self.done):
            votes.addWidget(button)
        self._title = QLabel(tr("Predicted, and what came"), self)
        self._title.setProperty("role", "heading")
        first.addWidget(self._title, 1)
        first.addWidget(self._asking, 1)
        for button in (self.clear, self.lift, self.close_button):
            first.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        add_layout(column, first)
        column.addWidget(self.words)
        column.addWidget(self._voting)
        column.addWidget(self.votes)

    def set_bare(self, bare: bool) -> None:
        """Show an audience the votes alone."""
        self._is_bare = bare
        self.show_state()

    def set_theme(self, theme: Theme) -> None:
        """Recolour."""
        self.votes.set_theme(theme)

    @Slot()
    def show_state(self) -> None:
        """Show what is asked for, what was said, and what can be done next."""
        model, tr = self._model, self.tr
        said, is_down = model.prediction, model.is_down
        asks_vote = "vote" in model.asks
        has_votes = asks_vote or any(said.votes)
        for kind, button in self.asks.items():
            button.setChecked(kind in model.asks)
        self.lift.setText(tr("Lift the curtain") if model.is_covered else tr("Lower the curtain"))
        self.clear.setEnabled(not said.is_empty)
        for widget in (self.clear, self.lift, self.close_button, self.words):
            widget.setVisible(not self._is_bare)
        self._asking.setVisible(not self._is_bare and is_down)
        self._title.setVisible(not self._is_bare and not is_down)
        self._voting.setVisible(not self._is_bare and asks_vote and is_down)
        for number, (button, option) in enumerate(zip(self.options, said.options, strict=False), start=1):
            button.setText(tr("{0}  {1}").format(number, option_name(option)))
        for button in self.options[len(said.options) :]:
            button.hide()
        for button in self.options[: len(said.options)]:
            button.show()
        self.back.setEnabled(bool(self._last))
        if has_votes:
            self.votes.show_votes(said.options, said.votes, model.came)
        else:
            self.votes.show_votes((), (), None)
        text = self._told()
        if text != self.words.text():
            self.words.setText(text)

    def _told(self) -> str:
        model, tr = self._model, self.tr
        told = []
        if model.is_down:
            if "line" in model.asks:
                told.append(tr("Draw on the map where the boundary will be: mouse, pen, or arrow keys and Enter."))
            if "curve" in model.asks:
                told.append(tr("Draw on the loss plot where the training loss will go."))
            if "vote" in model.asks:
                words = tr("Count votes with the keys 1 to {0}; Backspace takes one back, 0 ends the vote.")
                told.append(words.format(len(model.prediction.options)))
            told.append(tr("Then train; E lifts the curtain."))
            return " ".join(told)
        if any(model.prediction.votes):
            other = tr("none of the others")
            for option in model.prediction.options:
                judged = in_words(option.condition) if option.condition else other
                told.append(tr("{0}: {1}.").format(option_name(option), judged))
        told.append(tr("E puts the prediction away."))
        return " ".join(told)

    @Slot()
    def _on_asked(self) -> None:
        for kind, button in self.asks.items():
            if button.isChecked() and kind not in self._model.asks:
                self.ask_wanted.emit(kind)
            elif not button.isChecked() and kind in self._model.asks:
                self._model.leave_out(kind)

    @Slot()
    def _on_voted(self) -> None:
        self.vote(next(index for index, button in enumerate(self.options) if button is self.sender()))

    def vote(self, index: int) -> None:
        """Count a vote."""
        if index < len(self._model.prediction.options):
            self._last.append(index)
            self._model.vote(index)

    @Slot()
    def take_back(self) -> None:
        """Take the last vote back."""
        if self._last:
            self._model.vote(self._last.pop(), -1)
