"""Pictures of a run's past, made in its worker between two slices: `Controller.ask` gets them for a view."""

from __future__ import annotations

from nnviz.core.moment import Moment
from nnviz.core.recall import IsCancelled
from nnviz.experiment.frame import Frame, Needs, Status
from nnviz.session.run import Run


def frame_at(run: Run, epoch: int, needs: Needs, cancelled: IsCancelled | None = None) -> Frame:
    """Return a picture of the end of a past epoch, on the data of then.

    Raises
    ------
    SettingError
        Where the run has not been there, or its past does not go back so far.
    Cancelled
        Where `cancelled` returns True: the epoch is computed again, which takes a moment of a large network.
    """
    assert run.trainer is not None
    return frame_of(run, run.trainer.moment_at(epoch, cancelled, run.id), needs)


def frame_of(run: Run, moment: Moment, needs: Needs) -> Frame:
    """Return a picture of a moment of the past of `run`, whoever has computed it again."""
    assert run.builders is not None
    status: Status = run.ended or ("paused" if run.mailbox.pause.is_set() else "running")
    return run.builders.of(moment).build(moment, needs, status=status, message=run.message)
