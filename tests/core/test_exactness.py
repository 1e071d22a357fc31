"""What both engines get right to the last digits: losses of a network that is all but certain, rates of a schedule."""

import math
from fractions import Fraction

import numpy as np
import pytest

from nnviz.core.losses import LOSSES
from nnviz.core.network import Network
from nnviz.core.schedules import SCHEDULES
from nnviz.core.trainer import Trainer

ENGINES = ["numpy", "compiled"]
#: The kernels know one and three rows by different ways: units side by side and examples side by side.
ROWS = [1, 3]
SIZES = [0.0, 0.5, 3.0, 20.0, 36.9, 40.0, 100.0, 700.0, 1e4, 1e9, 1e100]
LOGITS = [*SIZES, *(-size for size in SIZES)]
#: The kernels take numbers for zero that are close to the smallest ones.
LEAST = 1e-305
RATE = 2.0**-10


def one_layer(n_outputs: int, output: str) -> Network:
    return Network([n_outputs, n_outputs], output_activation=output, init="zeros")


def trained_once(network: Network, logits: list[float], y: list[float], loss: str, engine: str, n_rows: int):
    """Return the loss before one update, and dL/dz of each output: what it took from biases of 0, over the rate."""
    network.weights[0][:] = np.eye(len(logits))
    # Two updates an epoch: whether it diverged is looked at after the second.
    X, Y = np.tile(np.array(logits), (2 * n_rows, 1)), np.tile(np.array(y), (2 * n_rows, 1))
    trainer = Trainer(network, X, Y, loss=loss, learning_rate=RATE, batch_size=n_rows, engine=engine)
    before = float(trainer.history.train_loss[0])
    trainer.step_batch()
    return before, -network.biases[0] / RATE


def softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def share(z: float) -> float:
    """Return the sigmoid of z, of whichever sign, from an exponential that never overflows."""
    tail = math.exp(-abs(z)) / (1.0 + math.exp(-abs(z)))
    return tail if z < 0.0 else 1.0 / (1.0 + math.exp(-z))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_binary_cross_entropy_of_any_logit(y, n_rows, engine):
    for z in LOGITS:
        network = one_layer(1, "sigmoid")
        loss, slope = trained_once(network, [z], [y], "binary_cross_entropy", engine, n_rows)
        terms = [(1.0 - y, softplus(z), share(z)), (y, softplus(-z), -share(-z))]
        expected = [sum(weight * figures[k] for weight, *figures in terms if weight) for k in range(2)]
        np.testing.assert_allclose([loss, *slope], expected, rtol=2e-14, atol=LEAST)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize("right", [0, 1])
def test_cross_entropy_of_two_classes_is_that_of_their_difference(right, n_rows, engine):
    for z in LOGITS:
        network = one_layer(2, "softmax")
        loss, slopes = trained_once(network, [z, 0.0], [1.0 - right, right], "cross_entropy", engine, n_rows)
        ahead = z if right == 0 else -z
        assert loss == pytest.approx(softplus(-ahead), rel=2e-14, abs=LEAST)
        expected = [share(z) if right else -share(-z), -share(z) if right else share(-z)]
        np.testing.assert_allclose(slopes, expected, rtol=2e-14, atol=LEAST)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n_rows", ROWS)
def test_cross_entropy_of_equal_and_of_hopeless_logits(n_rows, engine):
    loss, slopes = trained_once(one_layer(3, "softmax"), [50.0] * 3, [0.0, 1.0, 0.0], "cross_entropy", engine, n_rows)
    assert loss == pytest.approx(math.log(3.0), rel=1e-15)
    np.testing.assert_allclose(slopes, [1 / 3, -2 / 3, 1 / 3], rtol=1e-15)
    y = [1.0, 0.0, 0.0]
    loss, slopes = trained_once(one_layer(3, "softmax"), [60.0, 10.0, 9.0], y, "cross_entropy", engine, n_rows)
    tail = math.exp(-50.0) + math.exp(-51.0)
    assert loss == pytest.approx(tail, rel=1e-14)
    np.testing.assert_allclose(slopes, [-tail, math.exp(-50.0), math.exp(-51.0)], rtol=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n_rows", ROWS)
@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")])
def test_logits_that_are_no_numbers_show(output, loss, n_rows, engine):
    network = one_layer(2, output)
    network.weights[0][:] = np.eye(2)
    network.biases[0][0] = math.nan
    X, Y = np.ones((n_rows, 2)), np.tile([1.0, 0.0], (n_rows, 1))
    trainer = Trainer(network, X, Y, loss=loss, batch_size=None, engine=engine)
    assert math.isnan(trainer.history.train_loss[0])


def test_cross_entropies_of_predictions_keep_what_these_say():
    """From Ŷ itself: a tiny ŷ where the target is 0, and the slopes at both ends, where one of two terms counts."""
    loss = LOSSES["binary_cross_entropy"]
    low, high = np.array([[1e-20]]), np.array([[1.0 - 2.0**-53]])
    assert loss.function(np.array([[0.0]]), low) == pytest.approx(1e-20, rel=1e-15)
    assert loss.function(np.array([[1.0]]), high) == pytest.approx(2.0**-53, rel=1e-15)
    Y, A = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    np.testing.assert_array_equal(4.0 * loss.gradient(Y, A), [[1.0], [-1.0], [math.inf], [-math.inf]])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("period", ["0.1", "0.2", "0.3", "0.7", "1.1", "2.5"])
@pytest.mark.parametrize("schedule", [name for name, entry in SCHEDULES.items() if entry.period])
def test_a_schedule_counts_fractions_of_epochs_as_they_are_written(schedule, period, engine):
    """An absolute error far from its target pulls with slope 1, so that the bias falls by the rate at every update."""
    n, base, epochs = 10, 1.0, 4
    network = Network([1, 1], output_activation="linear", init="zeros")
    trainer = Trainer(
        network,
        np.zeros((n, 1)),
        np.full((n, 1), -1e6),
        loss="mean_absolute_error",
        learning_rate=base,
        batch_size=1,
        schedule=(schedule, {"period": float(period)}),
        engine=engine,
    )
    entry = SCHEDULES[schedule]
    own = {parameter.name: parameter.default for parameter in entry.parameters}
    for update in range(epochs * n):
        before = network.biases[0][0]
        trainer.step_batch()
        ratio = Fraction(update, n) / Fraction(period)
        # In periods of 1, in which the closed form has nothing to round.
        expected = entry.function(base, float(ratio), tuple({**own, "period": 1.0}.values()))
        assert before - network.biases[0][0] == pytest.approx(expected, rel=1e-12, abs=1e-12), (update, ratio)
