"""What stands on the sheet and rides on the diagram at each step."""

import re

import numpy as np
import pytest

import nnviz
from nnviz.core.explain.layer_forms import layer_forms
from nnviz.core.explain.page import Pages
from nnviz.core.network import Network


@pytest.fixture(scope="module")
def worked():
    net = Network([3, 3, 1], "sigmoid", "sigmoid", bias=False)
    net.weights = [[[0.9, 0.8, 0.1], [0.3, 0.5, 0.6], [0.2, 0.4, 0.7]], [[0.3, 0.5, 0.9]]]
    return nnviz.worked_example(net, [1, 0, 1], [0], loss="half_squared_error", learning_rate=0.5, digits=2)


def plain(html):
    return re.sub(r"<[^>]+>", "", html)


def pages(worked):
    pages = Pages(worked.equations(), worked.steps)
    return [pages.at(position) for position in range(len(worked.steps))]


def test_before_everything(worked):
    nothing = Pages(worked.equations(), worked.steps).at(-1)
    assert (nothing.current, nothing.lines, nothing.notes) == ("", (), ())


def test_a_sum_grows_term_by_term(worked):
    first, second, third, summed, active = pages(worked)[:5]
    assert first.title == "Forward: layer 1, unit 1"
    assert plain(first.current) == "w(1)11·x1 = 0.9·1 = 0.9"
    assert plain(first.lines[-1]) == "z(1)1 = 0.9·1 + …"
    assert plain(second.lines[-1]) == "z(1)1 = 0.9·1 + 0.8·0 + …"
    assert 'href="wire:1.0.1"' in second.lines[-1]
    assert plain(third.lines[-1]) == "z(1)1 = 0.9·1 + 0.8·0 + 0.1·1"
    assert plain(summed.lines[-1]) == "z(1)1 = 0.9·1 + 0.8·0 + 0.1·1 = 1"
    # What stands out is not said twice.
    assert plain(active.current) == "a(1)1 = σ(z(1)1) = σ(1) ≈ 0.73"
    assert [plain(line) for line in active.lines] == ["z(1)1 = 0.9·1 + 0.8·0 + 0.1·1 = 1"]


def test_numbers_ride_on_wires_and_units(worked):
    steps = worked.steps
    all_pages = pages(worked)
    second = all_pages[1].notes
    assert [(note.source, note.text, note.is_current) for note in second] == [(0, "0.9", False), (1, "0.8·0 = 0", True)]
    active = next(n for n, step in enumerate(steps) if step.kind == "activation" and step.unit == 1)
    at_units = {note.unit: note.text for note in all_pages[active].notes if note.source is None}
    assert at_units == {0: "0.73", 1: "a⁽¹⁾₂ = 0.71"}
    changed = next(n for n, step in enumerate(steps) if step.kind == "weight" and step.layer == 2)
    assert all_pages[changed].notes[-1].text == "0.3 → 0.25"
    for position, shown in enumerate(all_pages):
        assert [note.is_current for note in shown.notes].count(True) == 1
        assert shown.current
        assert shown.notes[-1].layer == steps[position].layer


def test_wide_layers_stay_short():
    net = Network([784, 128, 10], "relu", "softmax", seed=0)
    worked = nnviz.worked_example(net, np.full(784, 0.1), np.eye(10)[3])
    pages, steps = Pages(worked.equations(), worked.steps), worked.steps
    for position in range(0, len(steps), 97):
        shown = pages.at(position)
        assert len(shown.lines) <= 60
        assert len(shown.notes) <= 40


def test_a_mini_batch_names_its_examples():
    net = Network([2, 1], [], "linear", seed=0)
    worked = nnviz.worked_example(net, [[1.0, 2.0], [3.0, 4.0]], [[0.0], [1.0]])
    titles = list(dict.fromkeys(shown.title for shown in pages(worked)))
    assert titles[0] == "Example 1, forward: layer 1, unit 1"
    assert titles[-2:] == ["All examples together: layer 1, unit 1", "Update: layer 1, unit 1"]


def test_three_forms_of_a_layer(worked):
    forms = dict(layer_forms(worked.equations(), 1))
    assert list(forms) == ["One unit", "Matrix · vector", "Matrix · matrix"]
    assert "(3 × 3)·(3 × 1) = (3 × 1)" in plain(forms["Matrix · vector"])
    batch = nnviz.worked_example(Network([2, 3, 1], seed=0), np.ones((4, 2)), np.ones((4, 1)))
    forms = dict(layer_forms(batch.equations(), 2, row=1))
    assert "(1 × 3)·(3 × 4) + (1 × 1) = (1 × 4)" in plain(forms["Matrix · matrix"])
    wide = nnviz.worked_example(Network([50, 40, 1], seed=0), np.ones(50), np.ones(1))
    assert "⋮" in dict(layer_forms(wide.equations(), 1))["Matrix · vector"]
