"""What can be read of a run: where it stands, with which settings, on which engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.arguments import as_rows, whole
from nnviz.core.arrays import read_only
from nnviz.core.description import Described, Description
from nnviz.core.engine import Hyper, Problem, RunState
from nnviz.core.engines import EngineInUse
from nnviz.core.history.history import History
from nnviz.core.layout import Array
from nnviz.core.masks import silent
from nnviz.core.moment import Moment
from nnviz.core.network import Network
from nnviz.core.past import Past
from nnviz.core.settings import Settings
from nnviz.core.stopping import judged_by
from nnviz.core.weighting import ClassWeights

if TYPE_CHECKING:
    from nnviz.core.diagnose import Checkup, Finding
    from nnviz.core.explain.example import WorkedExample


class RunReading(Described):
    """The half of a `nnviz.Trainer` that changes nothing."""

    network: Network
    history: History
    loss: str
    class_weights: ClassWeights | None
    stop_reason: str
    _settings: Settings
    _hyper: Hyper
    _state: RunState
    _problem: Problem
    _in_use: EngineInUse
    _past: Past

    @property
    def settings(self) -> Settings:
        """The present hyper-parameters."""
        return self._settings

    @property
    def engine_name(self) -> str:
        """Which engine trains, or is meant to until training begins: "compiled" or "numpy"."""
        return self._in_use.name

    @property
    def engine_note(self) -> str:
        """One sentence where an engine trains that is slower than the one that was meant; empty otherwise."""
        return self._in_use.begin(self._problem, self._hyper).note

    @property
    def holds_interpreter(self) -> bool:
        """Whether other Python threads stand still while the engine works, but for moments."""
        return self._in_use.begin(self._problem, self._hyper).holds_interpreter

    @property
    def problem(self) -> Problem:
        """The network's shape and the data, as the engine sees them."""
        return self._problem

    @property
    def epoch(self) -> int:
        """Finished epochs."""
        return self._state.epoch

    @property
    def batch(self) -> int:
        """Mini-batches made of the present epoch, 0 at its start."""
        return -(-self._state.sample // self._hyper.batch_size)

    @property
    def n_batches(self) -> int:
        """Mini-batches in an epoch."""
        return -(-len(self._problem.X) // self._hyper.batch_size)

    @property
    def sample(self) -> int:
        """Rows of the present epoch that have been learnt from, 0 at its start."""
        return self._state.sample

    def updates_until(self, epoch: int, sample: int) -> int:
        """Return how many updates lead to so many rows of an epoch without going beyond; 0 from there on.

        Parameters
        ----------
        epoch, sample : int
            Finished epochs, and rows of the next one that have been learnt from (`sample`).

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y, batch_size=30)
        >>> trainer.updates_until(2, 65)  # twice four mini-batches, the last ones of ten rows, and two more
        10
        """
        epoch, sample, size = whole(epoch, "epoch"), whole(sample, "sample"), self._hyper.batch_size
        if epoch <= self.epoch:
            return max(sample - self.sample, 0) // size if epoch == self.epoch else 0
        left = -(-(len(self._problem.X) - self.sample) // size)
        return left + (epoch - self.epoch - 1) * self.n_batches + sample // size

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest loss of the rows that are watched (`Problem.watched`)."""
        return self._state.best_epoch

    @property
    def best_parameters(self) -> Array:
        """Copy of the parameters of that epoch."""
        return self._state.best_parameters.copy()

    @property
    def judged_by(self) -> str:
        """By which rows patience judges, and what that makes of their figures; empty without patience, and where
        nothing is to be said.
        """
        return judged_by(self._problem.watched) if self._settings.patience else ""

    @property
    def is_stopped(self) -> bool:
        """Whether a stop condition or divergence has ended training; `clear_stop` lets it go on."""
        return bool(self.stop_reason)

    def moment(self, run_id: int = 0) -> Moment:
        """Return where the run stands, to be shown: a copy, which training on does not change.

        Parameters
        ----------
        run_id : int
            What the run is called by whoever has several.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y)
        >>> _ = trainer.run(epochs=10)
        >>> now, then = trainer.moment(), trainer.moment_at(3)
        >>> now.epoch, now.is_live, then.epoch, then.is_live
        (10, True, 3, False)
        """
        return Moment(
            run_id=whole(run_id, "run_id"),
            epoch=int(self.epoch),
            batch=int(self.batch),
            parameters=read_only(self.network.drop_unused_biases().copy()),
            activations=self.network.activations,
            settings=self._settings,
            problem=self._problem,
            engine=self._in_use.engine,
            engine_name=self.engine_name,
            history=self.history,
            best_epoch=self.best_epoch,
            record=self.history.last_record.copy(),
            masks=self.network.masks,
            first_epoch=self._past.first_epoch,
            edits=self._past.latest_edits,
            status="live",
        )

    def activations(self, X: ArrayLike) -> list[Array]:
        """Return what all units make of `X`: ``[A1, …, AL]``, each ``(n_units, n_samples)``."""
        inputs = as_rows(X, self.network.layer_sizes[0], "inputs")
        values = self._in_use.engine.activations(self._problem, self.network.drop_unused_biases(), inputs)
        return silent(values, self.network.masks)

    def worked_example(self, row: int | Sequence[int] | None = None, digits: int | None = None) -> WorkedExample:
        """Work out the update that the run would make, with its optimiser's memory, penalties, clipping, schedule,
        dropout and weights of classes and rows; nothing is changed.

        Parameters
        ----------
        row : int or sequence of int, optional
            As if this training row, counted from 0, were the next mini-batch, or these rows; None: the mini-batch that
            comes next.
        digits : int, optional
            As of `nnviz.worked_example`.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
        >>> net = nnviz.Network([2, 4, 1], seed=0)
        >>> trainer = nnviz.Trainer(net, data.X, data.y, optimizer="adam", l2=0.01)
        >>> coming = trainer.worked_example()
        >>> _ = trainer.step_batch()
        >>> bool(abs(coming.updated_weights[0] - net.weights[0]).max() < 1e-12)
        True
        """
        from nnviz.core.checkpoint import under_masks
        from nnviz.core.explain.coming import coming_example

        return coming_example(self._problem, self._hyper, under_masks(self._state, self.network.masks), row, digits)

    @property
    def coming_rows(self) -> NDArray[np.int64]:
        """Training rows of the mini-batch that comes next ``(n,)``, counted from 0."""
        from nnviz.core.explain.coming import coming_rows

        return coming_rows(self._problem, self._hyper, self._state)

    def worked_input(self, x: ArrayLike, y: ArrayLike, digits: int | None = None) -> WorkedExample:
        """Work out the update that an example of its own would make, as `worked_example` does of a training row.

        Parameters
        ----------
        x, y : array_like ``(n_features,)``, ``(n_outputs,)``
        digits : int, optional

        Raises
        ------
        DataError
            Where they do not fit the network or the loss.
        """
        from nnviz.core.checkpoint import under_masks
        from nnviz.core.explain.coming import tried_example
        from nnviz.core.explain.example import checked_example

        X, Y = checked_example(self.network, self.loss, x, y)
        state = under_masks(self._state, self.network.masks)
        return tried_example(self._problem, self._hyper, state, X, Y, digits)

    def health(self) -> tuple[Finding, ...]:
        """Return what is amiss with the run as it stands: what was measured, the threshold and its source, and one
        change that would mend it. Nothing is changed.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("circles", n_samples=100, seed=0)
        >>> net = nnviz.Network([2, 8, 8, 8, 8, 1], "sigmoid", seed=0)
        >>> finding = nnviz.Trainer(net, data.X, data.y).health()[0]
        >>> finding.kind, finding.measured < finding.threshold, finding.fix.label
        ('vanishing', True, 'Let the hidden layers be ReLU')
        """
        return self.checkup().findings

    def checkup(self) -> Checkup:
        """Return `health` with what it was looked at by: the size of the loss's slope and of the next update, layer by
        layer.

        Examples
        --------
        >>> import nnviz
        >>> data = nnviz.load_dataset("circles", n_samples=100, seed=0)
        >>> net = nnviz.Network([2, 8, 8, 8, 8, 1], "sigmoid", seed=0)
        >>> sizes = nnviz.Trainer(net, data.X, data.y).checkup().slope_sizes
        >>> len(sizes), bool(sizes[0] < 2.5e-3 * sizes[-1])
        (5, True)
        """
        from nnviz.core.diagnose import checkup

        return checkup(self._problem, self._hyper, self._state, self.history)

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        from nnviz.core.run_description import run_description

        return run_description(
            "Trainer of {0} at epoch {1}",
            self.network.layer_sizes,
            self._settings,
            self.loss,
            self.class_weights,
            self.history,
            self.stop_reason,
        )
