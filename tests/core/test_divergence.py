import warnings

import numpy as np
import pytest

from nnviz.core.network import Network
from nnviz.core.trainer import Trainer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
Y = X[:, :1] * X[:, 1:]

engines = pytest.mark.parametrize("engine", ["numpy", "auto"])


def spoil(index, value):
    return lambda network: network.parameters.__setitem__(index, value)


#: What is done, and what is to be named for it: (inputs, targets, settings, before training) and cause.
SITUATIONS = {
    "a large rate": ({"learning_rate": 50.0}, "rate"),
    "a large rate with momentum": ({"learning_rate": 20.0, "optimizer": "momentum"}, "rate"),
    "a loss that is a sum": ({"learning_rate": 0.5, "loss": "sum_squared_error"}, "rate"),
    "a large rate and a small penalty": ({"learning_rate": 50.0, "l2": 1e-4}, "rate"),
    "a penalty": ({"learning_rate": 0.1, "l2": 30.0}, "penalty"),
    "a penalty with momentum": ({"learning_rate": 0.1, "l2": 300.0, "optimizer": "momentum"}, "penalty"),
    "a penalty with Nesterov's": ({"learning_rate": 0.02, "l2": 90.0, "optimizer": "nesterov"}, "penalty"),
    "a penalty of sizes": ({"learning_rate": 1.0, "l1": 1e6}, "penalty"),
    "weight decay": ({"learning_rate": 0.3, "optimizer": "adamw", "weight_decay": 10.0}, "decay"),
    "large inputs": ({"X": 300 * X, "learning_rate": 0.01}, "inputs"),
    "inputs far from 0": ({"X": X + 1000, "learning_rate": 0.01}, "inputs"),
    "large targets": ({"Y": 1e4 * Y, "learning_rate": 0.03}, "targets"),
    "targets far from 0": ({"Y": Y + 1e6, "learning_rate": 0.03}, "targets"),
    "large inputs and targets": ({"X": 1000 * X, "Y": 1e5 * Y, "learning_rate": 0.01}, "inputs"),
    "targets without a finite square": ({"Y": 1e160 * Y}, "targets"),
    "a weight that is no number": ({"before": spoil(0, np.nan)}, "not finite"),
    "an infinite bias": ({"before": spoil(-1, np.inf)}, "not finite"),
    "huge weights": ({"before": lambda network: network.parameters.__imul__(1e160)}, "weights"),
}
#: What the sentence has to say.
WORDS = {
    "rate": "smaller learning rate",
    "penalty": "the penalty (",
    "decay": "the weight decay (",
    "inputs": "inputs are",
    "targets": "targets are",
    "not finite": "are no finite numbers; set them again",
    "weights": "begin with smaller ones",
}


@engines
@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_cause_that_fits_is_named_and_nothing_else_is_said(engine, situation):
    given, cause = SITUATIONS[situation]
    given = dict(given)
    network = Network([2, 6, 1], "relu", "linear", seed=1)
    given.pop("before", lambda network: None)(network)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trainer = Trainer(network, given.pop("X", X), given.pop("Y", Y), engine=engine, **given)
        trainer.run(100)
    assert trainer.diverged is not None
    assert trainer.diverged.cause == cause
    assert WORDS[cause] in trainer.stop_reason
    assert all(words not in trainer.stop_reason for name, words in WORDS.items() if name not in (cause, "rate"))
    assert trainer.stop_reason.count(". ") == 0
    assert trainer.stop_reason.endswith(".")


@engines
def test_a_weight_that_is_spoilt_later_is_named_with_its_layer(engine):
    trainer = make(engine)
    trainer.run(2)
    trainer.network.weights[1][0, 0] = np.nan
    trainer.run(1)
    assert trainer.diverged.cause == "not finite"
    assert "in epoch 3" in trainer.stop_reason
    assert "layer 2" in trainer.stop_reason


