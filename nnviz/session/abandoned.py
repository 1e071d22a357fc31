"""Threads that do not end when they are told to: kept until they do, and left behind where the process ends before.

WORKAROUND: Qt aborts the process where a `QThread` is destroyed while it runs, and nothing can end a thread from
outside. So a thread that hangs is kept together with all that it works with, and the process ends without cleaning up.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import time
from threading import Thread

from PySide6.QtCore import QThread
from shiboken6 import isValid

#: So long ending threads are waited for, all that end together: closing a window takes no longer.
LEAVE_WITHIN_S = 1.2
#: So long each of the others is waited for, once one of those that end together has hung for all that time.
_GLANCE_S = 0.1

_hung_s = -math.inf
_kept: dict[QThread | Thread, tuple[object, ...]] = {}
_status: int | None = None


def patience_s() -> float:
    """Return how long a thread is to be waited for that is told to end now, in seconds.

    Where another one has just hung, the window is closing: what hangs beside it, or waits for the same, costs no more.
    """
    return LEAVE_WITHIN_S if time.monotonic() - _hung_s > LEAVE_WITHIN_S else min(_GLANCE_S, LEAVE_WITHIN_S)


def note_hang() -> None:
    """Note that a thread has been waited for in vain: who ends it now need not find that out once more."""
    global _hung_s
    _hung_s = time.monotonic()


def ended(thread: QThread, *belongings: object) -> bool:
    """Wait for a thread that has been told to end; where it does not in time, keep it with all that belongs to it.

    Parameters
    ----------
    thread : QThread
    *belongings : object
        What must outlive it.

    Returns
    -------
    bool
        Whether it has ended.
    """
    if thread.wait(round(1000.0 * patience_s())):
        return True
    keep(thread, *belongings)
    return False


def keep(thread: QThread | Thread, *belongings: object) -> None:
    """Let nothing that a thread works with go before it ends, whoever else lets go of it."""
    _forget_ended()
    note_hang()
    _kept[thread] = belongings


def is_any_left() -> bool:
    """Return whether a thread that was kept is still running."""
    _forget_ended()
    return bool(_kept)


def ends_with(status: int) -> None:
    """Note how the process is to end, should a thread of it hang."""
    global _status
    _status = status


def is_over() -> bool:
    """Return whether it has been noted how the process is to end: its window has closed, and all is written."""
    return _status is not None


def leave() -> None:
    """End the process at once where a thread hangs, which cannot be ended: Qt would abort.

    Without a status from `ends_with`, it is 1 after an exception that nobody caught, as Python's own is.
    """
    until_s = time.monotonic() + patience_s()
    for thread in list(_kept):
        if isinstance(thread, Thread):
            thread.join(max(0.0, until_s - time.monotonic()))
        elif isValid(thread):
            thread.wait(max(0, round(1000.0 * (until_s - time.monotonic()))))
    if is_any_left():
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(_status if _status is not None else int(hasattr(sys, "last_type")))


def _forget_ended() -> None:
    for thread in list(_kept):
        is_over = not thread.is_alive() if isinstance(thread, Thread) else not isValid(thread) or thread.isFinished()
        if is_over:
            del _kept[thread]
