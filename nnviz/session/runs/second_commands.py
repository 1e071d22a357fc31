"""The step by which the second of two compared networks becomes another run, not only another set-up."""

from __future__ import annotations

import weakref
from typing import Protocol

from nnviz.experiment.document import Experiment
from nnviz.session.commands import EditCommand, ExperimentHolder


class SecondHolder(Protocol):
    """Whoever keeps the second run."""

    def expect(self, run_id: int) -> None:
        """Let that run be the second one from now on, where it is still there."""


class ExchangeSecondCommand(EditCommand):
    """Replaces the experiment, and with it the second run.

    Parameters
    ----------
    keeper : SecondHolder
    holder, old, new, text
        As of `EditCommand`.
    former, later : int
        The second run before, and afterwards.
    """

    def __init__(
        self,
        keeper: SecondHolder,
        holder: ExperimentHolder,
        old: Experiment,
        new: Experiment,
        text: str,
        former: int,
        later: int,
    ) -> None:
        super().__init__(holder, old, new, text)
        self._keeper = weakref.ref(keeper)
        self._former, self._later = former, later

    def redo(self) -> None:
        """Show the later one."""
        self._expect(self._later)
        super().redo()

    def undo(self) -> None:
        """Show the former one again."""
        self._expect(self._former)
        super().undo()

    def _expect(self, run_id: int) -> None:
        if (keeper := self._keeper()) is not None:
            keeper.expect(run_id)