@pytest.mark.parametrize("size", [1e154, 1e200, 1e308])
def test_losses_and_gradients_of_any_targets_warn_of_nothing(size):
    network = Network([2, 6, 1], "relu", "linear", seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert network.loss(X, np.full((40, 1), size)) > 1e300
        network.flat_gradient(X, np.full((40, 1), size))
        network.predict(np.full((40, 2), size))


def make(engine, sizes=(2, 8, 8, 1), activation="relu", **settings):
    return Trainer(Network(sizes, activation, "linear", seed=0), X, Y, engine=engine, **settings)


@engines
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_it_stops_and_keeps_the_last_finite_state(engine, optimizer):
    trainer = make(engine, optimizer=optimizer, learning_rate=50.0)
    history = trainer.run(1000)
    divergence = trainer.diverged
    assert divergence is not None
    assert trainer.epoch < 1000
    assert np.isfinite(trainer.network.parameters).all()
    assert np.isfinite(history.train_loss).all()
    assert len(history) == trainer.epoch + 1
    assert trainer.advance(10) == 0
    assert divergence.epoch == trainer.epoch + 1
    assert 1 <= divergence.layer <= 3
    assert trainer.stop_reason == divergence.message
    assert f"diverged in epoch {divergence.epoch}" in divergence.message
    assert "smaller learning rate (now 50)" in divergence.message
    assert divergence.message.count(". ") == 0


@engines
def test_it_goes_on_from_there_with_better_settings(engine):
    trainer = make(engine, optimizer="momentum", learning_rate=50.0)
    trainer.run(100)
    assert trainer.diverged is not None
    epoch = trainer.epoch
    trainer.set_parameter(0, 0.1)
    assert trainer.diverged is None
    trainer.network.parameters[:] = Network([2, 8, 8, 1], "relu", "linear").parameters
    trainer.set(learning_rate=0.01)
    history = trainer.run(20)
    assert trainer.epoch == epoch + 20
    assert history.train_loss[-1] < 10


@engines
def test_a_loss_beyond_all_bounds_counts(engine):
    """Finite numbers, but far beyond 1e12: the state goes back to before that epoch."""
    trainer = Trainer(
        Network([2, 1], output_activation="linear"), X, 100 * Y, learning_rate=1e6, batch_size=None, engine=engine
    )
    before = trainer.network.parameters.copy()
    trainer.run(1)
    assert trainer.diverged is not None
    assert trainer.diverged.layer == 1
    assert "the output layer" in trainer.diverged.message
    np.testing.assert_array_equal(trainer.network.parameters, before)


@engines
@pytest.mark.parametrize("price", [1e6, 1e9, 1e100])
def test_large_targets_are_no_divergence(engine, price):
    trainer = Trainer(
        Network([2, 4, 1], "tanh", "linear", seed=0), X, price * Y, learning_rate=0.01, batch_size=None, engine=engine
    )
    assert trainer.diverged is None
    history = trainer.run(50)
    assert trainer.diverged is None
    assert history.train_loss[-1] < history.train_loss[0]


@engines
@pytest.mark.parametrize("batch_size", [7, None])
@pytest.mark.parametrize("rate", [2.0, 1e3])
def test_updates_are_those_up_to_the_end_of_each_epoch_after_divergence_too(engine, batch_size, rate):
    network = Network([2, 1], output_activation="linear", seed=0)
    trainer = Trainer(network, X, Y, learning_rate=rate, batch_size=batch_size, engine=engine)
    trainer.step_batch()
    trainer.run(1000)
    assert trainer.diverged is not None
    assert trainer.history.updates.tolist() == [epoch * trainer.n_batches for epoch in range(trainer.epoch + 1)]


@engines
def test_a_run_that_goes_on_keeps_the_limit_it_began_with(engine):
    def diverging():
        network = Network([2, 1], output_activation="linear", seed=0)
        return Trainer(network, X, 1e9 * Y, learning_rate=2.0, batch_size=None, engine=engine)

    whole = diverging()
    whole.run(1000)
    assert whole.diverged is not None
    assert whole.epoch > 2
    first = diverging()
    first.run(1)
    again = Trainer.from_checkpoint(first.checkpoint(), X, 1e9 * Y)
    again.run(1000)
    assert again.epoch == whole.epoch
    np.testing.assert_array_equal(again.network.parameters, whole.network.parameters)


def test_hopeless_initial_weights_are_named_at_once():
    network = Network([2, 3, 1], "linear", "linear")
    network.parameters[:] = 1e155
    with np.errstate(over="ignore"):
        trainer = Trainer(network, X, Y, engine="numpy")
    assert trainer.diverged.epoch == 0
    assert "before the first epoch" in trainer.stop_reason
    assert trainer.run(3).epoch.tolist() == [0]


def test_the_first_layer_to_break_is_named():
    """Sums of layer 2 overflow while those of layer 1 are still finite."""
    network = Network([2, 2, 2, 1], "linear", "linear", init="constant", init_scale=1e-3)
    trainer = Trainer(network, X, Y, engine="numpy", learning_rate=1e-3)
    network.weights[1][:] = 1e200
    network.weights[0][:] = 1e120
    trainer.run(1)
    assert trainer.diverged.layer == 2
    assert "hidden layer 2" in trainer.stop_reason


def test_gradients_that_break_name_the_layer_where_they_do():
    """The forward pass is finite; backwards the product of two large weights is not."""
    network = Network([2, 2, 2, 1], "tanh", "linear", seed=1)
    trainer = Trainer(network, X, Y, engine="numpy")
    network.weights[2][:] = 1e200
    network.weights[1][:] = 1e200
    trainer.run(1)
    assert trainer.diverged is not None
    assert trainer.diverged.layer in (1, 2, 3)


def test_remedies_go_by_the_settings():
    trainer = make("numpy", learning_rate=50.0, loss="sum_squared_error", clip_norm=1e30)
    trainer.run(100)
    assert "averages over the examples" in trainer.stop_reason
    assert "clipping" not in trainer.stop_reason
