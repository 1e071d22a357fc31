"""What a finding proposes, as an edit."""

import pytest

from nnviz.core.diagnose import Fix
from nnviz.experiment import Experiment
from nnviz.experiment.remedies import with_fix


@pytest.mark.parametrize(
    ("fix", "path", "value"),
    [
        (Fix("", "setting", "learning_rate", 0.5), "training.learning_rate", 0.5),
        (Fix("", "setting", "clip_norm", 1.0), "training.clip_norm", 1.0),
        (Fix("", "class_weights", value="balanced"), "training.class_weights", "balanced"),
        (Fix("", "standardise_inputs"), "data.standardise", True),
        (Fix("", "standardise_targets"), "data.standardise_targets", True),
        (Fix("", "new_weights"), "network.seed", 1),
    ],
)
def test_every_remedy_is_one_edit(fix, path, value):
    before = Experiment()
    part, name = path.split(".")
    after = with_fix(before, fix)
    assert getattr(getattr(after, part), name) == value
    assert getattr(getattr(before, part), name) != value


def test_another_activation_is_that_of_all_hidden_layers():
    after = with_fix(Experiment(), Fix("", "activation", value="relu"))
    assert {layer.activation for layer in after.network.hidden} == {"relu"}
    assert with_fix(after, Fix("", "reinitialise")) == after
