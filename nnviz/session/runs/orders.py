"""What the runs of a laboratory are told to do, what they are asked, and which of them give no sign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Literal, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.translation import translated
from nnviz.experiment.document import Document
from nnviz.session.mailbox import Ask, Command, Go, Halt, Met, Step
from nnviz.session.observer import RunObserver
from nnviz.session.run import Run
from nnviz.session.runs.crew import Crew
from nnviz.session.runs.host import Host, Place
from nnviz.session.runs.load import LOAD

T = TypeVar("T")

GIVEN_UP = "It gave no sign for too long and was stopped."


class OrderedRuns(QObject):
    """The part of a `nnviz.session.runs.laboratory.Laboratory` that speaks to its runs.

    Signals
    -------
    run_changed : object
        Run id: its status or its data are other ones.
    """

    run_changed = Signal(object)

    _places: dict[int, Place]

    def open(self, run_id: int) -> None:
        """Let the crew prepare and serve a run."""
        raise NotImplementedError

    def order(self, run_id: int, command: Command) -> None:
        """Post a command after which what was said of the run's status before is out of date."""
        place = self._places[run_id]
        place.observer.last_order = place.run.mailbox.post(command)

    def train(self, runs: Iterable[int], epochs: int | None = None, until: int | None = None, met: Met = None) -> None:
        """Train runs side by side: so many epochs more, until an epoch, or what is asked of each, or until paused."""
        for run_id in runs:
            place = self._places[run_id]
            self.open(run_id)
            place.is_aside = False
            place.run.touch()
            # The order itself ends the pause: before it is read, nobody knows how far to train.
            self.order(run_id, Go(epochs, until, met))
            status = place.observer.status
            self._show_status(place, "preparing" if status == "preparing" else "running", is_training=True)

    def pause(self, run_ids: Iterable[int]) -> None:
        """Stop training runs after their present slice."""
        for run_id in run_ids:
            place = self._places[run_id]
            place.run.mailbox.pause.set()
            self.order(run_id, Halt())
            status = place.observer.status
            self._show_status(place, "paused" if status == "running" else status, is_training=False)

    def step(self, run_id: int, unit: Literal["epoch", "batch"]) -> None:
        """Train to the end of the present epoch, or one mini-batch."""
        self._places[run_id].run.touch()
        self.order(run_id, Step(unit))

    def ask(self, run_id: int, function: Callable[[Run], T], without: Callable[[], T] | None = None) -> Future[T]:
        """Return what `function` makes of a run between two slices, once a training thread comes to it.

        The run is opened for that, where it is not. Callbacks of the answer are called in that thread. Of a run that
        gives no sign, `without` gives the answer.
        """
        place, answer = self._places[run_id], Future[T]()
        place.run.mailbox.post(Ask(function, answer, without))
        self.open(run_id)
        if place.is_silent:
            place.run.mailbox.answer_without()
        return answer

    def ask_copy(self, run_id: int, copied: Callable[[Run], Document]) -> Future[Document]:
        """Return what `copied` makes of a run; of one that gives no sign, or cannot be copied, what is known."""
        place = self._places[run_id]
        copy = partial(copy_of, place.run, place.observer, copied)
        return self.ask(run_id, lambda _run: copy(), copy)

    def _show_status(self, place: Place, status: Any, *, is_training: bool) -> None:
        place.observer.show_status(status, is_training=is_training)
        LOAD.divide()
        self.run_changed.emit(place.run.id)


class SilentRuns(QObject):
    """Looks for runs of a laboratory that hang.

    Parameters
    ----------
    places : mapping of int to Place
        Of all runs, by id; read whenever it is looked.
    leaving : sequence of Host
        Of runs that are gone, but for their last turn.
    crew : Crew
    parent : QObject

    Attributes
    ----------
    beside : frozenset of int
        Runs that hang and that somebody waits for, but for the one in front.

    Signals
    -------
    changed : ()
        `beside` is another set.
    """

    changed = Signal()

    def __init__(self, places: Mapping[int, Place], leaving: Sequence[Host], crew: Crew, parent: QObject) -> None:
        super().__init__(parent)
        self._places, self._leaving, self._crew = places, leaving, crew
        self.beside: frozenset[int] = frozenset()

    @Slot()
    def look(self) -> None:
        """Let others be trained meanwhile, and answer without the silent what can be."""
        silent = [place for place in self._places.values() if place.is_silent]
        hosts = [place.host for place in silent] + [host for host in self._leaving if host.is_silent]
        for host in filter(None, hosts):
            self._crew.pass_by(host.member)
        for place in silent:
            place.run.mailbox.answer_without()
        beside = frozenset(place.run.id for place in silent if not (place.is_aside or place.is_in_front))
        if beside != self.beside:
            self.beside = beside
            self.changed.emit()

    def answer_all(self) -> None:
        """Answer without any of them what can be: nobody waits any longer."""
        for place in self._places.values():
            place.run.mailbox.answer_without()


def copy_of(run: Run, observer: RunObserver, copied: Callable[[Run], Document]) -> Document:
    """Return a copy of a run: between two slices, or in the midst of whatever it hangs in.

    Of one that cannot be copied, as after a fault, there is what was seen of it last.
    """
    try:
        return copied(run)
    except Exception:
        return _seen(run, observer)


def _seen(run: Run, observer: RunObserver) -> Document:
    parameters = observer.frame.parameters if observer.frame is not None else None
    note = translated("The run could not be copied: what is kept are its weights as they were seen last, no curves.")
    return Document(run.wanted, parameters, note=note)
