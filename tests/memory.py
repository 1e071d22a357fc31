"""What a process holds in memory, and what of it grows with the runs that are kept."""

from __future__ import annotations

import mmap
from pathlib import Path

from nnviz.session.run import Run


def resident_bytes() -> int:
    """Return the memory of this process that is in the machine's."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


def resident_mb() -> float:
    """Return the same in MB."""
    return resident_bytes() / 2**20


def held_bytes(run: Run) -> int:
    """Return what a run holds of its history, its past and its weights.

    Room for epochs to come is not counted: the system gives it once it is written to.
    """
    return run.nbytes - (run.trainer.history.spare_nbytes if run.trainer is not None else 0)
