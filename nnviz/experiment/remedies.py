"""What would mend a finding of a run's health, as an edit of its experiment."""

from __future__ import annotations

from nnviz.core.diagnose import Fix
from nnviz.experiment.document import Experiment
from nnviz.experiment.edits import next_weights, with_data, with_layer, with_training


def with_fix(experiment: Experiment, fix: Fix) -> Experiment:
    """Return `experiment` with the change that `fix` proposes.

    New weights for some units are no edit of the experiment, which comes back as it was: `nnviz.core.redrawing`.
    """
    if fix.remedy == "setting":
        return with_training(experiment, **{fix.name: fix.value})
    if fix.remedy == "class_weights":
        return with_training(experiment, class_weights=fix.value)
    if fix.remedy == "activation":
        return with_layer(experiment, None, activation=fix.value)
    if fix.remedy == "new_weights":
        return next_weights(experiment)
    if fix.remedy == "standardise_inputs":
        return with_data(experiment, standardise=True)
    if fix.remedy == "standardise_targets":
        return with_data(experiment, standardise_targets=True)
    return experiment
