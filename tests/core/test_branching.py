"""A branch with nothing changed is the original, bit for bit; what is changed is changed, and the rest goes on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import DataError, SettingError
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer
from tests.core.past_runs import assert_same, data, rows
from tests.core.past_runs import settings as any_settings

engines = pytest.mark.parametrize("engine", ["numpy", "compiled"])
RICH = {"optimizer": "adam", "dropout": 0.3, "schedule": "cosine", "clip_norm": 0.5, "l2": 0.01, "learning_rate": 0.05}


def make(engine="numpy", **more):
    network = Network([2, 3, 2, 1], ["tanh", "relu"], "sigmoid", seed=1)
    return Trainer(network, *rows(0, 23), *rows(1, 9), engine=engine, **{"batch_size": 4, **RICH, **more})


def on(trainer, n_batches):
    """Train so many updates further, past every stop condition."""
    while n_batches > 0:
        if trainer.is_stopped:
            trainer.clear_stop()
        n_batches -= max(trainer.advance(n_batches), 1)


def assert_same_runs(ours, theirs):
    """But for the seconds that they took."""
    mine, expected = ours.checkpoint(), theirs.checkpoint()
    for column in RECORD_COLUMNS:
        np.testing.assert_array_equal(mine.history.column(column), expected.history.column(column))
    np.testing.assert_array_equal(mine.history.updates, expected.history.updates)
    assert_same(replace(mine, history=expected.history), expected)


@engines
@settings(max_examples=25)
@given(
    given_data=data(),
    chosen=any_settings,
    class_weights=st.sampled_from([None, "balanced", (1.0, 3.0)]),
    before=st.integers(0, 25),
    after=st.integers(0, 25),
    spelled_out=st.booleans(),
)
def test_a_branch_with_nothing_changed_is_the_original(
    engine, given_data, chosen, class_weights, before, after, spelled_out
):
    network = Network([2, 3, 1], "tanh", "sigmoid", seed=1)
    trainer = Trainer(network, **given_data, engine=engine, class_weights=class_weights, **chosen)
    on(trainer, before)
    trainer.clear_stop()
    same = {"activation": "tanh", "class_weights": class_weights, "engine": engine, **chosen} if spelled_out else {}
    branch = Trainer.from_checkpoint(trainer.checkpoint(), **given_data, **same)
    on(trainer, after)
    on(branch, after)
    assert_same_runs(branch, trainer)


@engines
def test_settings_are_changed_as_live_ones_are(engine):
    trainer = make(engine)
    trainer.run(4)
    trainer.step_batch()
    changes = {"optimizer": "momentum", "learning_rate": 0.2, "batch_size": 7, "dropout": 0.0, "momentum": 0.5}
    branch = Trainer.from_checkpoint(trainer.checkpoint(), *rows(0, 23), *rows(1, 9), **changes)
    trainer.set(**changes)
    for run in (trainer, branch):
        run.run(5)
    assert_same_runs(branch, trainer)
    assert branch.settings.optimizer_parameters == {"momentum": 0.5}


@pytest.mark.parametrize(
    "change",
    [
        {"activation": "gelu"},
        {"activation": ["tanh", "sine"]},
        {"output_activation": "linear", "loss": "mean_squared_error"},
        {"loss": "half_squared_error"},
        {"class_weights": "balanced"},
    ],
    ids=str,
)
def test_a_network_that_computes_something_else_goes_on_with_a_mark(change):
    trainer = make()
    trainer.run(4)
    trainer.step_batch()
    checkpoint = trainer.checkpoint()
    branch = Trainer.from_checkpoint(checkpoint, *rows(0, 23), *rows(1, 9), **change)
    np.testing.assert_array_equal(branch.network.parameters, checkpoint.parameters)
    assert (branch.epoch, branch.batch, branch.history.marks) == (4, 0, (4,))
    assert branch.settings == trainer.settings
    assert not branch.checkpoint().state.slots.any()
    names = {"activation": branch.network.activations[:-1], "output_activation": branch.network.activations[-1]}
    names |= {"loss": branch.loss, "class_weights": branch.class_weights}
    expected = {name: ("gelu", "gelu") if value == "gelu" else value for name, value in change.items()}
    assert {name: list(names[name]) if isinstance(expected[name], list) else names[name] for name in change} == expected
    branch.run(3)
    trainer.run(3)
    assert branch.epoch == 7
    np.testing.assert_array_equal(branch.history.train_loss[:5], trainer.history.train_loss[:5])
    assert branch.history.train_loss[-1] != trainer.history.train_loss[-1]
    # What became of the branch is nothing to the checkpoint.
    assert checkpoint.network.activations == ("tanh", "relu", "sigmoid")
    assert (checkpoint.epoch, checkpoint.history.marks) == (4, ())


def test_the_other_engine_may_go_on():
    trainer = make("numpy")
    trainer.run(4)
    branch = Trainer.from_checkpoint(trainer.checkpoint(), *rows(0, 23), *rows(1, 9), engine="compiled")
    assert (trainer.engine_name, branch.engine_name) == ("numpy", "compiled")
    for run in (trainer, branch):
        run.run(1)
    np.testing.assert_allclose(branch.network.parameters, trainer.network.parameters, rtol=1e-9)


def test_other_rows_of_the_same_number_may_be_learnt():
    trainer = make()
    trainer.run(2)
    branch = Trainer.from_checkpoint(trainer.checkpoint(), *rows(5, 23), *rows(6, 9), row_weights=np.arange(1.0, 24.0))
    branch.run(1)
    assert branch.problem.weights is not None
    with pytest.raises(DataError, match="made with 23 training examples, not 22"):
        Trainer.from_checkpoint(trainer.checkpoint(), *rows(5, 22))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"learning_rates": 0.1}, "no training setting called 'learning_rates'"),
        ({"activation": "tangens"}, "tangens"),
        ({"activation": ["tanh"]}, "2 hidden layers but 1 activations"),
        ({"output_activation": "linear"}, "needs a sigmoid output, not linear"),
        ({"loss": "guess"}, "guess"),
        ({"engine": "steam"}, "steam"),
        ({"class_weights": [1.0, -1.0]}, "weight"),
        ({"momentum": 0.5}, "momentum"),
    ],
    ids=str,
)
def test_what_cannot_be_changed_is_said(change, words):
    checkpoint = make().checkpoint()
    with pytest.raises(SettingError, match=words):
        Trainer.from_checkpoint(checkpoint, *rows(0, 23), **change)
