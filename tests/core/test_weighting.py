"""Weights of classes and rows: Σ wᵢℓᵢ / Σ wᵢ, on both engines, with exact gradients of every batch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.core.checkpoint import Checkpoint
from nnviz.core.engine import RECORD_COLUMNS
from nnviz.core.errors import DataError, SettingError
from nnviz.core.losses import LOSSES, row_losses
from nnviz.core.network import Network
from nnviz.core.rng import epoch_order
from nnviz.core.trainer import Trainer
from nnviz.core.weighting import Weighting, check_class_weights, class_factors

ENGINES = ("numpy", "compiled")
#: Output units and activation, and a loss that goes with them.
KINDS = [
    (1, "sigmoid", "binary_cross_entropy"),
    (3, "softmax", "cross_entropy"),
    (3, "sigmoid", "binary_cross_entropy"),
    (2, "linear", "mean_squared_error"),
    (1, "tanh", "half_squared_error"),
    (2, "linear", "sum_squared_error"),
    (1, "linear", "huber"),
]


def rows(n, n_outputs, seed):
    """Return inputs, targets of classes (the first is the most frequent) and weights of rows, some of them 0."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    classes = np.minimum(rng.geometric(0.6, n) - 1, max(n_outputs, 2) - 1)
    Y = np.eye(n_outputs)[classes] if n_outputs > 1 else classes[:, np.newaxis] * 1.0
    weights = rng.gamma(1.0, size=n) * (rng.random(n) > 0.2)
    weights[0] += 0.5
    return X, Y, weights


def defined(network, X, Y, loss, weights):
    """Return the loss as it is defined."""
    entry, Z = LOSSES[loss], network.pre_activations(X)[-1]
    return float(weights @ row_losses(entry, Y, Z, network.predict(X))) / (weights.sum() if entry.mean else 1.0)


@pytest.mark.parametrize(("n_outputs", "output", "loss"), KINDS)
def test_the_loss_is_the_weighted_mean_and_gradients_are_exact(n_outputs, output, loss):
    network = Network([3, 5, n_outputs], "tanh", output, seed=2)
    X, Y, weights = rows(40, n_outputs, 1)
    assert network.loss(X, Y, loss, row_weights=weights) == pytest.approx(
        defined(network, X, Y, loss, weights), rel=1e-13
    )
    exact, start, numeric = network.flat_gradient(X, Y, loss, row_weights=weights), network.parameters.copy(), []
    for k in range(len(start)):
        values = []
        for t in (1e-4, -1e-4, 2e-4, -2e-4):
            network.parameters[:] = start
            network.parameters[k] += t
            values.append(network.loss(X, Y, loss, row_weights=weights))
        numeric.append((8.0 * (values[0] - values[1]) - (values[2] - values[3])) / 12e-4)
    np.testing.assert_allclose(exact, numeric, rtol=1e-6, atol=1e-9 * max(1.0, np.abs(exact).max()))


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from([kind for kind in KINDS if LOSSES[kind[2]].logit_terms is not None]),
    n=st.integers(4, 30),
    seed=st.integers(0, 999),
)
def test_a_weight_is_so_many_copies_of_a_row(kind, n, seed):
    n_outputs, output, loss = kind
    rng = np.random.default_rng(seed)
    network = Network([3, 4, n_outputs], "tanh", output, seed=seed)
    X, Y, _ = rows(n, n_outputs, seed)
    copies = rng.integers(0, 4, n)
    copies[0] += 1
    many_X, many_Y = np.repeat(X, copies, axis=0), np.repeat(Y, copies, axis=0)
    assert network.loss(X, Y, loss, row_weights=copies) == pytest.approx(network.loss(many_X, many_Y, loss), rel=1e-12)
    np.testing.assert_allclose(
        network.flat_gradient(X, Y, loss, row_weights=copies), network.flat_gradient(many_X, many_Y, loss), atol=1e-13
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 2, 7, 40, 300])
@pytest.mark.parametrize(("n_outputs", "output", "loss"), KINDS)
def test_every_batch_is_divided_by_its_rows_and_the_mean_weight_of_all(n_outputs, output, loss, batch_size, engine):
    """Plain steps of gradient descent, short last batches too; 300 rows go through the network in several pieces."""
    X, Y, weights = rows(303, n_outputs, 3)
    network, twin = (Network([3, 6, n_outputs], "tanh", output, seed=1) for _ in range(2))
    rate = 1e-4 if not LOSSES[loss].mean else 0.05
    trainer = Trainer(
        network, X, Y, loss=loss, engine=engine, batch_size=batch_size, learning_rate=rate, row_weights=weights, seed=4
    )
    trainer.run(1)
    order = epoch_order(4, 0, len(X))
    for first in range(0, len(X), batch_size):
        batch = order[first : first + batch_size]
        if weights[batch].any():
            slope = twin.flat_gradient(X[batch], Y[batch], loss, row_weights=weights[batch])
            part = weights[batch].mean() / weights.mean() if LOSSES[loss].mean else 1.0
            twin.parameters[:] -= rate * part * slope
    np.testing.assert_allclose(network.parameters, twin.parameters, rtol=0.0, atol=1e-12)
    assert trainer.history.train_loss[-1] == pytest.approx(defined(twin, X, Y, loss, weights), rel=1e-10)


