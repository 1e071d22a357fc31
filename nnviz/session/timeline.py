"""Where in the time of its run a window stands: at the present, or at a past epoch, which every view then shows.

The past is computed beside the run, which may go on. While somebody moves through time, the nearest epoch that is kept
is shown at once; where they rest, the exact one follows.
"""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from nnviz.core.errors import NnvizError
from nnviz.core.past import Segment
from nnviz.experiment.figures import PartName
from nnviz.experiment.frame import Frame
from nnviz.experiment.subject import Subject
from nnviz.session.epoch_marks import EpochMark, EpochMarks
from nnviz.session.job import Job
from nnviz.session.past_frames import Glimpse, Recollection, glimpse, recalled, recollect
from nnviz.session.past_run import PastRun
from nnviz.session.report import fault_sentence
from nnviz.session.speeds import SPEEDS

if TYPE_CHECKING:
    from nnviz.core.recall import Route

#: So long nothing has moved before the exact epoch is computed.
REST_MS: Final = 60
#: Between two pictures of a replay.
REPLAY_MS: Final = 16
#: At full speed a replay of the whole past takes so long.
WHOLE_REPLAY_S: Final = 10.0


class Timeline(QObject):
    """Moves through the past of the run that is shown.

    Parameters
    ----------
    controller : PastRun
        Shows the run, and is its parent.

    Attributes
    ----------
    first, last : int
        The first epoch that can be looked at, and the last that is finished.
    epoch : int or None
        Where one stands; None: at the present.
    is_exact : bool
        Whether that very epoch is on show, not the nearest that was kept.
    edits : tuple of Segment
        The latest edits of the run, each made when its epoch had ended.
    marks : EpochMarks
        Stars and notes of all runs.
    watched : PartName
        Whose loss says which epoch is the best.

    Signals
    -------
    changed : ()
        Any of these, or whether it is replaying.
    """

    changed = Signal()
    _answered = Signal(object, object)

    def __init__(self, controller: PastRun) -> None:
        super().__init__(controller)
        self._controller = controller
        self.first = self.last = 0
        self.epoch: int | None = None
        self.is_exact = True
        self.edits: tuple[Segment, ...] = ()
        self.marks = EpochMarks(controller.state, controller.lab, self)
        self.marks.changed.connect(self.changed)
        self._best: int | None = None
        self.watched: PartName = "test"
        self._serial = 0
        self._is_asking = self._asks_again = False
        self._known: Recollection | None = None
        self._route: Route | None = None
        self._job: Job | None = None
        self._progress = 0.0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.setObjectName("rest of the timeline")
        self._rest.timeout.connect(self._compute)
        self._player = QTimer(self, interval=REPLAY_MS)
        self._player.setObjectName("replay of the past")
        self._player.timeout.connect(self._on_played)
        self._played = QElapsedTimer()
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        controller.live_frame_ready.connect(self._on_live_frame)
        controller.needs_changed.connect(self._on_needs_changed)
        controller.lab.foreground_changed.connect(self._on_foreground_changed)

    # -- where one stands ---------------------------------------------------------------------------------------

    @property
    def is_past(self) -> bool:
        """Whether the past is looked at."""
        return self.epoch is not None

    @property
    def position(self) -> int:
        """The epoch that one stands at; at the present the last one."""
        return self.last if self.epoch is None else self.epoch

    @property
    def shown_epoch(self) -> int | None:
        """The epoch that is on show, None where that is the present."""
        frame = self._controller.frame
        return frame.epoch if self.is_past and frame is not None and not frame.is_live else None

    @property
    def has_past(self) -> bool:
        """Whether there is anything to look back at."""
        return self.last > self.first

    @property
    def is_computing(self) -> bool:
        """Whether the exact epoch is being computed."""
        return self._job is not None

    @property
    def is_replaying(self) -> bool:
        """Whether it moves by itself."""
        return self._player.isActive()

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the best loss of the rows that are watched; None where none are, or it cannot be shown."""
        return self._best if self._best is not None and self._best >= self.first else None

    @property
    def last_edit(self) -> int | None:
        """The epoch after which the latest edit before here was made; None where there was none."""
        before = [edit.epoch for edit in self.edits if self.first <= edit.epoch < self.position]
        return before[-1] if before else None

    @property
    def own_marks(self) -> tuple[EpochMark, ...]:
        """Stars and notes of the run that is shown, as far as they can be looked at."""
        return tuple(mark for mark in self.marks.of(self._controller.run_id) if self.first <= mark.epoch <= self.last)

    @property
    def mark(self) -> EpochMark:
        """What is marked where one stands; an empty one where nothing is."""
        return self.marks.at(self._controller.run_id, self.position)

    @property
    def places(self) -> tuple[int, ...]:
        """Epochs that are marked by whatever it is, ascending."""
        edits = (edit.epoch for edit in self.edits if edit.epoch >= self.first)
        best = () if self.best_epoch is None else (self.best_epoch,)
        return tuple(sorted({*edits, *best, *(mark.epoch for mark in self.own_marks)}))

    # -- moving -------------------------------------------------------------------------------------------------

    def go_to(self, epoch: int) -> None:
        """Show a past epoch; the last one is the present."""
        if not self.has_past:
            return
        wanted = max(epoch, self.first)
        if wanted >= self.last and not (self.is_past and wanted == self.epoch):
            self.go_to_present()
            return
        if wanted == self.epoch:
            return
        self._leave_rest()
        self.epoch, self.is_exact = wanted, False
        self._controller.look_back()
        self._ask()
        self.changed.emit()

    def step(self, epochs: int) -> None:
        """Go so many epochs on, or back where negative."""
        self.stop_replay()
        if self.is_past or epochs < 0:
            self.go_to(self.position + epochs)

    def go_to_place(self, direction: int) -> None:
        """Go to the next marked epoch, or to the one before where `direction` is negative."""
        self.stop_replay()
        here = self.position
        beyond = [epoch for epoch in self.places if (epoch - here) * direction > 0]
        if beyond:
            self.go_to(beyond[0] if direction > 0 else beyond[-1])

    @Slot()
    def toggle_star(self) -> None:
        """Star the epoch where one stands, or no longer."""
        self.marks.toggle_star(self._controller.run_id, self.position)

    @Slot()
    def go_to_first(self) -> None:
        """Show the first epoch that is known."""
        self.stop_replay()
        self.go_to(self.first)

    @Slot()
    def go_to_best(self) -> None:
        """Show the epoch with the best loss of the rows that are watched."""
        self.stop_replay()
        if self.best_epoch is not None:
            self.go_to(self.best_epoch)

    @Slot()
    def go_to_last_edit(self) -> None:
        """Show the last moment before the latest edit that lies before the present position."""
        self.stop_replay()
        if self.last_edit is not None:
            self.go_to(self.last_edit)

    @Slot()
    def go_to_present(self) -> None:
        """Follow the run again."""
        if not self.is_past:
            return
        self._forget()
        self._controller.look_at_present()
        self.changed.emit()

    @Slot()
    def give_up(self) -> None:
        """Be content with the epoch that is on show: computing the exact one takes too long."""
        shown = self.shown_epoch
        self._leave_rest()
        if shown is not None:
            self.epoch, self.is_exact = shown, True
        self.changed.emit()

    def stop(self) -> None:
        """Stop every timer and thread; nothing moves afterwards."""
        self._forget()
        self._controller.live_frame_ready.disconnect(self._on_live_frame)
        self._controller.needs_changed.disconnect(self._on_needs_changed)
        self._controller.lab.foreground_changed.disconnect(self._on_foreground_changed)

    # -- replay -------------------------------------------------------------------------------------------------

    @Slot()
    def toggle_replay(self) -> None:
        """Let time run from here on, from the first epoch where one is at the present; or stop that."""
        if self.is_replaying:
            self.stop_replay()
        elif self.has_past:
            if not self.is_past:
                self.go_to(self.first)
            self._progress = float(self.position)
            self._played.start()
            self._player.start()
        self.changed.emit()

    def stop_replay(self) -> None:
        """Stand still."""
        if self.is_replaying:
            self._player.stop()
            if self._route is not None:
                self._rest.start()
            self.changed.emit()

    @Slot()
    def _on_played(self) -> None:
        # A picture that has not come yet is waited for: nothing is skipped because the machine is slow.
        if self._is_asking:
            return
        seconds, speed = self._played.restart() / 1000.0, SPEEDS[self._controller.speed]
        if speed.epochs_per_second is not None:
            self._progress += speed.epochs_per_second * min(seconds, 1.0)
        elif speed.epochs_per_frame is not None:
            self._progress += speed.epochs_per_frame
        else:
            self._progress += max(1.0, (self.last - self.first) * min(seconds, 1.0) / WHOLE_REPLAY_S)
        if self._progress >= self.last:
            self.go_to_present()
        else:
            self.go_to(int(self._progress))

    # -- the run ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_live_frame(self, frame: Frame) -> None:
        best = None if frame.curves.best is None else round(frame.curves.best.epoch)
        self.watched = frame.curves.watched
        now = (frame.curves.first_epoch, frame.epoch, best, frame.curves.edits)
        if now == (self.first, self.last, self._best, self.edits):
            return
        self.first, self.last, self._best, self.edits = now
        self.changed.emit()

    @Slot()
    def _on_foreground_changed(self) -> None:
        """Another run is shown, as it is now."""
        if self.is_past:
            self._forget()
            self.changed.emit()

    @Slot()
    def _on_needs_changed(self) -> None:
        if self.is_past:
            self._ask()

    # -- pictures -----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask for what can be shown of the epoch at once; one question at a time, the latest counts."""
        if self._is_asking:
            self._asks_again = True
            return
        assert self.epoch is not None
        needs = self._controller.needs_of(Subject(self._controller.run_id))
        self._request(partial(glimpse, self.epoch, needs, self._known))

    def _request(self, question: partial[Glimpse]) -> None:
        self._is_asking, self._asks_again = True, False
        self._serial += 1
        answer = self._controller.request(question, hasty=not self.is_replaying)
        answer.add_done_callback(partial(self._tell, self._serial))

    def _tell(self, serial: int, answer: Future[object]) -> None:
        """Hand the answer over; called in whatever thread has made it."""
        if not answer.cancelled():
            self._answered.emit(serial, answer.exception() or answer.result())

    @Slot(object, object)
    def _on_answered(self, serial: int, answer: object) -> None:
        if serial != self._serial or not self.is_past:
            return
        self._is_asking = False
        if isinstance(answer, Glimpse):
            self._show(answer)
        else:
            self._complain(answer)
        if self._asks_again and self.is_past:
            self._ask()

    def _show(self, answer: Glimpse) -> None:
        is_wanted = answer.epoch == self.epoch or not self._asks_again
        if is_wanted:
            # What was asked for may lie before what is still known.
            self.epoch, self._route = answer.epoch, answer.route
            self.is_exact = answer.route is None
        self._controller.show_past(answer.frame, answer.prepared)
        if is_wanted and answer.route is not None and self._job is None and not self.is_replaying:
            self._rest.start()
        self.changed.emit()

    @Slot()
    def _compute(self) -> None:
        """Compute the exact epoch, in a thread of its own."""
        route = self._route
        if route is None or not self.is_past or self._job is not None:
            return
        self._job = Job(lambda _progress, cancelled: recollect(route, cancelled), self)
        self._job.succeeded.connect(self._on_computed)
        self._job.failed.connect(self._complain)
        self._job.start()
        self.changed.emit()

    @Slot(object)
    def _on_computed(self, known: Recollection) -> None:
        self._known = known
        self._drop_job()
        if self.epoch == known.route.epoch:
            needs = self._controller.needs_of(Subject(self._controller.run_id))
            self._request(partial(recalled, known, needs))

    @Slot(object)
    def _complain(self, error: object) -> None:
        """Say why an epoch cannot be shown, and go back to the present."""
        self._drop_job()
        sentence = str(error) if isinstance(error, NnvizError) else fault_sentence(error)  # type: ignore[arg-type]
        self.go_to_present()
        self._controller.message.emit("warning", sentence)

    def _leave_rest(self) -> None:
        """Compute no exact epoch any more: another one is wanted."""
        self._rest.stop()
        self._route = None
        if self._job is not None:
            self._job.cancel()
        self._drop_job()

    def _drop_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()

    def _forget(self) -> None:
        """Stand at the present of whatever run is shown."""
        self._player.stop()
        self._leave_rest()
        self._serial += 1
        self._is_asking = self._asks_again = False
        self.epoch, self.is_exact, self._known = None, True, None
