"""Loss surfaces: the loss over a plane through the space of all weights, and the paths of training runs in it.

The plane of principal components is the one in which most of what the paths do can be seen (Lorch 2016, "Visualizing
deep network training trajectories with PCA"; Li et al. 2018, arXiv:1712.09913); how much is its share of the motion.
All samples of a surface are computed together: one stacked matrix product a layer for as many networks as a piece
of memory holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from nnviz.core.activations import Activation
from nnviz.core.arrays import read_only
from nnviz.core.layout import Array, Layout
from nnviz.core.losses import Loss, row_losses, row_shares
from nnviz.core.network import Network

Span = tuple[float, float]

#: Numbers in the widest array of a piece that is computed at once.
_PIECE: Final = 1 << 19
#: What an activation takes, in multiplications; samples along a side that show something, those that there are at the
#: least, and rows that still stand for all.
_ACTIVATION: Final = 12
FEWEST, FEWEST_HARD, FEWEST_ROWS = 25, 13, 60
#: Around the paths, this share of how far they reach; and one side is at least this share of the other.
MARGIN, LEAST_SIDE = 0.18, 0.2


def _never() -> bool:
    return False


class Slice(Struct, frozen=True):
    """A plane in the space of the parameters: ``origin + x·along[0] + y·along[1]``.

    Attributes
    ----------
    origin : ndarray ``(n_parameters,)``
    along : ndarray ``(2, n_parameters)``
        Of length 1, at right angles.
    share : float
        Of the motion of the paths that it was laid through, how much lies in it: 0 … 1.
    weights : tuple of int
        The parameters along its axes, where these are two of them; empty where they are mixtures.
    """

    origin: Array
    along: Array
    share: float = 1.0
    weights: tuple[int, ...] = ()

    def coordinates(self, parameters: Array) -> Array:
        """Return the nearest points ``(…, 2)`` in the plane of parameters ``(…, n_parameters)``."""
        return np.asarray((parameters - self.origin) @ self.along.T)

    def parameters(self, points: Array) -> Array:
        """Return the parameters ``(…, n_parameters)`` of points ``(…, 2)`` of the plane."""
        return np.asarray(self.origin + points @ self.along)

    def seen_like(self, former: Slice | None) -> Slice:
        """Return the same plane with its axes turned round where they point away from those of a former one."""
        if former is None or self.weights or former.along.shape != self.along.shape:
            return self
        signs = np.where((self.along * former.along).sum(axis=1) < 0.0, -1.0, 1.0)
        return replace(self, along=read_only(self.along * signs[:, np.newaxis]))


def principal_slice(start: Array, paths: Sequence[Array]) -> Slice:
    """Return the plane through `start` that holds most of what the paths move away from it.

    Parameters
    ----------
    start : ndarray ``(n_parameters,)``
    paths : sequence of ndarray ``(n_points, n_parameters)``
    """
    moved = np.vstack([path - start for path in paths]) if paths else np.zeros((1, len(start)))
    n_points, n_parameters = moved.shape
    # The smaller of the two matrices of products tells all: eigenvalues are squared singular values.
    gram = moved @ moved.T if n_points < n_parameters else moved.T @ moved
    _, vectors = np.linalg.eigh(gram)
    axes = vectors[:, ::-1][:, :2].T
    if n_points < n_parameters:
        axes = axes @ moved
    along = _upright(axes, n_parameters)
    whole = float(np.trace(gram))
    share = min(float((((moved @ along.T) ** 2).sum()) / whole), 1.0) if whole > 0.0 else 1.0
    return Slice(read_only(start.copy()), read_only(along), share)


def _upright(axes: Array, n_parameters: int) -> Array:
    """Return two axes of length 1 at right angles, where there are less the first parameters' that are left."""
    found: list[Array] = []
    for axis in (*axes, *np.eye(min(n_parameters, 3), n_parameters)):
        left = axis - sum((float(axis @ other) * other for other in found), np.zeros(n_parameters))
        length = float(np.linalg.norm(left))
        if len(found) < 2 and length > 1e-9 * max(float(np.linalg.norm(axis)), 1e-300):
            found.append(left / length)
    while len(found) < 2:
        # A single parameter: there is nothing across.
        found.append(np.zeros(n_parameters))
    return np.array(found)


