"""Worked numbers are those of the engine, and what is written evaluates to them, whatever is trained and how."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnviz
from nnviz.core.activations import ACTIVATIONS
from nnviz.core.explain.expression import Expression, Number, Rest, Symbol
from nnviz.core.explain.sheet import sections
from nnviz.core.losses import LOSSES
from nnviz.core.network import Network
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.trainer import Trainer

HIDDEN = [entry.name for entry in ACTIVATIONS.values() if entry.hidden and entry.trainable]
PAIRS = [(output, loss.name) for loss in LOSSES.values() for output in loss.pairs_with if ACTIVATIONS[output].trainable]


def targets(loss, shape, rng):
    if loss == "binary_cross_entropy":
        return rng.random(shape) * (rng.random(shape) > 0.3)
    return rng.dirichlet(np.ones(shape[1]), shape[0]) if loss == "cross_entropy" else rng.normal(size=shape)


@st.composite
def problems(draw):
    """Return a network with data, a loss and settings of a run."""
    output, loss = draw(st.sampled_from(PAIRS))
    hidden = draw(st.lists(st.sampled_from(HIDDEN), max_size=3))
    sizes = draw(st.lists(st.integers(1, 5), min_size=len(hidden) + 1, max_size=len(hidden) + 1))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    net = Network([*sizes, 3], hidden, output, bias=draw(st.booleans()), init="normal", init_scale=0.7, seed=1)
    if net.bias:
        for b in net.biases:
            b[:] = rng.normal(size=b.shape)
    n = draw(st.integers(1, 7))
    chosen = {
        "optimizer": draw(st.sampled_from(list(OPTIMIZERS))),
        "l1": draw(st.sampled_from([0.0, 0.01])),
        "l2": draw(st.sampled_from([0.0, 0.1])),
        "clip_norm": draw(st.sampled_from([None, 0.1])),
        "learning_rate": 0.05,
    }
    return net, rng.normal(size=(n, sizes[0])), targets(loss, (n, 3), rng), loss, chosen, rng


def close(ours, expected):
    scale = max(np.abs(expected).max(initial=0.0), 1e-9)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12 * scale)


@given(problems())
@settings(max_examples=60)
def test_an_example_is_that_of_the_network(problem):
    net, X, Y, loss, chosen, _ = problem
    before = net.parameters.copy()
    worked = nnviz.worked_example(net, X[0], Y[0], loss=loss, **chosen)
    assert (net.parameters == before).all()
    for ours, expected in zip(worked.z, net.pre_activations(X[0]), strict=True):
        close(ours, expected[0])
    for ours, expected in zip(worked.a, net.forward(X[0])[1:], strict=True):
        close(ours, expected[0])
    close(worked.loss, net.loss(X[0], Y[0], loss))
    dW, db = net.gradients(X[0], Y[0], loss)
    for layer in range(net.layout.n_layers):
        close(worked.weight_gradients[layer], dW[layer])
        close(worked.bias_gradients[layer], db[layer])
        if net.bias:
            close(worked.delta[layer], db[layer])
    batch = nnviz.worked_example(net, X, Y, loss=loss, **chosen)
    close(batch.loss, net.loss(X, Y, loss))
    for ours, expected in zip(batch.weight_gradients, net.gradients(X, Y, loss)[0], strict=True):
        close(ours, expected)
    rows = [batch.example_weight_gradients(row)[0] for row in range(len(X))]
    shares = 1.0 / len(X) if LOSSES[loss].mean else 1.0
    close(np.sum(rows, axis=0) * shares, batch.weight_gradients[0])


@given(problems(), st.sampled_from([None, "step", "cosine", "one_cycle"]), st.sampled_from([0.0, 0.4]), st.booleans())
@settings(max_examples=40)
def test_the_coming_update_of_a_run_is_the_one_that_it_makes(problem, schedule, dropout, weighted):
    net, X, Y, loss, chosen, rng = problem
    weights = rng.random(len(X)) + 0.1 if weighted else None
    trainer = Trainer(
        *(net, X, Y),
        loss=loss,
        engine="numpy",
        batch_size=3,
        schedule=schedule,
        dropout=dropout,
        row_weights=weights,
        **chosen,
    )
    for _ in range(4):
        coming, memory = trainer.worked_example(), trainer.checkpoint().state
        trainer.step_batch()
        assert trainer.checkpoint().state.update == memory.update + 1
        close(np.concatenate([W.ravel() for W in coming.updated_weights]), _flat(net.weights))
        close(np.concatenate(coming.updated_biases), np.concatenate(list(net.biases)))
    one = trainer.worked_example(0)
    assert one.z[0].shape == (net.layer_sizes[1],)
    assert one.learning_rate == trainer.worked_example([0, 0]).learning_rate


def _flat(arrays):
    return np.concatenate([W.ravel() for W in arrays])


def assert_evaluates(right: Expression | None, value: float) -> None:
    if right is not None and math.isfinite(value):
        assert right.value == pytest.approx(value, rel=1e-9, abs=1e-11)


@given(problems())
@settings(max_examples=12)
def test_what_is_written_evaluates_to_what_was_computed(problem):
    net, X, Y, loss, chosen, _ = problem
    X, Y = X[:2], Y[:2]
    for x, y in ((X[0], Y[0]), (X, Y)):
        worked = nnviz.worked_example(net, x, y, loss=loss, **chosen)
        for most in (2, 8):
            equations = worked.equations(most)
            for section in sections(equations):
                for equation in section.equations:
                    assert_evaluates(equation.right, equation.value)
            steps = worked.steps
            for step in steps:
                for equation in steps.equations_of(step):
                    assert_evaluates(equation.right, equation.value)


@given(problems(), st.sampled_from([None, 3, 5]))
@settings(max_examples=25)
def test_the_script_computes_the_same_numbers(problem, digits):
    net, X, Y, loss, chosen, _ = problem
    worked = nnviz.worked_example(net, X[0], Y[0], loss=loss, digits=digits, **chosen)
    known = {}
    exec(worked.to_python(), known)
    tolerance = 1e-9 if digits is None else 10.0 ** (1 - digits)
    for layer, W in enumerate(worked.updated_weights, start=1):
        for unit, source in np.ndindex(W.shape):
            found = known[f"w{layer}_{unit + 1}_{source + 1}"]
            # On paper a half may go up or down, and an optimiser that divides by its memory makes much of it.
            if digits is None:
                assert found == pytest.approx(W[unit, source], rel=tolerance, abs=tolerance)
            else:
                assert math.isfinite(found)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_written(name):
    entry = ACTIVATIONS[name]
    net = Network([2, 2], [], name, seed=3) if not entry.hidden else Network([2, 3, 2], name, "linear", seed=3)
    loss = LOSSES[entry.usual_loss].name if not entry.hidden else "mean_squared_error"
    worked = nnviz.worked_example(net, [0.3, -0.8], [0.0, 1.0], loss=loss)
    equation = worked.equations().activation(1, 0)
    assert not isinstance(equation.right, Number | Rest)
    assert_evaluates(equation.right, equation.value)
    # Through a step nothing is learnt, and one sees why.
    assert bool(worked.weight_gradients[0].any()) == entry.trainable


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_and_its_slope_are_written(name):
    loss = LOSSES[name]
    net = Network([2, 2], [], loss.pairs_with[0], seed=3)
    for y in ([0.0, 1.0], [0.25, 0.75]):
        equations = nnviz.worked_example(net, [0.3, -0.8], y, loss=name).equations()
        for unit in range(2):
            for equation in (equations.output_loss(unit), equations.pull(1, unit)):
                assert_evaluates(equation.right, equation.value)
            assert y[unit] == 0.0 or not isinstance(equations.output_loss(unit).right, Number)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_says_its_terms(name):
    rng = np.random.default_rng(0)
    trainer = Trainer(
        Network([2, 2, 1], seed=0), rng.normal(size=(20, 2)), rng.random((20, 1)), optimizer=name, engine="numpy"
    )
    trainer.run(2)
    worked = trainer.worked_example(3)
    terms = worked.equations().update(1, 0, 1)
    assert terms[-1].becomes
    assert terms[-1].value == worked.updated_weights[0][0, 1]
    letters = {equation.name.letter for equation in terms}
    assert len(letters) == 1 + OPTIMIZERS[name].n_slots + 2 * (name in ("adam", "adamw"))
    for equation in terms:
        assert equation.right is not None
        assert_evaluates(equation.right, equation.value)


def test_schedules_are_in_the_rate():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(20, 2)), rng.random((20, 1))
    trainer = Trainer(Network([2, 1], seed=0), X, Y, schedule=("step", {"factor": 0.5, "period": 1.0}), engine="numpy")
    trainer.run(2)
    assert trainer.worked_example(0).learning_rate == pytest.approx(0.03 * 0.25)
    assert "step" in SCHEDULES


def test_class_weights_and_a_single_weighted_row():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(20, 2)), (np.arange(20) < 4)[:, None] * 1.0
    net = Network([2, 1], seed=0)
    trainer = Trainer(net, X, Y, class_weights="balanced", batch_size=20, shuffle=False)
    worked = trainer.worked_example()
    close(worked.loss, net.loss(X, Y, class_weights="balanced"))
    close(worked.weight_gradients[0], net.gradients(X, Y, class_weights="balanced")[0][0])
    # One row alone, as in a batch of one, counts as much as it weighs: 20 rows / (2 classes · 4 of this one).
    close(trainer.worked_example(0).loss, 2.5 * net.loss(X[0], Y[0]))
    assert "2.5·" in trainer.worked_example(0).to_text()
    summed = Trainer(
        Network([2, 1], [], "linear", seed=0), X, Y, loss="sum_squared_error", row_weights=np.full(20, 3.0)
    )
    assert "[" not in (text := summed.worked_example(0).to_text())
    assert "3·" in text


def test_symbols_are_known_by_their_values():
    equation = nnviz.worked_example(Network([1, 1], seed=0), [0.5], [1.0]).equations().pre_activation(1, 0)
    assert all(isinstance(part, Symbol) for part in equation.right.parts[0].parts)
