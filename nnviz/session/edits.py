"""The edits behind the run bar's buttons: pure functions from one experiment to the next."""

from __future__ import annotations

from nnviz.data import DATASETS
from nnviz.experiment.document import Experiment

SEED_LIMIT = 2**31
#: Groups of data sets that a seed draws; the others are fixed tables.
DRAWN_GROUPS = frozenset({"toy", "regression"})


def next_weights(experiment: Experiment) -> Experiment:
    """Return `experiment` with the next seed of the initial weights, explicit ones left out."""
    network = experiment.network
    following: Experiment = experiment.edited(
        network=network.edited(seed=(network.seed + 1) % SEED_LIMIT, explicit=None)
    )
    return following


def is_drawn(experiment: Experiment) -> bool:
    """Whether a seed draws the data, so that there can be others of the same kind."""
    name = experiment.data.name
    return name is not None and DATASETS[name].group in DRAWN_GROUPS


def next_data(experiment: Experiment) -> Experiment:
    """Return `experiment` with the next seed of the data, or of the split where the data are a fixed table."""
    data, field = experiment.data, "seed" if is_drawn(experiment) else "split_seed"
    following: Experiment = experiment.edited(data=data.edited(**{field: (getattr(data, field) + 1) % SEED_LIMIT}))
    return following