@pytest.mark.parametrize("sizes", [(3, 5, 1), (3, 40, 33, 3), (40, 6, 3)])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_both_engines_agree(sizes, optimizer):
    X, Y, weights = rows(150, sizes[-1], 5)
    X = np.tile(X, (1, 14))[:, : sizes[0]]
    output = "sigmoid" if sizes[-1] == 1 else "softmax"
    histories = []
    for engine in ENGINES:
        network = Network(sizes, "tanh", output, seed=1)
        trainer = Trainer(
            network, X[:100], Y[:100], X[100:], Y[100:], engine=engine, optimizer=optimizer, batch_size=16, l2=1e-3,
            class_weights="balanced", row_weights=weights[:100], row_weights_test=weights[100:],
        )  # fmt: skip
        histories.append(trainer.run(3))
    for name in RECORD_COLUMNS:
        np.testing.assert_allclose(histories[0].column(name), histories[1].column(name), rtol=1e-9, atol=1e-12)
    assert histories[0].test_balanced_accuracy[-1] < 1.0


def test_balanced_is_as_in_scikit_learn():
    counts = np.array([90, 6, 0, 4])
    factors = class_factors("balanced", counts)
    assert factors.tolist() == [100 / (3 * 90), 100 / (3 * 6), 1.0, 100 / (3 * 4)]
    assert counts @ factors == pytest.approx(100)


@pytest.mark.parametrize("engine", ENGINES)
def test_reported_losses_are_weighted_by_the_classes_of_the_training_rows(engine):
    X, Y, weights = rows(90, 3, 6)
    train, test = slice(0, 60), slice(60, 90)
    network = Network([3, 4, 3], "tanh", "softmax", seed=0)
    trainer = Trainer(
        network, X[train], Y[train], X[test], Y[test], engine=engine, class_weights=[1, 2, 5],
        row_weights_test=weights[test],
    )  # fmt: skip
    factors = np.array([1.0, 2.0, 5.0])[Y.argmax(axis=1)]
    assert trainer.history.train_loss[0] == pytest.approx(
        defined(network, X[train], Y[train], "cross_entropy", factors[train]), rel=1e-12
    )
    assert trainer.history.test_loss[0] == pytest.approx(
        defined(network, X[test], Y[test], "cross_entropy", (factors * weights)[test]), rel=1e-12
    )
    trainer.replace_data(X[test], Y[test], row_weights=weights[test])
    assert trainer.evaluate()[0] == pytest.approx(
        defined(network, X[test], Y[test], "cross_entropy", (factors * weights)[test]), rel=1e-12
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_weighted_run_goes_on_bit_equal(engine, tmp_path):
    X, Y, weights = rows(50, 1, 7)

    def make():
        return Trainer(
            Network([3, 4, 1], seed=0), X, Y, engine=engine, batch_size=8, optimizer="adam", class_weights="balanced",
            row_weights=weights,
        )  # fmt: skip

    whole, first = make(), make()
    whole.run(6)
    first.run(2)
    first.advance(3)
    first.checkpoint().save(tmp_path / "run.npz")
    checkpoint = Checkpoint.load(tmp_path / "run.npz")
    assert checkpoint.class_weights == "balanced"
    again = Trainer.from_checkpoint(checkpoint, X, Y, row_weights=weights)
    again.run(4)
    np.testing.assert_array_equal(again.network.parameters, whole.network.parameters)
    np.testing.assert_array_equal(again.history.train_loss, whole.history.train_loss)


def test_a_checkpoint_of_before_has_no_weights():
    X, Y, _ = rows(20, 1, 8)
    trainer = Trainer(Network([3, 4, 1], seed=0), X, Y)
    arrays = trainer.checkpoint().to_arrays()
    arrays["checkpoint"] = np.array(str(arrays["checkpoint"]).replace(', "class_weights": null', ""))
    assert "class_weights" not in str(arrays["checkpoint"])
    assert Trainer.from_checkpoint(Checkpoint.from_arrays(arrays), X, Y).problem.weights is None


def test_balanced_weights_find_the_minority():
    """One row in twenty-five, half hidden in the others: without weights it pays to never name it."""
    recalls = {}
    for class_weights in (None, "balanced"):
        found = []
        for seed in range(3):
            rng = np.random.default_rng(seed)
            X = np.vstack([rng.normal(size=(480, 2)), rng.normal((1.6, 0.0), 1.0, (20, 2))])
            Y = np.repeat([[0.0], [1.0]], [480, 20], axis=0)
            network = Network([2, 4, 1], seed=seed)
            trainer = Trainer(
                network, X, Y, optimizer="adam", learning_rate=0.01, batch_size=50, class_weights=class_weights
            )
            trainer.run(60)
            found.append(float((network.predict(X[480:]) > 0.5).mean()))
        recalls[class_weights] = float(np.median(found))
    assert recalls[None] < 0.3
    assert recalls["balanced"] > 0.7


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("even", "Class weights are balanced, or one number for each class"),
        ({0: 1.0}, "one number for each class such as"),
        (3.0, "one number for each class such as"),
        ([2.0], "two at least, not 1"),
        ([1.0, "x"], "Class weight must be a number, not 'x'"),
        ([1.0, 0.0], "Class weight must lie between"),
        ([1.0, -2.0], "Class weight must lie between"),
        ([1.0, float("nan")], "Class weight must lie between"),
        ([1.0, float("inf")], "Class weight must lie between"),
        ([1.0, True], "Class weight must be a number"),
    ],
)
def test_wrong_class_weights_are_refused(value, words):
    with pytest.raises(SettingError, match=words):
        check_class_weights(value)


