"""The list of steps: in order, found again, walked by term, unit and layer, and short for wide layers."""

import numpy as np
import pytest

import nnviz
from nnviz.core.explain.expression import Rest
from nnviz.core.network import Network


@pytest.fixture(scope="module")
def steps():
    net = Network([2, 3, 2], "tanh", "softmax", seed=0)
    return nnviz.worked_example(net, [0.5, -1.0], [0.0, 1.0]).steps


def test_the_order_and_the_names(steps):
    assert [step.phase for step in steps if step.kind in ("sum", "example", "delta", "weight")][::1] == [
        *["forward"] * 5,
        "loss",
        *["backward"] * 5,
        *["update"] * 12,
    ]
    assert steps[0].id == "forward.0.1.0.term.0"
    assert [step.kind for step in steps[:5]] == ["term", "term", "bias", "sum", "activation"]
    assert [step.layer for step in steps if step.kind == "delta"] == [2, 2, 1, 1, 1]
    assert len({step.id for step in steps}) == len(steps)
    assert [steps.position(step) for step in steps] == list(range(len(steps)))
    with pytest.raises(ValueError, match="no step"):
        steps.position(steps[0]._replace(term=9))
    assert steps[-1] == steps[len(steps) - 1]
    with pytest.raises(IndexError):
        steps[len(steps)]


def test_walking(steps):
    assert steps.after(-1) == 0
    assert steps.after(-1, "unit") == 4
    assert steps.after(4, "unit") == 9
    assert steps.after(-1, "layer") == 14
    assert steps[steps.after(14, "layer")].layer == 2
    assert steps.after(len(steps) - 1, "layer") == len(steps) - 1
    assert steps.before(0) == steps.before(-1, "layer") == -1
    assert steps.before(9, "unit") == 4
    assert steps.before(14, "layer") == -1
    for pace in ("term", "unit", "layer"):
        place, seen = -1, []
        while place < len(steps) - 1:
            place = steps.after(place, pace)
            seen.append(place)
        assert seen[-1] == len(steps) - 1
        back = [place]
        while back[-1] >= 0:
            back.append(steps.before(back[-1], pace))
        assert back[:-1] == seen[::-1]


def test_where_numbers_ride(steps):
    ride = steps.ride(steps[1])
    assert (ride.layer, ride.unit, ride.source) == (1, 0, 1)
    weights = [step for step in steps if step.kind == "weight"]
    assert [steps.ride(step).source for step in weights[:3]] == [0, 1, 0]
    assert steps.ride(next(step for step in steps if step.kind == "example")).unit == 0


def test_terms_add_up_to_the_sum():
    net = Network([60, 1], [], "linear", seed=1)
    worked = nnviz.worked_example(net, np.linspace(-1, 1, 60), [0.0])
    steps = worked.steps
    assert [step.kind for step in steps[:11]] == [*["term"] * 8, "rest", "bias", "sum"]
    parts = [steps.equations_of(step)[0] for step in steps[:10]]
    assert sum(part.value for part in parts) == pytest.approx(worked.z[0][0], rel=1e-12)
    sizes = [abs(part.value) for part in parts[:8]]
    assert sizes == sorted(sizes, reverse=True)
    assert isinstance(parts[8].right, Rest)
    assert "… 52 more = " in worked.to_text()


def test_a_mini_batch_has_rows_and_then_their_mean():
    net = Network([2, 1], [], "linear", seed=1)
    worked = nnviz.worked_example(net, [[1.0, 2.0], [3.0, 4.0]], [[0.0], [1.0]])
    phases = [step.phase for step in worked.steps]
    assert list(dict.fromkeys(phases)) == ["forward", "loss", "backward", "mean", "update"]
    assert [step.row for step in worked.steps if step.kind == "example"] == [0, 1]
    text = worked.to_text()
    assert "Example 2, forward: layer 1, Linear" in text
    assert "L = (ℓ₁ + ℓ₂) / 2 = (" in text
    assert "(∂ℓ₁/∂w⁽¹⁾₁₁ + ∂ℓ₂/∂w⁽¹⁾₁₁) / 2 = " in text


def test_wide_networks_have_few_steps():
    net = Network([784, 128, 10], "relu", "softmax", seed=0)
    worked = nnviz.worked_example(net, np.full(784, 0.1), np.eye(10)[3], optimizer="adam")
    assert len(worked.steps) < 6000
    assert len(worked.to_text(6)) < 200_000
    assert worked.steps[3000].id == worked.steps[worked.steps.position(worked.steps[3000])].id
