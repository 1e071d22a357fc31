"""The events by which the window and a training loop in another thread steer each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Event, Lock

from msgspec import Struct, field

from nnviz.session.pulse import Pulse

#: After so long, whoever waits for the end of another turn looks whether it should end itself.
TURN_S = 0.05


class Link(Struct, frozen=True):
    """The events between one worker and the window.

    Attributes
    ----------
    host_id : int
    stop : threading.Event
        Set to end the loop, whatever it is doing, after the present slice.
    want_frame : threading.Event
        Set while the display is ready for a frame.
    pulse : Pulse
        The worker's signs of life.
    unseen : threading.Event
        Set while nobody can see the window, so that training waits for no frame.
    let_gui_work : callable
        Sleeps until the GUI thread has nothing to do, at most the given seconds; returns whether it has nothing.
    away : callable
        Gives a context for what may take long, such as reading a table: other runs are trained meanwhile.
    """

    host_id: int
    stop: Event = field(default_factory=Event)
    want_frame: Event = field(default_factory=Event)
    pulse: Pulse = field(default_factory=Pulse)
    unseen: Event = field(default_factory=Event)
    let_gui_work: Callable[[float], bool] = lambda _timeout_s: True
    away: Callable[[], AbstractContextManager[None]] = nullcontext

    @contextmanager
    def holding(self, run: Lock) -> Iterator[None]:
        """Hold the lock of a run for a turn, and owe signs of life meanwhile.

        Whoever is at the run ends its turn first; where that hangs, being told to stop ends the wait, and the lock is
        not held.
        """
        self.pulse.beat()
        while not (is_held := run.acquire(timeout=TURN_S)) and not self.stop.is_set():
            continue
        try:
            yield
        finally:
            if is_held:
                run.release()
            self.pulse.end()