def test_weights_that_do_not_fit_are_refused():
    X, Y, _ = rows(20, 3, 0)
    network = Network([3, 4, 3], output_activation="softmax")
    with pytest.raises(SettingError, match="There are 3 classes but 2 class weights"):
        Trainer(network, X, Y, class_weights=[1.0, 2.0])
    with pytest.raises(SettingError, match="Class weights go with the losses binary_cross_entropy and cross_entropy"):
        Trainer(Network([3, 3], output_activation="linear"), X, Y, class_weights="balanced")
    with pytest.raises(DataError, match="one class for each row"):
        Network([3, 3]).loss(X, np.full_like(Y, 0.3), "binary_cross_entropy", class_weights="balanced")
    with pytest.raises(DataError, match="one class for each row"):
        Network([3, 3]).loss(X, np.ones_like(Y), "binary_cross_entropy", class_weights=[1, 1, 2])
    for wrong, words in (
        (np.ones(19), "There are 20 rows, but an array of 19 row weights"),
        (["a"] * 20, "Row weights must be numbers"),
        (-np.ones(20), "The weight of row 1 is −1; weights must lie between 0 and 1.000.000"),
        (np.where(np.arange(20) == 4, np.nan, 1.0), "The weight of row 5 is nan"),
        (np.zeros(20), "All row weights are 0"),
    ):
        with pytest.raises(DataError, match=words):
            Trainer(network, X, Y, row_weights=wrong)


def test_no_weights_are_none_and_the_numbers_of_before():
    X, Y, _ = rows(20, 3, 0)
    assert Weighting("cross_entropy", None, Y).of(Y, None) is None
    plain, even = (
        Trainer(Network([3, 4, 3], "tanh", "softmax", seed=0), X, Y, engine="numpy", row_weights=w)
        for w in (None, np.full(20, 3.0))
    )
    np.testing.assert_allclose(plain.run(5).train_loss, even.run(5).train_loss, rtol=1e-12)


@pytest.mark.parametrize("loss", ["half_squared_error", "sum_squared_error"])
def test_the_shares_of_some_rows(loss):
    X, Y, weights = rows(40, 1, 1)
    network = Network([3, 5, 1], "tanh", "linear", seed=2)
    problem = Trainer(network, X, Y, loss=loss, row_weights=weights).problem
    some = np.array([3, 0, 7])
    share = 1.0 / (3.0 * weights.mean()) if LOSSES[loss].mean else 1.0
    np.testing.assert_allclose(problem.shares_of(some), weights[some] * share, rtol=1e-14)
    np.testing.assert_array_equal(problem.shares_of(slice(0, 8, 4)), problem.shares_of(np.array([0, 4])))
    assert Trainer(network, X, Y, loss=loss).problem.shares_of(some) is None


def test_weights_of_more_classes_than_any_network_has_are_refused_unread():
    with pytest.raises(SettingError, match=r"20.000 at most, not 1.000.000"):
        check_class_weights(["none of them is a number"] * 1_000_000)
