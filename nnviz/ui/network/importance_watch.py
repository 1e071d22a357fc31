"""*Importance*: bars below the units that say what each is good for, measured in the thread that trains."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from nnviz.core.layout import Array
from nnviz.core.numpy_engine import activation_entries, loss_entry, one_blas_thread
from nnviz.experiment.frame import Frame
from nnviz.session.controller import Controller
from nnviz.session.questions import Question
from nnviz.session.run import Run
from nnviz.ui.network.overlaid import Overlaid
from nnviz.ui.widgets.buttons import described_action


class ImportanceWatch(QObject):
    """Asks the run in the foreground for the importance of its units while that is wanted, and shows it.

    Parameters
    ----------
    controller : Controller
    diagram : Overlaid
        Where the bars are shown.
    parent : QObject

    Attributes
    ----------
    action : QAction
        Checkable; whether it is wanted.
    """

    def __init__(self, controller: Controller, diagram: Overlaid, parent: QObject) -> None:
        super().__init__(parent)
        self._diagram = diagram
        words = self.tr("A bar below each hidden unit: by how much the loss would rise if the unit were muted")
        self.action: QAction = described_action(self.tr("Importance of the units"), words, self, checkable=True)
        self.action.toggled.connect(self._on_toggled)
        self.question = Question(controller, _measure, self)
        self.question.answered.connect(self._on_answered)

    def show_frame(self, _frame: Frame) -> None:
        """Measure again, now or soon: the run has gone on, or has been edited."""
        if self.action.isChecked():
            self.question.ask()

    def stop(self) -> None:
        """Stop every timer."""
        self.question.forget()

    @Slot(bool)
    def _on_toggled(self, wanted: bool) -> None:
        self._diagram.set_importance(())
        if wanted:
            self.question.ask_now()
        else:
            self.question.forget()

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        self._diagram.set_importance(answer if isinstance(answer, tuple) else ())


def _measure(run: Run) -> tuple[Array, ...]:
    """Return by how much the loss on the training rows rises without each hidden unit, ``(n_units,)`` of each layer."""
    from nnviz.core.explain.importance import importance

    trainer = run.trainer
    if trainer is None or run.lacks_data:
        return ()
    problem = trainer.problem
    with one_blas_thread():
        return tuple(
            importance(
                problem.layout,
                activation_entries(problem),
                loss_entry(problem),
                trainer.network.drop_unused_biases(),
                problem.X,
                problem.Y,
                problem.weights,
            )
        )
