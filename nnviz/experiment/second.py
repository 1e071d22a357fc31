"""The second of two networks that are compared side by side: an experiment of its own on the data of the first."""

from __future__ import annotations

from nnviz.experiment.document import Experiment
from nnviz.experiment.effects import INDEPENDENT
from nnviz.experiment.schema import SecondSpec


def second_of(experiment: Experiment) -> Experiment:
    """Return the experiment of the second network; where none has been set up, it is like the first.

    The rows and the mini-batches are those of the first: data, the seed of the training and whether rows are shuffled
    belong to both.
    """
    spec = experiment.second
    if spec is None:
        return experiment
    training = spec.training.edited(seed=experiment.training.seed, shuffle=experiment.training.shuffle)
    return experiment.model_copy(update={"network": spec.network, "training": training, "second": None})


def with_second(experiment: Experiment, second: Experiment) -> Experiment:
    """Return `experiment`, compared with network and training of `second`."""
    spec = SecondSpec(network=second.network, training=second.training)
    return experiment.model_copy(update={"second": spec})


def kept_of(present: Experiment, experiment: Experiment) -> Experiment:
    """Return `experiment` with what no run depends on as it is now: name, notes, view and comparison."""
    return experiment.model_copy(update={name: getattr(present, name) for name in INDEPENDENT})


def swapped(experiment: Experiment) -> Experiment:
    """Return the experiment of the second network, compared with the first."""
    second = second_of(experiment)
    first = experiment.model_copy(update={"network": second.network, "training": second.training})
    return with_second(first, experiment)