def weights_slice(origin: Array, first: int, second: int, paths: Sequence[Array] = ()) -> Slice:
    """Return the plane of two parameters, all others held as they are in `origin`."""
    along = np.zeros((2, len(origin)))
    along[0, first] = along[1, second] = 1.0
    moved = np.vstack([path - path[:1] for path in paths]) if paths else np.zeros((1, len(origin)))
    whole = float((moved**2).sum())
    share = float((moved[:, [first, second]] ** 2).sum()) / whole if whole > 0.0 else 1.0
    return Slice(read_only(origin.copy()), read_only(along), min(share, 1.0), (first, second))


def spans_of(points: Iterable[Array]) -> tuple[Span, Span]:
    """Return the ranges of x and y that hold all `points` ``(n, 2)`` with a margin, neither very much the longer."""
    known = np.vstack([*points, np.zeros((0, 2))])
    known = known[np.isfinite(known).all(axis=1)]
    if not len(known):
        return (-1.0, 1.0), (-1.0, 1.0)
    low, high = known.min(axis=0), known.max(axis=0)
    reach = high - low
    reach = np.maximum(reach, LEAST_SIDE * max(float(reach.max()), 1e-6))
    middle, half = 0.5 * (low + high), (0.5 + MARGIN) * reach
    (x0, y0), (x1, y1) = (middle - half).tolist(), (middle + half).tolist()
    return (x0, x1), (y0, y1)


