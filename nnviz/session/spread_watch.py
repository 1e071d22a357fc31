"""How the values of all layers of the run in the foreground have spread since it began, as a window follows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.errors import NnvizError
from nnviz.core.numpy_engine import one_blas_thread
from nnviz.experiment.frame import Frame, UnitId
from nnviz.session.controller import Controller
from nnviz.session.questions import Question
from nnviz.session.run import Run

if TYPE_CHECKING:
    from nnviz.core.spreads import Spreads


class SpreadWatch(QObject):
    """The model behind the histograms over time.

    Parameters
    ----------
    controller : Controller
    parent : QObject or None

    Attributes
    ----------
    unit : (layer, unit) or None
        Whose values alone are wanted; None: those of all layers.
    spreads : Spreads or None

    Signals
    -------
    changed : ()
        Other spreads, or none.
    """

    changed = Signal()

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.unit: UnitId | None = None
        self.spreads: Spreads | None = None
        self._is_active = False
        self.question = Question(controller, partial(_look, None), self)
        self.question.answered.connect(self._on_answered)

    def set_active(self, active: bool) -> None:
        """Begin to look, or look no longer, which costs nothing."""
        if active != self._is_active:
            self._is_active = active
            if active:
                self.question.ask_now()
            else:
                self.question.forget()

    def set_unit(self, unit: UnitId | None) -> None:
        """Look at one unit alone, or at all layers."""
        if unit != self.unit:
            self.unit = unit
            self.question.function = partial(_look, unit)
            if self._is_active:
                self.question.ask_now()

    def show_frame(self, frame: Frame) -> None:
        """Look again, now or soon: the run has gone on, or has been edited."""
        unit = self.unit
        if unit is not None and not (unit[0] <= frame.layout.n_layers and unit[1] < frame.layout.sizes[unit[0]]):
            self.set_unit(None)
        if self._is_active:
            self.question.ask()

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        from nnviz.core.spreads import Spreads

        if self._is_active:
            self.spreads = answer if isinstance(answer, Spreads) else None
            self.changed.emit()

    def stop(self) -> None:
        """Stop every timer."""
        self.question.forget()


def _look(unit: UnitId | None, run: Run) -> Spreads:
    """Look at a run; called in its thread."""
    from nnviz.core.spreads import spreads_over_time

    if run.trainer is None or run.prepared is None or run.prepared.is_empty:
        raise NnvizError("There is nothing to look at yet; the network has no data.")
    with one_blas_thread():
        return spreads_over_time(run.trainer, unit)
