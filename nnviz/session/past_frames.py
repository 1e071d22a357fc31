"""Pictures of a run's past, made in its worker between two slices: `Controller.ask` gets them for a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from nnviz.core.layout import Array
from nnviz.core.moment import Moment
from nnviz.core.trainer import Trainer
from nnviz.experiment.carried import continued_trainer
from nnviz.experiment.frame import Frame, Needs, Status
from nnviz.experiment.prepare import Prepared
from nnviz.session.run import Run

if TYPE_CHECKING:
    from nnviz.core.recall import IsCancelled, Route


class Recollection(Struct, frozen=True, eq=False):
    """The network at the end of a past epoch, computed again.

    Attributes
    ----------
    route : Route
        That led there.
    parameters : ndarray ``(n_parameters,)``
    """

    route: Route
    parameters: Array


class Glimpse(Struct, frozen=True, eq=False):
    """A past epoch as far as it can be shown at once.

    Attributes
    ----------
    epoch : int
        What was asked for, as far as the run has been there.
    frame : Frame
        Of that epoch, or of the nearest one that is kept.
    prepared : Prepared
        The data of then.
    route : Route or None
        How the exact one is computed again; None where `frame` is it.
    """

    epoch: int
    frame: Frame
    prepared: Prepared
    route: Route | None = None


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


def glimpse(epoch: int, needs: Needs, known: Recollection | None, run: Run) -> Glimpse:
    """Return what can be shown of an epoch without computing anything again.

    Parameters
    ----------
    epoch : int
        One before the first or after the last that is known stands for that.
    needs : Needs
    known : Recollection or None
        What has been computed again before, in case it is of that epoch.
    run : Run

    Raises
    ------
    SettingError
        Where the data of then are not known any more.
    """
    trainer = run.trainer
    assert trainer is not None
    epoch = max(min(epoch, trainer.epoch), trainer.first_epoch)
    if known is not None and known.route.epoch == epoch:
        return recalled(known, needs, run)
    shown = trainer.nearest_kept(epoch)
    moment = trainer.moment_at(shown, run_id=run.id)
    prepared = run.prepared_of(moment)
    return Glimpse(epoch, frame_of(run, moment, needs), prepared, None if shown == epoch else trainer.route_to(epoch))


def recalled(what: Recollection, needs: Needs, run: Run) -> Glimpse:
    """Return a picture of an epoch that was computed again."""
    assert run.trainer is not None
    moment = run.trainer.moment_of(what.route, what.parameters, run.id)
    return Glimpse(moment.epoch, frame_of(run, moment, needs), run.prepared_of(moment))


def recollect(route: Route, cancelled: IsCancelled) -> Recollection:
    """Compute an epoch again, in whatever thread; raises `Cancelled` where `cancelled` returns True."""
    return Recollection(route, route.follow(cancelled).state.parameters)


def trainer_at(run: Run, epoch: int) -> tuple[Prepared, Trainer]:
    """Return the data of a past epoch, and a trainer of its own that stands at its end."""
    trainer = run.trainer
    assert trainer is not None
    prepared = run.prepared_of(trainer.moment_of(trainer.route_to(epoch), trainer.network.parameters))
    return prepared, continued_trainer(prepared, trainer.checkpoint_at(epoch), {})[0]
