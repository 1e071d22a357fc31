"""Edits of an experiment, as the window makes them: pure functions from one frozen document to the next.

They keep it consistent, so that no click leads to settings that cannot be trained: another data set resets what
belonged to the old one, an output that does not go with the loss brings the loss back to automatic.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
from msgspec import Struct

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.bounds import HIDDEN_LAYERS, PATIENCE, SEED, TARGET_LOSS, UNITS
from nnviz.core.losses import LOSSES
from nnviz.data import DATASETS
from nnviz.data.dataset import Task
from nnviz.data.inputs import available_inputs
from nnviz.data.split import LARGEST_TOGETHER
from nnviz.data.targets import are_hard_to_learn
from nnviz.experiment.automatic import AUTO, Resolved, resolve
from nnviz.experiment.class_weighting import with_fitting_weights
from nnviz.experiment.document import REAL_TRAINING, Experiment
from nnviz.experiment.lessons import default_experiment
from nnviz.experiment.painting import default_test_fraction
from nnviz.experiment.prepare import Prepared
from nnviz.experiment.schema import DataSpec, LayerSpec, ScheduleSpec, TableSource, TrainingSpec, ViewSpec

MAX_HIDDEN_LAYERS = int(HIDDEN_LAYERS.maximum)
MAX_UNITS = int(UNITS.maximum)

Stop = Literal["never", "epochs", "target_loss", "patience", "several"]


class Facts(Struct, frozen=True):
    """What is known of the prepared data.

    Attributes
    ----------
    task : "classification" or "regression"
    n_classes : int
        0 for regression.
    n_rows, n_train, n_validation, n_test : int
    n_inputs, n_outputs : int
        Of the network.
    feature_names : tuple of str
        Raw features.
    available_inputs, input_names : tuple of str
        What the network could get, derived inputs included, and what it gets.
    standardised : bool
    largest_input : float
        Largest absolute value that the network gets from the training rows.
    targets_standardised : bool
        Whether the targets of a regression are learnt standardised.
    hard_target : float
        Largest absolute target of the training rows where they had better be; 0 where they need not.
    notes : tuple of str
        Sentences about the data.
    class_names : tuple of str
        Empty for regression.
    class_counts : tuple of int
        Training rows of each class.
    """

    task: Task
    n_classes: int
    n_rows: int
    n_train: int
    n_validation: int
    n_test: int
    n_inputs: int
    n_outputs: int
    feature_names: tuple[str, ...]
    available_inputs: tuple[str, ...]
    input_names: tuple[str, ...]
    standardised: bool
    largest_input: float
    targets_standardised: bool
    hard_target: float
    notes: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()

    @classmethod
    def of(cls, prepared: Prepared) -> Facts:
        """Return the facts of `prepared`."""
        dataset = prepared.dataset
        return cls(
            task=prepared.task,
            n_classes=len(prepared.class_names),
            n_rows=dataset.n_samples,
            n_train=prepared.train.n_samples,
            n_validation=prepared.validation.n_samples,
            n_test=prepared.test.n_samples,
            n_inputs=prepared.inputs.n_inputs,
            n_outputs=prepared.n_outputs,
            feature_names=tuple(dataset.feature_names),
            available_inputs=available_inputs(dataset),
            input_names=tuple(prepared.inputs.names),
            standardised=prepared.inputs.standardise,
            largest_input=float(np.abs(prepared.X_train).max(initial=0.0)),
            targets_standardised=prepared.targets.is_scaled,
            hard_target=float(np.abs(prepared.train.y).max()) if are_hard_to_learn(prepared.train) else 0.0,
            notes=tuple(prepared.notes),
            class_names=prepared.class_names,
            class_counts=prepared.train.class_counts if prepared.task == "classification" else (),
        )

    def resolved(self, experiment: Experiment) -> Resolved:
        """Return what the "auto"s of `experiment` stand for with these data."""
        return resolve(experiment, self.task, self.n_classes)


def parameter_count(experiment: Experiment, facts: Facts) -> int:
    """Return how many numbers the network learns."""
    sizes = (facts.n_inputs, *(layer.units for layer in experiment.network.hidden), facts.n_outputs)
    bias = int(experiment.network.bias)
    return sum((n_in + bias) * n_out for n_in, n_out in pairwise(sizes))


def with_data(experiment: Experiment, **changes: Any) -> Experiment:
    """Return `experiment` with other fields of its data."""
    edited: Experiment = experiment.edited(data=experiment.data.edited(**changes))
    return edited


def test_share(experiment: Experiment, facts: Facts | None) -> float:
    """Return the percentage of test rows that is in force."""
    data = experiment.data
    fraction = data.test_fraction
    if fraction is None:
        fraction = default_test_fraction(data, 0 if facts is None else facts.n_rows)
    return round(100 * fraction, 6)


def with_test_share(experiment: Experiment, share: float) -> Experiment:
    """Return `experiment` with another percentage of test rows; too many validation rows beside them become fewer."""
    room = max(0.0, round(LARGEST_TOGETHER - share / 100, 6))
    return with_data(
        experiment, test_fraction=share / 100, validation_fraction=min(experiment.data.validation_fraction, room)
    )


def with_validation_share(experiment: Experiment, share: float, facts: Facts | None) -> Experiment:
    """Return `experiment` with another percentage of validation rows; too many test rows beside them become fewer."""
    test, room = test_share(experiment, facts) / 100, round(LARGEST_TOGETHER - share / 100, 6)
    if test <= room:
        return with_data(experiment, validation_fraction=share / 100)
    return with_data(experiment, validation_fraction=share / 100, test_fraction=room)


def with_network(experiment: Experiment, **changes: Any) -> Experiment:
    """Return `experiment` with other fields of its network; explicit first weights give way to drawn ones."""
    edited: Experiment = experiment.edited(network=experiment.network.edited(**{"explicit": None, **changes}))
    return edited


def with_training(experiment: Experiment, **changes: Any) -> Experiment:
    """Return `experiment` with other fields of its training."""
    edited: Experiment = experiment.edited(training=experiment.training.edited(**changes))
    return edited


def with_loss(experiment: Experiment, name: str, facts: Facts | None) -> Experiment:
    """Return `experiment` with another loss, and without class weights where it compares no classes."""
    edited = with_training(experiment, loss=name)
    return edited if facts is None else with_fitting_weights(edited, facts.task, facts.n_classes)


def with_dataset(experiment: Experiment, name: str, old_task: str) -> Experiment:
    """Return `experiment` on the data set called `name`.

    Hidden layers, training and seeds stay; parameters (but number of samples and noise), inputs, split, standardising
    and the axes shown start from the new data set's defaults. Another task brings output and loss back to automatic.
    Training that nobody has changed becomes what measured, or generated, data are usually trained with.
    """
    entry = DATASETS[name]
    old = experiment.data
    shared = {parameter.name: parameter for parameter in entry.parameters if parameter.shared}
    kept = {
        key: old.parameters[key]
        for key, parameter in shared.items()
        if entry.task == old_task
        and key in old.parameters
        and parameter.minimum <= old.parameters[key] <= parameter.maximum
    }
    parameters = {**entry.offered, **kept}
    data = DataSpec(name=name, parameters=parameters, seed=old.seed, split_seed=old.split_seed)
    edited = with_network(experiment.edited(data=data, view=_fresh_view(experiment, entry.n_features)), masks=())
    edited = _with_usual_training(edited, measured=entry.kind.measured)
    if entry.task != old_task:
        edited = with_training(with_network(edited, output_activation=AUTO), loss=AUTO)
    edited = with_fitting_weights(_with_fitting_loss(edited), entry.task, entry.class_count(data.parameters))
    return _named_after(edited, old, entry.label)


def with_table(experiment: Experiment, table: TableSource, task: str, old_task: str, n_features: int) -> Experiment:
    """Return `experiment` on a table of the user's.

    As for `with_dataset`, hidden layers, training and seeds stay.

    Parameters
    ----------
    experiment : Experiment
    table : TableSource
    task, old_task : "classification" or "regression"
        Of the table, and of the data that it takes the place of.
    n_features : int
        Inputs that the table gives.
    """
    old = experiment.data
    data = DataSpec(name=None, table=table, seed=old.seed, split_seed=old.split_seed)
    edited = with_network(experiment.edited(data=data, view=_fresh_view(experiment, n_features)), masks=())
    edited = _with_usual_training(edited, measured=True)
    # Even the same task may have another number of classes: only automatic output and loss fit whatever comes.
    output = edited.network.output_activation
    entry = ACTIVATIONS.get(output)
    if task != old_task or (entry is not None and (entry.saturating or not entry.elementwise)):
        edited = with_training(with_network(edited, output_activation=AUTO), loss=AUTO)
    edited = with_fitting_weights(edited, "classification" if task == "classification" else "regression", None)
    return _named_after(edited, old, _table_title(table))


def _fresh_view(experiment: Experiment, n_features: int) -> ViewSpec:
    """Return the view of `experiment` without what belonged to its data: axes, range, and what is held on the map."""
    axes = (0, 1) if n_features > 1 else (0, 0)
    edited: ViewSpec = experiment.view.edited(
        axes=axes, x_range=None, y_range=None, hold="auto", through=None, held_values=()
    )
    return edited


def _named_after(experiment: Experiment, old: DataSpec, title: str) -> Experiment:
    """Return `experiment` without the title and the notes that nobody chose, which would tell of the `old` data."""
    start = default_experiment()
    not_chosen = {start.title, Experiment().title, *(entry.label for entry in DATASETS.values())}
    if old.table is not None:
        not_chosen.add(_table_title(old.table))
    notes = "" if experiment.notes == start.notes else experiment.notes
    edited: Experiment = experiment.edited(
        title=title if experiment.title in not_chosen else experiment.title, notes=notes
    )
    return edited


def _table_title(table: TableSource) -> str:
    return (PurePath(table.path).stem if table.path else "") or Experiment().title


#: How nnviz 0.1 began with measured data.
_EARLIER_REAL_TRAINING = TrainingSpec(learning_rate=0.003, l2=0.003)


#: Settings of a training that say nothing about how it goes; a data set's suggestion leaves them alone.
_KEPT = ("seed", "engine", "class_weights", "epochs", "stop_at_epochs", "target_loss", "patience", "restore_best")


def _with_usual_training(experiment: Experiment, *, measured: bool) -> Experiment:
    """Return `experiment` with the usual training of such data, unless the user has changed what there is."""
    training = experiment.training
    wanted = REAL_TRAINING if measured else TrainingSpec()
    untouched = (TrainingSpec(), REAL_TRAINING, _EARLIER_REAL_TRAINING, default_experiment().training)
    same = {name: getattr(training, name) for name in _KEPT}
    if not any(training == usual.edited(**same) for usual in untouched):
        return experiment
    edited: Experiment = experiment.edited(training=wanted.edited(**same))
    return edited


def with_training_of(experiment: Experiment, other: Experiment) -> Experiment:
    """Return `experiment` with the training of `other`, but for a loss that may not fit the data."""
    return with_training(experiment, **{**dict(other.training), "loss": experiment.training.loss})


def with_data_parameter(experiment: Experiment, name: str, value: float) -> Experiment:
    """Return `experiment` with one parameter of its generator changed."""
    edited = with_data(experiment, parameters={**experiment.data.parameters, name: value})
    entry = DATASETS.get(str(experiment.data.name))
    if entry is None or name not in entry.class_parameters:
        return edited
    # Other classes mean other outputs.
    edited = _with_fitting_loss(with_network(edited))
    return with_fitting_weights(edited, entry.task, entry.class_count(edited.data.parameters))


def _with_fitting_loss(experiment: Experiment) -> Experiment:
    """Return `experiment` with an automatic loss where the chosen one might not fit the output that "auto" becomes."""
    loss = LOSSES.get(experiment.training.loss)
    if loss is None or experiment.network.output_activation != AUTO:
        return experiment
    entry = DATASETS[str(experiment.data.name)]
    n_classes = entry.class_count(experiment.data.parameters)
    output = resolve(experiment, entry.task, n_classes).output_activation if n_classes is not None else None
    fits = output in loss.pairs_with and (entry.task == "classification" or not loss.for_classes)
    return experiment if fits else with_training(experiment, loss=AUTO)


def with_inputs(experiment: Experiment, names: tuple[str, ...], raw: tuple[str, ...]) -> Experiment:
    """Return `experiment` whose network gets the inputs `names`; all raw ones and no more are the default."""
    edited = with_data(experiment, inputs=None if names == raw else names)
    return with_network(edited, masks=())


def with_hidden_count(experiment: Experiment, n_layers: int) -> Experiment:
    """Return `experiment` with so many hidden layers; new ones at the end are like the last."""
    hidden = experiment.network.hidden
    last = hidden[-1] if hidden else LayerSpec(units=8)
    return with_network(experiment, hidden=(*hidden[:n_layers], *([last] * (n_layers - len(hidden)))))


def with_layer(experiment: Experiment, index: int | None, **changes: Any) -> Experiment:
    """Return `experiment` with hidden layer `index` changed, or all of them where it is None."""
    hidden = tuple(
        layer.edited(**changes) if index is None or position == index else layer
        for position, layer in enumerate(experiment.network.hidden)
    )
    return with_network(experiment, hidden=hidden)


def with_output(experiment: Experiment, name: str, facts: Facts) -> Experiment:
    """Return `experiment` with another output activation, and an automatic loss where the old one does not fit it."""
    edited = with_network(experiment, output_activation=name)
    resolved = facts.resolved(edited)
    loss = LOSSES.get(resolved.loss)
    if loss is None or resolved.output_activation not in loss.pairs_with:
        edited = with_training(edited, loss=AUTO)
    return with_fitting_weights(edited, facts.task, facts.n_classes)


def with_optimizer(experiment: Experiment, name: str) -> Experiment:
    """Return `experiment` with another optimiser at its default parameters."""
    return with_training(experiment, optimizer=name, optimizer_parameters={})


def with_optimizer_parameter(experiment: Experiment, name: str, value: float) -> Experiment:
    """Return `experiment` with one parameter of its optimiser changed."""
    parameters: Mapping[str, float] = experiment.training.optimizer_parameters
    return with_training(experiment, optimizer_parameters={**parameters, name: value})


def with_schedule(experiment: Experiment, name: str) -> Experiment:
    """Return `experiment` with another schedule at its default parameters."""
    return with_training(experiment, schedule=ScheduleSpec(name=name))


def with_schedule_parameter(experiment: Experiment, name: str, value: float) -> Experiment:
    """Return `experiment` with one parameter of its schedule changed."""
    schedule = experiment.training.schedule
    return with_training(experiment, schedule=schedule.edited(parameters={**schedule.parameters, name: value}))


def stop_of(experiment: Experiment) -> Stop:
    """Return which stop condition the experiment has."""
    training = experiment.training
    present: dict[Stop, bool] = {
        "epochs": training.stop_at_epochs,
        "target_loss": training.target_loss is not None,
        "patience": training.patience is not None,
    }
    active = [name for name, on in present.items() if on]
    return "several" if len(active) > 1 else active[0] if active else "never"


def with_stop(experiment: Experiment, stop: Stop) -> Experiment:
    """Return `experiment` with one stop condition, or none."""
    if stop == "several":
        return experiment
    training = experiment.training
    return with_training(
        experiment,
        stop_at_epochs=stop == "epochs",
        target_loss=(training.target_loss or TARGET_LOSS.default) if stop == "target_loss" else None,
        patience=(training.patience or int(PATIENCE.default)) if stop == "patience" else None,
    )


def next_seed(seed: int) -> int:
    """Return the seed after `seed`; the first one follows the last."""
    return (seed + 1) % (int(SEED.maximum) + 1)


def next_weights(experiment: Experiment) -> Experiment:
    """Return `experiment` with the next seed of the initial weights, explicit ones left out."""
    return with_network(experiment, seed=next_seed(experiment.network.seed))


def is_drawn(experiment: Experiment) -> bool:
    """Whether a seed draws the data, so that there can be others of the same kind."""
    entry = DATASETS.get(experiment.data.name) if experiment.data.name is not None else None
    return entry is not None and entry.is_generated


def next_data(experiment: Experiment) -> Experiment:
    """Return `experiment` with the next seed of the data, or of the split where the data are a fixed table."""
    data, field = experiment.data, "seed" if is_drawn(experiment) else "split_seed"
    return with_data(experiment, **{field: next_seed(getattr(data, field))})
