"""The reference engine, update by update, against the definitions written out."""

import math

import numpy as np
import pytest

from nnviz.core import numpy_engine
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.engine import RECORD_COLUMNS, Problem, RunState, StopCode
from nnviz.core.layout import Layout
from nnviz.core.losses import LOSSES
from nnviz.core.metrics import class_threshold
from nnviz.core.network import Network
from nnviz.core.numpy_engine import NumpyEngine
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.rng import dropout_mask, epoch_order
from nnviz.core.settings import Settings

N = 23
SIZES = (2, 4, 3, 1)


def make_problem(*, bias=True, n_test=7, loss="half_squared_error", output="linear"):
    rng = np.random.default_rng(4)
    X, Y = rng.normal(size=(N + n_test, 2)), rng.integers(0, 2, (N + n_test, 1)).astype(float)
    return Problem(
        layout=Layout(SIZES),
        activations=tuple(ACTIVATIONS[name].code for name in ("tanh", "tanh", output)),
        bias=bias,
        loss=LOSSES[loss].code,
        classification=loss == "binary_cross_entropy",
        threshold=class_threshold(Y),
        X=X[:N],
        Y=Y[:N],
        X_test=X[N:],
        Y_test=Y[N:],
        X_validation=X[:0],
        Y_validation=Y[:0],
        target_scale=np.ones(1),
    )


def make_state(problem, seed=0, optimizer="sgd"):
    network = Network(SIZES, "tanh", "linear", seed=seed)
    return RunState(
        parameters=network.parameters,
        slots=OPTIMIZERS[optimizer].memory(len(network.parameters)),
        order=np.arange(N),
        best_parameters=network.parameters.copy(),
    )


def advance(problem, state, max_batches=10**9, max_epochs=1, stride=1, **settings):
    hyper = Settings().changed(**{"batch_size": 5, "learning_rate": 0.1, **settings}).hyper(N)
    return NumpyEngine().advance(
        problem, hyper, state, max_batches=max_batches, max_epochs=max_epochs, snapshot_stride=stride
    )


def twin(problem, state):
    network = Network(SIZES, "tanh", "linear")
    network.parameters[:] = state.parameters
    return network


def test_an_epoch_is_its_mini_batches_in_order_the_last_one_short():
    problem = make_problem()
    state = make_state(problem)
    network = twin(problem, state)
    order = epoch_order(9, 0, N)
    for start in range(0, N, 5):
        rows = order[start : start + 5]
        network.parameters[:] -= 0.1 * network.flat_gradient(problem.X[rows], problem.Y[rows], "half_squared_error")
    chunk = advance(problem, state, seed=9)
    assert chunk.n_batches == 5
    np.testing.assert_array_equal(state.order, order)
    np.testing.assert_allclose(state.parameters, network.parameters, rtol=0, atol=1e-15)
    assert (state.epoch, state.sample, state.update) == (1, 0, 5)


def test_without_shuffle_rows_come_as_they_are():
    problem = make_problem()
    state = make_state(problem)
    advance(problem, state, shuffle=False)
    np.testing.assert_array_equal(state.order, np.arange(N))


def test_slices_make_the_same_run():
    problem = make_problem()
    whole, sliced = make_state(problem, optimizer="adam"), make_state(problem, optimizer="adam")
    expected = advance(problem, whole, max_epochs=4, optimizer="adam", dropout=0.3)
    records, done = [], 0
    while done < 20:
        chunk = advance(problem, sliced, max_batches=3, max_epochs=10, optimizer="adam", dropout=0.3)
        records.extend(chunk.records)
        done += chunk.n_batches
        if done > 20:
            break
    np.testing.assert_array_equal(np.array(records)[:4], expected.records)


def test_it_stops_where_it_is_told():
    problem = make_problem()
    state = make_state(problem)
    assert advance(problem, state, max_batches=3, max_epochs=99).n_batches == 3
    assert (state.epoch, state.sample) == (0, 15)
    chunk = advance(problem, state, max_epochs=2)
    assert (chunk.n_batches, len(chunk.records), state.epoch) == (7, 2, 2)
    assert advance(problem, state, max_batches=0).n_batches == 0


