"""A checkpoint: everything a run needs to go on as if it had never stopped, mid-epoch too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, TypedDict, Unpack

import numpy as np
from msgspec.structs import replace
from numpy.typing import ArrayLike

from nnviz.core.arguments import instance, whole
from nnviz.core.arrays import read_only
from nnviz.core.description import Described, Description
from nnviz.core.engine import LOSS_GROWTH, RunState
from nnviz.core.engines import ENGINES
from nnviz.core.errors import ExperimentError
from nnviz.core.history.history import History
from nnviz.core.history.stored import MOST_COUNT
from nnviz.core.layout import Array
from nnviz.core.losses import check_compatible
from nnviz.core.masks import Masks, release
from nnviz.core.metrics import Task, check_task
from nnviz.core.moment import Moment, record_of
from nnviz.core.network import Network
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.problem import RowDetails, make_problem
from nnviz.core.run_description import run_description
from nnviz.core.settings import Settings
from nnviz.core.storage import (
    Arrays,
    PathLike,
    check_format,
    damaged,
    json_array,
    json_content,
    load_arrays,
    save_arrays,
)
from nnviz.core.weighting import ClassWeights, check_class_weights

_WHAT = "checkpoint"
#: From there a run goes on for years before it has more than can be counted.
_MOST_UPDATES = MOST_COUNT // 2


class Aim(TypedDict):
    """What a run makes small and how, as keywords of `nnviz.Trainer`; it stays as it is while the run lasts."""

    loss: str
    task: Task
    engine: str
    class_weights: ClassWeights | None


@dataclass(frozen=True, repr=False)
class Checkpoint(Described):
    """A run at one moment, independent of the run that it was taken of.

    Attributes
    ----------
    network : Network
    settings : Settings
    loss : str
        Name in `nnviz.core.losses.LOSSES`.
    task : "classification" or "regression"
    engine : str
        On which a continuation is bit-equal.
    state : RunState
        Optimiser, epoch, batch cursor, order of the rows, best parameters.
    former_updates : int
        Updates made before the present optimiser took over.
    history : History
        Its figures; snapshots are not part of a checkpoint.
    class_weights : None, "balanced" or tuple of float
        Of the loss. Weights of rows belong to the data.

    Examples
    --------
    >>> import nnviz
    >>> data = nnviz.load_dataset("xor", n_samples=100, seed=0)
    >>> trainer = nnviz.Trainer(nnviz.Network([2, 4, 1], seed=0), data.X, data.y, dropout=0.2)
    >>> _ = trainer.run(epochs=3), trainer.step_batch()
    >>> checkpoint = trainer.checkpoint()
    >>> again = nnviz.Trainer.from_checkpoint(checkpoint, data.X, data.y)
    >>> bool((trainer.run(epochs=4).train_loss == again.run(epochs=4).train_loss).all())
    True
    """

    network: Network
    settings: Settings
    loss: str
    task: Task
    engine: str
    state: RunState
    former_updates: int
    history: History
    class_weights: ClassWeights | None = None

    def description(self) -> Description:
        """Return what is shown of it in a terminal and a notebook."""
        sentence = "Checkpoint of {0} at epoch {1}"
        sizes = self.network.layer_sizes
        return run_description(sentence, sizes, self.settings, self.loss, self.class_weights, self.history)

    @property
    def epoch(self) -> int:
        """Finished epochs."""
        return self.state.epoch

    @property
    def parameters(self) -> Array:
        """The network's parameters, flat."""
        return self.network.parameters

    @property
    def aim(self) -> Aim:
        """What the run makes small, and on which engine."""
        return Aim(loss=self.loss, task=self.task, engine=self.engine, class_weights=self.class_weights)

    def moment(
        self,
        X: ArrayLike,
        Y: ArrayLike,
        X_test: ArrayLike | None = None,
        Y_test: ArrayLike | None = None,
        *,
        run_id: int = 0,
        **details: Unpack[RowDetails],
    ) -> Moment:
        """Return it as a moment to be shown, on the data that it was made with; see `nnviz.Trainer.from_checkpoint`.

        Raises
        ------
        DataError
            Where the data do not fit the network.
        """
        network = self.network
        problem = make_problem(network, self.loss, self.task, self.class_weights, X, Y, X_test, Y_test, **details)
        size = self.settings.hyper(len(problem.X)).batch_size
        return Moment(
            run_id=whole(run_id, "run_id"),
            epoch=self.epoch,
            batch=-(-self.state.sample // size),
            parameters=read_only(network.parameters.copy()),
            activations=network.activations,
            settings=self.settings,
            problem=problem,
            engine=NumpyEngine(),
            engine_name=self.engine,
            history=self.history,
            best_epoch=self.state.best_epoch,
            record=record_of(self.history, self.epoch),
            masks=network.masks,
        )

    def to_arrays(self) -> Arrays:
        """Return everything as arrays, to be embedded in another archive."""
        state = self.state
        description = {
            "format": 1,
            "settings": self.settings.to_dict(),
            "loss": self.loss,
            "task": self.task,
            "engine": self.engine,
            "epoch": state.epoch,
            "sample": state.sample,
            "update": state.update,
            "former_updates": self.former_updates,
            "best_loss": state.best_loss,
            "best_epoch": state.best_epoch,
            "loss_limit": state.loss_limit,
            "class_weights": self.class_weights,
        }
        return {
            "checkpoint": json_array(description),
            "slots": state.slots,
            "order": state.order,
            "best_parameters": state.best_parameters,
            **self.network.to_arrays(),
            **self.history.to_arrays(),
        }

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together: compiled kernels trust the sizes of the arrays."""
        instance(self.network, Network, "network")
        instance(self.settings, Settings, "settings")
        instance(self.state, RunState, "state")
        instance(self.history, History, "history")
        whole(self.former_updates, "former_updates")
        check_compatible(self.network.activations[-1], self.loss)
        check_task(self.task)
        check_class_weights(self.class_weights)
        _ = ENGINES[self.engine]
        _check_state(self.state, OPTIMIZERS[self.settings.optimizer].n_slots, self.network.layout.n_parameters)
        if self.state.epoch != self.history.last_epoch:
            raise ExperimentError("The history of this {0} does not end where the run does.", _WHAT)
        n_updates = self.former_updates + self.state.update
        if not int(self.history.updates[-1]) <= n_updates <= _MOST_UPDATES:
            # What is recorded next would stand before what has been, or beyond what can be counted.
            raise ExperimentError("The history of this {0} does not end where the run does.", _WHAT)
        if self.task != self.history.task:
            raise ExperimentError("The history of this {0} is of another task than the run.", _WHAT)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the checkpoint of `to_arrays`, or raise `ExperimentError`."""
        description = json_content(arrays, "checkpoint", _WHAT)
        network = Network.from_arrays(arrays)
        try:
            check_format(description, _WHAT)
            settings = Settings.from_dict(description["settings"])
            state = RunState(
                parameters=network.parameters,
                slots=_memory(arrays["slots"], OPTIMIZERS[settings.optimizer].n_slots),
                order=arrays["order"],
                epoch=whole(description["epoch"], "epoch"),
                sample=whole(description["sample"], "sample"),
                update=whole(description["update"], "update"),
                best_loss=float(description["best_loss"]),
                best_epoch=whole(description["best_epoch"], "best_epoch"),
                best_parameters=arrays["best_parameters"],
                # Those of nnviz 0.1 knew one limit for all.
                loss_limit=float(description.get("loss_limit", LOSS_GROWTH)),
                masks=network.masks,
            )
            return cls(
                network=network,
                settings=settings,
                loss=description["loss"],
                task=description["task"],
                engine=description["engine"],
                state=state,
                former_updates=whole(description["former_updates"], "former_updates"),
                history=History.from_arrays(arrays),
                class_weights=check_class_weights(description.get("class_weights")),
            )
        except ExperimentError:
            raise
        except Exception as error:
            # What is no run may fail in any way.
            raise damaged(_WHAT, error) from error

    def save(self, path: PathLike) -> None:
        """Write an ``.npz`` file (NumPy arrays and JSON, no pickle)."""
        save_arrays(path, self.to_arrays())

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read what `save` wrote, or raise `ExperimentError`."""
        return cls.from_arrays(load_arrays(path, _WHAT))


def _memory(slots: np.ndarray, n_slots: int) -> np.ndarray:
    """Return the vectors that the optimiser needs: files of version 0.1 hold two for each, the rest of them zeros."""
    return slots[:n_slots] if slots.ndim == 2 else slots


def _check_state(state: RunState, n_slots: int, n_parameters: int) -> None:
    """Raise `ExperimentError` where the arrays do not fit together: compiled kernels trust their types and sizes."""
    fits = (
        _is(state.parameters, np.float64, (n_parameters,))
        and _is(state.slots, np.float64, (n_slots, n_parameters))
        and _is(state.best_parameters, np.float64, (n_parameters,))
        and _is(state.order, np.int64, np.shape(state.order))
        and np.array_equal(np.sort(state.order), np.arange(np.size(state.order)))
    )
    counts = (state.epoch, state.sample, state.update, state.best_epoch)
    if (
        not fits
        or not all(isinstance(count, int | np.integer) and 0 <= count <= MOST_COUNT for count in counts)
        or not np.isfinite(state.best_parameters).all()
        or not state.sample < max(len(state.order), 1)
        or not state.best_epoch <= state.epoch
        or math.isnan(state.best_loss)
        or not 0.0 < state.loss_limit < math.inf
    ):
        raise ExperimentError("The arrays of this {0} do not fit together; the file is damaged.", _WHAT)


def under_masks(state: RunState, masks: Masks) -> RunState:
    """Return `state` as it goes on under other masks: the optimiser has forgotten what it knew of what is free now."""
    if state.masks is masks:
        return state
    slots = state.slots.copy()
    release(slots, state.masks, masks)
    return replace(state, slots=slots, masks=masks)


def _is(array: object, dtype: type[np.generic], shape: tuple[int, ...]) -> bool:
    return isinstance(array, np.ndarray) and array.dtype == dtype and array.shape == shape


def copy_state(state: RunState, parameters: np.ndarray) -> RunState:
    """Return an independent copy of `state` that works on `parameters`."""
    return RunState(
        parameters=parameters,
        slots=state.slots.copy(),
        order=state.order.copy(),
        epoch=state.epoch,
        sample=state.sample,
        update=state.update,
        best_loss=state.best_loss,
        best_epoch=state.best_epoch,
        best_parameters=state.best_parameters.copy(),
        loss_limit=state.loss_limit,
        masks=state.masks,
    )
