"""What a run remembers of its past: any epoch it has been through, exactly."""

from __future__ import annotations

from nnviz.core.arguments import whole
from nnviz.core.arrays import read_only
from nnviz.core.checkpoint import Checkpoint
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.core.metrics import Task
from nnviz.core.moment import Moment, record_of
from nnviz.core.past import Moves, Past, Segment
from nnviz.core.recall import IsCancelled, Route
from nnviz.core.run_reading import RunReading


class RunMemory(RunReading):
    """The part of a `nnviz.Trainer` that looks back."""

    task: Task
    _former_updates: int
    _past: Past

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stretches of the run in which nothing changed but time, and what began each: a start or an edit."""
        return self._past.segments

    @property
    def past_nbytes(self) -> int:
        """Memory that looking back takes, snapshots included."""
        return self._past.nbytes + self.history.snapshots.nbytes

    def checkpoint_at(self, epoch: int, cancelled: IsCancelled | None = None) -> Checkpoint:
        """Return the run as it was when `epoch` had ended, before whatever was edited after it.

        It is computed again on a copy, bit-equal, from a moment before it that was kept; the run stays as it is.
        `nnviz.Trainer.from_checkpoint` takes another course from there, with the data of that epoch.

        Parameters
        ----------
        epoch : int
            One that the run has been through.
        cancelled : callable, optional
            Asked some fifty times a second: where it returns True, `Cancelled` is raised.

        Raises
        ------
        SettingError
            Where the run has not been there, or its past does not go back so far.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
        >>> _ = trainer.run(epochs=10)
        >>> trainer.set(learning_rate=0.3)
        >>> _ = trainer.run(epochs=10)
        >>> slow = nnviz.Trainer.from_checkpoint(trainer.checkpoint_at(10), data.X, data.y)  # as if it had not been set
        >>> slow.settings.learning_rate, slow.epoch, trainer.epoch
        (0.03, 10, 20)
        """
        recalled = self.route_to(epoch).follow(cancelled)
        network = self.network.copy()
        network.parameters = recalled.state.parameters
        recalled.state.parameters = network.parameters
        return Checkpoint(
            network=network,
            settings=recalled.settings,
            loss=self.loss,
            task=self.task,
            engine=recalled.engine_name,
            state=recalled.state,
            former_updates=recalled.former_updates,
            history=self.history.upto(epoch),
            class_weights=self.class_weights,
        )

    def parameters_at(self, epoch: int, cancelled: IsCancelled | None = None) -> Array:
        """Return the parameters when `epoch` had ended, flat; see `checkpoint_at`."""
        route = self.route_to(epoch)
        kept = self.history.snapshots.as_it_ended(route.epoch)
        return route.follow(cancelled).state.parameters if kept is None else kept

    def moment_at(self, epoch: int, cancelled: IsCancelled | None = None, run_id: int = 0) -> Moment:
        """Return a past moment to be shown, with the shape, settings and data of then; see `checkpoint_at`."""
        parameters = self.parameters_at(epoch, cancelled)
        return self.moment_of(self.route_to(epoch), parameters, run_id)

    def moment_of(self, route: Route, parameters: Array, run_id: int = 0) -> Moment:
        """Return the moment at the end of a route, which another thread may have followed, with its `parameters`.

        Parameters
        ----------
        route : Route
            Of this run.
        parameters : ndarray ``(n_parameters,)``
            Where it led to.
        run_id : int
            What the run is called by whoever has several.
        """
        return Moment(
            run_id=run_id,
            epoch=route.epoch,
            batch=0,
            parameters=read_only(parameters.copy()),
            activations=self.network.activations,
            settings=route.settings,
            problem=route.problem,
            engine=self._in_use.engine,
            engine_name=self.engine_name,
            history=self.history,
            best_epoch=self.best_epoch,
            record=record_of(self.history, route.epoch),
        )

    @property
    def data_versions(self) -> frozenset[int]:
        """The data (`Moment.data_version`) that a moment can still be of: the present ones and those of the past."""
        return self._past.data_versions | {self._problem.version}

    def route_to(self, epoch: int) -> Route:
        """Return how the end of `epoch` is computed again, which any thread may do while the run goes on."""
        epoch = whole(epoch, "epoch")
        if epoch > self.epoch:
            raise SettingError("The run has come to epoch {0}; it knows nothing of epoch {1}.", self.epoch, epoch)
        return self._past.route(epoch, self._in_use.wanted)

    @property
    def _moves(self) -> Moves:
        return Moves(self._state, self._settings, self._problem, self._former_updates)

    def _pin_snapshots(self) -> None:
        state, snapshots = self._state, self.history.snapshots
        snapshots.pin("best", state.best_epoch, state.best_parameters)
        snapshots.pin("last", state.epoch, state.parameters)
