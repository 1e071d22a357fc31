"""Two updates of every optimiser, worked by hand from PyTorch's definitions."""

from math import sqrt

import numpy as np
import pytest

from nnviz.core.errors import SettingError
from nnviz.core.optimizers import OPTIMIZERS, check_parameters
from nnviz.core.settings import Settings

RATE, W, G1, G2 = 0.1, 2.0, 0.5, -0.25


def two_updates(name, **parameters):
    own = Settings().changed(optimizer=name, **parameters).hyper(1).optimizer_parameters
    weights, slots = np.array([W]), OPTIMIZERS[name].memory(1)
    for t, gradient in enumerate((G1, G2), start=1):
        OPTIMIZERS[name].step(weights, np.array([gradient]), slots, RATE, t, own)
    return weights[0]


def by_adam(w, beta1=0.9, beta2=0.999, decay=0.0):
    m = v = 0.0
    for t, g in enumerate((G1, G2), start=1):
        w -= RATE * decay * w
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        w -= RATE * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + 1e-8)
    return w


def test_names_codes_and_defaults():
    """Files and scripts rely on them."""
    adam = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    promised = {
        "sgd": {},
        "momentum": {"momentum": 0.9},
        "nesterov": {"momentum": 0.9},
        "rmsprop": {"alpha": 0.99, "epsilon": 1e-8},
        "adam": adam,
        "adamw": {**adam, "weight_decay": 0.01},
    }
    for name, defaults in promised.items():
        assert {parameter.name: parameter.default for parameter in OPTIMIZERS[name].parameters} == defaults


@pytest.mark.parametrize("entry", OPTIMIZERS.values(), ids=lambda entry: entry.name)
def test_the_gain_is_the_step_in_the_long_run(entry):
    own = tuple(parameter.default for parameter in entry.parameters)
    weights, slots = np.zeros(1), entry.memory(1)
    for t in range(1, 2001):
        before = weights[0]
        entry.step(weights, np.ones(1), slots, RATE, t, own)
    step = before - weights[0]
    decay = RATE * own[-1] * weights[0] if entry.shrinks_weights else 0.0
    assert step - decay == pytest.approx(RATE * entry.gain(own), rel=2e-3)


def test_sgd():
    assert two_updates("sgd") == pytest.approx(W - RATE * (G1 + G2), rel=1e-15)


def test_momentum():
    v1 = G1
    v2 = 0.9 * v1 + G2
    assert two_updates("momentum") == pytest.approx(W - RATE * (v1 + v2), rel=1e-15)


def test_nesterov():
    v1 = G1
    v2 = 0.8 * v1 + G2
    expected = W - RATE * (G1 + 0.8 * v1) - RATE * (G2 + 0.8 * v2)
    assert two_updates("nesterov", momentum=0.8) == pytest.approx(expected, rel=1e-15)


def test_rmsprop():
    s1 = 0.01 * G1**2
    s2 = 0.99 * s1 + 0.01 * G2**2
    expected = W - RATE * G1 / (sqrt(s1) + 1e-8) - RATE * G2 / (sqrt(s2) + 1e-8)
    assert two_updates("rmsprop") == pytest.approx(expected, rel=1e-14)


def test_adam():
    assert two_updates("adam") == pytest.approx(by_adam(W), rel=1e-14)
    assert two_updates("adam", beta1=0.5, beta2=0.9) == pytest.approx(by_adam(W, 0.5, 0.9), rel=1e-14)


def test_adamw():
    assert two_updates("adamw") == pytest.approx(by_adam(W, decay=0.01), rel=1e-14)
    assert two_updates("adamw", weight_decay=0.5) == pytest.approx(by_adam(W, decay=0.5), rel=1e-14)


def test_parameters_are_filled_in_and_checked():
    known = OPTIMIZERS["adam"].parameters
    assert check_parameters("optimiser", "adam", known, {"beta1": 0.5}) == {
        "beta1": 0.5,
        "beta2": 0.999,
        "epsilon": 1e-8,
    }
    with pytest.raises(SettingError, match="adam has no parameter 'momentum'; it has beta1, beta2, epsilon"):
        check_parameters("optimiser", "adam", known, {"momentum": 0.5})
    with pytest.raises(SettingError, match="sgd has no parameter 'momentum'; it has none"):
        check_parameters("optimiser", "sgd", (), {"momentum": 0.5})
    with pytest.raises(SettingError, match="must lie between"):
        check_parameters("optimiser", "adam", known, {"beta1": 1.5})
