"""The run that a window shows: what its observer tells, whichever run that is at the moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.experiment.frame import Frame, Status
from nnviz.experiment.prepare import Prepared
from nnviz.session.engine_start import Preparation
from nnviz.session.observer import RunObserver
from nnviz.session.pacing import DisplayClock


class ShownRun(QObject):
    """Hands on what one observer tells, and goes over to another one without telling anything twice.

    Signals
    -------
    frame_ready, status_changed, message, preparation_changed
        Those of the `RunObserver` that is followed.
    prepared_changed : object
        `Prepared`: other data or inputs are shown from the next frame on; with another run, too.
    live_frame_ready : object
        Every `Frame` of the present, whether or not the past is shown.
    needs_changed : ()
        Something else is needed of the frames that are shown.
    """

    live_frame_ready = Signal(object)
    needs_changed = Signal()
    frame_ready = Signal(object)
    prepared_changed = Signal(object)
    status_changed = Signal(str)
    message = Signal(str, str)
    preparation_changed = Signal(object)
    _settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._observer = RunObserver(parent=self)
        self._frame: Frame | None = None
        self._looks_back = False
        self._live_from = 0
        self._prepared: Prepared | None = None
        self._preparation: Preparation | None = None
        self._told: tuple[Status, bool] = (self._observer.status, self._observer.is_training)
        # Token of the `Settle` that somebody waits for; 0: nobody.
        self._awaited = 0

    @property
    def observer(self) -> RunObserver:
        """Who listens to the run that is shown."""
        return self._observer

    @property
    def run_id(self) -> int:
        """Identity of the run that is shown; frames of others are not."""
        return self._observer.run_id

    @property
    def frame(self) -> Frame | None:
        """The last frame that was handed to the views; of the run before, until there is one of the present run."""
        return self._frame

    @property
    def live_frame(self) -> Frame | None:
        """The last frame of the present; of the run before, until there is one of the present run."""
        return self._observer.frame if self._looks_back else self._frame

    @property
    def looks_back(self) -> bool:
        """Whether the past of the run is shown; the run itself may go on."""
        return self._looks_back

    @property
    def prepared(self) -> Prepared | None:
        """Data and inputs of the run as it is now."""
        return self._observer.prepared if self._looks_back else self._prepared

    @property
    def shown_prepared(self) -> Prepared | None:
        """Data and inputs of the frame that is shown."""
        return self._prepared

    @property
    def status(self) -> Status:
        """What the run is doing."""
        return self._observer.status

    @property
    def is_training(self) -> bool:
        """True from `play` until paused, finished, diverged or failed; also while the run is being prepared."""
        return self._observer.is_training

    @property
    def epochs_per_second(self) -> float:
        """Over the last second of running; 0.0 while nothing runs."""
        return self._observer.epochs_per_second

    @property
    def display(self) -> DisplayClock:
        """What paces the frames of the run."""
        return self._observer.display

    def _follow(self, observer: RunObserver) -> None:
        """Show another run from now on."""
        self._looks_back, self._live_from = False, 0
        former, self._observer = self._observer, observer
        for source, slot in self._links(former) if former.parent() is not self else ():
            source.disconnect(slot)
        for source, slot in self._links(observer):
            source.connect(slot)
        if former.parent() is self:
            former.deleteLater()
        self._tell_status()
        self._on_preparation(observer.preparation)

    def _links(self, observer: RunObserver) -> tuple[tuple, ...]:  # type: ignore[type-arg]
        return (
            (observer.frame_ready, self._on_frame),
            (observer.status_changed, self._tell_status),
            (observer.message, self.message),
            (observer.preparation_changed, self._on_preparation),
            (observer.settled, self._on_settled),
            (observer.misfitted, self._on_misfit),
        )

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        if not self._looks_back and self._observer.served >= self._live_from:
            self._hand_on(frame, self._observer.prepared)
        self.live_frame_ready.emit(frame)

    def _hand_on(self, frame: Frame, prepared: Prepared | None) -> None:
        # Whoever hears of new data may look at the frame at once: both are of the same moment.
        self._frame = frame
        if prepared is not None and prepared is not self._prepared:
            self._prepared = prepared
            self.prepared_changed.emit(prepared)
        self.frame_ready.emit(frame)

    @Slot()
    def _tell_status(self) -> None:
        now = (self._observer.status, self._observer.is_training)
        if now != self._told:
            self._told = now
            self.status_changed.emit(now[0])

    @Slot(object)
    def _on_preparation(self, preparation: Preparation | None) -> None:
        if preparation != self._preparation:
            self._preparation = preparation
            self.preparation_changed.emit(preparation)

    @Slot(object)
    def _on_settled(self, token: int) -> None:
        if token == self._awaited:
            self._awaited = 0
            self._settled.emit()

    @Slot()
    def _on_misfit(self) -> None:
        """The data do not fit the run's network any more; whoever makes runs begins another one."""
