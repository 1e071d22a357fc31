"""The examples of a worksheet: training rows drawn by a seed, worked out in the run's own thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.errors import NnvizError
from nnviz.session.controller import Controller
from nnviz.session.questions import Question
from nnviz.session.report import fault_sentence
from nnviz.session.run import Run

if TYPE_CHECKING:
    from nnviz.core.explain.example import WorkedExample


class WorksheetExamples(QObject):
    """Asks the run in the foreground for them.

    Parameters
    ----------
    controller : Controller
    parent : QObject

    Signals
    -------
    made : object
        A list of `WorkedExample`, one for each variant.
    complained : str
        One sentence: why there is none.
    """

    made = Signal(object)
    complained = Signal(str)

    def __init__(self, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self.question = Question(controller, _nothing, self)
        self.question.answered.connect(self._on_answered)

    def ask(self, n_variants: int, seed: int, digits: int | None) -> None:
        """Ask for so many different training rows; the same seed gives the same rows of the same data."""
        self.question.function = partial(_work_out, n_variants, seed, digits)
        self.question.ask_now()

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        if isinstance(answer, Exception):
            self.complained.emit(str(answer) if isinstance(answer, NnvizError) else fault_sentence(answer))
        else:
            self.made.emit(answer)


def _nothing(_run: Run) -> None:
    """Nothing is asked yet."""


def _work_out(n_variants: int, seed: int, digits: int | None, run: Run) -> list[WorkedExample]:
    """Work out some rows of a run; called in its thread."""
    if run.trainer is None or run.prepared is None or run.prepared.is_empty:
        raise NnvizError("There is nothing to work out yet; the network has no data.")
    n_rows = len(run.trainer.problem.X)
    rows = np.random.default_rng(seed).permutation(n_rows)[:n_variants]
    return [run.trainer.worked_example(int(row), digits) for row in rows]
