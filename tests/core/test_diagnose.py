"""Every finding has a network that must raise it and one that must not; the configurations are those of classrooms."""

from typing import get_args

import numpy as np
import pytest

import nnviz
from nnviz.core.diagnose import Kind
from nnviz.core.health_measures import identical_units, rising_share, scale_ratio, standing_still
from nnviz.core.masks import Mask, Masks
from nnviz.core.network import Network
from nnviz.core.trainer import Trainer

KINDS = set(get_args(Kind))


def trainer(name, sizes, hidden, output="sigmoid", *, seed=0, init="auto", init_scale=1.0, X=None, Y=None, **settings):
    data = nnviz.load_dataset(name, n_samples=200, seed=0)
    net = Network(sizes, hidden, output, init=init, init_scale=init_scale, seed=seed)
    inputs = data.X / 3.0 if X is None else X
    return Trainer(net, inputs, data.targets(net) if Y is None else Y, engine="numpy", **settings)


def kinds(run, epochs=0):
    run.run(epochs)
    found = run.health()
    for finding in found:
        assert finding.kind in KINDS
        assert finding.source
        assert finding.fix.label
        assert finding.sentence.endswith((".", "%."))
    return {finding.kind for finding in found}


@pytest.mark.parametrize("seed", range(3))
def test_vanishing_gradients(seed):
    for depth in (4, 5):
        assert "vanishing" in kinds(trainer("circles", [2, *[8] * depth, 1], "sigmoid", seed=seed))
    for depth in (1, 2):
        assert "vanishing" not in kinds(trainer("circles", [2, *[8] * depth, 1], "sigmoid", seed=seed))
    assert "vanishing" not in kinds(trainer("circles", [2, *[8] * 5, 1], "tanh", seed=seed))
    finding = trainer("circles", [2, *[8] * 6, 1], "sigmoid", seed=seed).health()[0]
    assert (finding.kind, finding.layer, finding.fix.remedy, finding.fix.value) == (
        "vanishing",
        1,
        "activation",
        "relu",
    )
    assert finding.measured < finding.threshold


def test_exploding_gradients():
    x = np.linspace(-1, 1, 60)[:, None]
    high = trainer("sine", [1, 16, 16, 1], "relu", "linear", X=x, Y=np.sin(3 * x), init="normal", init_scale=3.0)
    assert "exploding" in kinds(high)
    fix = next(finding.fix for finding in high.health() if finding.kind == "exploding")
    high.set(**{fix.name: fix.value})
    calm = trainer("sine", [1, 16, 16, 1], "relu", "linear", X=x, Y=np.sin(3 * x))
    assert not kinds(calm) & {"exploding", "vanishing"}


@pytest.mark.parametrize("seed", range(2))
def test_dying_relu(seed):
    dead = trainer("moons", [2, 8, 8, 2], "relu", "softmax", seed=seed, learning_rate=3.0, init="he_normal")
    assert {"silent", "rising"} <= kinds(dead, 60)
    finding = next(finding for finding in dead.health() if finding.kind == "silent")
    A = dead.network.forward(dead.problem.X)[finding.layer]
    assert not A[:, finding.units].any()
    assert "silent" not in kinds(trainer("moons", [2, 8, 8, 2], "relu", "softmax", seed=seed, learning_rate=0.1), 30)
    leaky = trainer("moons", [2, 8, 8, 2], "leaky_relu", "softmax", seed=seed, learning_rate=3.0)
    assert "silent" not in kinds(leaky, 20)


def test_saturated_units():
    full = trainer("circles", [2, 8, 8, 1], "tanh", init="normal", init_scale=30.0)
    assert "saturated" in kinds(full)
    assert "saturated" not in kinds(trainer("circles", [2, 8, 8, 1], "tanh"))
    # A ReLU has no upper end, and stands at its lower one without harm on half of the examples.
    assert "saturated" not in kinds(trainer("circles", [2, 8, 8, 1], "relu"))


def test_the_length_of_steps():
    assert "large_steps" in kinds(trainer("moons", [2, 8, 1], "tanh", learning_rate=30.0))
    assert "small_steps" in kinds(trainer("moons", [2, 8, 1], "tanh", learning_rate=1e-8))
    run = trainer("moons", [2, 8, 1], "tanh", learning_rate=1e-8)
    (fix,) = (finding.fix for finding in run.health() if finding.kind == "small_steps")
    assert fix.value > run.settings.learning_rate
    assert not kinds(trainer("moons", [2, 8, 1], "tanh", learning_rate=0.03), 5) & {"large_steps", "small_steps"}


def test_identical_units():
    equal = trainer("xor", [2, 4, 1], "tanh", init="constant", init_scale=0.5)
    assert "identical" in kinds(equal, 20)
    assert next(finding for finding in equal.health() if finding.kind == "identical").units == (0, 1, 2, 3)
    assert "identical" not in kinds(trainer("xor", [2, 4, 1], "tanh"), 20)
    assert identical_units(np.array([[1.0, 2.0, 1.0], [3.0, 4.0, 3.0]]), np.zeros(3, dtype=bool)) == (0, 2)
    assert identical_units(np.zeros((4, 3)), np.ones(3, dtype=bool)) == ()


