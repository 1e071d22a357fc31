"""Any experiment, as a hypothesis strategy."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nnviz.core import bounds
from nnviz.core.choices import Parameter
from nnviz.experiment import Experiment

TEXT = st.text(max_size=80)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
COORDINATES = st.floats(-1e31, 1e31)
PARAMETERS = st.dictionaries(TEXT, FLOATS, max_size=3)
SEEDS = st.integers(0, int(bounds.SEED.maximum))
ROWS = {
    "feature_names": ["p", "q,{}"],
    "features": [[0.1, 1e-300], [5e-324, -0.0]],
    "labels": ["", 'a"b'],
}


def _within(bound: Parameter) -> st.SearchStrategy[float]:
    return st.floats(bound.minimum, bound.maximum, exclude_min=bound.above_minimum, exclude_max=bound.below_maximum)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment, field by field: each as by default, or drawn."""
    source = draw(
        st.sampled_from([{"name": "moons"}, {"table": {"path": draw(TEXT), "target": "ŷ }"}}, {"rows": ROWS}])
    )
    fields: dict[str, dict[str, Any]] = {
        "data": {
            "parameters": PARAMETERS,
            "seed": SEEDS,
            "inputs": st.none() | st.lists(TEXT, max_size=3),
            "standardise": st.none() | st.booleans(),
            "test_fraction": st.none() | st.floats(0.1, 0.9),
        },
        "network": {
            "hidden": st.lists(st.fixed_dictionaries({"units": st.integers(1, 512), "activation": TEXT}), max_size=3),
            "init_scale": _within(bounds.INIT_SCALE),
            "seed": SEEDS,
            "bias": st.booleans(),
            "masks": st.just([{"kind": "pinned", "layer": 1, "unit": 0, "source": 1, "value": 0.1}])
            | st.just([{"kind": "frozen", "layer": 1}, {"kind": "cut", "layer": 1, "unit": 0, "source": 3}]),
            "explicit": st.none() | st.just({"weights": [[[0.1], [1 / 3]]], "biases": [[0, 1]]}),
        },
        "training": {
            "optimizer": TEXT,
            "optimizer_parameters": PARAMETERS,
            "learning_rate": _within(bounds.LEARNING_RATE),
            "batch_size": st.none() | st.integers(1, int(bounds.BATCH_SIZE.maximum)),
            "schedule": st.fixed_dictionaries({"name": TEXT, "parameters": PARAMETERS}),
            **{bound.name: _within(bound) for bound in (bounds.L1, bounds.L2, bounds.DROPOUT)},
            **{bound.name: st.none() | _within(bound) for bound in (bounds.CLIP_NORM, bounds.TARGET_LOSS)},
        },
        "view": {
            "axes": st.tuples(st.integers(0, 9), st.integers(0, 9)),
            "x_range": st.none() | st.tuples(COORDINATES, COORDINATES),
            "log_loss": st.booleans(),
            "hidden": st.lists(TEXT, max_size=2),
            "layout": st.sampled_from(["", "explore", "inspect", "present"]),
        },
    }
    parts = {section: draw(st.fixed_dictionaries({}, optional=strategies)) for section, strategies in fields.items()}
    parts["data"] |= source
    return Experiment.model_validate({"title": draw(TEXT), "notes": draw(TEXT), **parts})
