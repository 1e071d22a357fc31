"""Takes all turns of a loop in the test's own thread, without a crew."""

from __future__ import annotations

import threading

from nnviz.session.link import Link
from nnviz.session.loop import Loop
from nnviz.session.run import Run


def take_turns(loop: Loop, run: Run, link: Link) -> None:
    """Let `loop` live until its link's stop event is set."""
    rung = threading.Event()
    run.mailbox.bell = rung.set
    while not link.stop.is_set():
        rung.clear()
        delay_s = loop.turn()
        if delay_s != 0.0 and not link.stop.is_set():
            rung.wait(delay_s)
