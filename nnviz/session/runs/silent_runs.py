"""Runs that give no sign: nothing waits for them, and whoever has to do with one learns it.

The run in front is told of by `nnviz.session.pulse.PulseWatch`; here are all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.core.translation import translated
from nnviz.experiment.document import Document
from nnviz.session.observer import RunObserver
from nnviz.session.run import Run
from nnviz.session.runs.crew import Crew
from nnviz.session.runs.host import Host, Place

GIVEN_UP = "It gave no sign for too long and was stopped."


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
