"""What all runs of a laboratory may remember of their pasts together, and how they share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from nnviz.session.freed_memory import LET_GO
from nnviz.session.run import Run

#: For the runs of a window together; a trainer of a script has 64 MiB.
BUDGET_BYTES: Final = 256 * 2**20
#: What a person may choose, in MB.
LEAST_MB, MOST_MB = 16, 8192
#: Of a run's past in a saved file, unless a person chooses otherwise, and what may be chosen, in MB.
SAVED_BYTES: Final = 16 * 2**20
MOST_SAVED_MB: Final = 256
#: Of the budget, all runs together that only wait for *Undo*.
RESTING_SHARE: Final = 0.25
#: A run is told of another share only where it differs by more than this, so that many runs are not told at each step.
TOLERANCE: Final = 0.1


def shares(budget_bytes: int, live: Iterable[int], resting: Iterable[int]) -> dict[int, int]:
    """Return what each run may take of a budget, in bytes, by its id.

    Parameters
    ----------
    budget_bytes : int
    live : iterable of int
        Runs that are looked at or trained: they share what is left evenly.
    resting : iterable of int
        Runs that only wait: they share a quarter.
    """
    ids, waiting = list(live), list(resting)
    kept = int(RESTING_SHARE * budget_bytes) if waiting and ids else budget_bytes if waiting else 0
    return {
        **dict.fromkeys(ids, (budget_bytes - kept) // max(len(ids), 1)),
        **dict.fromkeys(waiting, kept // max(len(waiting), 1)),
    }


def settle_down(run: Run) -> None:
    """Let a run that only waits keep no more than going on takes; called in a training thread, between two slices."""
    if run.trainer is not None and run.builders is not None:
        run.trainer.history.trim()
        run.builders.forget()
        LET_GO.set()


class MemoryBudget:
    """Gives every run its share.

    Attributes
    ----------
    budget_bytes : int
    saved_bytes : int
        Of the past of the run that is saved, in its file; 0: none of it.
    """

    def __init__(self) -> None:
        self.budget_bytes = BUDGET_BYTES
        self.saved_bytes = SAVED_BYTES

    def share_out(self, runs: Sequence[Run], resting: AbstractSet[int]) -> list[int]:
        """Note in each run what it may take now; return the ids of those whose share is another one.

        Parameters
        ----------
        runs : sequence of Run
        resting : set of int
            Ids of those that only wait; those of them that are nothing of their own have forgotten everything.
        """
        live = [run.id for run in runs if run.id not in resting]
        waiting = [run.id for run in runs if run.id in resting and run.touched]
        wanted = shares(self.budget_bytes, live, waiting)
        known = {run.id: run for run in runs}
        is_over = sum(known[run_id].past_bytes for run_id in wanted) > self.budget_bytes
        told = []
        for run_id, share in wanted.items():
            run = known[run_id]
            differs = abs(share - run.past_bytes) > TOLERANCE * run.past_bytes
            if differs or (is_over and share < run.past_bytes):
                run.past_bytes = share
                told.append(run_id)
        return told
