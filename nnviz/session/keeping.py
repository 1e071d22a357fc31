"""Whether a changed network is given what the one before had learnt, and which runs there are to choose from."""

from __future__ import annotations

from nnviz.experiment.carried import is_carriable
from nnviz.experiment.effects import Effect, effect_of
from nnviz.session.commands import Change, MergingCommand
from nnviz.session.parked_runs import ParkedRuns
from nnviz.session.run import Run
from nnviz.session.state import ExperimentState


class Keeping:
    """Finds, for a new run, the run that it can go on from.

    Parameters
    ----------
    state : ExperimentState
    parked : ParkedRuns

    Attributes
    ----------
    is_on : bool
        Whether new runs do so by themselves.
    """

    def __init__(self, state: ExperimentState, parked: ParkedRuns) -> None:
        self._state, self._parked = state, parked
        self.is_on = False

    def source_of(self, change: Change, present: Run) -> Run | None:
        """Return what the new run of an edit is to go on from; None: from its first weights."""
        is_kept = self.is_on and change.kind == "edit" and not change.begins
        return _learnt(present) if is_kept and present.has_learnt and is_carriable(change.old, change.new) else None

    @property
    def offered(self) -> Run | None:
        """The run from before the latest edit, where the present network can be given what that has learnt."""
        token = self.token
        run = self._parked.before(token) if token else None
        if run is None or not run.has_learnt or not is_carriable(run.experiment, self._state.experiment):
            return None
        return _learnt(run)

    @property
    def token(self) -> int:
        """Of the latest command that is done; 0 where there is none."""
        stack = self._state.undo_stack
        command = stack.command(stack.index() - 1) if stack.index() else None
        return command.token if isinstance(command, MergingCommand) else 0

    def other(self, present: Run) -> Run | None:
        """Set the present run aside, and return the one that was set aside for it, if it is still here."""
        other = self._parked.take((self.token, "aside"))
        if present.touched:
            self._parked.park((self.token, "aside"), present)
        # An edit that went on with the same step has made another network of it since.
        is_same = other is not None and effect_of(other.experiment, self._state.experiment) is Effect.NONE
        return other if is_same else None


def _learnt(run: Run) -> Run:
    """Return where a run has what it knows from, as long as it has learnt nothing itself: nothing is lost on the way.

    A layer that is made small and large again in one breath has all its weights then.
    """
    return run.origin or run
