import math

import numpy as np
import pytest

from nnviz.core.activations import ACTIVATIONS, sigmoid, softmax
from nnviz.core.errors import DataError, SettingError
from nnviz.core.layout import Layout
from nnviz.core.losses import LOSSES, check_compatible, check_targets, default_loss, loss_value, penalty, row_losses

PROMISED = {
    "binary_cross_entropy",
    "cross_entropy",
    "mean_squared_error",
    "half_squared_error",
    "sum_squared_error",
    "mean_absolute_error",
    "huber",
}


def test_the_names_that_files_rely_on_are_there():
    assert set(LOSSES) >= PROMISED


@pytest.mark.parametrize("entry", LOSSES.values(), ids=lambda entry: entry.name)
def test_an_entry_says_what_its_loss_is_like(entry):
    Y, A = np.array([[0.0], [1.0]]), np.array([[0.25], [0.5]])
    twice = entry.function(np.vstack([Y, Y]), np.vstack([A, A])) / entry.function(Y, A)
    assert twice == pytest.approx(1.0 if entry.mean else 2.0)
    if not entry.for_classes:
        small, large = (entry.function(np.zeros((1, 1)), np.full((1, 1), error)) for error in (2.0, 4.0))
        assert entry.squared == (large == 4.0 * small)
    assert entry.logit_terms is None or entry.for_classes
    assert set(entry.pairs_with) <= set(ACTIVATIONS)


def test_sums_over_outputs_and_means_over_examples():
    Y, A = np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 1.0], [0.0, 0.5]])
    # Errors 1, 0, −2, 0.5: squares 1 + 4 + 0.25 = 5.25, over two examples.
    expected = {
        "mean_squared_error": 2.625,
        "half_squared_error": 1.3125,
        "sum_squared_error": 5.25,
        "mean_absolute_error": 1.75,
        "huber": (0.5 + 1.5 + 0.125) / 2,
    }
    for name, value in expected.items():
        assert LOSSES[name].function(Y, A) == pytest.approx(value, rel=1e-15)


def test_the_four_costs_of_source_e():
    """Targets 2, 3, 5, 9 and outputs 1, 5, 3, 6 of one example."""
    Y, A = np.array([[2.0, 3.0, 5.0, 9.0]]), np.array([[1.0, 5.0, 3.0, 6.0]])
    assert (Y - A).sum() == 4.0  # 1 − 2 + 2 + 3: signs cancel
    assert LOSSES["mean_absolute_error"].function(Y, A) == 8.0  # 1 + 2 + 2 + 3
    assert LOSSES["half_squared_error"].function(Y, A) == 9.0  # (1 + 4 + 4 + 9) / 2
    one_hot = np.array([[0.0, 1.0, 0.0]])
    assert LOSSES["cross_entropy"].function(one_hot, np.array([[0.2, 0.7, 0.1]])) == -math.log(0.7)


@pytest.mark.parametrize("entry", LOSSES.values(), ids=lambda entry: entry.name)
def test_gradient_is_the_slope(entry):
    rng = np.random.default_rng(1)
    Y, A = rng.random((4, 3)), rng.uniform(0.1, 0.9, (4, 3))
    numeric, h = np.zeros_like(A), 1e-5
    for index in np.ndindex(A.shape):
        up, down = A.copy(), A.copy()
        up[index] += h
        down[index] -= h
        numeric[index] = (entry.function(Y, up) - entry.function(Y, down)) / (2 * h)
    np.testing.assert_allclose(entry.gradient(Y, A), numeric, atol=1e-8)


def test_huber_is_absolute_far_away():
    Y, A = np.zeros((1, 1)), np.array([[-5.0]])
    assert LOSSES["huber"].function(Y, A) == 4.5
    assert LOSSES["huber"].gradient(Y, A) == -1.0


