"""What an edit does to a run: nothing, a change on the fly, other data under the same weights, or a new run.

The classification is one table over the fields of the experiment. A field that is not in it restarts the run, which
is always right, if not always kind.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from nnviz.data import DATASETS
from nnviz.experiment.document import Experiment
from nnviz.experiment.painting import same_kind
from nnviz.experiment.schema import DataSpec, TrainingSpec


class Effect(IntEnum):
    """Ordered by how much an edit disturbs the run."""

    NONE = 0
    """The run does not depend on it: view, notes, title, length of a run without a stop."""
    LIVE = 1
    """The trainer takes it between two mini-batches."""
    DATA = 2
    """Other rows with the same inputs and classes: weights, optimiser and history stay, the run goes on."""
    RESTART = 3
    """Another network, another kind of data or another seed of training: a new run."""


#: Fields of `TrainingSpec` that `Trainer.set` or the session's loop takes while training.
LIVE_TRAINING = frozenset(
    {
        "optimizer",
        "optimizer_parameters",
        "learning_rate",
        "batch_size",
        "shuffle",
        "schedule",
        "l1",
        "l2",
        "dropout",
        "clip_norm",
        "stop_at_epochs",
        "target_loss",
        "patience",
        "restore_best",
    }
)
#: Fields of `DataSpec` that choose other rows of the same kind.
SAME_KIND_DATA = frozenset({"seed", "parameters", "test_fraction", "validation_fraction", "split_seed"})
#: Fields of `DataSpec` that say where the rows come from.
SOURCES = frozenset({"name", "table", "rows"})
#: Fields of `DataSpec` on which no run depends.
INDEPENDENT_DATA = frozenset({"follow"})
#: Fields of `Experiment` on which no run depends.
INDEPENDENT = frozenset({"format", "title", "notes", "view", "second"})


def effect_of(old: Experiment, new: Experiment) -> Effect:
    """Return what replacing `old` by `new` does to a run of `old`.

    Parameters
    ----------
    old, new : Experiment

    Returns
    -------
    Effect
        The strongest effect of all fields that differ.
    """
    effect = Effect.NONE
    for name in _differing(old, new):
        if name in INDEPENDENT:
            continue
        if name == "network" and _differing(old.network, new.network) == {"masks"}:
            effect = max(effect, Effect.LIVE)
        elif name == "training":
            effect = max(effect, _training_effect(old.training, new.training))
        elif name == "data":
            effect = max(effect, _data_effect(old.data, new.data))
        else:
            return Effect.RESTART
    return effect


def _training_effect(old: TrainingSpec, new: TrainingSpec) -> Effect:
    differing = _differing(old, new)
    if not new.stop_at_epochs and not old.stop_at_epochs:
        differing.discard("epochs")
    if not differing:
        return Effect.NONE
    return Effect.LIVE if differing <= LIVE_TRAINING | {"epochs"} else Effect.RESTART


def _data_effect(old: DataSpec, new: DataSpec) -> Effect:
    differing = _differing(old, new) - INDEPENDENT_DATA
    if not differing:
        return Effect.NONE
    if differing & SOURCES and differing <= SAME_KIND_DATA | SOURCES:
        return Effect.DATA if same_kind(old, new) else Effect.RESTART
    if not differing <= SAME_KIND_DATA:
        return Effect.RESTART
    parameters = set(old.parameters) | set(new.parameters)
    changed = {name for name in parameters if old.parameters.get(name) != new.parameters.get(name)}
    entry = DATASETS.get(str(new.name))
    return Effect.RESTART if entry is not None and changed & entry.class_parameters else Effect.DATA


def mixes_parts(old: DataSpec, new: DataSpec) -> bool:
    """Return whether rows that a run of `old` learns from may be among those that judge it under `new`.

    They are where the same rows are split anew, and more than before are kept from training.
    """
    differing = _differing(old, new)
    if not differing or not differing <= {"test_fraction", "validation_fraction", "split_seed"}:
        return False
    # A share that nobody chose is that of the data, which is not known here.
    shares = (old.test_fraction, new.test_fraction), (old.validation_fraction, new.validation_fraction)
    grows = [before != after and (before is None or after is None or after > before) for before, after in shares]
    return old.split_seed != new.split_seed or any(grows)


def _differing(old: Any, new: Any) -> set[str]:
    """Names of the fields in which two documents of one type differ."""
    return {name for name in type(old).model_fields if getattr(old, name) != getattr(new, name)}
