"""What is known of a run outside its thread: the frames, data and status that it reports."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nnviz.experiment.frame import Frame, Status
from nnviz.experiment.prepare import Prepared
from nnviz.session.engine_start import Preparation
from nnviz.session.pacing import GUI_LOAD, GUI_LOAD_AT_REST, DisplayClock
from nnviz.session.parameter_edits import ParameterEdits
from nnviz.session.report import Report


class RunObserver(QObject):
    """Takes the reports of one run and tells whoever listens.

    Parameters
    ----------
    run_id : int
    parent : QObject or None

    Attributes
    ----------
    run_id : int
    clock, display : DisplayClock
        Its own, and the one that paces its frames now: of the run in front that is the screen's.
    frame : Frame or None
        The last one.
    prepared : Prepared or None
        Data and inputs of that frame.
    status : Status
    is_training : bool
        True from an order to train until paused, finished, diverged or failed; also while the run is being prepared.
    preparation : Preparation or None
        How far the engine is, while training waits for it.
    parameter_edits : ParameterEdits
        On their way to the run.
    served : int
        Number of the last command that had been taken when `frame` was made.
    last_order : int
        Number of the last command to play, pause or step: a status from before it is out of date.

    Signals
    -------
    frame_ready : object
        A `Frame`.
    prepared_changed : object
        `Prepared`: other data or inputs are shown from the next frame on.
    status_changed : str
        `status` or `is_training` changed; carries the status.
    message : str, str
        Severity ("info", "warning", "error") and one sentence for the user.
    preparation_changed : object
        A `Preparation` while training waits for the engine to be compiled; None once it does not.
    settled : object
        Token of a `Settle` that is answered: everything posted before it is done and drawn.
    misfitted : ()
        The data now have other inputs or outputs than the network: the run needs to begin again.
    """

    frame_ready = Signal(object)
    prepared_changed = Signal(object)
    status_changed = Signal(str)
    message = Signal(str, str)
    preparation_changed = Signal(object)
    settled = Signal(object)
    misfitted = Signal()

    def __init__(self, run_id: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run_id = run_id
        self.frame: Frame | None = None
        self.prepared: Prepared | None = None
        self.status: Status = "preparing"
        self.is_training = False
        self.preparation: Preparation | None = None
        self.last_order = self.served = 0
        self.parameter_edits = ParameterEdits()
        self.clock = self.display = DisplayClock(self)

    @property
    def epochs_per_second(self) -> float:
        """Over the last second of running; 0.0 while nothing runs."""
        return self.frame.epochs_per_second if self.frame is not None and self.is_training else 0.0

    def take(self, report: Report) -> None:
        """Tell of what is new in a report of the run."""
        if report.served >= self.last_order:
            self.show_status(report.status, is_training=self.is_training and report.status in ("running", "preparing"))
        if report.prepared is not None and report.prepared is not self.prepared:
            self.prepared = report.prepared
            self.prepared_changed.emit(report.prepared)
        if report.frame is not None:
            self._deliver(report.frame, report.served)
        if report.message:
            self.message.emit(report.severity, report.message)
        if report.preparation != self.preparation:
            self.preparation = report.preparation
            self.preparation_changed.emit(report.preparation)
        if report.settled:
            self.settled.emit(report.settled)
        if report.misfit:
            self.misfitted.emit()

    def show_status(self, status: Status, *, is_training: bool) -> None:
        """Tell of a new status where it differs; while something trains, frames get less of the GUI thread's time."""
        if (status, is_training) != (self.status, self.is_training):
            self.status, self.is_training = status, is_training
            self.display.set_load(GUI_LOAD if is_training else GUI_LOAD_AT_REST)
            self.status_changed.emit(status)

    def _deliver(self, frame: Frame, served: int) -> None:
        self.parameter_edits.shown(served)
        self.frame, self.served = frame, served
        # Whoever sees the frame may bring another run to the front.
        display = self.display
        display.frame_arrived()
        self.frame_ready.emit(frame)
        display.frame_delivered()
