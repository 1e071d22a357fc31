"""The network laid out for the kernels: tables of its layers, and where its parameters lie."""

from __future__ import annotations

import numpy as np

from nnviz.core.engine import Problem
from nnviz.core.kernels import batch as kernels_batch
from nnviz.core.kernels import functions as kernels_functions
from nnviz.core.kernels import matrix as kernels_matrix
from nnviz.core.kernels import online as kernels_online
from nnviz.core.kernels import types as kernels_types
from nnviz.core.layout import Layout
from nnviz.core.losses import LOSSES

#: Activations and slopes of the examples that go through the network together should stay in the inner caches.
_CHUNK_NUMBERS = 1 << 14
_MIN_CHUNK = 64
MAX_CHUNK = 128
"""Most examples that go through the network together."""
_MOST_ONLINE_PARAMETERS = 5_000
#: Rows of the transposed weights that are a multiple of so many numbers apart share few lines of the innermost cache:
#: going down a column, as each example does, took five times as long in 128-128-10, twelve times in 512-512-10.
_CROWDED = 64


def padded(n: int, width: int) -> int:
    """Return the next multiple of `width`."""
    return -(-n // width) * width


def online_padded(n: int) -> int:
    """Return how many units a layer of `n` is laid out for where units fill the lanes."""
    whole = padded(n, kernels_online.WIDTH)
    return whole + kernels_online.WIDTH if whole % _CROWDED == 0 else whole


def is_online(layout: Layout, batch_size: int) -> bool:
    """Return whether the units, not the examples, of so small a batch should fill the lanes.

    For two examples at a time that pays in small networks only: 2-8-8-1 ran 1.5 times as fast, 784-512-512-10 at half
    the speed.
    """
    return batch_size == 1 or (batch_size == 2 and layout.n_parameters <= _MOST_ONLINE_PARAMETERS)


def plan_of(problem: Problem, batch_size: int) -> kernels_types.Plan:
    """Return the network of a problem as the kernels see it, for batches of that size."""
    layout, sizes = problem.layout, problem.layout.sizes
    online = is_online(layout, batch_size)
    units = _online_table(problem)
    width = kernels_online.WIDTH
    n_parameters = layout.n_parameters
    places = _online_places(units) if online else np.arange(n_parameters)
    n_packed = int(units[-1, kernels_online.BIASES] + units[-1, kernels_online.PADDED_OUT]) if online else n_parameters
    is_weight = np.zeros(padded(n_packed, kernels_matrix.WIDTH))
    is_weight[places] = layout.is_weight
    first_unit = int(units[0, kernels_online.UNITS_OUT])
    hidden_places = [
        np.arange(n) + (row[kernels_online.UNITS_OUT] - first_unit) for n, row in zip(sizes[1:-1], units, strict=False)
    ]
    n_hidden = sum(sizes[1:-1])
    if not (online and hidden_places):
        hidden_places = [np.arange(n_hidden)]
    inside = np.concatenate([np.arange(online_padded(n)) < n for n in sizes]).astype(np.float64)
    chunk = min(max(_CHUNK_NUMBERS // sum(sizes) // 32 * 32, _MIN_CHUNK), MAX_CHUNK)
    return kernels_types.Plan(
        layers=_batch_table(problem).ravel(),
        units=units.ravel(),
        places=places.astype(np.int64),
        is_weight=is_weight,
        hidden_places=np.concatenate(hidden_places).astype(np.int64),
        inside=inside,
        n_layers=layout.n_layers,
        n_hidden=n_hidden,
        n_parameters=n_parameters,
        n_packed=len(is_weight),
        chunk=chunk,
        # Rows a power of two apart would compete for the same lines of the cache.
        pitch=chunk + kernels_matrix.WIDTH,
        loss=int(problem.loss),
        mean=LOSSES.by_code(problem.loss).mean,
        threshold=float(problem.threshold),
        classification=bool(problem.classification),
        bias=bool(problem.bias),
        online=online,
        slim=online and max(sizes) <= width and set(_codes(problem)) <= kernels_functions.BRIEF_CODES,
        wide=max(sizes[:-1]) >= kernels_batch.WIDE_LAYER,
    )


def _codes(problem: Problem) -> tuple[int, ...]:
    """Return what the layers do by its code; a sigmoid before its cross-entropy has one of its own."""
    *hidden, output = problem.activations
    is_logistic = problem.loss == kernels_functions.BINARY_CROSS_ENTROPY and output == kernels_functions.SIGMOID
    return (*hidden, kernels_functions.SIGMOID_OUTPUT if is_logistic else output)


def _batch_table(problem: Problem) -> np.ndarray:
    layout, sizes = problem.layout, problem.layout.sizes
    rows = np.concatenate(([0], np.cumsum(sizes)))
    return np.array(
        [
            (n_in, n_out, weights.start, biases.start, row_in, row_out, code)
            for n_in, n_out, weights, biases, row_in, row_out, code in zip(
                sizes[:-1],
                sizes[1:],
                layout.weight_slices,
                layout.bias_slices,
                rows[:-2],
                rows[1:-1],
                _codes(problem),
                strict=True,
            )
        ],
        dtype=np.int64,
    )


def _online_table(problem: Problem) -> np.ndarray:
    sizes = problem.layout.sizes
    table, weights, units = [], 0, 0
    for n_in, n_out, code in zip(sizes[:-1], sizes[1:], _codes(problem), strict=True):
        padded_in, padded_out = online_padded(n_in), online_padded(n_out)
        biases = weights + padded_in * padded_out
        table.append((n_in, n_out, padded_in, padded_out, weights, biases, units, units + padded_in, code))
        weights, units = biases + padded_out, units + padded_in
    return np.array(table, dtype=np.int64)


def _online_places(units: np.ndarray) -> np.ndarray:
    """Return where each parameter lies in the packed copy: weights transposed, layers padded."""
    places = []
    for n_in, n_out, _, padded_out, weights, biases, *_ in units:
        places.append((weights + np.arange(n_out)[:, None] + np.arange(n_in) * padded_out).ravel())
        places.append(biases + np.arange(n_out))
    return np.concatenate(places)
