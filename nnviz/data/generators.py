"""Generators of toy data: pure functions of a random generator and their parameters.

Planes span about ±6 in both features, as TensorFlow Playground's do. In all classification planes *noise* is one
thing: the standard deviation, in the units of the axes, of a normal jitter that is added to both features after the
class is decided. In regression it is the standard deviation of a normal jitter of the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array

if TYPE_CHECKING:
    from numpy.random import Generator

Index = NDArray[np.int64]
Rows = tuple[Array, Index]
Values = tuple[Array, Array]

EXTENT = 6.0
"""Planes span −EXTENT … EXTENT."""
RING_GAP = 0.4
"""Empty share of the way from the disc of `circles` to the outer edge: 0.4 is Playground's ring from 0.7 to 1."""
SPIRAL_START = 0.05
"""Spirals start at this share of their radius: in the very centre the arms would be one."""
CLOUD_RADIUS = 4.0
"""Distance of the centres of `blobs` from the origin, and of those of `xor_blobs` from the axes."""

_BUMPS = (  # centre x₁, centre x₂, height: Playground's six
    (-4.0, 2.5, 1.0),
    (0.0, 2.5, -1.0),
    (4.0, 2.5, 1.0),
    (-4.0, -2.5, -1.0),
    (0.0, -2.5, 1.0),
    (4.0, -2.5, -1.0),
)


def circles(rng: Generator, n_samples: int, noise: float, factor: float) -> Rows:
    """A disc of radius 6·factor (class 1) inside a ring (class 0) that ends at radius 6."""
    inner = _classes(n_samples, 2)
    ring = factor + RING_GAP * (1.0 - factor)
    radius = EXTENT * np.where(inner == 1, rng.uniform(0.0, factor, n_samples), rng.uniform(ring, 1.0, n_samples))
    angle = rng.uniform(0.0, 2.0 * np.pi, n_samples)
    return _finish(rng, radius * np.cos(angle), radius * np.sin(angle), inner, noise)


def xor(rng: Generator, n_samples: int, noise: float, margin: float) -> Rows:
    """Four filled quadrants that stay `margin` away from the axes; class 1 where the signs differ."""
    quadrant = _classes(n_samples, 4)
    size = rng.uniform(margin, EXTENT, (2, n_samples))
    x1 = np.where(quadrant < 2, size[0], -size[0])
    x2 = np.where((quadrant == 0) | (quadrant == 3), size[1], -size[1])
    return _finish(rng, x1, x2, quadrant % 2, noise)


def xor_blobs(rng: Generator, n_samples: int, noise: float, spread: float) -> Rows:
    """Four normal clouds at (±4, ±4); class 1 where the signs of the centre differ."""
    cloud = _classes(n_samples, 4)
    x1 = np.where(cloud < 2, CLOUD_RADIUS, -CLOUD_RADIUS) + spread * rng.standard_normal(n_samples)
    x2 = np.where((cloud == 0) | (cloud == 3), CLOUD_RADIUS, -CLOUD_RADIUS) + spread * rng.standard_normal(n_samples)
    return _finish(rng, x1, x2, cloud % 2, noise)


def blobs(rng: Generator, n_samples: int, noise: float, n_classes: int, spread: float) -> Rows:
    """One normal cloud for each class, evenly around a circle of radius 4."""
    cloud = _classes(n_samples, n_classes)
    angle = np.pi / 4.0 + 2.0 * np.pi * cloud / n_classes
    centre = CLOUD_RADIUS * np.vstack([np.cos(angle), np.sin(angle)])
    x1, x2 = centre + spread * rng.standard_normal((2, n_samples))
    return _finish(rng, x1, x2, cloud, noise)


def moons(rng: Generator, n_samples: int, noise: float) -> Rows:
    """Two half circles of radius 4 that reach into each other, 12 wide and 6 high together."""
    lower = _classes(n_samples, 2)
    angle = np.pi * _along(rng, lower, 2)
    x1 = np.where(lower == 1, 1.0 - np.cos(angle), np.cos(angle))
    x2 = np.where(lower == 1, 0.5 - np.sin(angle), np.sin(angle))
    scale = EXTENT / 1.5
    return _finish(rng, scale * (x1 - 0.5), scale * (x2 - 0.25), lower, noise)


def spiral(rng: Generator, n_samples: int, noise: float, arms: int, turns: float) -> Rows:
    """Arms r = 6·t, angle = 2π·(turns·t + k/arms) for t from 0.05 to 1; arm k is class k."""
    arm = _classes(n_samples, arms)
    t = SPIRAL_START + (1.0 - SPIRAL_START) * _along(rng, arm, arms)
    angle = 2.0 * np.pi * (turns * t + arm / arms)
    return _finish(rng, EXTENT * t * np.sin(angle), EXTENT * t * np.cos(angle), arm, noise)


