"""The laboratory: runs by id, each with an observer, and the threads that train them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnviz.experiment.frame import Frame, Needs
from nnviz.session import abandoned
from nnviz.session.mailbox import Redraw
from nnviz.session.observer import RunObserver
from nnviz.session.pacing import FRAME_RATE, DisplayClock
from nnviz.session.pulse import PulseWatch
from nnviz.session.report import Report
from nnviz.session.run import Run
from nnviz.session.runs.crew import CREW, Crew
from nnviz.session.runs.host import Host, Place
from nnviz.session.runs.load import LOAD
from nnviz.session.runs.memory import MemoryBudget, settle_down
from nnviz.session.runs.orders import OrderedRuns, SilentRuns, copy_of
from nnviz.session.speeds import SPEEDS, Speed

T = TypeVar("T")


class Laboratory(OrderedRuns):
    """Owns the runs of one window.

    A run that has been opened is served by the crew of training threads until it is closed: it can be played, asked
    and looked at, in any number, at the same time. Frames are built of those only that are watched; one of them is in
    the foreground and goes first. What nobody watches trains at full speed.

    Parameters
    ----------
    parent : QObject or None
    crew : Crew, optional
        By default that of the process, which all windows share.

    Attributes
    ----------
    n_hands : int, threads that train at the same time
    screen : DisplayClock
        Paces the frames of the run in the foreground, whichever that is.
    pulse_watch : PulseWatch
        Whether the run in the foreground gives signs of life.
    silent : SilentRuns
        All that give none.
    memory : MemoryBudget
        What the runs may remember of their pasts together.

    Signals
    -------
    frame_ready : object, object
        Run id and `Frame`.
    run_changed : object
        Run id: its status or its data are other ones.
    message : object, str, str
        Run id, severity ("info", "warning", "error") and one sentence.
    added, removed : object
        Run id.
    foreground_changed : object
        Run id, 0 for none.
    given_up : object, object
        Id of a run that gives no sign, and a document of what it had reached; it is removed next.
    """

    frame_ready = Signal(object, object)
    message = Signal(object, str, str)
    added = Signal(object)
    removed = Signal(object)
    foreground_changed = Signal(object)
    given_up = Signal(object, object)

    def __init__(self, parent: QObject | None = None, crew: Crew = CREW) -> None:
        super().__init__(parent)
        self._crew, self.n_hands = crew, crew.n_hands
        self._places: dict[int, Place] = {}
        self._leaving: list[Host] = []
        self._foreground = 0
        self.memory = MemoryBudget()
        self._speed = SPEEDS["full"]
        self._closed = False
        self.screen = DisplayClock(self)
        self.screen.frame_wanted.connect(self._on_frame_wanted)
        self.screen.seen_changed.connect(self._on_seen_changed)
        self.pulse_watch = PulseWatch(self)
        self.silent = SilentRuns(self._places, self._leaving, crew, self)
        self.pulse_watch.looked.connect(self.silent.look)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._places

    def __iter__(self) -> Iterator[int]:
        """Ids of all runs, in the order in which they came."""
        return iter(tuple(self._places))

    def find(self, run_id: int) -> Run | None:
        """Return the run with that id, or None where it is gone."""
        return self._places[run_id].run if run_id in self._places else None

    def run(self, run_id: int) -> Run:
        """Return the run with that id; raises `KeyError` where it is gone."""
        return self._places[run_id].run

    def observer(self, run_id: int) -> RunObserver:
        """Return who listens to that run; raises `KeyError` where it is gone."""
        return self._places[run_id].observer

    def is_open(self, run_id: int) -> bool:
        """Whether the crew serves that run."""
        return run_id in self._places and self._places[run_id].host is not None

    # -- coming and going ---------------------------------------------------------------------------------------

    def add(self, run: Run, *, rests: bool = False) -> RunObserver:
        """Take in a run, with the memory of those that wait where it `rests`; it is not opened. Return its observer."""
        observer = RunObserver(run.id, self)
        observer.clock.set_seen(self.screen.seen)
        observer.frame_ready.connect(self._on_frame)
        self._places[run.id] = Place(run, observer, rests=rests)
        self._share_memory()
        self.added.emit(run.id)
        return observer

    def open(self, run_id: int) -> None:
        """Let the crew prepare and serve a run."""
        place = self._places[run_id]
        if place.host is not None or self._closed:
            return
        host = place.host = Host(place.run, self._crew, self)
        host.reported.connect(self._on_report, Qt.ConnectionType.QueuedConnection)
        host.gone.connect(self._on_gone, Qt.ConnectionType.QueuedConnection)
        if run_id == self._foreground:
            self._crew.prefer(host.member, first=True)
        host.set_seen(self.screen.seen)
        if place.is_watched and place.observer.display.ready:
            host.ask_frame()
        host.start()
        self._attend()

    def rest(self, run_id: int) -> None:
        """Pause a run that nobody looks at any more; one that is nothing of its own keeps no memory."""
        place = self._places[run_id]
        self.pause([run_id])
        self.unwatch(run_id)
        place.rests = place.is_aside = True
        if place.run.trainer is None or not place.run.touched:
            self._close(place)
        elif place.host is not None:
            self.ask(run_id, settle_down)
        if not place.run.touched:
            place.run.forget()
        self._share_memory()

    def remove(self, run_id: int) -> None:
        """Let a run go. What its thread is at may go on for a moment; nothing is heard of it any more."""
        place = self._places.pop(run_id, None)
        if place is None:
            return
        if run_id == self._foreground:
            self._set_foreground(0)
        place.run.mailbox.pause.set()
        self._close(place)
        place.run.mailbox.refuse()
        LOAD.leave(place.observer)
        place.observer.clock.stop()
        place.observer.frame_ready.disconnect(self._on_frame)
        place.observer.deleteLater()
        self._share_memory()
        self.removed.emit(run_id)

    def abandon(self, run_id: int) -> None:
        """Let a run be that gives no sign, whatever its thread is at; nobody may touch it any more."""
        place = self._places[run_id]
        host, place.host = place.host, None
        self._attend()
        if host is not None:
            host.abandon()

    def give_up(self, run_id: int) -> None:
        """Let a run go that gives no sign, once it has been told what it had reached."""
        place = self._places[run_id]
        document = copy_of(place.run, place.observer, lambda run: run.saved(None))
        self.abandon(run_id)
        self.given_up.emit(run_id, document)
        self.remove(run_id)

    def keep_only(self, run_ids: AbstractSet[int]) -> None:
        """Let all other runs go."""
        for run_id in self:
            if run_id not in run_ids:
                self.remove(run_id)

    def shutdown(self) -> None:
        """End what is done with all runs, and wait for that. Nothing happens in this laboratory afterwards."""
        self._closed = True
        self.screen.stop()
        for place in self._places.values():
            place.run.mailbox.pause.set()
            place.observer.clock.stop()
            LOAD.leave(place.observer)
            self._close(place)
        self._crew.wait_left([host.member for host in self._leaving], abandoned.patience_s())
        for host in self._leaving:
            if host.member.is_busy:
                host.leave_behind()
            else:
                host.end()
        self._leaving.clear()

    # -- who is looked at ---------------------------------------------------------------------------------------

    @property
    def foreground(self) -> int:
        """Id of the run that goes first, 0 for none."""
        return self._foreground

    def bring_to_front(self, run_id: int) -> None:
        """Let another run go first, on the screen of the one before, which is no longer watched."""
        if run_id == self._foreground:
            return
        place, former = self._places[run_id], self._places.get(self._foreground)
        if former is not None:
            self.unwatch(former.run.id)
            former.observer.display = former.observer.clock
            if former.host is not None:
                self._crew.prefer(former.host.member, first=False)
        self._set_foreground(run_id)
        place.observer.display = self.screen
        if place.host is not None:
            self._crew.prefer(place.host.member, first=True)
        self._attend()
        self.watch(run_id)

    def watch(self, run_id: int) -> None:
        """Have frames of a run, beginning with one of now."""
        place = self._places[run_id]
        place.is_aside = False
        if place.rests:
            place.rests = False
            self._share_memory()
        LOAD.watch(place.observer, is_first=run_id == self._foreground)
        self._pace(place, self._speed)
        if place.is_watched:
            return
        place.is_watched = True
        place.observer.clock.frame_wanted.connect(self._on_frame_wanted)
        if place.host is not None:
            place.run.mailbox.post(Redraw())
        self._on_frame_wanted()

    def unwatch(self, run_id: int) -> None:
        """Have no more frames of a run, which may go on training, at full speed."""
        place = self._places[run_id]
        if not place.is_watched:
            return
        place.is_watched = False
        place.observer.clock.frame_wanted.disconnect(self._on_frame_wanted)
        LOAD.leave(place.observer)
        place.run.mailbox.set_speed(SPEEDS["full"])
        if place.host is not None:
            place.host.drop_wish()

    def glance(self, run_id: int) -> None:
        """Have one frame of a run that is open, once there is something new."""
        if (place := self._places.get(run_id)) is not None and place.host is not None:
            place.host.ask_frame()

    def set_speed(self, speed: Speed) -> None:
        """Pace the runs that are watched."""
        self._speed = speed
        for place in self._places.values():
            if place.is_watched:
                self._pace(place, speed)

    def set_needs(self, run_id: int, needs: Needs) -> None:
        """Say what is wanted of the frames of a run."""
        self._places[run_id].run.mailbox.set_needs(needs)

    # -- memory -------------------------------------------------------------------------------------------------

    def set_memory(self, n_bytes: int) -> None:
        """Let the pasts of all runs take so much together; where they take more, they are thinned."""
        self.memory.budget_bytes = n_bytes
        self._share_memory()

    def memory_used(self) -> dict[int, int]:
        """Return what the past of each run takes now, in bytes, by its id."""
        return {run_id: place.run.past_nbytes for run_id, place in self._places.items()}

    def _share_memory(self) -> None:
        places = self._places.values()
        resting = {place.run.id for place in places if place.rests}
        for run_id in self.memory.share_out([place.run for place in places], resting):
            if self.is_open(run_id):
                self.ask(run_id, Run.limit_past)

    # -- what comes back ----------------------------------------------------------------------------------------

    @Slot(object)
    def _on_report(self, report: Report) -> None:
        place = self._places.get(report.run_id)
        if self._closed or place is None or place.host is None or place.host.id != report.host_id:
            return
        observer = place.observer
        before = observer.status, observer.is_training, observer.prepared
        observer.take(report)
        if report.message:
            self.message.emit(report.run_id, report.severity, report.message)
        if before != (observer.status, observer.is_training, observer.prepared):
            LOAD.divide()
            self.run_changed.emit(report.run_id)

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        self.frame_ready.emit(frame.run_id, frame)

    @Slot()
    def _on_frame_wanted(self) -> None:
        for place in self._places.values():
            if place.is_watched and place.host is not None and place.observer.display.ready:
                place.host.ask_frame()

    @Slot(bool)
    def _on_seen_changed(self, seen: bool) -> None:
        for place in self._places.values():
            place.observer.clock.set_seen(seen)
            if place.host is not None:
                place.host.set_seen(seen)

    @Slot(object)
    def _on_gone(self, host: Host) -> None:
        if host in self._leaving:
            self._leaving.remove(host)
            host.end()

    def _attend(self) -> None:
        hosts = {run_id: place.host for run_id, place in self._places.items() if place.host is not None}
        front = hosts.get(self._foreground)
        self.pulse_watch.watch(front.pulse if front is not None else None, goes_on=bool(hosts) and not self._closed)

    def _close(self, place: Place) -> None:
        host, place.host = place.host, None
        self._attend()
        if host is not None:
            self._leaving.append(host)
            host.stop()

    def _pace(self, place: Place, speed: Speed) -> None:
        # Timed speeds are paced by the loop; elsewhere more frames than are seen would only cost training.
        place.observer.display.frame_interval_s = 0.0 if speed.epochs_per_second else 1.0 / FRAME_RATE
        place.run.mailbox.set_speed(speed)

    def _set_foreground(self, run_id: int) -> None:
        self._foreground = run_id
        self.foreground_changed.emit(run_id)
