"""What a run remembers of its past: any epoch it has been through, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from nnviz.core.arguments import fill, instance, items, whole
from nnviz.core.arrays import read_only
from nnviz.core.errors import SettingError
from nnviz.core.history.history import History
from nnviz.core.layout import Array
from nnviz.core.masks import Masks, release
from nnviz.core.metrics import Task
from nnviz.core.moment import Moment, record_of
from nnviz.core.past import Past, Segment
from nnviz.core.run_reading import RunReading
from nnviz.core.seen import Moves

if TYPE_CHECKING:
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.layer_statistics import LayerStatistics
    from nnviz.core.recall import IsCancelled, Route
    from nnviz.core.stored_past import StoredPast

MOST_SERIES_BYTES: Final = 256 * 2**20
"""Of the parameters of several epochs."""


class RunMemory(RunReading):
    """The part of a `nnviz.Trainer` that looks back."""

    task: Task
    _former_updates: int
    _elapsed_s: float

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stretches of the run in which nothing changed but time, and what began each: a start or an edit."""
        return self._past.segments

    @property
    def past_nbytes(self) -> int:
        """Memory that looking back takes, snapshots included."""
        return self._past.nbytes + self.history.snapshots.nbytes

    @property
    def first_epoch(self) -> int:
        """The first epoch that can be computed again: 0, unless the run was loaded or its oldest past given up."""
        return self._past.first_epoch

    def checkpoint(self) -> Checkpoint:
        """Return the run as it is now; see `nnviz.Trainer.from_checkpoint`."""
        from nnviz.core.checkpoint import Checkpoint, copy_state, under_masks

        network = self.network.copy()
        return Checkpoint(
            network=network,
            settings=self._settings,
            loss=self.loss,
            task=self.task,
            engine=self.engine_name,
            state=copy_state(under_masks(self._state, network.masks), network.parameters),
            former_updates=self._former_updates,
            history=History.from_arrays(self.history.to_arrays()),
            class_weights=self.class_weights,
        )

    def _resume(self, checkpoint: Checkpoint) -> None:
        from nnviz.core.checkpoint import copy_state, under_masks

        self._state = copy_state(under_masks(checkpoint.state, self.network.masks), self.network.parameters)
        self._former_updates = checkpoint.former_updates
        self.history = History.from_arrays(checkpoint.history.to_arrays())
        self._elapsed_s = float(self.history.elapsed_s[-1])
        self._pin_snapshots()
        self._past = Past(self._moves)

    def limit_past(self, n_bytes: int) -> None:
        """Let what is remembered of the past take so much memory; 64 MiB where nobody says so.

        Half is for snapshots, half for keyframes and edits. Where they take more they are thinned at once, evenly over
        the logarithm of time: the first, the best and the last are kept, and every epoch that could be computed again
        still can, if from farther back. Only where edits are many and heavy does the oldest past go.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
        >>> _ = trainer.run(epochs=500)
        >>> trainer.limit_past(2**15)
        >>> trainer.past_nbytes < 2**15, len(trainer.parameters_at(321))
        (True, 17)
        """
        n_bytes = whole(n_bytes, "n_bytes")
        self._take_masks()
        self.history.snapshots.limit(n_bytes // 2)
        self._past.limit(n_bytes // 2, self._moves)

    def mark_epochs(self, epochs: Sequence[int]) -> None:
        """Let what these epochs are computed from stay where the past is thinned; of those marked before, no more.

        They then stay as near as they are now: each as a snapshot where it is one, and the keyframe before it. Of very
        many the last ones of the sequence count.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
        >>> _ = trainer.run(epochs=40)
        >>> trainer.mark_epochs([40])
        >>> _ = trainer.run(epochs=500)
        >>> trainer.checkpoint_at(40).epoch
        40
        """
        marked = tuple(whole(epoch, "epochs") for epoch in items(epochs, "epochs"))
        self._take_masks()
        self.history.snapshots.mark(marked)
        self._past.mark(marked, self._moves)

    def stored_past(self, n_bytes: int) -> StoredPast | None:
        """Return what a file is to keep of the past in about so many bytes; None where that is too little for any.

        A quarter is for snapshots, which show an epoch at once; with the rest any epoch is computed again that could be
        before, if from farther back. Only where edits are many and heavy is the oldest past left out.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
        >>> _ = trainer.run(epochs=50)
        >>> checkpoint, past = trainer.checkpoint(), trainer.stored_past(2**20)
        >>> again = nnviz.Trainer.from_checkpoint(checkpoint, data.X, data.y)
        >>> again.remember(past)
        >>> bool((again.parameters_at(17) == trainer.parameters_at(17)).all())
        True
        """
        from nnviz.core.stored_past import StoredPast, written_past

        n_bytes = whole(n_bytes, "n_bytes")
        self._take_masks()
        part = self._past.part(n_bytes - n_bytes // 4, self._moves)
        if part is None:
            return None
        snapshots = self.history.snapshots
        arrays = written_past(part, self._moves, snapshots.part(n_bytes // 4, part.first_epoch), snapshots.stride)
        return StoredPast(arrays)

    def remember(self, past: StoredPast) -> None:
        """Take back the past of the run that this one continues; it has to stand where that one was saved.

        Raises
        ------
        ExperimentError
            Where the past is damaged, of another run or of other data; the run stays as it is.
        """
        from nnviz.core.restored_past import restored_past
        from nnviz.core.stored_past import StoredPast

        self._take_masks()
        found = restored_past(instance(past, StoredPast, "past"), self._moves, self.loss)
        self._problem = found.problem
        marked = self._past.marked
        self._past = Past.of_part(found.part, self._moves, self._past.budget_bytes)
        self._past.mark(marked, self._moves)
        self.history.snapshots.restore(found.epochs, found.snapshots, found.stride)
        self._pin_snapshots()

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
        from nnviz.core.checkpoint import Checkpoint

        recalled = self.route_to(epoch).follow(cancelled)
        network = self.network.copy()
        network.masks = Masks(network.layout) if recalled.state.masks is None else recalled.state.masks
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

    def nearest_kept(self, epoch: int) -> int:
        """Return the epoch nearest to `epoch` whose moment is there at once, not computed again.

        Who drags through time shows that one, until the exact one has been computed.
        """
        kept = self.history.snapshots.kept_between(self._past.first_epoch, self.epoch)
        if not len(kept):
            return self.epoch
        return int(kept[np.abs(kept - whole(epoch, "epoch")).argmin()])

    def parameters_between(self, first: int, last: int, cancelled: IsCancelled | None = None) -> Array:
        """Return the parameters at the end of every epoch from `first` to `last`, ``(n_epochs, n_parameters)``.

        They are exact, and computed again in one go; see `checkpoint_at`.

        Raises
        ------
        SettingError
            Where the run has not been there, its past does not go back so far, or they are too many for memory.
        """
        first, last = whole(first, "first"), whole(last, "last")
        if first > last:
            raise SettingError("The first epoch, {0}, comes after the last, {1}.", first, last)
        n_bytes = (last - first + 1) * self.network.parameters.nbytes
        if n_bytes > MOST_SERIES_BYTES:
            raise SettingError(
                "The weights of {0} epochs would take {1} MB, more than {2}; ask for fewer epochs.",
                last - first + 1,
                n_bytes // 2**20,
                MOST_SERIES_BYTES // 2**20,
            )
        return self._route_to(last, first).follow_each(first, cancelled)

    def parameters_over_time(
        self, indices: Sequence[int], first: int = 0, last: int | None = None, max_epochs: int = 1000
    ) -> tuple[NDArray[np.int64], Array]:
        """Return how some weights and biases went, at epochs that were kept: at once, whatever the run's length.

        Parameters
        ----------
        indices : sequence of int
            Places in the flat vector (`Layout.weight_index`, `Layout.bias_index`).
        first, last : int
            From and to which epoch; None: to the present.
        max_epochs : int
            More are thinned evenly.

        Returns
        -------
        epochs : ndarray ``(n,)``
            Every one where they are few, else more of young ones.
        values : ndarray ``(n, n_indices)``
            Exact, as each epoch had ended.
        """
        first, last = whole(first, "first"), self.epoch if last is None else whole(last, "last")
        n_parameters = len(self.network.parameters)
        places = np.array([whole(index, "indices") for index in items(indices, "indices")], dtype=np.intp)
        if (places >= n_parameters).any():
            raise SettingError("There is no parameter {0!r}; the network has {1}.", int(places.max()), n_parameters)
        snapshots = self.history.snapshots
        kept = snapshots.kept_between(first, last)
        most = whole(max_epochs, "max_epochs", 2)
        if len(kept) > most:
            kept = kept[np.linspace(0, len(kept) - 1, most).astype(np.intp)]
        return kept, snapshots.values(kept, places)

    def layer_statistics_at(self, epoch: int, cancelled: IsCancelled | None = None) -> tuple[LayerStatistics, ...]:
        """Return what can be said of each layer when `epoch` had ended; updates are those of that epoch.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
        >>> _ = trainer.run(epochs=10)
        >>> hidden, output = trainer.layer_statistics_at(7)
        >>> hidden.layer, hidden.silent, bool(output.update_norm > 0.0)
        (1, 0.0, True)
        """
        from nnviz.core.layer_statistics import layer_statistics

        epoch = whole(epoch, "epoch")
        before, now = None, None
        if epoch > self._past.first_epoch:
            before, now = self.parameters_between(epoch - 1, epoch, cancelled)
        moment = self.moment_of(self.route_to(epoch), self.parameters_at(epoch, cancelled) if now is None else now)
        return layer_statistics(moment, before)

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
        from nnviz.core.recall import Route

        instance(route, Route, "route")
        values = np.empty(len(self.network.parameters))
        fill(values, parameters, "parameters")
        return Moment(
            run_id=whole(run_id, "run_id"),
            epoch=route.epoch,
            batch=0,
            parameters=read_only(values),
            activations=self.network.activations,
            settings=route.settings,
            problem=route.problem,
            engine=self._in_use.engine,
            engine_name=self.engine_name,
            history=self.history,
            best_epoch=self.best_epoch,
            record=record_of(self.history, route.epoch),
            masks=route.masks or Masks(self.network.layout),
            first_epoch=self._past.first_epoch,
            edits=self._past.latest_edits,
        )

    @property
    def data_versions(self) -> frozenset[int]:
        """The data (`Moment.data_version`) that a moment can still be of: the present ones and those of the past."""
        return self._past.data_versions | {self._problem.version}

    def route_to(self, epoch: int, since: int | None = None) -> Route:
        """Return how the end of `epoch` is computed again, which any thread may do while the run goes on.

        Parameters
        ----------
        epoch : int
        since : int, optional
            An epoch at whose end it is to come by.
        """
        return self._route_to(epoch, None if since is None else min(whole(since, "since"), whole(epoch, "epoch")))

    def _route_to(self, epoch: int, since: int | None = None) -> Route:
        epoch = whole(epoch, "epoch")
        if epoch > self.epoch:
            raise SettingError("The run has come to epoch {0}; it knows nothing of epoch {1}.", self.epoch, epoch)
        return self._past.route(epoch, self._in_use.wanted, since)

    def _resume_past(self) -> None:
        """Note what has been edited, before training goes on."""
        self._take_masks()
        self._past.resume(self._moves)

    def _take_masks(self) -> None:
        """Let training follow the masks that the network has by now."""
        state, masks = self._state, self.network.masks
        if state.masks is not masks:
            release(state.slots, state.masks, masks)
            state.masks = masks

    @property
    def _moves(self) -> Moves:
        return Moves(self._state, self._settings, self._problem, self._former_updates)

    def _pin_snapshots(self) -> None:
        state, snapshots = self._state, self.history.snapshots
        snapshots.pin("best", state.best_epoch, state.best_parameters)
        snapshots.pin("last", state.epoch, state.parameters)
