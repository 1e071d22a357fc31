"""Whether a changed network is given what the one before had learnt, and which runs there are to choose from."""

from __future__ import annotations

from nnviz.experiment.carried import is_carriable
from nnviz.experiment.effects import Effect, effect_of
from nnviz.session.commands import Change, ExchangeCommand, LessonCommand
from nnviz.session.run import Run
from nnviz.session.runs.laboratory import Laboratory
from nnviz.session.state import ExperimentState


class Keeping:
    """Finds, for a new run, the run that it can go on from.

    Parameters
    ----------
    state : ExperimentState
    lab : Laboratory

    Attributes
    ----------
    is_on : bool
        Whether new runs do so by themselves.
    """

    def __init__(self, state: ExperimentState, lab: Laboratory) -> None:
        self._state, self._lab = state, lab
        self.is_on = False

    def source_of(self, change: Change, present: Run) -> Run | None:
        """Return what the new run of an edit is to go on from; None: from its first weights."""
        if change.operation is not None:
            # What it changes may be first weights, which are to be kept too.
            present.touch()
            return present
        is_kept = self.is_on and change.kind == "edit" and not change.begins
        return _learnt(present) if is_kept and present.has_learnt and is_carriable(change.old, change.new) else None

    @property
    def offered(self) -> Run | None:
        """The run from before the latest edit, where the present network can be given what that has learnt."""
        command = self._latest
        run = self._lab.find(command.before_id) if command is not None and command.is_exchange else None
        if command is None or command.operation is not None or run is None:
            return None
        if not run.has_learnt or not is_carriable(run.experiment, self._state.experiment):
            return None
        return _learnt(run)

    def other(self) -> Run | None:
        """Return the run that was set aside for the present one, if it is still here."""
        command = self._latest
        other = self._lab.find(command.aside_id) if command is not None else None
        # An edit that went on with the same step has made another network of it since.
        if other is None or effect_of(other.wanted, self._state.experiment) is not Effect.NONE:
            return None
        return other

    def exchanged(self, present: Run, other: Run) -> None:
        """Note that `other` has taken the place of what was `present`, which is kept for the latest edit."""
        other.wanted = self._state.experiment
        self._state.rename_run(present.id, other.id)
        if (command := self._latest) is not None:
            command.aside_id = present.id

    @property
    def _latest(self) -> ExchangeCommand | None:
        """The latest command that is done, unless a lesson did it."""
        stack = self._state.undo_stack
        command = stack.command(stack.index() - 1) if stack.index() else None
        if isinstance(command, LessonCommand):
            return None
        return command if isinstance(command, ExchangeCommand) else None


def _learnt(run: Run) -> Run:
    """Return where a run has what it knows from, as long as it has learnt nothing itself: nothing is lost on the way.

    A layer that is made small and large again in one breath has all its weights then.
    """
    return run.origin or run
