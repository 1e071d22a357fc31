"""What the window knows of the present run: the frames, data and status that its worker reports."""

from __future__ import annotations

import math

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot

from nnviz.experiment.frame import Frame, Status
from nnviz.experiment.prepare import Prepared
from nnviz.session.engine_start import Preparation
from nnviz.session.pacing import GUI_LOAD, GUI_LOAD_AT_REST, DisplayClock
from nnviz.session.parameter_edits import ParameterEdits
from nnviz.session.run import Report


class RunObserver(QObject):
    """Takes the worker's reports and hands their content to the views.

    Attributes
    ----------
    display : DisplayClock
        Paces the frames.

    Signals
    -------
    frame_ready : object
        A `Frame` of the present run.
    prepared_changed : object
        `Prepared`: other data or inputs are shown from the next frame on.
    status_changed : str
        `status` or `is_training` changed; carries the status.
    message : str, str
        Severity ("info", "warning", "error") and one sentence for the user.
    preparation_changed : object
        A `Preparation` while training waits for the engine to be compiled; None once it does not.
    """

    frame_ready = Signal(object)
    prepared_changed = Signal(object)
    status_changed = Signal(str)
    message = Signal(str, str)
    preparation_changed = Signal(object)
    _settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame: Frame | None = None
        self._prepared: Prepared | None = None
        self._status: Status = "preparing"
        self._is_training = False
        self._preparation: Preparation | None = None
        # Number of the last play, pause or step: a status from before it is out of date.
        self._last_order = 0
        self._awaited = 0
        self._parameter_edits = ParameterEdits()
        self.display = DisplayClock(self)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The last frame that was handed to the views."""
        return self._frame

    @property
    def prepared(self) -> Prepared | None:
        """Data and inputs of the last frame."""
        return self._prepared

    @property
    def status(self) -> Status:
        """What the run is doing."""
        return self._status

    @property
    def is_training(self) -> bool:
        """True from `play` until paused, finished, diverged or failed; also while the run is being prepared."""
        return self._is_training

    @property
    def epochs_per_second(self) -> float:
        """Over the last second of running; 0.0 while nothing runs."""
        return self._frame.epochs_per_second if self._frame is not None and self._is_training else 0.0

    # -- frames -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_report(self, report: Report) -> None:
        if report.served >= self._last_order:
            self.show_status(report.status, is_training=self._is_training and report.status in ("running", "preparing"))
        if report.prepared is not None and report.prepared is not self._prepared:
            self._prepared = report.prepared
            self.prepared_changed.emit(report.prepared)
        if report.frame is not None:
            self._deliver(report.frame, report.served)
        if report.message:
            self.message.emit(report.severity, report.message)
        if report.preparation != self._preparation:
            self._preparation = report.preparation
            self.preparation_changed.emit(report.preparation)
        if report.settled and report.settled == self._awaited:
            self._awaited = 0
            self._settled.emit()

    def _deliver(self, frame: Frame, served: int) -> None:
        self._parameter_edits.shown(served)
        self._frame = frame
        self.display.frame_arrived()
        self.frame_ready.emit(frame)
        self.display.frame_delivered()

    def _turn_until_settled(self, timeout_s: float) -> bool:
        """Turn the event loop until what is awaited has been done and drawn; return whether that came in time."""
        loop, limit = QEventLoop(), QTimer(singleShot=True)
        limit.timeout.connect(loop.quit)
        self._settled.connect(loop.quit)
        limit.start(math.ceil(timeout_s * 1000.0))
        loop.exec()
        limit.stop()
        in_time = not self._awaited
        self._awaited = 0
        return in_time

    def show_status(self, status: Status, *, is_training: bool) -> None:
        """Tell of a new status where it differs; while something trains, frames get less of the GUI thread's time."""
        if (status, is_training) != (self._status, self._is_training):
            self._status, self._is_training = status, is_training
            self.display.set_load(GUI_LOAD if is_training else GUI_LOAD_AT_REST)
            self.status_changed.emit(status)
