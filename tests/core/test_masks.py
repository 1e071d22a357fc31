"""What is frozen, pinned, cut or muted stays so: on both engines, with every optimiser, through files and the past."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnviz.core.checkpoint import Checkpoint
from nnviz.core.errors import ExperimentError, SettingError
from nnviz.core.masks import CUT, FROZEN, MUTED, PINNED, Mask, Masks
from nnviz.core.network import Network
from nnviz.core.optimizers import OPTIMIZERS
from nnviz.core.schedules import SCHEDULES
from nnviz.core.trainer import Trainer
from tests.core.past_runs import rows

engines = pytest.mark.parametrize("engine", ["numpy", "compiled"])
#: Everything that moves a weight without its gradient, or mixes gradients.
RICH = {"l1": 0.001, "l2": 0.02, "clip_norm": 0.3, "learning_rate": 0.05}
PENALTIES = st.fixed_dictionaries(
    {
        "l1": st.sampled_from([0.0, 0.001]),
        "l2": st.sampled_from([0.0, 0.1]),
        "clip_norm": st.sampled_from([None, 0.1]),
        "dropout": st.sampled_from([0.0, 0.3]),
    }
)


@st.composite
def masks_of(draw, sizes):
    """Return masks of a network of those sizes, each kind among them at times."""
    layers = st.integers(1, len(sizes) - 1)

    def one(kind):
        layer = draw(layers) if kind != "muted" else draw(st.integers(1, len(sizes) - 2))
        unit, source = draw(st.integers(0, sizes[layer] - 1)), draw(st.integers(0, sizes[layer - 1] - 1))
        return {
            "frozen": Mask("frozen", layer, unit),
            "layer": Mask("frozen", layer),
            "pinned": Mask("pinned", layer, unit, source, 0.5),
            "cut": Mask("cut", layer, unit, source),
            "muted": Mask("muted", layer, unit),
        }[kind]

    kinds = draw(st.lists(st.sampled_from(["frozen", "layer", "pinned", "cut", "muted"]), min_size=1, max_size=5))
    return tuple({mask.place: mask for mask in map(one, kinds)}.values())


def make(engine="numpy", sizes=(2, 4, 3, 1), n=23, **chosen):
    network = Network(sizes, "tanh", "sigmoid", seed=1)
    return Trainer(network, *rows(0, n), *rows(1, 9), engine=engine, **{"batch_size": 5, **chosen})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    entries=masks_of((2, 4, 3, 1)),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    schedule=st.sampled_from(list(SCHEDULES)),
    batch_size=st.sampled_from([1, 2, 5, None]),
    penalties=PENALTIES,
    bias=st.booleans(),
)
def test_what_is_held_stays_to_the_last_bit_and_the_engines_agree(
    entries, optimizer, schedule, batch_size, penalties, bias
):
    found = []
    for engine in ("numpy", "compiled"):
        network = Network([2, 4, 3, 1], "tanh", "sigmoid", seed=1, bias=bias)
        trainer = Trainer(
            network, *rows(0, 23), engine=engine, optimizer=optimizer, schedule=schedule, batch_size=batch_size,
            **penalties,
        )  # fmt: skip
        trainer.run(2)
        trainer.step_batch()
        network.masks = Masks(network.layout, entries)
        held, before = network.masks.held, network.parameters.copy()
        remembered = trainer.checkpoint().state.slots
        trainer.run(4)
        after = network.parameters
        assert before[held].tobytes() == after[held].tobytes()
        assert remembered[:, held].tobytes() == trainer.checkpoint().state.slots[:, held].tobytes()
        assert not network.flat_gradient(*rows(0, 23))[held].any()
        assert trainer.worked_example().arithmetic.after[held].tobytes() == before[held].tobytes()
        codes = network.masks.codes
        assert not after[codes >= CUT].any()
        assert (after[codes == PINNED] == 0.5).all()
        found.append(after.copy())
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9, atol=1e-9)


@engines
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("batch_size", [1, 5])
def test_the_free_weights_go_as_if_the_held_ones_were_no_parameters(engine, optimizer, batch_size):
    """The others see the same gradients, clipped by a norm that the held ones are no part of."""
    trainer = make(engine, optimizer=optimizer, batch_size=batch_size, **RICH)
    network = trainer.network
    network.freeze(2, 1)
    network.cut(1, 0, 1)
    twin = make("numpy", optimizer=optimizer, batch_size=batch_size, **{**RICH, "clip_norm": None})
    twin.network.masks = network.masks
    twin.network.parameters = network.drop_unused_biases()
    worked = twin.worked_example()
    gradient, held = worked.arithmetic.penalised, network.masks.held
    assert not gradient[held].any()
    limit = float(np.linalg.norm(np.delete(gradient, held))) / 2
    before = network.parameters.copy()
    trainer.set(clip_norm=limit)
    coming = trainer.worked_example()
    assert np.linalg.norm(coming.arithmetic.used) == pytest.approx(limit, rel=1e-12)
    trainer.step_batch()
    np.testing.assert_allclose(network.parameters, coming.arithmetic.after, rtol=1e-12, atol=1e-15)
    moved = network.parameters != before
    assert not moved[held].any()
    assert moved.sum() > len(before) // 2


@engines
def test_without_masks_nothing_is_other_than_before_there_were_any(engine):
    plain, released = make(engine, optimizer="adam"), make(engine, optimizer="adam")
    released.network.freeze(1)
    released.network.mute(2, 0)
    released.network.release()
    plain.run(5)
    released.run(5)
    assert plain.network.parameters.tobytes() == released.network.parameters.tobytes()
    assert len(released.segments) <= 2


@engines
def test_what_is_released_learns_again_with_an_empty_memory(engine):
    trainer = make(engine, optimizer="momentum")
    trainer.run(3)
    trainer.network.freeze(1, 2)
    held = trainer.network.masks.held
    trainer.run(2)
    assert trainer.checkpoint().state.slots[0, held].all()
    trainer.network.release(1, 2)
    assert not trainer.checkpoint().state.slots[0, held].any()
    before = trainer.network.parameters[held].copy()
    trainer.step_batch()
    assert (trainer.network.parameters[held] != before).all()


@engines
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus"])
def test_a_muted_unit_is_silent_learns_nothing_and_speaks_again(engine, activation):
    network = Network([2, 4, 3, 1], activation, "sigmoid", seed=3)
    X, Y = rows(0, 23)
    answers = network.predict(X)
    network.mute(1, 2)
    without = network.copy()
    without.release()
    without.weights[1][:, 2] = 0.0
    np.testing.assert_array_equal(network.predict(X), without.predict(X))
    assert not network.forward(X)[1][:, 2].any()
    trainer = Trainer(network, X, Y, engine=engine, optimizer="adamw")
    assert not trainer.activations(X)[0][2].any()
    assert not trainer.moment().layer_values(X)[0][2].any()
    into = network.weights[0][2].copy(), float(network.biases[0][2])
    kept = network.masks.muted[0].kept
    trainer.run(3)
    assert not trainer.moment().forward(X).A[1][:, 2].any()
    assert (network.weights[0][2] == into[0]).all()
    assert network.biases[0][2] == into[1]
    network.release(1, 2)
    np.testing.assert_array_equal(network.weights[1][:, 2], kept)
    fresh = Network([2, 4, 3, 1], activation, "sigmoid", seed=3)
    fresh.mute(1, 2)
    fresh.release()
    np.testing.assert_array_equal(fresh.predict(X), answers)


@engines
def test_masks_go_through_checkpoints_files_and_the_past(engine, tmp_path):
    trainer = make(engine, optimizer="adam", dropout=0.2)
    trainer.run(3)
    trainer.network.pin(1, 0, 1, 0.75)
    trainer.network.mute(2, 1)
    trainer.run(3)
    trainer.network.release()
    trainer.network.freeze(2)
    trainer.run(2)
    assert [segment.began for segment in trainer.segments] == [("start",), ("weights", "masks"), ("weights", "masks")]
    trainer.checkpoint_at(6).save(tmp_path / "then.npz")
    again = Trainer.from_checkpoint(Checkpoint.load(tmp_path / "then.npz"), *rows(0, 23), *rows(1, 9))
    assert [mask.kind for mask in again.network.masks.entries] == ["pinned", "muted"]
    assert not trainer.checkpoint_at(3).network.masks
    then = trainer.moment_at(5)
    assert then.masks.codes.max() == MUTED
    again.network.release()
    again.network.freeze(2)
    again.run(2)
    np.testing.assert_array_equal(again.network.parameters, trainer.network.parameters)
    trainer.network.save(tmp_path / "net.npz")
    assert Network.load(tmp_path / "net.npz").masks == trainer.network.masks


def test_the_best_weights_come_back_but_for_what_has_been_held_since():
    trainer = make(optimizer="sgd", learning_rate=3.0, patience=2, restore_best=True)
    trainer.run(1)
    trainer.network.cut(1, 1, 0)
    trainer.run(200)
    assert trainer.is_stopped
    assert trainer.network.weights[0][1, 0] == 0.0


def test_codes_say_what_holds_each_parameter():
    network = Network([2, 3, 1], seed=0)
    network.freeze(1, 0)
    network.cut(1, 0, 1)
    network.pin(1, 1, None, 0.5)
    network.mute(1, 2)
    codes = network.masks.codes
    assert network.layout.weights(codes)[0].tolist() == [[FROZEN, CUT], [0, 0], [FROZEN, FROZEN]]
    assert network.layout.biases(codes)[0].tolist() == [FROZEN, PINNED, FROZEN]
    assert network.layout.weights(codes)[1].tolist() == [[0, 0, MUTED]]
    assert network.masks.is_frozen(1, 0)
    assert not network.masks.is_frozen(1, 1)
    assert network.masks.is_muted(1, 2)
    assert network.biases[0][1] == 0.5
    network.weights[0][0, 1] = 7.0
    network.predict([[0.0, 0.0]])
    assert network.weights[0][0, 1] == 0.0


def test_what_has_its_value_from_a_mask_is_not_written_over():
    trainer = make()
    trainer.network.cut(1, 0, 0)
    trainer.network.pin(1, 0, 1, 0.5)
    trainer.network.mute(2, 0)
    layout = trainer.network.layout
    for place, words in (
        (layout.weight_index(1, 0, 0), "cut"),
        (layout.weight_index(1, 0, 1), "pinned"),
        (layout.weight_index(3, 0, 0), "muted"),
    ):
        with pytest.raises(SettingError, match=words):
            trainer.set_parameter(place, 1.0)
    trainer.network.freeze(1, 3)
    trainer.set_parameter(layout.weight_index(1, 3, 0), 1.25)
    trainer.run(2)
    assert trainer.network.weights[0][3, 0] == 1.25


@pytest.mark.parametrize(
    "entry",
    [
        Mask("muted", 2, 0),
        Mask("muted", 1),
        Mask("muted", 1, 0, 1),
        Mask("cut", 1, 0),
        Mask("cut", 1, 0, 2),
        Mask("frozen", 3),
        Mask("frozen", 1, 3),
        Mask("frozen", 0),
        Mask("pinned", 1, 0, 0),
        Mask("pinned", 1, 0, 0, float("nan")),
        Mask("frozen", 1, 0, None, 0.5),
        Mask("frozen", 1, None, 1),
        Mask("glued", 1),
        Mask("muted", 1, 0, kept=(1.0, 2.0)),
    ],
)
def test_masks_of_what_there_is_not_are_refused(entry):
    with pytest.raises(SettingError):
        Masks(Network([2, 3, 1]).layout, (entry,))


def test_masks_are_of_one_network_and_one_for_each_place(tmp_path):
    network = Network([2, 3, 1])
    with pytest.raises(SettingError, match="two masks"):
        Masks(network.layout, (Mask("cut", 1, 0, 0), Mask("pinned", 1, 0, 0, 1.0)))
    with pytest.raises(SettingError, match="other layers"):
        network.masks = Masks(Network([2, 4, 1]).layout)
    with pytest.raises(SettingError, match="no biases"):
        Network([2, 3, 1], bias=False).pin(1, 0, None, 0.5)
    network.cut(1, 0, 0)
    arrays = network.to_arrays()
    arrays["network"] = np.array(str(arrays["network"]).replace('"cut"', '"sawn"'))
    with pytest.raises(ExperimentError):
        Network.from_arrays(arrays)