def test_records():
    problem = make_problem()
    state = make_state(problem)
    chunk = advance(problem, state, max_epochs=2, l1=0.01, l2=0.02, schedule=("step", {"period": 1}))
    network = twin(problem, state)
    told = dict(zip(RECORD_COLUMNS, chunk.records[-1], strict=True))
    train_loss, test_loss, train_r2 = told["train_loss"], told["test_loss"], told["train_score"]
    train_rmse, test_rmse, penalty, rate = (
        told[name] for name in ("train_rmse", "test_rmse", "penalty", "learning_rate")
    )
    assert train_loss == pytest.approx(network.loss(problem.X, problem.Y, "half_squared_error"), rel=1e-14)
    assert test_loss == pytest.approx(network.loss(problem.X_test, problem.Y_test, "half_squared_error"), rel=1e-14)
    error = network.predict(problem.X) - problem.Y
    assert train_rmse == pytest.approx(np.sqrt((error**2).mean()), rel=1e-14)
    assert test_rmse == pytest.approx(np.sqrt(2 * test_loss), rel=1e-14)
    assert train_r2 == pytest.approx(1 - (error**2).sum() / ((problem.Y - problem.Y.mean()) ** 2).sum(), rel=1e-13)
    w = state.parameters[problem.layout.is_weight]
    assert penalty == pytest.approx(0.01 * np.abs(w).sum() + 0.01 * (w**2).sum(), rel=1e-14)
    assert rate == 0.05
    np.testing.assert_allclose(NumpyEngine().evaluate(problem, state.parameters)[:9], chunk.records[-1][:9])


def test_classification_without_test_data():
    problem = make_problem(n_test=0, loss="binary_cross_entropy", output="sigmoid")
    state = make_state(problem)
    chunk = advance(problem, state)
    told = dict(zip(RECORD_COLUMNS, chunk.records[0], strict=True))
    known = {name for name, value in told.items() if not np.isnan(value)}
    assert known == {"train_loss", "train_score", "train_balanced_accuracy", "penalty", "learning_rate"}
    assert 0 <= told["train_score"] <= 1
    assert state.best_loss == told["train_loss"]


def test_penalties_act_on_weights_once_per_update():
    problem = make_problem()
    state, plain = make_state(problem), make_state(problem)
    before = state.parameters.copy()
    advance(problem, state, max_batches=1, l1=0.3, l2=0.2)
    advance(problem, plain, max_batches=1)
    expected = -0.1 * (0.3 * np.sign(before) + 0.2 * before) * problem.layout.is_weight
    np.testing.assert_allclose(state.parameters - plain.parameters, expected, atol=1e-15)


def test_clipping_scales_the_whole_gradient():
    problem = make_problem()
    state = make_state(problem)
    before = state.parameters.copy()
    advance(problem, state, max_batches=1, clip_norm=1e-3)
    assert np.linalg.norm(state.parameters - before) == pytest.approx(0.1 * 1e-3, rel=1e-10)


def test_without_bias_biases_stay_zero():
    problem = make_problem(bias=False)
    state = make_state(problem, optimizer="adamw")
    advance(problem, state, max_epochs=3, optimizer="adamw")
    assert not state.parameters[~problem.layout.is_weight].any()


def test_dropout_drops_units_and_scales_the_rest():
    problem = make_problem()
    state = make_state(problem)
    network = twin(problem, state)
    rows = epoch_order(0, 0, N)[:5]
    X, Y = problem.X[rows], problem.Y[rows]
    mask = dropout_mask(0, 0, 0, 5, 7, 0.5)
    (W1, W2, W3), (b1, b2, b3) = network.weights, network.biases
    f1 = np.tanh(X @ W1.T + b1)
    A1 = f1 * mask[:, :4]
    f2 = np.tanh(A1 @ W2.T + b2)
    A2 = f2 * mask[:, 4:]
    d3 = (A2 @ W3.T + b3 - Y) / 5
    d2 = d3 @ W3 * mask[:, 4:] * (1 - f2**2)
    d1 = d2 @ W2 * mask[:, :4] * (1 - f1**2)
    advance(problem, state, max_batches=1, dropout=0.5)
    moved = problem.layout.weights(state.parameters)
    for ours, W, d, A in zip(moved, (W1, W2, W3), (d1, d2, d3), (X, A1, A2), strict=True):
        np.testing.assert_allclose(ours, W - 0.1 * d.T @ A, atol=1e-15)