def test_a_class_that_is_never_predicted():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(0, 0.6, (190, 2)), rng.normal(1, 0.3, (10, 2))])
    Y = np.eye(2)[np.r_[np.zeros(190, int), np.ones(10, int)]]
    rare = trainer("xor", [2, 4, 2], "tanh", "softmax", X=X, Y=Y, learning_rate=0.03)
    assert "never_predicted" not in kinds(rare)  # before it has learnt anything
    assert "never_predicted" in kinds(rare, 5)
    assert next(finding for finding in rare.health() if finding.kind == "never_predicted").units == (1,)
    balanced = trainer("xor", [2, 4, 2], "tanh", "softmax", X=X, Y=Y, learning_rate=0.1, class_weights="balanced")
    assert "never_predicted" not in kinds(balanced, 30)
    one = trainer("xor", [2, 4, 1], "tanh", X=X, Y=Y[:, 1:], learning_rate=0.03)
    assert "never_predicted" in kinds(one, 5)


def test_scales():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(100, 2)), rng.normal(size=(100, 1))
    ordinary = trainer("xor", [2, 3, 1], "tanh", "linear", X=X, Y=Y)
    assert not kinds(ordinary) & {"input_scales", "target_scales"}
    assert "input_scales" in kinds(trainer("xor", [2, 3, 1], "tanh", "linear", X=X * [1, 500], Y=Y))
    assert "target_scales" in kinds(trainer("xor", [2, 3, 1], "tanh", "linear", X=X, Y=Y * 1000))
    assert "target_scales" in kinds(trainer("xor", [2, 3, 1], "tanh", "linear", X=X, Y=Y + 1000))
    assert "target_scales" in kinds(trainer("xor", [2, 3, 1], "tanh", "linear", X=X, Y=Y / 1000))
    two = np.hstack([Y, 200 * Y])
    assert "target_scales" in kinds(trainer("xor", [2, 3, 2], "tanh", "linear", X=X, Y=two))
    # Classes are no scale, and a constant column has none.
    assert "target_scales" not in kinds(trainer("xor", [2, 3, 1], "tanh", X=X, Y=(Y > 0) * 1.0))
    assert scale_ratio(np.column_stack([np.ones(5), np.arange(5.0)])) == (1.0, 1)


def test_a_loss_that_rises():
    assert "rising" in kinds(*swinging())
    assert "rising" not in kinds(trainer("moons", [2, 8, 2], "tanh", "softmax", learning_rate=0.1, batch_size=None), 80)
    assert rising_share(np.array([1.0, 2.0] * 30)) == pytest.approx(0.5, abs=0.02)
    assert rising_share(np.array([1e-9, 2e-9] * 30)) == 0.0
    assert rising_share(np.array([1.0, 2.0])) == 0.0


def test_a_plateau_as_source_d_has_it():
    still = trainer(
        "moons", [2, 5, 3, 1], "sigmoid", init="normal", init_scale=0.01, learning_rate=1.2, batch_size=None
    )
    assert "plateau" in kinds(still, 60)
    moving = trainer("moons", [2, 5, 3, 1], "sigmoid", learning_rate=1.2, batch_size=None)
    assert "plateau" not in kinds(moving, 60)
    assert standing_still(np.full(40, 0.7)) is None
    assert standing_still(np.full(60, 1e-6)) is None
    assert standing_still(np.full(60, 0.7)) == 0.0


def test_looking_changes_nothing():
    run = trainer("moons", [2, 8, 1], "tanh", optimizer="adam", dropout=0.3)
    run.run(3)
    run.step_batch()
    before = run.checkpoint()
    run.health()
    run.worked_example()
    after = run.checkpoint()
    assert (before.parameters == after.parameters).all()
    assert (before.state.slots == after.state.slots).all()
    assert (before.state.order == after.state.order).all()
    assert (before.state.sample, before.state.update) == (after.state.sample, after.state.update)


def test_a_good_run_has_nothing():
    run = trainer("moons", [2, 8, 1], "tanh", learning_rate=0.1)
    assert kinds(run) == set()
    assert kinds(run, 60) == set()


def unit_scales(scale):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(100, 2)), rng.normal(size=(100, 1))
    return {"X": X * scale[0], "Y": Y * scale[1]}


def rare(**settings):
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(0, 0.6, (190, 2)), rng.normal(1, 0.3, (10, 2))])
    Y = np.eye(2)[np.r_[np.zeros(190, int), np.ones(10, int)]]
    return trainer("xor", [2, 4, 2], "tanh", "softmax", X=X, Y=Y, **settings), 30


def sized(init_scale):
    return trainer("circles", [2, 16, 16, 1], "relu", "linear", init="normal", init_scale=init_scale), 0


def swinging():
    """A heavy ball in a bowl that ends above zero: up as often as down, to the rounding of every processor.

    What a net does whose steps are far too long is chaos, and another one on another processor.
    """
    settings = {"optimizer": "momentum", "momentum": 0.99, "learning_rate": 1.0, "batch_size": None}
    return trainer("xor", [2, 1], "tanh", "linear", **unit_scales((1, 1)), **settings), 80


