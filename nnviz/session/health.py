"""The health of the run in the foreground, as a window follows it: what is amiss, and the step that would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.errors import NnvizError
from nnviz.experiment.edits import next_seed
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.questions import Question
from nnviz.session.run import Run
from nnviz.session.state import ExperimentState

if TYPE_CHECKING:
    from nnviz.core.diagnose import Checkup, Finding


class HealthWatch(QObject):
    """The model behind the badges on the diagram and the list beside it; both listen.

    Parameters
    ----------
    state : ExperimentState
    controller : Controller
    parent : QObject or None

    Attributes
    ----------
    checkup : Checkup or None
        None until there is one, and where the run has nothing to be looked at.
    epoch : int
        At which it was made.

    Signals
    -------
    changed : ()
        Another checkup, or none.
    """

    changed = Signal()

    def __init__(self, state: ExperimentState, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._controller = state, controller
        self.checkup: Checkup | None = None
        self.epoch = 0
        self._is_active = False
        self._redrawn = self._run_id = 0
        self.question = Question(controller, _look, self)
        self.question.answered.connect(self._on_answered)

    @property
    def is_active(self) -> bool:
        """Whether anybody wants to know."""
        return self._is_active

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is amiss."""
        return self.checkup.findings if self.checkup is not None else ()

    def set_active(self, active: bool) -> None:
        """Begin to look, or look no longer, which costs nothing."""
        if active == self._is_active:
            return
        self._is_active = active
        if active:
            self.question.ask_now()
        else:
            self.stop()

    def show_frame(self, _frame: Frame) -> None:
        """Look again, now or soon: the run has gone on, or has been edited."""
        if self._is_active:
            self.question.ask()

    def mend(self, finding: Finding) -> None:
        """Do what `finding` proposes, as a step that Undo takes back; nothing where it is none of the `findings`."""
        from nnviz.core.redrawing import drawn_anew
        from nnviz.experiment.remedies import with_fix

        fix, frame, run_id = finding.fix, self._controller.frame, self._controller.run_id
        if finding not in self.findings or run_id != self._run_id or frame is None or frame.run_id != run_id:
            return
        if fix.remedy == "reinitialise":
            if finding.layer is not None:
                # Pressed again, it draws others.
                self._redrawn = next_seed(self._redrawn)
                arguments = frame.layout, frame.activations, finding.layer, finding.units, self._redrawn
                self._controller.edit_parameters(drawn_anew(*arguments), fix.label)
        else:
            self._state.edit(with_fix(self._state.experiment, fix), fix.label)

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        if not self._is_active:
            return
        self._run_id = self._controller.run_id
        if isinstance(answer, tuple):
            self.checkup, self.epoch = answer
        else:
            self.checkup = None
        self.changed.emit()

    def stop(self) -> None:
        """Stop every timer, and forget what was found."""
        self.question.forget()
        if self.checkup is not None:
            self.checkup = None
            self.changed.emit()


def _look(run: Run) -> tuple[Checkup, int]:
    """Look at a run; called in its thread."""
    if run.trainer is None or run.prepared is None or run.prepared.is_empty:
        raise NnvizError("There is nothing to look at yet; the network has no data.")
    return run.trainer.checkup(), run.trainer.epoch
