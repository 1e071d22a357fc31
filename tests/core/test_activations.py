import numpy as np
import pytest

from nnviz.core.activations import ACTIVATIONS, sigmoid, softmax
from nnviz.core.initializers import INITIALIZERS
from nnviz.core.losses import LOSSES

PROMISED = {
    "step",
    "linear",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "gelu",
    "silu",
    "sine",
    "softmax",
}
ELEMENTWISE = [entry for entry in ACTIVATIONS.values() if entry.elementwise]


def test_the_names_that_files_rely_on_are_there():
    assert set(ACTIVATIONS) >= PROMISED


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_an_entry_says_what_its_function_is_like(entry):
    Z = np.linspace(-40.0, 40.0, 81)[:, None] * np.ones(2)
    alone, together = entry.function(Z[:, :1]), entry.function(Z + np.arange(2.0))
    assert entry.elementwise == np.allclose(alone[:, 0], together[:, 0])
    slopes = entry.derivative(Z, entry.function(Z))[:, 0]
    assert entry.linear == (entry.elementwise and np.ptp(slopes) == 0.0 != slopes[0])
    assert entry.trainable == slopes.any() or not entry.elementwise
    flat_ends = max(abs(slopes[0]), abs(slopes[-1])) < 1e-12
    assert entry.saturating == (flat_ends and entry.trainable and entry.elementwise)
    low, high = entry.class_targets
    assert entry.range[0] <= low < high <= entry.range[1]
    assert (entry.bounds is None) == bool(np.isinf(entry.range).any())
    assert entry.middle == (0.0 if entry.bounds is None else sum(entry.range) / 2)
    assert not entry.probability or entry.range == entry.class_targets == (0.0, 1.0)


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_what_auto_takes_for_an_entry_goes_with_it(entry):
    assert not INITIALIZERS[entry.usual_init].by_activation
    assert entry.name in LOSSES[entry.usual_loss].pairs_with


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_every_entry_explains_itself_in_sentences(entry):
    assert entry.label
    assert entry.formula
    assert entry.range_label
    assert entry.help.endswith(".")
    assert entry.failure.endswith(".")


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_values_stay_in_the_range_and_reach_for_its_ends(entry):
    Z = np.linspace(-40.0, 40.0, 8_000).reshape(2, -1).T
    A = entry.function(Z)
    low, high = entry.range
    assert A.shape == Z.shape
    assert A.min() >= low - 1e-12
    assert A.max() <= high
    assert A.min() == pytest.approx(low, abs=2e-3) or low == -np.inf
    assert A.max() == pytest.approx(high, abs=2e-3) or high == np.inf


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.name)
def test_derivative_is_the_slope(entry):
    Z = np.linspace(-6.0, 6.0, 401)[:, None] + 1e-3
    h = 1e-4
    f = entry.function
    slope = (8 * (f(Z + h) - f(Z - h)) - (f(Z + 2 * h) - f(Z - 2 * h))) / (12 * h)
    np.testing.assert_allclose(entry.derivative(Z, f(Z)), slope, atol=1e-9)


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_extreme_sums_stay_finite(entry):
    Z = np.array([[-1e300, 1e300], [-745.0, 745.0]])
    with np.errstate(over="ignore"):
        A = entry.function(Z)
        assert np.isfinite(A).all()
        assert np.isfinite(entry.derivative(Z, A)).all()


def test_known_values():
    Z = np.array([[-1.0, 0.0, 2.0]])
    expected = {
        "step": [0.0, 1.0, 1.0],
        "linear": [-1.0, 0.0, 2.0],
        "sigmoid": [0.2689414213699951, 0.5, 0.8807970779778823],
        "tanh": [-0.7615941559557649, 0.0, 0.9640275800758169],
        "relu": [0.0, 0.0, 2.0],
        "leaky_relu": [-0.01, 0.0, 2.0],
        "elu": [-0.6321205588285577, 0.0, 2.0],
        "softplus": [0.31326168751822286, 0.6931471805599453, 2.1269280110429727],
        "gelu": [-0.15865525393145707, 0.0, 1.9544997361036416],
        "silu": [-0.2689414213699951, 0.0, 1.7615941559557646],
        "sine": [-0.8414709848078965, 0.0, 0.9092974268256817],
        "softmax": [0.04201006613406605, 0.11419519938459449, 0.8437947344813395],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(ACTIVATIONS[name].function(Z)[0], values, rtol=1e-14, atol=1e-16)


def test_derivatives_at_kinks_are_pytorchs():
    zero = np.zeros((1, 1))
    assert ACTIVATIONS["relu"].derivative(zero, zero) == 0.0
    assert ACTIVATIONS["leaky_relu"].derivative(zero, zero) == 0.01
    assert ACTIVATIONS["elu"].derivative(zero, zero) == 1.0


def test_sigmoid_keeps_its_relative_precision_far_out():
    assert sigmoid(np.array(-700.0)) == pytest.approx(np.exp(-700.0), rel=1e-12)


def test_softmax_rows_add_up_and_do_not_care_about_a_shift():
    Z = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]])
    np.testing.assert_allclose(softmax(Z).sum(axis=1), 1.0)
    np.testing.assert_allclose(softmax(Z), softmax(Z + 5.0), atol=1e-15)
