"""Entries of the generated data sets: what they teach, their formulas and their settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnviz.data import generators
from nnviz.data.dataset import Dataset
from nnviz.data.entry import DataParameter, DatasetEntry, Make

CLASS_LETTERS = "ABCDEF"


def _plane_of(generator: Callable[..., generators.Rows], class_names: Callable[[Mapping[str, Any]], list[str]]) -> Make:
    """Return how a plane with classes is made."""

    def make(entry: DatasetEntry, seed: int, parameters: Mapping[str, Any]) -> Dataset:
        X, classes = generator(np.random.default_rng(seed), **parameters)
        return Dataset.of_classes(X, classes, class_names(parameters), ("x1", "x2"), name=entry.name, title=entry.label)

    return make


def _values_of(generator: Callable[..., generators.Values], feature_names: tuple[str, ...]) -> Make:
    """Return how values of a formula are made."""

    def make(entry: DatasetEntry, seed: int, parameters: Mapping[str, Any]) -> Dataset:
        X, y = generator(np.random.default_rng(seed), **parameters)
        return Dataset.of_values(X, y, feature_names, ("y",), name=entry.name, title=entry.label)

    return make


def _letters(count: str | int) -> Callable[[Mapping[str, Any]], list[str]]:
    """Return the class names "class A", "class B" …, as many as a number or a parameter says."""
    return lambda parameters: [
        f"class {letter}" for letter in CLASS_LETTERS[: parameters[count] if isinstance(count, str) else count]
    ]


def _samples(default: int = 500) -> DataParameter:
    return DataParameter(
        name="n_samples",
        label="Samples",
        help="How many points there are, training and test together.",
        default=default,
        minimum=10,
        maximum=20_000,
        integer=True,
        logarithmic=True,
        role="rows",
    )


def _jitter(default: float, effect: str) -> DataParameter:
    return DataParameter(
        name="noise",
        label="Noise",
        help=f"Standard deviation of a normal jitter added to both features, in units of the axes: {effect}",
        default=default,
        minimum=0.0,
        maximum=3.0,
        role="noise",
    )


def _error(default: float, target_range: str) -> DataParameter:
    return DataParameter(
        name="noise",
        label="Noise",
        help=f"Standard deviation of a normal error added to the target, which spans {target_range} without it.",
        default=default,
        minimum=0.0,
        maximum=1.0,
        role="noise",
    )


def _n_classes(default: int = 2) -> DataParameter:
    return DataParameter(
        name="n_classes",
        label="Classes",
        help="How many classes there are to tell apart.",
        default=default,
        minimum=2,
        maximum=6,
        integer=True,
        role="classes",
    )


def _spread(default: float) -> DataParameter:
    return DataParameter(
        name="spread",
        label="Spread",
        help="Standard deviation of each cloud in both features, before the noise; 0 makes each cloud one point.",
        default=default,
        minimum=0.0,
        maximum=3.0,
    )


TOYS = (
    DatasetEntry(
        name="circles",
        label="Circles",
        help="A disc inside a ring: no straight line parts them, three hidden units can.",
        formula="inside: r ≤ 6·factor · ring: r from 6·(factor + 0.4·(1 − factor)) to 6",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(),
            _jitter(0.2, "disc and ring fray and finally run into each other."),
            DataParameter(
                name="factor",
                label="Inner radius",
                help="Radius of the disc as a share of the ring's; the nearer to 1, the narrower the gap.",
                default=0.5,
                minimum=0.1,
                maximum=0.9,
            ),
        ),
        make=_plane_of(generators.circles, lambda _: ["ring", "disc"]),
    ),
    DatasetEntry(
        name="xor",
        label="XOR (quadrants)",
        help="Four filled quadrants, opposite ones of one class: two units cannot part them cleanly, four can.",
        formula="class B where x₁ > 0 xor x₂ > 0",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(),
            _jitter(0.0, "points cross the axes and lie among those of the other class."),
            DataParameter(
                name="margin",
                label="Margin",
                help="Empty distance between the points and the axes, before the noise.",
                default=0.3,
                minimum=0.0,
                maximum=3.0,
            ),
        ),
        make=_plane_of(generators.xor, _letters(2)),
    ),
    DatasetEntry(
        name="xor_blobs",
        label="XOR (four blobs)",
        help="Four clouds, opposite ones of one class: two units can part them, but not from every start.",
        formula="centres (±4, ±4) · class B where the signs differ",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(), _jitter(0.0, "the clouds grow until they touch."), _spread(0.6)),
        make=_plane_of(generators.xor_blobs, _letters(2)),
    ),
    DatasetEntry(
        name="blobs",
        label="Gaussian blobs",
        help="One cloud for each class around a circle: straight lines part them, so that no hidden layer is needed.",
        formula="centres at distance 4, evenly around the origin",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(), _jitter(0.0, "the clouds grow until they overlap."), _n_classes(), _spread(0.7)),
        make=_plane_of(generators.blobs, _letters("n_classes")),
        # A line through the origin parts two: half of all first weights do that before any training.
        offered={"n_classes": 3.0},
    ),
    DatasetEntry(
        name="moons",
        label="Moons",
        help="Two half circles that reach into each other: a gently bent boundary parts them.",
        formula="(cos t, sin t) and (1 − cos t, ½ − sin t), t from 0 to π, four times enlarged",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(), _jitter(0.4, "the thin arcs become broad and finally touch.")),
        make=_plane_of(generators.moons, _letters(2)),
    ),
    DatasetEntry(
        name="spiral",
        label="Spiral",
        help="Arms that wind around each other: hard with one hidden layer, easier with two.",
        formula="r = 6t, angle = 2π·(turns·t + k/arms), t from 0.05 to 1",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(),
            _jitter(0.1, "the arms become broad and finally touch."),
            DataParameter(
                name="arms",
                label="Arms",
                help="How many arms there are; each is a class of its own.",
                default=2,
                minimum=2,
                maximum=5,
                integer=True,
                role="classes",
            ),
            DataParameter(
                name="turns",
                label="Turns",
                help="How often each arm winds around the centre; more turns need more units.",
                default=1.75,
                minimum=0.25,
                maximum=4.0,
            ),
        ),
        make=_plane_of(generators.spiral, _letters("arms")),
    ),
    DatasetEntry(
        name="checkerboard",
        label="Checkerboard",
        help="Squares of two classes in turn: the more squares, the more units are needed.",
        formula="class A where row + column is even",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(
            _samples(1000),
            _jitter(0.0, "points stray into the neighbouring squares."),
            DataParameter(
                name="squares",
                label="Squares",
                help="Squares along each side of the board.",
                default=4,
                minimum=2,
                maximum=10,
                integer=True,
            ),
        ),
        make=_plane_of(generators.checkerboard, _letters(2)),
    ),
    DatasetEntry(
        name="random_labels",
        label="Random labels",
        help="Classes drawn by lot: there is nothing to learn, but a large network can learn it by heart.",
        formula="class and position are independent",
        group="toy",
        task="classification",
        n_features=2,
        parameters=(_samples(100), _jitter(0.0, "it moves the points, whose classes are random anyway."), _n_classes()),
        make=_plane_of(generators.random_labels, _letters("n_classes")),
    ),
)

CURVES = (
    DatasetEntry(
        name="plane",
        label="Plane",
        help="A value that rises evenly across the plane: a network without hidden layer predicts it exactly.",
        formula="y = (x₁ + x₂) / 12",
        group="regression",
        task="regression",
        n_features=2,
        parameters=(_samples(), _error(0.0, "−1 to 1")),
        make=_values_of(generators.plane, ("x1", "x2")),
    ),
    DatasetEntry(
        name="multi_gaussian",
        label="Multi-Gaussian",
        help="Three hills and three hollows: each needs several hidden units to model.",
        formula="y = Σ ±exp(−d²/2), d the distance from (−4, 0 or 4; ±2.5)",
        group="regression",
        task="regression",
        n_features=2,
        parameters=(_samples(), _error(0.0, "−1 to 1")),
        make=_values_of(generators.multi_gaussian, ("x1", "x2")),
    ),
    DatasetEntry(
        name="sine",
        label="Sine",
        help="A wave of one variable: see how hidden units add up to a curve, and how it goes wrong beyond the data.",
        formula="y = sin(frequency · x), x from −6 to 6",
        group="regression",
        task="regression",
        n_features=1,
        parameters=(
            _samples(200),
            _error(0.05, "−1 to 1"),
            DataParameter(
                name="frequency",
                label="Frequency",
                help="How fast the wave goes: 1 is about two waves over the range, 0.5 about one.",
                default=1.0,
                minimum=0.1,
                maximum=5.0,
            ),
        ),
        make=_values_of(generators.sine, ("x",)),
    ),
    DatasetEntry(
        name="nielsen",
        label="Nielsen's function",
        help="The wavy function of Nielsen's chapter on universal approximation: more hidden units follow it closer.",
        formula="y = 0.2 + 0.4x² + 0.3x·sin 15x + 0.05·cos 50x, x from 0 to 1",
        group="regression",
        task="regression",
        n_features=1,
        parameters=(_samples(200), _error(0.0, "about 0.1 to 0.9")),
        # The function is kept as published, on 0 … 1; that is too narrow for units that start around ±1.
        standardise_default=True,
        make=_values_of(generators.nielsen, ("x",)),
    ),
)
