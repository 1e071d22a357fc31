"""From an experiment to what a run works on: rows split and standardised, every "auto" resolved, settings checked.

All that can be wrong with an experiment is found here, before anything trains, and said in one sentence.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from msgspec import Struct

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.arrays import read_only
from nnviz.core.errors import SettingError
from nnviz.core.initializers import INITIALIZERS
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import LOSSES, check_compatible
from nnviz.core.masks import Masks
from nnviz.core.metrics import class_threshold
from nnviz.core.network import Network, check_size
from nnviz.core.problem import RowDetails
from nnviz.core.trainer import Trainer
from nnviz.core.weighting import check_class_number, check_weighted_loss
from nnviz.data import Dataset, InputMap
from nnviz.data.compact import rows_of
from nnviz.data.split import Fold
from nnviz.data.targets import TargetMap, are_hard_to_learn
from nnviz.experiment.automatic import Resolved, resolve
from nnviz.experiment.explicit import set_explicit
from nnviz.experiment.figures import PARTS, PartName
from nnviz.experiment.first_map import FirstMap, first_map, some_rows
from nnviz.experiment.frame import Hold
from nnviz.experiment.held import Slice, Spread
from nnviz.experiment.rare_classes import RareClass, lone_class_note, rare_class
from nnviz.experiment.schema import ExperimentSpec, NetworkSpec
from nnviz.experiment.sources import Source, load_source
from nnviz.experiment.trainer_settings import trainer_settings
from nnviz.experiment.typical import typical_row

if TYPE_CHECKING:
    from nnviz.experiment.components import Components


class HeldBack(RowDetails):
    """All that a trainer takes beside training rows and settings."""

    X_test: Array | None
    Y_test: Array | None


class Prepared(Struct, frozen=True, dict=True):
    """An experiment, ready to be trained.

    Attributes
    ----------
    experiment : ExperimentSpec
    dataset : Dataset
        All rows, raw.
    train, validation, test : Dataset
        The same, split; the last two may have no rows.
    inputs : InputMap
        Raw features → the network's inputs, fitted on the training rows.
    targets : TargetMap
        Targets of a regression in the units of the data → what the network learns.
    task : "classification" or "regression"
    loss, output_activation : str
        Names, "auto" resolved.
    class_names : tuple of str
        Empty for regression.
    notes : tuple of str
        Sentences about the data for the user, such as rows that were left out.
    rare : RareClass or None
        Set where a class is so rare that accuracy says little.
    """

    experiment: ExperimentSpec
    dataset: Dataset
    train: Dataset
    validation: Dataset
    test: Dataset
    inputs: InputMap
    targets: TargetMap
    task: Literal["classification", "regression"]
    loss: str
    output_activation: str
    class_names: tuple[str, ...]
    notes: tuple[str, ...]
    rare: RareClass | None = None

    @cached_property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units per layer, inputs first."""
        hidden = (layer.units for layer in self.experiment.network.hidden)
        return (self.inputs.n_inputs, *hidden, self.n_outputs)

    @property
    def is_empty(self) -> bool:
        """Whether there is not a single row: an empty canvas, on which a network can be looked at but not trained."""
        return not self.dataset.n_samples

    @property
    def n_outputs(self) -> int:
        """Columns of the targets: one for two classes (two where outputs are compared), one per class for more."""
        compared = not ACTIVATIONS[self.output_activation].elementwise
        return 2 if compared and len(self.class_names) == 2 else self.dataset.n_outputs

    @property
    def activations(self) -> tuple[str, ...]:
        """Names, one per layer with weights."""
        return (*(layer.activation for layer in self.experiment.network.hidden), self.output_activation)

    @cached_property
    def X_train(self) -> Array:
        """Network inputs of the training rows ``(n_train, n_inputs)``."""
        return read_only(self.inputs.transform(self.train.X))

    @cached_property
    def X_test(self) -> Array:
        """Network inputs of the test rows ``(n_test, n_inputs)``."""
        return read_only(self.inputs.transform(self.test.X))

    @cached_property
    def X_validation(self) -> Array:
        """Network inputs of the validation rows ``(n_validation, n_inputs)``."""
        return read_only(self.inputs.transform(self.validation.X))

    @cached_property
    def Y_train(self) -> Array:
        """What is learnt of the training rows ``(n_train, n_outputs)``: −1/+1 where the output is tanh, or scaled."""
        return read_only(self.targets.transform(self.train.targets(self)))

    @cached_property
    def Y_test(self) -> Array:
        """The same of the test rows ``(n_test, n_outputs)``."""
        return read_only(self.targets.transform(self.test.targets(self)))

    @cached_property
    def Y_validation(self) -> Array:
        """The same of the validation rows ``(n_validation, n_outputs)``."""
        return read_only(self.targets.transform(self.validation.targets(self)))

    def part(self, name: PartName) -> Dataset:
        """Return the rows of one part of the data."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]

    def features(self, name: PartName, row: int) -> Array:
        """Return the raw features ``(n_features,)`` of one row of a part of the data."""
        return rows_of(self.part(name), row)

    def arrays(self, name: PartName) -> tuple[Array, Array]:
        """Return what the network is given of a part of the data, and what it should answer."""
        X = {"train": lambda: self.X_train, "validation": lambda: self.X_validation, "test": lambda: self.X_test}
        Y = {"train": lambda: self.Y_train, "validation": lambda: self.Y_validation, "test": lambda: self.Y_test}
        return X[name](), Y[name]()

    @property
    def shown_parts(self) -> tuple[PartName, ...]:
        """The parts of the data that have rows."""
        return tuple(name for name in PARTS if self.part(name).n_samples)

    @property
    def held_back(self) -> HeldBack:
        """What a trainer is told beside the training rows, as keywords of `Trainer` and `Trainer.replace_data`."""
        has_test, has_validation = self.test.n_samples > 0, self.validation.n_samples > 0
        return {
            "X_test": self.X_test if has_test else None,
            "Y_test": self.Y_test if has_test else None,
            "X_validation": self.X_validation if has_validation else None,
            "Y_validation": self.Y_validation if has_validation else None,
            "target_scale": self.target_scale,
            "row_weights": self.train.row_weights,
            "row_weights_test": _counting(self.test.row_weights),
            "row_weights_validation": _counting(self.validation.row_weights),
        }

    @property
    def threshold(self) -> float:
        """What parts two classes in one output."""
        return class_threshold(self.Y_train, ACTIVATIONS[self.output_activation].class_targets)

    @property
    def target_scale(self) -> Array | None:
        """Units of the data per unit of each target, for R² and RMSE; None where they are the same."""
        return self.targets.scale if self.targets.is_scaled else None

    @property
    def is_weighted(self) -> bool:
        """Whether rows count differently in the loss."""
        return self.experiment.training.class_weights is not None or self.dataset.row_weights is not None

    @cached_property
    def typical(self) -> Array:
        """A row in the middle of the training rows that could be one of them ``(n_features,)``."""
        return typical_row(self.train)

    @cached_property
    def spread(self) -> Spread:
        """What slices through the training rows have to know of them."""
        return Spread.of(self.train)

    @cached_property
    def first_map(self) -> FirstMap:
        """Which map is shown as long as nobody has chosen one; of two features or one, the only one there is."""
        if self.dataset.n_features <= 2 or not self.train.n_samples:
            return FirstMap((0, min(1, self.dataset.n_features - 1)), Hold("means"))
        rows, middle = some_rows(self.train)[0], Slice(self.spread, self.typical)
        return first_map(self.train, lambda axes: middle.distances(rows, axes), lambda: self.components)

    @cached_property
    def components(self) -> Components:
        """The first two principal components of the training rows, which have two features at least."""
        from nnviz.experiment.components import principal_components

        return principal_components(self.train)

    @property
    def masks(self) -> Masks:
        """What training leaves alone, of what there is of it."""
        return Masks.fitting(Layout(self.layer_sizes), [spec.mask for spec in self.experiment.network.masks])

    def network(self) -> Network:
        """Return a new network with the experiment's initial weights.

        Raises
        ------
        SettingError
            Where explicit weights do not fit the layers.
        """
        spec = self.experiment.network
        network = Network(
            list(self.layer_sizes),
            activation=[layer.activation for layer in spec.hidden],
            output_activation=self.output_activation,
            bias=spec.bias,
            init=spec.init,
            init_scale=spec.init_scale,
            seed=spec.seed,
        )
        if spec.explicit is not None:
            set_explicit(network, spec.explicit, spec.bias)
        network.masks = self.masks
        return network

    def stand_in(self, n_rows: int) -> tuple[Array, Array]:
        """Return inputs and targets for the trainer of an empty canvas, which needs rows although it never trains."""
        y = np.zeros((n_rows, self.dataset.n_outputs))
        labels = None
        if self.task == "classification":
            labels = np.full(n_rows, self.class_names[0])
            y[:, 0] = 0.0 if y.shape[1] == 1 else 1.0
        rows = dataclasses.replace(self.dataset, X=np.zeros((n_rows, self.dataset.n_features)), y=y, labels=labels)
        return self.inputs.transform(rows.X), self.targets.transform(rows.targets(self))

    def trainer(self, network: Network | None = None) -> Trainer:
        """Return a trainer of `network`, or of a new one.

        Raises
        ------
        SettingError
            Where the network cannot be trained, such as through a step activation.
        """
        training = self.experiment.training
        X, Y = self.X_train, self.Y_train
        if self.is_empty:
            X, Y = self.stand_in(1)
        return Trainer(
            network if network is not None else self.network(),
            X,
            Y,
            loss=self.loss,
            seed=training.seed,
            task=self.task,
            engine=training.engine,
            class_weights=training.class_weights,
            **self.held_back,
            **trainer_settings(training, self.train.n_samples),
        )


def _counting(weights: Array | None) -> Array | None:
    """Return weights of rows, or None where they all count for nothing and so have no loss by their weights."""
    return weights if weights is not None and weights.any() else None


def prepare(
    experiment: ExperimentSpec,
    base_path: Path | None = None,
    *,
    may_be_empty: bool = False,
    source: Source | None = None,
    fold: Fold | None = None,
) -> Prepared:
    """Load the data of `experiment`, split it, fit the inputs, and resolve and check the settings.

    Parameters
    ----------
    experiment : ExperimentSpec
    base_path : Path or None
        Folder that a relative table path starts from; `load_document` makes such paths absolute.
    may_be_empty : bool
        Whether a canvas on which nothing is painted yet will do (`Prepared.is_empty`).
    source : Source or None
        The rows of these data, where they are known.
    fold : Fold or None
        Of cross-validation: its rows are the test rows.

    Raises
    ------
    DataError, SettingError
        Where the data cannot be read or split, or settings are unknown, out of bounds or do not go together.
    """
    data = experiment.data
    if source is None:
        source = load_source(data, base_path, may_be_empty=may_be_empty)
    standardise = source.standardise if data.standardise is None else data.standardise
    chosen = source.standardise_targets if data.standardise_targets is None else data.standardise_targets
    dataset, (train, validation, test) = source.parts(data, fold)
    # Of many rows the parts are all that is kept.
    del source
    resolved = _checked_output(experiment, dataset)
    is_wanted = are_hard_to_learn(train) if chosen is None else chosen
    is_scaled = train.n_samples > 0 and dataset.task == "regression" and is_wanted
    _check_network(experiment.network)
    rare = rare_class(dataset)
    trainer_settings(experiment.training, train.n_samples)
    prepared = Prepared(
        experiment=experiment,
        dataset=dataset,
        train=train,
        validation=validation,
        test=test,
        inputs=InputMap.fit(train, data.inputs, standardise),
        targets=TargetMap.fit(train) if is_scaled else TargetMap.plain(dataset.n_outputs),
        task=dataset.task,
        loss=resolved.loss,
        output_activation=resolved.output_activation,
        class_names=dataset.class_names,
        notes=(*filter(None, (lone_class_note(dataset), rare.note if rare is not None else "")), *dataset.notes),
        rare=rare,
    )
    check_size(prepared.layer_sizes)
    return prepared


def _checked_output(experiment: ExperimentSpec, dataset: Dataset) -> Resolved:
    """Return the output activation and the loss, checked against the task and each other."""
    n_classes = len(dataset.class_names)
    if dataset.task == "classification" and n_classes < 2:
        raise SettingError("{0} holds a single class; classification needs at least two.", dataset.title)
    resolved = resolve(experiment, dataset.task, n_classes)
    entry = ACTIVATIONS[resolved.output_activation]
    if not entry.output:
        raise SettingError("{0} cannot be the output's activation; choose another.", entry.label)
    loss = LOSSES[resolved.loss]
    if dataset.task == "regression" and loss.for_classes:
        raise SettingError(
            "{0} compares classes, but {1} asks for numbers; choose mean squared error.", loss.label, dataset.title
        )
    check_compatible(entry.name, loss.name)
    weights = experiment.training.class_weights
    if weights is not None:
        if dataset.task == "regression":
            raise SettingError("There are class weights, but {0} has no classes; take them away.", dataset.title)
        check_weighted_loss(loss.name)
        check_class_number(weights, n_classes)
    return resolved


def _check_network(network: NetworkSpec) -> None:
    INITIALIZERS[network.init]
    for number, layer in enumerate(network.hidden, start=1):
        entry = ACTIVATIONS[layer.activation]
        if not entry.hidden:
            raise SettingError(
                "{0} works on the output only; choose another for hidden layer {1}.", entry.label, number
            )