def moons(**settings):
    return trainer("moons", [2, 8, 2], "tanh", "softmax", **settings), settings.pop("epochs", 0)


#: Of each kind a network that must raise it and one that must not, and epochs to be trained before.
CASES = {
    "silent": (
        lambda: (trainer("moons", [2, 8, 8, 2], "relu", "softmax", learning_rate=3.0, init="he_normal"), 60),
        lambda: (trainer("moons", [2, 8, 8, 2], "relu", "softmax", learning_rate=0.1), 30),
    ),
    "saturated": (
        lambda: (trainer("circles", [2, 8, 8, 1], "tanh", init="normal", init_scale=30.0), 0),
        lambda: (trainer("circles", [2, 8, 8, 1], "tanh"), 0),
    ),
    "vanishing": (
        lambda: (trainer("circles", [2, 8, 8, 8, 8, 1], "sigmoid"), 0),
        lambda: (trainer("circles", [2, 8, 8, 1], "sigmoid"), 0),
    ),
    "exploding": (lambda: sized(3.0), lambda: sized(0.3)),
    "large_steps": (
        lambda: (trainer("moons", [2, 8, 1], "tanh", learning_rate=30.0), 0),
        lambda: (trainer("moons", [2, 8, 1], "tanh", learning_rate=0.03), 5),
    ),
    "small_steps": (
        lambda: (trainer("moons", [2, 8, 1], "tanh", learning_rate=1e-8), 0),
        lambda: (trainer("moons", [2, 8, 1], "tanh", learning_rate=0.03), 5),
    ),
    "identical": (
        lambda: (trainer("xor", [2, 4, 1], "tanh", init="constant", init_scale=0.5), 20),
        lambda: (trainer("xor", [2, 4, 1], "tanh"), 20),
    ),
    "never_predicted": (
        lambda: (rare(learning_rate=0.03)[0], 5),
        lambda: rare(learning_rate=0.1, class_weights="balanced"),
    ),
    "input_scales": (
        lambda: (trainer("xor", [2, 3, 1], "tanh", "linear", **unit_scales(([1, 500], 1))), 0),
        lambda: (trainer("xor", [2, 3, 1], "tanh", "linear", **unit_scales(([1, 50], 1))), 0),
    ),
    "target_scales": (
        lambda: (trainer("xor", [2, 3, 1], "tanh", "linear", **unit_scales((1, 1000))), 0),
        lambda: (trainer("xor", [2, 3, 1], "tanh", "linear", **unit_scales((1, 50))), 0),
    ),
    "rising": (
        swinging,
        lambda: (moons(learning_rate=0.1, batch_size=None)[0], 80),
    ),
    "plateau": (
        lambda: (
            trainer(
                "moons", [2, 5, 3, 1], "sigmoid", init="normal", init_scale=0.01, learning_rate=1.2, batch_size=None
            ),
            60,
        ),
        lambda: (trainer("moons", [2, 5, 3, 1], "sigmoid", learning_rate=1.2, batch_size=None), 60),
    ),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_badge_has_a_network_that_raises_it_and_one_that_does_not(kind):
    ill, well = (make() for make in CASES[kind])
    assert kind in kinds(*ill)
    assert kind not in kinds(*well)
    # What is told is what was measured, on the right side of the threshold that it names.
    finding = next(finding for finding in ill[0].health() if finding.kind == kind)
    below, above = finding.measured <= finding.threshold, finding.measured >= finding.threshold
    assert below if finding.is_told_below else above or kind == "exploding"


@pytest.mark.parametrize("kind", ["frozen", "muted"])
def test_what_masks_keep_from_learning_is_passed_over(kind):
    def ill(masks=()):
        net = Network([2, 4, 2], "tanh", "softmax", seed=0)
        # Units 1 and 2 are the same, and stand at a flat end.
        net.weights[0][1:3] = 80.0
        net.biases[0][1:3] = 300.0
        net.masks = Masks(net.layout, masks)
        data = nnviz.load_dataset("moons", n_samples=100, seed=0)
        return Trainer(net, data.X, data.targets(net), engine="numpy", learning_rate=0.05)

    assert {"saturated", "identical"} <= kinds(ill())
    held = ill((Mask(kind, 1, 1), Mask(kind, 1, 2)))
    assert not kinds(held) & {"saturated", "identical", "silent"}
    assert held.checkup().n_held == 6 + 4 * (kind == "muted")
    # The other of the two is told of by itself; nothing that is held is to be redrawn.
    (alone,) = [finding for finding in ill((Mask(kind, 1, 1),)).health() if finding.kind == "saturated"]
    assert alone.units == (2,)
    # A network that is frozen as a whole does not take too short steps: it is to take none.
    whole = ill((Mask("frozen", 1), Mask("frozen", 2)))
    assert "small_steps" not in kinds(whole, 2)
    assert np.isnan(whole.checkup().update_ratios).all()
