"""Randomness of training: shuffles and dropout masks from one counter-based generator.

Every number is a hash (splitmix64's finaliser, Steele et al. 2014) of seed, epoch and position, so that both engines
draw the same, in any order, and a checkpoint needs no generator state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.core.piecework import Pieces, at_once

GOLDEN = 0x9E3779B97F4A7C15
MULTIPLIER_1 = 0xBF58476D1CE4E5B9
MULTIPLIER_2 = 0x94D049BB133111EB
#: Parts the dropout stream from the shuffle stream.
DROPOUT_STREAM = 0xD1B54A32D192ED03
#: Of a piece.
_SWAPS = 50_000
_MASK = 0xFFFF_FFFF_FFFF_FFFF


def mix64(x: int) -> int:
    """Return the 64-bit hash of `x` (taken modulo 2⁶⁴)."""
    x &= _MASK
    x ^= x >> 30
    x = x * MULTIPLIER_1 & _MASK
    x ^= x >> 27
    x = x * MULTIPLIER_2 & _MASK
    return x ^ x >> 31


def mix64_array(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return `mix64` of every element; `x` is overwritten."""
    x ^= x >> np.uint64(30)
    x *= np.uint64(MULTIPLIER_1)
    x ^= x >> np.uint64(27)
    x *= np.uint64(MULTIPLIER_2)
    x ^= x >> np.uint64(31)
    return x


def epoch_key(seed: int, epoch: int) -> int:
    """Return the key of an epoch; `epoch` is the number of epochs finished before it."""
    return mix64(mix64(seed + GOLDEN) + (epoch + 1) * GOLDEN)


def _counters(key: int, first: int, n: int) -> NDArray[np.uint64]:
    """Return key + i·GOLDEN for i = first … first + n − 1."""
    counters = np.arange(first, first + n, dtype=np.uint64)
    counters *= np.uint64(GOLDEN)
    counters += np.uint64(key)
    return counters


def epoch_order(seed: int, epoch: int, n: int) -> NDArray[np.int64]:
    """Return the order of `n` samples in an epoch: a Fisher-Yates shuffle of 0 … n − 1."""
    return at_once(order_in_pieces(seed, epoch, n))


def order_in_pieces(seed: int, epoch: int, n: int) -> Pieces[NDArray[np.int64]]:
    """Do what `epoch_order` does: Python takes its time."""
    positions = np.arange(1, n, dtype=np.uint64)
    hashes = mix64_array(_counters(epoch_key(seed, epoch), 1, n - 1))
    partners = ((hashes >> np.uint64(32)) * (positions + np.uint64(1)) >> np.uint64(32)).tolist()
    order = list(range(n))
    for last in range(n - 1, 0, -_SWAPS):
        if last < n - 1:
            yield
        for i in range(last, max(last - _SWAPS, 0), -1):
            j = partners[i - 1]
            order[i], order[j] = order[j], order[i]
    return np.array(order, dtype=np.int64)


def dropout_mask(seed: int, epoch: int, sample: int, n_rows: int, n_hidden: int, p: float, first: int = 0) -> Array:
    """Return what the hidden activations of a mini-batch are multiplied by: 0 where dropped, 1/(1 − p) where kept.

    Parameters
    ----------
    seed, epoch : int
        Of the run; epochs finished before.
    sample : int
        Samples of the present epoch used before this batch.
    n_rows, n_hidden : int
        Examples that are asked for; units of all hidden layers together.
    p : float
        Probability of dropping, 0 ≤ p < 1.
    first : int
        Examples of the batch before them.

    Returns
    -------
    ndarray ``(n_rows, n_hidden)``
    """
    key = mix64((epoch_key(seed, epoch) ^ DROPOUT_STREAM) + (sample + 1) * GOLDEN)
    hashes = mix64_array(_counters(key, 1 + first * n_hidden, n_rows * n_hidden))
    uniform = (hashes >> np.uint64(11)) * 2.0**-53
    return np.where(uniform >= p, 1.0 / (1.0 - p), 0.0).reshape(n_rows, n_hidden)
