"""Runs that an edit has set aside, for the undo that brings them back.

They are runs of the laboratory that rest there. Few of them have anything of their own, and those few are bounded: the
oldest go first. Undoing an edit whose run is gone begins a new one.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory

MAX_RUNS = 20
BUDGET_BYTES = 512 * 2**20


class ParkedRuns:
    """Keeps the runs that commands of *Undo* name.

    Parameters
    ----------
    lab : Laboratory
    max_runs : int
    budget_bytes : int
        Of histories, pasts and weights, taken together.
    """

    def __init__(self, lab: Laboratory, max_runs: int = MAX_RUNS, budget_bytes: int = BUDGET_BYTES) -> None:
        self._lab = lab
        self._max_runs = max_runs
        self._budget_bytes = budget_bytes
        self._ids: list[int] = []

    def __len__(self) -> int:
        """Return how many there are with anything of their own."""
        return len(self._kept())

    def park(self, run_id: int) -> None:
        """Let a run rest, and let the oldest ones go where that makes too many."""
        self._lab.rest(run_id)
        # Once, as the latest.
        self.take(run_id)
        self._ids.append(run_id)
        kept = self._kept()
        while len(kept) > self._max_runs or (len(kept) > 1 and sum(run.nbytes for run in kept) > self._budget_bytes):
            self._let_go(kept.pop(0).id)

    def take(self, run_id: int) -> Run | None:
        """Return a run, which is to rest no longer; None where it is gone."""
        if run_id in self._ids:
            self._ids.remove(run_id)
        return self._lab.find(run_id)

    def keep_only(self, run_ids: AbstractSet[int]) -> None:
        """Let the runs go that no command names any more."""
        for run_id in set(self._ids) - run_ids:
            self._let_go(run_id)

    def clear(self) -> None:
        """Let all of them go."""
        self.keep_only(frozenset())

    def _kept(self) -> list[Run]:
        runs = (self._lab.run(run_id) for run_id in self._ids)
        return [run for run in runs if run.touched]

    def _let_go(self, run_id: int) -> None:
        self._ids.remove(run_id)
        self._lab.remove(run_id)
