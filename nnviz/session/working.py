"""Worked arithmetic of a window: what is worked out, to how many digits, and how far somebody has walked through it.

The numbers are computed in the run's own thread, between two slices, so that neither the window nor the run waits; what
is then read at a step is little, whatever the network's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnviz.core.errors import NnvizError
from nnviz.experiment.frame import Frame
from nnviz.experiment.worked import WorkedSubject, work_out_subject
from nnviz.session.controller import Controller
from nnviz.session.past_frames import trainer_at
from nnviz.session.report import fault_sentence
from nnviz.session.run import Run

if TYPE_CHECKING:
    from nnviz.core.explain.equations import Equations
    from nnviz.core.explain.example import WorkedExample
    from nnviz.core.explain.formula import Form, NetworkFormula
    from nnviz.core.explain.page import Page, Pages
    from nnviz.core.explain.steps import Pace, Step, Steps
    from nnviz.core.explain.writers import HtmlWriter


#: Between two steps of the automatic walk.
PLAY_MS = 900
#: Figures of a number that is not rounded; all of them only make long lines.
FIGURES = 5


class WorkedArithmetic(QObject):
    """The model behind the sheet and the numbers on the diagram; both listen.

    Parameters
    ----------
    controller : Controller
    parent : QObject or None

    Attributes
    ----------
    worked : WorkedExample or None
        None until there is an answer, and where there is none.
    subject : WorkedSubject or None
    digits : int or None
    pace : "term", "unit" or "layer"
    position : int
        In `steps`; −1 is before the first.
    moment : (int, int)
        Epoch and mini-batch of the network that was worked on.

    Signals
    -------
    worked_changed : ()
        Another example, network or rounding; `position` may have changed, too.
    position_changed : ()
    playing_changed : bool
    complained : str
        One sentence: why there is nothing to be worked out; empty: there is again.
    """

    worked_changed = Signal()
    position_changed = Signal()
    playing_changed = Signal(bool)
    complained = Signal(str)
    _answered = Signal(object, object)

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self.worked: WorkedExample | None = None
        self.subject: WorkedSubject | None = None
        self.digits: int | None = None
        self.pace: Pace = "unit"
        self.position = -1
        self.moment = (0, 0)
        self._steps: Steps | None = None
        self._equations: Equations | None = None
        self._pages: Pages | None = None
        self._batch: tuple[WorkedExample, int] | None = None
        self._shown: tuple[int, Page] | None = None
        self._is_active = self._is_asking = self._asks_again = False
        self._asked, self._asked_run = 0, -1
        self._worked_on: tuple[int, int, int] | None = None
        self._player = QTimer(self, interval=PLAY_MS)
        self._player.setObjectName("walk through worked arithmetic")
        self._player.timeout.connect(self._on_played)
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    @property
    def is_active(self) -> bool:
        """Whether anything is to be worked out."""
        return self._is_active

    @property
    def is_playing(self) -> bool:
        """Whether it walks by itself."""
        return self._player.isActive()

    @property
    def n_steps(self) -> int:
        """Steps of what is worked out."""
        return 0 if self._steps is None else len(self._steps)

    @property
    def page(self) -> Page:
        """What is to be seen at the present step."""
        from nnviz.core.explain.page import Page

        if self._pages is None:
            return Page("", "")
        if self._shown is None or self._shown[0] != self.position:
            self._shown = self.position, self._pages.at(self.position)
        return self._shown[1]

    @property
    def step(self) -> Step | None:
        """The present step, the first one before it has been made."""
        return None if self._steps is None else self._steps[max(self.position, 0)]

    def forms(self, *, narrow: bool = False) -> tuple[tuple[str, str], ...]:
        """Return three forms of the layer of the present step, as (name, HTML), for a wide or a narrow page."""
        from nnviz.core.explain.layer_forms import layer_forms

        step = self.step
        if step is None or self._equations is None:
            return ()
        batch, n_batch = (None, 0) if self._batch is None else (self._batch[0].arithmetic, self._batch[1])
        return layer_forms(self._equations, step.layer, step.row, max(step.unit, 0), batch, n_batch, narrow=narrow)

    def formula(self, form: Form = "text", *, numbers: bool = False) -> NetworkFormula | None:
        """Return the network as one formula, with symbols or present numbers; None while nothing is worked out."""
        from nnviz.core.explain.overview import subject_formula

        return None if self.worked is None else subject_formula(self.worked.arithmetic, form, numbers=numbers)

    @property
    def kept(self) -> tuple[str, ...]:
        """What each layer keeps for the way back, as HTML."""
        from nnviz.core.explain.overview import kept_pages

        if self.worked is None or self._writer is None or self.step is None:
            return ()
        return kept_pages(self._writer, self.worked.arithmetic, self.step.row)

    def loss_page(self, costs: tuple[Sequence[float], Sequence[float]] | None) -> tuple[str, ...]:
        """Return costs side by side, of given targets and outputs or of the example's, and a softmax's slopes, as HTML.

        Raises
        ------
        DataError
            Where there are not as many outputs as targets, or they are no finite numbers.
        """
        from nnviz.core.explain.loss_page import cost_table, softmax_page
        from nnviz.core.explain.writers import HtmlWriter

        if self.worked is None or self._writer is None or self.step is None:
            return ()
        arithmetic, row = self.worked.arithmetic, self.step.row
        targets, outputs = costs or (arithmetic.passed.targets[row].tolist(), arithmetic.passed.A[-1][row].tolist())
        return (
            cost_table(HtmlWriter(self._writer.rounding.short()), targets, outputs),
            *softmax_page(HtmlWriter(self._writer.rounding.short()), arithmetic, row),
        )

    @property
    def _writer(self) -> HtmlWriter | None:
        return None if self._pages is None else self._pages.html

    # -- what is worked out -------------------------------------------------------------------------------------

    def set_active(self, active: bool) -> None:
        """Switch on or off: off costs nothing, and one goes on where one was."""
        if active == self._is_active:
            return
        self._is_active = active
        if active:
            self._ask()
        else:
            self.stop()
        self.worked_changed.emit()

    def set_subject(self, subject: WorkedSubject) -> None:
        """Work out another example."""
        if subject != self.subject:
            self.subject = subject
            self.position = -1
            self._ask()

    def set_digits(self, digits: int | None) -> None:
        """Round to 2 … 6 digits, as on paper, or not at all."""
        if digits != self.digits:
            self.digits = digits
            self._ask()

    def show_frame(self, frame: Frame) -> None:
        """Follow the network while it rests; while it trains, what is read stands still."""
        if self._is_active and not frame.is_moving and self._controller.timeline.is_exact:
            shown = (frame.run_id, frame.epoch, frame.batch)
            if shown != self._worked_on or self._differs(frame):
                self._ask()

    def renew(self) -> None:
        """Work on the network as it is now."""
        self._ask()

    def _differs(self, frame: Frame) -> bool:
        """Whether weights have been edited since."""
        worked = self.worked
        return worked is not None and (
            worked.arithmetic.subject.parameters.shape != frame.parameters.shape
            or bool((worked.arithmetic.subject.parameters != frame.parameters).any())
        )

    def _ask(self) -> None:
        if not self._is_active or self.subject is None:
            return
        # A run that has been set aside meanwhile may never answer.
        if self._is_asking and self._asked_run == self._controller.run_id:
            self._asks_again = True
            return
        self._is_asking, self._asks_again = True, False
        self._asked, self._asked_run = self._asked + 1, self._controller.run_id
        epoch = self._controller.timeline.shown_epoch
        answer = self._controller.request(partial(_work_out, self.subject, self.digits, epoch))
        answer.add_done_callback(partial(self._tell, self._asked))

    def _tell(self, asked: int, answer: Future[object]) -> None:
        """Hand the answer over; called in whatever thread has made it."""
        if not answer.cancelled():
            self._answered.emit(asked, answer.exception() or answer.result())

    @Slot(object, object)
    def _on_answered(self, asked: int, answer: object) -> None:
        if asked != self._asked:
            return
        self._is_asking = False
        if self._asks_again:
            self._asks_again = False
            self._ask()
            return
        if not self._is_active:
            return
        if isinstance(answer, Exception):
            self._forget()
            sentence = str(answer) if isinstance(answer, NnvizError) else fault_sentence(answer)
            self.complained.emit(sentence)
            return
        self._take(*cast("tuple[WorkedExample, tuple[int, int, int], tuple[WorkedExample, int]]", answer))

    def _take(self, worked: WorkedExample, moment: tuple[int, int, int], batch: tuple[WorkedExample, int]) -> None:
        from nnviz.core.explain.equations import Equations
        from nnviz.core.explain.page import Pages
        from nnviz.core.explain.rounding import Rounding
        from nnviz.core.explain.steps import Steps

        self.worked, self._worked_on, self.moment, self._batch = worked, moment, moment[1:], batch
        written = Rounding(worked.arithmetic.rounding.digits, FIGURES)
        self._equations = Equations(worked.arithmetic, written=written)
        self._steps = Steps(self._equations)
        self._pages, self._shown = Pages(self._equations, self._steps), None
        self.position = min(self.position, self.n_steps - 1)
        self.complained.emit("")
        self.worked_changed.emit()

    def _forget(self) -> None:
        self.worked = self._steps = self._equations = self._worked_on = self._pages = self._shown = self._batch = None
        self.position = -1
        self.worked_changed.emit()

    # -- walking ------------------------------------------------------------------------------------------------

    def set_pace(self, pace: Pace) -> None:
        """Walk by terms, by units or by layers."""
        from nnviz.core.explain.steps import PACES

        assert pace in PACES
        self.pace = pace

    def go_to(self, position: int) -> None:
        """Show the steps up to a position."""
        wanted = min(max(position, -1), self.n_steps - 1)
        if wanted != self.position:
            self.position = wanted
            self.position_changed.emit()

    @Slot()
    def step_on(self) -> None:
        """Make a step."""
        if self._steps is not None:
            self.go_to(self._steps.after(self.position, self.pace))

    @Slot()
    def step_back(self) -> None:
        """Take a step back."""
        if self._steps is not None:
            self.go_to(self._steps.before(self.position, self.pace))

    def set_playing(self, playing: bool) -> None:
        """Walk by itself, from the beginning where the end has been reached, or stop doing so."""
        if playing == self.is_playing or (playing and not self.n_steps):
            return
        if playing:
            if self.position >= self.n_steps - 1:
                self.go_to(-1)
            self._player.start()
        else:
            self._player.stop()
        self.playing_changed.emit(playing)

    @Slot()
    def _on_played(self) -> None:
        self.step_on()
        if self.position >= self.n_steps - 1:
            self.set_playing(False)

    def stop(self) -> None:
        """Stop every timer."""
        self.set_playing(False)


def _work_out(
    subject: WorkedSubject, digits: int | None, epoch: int | None, run: Run
) -> tuple[WorkedExample, tuple[int, int, int], tuple[WorkedExample, int]]:
    """Work out an example of a run at the end of an epoch, None: as it is now; called in its thread.

    Also the first rows of the mini-batch that comes next, and how many rows that has: of one row, of all.
    """
    from nnviz.core.explain.layer_forms import MOST_EXAMPLES

    if run.trainer is None or run.prepared is None or run.prepared.is_empty:
        raise NnvizError("There is nothing to work out yet; the network has no data.")
    prepared, trainer = (run.prepared, run.trainer) if epoch is None else trainer_at(run, epoch)
    rows = trainer.coming_rows
    if len(rows) < 2:
        rows = np.arange(len(trainer.problem.X))
    batch = trainer.worked_example(rows[:MOST_EXAMPLES].tolist(), digits)
    return (
        work_out_subject(prepared, trainer, subject, digits),
        (run.id, trainer.epoch, trainer.batch),
        (batch, len(rows)),
    )
