import numpy as np
import pytest

from nnviz.core.network import Network
from nnviz.core.trainer import Trainer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
Y = X[:, :1] * X[:, 1:]

engines = pytest.mark.parametrize("engine", ["numpy", "auto"])


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
