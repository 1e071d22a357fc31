"""Asks how many seeds or folds are to be run, how long, and what counts as solved."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QWidget

from nnviz.sweeps.wall import MOST_IN_WINDOW
from nnviz.ui.walls.runs_dialog import RunsDialog
from nnviz.ui.walls.threshold_box import ThresholdBox

USUAL_SEEDS, USUAL_FOLDS, MOST_FOLDS = 25, 5, 50


class CountWords(Struct, frozen=True):
    """What a dialog says.

    Attributes
    ----------
    title, intro, label, tooltip : str
    """

    title: str
    intro: str
    label: str
    tooltip: str


def seeds_dialog(parent: QWidget) -> CountDialog:
    """Return the dialog that asks how many seeds are to be run."""
    tr = QCoreApplication.translate
    words = CountWords(
        tr("CountDialog", "Run many seeds"),
        tr(
            "CountDialog",
            "One run is an anecdote. The same network, begun from other first weights and with its rows in another "
            "order, may learn or get stuck: many runs side by side show how often.",
        ),
        tr("CountDialog", "&Seeds"),
        tr("CountDialog", "How many runs, each with a seed of its own: 0, 1, 2 …"),
    )
    return CountDialog(words, MOST_IN_WINDOW, USUAL_SEEDS, parent)


def folds_dialog(parent: QWidget) -> CountDialog:
    """Return the dialog that asks how many folds there are to be."""
    tr = QCoreApplication.translate
    words = CountWords(
        tr("CountDialog", "Cross-validation"),
        tr(
            "CountDialog",
            "The rows are parted into folds. Each run leaves out another one and is tested on it, so that every row is "
            "tested once; mean and standard deviation say how far one split can be trusted.",
        ),
        tr("CountDialog", "&Folds"),
        tr("CountDialog", "How many parts the rows are divided into; each is held back by one run"),
    )
    return CountDialog(words, MOST_FOLDS, USUAL_FOLDS, parent)


class CountDialog(RunsDialog):
    """Number of runs, their length, and the score from which one is solved.

    Parameters
    ----------
    words : CountWords
    most, usual : int
        Of the runs.
    parent : QWidget

    Attributes
    ----------
    runs : CountBox
    score : float
    threshold : ThresholdBox
    """

    def __init__(self, words: CountWords, most: int, usual: int, parent: QWidget) -> None:
        super().__init__(words.title, words.intro, parent)
        self.runs = self._spin(2, most, words.tooltip)
        self.runs.setValue(usual)
        self._form.addRow(words.label, self.runs)
        self._add_epochs(self.tr("How long each is trained: once through all rows is an epoch"))
        self.score = 0.0
        self.threshold = ThresholdBox(self)
        self.threshold.label.hide()
        self.threshold.chosen.connect(self._on_threshold)
        self._form.addRow(self.tr("Solved &from"), self.threshold.box)
        self._lay_out(least_width=420)

    def ask(self, epochs: int, task: str, score: float) -> None:
        """Open, proposing a length and a score."""
        self.epochs.setValue(epochs)
        self.score = score
        self.threshold.show_threshold(task, score)
        self.runs.selectAll()
        self.runs.setFocus()
        self.open()

    @Slot(float)
    def _on_threshold(self, score: float) -> None:
        self.score = score
