"""What one network has learnt, in another one: what fits stays, what is new changes no answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.carrying import carry
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array
from nnviz.core.network import Network

HIDDEN = sorted(name for name, entry in ACTIVATIONS.items() if entry.hidden)
X = np.random.default_rng(0).uniform(-1.5, 1.5, (40, 3))


def learnt(sizes: list[int], activation: str | list[str] = "tanh", output: str = "sigmoid", **more: object) -> Network:
    """Return a network all of whose numbers, biases too, are its own."""
    network = Network(sizes, activation=activation, output_activation=output, seed=3, **more)  # type: ignore[arg-type]
    mask = np.ones(network.layout.n_parameters) if network.bias else network.layout.is_weight
    network.parameters += 0.3 * np.random.default_rng(1).standard_normal(len(mask)) * mask
    return network


def sums(network: Network) -> Array:
    return network.pre_activations(X)[-1]


@st.composite
def layers(draw: st.DrawFn) -> tuple[list[int], list[str]]:
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    return sizes, [draw(st.sampled_from(HIDDEN)) for _ in sizes]


@given(layers(), st.booleans(), st.data())
def test_new_units_change_no_answer_and_taken_back_leave_no_trace(
    drawn: tuple[list[int], list[str]], bias: bool, data: st.DataObject
) -> None:
    hidden, names = drawn
    source = learnt([3, *hidden, 2], names, "softmax", bias=bias)
    more = [units + data.draw(st.integers(0, 3)) for units in hidden]
    wider = Network([3, *more, 2], names, "softmax", bias=bias, seed=9)
    drawn_weights = [W.copy() for W in wider.weights]
    carry(source, wider)
    np.testing.assert_allclose(sums(wider), sums(source), atol=1e-12)
    for units, W, fresh in zip(hidden, wider.weights, drawn_weights, strict=False):
        # New units draw on what they are given, or they could never learn.
        assert (W[units:] == fresh[units:]).all()
    again = Network([3, *hidden, 2], names, "softmax", bias=bias, seed=11)
    carry(wider, again)
    assert (again.parameters == source.parameters).all()


@given(layers(), st.data())
def test_other_activations_keep_every_number(drawn: tuple[list[int], list[str]], data: st.DataObject) -> None:
    hidden, names = drawn
    source = learnt([3, *hidden, 1], names)
    others = [data.draw(st.sampled_from(HIDDEN)) for _ in names]
    target = Network([3, *hidden, 1], others, "tanh", seed=9)
    carry(source, target)
    assert (target.parameters == source.parameters).all()


@given(layers(), st.data())
def test_removing_a_unit_removes_just_its_weights(drawn: tuple[list[int], list[str]], data: st.DataObject) -> None:
    hidden, names = drawn
    hidden[0] += 1
    source = learnt([3, *hidden, 1], names)
    fewer = [hidden[0] - 1, *hidden[1:]]
    target = Network([3, *fewer, 1], names, seed=9)
    carry(source, target)
    assert (target.weights[0] == source.weights[0][:-1]).all()
    assert (target.biases[0] == source.biases[0][:-1]).all()
    assert (target.weights[1] == source.weights[1][:, :-1]).all()
    assert (target.biases[1] == source.biases[1]).all()
    for number in range(2, len(hidden) + 1):
        assert (target.weights[number] == source.weights[number]).all()


@pytest.mark.parametrize("inserted", [name for name in HIDDEN if name != "step"])
@pytest.mark.parametrize("before", ["tanh", "sigmoid"])
@pytest.mark.parametrize("size", [4, 6, 1])
def test_a_new_layer_passes_on_what_it_is_given(inserted: str, before: str, size: int) -> None:
    # One unit is enough before one output, however many it is given.
    source = learnt([3, 4, 1], before)
    target = Network([3, 4, size, 1], [before, inserted], seed=9)
    carry(source, target)
    scale = float(np.abs(source.weights[-1]).sum())
    assert float(np.abs(sums(target) - sums(source)).max()) < 0.06 * scale
    if inserted in ("linear", "relu", "leaky_relu") and size >= 4:
        np.testing.assert_allclose(sums(target), sums(source), atol=1e-12)


def test_a_linear_layer_comes_and_goes_without_a_trace() -> None:
    source = learnt([3, 4, 2], "tanh", "linear")
    deeper = Network([3, 4, 4, 2], ["tanh", "linear"], "linear", seed=9)
    carry(source, deeper)
    deeper.weights[1][:] += 0.1
    shallow = Network([3, 4, 2], "tanh", "linear", seed=11)
    carry(deeper, shallow)
    np.testing.assert_allclose(sums(shallow), sums(deeper), atol=1e-12)

    # A first layer before nothing but the output, and a layer between two others that stay.
    plain = learnt([3, 1], output="linear")
    first = Network([3, 5, 1], "linear", "linear", seed=9)
    carry(plain, first)
    np.testing.assert_allclose(sums(first), sums(plain), atol=1e-12)
    three = learnt([3, 5, 4, 1], ["tanh", "relu"])
    between = Network([3, 5, 6, 4, 1], ["tanh", "linear", "relu"], seed=9)
    carry(three, between)
    np.testing.assert_allclose(sums(between), sums(three), atol=1e-12)


def test_without_biases_there_stay_none() -> None:
    source = learnt([3, 4, 1], bias=True)
    target = Network([3, 5, 5, 1], ["tanh", "relu"], bias=False, seed=9)
    carry(source, target)
    assert not target.parameters[~target.layout.is_weight].any()


def test_one_output_of_two_classes_turns_into_two_that_are_compared_and_back() -> None:
    one = learnt([3, 4, 1])
    two = Network([3, 4, 2], output_activation="softmax", seed=9)
    carry(one, two)
    np.testing.assert_allclose(two.predict(X)[:, 1:], one.predict(X), atol=1e-12)
    back = Network([3, 4, 1], seed=11)
    carry(two, back)
    np.testing.assert_allclose(back.predict(X), one.predict(X), atol=1e-12)


def test_what_cannot_be_carried_is_refused_and_nothing_is_changed() -> None:
    target = Network([2, 3, 1], seed=9)
    before = target.parameters.copy()
    with pytest.raises(SettingError, match="3 inputs"):
        carry(learnt([3, 3, 1]), target)
    broken = Network([2, 3, 1])
    broken.weights[0][0, 0] = np.nan
    with pytest.raises(SettingError, match="not finite"):
        carry(broken, target)
    assert (target.parameters == before).all()
