"""What the actions of a lesson make of the experiment."""

from __future__ import annotations

from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import next_weights, with_hidden_count, with_layer
from nnviz.experiment.overrides import with_settings
from nnviz.lessons.actions import Action, NewLayer


def after(experiment: Experiment, action: Action) -> Experiment:
    """Return the experiment that `action` makes of `experiment`; the same where it edits none.

    Raises
    ------
    ExperimentError, SettingError
        Where it cannot be done.
    """
    match action:
        case Action("set", str(setting)):
            return with_settings(experiment, [setting])
        case Action("add_layer", NewLayer(units, activation)):
            count = len(experiment.network.hidden)
            changes = {"units": units, **({"activation": activation} if activation else {})}
            return with_layer(with_hidden_count(experiment, count + 1), count, **changes)
        case Action("remove_layer"):
            return with_hidden_count(experiment, max(0, len(experiment.network.hidden) - 1))
        case Action("new_weights"):
            return next_weights(experiment)
    return experiment
