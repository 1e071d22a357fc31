"""A run's place among the training threads: its loop, whose turns they take, and its orderly end.

WORKAROUND: a stop is an event that the loop looks at between two slices. A stop slot would never run in a thread that
trains, and waiting for one that is queued never ends (4 of 4 times; this way none of 8).
"""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from nnviz.session import abandoned, pulse
from nnviz.session.freed_memory import LET_GO
from nnviz.session.gui_turn import Turnstile
from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.observer import RunObserver
from nnviz.session.pulse import Pulse
from nnviz.session.run import Run
from nnviz.session.runs.crew import Crew, Member

_host_ids = itertools.count(1)


class Host(QObject):
    """Lets the crew work on a run.

    Parameters
    ----------
    run : Run
    crew : Crew
    parent : QObject

    Attributes
    ----------
    run : Run
    id : int
        Of this hosting: reports of an earlier one of the same run are dropped.
    member : Member
        The run's place in the crew.

    Signals
    -------
    reported : object
        A `Report`, frozen, with read-only arrays; emitted in a training thread.
    gone : object
        This host, after its last turn; emitted in any thread.
    """

    reported = Signal(object)
    gone = Signal(object)

    def __init__(self, run: Run, crew: Crew, parent: QObject) -> None:
        super().__init__(parent)
        self.run = run
        self.id = next(_host_ids)
        self._crew = crew
        self._link = Link(self.id, let_gui_work=Turnstile(self).wait, away=self._away)
        self._loop = Loop(run, self._link, self.reported.emit)
        self.member = Member(self._loop.turn, self._on_gone)

    def start(self) -> None:
        """Begin to prepare and serve the run."""
        self.run.mailbox.bell = self._on_bell
        self._crew.join(self.member)

    def ask_frame(self) -> None:
        """Tell the loop that the display is ready for a frame."""
        self._link.want_frame.set()
        self._on_bell()

    def set_seen(self, seen: bool) -> None:
        """Say whether anybody can see the window: where nobody can, training waits for no frame."""
        if seen:
            self._link.unseen.clear()
        else:
            self._link.unseen.set()
        self._on_bell()

    def drop_wish(self) -> None:
        """Take back that a frame is wanted: nobody looks any more."""
        self._link.want_frame.clear()

    def stop(self) -> None:
        """Take no turn after the present one; does not wait for its end."""
        self._link.stop.set()
        self.run.mailbox.silence()
        self._crew.leave([self.member])

    @property
    def pulse(self) -> Pulse:
        """The signs of life of whoever is at the run."""
        return self._link.pulse

    @property
    def is_silent(self) -> bool:
        """Whether there has been none for too long."""
        return self.pulse.silent_s >= pulse.HANGS_AFTER_S

    def abandon(self) -> None:
        """Let whoever is at the run be: there is no sign of it, and nobody may touch the run any more."""
        self.stop()
        self.run.mailbox.refuse()
        self.leave_behind()

    def leave_behind(self) -> None:
        """Keep what a thread works with that does not end, as long as that takes."""
        hand = self._crew.write_off(self.member)
        if hand is not None:
            # Whoever owned it may go.
            self.setParent(None)
            abandoned.keep(hand, self)

    def end(self) -> None:
        """Hold on to nothing of the run, once nobody is at it any more.

        Loop and host know each other, and such circles wait for a full collection: some twenty megabytes each, of which
        a minute of trying out makes many.
        """
        # Its thread may still be in the midst of telling that it is gone.
        self._crew.wait_left([self.member])
        self.member.forget()
        del self.run, self._loop
        LET_GO.set()
        self.deleteLater()

    def _on_bell(self) -> None:
        self._crew.rouse(self.member)

    def _away(self) -> AbstractContextManager[None]:
        return self._crew.away(self.member)

    def _on_gone(self) -> None:
        self.gone.emit(self)


class Place(Struct):
    """What the laboratory has of a run.

    Attributes
    ----------
    run : Run
    observer : RunObserver
    host : Host or None
        While the crew works on it.
    is_watched : bool
        Whether frames are built of it.
    rests : bool
        Whether it only waits for *Undo*, or has no more memory than what does.
    is_aside : bool
        Whether nobody waits for it.
    """

    run: Run
    observer: RunObserver
    host: Host | None = None
    is_watched: bool = False
    rests: bool = False
    is_aside: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether whoever is at it has given no sign for too long."""
        return self.host is not None and self.host.is_silent

    @property
    def is_in_front(self) -> bool:
        """Whether it goes first."""
        return self.host is not None and self.host.member.is_first
