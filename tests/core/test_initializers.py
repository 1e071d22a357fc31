import numpy as np
import pytest

from nnviz.core.errors import SettingError
from nnviz.core.initializers import INITIALIZERS, draw_parameters, resolve_initializer
from nnviz.core.layout import Layout

N_OUT, N_IN = 200, 300
EXPECTED_SD = {
    "zeros": 0.0,
    "constant": 0.0,
    "uniform_0_1": np.sqrt(1 / 12),
    "uniform_sym": np.sqrt(1 / 12),
    "normal": 1.0,
    "xavier_uniform": np.sqrt(2 / (N_IN + N_OUT)),
    "xavier_normal": np.sqrt(2 / (N_IN + N_OUT)),
    "he_uniform": np.sqrt(2 / N_IN),
    "he_normal": np.sqrt(2 / N_IN),
    "lecun_normal": np.sqrt(1 / N_IN),
}
EXPECTED_MEAN = {"constant": 1.0, "uniform_0_1": 0.5}


def test_the_names_that_files_rely_on_are_there():
    assert {"auto", *EXPECTED_SD} <= set(INITIALIZERS)


@pytest.mark.parametrize("entry", INITIALIZERS.values(), ids=lambda entry: entry.name)
def test_an_entry_says_whether_all_weights_are_equal(entry):
    W = entry.draw(np.random.default_rng(0), 5, 4)
    assert entry.equal == (W[0, 0] == W).all()
    assert entry.uses_scale == W.any()


@pytest.mark.parametrize("name", EXPECTED_SD)
def test_spread_and_mean(name):
    W = INITIALIZERS[name].draw(np.random.default_rng(0), N_OUT, N_IN)
    assert W.shape == (N_OUT, N_IN)
    assert W.std() == pytest.approx(EXPECTED_SD[name], rel=0.02)
    assert W.mean() == pytest.approx(EXPECTED_MEAN.get(name, 0.0), abs=0.02)


def test_uniform_bounds():
    rng = np.random.default_rng(0)
    assert 0 <= INITIALIZERS["uniform_0_1"].draw(rng, 50, 50).min() < 0.01
    W = INITIALIZERS["uniform_sym"].draw(rng, 50, 50)
    assert -0.5 <= W.min() < -0.49
    assert 0.49 < W.max() < 0.5
    assert np.abs(INITIALIZERS["he_uniform"].draw(rng, 50, 6)).max() <= 1.0


@pytest.mark.parametrize(("activation", "expected"), [("relu", "he_uniform"), ("tanh", "xavier_uniform")])
def test_auto_decides_by_the_activation(activation, expected):
    assert resolve_initializer("auto", activation).name == expected
    assert resolve_initializer("normal", activation).name == "normal"


def test_auto_may_differ_from_layer_to_layer():
    layout = Layout((30, 30, 30))
    auto = draw_parameters(layout, ("relu", "sigmoid"), "auto", 1.0, 3)
    he = draw_parameters(layout, ("relu", "sigmoid"), "he_uniform", 1.0, 3)
    xavier = draw_parameters(layout, ("relu", "sigmoid"), "xavier_uniform", 1.0, 3)
    np.testing.assert_array_equal(layout.weights(auto)[0], layout.weights(he)[0])
    np.testing.assert_array_equal(layout.weights(auto)[1], layout.weights(xavier)[1])


def test_scale_multiplies_and_biases_stay_zero():
    layout = Layout((2, 3, 1))
    once = draw_parameters(layout, ("tanh", "tanh"), "normal", 1.0, 7)
    thrice = draw_parameters(layout, ("tanh", "tanh"), "normal", 3.0, 7)
    np.testing.assert_allclose(thrice, 3.0 * once)
    assert not once[~layout.is_weight].any()
    assert draw_parameters(layout, ("tanh", "tanh"), "constant", 0.25, 0)[layout.is_weight].tolist() == [0.25] * 9


def test_a_seed_is_a_network():
    layout = Layout((2, 3, 1))
    same = [draw_parameters(layout, ("tanh", "tanh"), "auto", 1.0, 7) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert (same[0] != draw_parameters(layout, ("tanh", "tanh"), "auto", 1.0, 8)).any()


def test_unknown_names_are_refused():
    with pytest.raises(SettingError, match="did you mean 'xavier_uniform'"):
        resolve_initializer("xavier_unifrom", "tanh")
