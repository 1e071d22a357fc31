"""Runs that an edit has set aside, for the undo that brings them back.

A bounded store: the oldest runs are let go first. Undoing an edit whose run is gone starts a new one.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Literal, TypeAlias

from nnviz.session.commands import Change
from nnviz.session.run import Run

#: Of which command, and whether from before or after it, or the other of two that could come after it: with what had
#: been learnt, and from first weights.
Place: TypeAlias = tuple[int, Literal["before", "after", "aside"]]

MAX_RUNS = 20
BUDGET_BYTES = 512 * 2**20


class ParkedRuns:
    """Keeps runs by the undo command that replaced them.

    Parameters
    ----------
    max_runs : int
    budget_bytes : int
        Of histories and weights, taken together.
    """

    def __init__(self, max_runs: int = MAX_RUNS, budget_bytes: int = BUDGET_BYTES) -> None:
        self._max_runs = max_runs
        self._budget_bytes = budget_bytes
        self._runs: dict[Place, Run] = {}

    def __len__(self) -> int:
        return len(self._runs)

    def exchange(self, change: Change, run: Run) -> Run | None:
        """Set `run` aside for the way back of `change`, and return the one that the change leads to, if it is here.

        A run that is no more than what its experiment would give again is not kept.
        """
        undoing = change.kind == "undo"
        if run.touched:
            self.park((change.token, "after" if undoing else "before"), run)
        return self.take((change.token, "before" if undoing else "after"))

    def leads_back(self, token: int) -> bool:
        """Whether the run from before a command is still here."""
        return (token, "before") in self._runs

    def before(self, token: int) -> Run | None:
        """Return the run from before a command, which stays here."""
        return self._runs.get((token, "before"))

    def park(self, place: Place, run: Run) -> None:
        """Keep `run`, and let the oldest ones go where that makes too many."""
        self._runs.pop(place, None)
        self._runs[place] = run
        while len(self._runs) > self._max_runs or (len(self._runs) > 1 and self._nbytes() > self._budget_bytes):
            del self._runs[next(iter(self._runs))]

    def take(self, place: Place) -> Run | None:
        """Remove and return the run that was parked in `place`, if it is still there."""
        return self._runs.pop(place, None)

    def keep_only(self, tokens: AbstractSet[int]) -> None:
        """Let the runs go whose commands can be neither undone nor redone any more."""
        self._runs = {place: run for place, run in self._runs.items() if place[0] in tokens}

    def clear(self) -> None:
        """Let all runs go."""
        self._runs.clear()

    def _nbytes(self) -> int:
        return sum(run.nbytes for run in self._runs.values())