class Ground(Struct, frozen=True):
    """What a loss is computed of: a network's form and the rows that it learns.

    Attributes
    ----------
    layout : Layout
    activations : tuple of Activation
    loss : Loss
    X, Y : ndarray ``(n_rows, n_features)``, ``(n_rows, n_outputs)``
    weights : ndarray ``(n_rows,)`` or None
        How much each row counts.
    n_all : int
        Rows that there are; `X` may be a part of them.
    """

    layout: Layout
    activations: tuple[Activation, ...]
    loss: Loss
    X: Array
    Y: Array
    weights: Array | None
    n_all: int

    @classmethod
    def of(cls, network: Network, loss: Loss, X: Array, Y: Array, weights: Array | None = None) -> Ground:
        """Return the ground of a network and its training rows."""
        return cls(network.layout, network.activation_entries, loss, X, Y, weights, len(X))

    @property
    def n_rows(self) -> int:
        """Rows that the loss is computed of."""
        return len(self.X)

    def thinned(self, most: int) -> Ground:
        """Return the same with at most so many rows, evenly taken of all."""
        if self.n_rows <= most:
            return self
        rows = np.unique(np.linspace(0, self.n_rows - 1, max(most, 1)).round().astype(np.int64))
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, X=self.X[rows], Y=self.Y[rows], weights=weights)

    def within(self, budget: float, most_rows: int, most: int) -> tuple[Ground, int]:
        """Return rows and resolution of a surface that takes about so many multiplications, or as few as make sense.

        Parameters
        ----------
        budget : float
        most_rows, most : int
            Rows and samples along a side that are enough.
        """
        each = self.layout.n_parameters + _ACTIVATION * sum(self.layout.sizes[1:])
        n_rows = min(self.n_rows, most_rows)
        # Fewer rows are better than a surface of which nothing can be seen, down to where they are no sample any more.
        n_rows = max(min(n_rows, int(budget / (each * FEWEST**2))), min(n_rows, FEWEST_ROWS))
        resolution = int(math.sqrt(budget / (each * n_rows)))
        return self.thinned(n_rows), min(max(resolution, FEWEST_HARD), most)

    def losses(self, parameters: Array, is_cancelled: Callable[[], bool] = _never) -> Array | None:
        """Return the loss of each of the networks ``(n, n_parameters)``, ``(n,)``; None once it is cancelled."""
        found = np.empty(len(parameters))
        at_once = self.at_once
        for first in range(0, len(parameters), at_once):
            if is_cancelled():
                return None
            piece = slice(first, first + at_once)
            found[piece] = self._losses(parameters[piece])
        return found

    @property
    def at_once(self) -> int:
        """Networks that are computed together."""
        widest = max(self.n_rows * max(self.layout.sizes), self.layout.n_parameters)
        return max(_PIECE // widest, 1)

    def _losses(self, parameters: Array) -> Array:
        layout, n = self.layout, len(parameters)
        A: Array = self.X[np.newaxis]
        Z = A
        sizes = zip(layout.sizes[:-1], layout.sizes[1:], strict=True)
        places = zip(layout.weight_slices, layout.bias_slices, sizes, self.activations, strict=True)
        with np.errstate(over="ignore", invalid="ignore"):
            for where, biases, (n_in, n_out), activation in places:
                W = parameters[:, where].reshape(n, n_out, n_in)
                Z = np.matmul(A, W.transpose(0, 2, 1)) + parameters[:, np.newaxis, biases]
                A = activation.function(Z.reshape(-1, n_out)).reshape(Z.shape)
            Y = np.broadcast_to(self.Y, Z.shape).reshape(-1, Z.shape[2])
            rows = row_losses(self.loss, Y, Z.reshape(Y.shape), A.reshape(Y.shape)).reshape(n, -1)
        # A sum over some of the rows stands for that over all.
        whole = 1.0 if self.loss.mean else self.n_all / self.n_rows
        if self.weights is not None:
            return np.asarray(rows @ row_shares(self.loss, self.weights)) * whole
        return np.asarray(rows.mean(axis=1) if self.loss.mean else rows.sum(axis=1) * whole)


class Surface(Struct, frozen=True):
    """The loss over a plane.

    Attributes
    ----------
    slice : Slice
    x_range, y_range : (float, float)
        Of the outermost samples.
    values : ndarray ``(n_y, n_x)``
        Row 0 at the lowest y; infinite or NaN where the loss is.
    n_rows, n_all : int
        Rows that it was computed of, and those that there are.
    """

    slice: Slice
    x_range: Span
    y_range: Span
    values: Array
    n_rows: int
    n_all: int

    @property
    def x(self) -> Array:
        """Where the samples lie."""
        return np.linspace(*self.x_range, self.values.shape[1])

    @property
    def y(self) -> Array:
        """Where the samples lie."""
        return np.linspace(*self.y_range, self.values.shape[0])

    def height(self, points: Array) -> Array:
        """Return the loss ``(n,)`` at points ``(n, 2)`` between the samples; NaN outside."""
        n_y, n_x = self.values.shape
        u = (points[:, 0] - self.x_range[0]) / (self.x_range[1] - self.x_range[0]) * (n_x - 1)
        v = (points[:, 1] - self.y_range[0]) / (self.y_range[1] - self.y_range[0]) * (n_y - 1)
        inside = (u >= 0.0) & (u <= n_x - 1) & (v >= 0.0) & (v <= n_y - 1)
        u, v = np.where(inside, u, 0.0), np.where(inside, v, 0.0)
        column, row = np.minimum(u.astype(np.int64), n_x - 2), np.minimum(v.astype(np.int64), n_y - 2)
        a, b = u - column, v - row
        z = self.values
        low = (1.0 - a) * z[row, column] + a * z[row, column + 1]
        high = (1.0 - a) * z[row + 1, column] + a * z[row + 1, column + 1]
        return np.asarray(np.where(inside, (1.0 - b) * low + b * high, math.nan))


def surface_of(
    ground: Ground,
    plane: Slice,
    spans: tuple[Span, Span],
    resolution: int,
    is_cancelled: Callable[[], bool] = _never,
) -> Surface | None:
    """Return the loss over a plane at ``resolution × resolution`` samples; None once it is cancelled."""
    (x_range, y_range), values = spans, np.empty(resolution * resolution)
    points = np.stack(np.meshgrid(np.linspace(*x_range, resolution), np.linspace(*y_range, resolution)), axis=-1)
    points = points.reshape(-1, 2)
    # Parameters of all samples at once may be more than there is memory for.
    at_once = ground.at_once
    for first in range(0, len(points), at_once):
        found = ground.losses(plane.parameters(points[first : first + at_once]), is_cancelled)
        if found is None:
            return None
        values[first : first + at_once] = found
    grid = read_only(values.reshape(resolution, resolution))
    return Surface(plane, x_range, y_range, grid, ground.n_rows, ground.n_all)
