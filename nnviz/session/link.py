"""The events by which the window and a training loop in another thread steer each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event


@dataclass(frozen=True)
class Link:
    """The events between one worker and the window.

    Attributes
    ----------
    host_id : int
    stop : threading.Event
        Set to end the loop, whatever it is doing, after the present slice.
    want_frame : threading.Event
        Set while the display is ready for a frame.
    let_gui_work : callable
        Sleeps until the GUI thread has nothing to do, at most the given seconds; returns whether it has nothing.
    """

    host_id: int
    stop: Event = field(default_factory=Event)
    want_frame: Event = field(default_factory=Event)
    let_gui_work: Callable[[float], bool] = lambda _timeout_s: True
