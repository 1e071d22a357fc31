"""Small experiments that train within milliseconds."""

from __future__ import annotations

import pytest

from nnviz.experiment import DataSpec, Experiment, LayerSpec, NetworkSpec, TrainingSpec


@pytest.fixture
def moons() -> Experiment:
    """Two classes, two features, both kinds of rows."""
    return Experiment(
        title="small moons",
        data=DataSpec(name="moons", parameters={"n_samples": 60, "noise": 0.2}, test_fraction=0.3),
        network=NetworkSpec(hidden=(LayerSpec(units=4), LayerSpec(units=3, activation="relu"))),
        training=TrainingSpec(batch_size=10, epochs=5, engine="numpy"),
    )
