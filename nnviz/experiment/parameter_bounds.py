"""The parameters of optimiser and schedule in an experiment that enters: as strict as the fields of the window."""

from __future__ import annotations

from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.experiment.schema import ExperimentSpec, TrainingSpec


def check_bounds(training: TrainingSpec) -> None:
    """Raise `SettingError` where a parameter is out of its bounds: views draw curves of them.

    Whether there is such a choice, or such a parameter, is said where it is used: a script may add some.
    """
    schedule = training.schedule
    for table, name, given in (
        (OPTIMIZERS, training.optimizer, training.optimizer_parameters),
        (SCHEDULES, schedule.name, schedule.parameters),
    ):
        for parameter in table[name].parameters if name in table else ():
            if parameter.name in given:
                parameter.check(given[parameter.name])


def check_all_bounds(experiment: ExperimentSpec) -> None:
    """Do that for the training of an experiment, and of the second network that it is compared with."""
    check_bounds(experiment.training)
    if experiment.second is not None:
        check_bounds(experiment.second.training)