def checkerboard(rng: Generator, n_samples: int, noise: float, squares: int) -> Rows:
    """A board of squares × squares; the lower left square is of class 0."""
    colour = _classes(n_samples, 2)
    row, column = np.divmod(np.arange(squares * squares), squares)
    even = np.flatnonzero((row + column) % 2 == 0)
    odd = np.flatnonzero((row + column) % 2 == 1)
    draw = rng.random(n_samples)
    square = np.where(colour == 0, even[(draw * len(even)).astype(np.int64)], odd[(draw * len(odd)).astype(np.int64)])
    side = 2.0 * EXTENT / squares
    inside = rng.random((2, n_samples))
    x1 = side * (square % squares + inside[0]) - EXTENT
    x2 = side * (square // squares + inside[1]) - EXTENT
    return _finish(rng, x1, x2, colour, noise)


def random_labels(rng: Generator, n_samples: int, noise: float, n_classes: int) -> Rows:
    """Points anywhere, classes drawn by lot: there is nothing to learn, only to memorise."""
    x1, x2 = rng.uniform(-EXTENT, EXTENT, (2, n_samples))
    return _finish(rng, x1, x2, _classes(n_samples, n_classes), noise)


def plane(rng: Generator, n_samples: int, noise: float) -> Values:
    """A value that rises evenly: y = (x₁ + x₂) / 12, from −1 to 1 over the plane."""
    X = rng.uniform(-EXTENT, EXTENT, (n_samples, 2))
    return X, X.sum(axis=1) / (2.0 * EXTENT) + noise * rng.standard_normal(n_samples)


def multi_gaussian(rng: Generator, n_samples: int, noise: float) -> Values:
    """Six bumps of heights ±1: y = Σ sₖ · exp(−dₖ²/2), dₖ the distance from centre k."""
    X = rng.uniform(-EXTENT, EXTENT, (n_samples, 2))
    y = np.zeros(n_samples)
    for c1, c2, height in _BUMPS:
        y += height * np.exp(-0.5 * ((X[:, 0] - c1) ** 2 + (X[:, 1] - c2) ** 2))
    return X, y + noise * rng.standard_normal(n_samples)


def sine(rng: Generator, n_samples: int, noise: float, frequency: float) -> Values:
    """A wave: y = sin(frequency · x) for x from −6 to 6."""
    x = EXTENT * (2.0 * _spread_out(rng, n_samples) - 1.0)
    return x.reshape(-1, 1), np.sin(frequency * x) + noise * rng.standard_normal(n_samples)


def nielsen(rng: Generator, n_samples: int, noise: float) -> Values:
    """Nielsen's wave: f(x) = 0.2 + 0.4x² + 0.3x·sin 15x + 0.05 cos 50x for x from 0 to 1.

    Source: M. Nielsen, Neural Networks and Deep Learning (2015), chapter 4.
    """
    x = _spread_out(rng, n_samples)
    f = 0.2 + 0.4 * x * x + 0.3 * x * np.sin(15.0 * x) + 0.05 * np.cos(50.0 * x)
    return x.reshape(-1, 1), f + noise * rng.standard_normal(n_samples)


def _classes(n_samples: int, n_classes: int) -> Index:
    """Classes in turn, so that their numbers differ by one at the most."""
    return np.arange(n_samples, dtype=np.int64) % n_classes


def _along(rng: Generator, classes: Index, n_classes: int) -> Array:
    """Positions between 0 and 1, evenly spread over each class: one at random in each of its equal stretches."""
    rank = np.arange(len(classes)) // n_classes
    counts = np.bincount(classes, minlength=n_classes)
    return np.asarray((rank + rng.random(len(classes))) / counts[classes])


def _spread_out(rng: Generator, n_samples: int) -> Array:
    """Positions between 0 and 1, one at random in each of n equal stretches, in random order."""
    return np.asarray(rng.permutation((np.arange(n_samples) + rng.random(n_samples)) / n_samples))


def _finish(rng: Generator, x1: Array, x2: Array, classes: Index, noise: float) -> Rows:
    """Add the jitter, and mix the rows, so that mini-batches are mixed even without shuffling."""
    X = np.column_stack([x1, x2])
    X += noise * rng.standard_normal(X.shape)
    order = rng.permutation(len(X))
    return X[order], classes[order]
