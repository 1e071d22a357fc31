"""From the training part of an experiment to what a trainer takes as keywords, checked."""

from __future__ import annotations

from typing import Any

from nnviz.core.optimizers import OPTIMIZERS, check_parameters
from nnviz.core.schedules import SCHEDULES
from nnviz.experiment.schema import TrainingSpec


def trainer_settings(training: TrainingSpec, n_train: int) -> dict[str, Any]:
    """Return what a run may change while it lasts, as keywords of `Trainer` and `Trainer.set`.

    Parameters
    ----------
    training : TrainingSpec
    n_train : int
        Training rows; a larger batch means all of them.

    Raises
    ------
    SettingError
        Where the optimiser or schedule is unknown, or a parameter of it unknown or out of bounds.
    """
    optimizer = OPTIMIZERS[training.optimizer]
    schedule = SCHEDULES[training.schedule.name]
    batch_size = training.batch_size
    return {
        "optimizer": optimizer.name,
        **check_parameters("optimiser", optimizer.name, optimizer.parameters, training.optimizer_parameters),
        "learning_rate": training.learning_rate,
        "batch_size": None if batch_size is None or batch_size >= n_train else batch_size,
        "shuffle": training.shuffle,
        "schedule": (
            schedule.name,
            check_parameters("schedule", schedule.name, schedule.parameters, training.schedule.parameters),
        ),
        "l1": training.l1,
        "l2": training.l2,
        "dropout": training.dropout,
        "clip_norm": training.clip_norm,
        "target_loss": training.target_loss,
        "patience": training.patience,
        "restore_best": training.restore_best,
    }
