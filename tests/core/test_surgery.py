"""Operations on units and layers: what they promise of the answers, and what becomes of masks."""

import numpy as np
import pytest

from nnviz.core.activations import ACTIVATIONS
from nnviz.core.masks import Mask, Masks
from nnviz.core.network import Network
from nnviz.core.surgery import MIRRORED, Operation, draw_unit, negate_unit, swap_units

X = np.random.default_rng(0).normal(size=(20, 3))


def net(sizes=(3, 4, 5, 2), activation="tanh", **more):
    network = Network(sizes, activation, "softmax", seed=2, **more)
    if network.bias:
        for biases in network.biases:
            biases[:] = np.random.default_rng(1).normal(size=len(biases))
    return network


def after(operation, source, hidden, names, **more):
    target = Network((3, *hidden, 2), names, "softmax", seed=9, **more)
    operation.carry(source, target)
    return target


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("operation", "hidden", "names"),
    [
        (Operation("clone", 1, 2), (5, 5), "tanh"),
        (Operation("clone", 2, 0), (4, 6), "tanh"),
        (Operation("add", 1), (5, 5), "tanh"),
        (Operation("insert_layer", 1), (3, 4, 5), ["linear", "tanh", "tanh"]),
        (Operation("insert_layer", 2), (4, 4, 5), ["tanh", "linear", "tanh"]),
        (Operation("insert_layer", 3), (4, 5, 5), ["tanh", "tanh", "linear"]),
    ],
)
def test_what_promises_to_change_no_answer_changes_none(operation, hidden, names, bias):
    source = net(bias=bias)
    target = after(operation, source, hidden, names, bias=bias)
    np.testing.assert_allclose(target.predict(X), source.predict(X), rtol=1e-12, atol=1e-14)


def test_a_removed_unit_is_gone_and_the_others_are_as_they_were():
    source = net()
    target = after(Operation("remove", 1, 1), source, (3, 5), "tanh")
    assert (target.weights[0] == np.delete(source.weights[0], 1, axis=0)).all()
    assert (target.weights[1] == np.delete(source.weights[1], 1, axis=1)).all()
    muted = source.copy()
    muted.mute(1, 1)
    np.testing.assert_allclose(target.predict(X), muted.predict(X), rtol=1e-12)


def test_a_removed_layer_leaves_what_it_did_to_the_sums():
    source = Network((3, 4, 4, 2), ["linear", "tanh"], "softmax", seed=2)
    target = after(Operation("remove_layer", 1), source, (4,), ["tanh"])
    np.testing.assert_allclose(target.predict(X), source.predict(X), rtol=1e-12)


def test_swapped_units_answer_the_same_together():
    network = net()
    before, sums = network.predict(X), network.pre_activations(X)[0]
    swap_units(network, 1, 0, 3)
    np.testing.assert_allclose(network.predict(X), before, rtol=1e-12)
    np.testing.assert_array_equal(network.pre_activations(X)[0], sums[:, [3, 1, 2, 0]])


def test_a_negated_unit_answers_the_same_where_its_activation_is_mirrored():
    for name, entry in ACTIVATIONS.items():
        if not (entry.hidden and entry.elementwise):
            continue
        network = net(activation=name)
        before = network.predict(X)
        negate_unit(network, 1, 2)
        same = np.allclose(network.predict(X), before, rtol=1e-11, atol=1e-13)
        assert same == (name in MIRRORED), name


def test_a_unit_is_drawn_anew_each_time():
    network = net()
    before, seen = network.parameters.copy(), set()
    for _ in range(3):
        draw_unit(network, 2, 3)
        seen.add(network.weights[1][3].tobytes())
    assert len(seen) == 3
    touched = Masks(network.layout, (Mask("frozen", 2, 3), Mask("muted", 2, 3))).codes > 0
    assert (network.parameters[~touched] == before[~touched]).all()


def test_masks_move_with_their_units():
    masks = (Mask("frozen", 1, 2), Mask("cut", 2, 0, 2), Mask("muted", 1, 1), Mask("frozen", 2))
    moved = Operation("remove", 1, 1).moved(masks, 4)
    assert moved == (Mask("frozen", 1, 1), Mask("cut", 2, 0, 1), Mask("frozen", 2))
    moved = Operation("clone", 1, 1).moved(masks, 4)
    assert moved == (Mask("frozen", 1, 3), Mask("cut", 2, 0, 3), Mask("muted", 1, 1), Mask("frozen", 2))
    assert [mask.layer for mask in Operation("insert_layer", 2).moved(masks, 4)] == [1, 3, 1, 3]
    assert Operation("remove_layer", 1).moved(masks, 4) == (Mask("frozen", 1),)
