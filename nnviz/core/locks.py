"""A lock between processes, for what they share on disk: waited for only so long, freed by the end of its holder."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

try:
    import fcntl
except ImportError:
    # Windows has none.
    fcntl = None  # type: ignore[assignment]

#: Between two attempts.
_LOOK_S = 0.05

Outcome: TypeAlias = Literal["held", "busy", "unknown"]
"""Whether one has it, somebody else has had it all the time, or nothing can be locked here."""


@contextlib.contextmanager
def locked(file: Path, within_s: float, *, shared: bool = False) -> Iterator[Outcome]:
    """Hold the lock of `file`, which is made where it is missing, while the block runs; threads count as processes do.

    Parameters
    ----------
    file : Path
        Never deleted: a lock on a file that is gone would exclude nobody.
    within_s : float
        So long it is waited for; 0: not at all.
    shared : bool
        Whether others may hold it at the same time, as long as they share it too.
    """
    if fcntl is None:
        yield "unknown"
        return
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError:
        yield "unknown"
        return
    try:
        outcome = _tried(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, time.monotonic() + within_s)
        if outcome == "held" and not shared:
            _sign(handle)
        yield outcome
    finally:
        # The lock goes with it.
        os.close(handle)


def last_holder(file: Path) -> int:
    """Return the id of the process that has the lock of `file` to itself, or had it last; 0 where that is unknown."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _sign(handle: int) -> None:
    """Note who has it; on a full disk nobody does."""
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)


def _tried(handle: int, kind: int, until_s: float) -> Outcome:
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until_s:
                return "busy"
            time.sleep(_LOOK_S)
        except OSError:
            # Some network drives lock nothing.
            return "unknown"
        else:
            return "held"