def test_the_schedule_follows_progress_within_the_epoch():
    problem = make_problem()
    state, parts = make_state(problem), make_state(problem)
    advance(problem, state, max_batches=2, schedule=("exponential", {"factor": 0.5}))
    advance(problem, parts, max_batches=1)
    advance(problem, parts, max_batches=1, learning_rate=0.1 * 0.5 ** (5 / N))
    np.testing.assert_allclose(state.parameters, parts.parameters, rtol=0, atol=1e-16)


def test_snapshots_at_the_stride():
    problem = make_problem()
    state = make_state(problem)
    chunk = advance(problem, state, max_epochs=7, stride=3)
    again = make_state(problem)
    advance(problem, again, max_epochs=3)
    assert chunk.snapshots.shape == (2, problem.layout.n_parameters)
    np.testing.assert_array_equal(chunk.snapshots[0], again.parameters)


def test_the_best_epoch_is_kept():
    problem = make_problem()
    state = make_state(problem, optimizer="adam")
    chunk = advance(problem, state, max_epochs=60, learning_rate=0.5, optimizer="adam")
    test_loss = chunk.records[:, RECORD_COLUMNS.index("test_loss")]
    best = int(np.argmin(test_loss))
    assert state.best_epoch == best + 1 < 60
    assert state.best_loss == test_loss[best]
    again = make_state(problem, optimizer="adam")
    advance(problem, again, max_epochs=best + 1, learning_rate=0.5, optimizer="adam")
    np.testing.assert_array_equal(state.best_parameters, again.parameters)


def test_stop_conditions():
    problem = make_problem()
    chunk = advance(problem, make_state(problem, optimizer="adam"), max_epochs=999, target_loss=0.12)
    assert chunk.stop is StopCode.TARGET_LOSS
    assert chunk.records[-1, 0] <= 0.12 < chunk.records[-2, 0]
    state = make_state(problem, optimizer="adam")
    chunk = advance(problem, state, max_epochs=999, patience=5, learning_rate=0.5, optimizer="adam")
    assert chunk.stop is StopCode.PATIENCE
    assert state.epoch == state.best_epoch + 5


def test_divergence_restores_the_last_finite_parameters():
    problem = make_problem()
    state = make_state(problem)
    before = state.parameters.copy()
    chunk = advance(problem, state, max_epochs=99, learning_rate=1e5)
    assert chunk.stop is StopCode.DIVERGED
    assert np.isfinite(state.parameters).all()
    assert len(chunk.records) == state.epoch
    if state.epoch == 0 and state.sample == 0:
        np.testing.assert_array_equal(state.parameters, before)
    chunk = advance(problem, make_state(problem), learning_rate=1e6, max_epochs=99, schedule=("exponential", {}))
    assert chunk.stop is StopCode.DIVERGED


def test_activations_are_one_row_per_unit():
    problem = make_problem()
    state = make_state(problem)
    layers = NumpyEngine().activations(problem, state.parameters, problem.X)
    expected = twin(problem, state).forward(problem.X)[1:]
    assert [layer.shape for layer in layers] == [(4, N), (3, N), (1, N)]
    for ours, theirs in zip(layers, expected, strict=True):
        np.testing.assert_allclose(ours, theirs.T, atol=1e-15)


def test_r2_of_constant_targets_is_nan():
    problem = make_problem()
    problem.Y[:] = 1.0
    assert math.isnan(
        NumpyEngine().evaluate(problem, make_state(problem).parameters)[RECORD_COLUMNS.index("train_score")]
    )


def test_figures_of_many_rows_are_those_of_their_pieces(monkeypatch):
    problem = make_problem()
    parameters = make_state(problem).parameters
    whole = NumpyEngine().evaluate(problem, parameters)
    monkeypatch.setattr(numpy_engine, "_NUMBERS_AT_ONCE", 3 * sum(problem.layout.sizes))
    np.testing.assert_allclose(NumpyEngine().evaluate(problem, parameters), whole, rtol=1e-12)