@pytest.mark.parametrize(("name", "output"), [("binary_cross_entropy", sigmoid), ("cross_entropy", softmax)])
def test_from_logits_agrees_with_the_definition(name, output):
    rng = np.random.default_rng(2)
    Z = rng.normal(size=(6, 3))
    Y = np.eye(3)[rng.integers(0, 3, 6)]
    entry = LOSSES[name]
    from_logits = loss_value(entry, Y, Z, output(Z))
    assert from_logits == entry.total(entry.logit_terms(Y, Z))
    assert from_logits == pytest.approx(entry.function(Y, output(Z)), rel=1e-14)


def test_from_logits_is_exact_where_the_definition_is_infinite():
    Y, Z = np.array([[0.0]]), np.array([[800.0]])
    assert loss_value(LOSSES["binary_cross_entropy"], Y, Z, sigmoid(Z)) == 800.0
    assert LOSSES["binary_cross_entropy"].function(Y, sigmoid(Z)) == math.inf
    one_hot, Z = np.array([[0.0, 1.0]]), np.array([[800.0, 0.0]])
    assert loss_value(LOSSES["cross_entropy"], one_hot, Z, softmax(Z)) == 800.0


@pytest.mark.parametrize("entry", LOSSES.values(), ids=lambda entry: entry.name)
def test_the_losses_of_the_rows_add_up(entry):
    rng = np.random.default_rng(3)
    Y, Z = np.eye(3)[rng.integers(0, 3, 7)], rng.normal(size=(7, 3))
    A = softmax(Z) if entry.name == "cross_entropy" else sigmoid(Z)
    rows = row_losses(entry, Y, Z, A)
    assert rows.shape == (7,)
    total = loss_value(entry, Y, Z, A)
    assert rows.sum() == pytest.approx(total * (7 if entry.mean else 1), rel=1e-14)
    assert rows[2] == pytest.approx(loss_value(entry, Y[2:3], Z[2:3], A[2:3]), rel=1e-14)


def test_default_losses():
    assert default_loss("sigmoid") == "binary_cross_entropy"
    assert default_loss("softmax") == "cross_entropy"
    assert default_loss("tanh") == "mean_squared_error"


def test_which_outputs_go_with_which_losses():
    allowed = {(output, loss) for output in ACTIVATIONS for loss in LOSSES if output in LOSSES[loss].pairs_with}
    for output in ACTIVATIONS:
        for loss in LOSSES:
            if (output, loss) in allowed:
                check_compatible(output, loss)
            else:
                with pytest.raises(SettingError):
                    check_compatible(output, loss)
    assert ("softmax", "cross_entropy") in allowed
    assert ("softmax", "mean_squared_error") not in allowed
    assert ("tanh", "binary_cross_entropy") not in allowed
    assert len(allowed) == 2 + 11 * 5


def test_refusals_say_what_to_do():
    with pytest.raises(SettingError, match="softmax output goes with the cross_entropy loss only"):
        check_compatible("softmax", "huber")
    with pytest.raises(SettingError, match=r"needs a sigmoid output, not tanh; .* the loss mean_squared_error"):
        check_compatible("tanh", "binary_cross_entropy")


def test_targets_of_cross_entropies_must_be_probabilities():
    check_targets("mean_squared_error", np.array([[-7.0]]))
    check_targets("binary_cross_entropy", np.array([[0.0], [1.0]]))
    with pytest.raises(DataError, match="span −1 … 1"):
        check_targets("binary_cross_entropy", np.array([[-1.0], [1.0]]))
    with pytest.raises(DataError, match="one-hot"):
        check_targets("cross_entropy", np.array([[1.0, 1.0]]))


def test_penalty_spares_the_biases():
    layout = Layout((2, 1))
    parameters = np.array([1.0, -2.0, 100.0])
    assert penalty(layout, parameters, 0.0, 0.0) == 0.0
    assert penalty(layout, parameters, 0.1, 0.0) == pytest.approx(0.3)
    assert penalty(layout, parameters, 0.0, 0.1) == pytest.approx(0.25)
