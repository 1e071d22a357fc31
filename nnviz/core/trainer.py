"""The training loop, free of Qt and of event loops: it advances a run slice by slice and keeps its history."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, Self, Unpack

import numpy as np
from numpy.typing import ArrayLike

from nnviz.core.arguments import MOST_WHOLE, function, instance, whole
from nnviz.core.engine import RECORD_COLUMNS, Chunk, RunState, StopCode
from nnviz.core.engines import EngineInUse
from nnviz.core.errors import DataError, SettingError
from nnviz.core.history.history import History
from nnviz.core.keyframes import sharing
from nnviz.core.layout import Array
from nnviz.core.losses import penalty
from nnviz.core.metrics import Task
from nnviz.core.network import Network, check_parameter
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.past import Past
from nnviz.core.pieces import Pause
from nnviz.core.problem import RowDetails, checked_aim, make_problem
from nnviz.core.run_loop import Callback, RunLoop
from nnviz.core.run_memory import RunMemory
from nnviz.core.settings import SettingChanges, Settings
from nnviz.core.stopping import loss_limit, make_best, restore_best, why_stopped
from nnviz.core.weighting import ClassWeightsLike, check_class_weights

if TYPE_CHECKING:
    from nnviz.core.branching import BranchChanges
    from nnviz.core.checkpoint import Checkpoint
    from nnviz.core.divergence import Divergence

_NO_LIMIT = MOST_WHOLE
_PENALTY = RECORD_COLUMNS.index("penalty")


class Trainer(RunMemory):
    """Trains a network in place and keeps the history.

    Parameters
    ----------
    network : Network
    X, Y : array_like ``(n_samples, n_features)``, ``(n_samples, n_outputs)``
        Training data; targets are taken as they are.
    X_test, Y_test : array_like, optional
        Test data, evaluated after every epoch.
    X_validation, Y_validation : array_like, optional
        Validation data, evaluated after every epoch: by them `patience` judges, so that the test data stay out of it.
    loss : str, optional
        Name in `LOSSES`; None takes the one that fits the output activation.
    task : "classification" or "regression", optional
        None: classification for the two cross-entropies, else regression.
    engine : "auto", "compiled" or "numpy"
    target_scale : array_like ``(n_outputs,)``, optional
        Where the targets of a regression are scaled: units of the data per unit of each target. R² and RMSE are then
        told in the units of the data; the loss is of the targets as they are.
    class_weights : "balanced" or sequence of float, optional
        How much the rows of each class count in a cross-entropy: in ``Σ wᵢℓᵢ / Σ wᵢ``, of mini-batches by the mean
        weight of all rows. "balanced": ``n / (k·n_c)`` of n training rows, n_c of them of the class, and k classes.
    row_weights, row_weights_test, row_weights_validation : array_like ``(n_samples,)``, optional
        How much each row counts in the loss, times what its class does.
    **settings
        See `nnviz.core.settings.Settings`: optimizer="sgd", its parameters (momentum, alpha, beta1, beta2, epsilon,
        weight_decay), learning_rate=0.03, batch_size=10 (None: full batch), shuffle=True, schedule=None (a name, or
        a name and a dict of parameters), l1=0.0, l2=0.0, dropout=0.0, clip_norm=None, target_loss=None,
        patience=None (epochs without a new lowest validation loss; of the test loss where there is no validation
        data, which makes it no honest figure any more, and of the training loss where there is neither),
        restore_best=False (whether patience ends with the weights of the best epoch), seed=0.

    Attributes
    ----------
    network : Network
    history : History
        Live: entry 0 is before training.
    stop_reason : str
        Why training has stopped, one sentence; empty while it may go on.
    diverged : Divergence or None
    is_amid : bool
        Whether an update has begun that the next slice goes on with.

    Raises
    ------
    SettingError
        Where a name is unknown, a number out of range, or two settings do not go together.
    DataError
        Where the data do not fit the network or are not finite.

    Examples
    --------
    >>> import nnviz
    >>> train, test = nnviz.load_dataset("moons", n_samples=200, seed=0).split(0.3, seed=0)
    >>> net = nnviz.Network([2, 4, 1], seed=0)
    >>> trainer = nnviz.Trainer(net, train.X, train.targets(net), test.X, test.targets(net), optimizer="adam")
    >>> history = trainer.run(epochs=20)
    >>> trainer.epoch, trainer.batch, len(history)
    (20, 0, 21)
    >>> bool(history.test_loss[-1] < history.test_loss[0])
    True
    >>> trainer.set(learning_rate=0.001)  # the run goes on
    >>> len(trainer.run(epochs=5))
    26
    """

    def __init__(
        self,
        network: Network,
        X: ArrayLike,
        Y: ArrayLike,
        X_test: ArrayLike | None = None,
        Y_test: ArrayLike | None = None,
        *,
        loss: str | None = None,
        task: Task | None = None,
        engine: str = "auto",
        X_validation: ArrayLike | None = None,
        Y_validation: ArrayLike | None = None,
        target_scale: ArrayLike | None = None,
        class_weights: ClassWeightsLike = None,
        row_weights: ArrayLike | None = None,
        row_weights_test: ArrayLike | None = None,
        row_weights_validation: ArrayLike | None = None,
        **settings: Unpack[SettingChanges],
    ) -> None:
        self.network = instance(network, Network, "network")
        self.loss, self.task = checked_aim(network, loss, task)
        self.class_weights = check_class_weights(class_weights)
        self._make_problem = partial(make_problem, network, self.loss, self.task, self.class_weights)
        details = RowDetails(
            X_validation=X_validation,
            Y_validation=Y_validation,
            target_scale=target_scale,
            row_weights=row_weights,
            row_weights_test=row_weights_test,
            row_weights_validation=row_weights_validation,
        )
        self._problem = self._make_problem(X, Y, X_test, Y_test, **details)
        n_samples = len(self._problem.X)
        self._settings = Settings().changed(**settings)
        self._hyper = self._settings.hyper(n_samples)
        self._state = RunState(
            parameters=network.parameters,
            slots=OPTIMIZERS[self._settings.optimizer].memory(network.layout.n_parameters),
            order=np.arange(n_samples, dtype=np.int64),
            best_parameters=network.parameters.copy(),
            masks=network.masks,
        )
        self._run_loop, self._former_updates, self._elapsed_s = RunLoop(), 0, 0.0
        self._in_use = EngineInUse(engine, self._problem, self._hyper)
        self.history = History(self.task)
        self.stop_reason, self.is_amid = "", False
        self.diverged: Divergence | None = None
        self._begin()

    def _begin(self) -> None:
        """Record entry 0 and make it the best so far."""
        state, record = self._state, self.evaluate()
        self.history.append(record[None], np.zeros(1, dtype=np.int64), np.zeros(1))
        self.history.snapshots.pin("first", 0, state.parameters)
        self.history.snapshots.add(np.zeros(1, dtype=np.int64), state.parameters[np.newaxis])
        make_best(self._problem, self._state, record)
        self._pin_snapshots()
        state.loss_limit = loss_limit(record[0])
        self._past = Past(self._moves)
        if not math.isfinite(record[0]):
            self._note_divergence(epoch=0)

    def evaluate(self) -> Array:
        """Return the record of the present parameters and data, columns as `RECORD_COLUMNS`; the rate is NaN."""
        record = self._in_use.engine.evaluate(self._problem, self.network.drop_unused_biases())
        record[_PENALTY] = penalty(self.network.layout, self._state.parameters, self._hyper.l1, self._hyper.l2)
        return record

    def advance(self, max_batches: int, max_epochs: int = _NO_LIMIT, pause: Pause | None = None) -> int:
        """Make at most so many updates, finishing at most so many epochs: one slice of training.

        Where `pause`, asked between the pieces of large updates, returns True, it ends amid one: the run stands before
        that until the next slices have made the rest of it.

        Returns
        -------
        int
            Updates made; 0 once training has stopped, or where it is amid one.
        """
        max_batches, max_epochs = whole(max_batches, "max_batches"), whole(max_epochs, "max_epochs")
        pause = function(pause, "pause")
        if self.is_stopped or not (max_batches and max_epochs):
            return 0
        self.network.drop_unused_biases()
        self._resume_past()
        n_batches, last_epoch, self.is_amid = 0, min(self.epoch + max_epochs, _NO_LIMIT), False
        while n_batches < max_batches and self.epoch < last_epoch and not (self.is_stopped or self.is_amid):
            slice_batches = min(max_batches - n_batches, self._past.slice_batches)
            n_batches += self._advance(slice_batches, last_epoch - self.epoch, pause)
        return n_batches

    def _advance(self, max_batches: int, max_epochs: int, pause: Pause | None) -> int:
        """Call the engine once; return the updates made."""
        started, started_s, state = time.perf_counter(), self._elapsed_s, self._state
        left = -(-(len(self._problem.X) - state.sample) // self._hyper.batch_size)
        first_end = self._former_updates + state.update + left
        chunk = self._in_use.begin(self._problem, self._hyper).advance(
            self._problem,
            self._hyper,
            self._state,
            max_batches=max_batches,
            max_epochs=max_epochs,
            snapshot_stride=self.history.snapshots.stride,
            pause=pause,
        )
        self.is_amid = chunk.is_cut
        seconds = time.perf_counter() - started
        self._elapsed_s += seconds
        self._past.pause(self._moves, chunk.n_batches, seconds, diverged=chunk.stop is StopCode.DIVERGED)
        self._record(chunk, started_s, first_end)
        return chunk.n_batches

    def step_batch(self) -> int:
        """Make one update; return 1, or 0 once training has stopped."""
        return self.advance(1)

    def step_epoch(self) -> int:
        """Go on to the end of the present epoch; return the updates made."""
        return self.advance(_NO_LIMIT, 1)

    def run(self, epochs: int, callback: Callback[Self] | None = None, progress: bool = False) -> History:
        """Finish so many more epochs, unless a stop condition comes first, and return the whole live history.

        Parameters
        ----------
        callback : callable, optional
            Called with the trainer after every epoch; it may read everything and `set` settings. Where it returns
            True the run ends there, and the next `run` goes on.
        progress : bool
            Whether a progress bar is shown on stderr.
        """
        self._run_loop.run(self, epochs, callback, progress)
        return self.history

    def clear_stop(self) -> None:
        """Let training go on after a stop condition or divergence (the optimiser then starts with an empty memory)."""
        self.stop_reason = ""
        self.diverged = None

    def set(self, **changes: Unpack[SettingChanges]) -> None:
        """Change settings without losing the run; keywords as those of the constructor.

        A new optimiser starts with an empty memory. Stop conditions that were met are cleared.

        Raises
        ------
        SettingError
            Nothing is changed then.
        """
        settings = self._settings.changed(**changes)
        new_optimizer = settings.optimizer != self._settings.optimizer
        self._settings = settings
        self._hyper = settings.hyper(len(self._problem.X))
        if new_optimizer:
            self._forget_optimizer()
        self._in_use.follow(self._problem, self._hyper)
        self.clear_stop()

    def set_parameter(self, index: int, value: float) -> None:
        """Set one weight or bias, by its place in the flat vector (`Layout.weight_index`, `Layout.bias_index`)."""
        place, number = check_parameter(self.network, index, value)
        self._state.parameters[place] = number
        self.clear_stop()

    def replace_data(
        self,
        X: ArrayLike,
        Y: ArrayLike,
        X_test: ArrayLike | None = None,
        Y_test: ArrayLike | None = None,
        **details: Unpack[RowDetails],
    ) -> None:
        """Go on with other data of the same shape: weights, optimiser and history stay, a begun epoch starts over.

        The best epoch is from now on the best on the new data. Further keywords: those of the constructor that are
        about rows.
        """
        self._problem = sharing(self._make_problem(X, Y, X_test, Y_test, **details), self._problem)
        n_samples = len(self._problem.X)
        self._hyper = self._settings.hyper(n_samples)
        self._state.order, self._state.sample = np.arange(n_samples, dtype=np.int64), 0
        record = self.evaluate()
        self._state.loss_limit = max(self._state.loss_limit, loss_limit(record[0]))
        make_best(self._problem, self._state, record)
        self.clear_stop()

    def take_over(self, checkpoint: Checkpoint) -> None:
        """Let the history of another run go on here, with a mark; `nnviz.core.carrying.carry` brings its weights.

        The optimiser's memory begins anew, and the best epoch is from now on the best of this network.

        Raises
        ------
        SettingError
            Where the other run has another task.
        """
        from nnviz.core.checkpoint import Checkpoint

        if instance(checkpoint, Checkpoint, "checkpoint").task != self.task:
            raise SettingError("A history of {0} cannot go on as one of {1}.", checkpoint.task, self.task)
        state, former = self._state, checkpoint.state
        self.history = History.from_arrays(checkpoint.history.to_arrays())
        self.history.mark()
        self._elapsed_s = float(self.history.elapsed_s[-1])
        self._former_updates = checkpoint.former_updates + former.update
        state.epoch, record = former.epoch, self.evaluate()
        state.loss_limit = loss_limit(record[0])
        make_best(self._problem, self._state, record)
        self.clear_stop()
        self._pin_snapshots()
        self._past = Past(self._moves)
        if not math.isfinite(record[0]):
            self._note_divergence(epoch=state.epoch)

    @classmethod
    def from_checkpoint(
        cls,
        checkpoint: Checkpoint,
        X: ArrayLike,
        Y: ArrayLike,
        X_test: ArrayLike | None = None,
        Y_test: ArrayLike | None = None,
        **changes: Unpack[BranchChanges],
    ) -> Self:
        """Continue a run, bit for bit where nothing is changed, or let it take another course from there.

        Parameters
        ----------
        X, Y, X_test, Y_test : array_like
            As many training rows as before.
        **changes
            Keywords of the constructor about rows and settings, and activation, output_activation, loss, class_weights,
            engine. Where one of the first four differs, a mark is set, and optimiser and a begun epoch start anew.

        Raises
        ------
        DataError
            Where the number of training rows differs.
        SettingError
            Where a change is none, or does not go with the rest.
        """
        from nnviz.core.branching import Branch

        branch = Branch.of(checkpoint, changes)
        trainer = cls(branch.network, X, Y, X_test, Y_test, **branch.aim, **branch.details)
        n_samples, n_before = len(trainer.problem.X), len(checkpoint.state.order)
        if n_samples != n_before:
            raise DataError("The checkpoint was made with {0} training examples, not {1}.", n_before, n_samples)
        trainer._settings, trainer._hyper = checkpoint.settings, checkpoint.settings.hyper(n_samples)
        trainer._in_use.follow(trainer.problem, trainer._hyper)
        if branch.is_other:
            trainer._forget_optimizer()
            trainer.take_over(checkpoint)
        else:
            trainer._resume(checkpoint)
            trainer.clear_stop()
        if branch.settings:
            trainer.set(**branch.settings)
        return trainer

    def _record(self, chunk: Chunk, started_s: float, first_end: int) -> None:
        """Put what an engine call did into the history; `first_end` are the updates at the end of its first epoch."""
        n_epochs, state = len(chunk.records), self._state
        if n_epochs:
            updates = first_end + self.n_batches * np.arange(n_epochs, dtype=np.int64)
            seconds = np.linspace(started_s, self._elapsed_s, n_epochs + 1)[1:]
            self.history.append(chunk.records, updates, seconds)
            self.history.snapshots.add_until(state.epoch, chunk.snapshots)
            self._pin_snapshots()
        if chunk.stop is StopCode.DIVERGED:
            self._note_divergence(epoch=state.epoch + 1)
        elif chunk.stop is not StopCode.NONE:
            restored = chunk.stop is StopCode.PATIENCE and self._settings.restore_best
            if restored:
                restore_best(state)
                self._forget_optimizer()
            self.stop_reason = why_stopped(chunk.stop, self._problem, self._hyper, state, restored=restored)

    def _forget_optimizer(self) -> None:
        """Empty the optimiser's memory, and count its updates from 1 again."""
        self._state.slots = OPTIMIZERS[self._settings.optimizer].memory(self.network.layout.n_parameters)
        self._former_updates += self._state.update
        self._state.update = 0

    def _note_divergence(self, epoch: int) -> None:
        from nnviz.core.divergence import diagnose

        self.diverged = diagnose(self._problem, self._hyper, self._state, epoch=epoch)
        self.stop_reason = self.diverged.message
        # Its memory is of the steps that led astray; kept, it would spoil every further one.
        self._forget_optimizer()
