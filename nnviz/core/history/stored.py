"""What the arrays of a stored history must be: views draw their figures, and compiled code trusts their sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array

LARGEST_FIGURE = 1e300
"""Beyond it the difference of two figures may be infinite; such figures become gaps."""
MOST_COUNT = 2**53
"""Counts beyond it are no whole numbers any more where they are drawn."""


def stored_figures(values: Any, columns: tuple[str, ...], present: Mapping[str, int]) -> Array:
    """Return figures in the present columns, NaN for those that an older history does not have, or that are no number.

    Parameters
    ----------
    values : ndarray of float64
        As many rows as `columns`.
    columns : tuple of str
        Of the history that was stored.
    present : mapping of str to int
        Positions of the columns now.

    Raises
    ------
    ValueError
        Where they are no such figures.
    """
    given = np.asarray(values)
    if given.dtype != np.float64 or len(set(columns)) != len(columns) or not set(columns) <= present.keys():
        raise ValueError
    given = given.reshape(len(columns), -1)
    if columns != tuple(present):
        full = np.full((len(present), given.shape[1]), math.nan)
        full[[present[name] for name in columns]] = given
        given = full
    is_drawable = np.abs(given) <= LARGEST_FIGURE
    if not (is_drawable | np.isnan(given)).all():
        given = np.where(is_drawable, given, math.nan)
    return given


def stored_counts(values: Any) -> NDArray[np.int64]:
    """Return finished epochs and updates ``(2, n)``; ValueError where they are none."""
    counts = np.asarray(values)
    if counts.dtype != np.int64:
        raise ValueError
    counts = counts.reshape(2, -1)
    if counts.size and (counts.min() < 0 or counts.max() > MOST_COUNT or (np.diff(counts[1]) < 0).any()):
        raise ValueError
    return counts


def check_epochs(counts: NDArray[np.int64], pending: NDArray[np.int64], exact: int, block: int) -> None:
    """Raise ValueError where epochs are missing or out of order.

    Parameters
    ----------
    counts : ndarray ``(2, n)``
        Of the entries: the first `exact` are epochs, each further one the end of a block.
    pending : ndarray ``(2, n)``
        Of the epochs that fill no block yet.
    exact, block : int
        Entries that are kept one by one, and epochs in a block.
    """
    n_entries, n_pending = counts.shape[1], pending.shape[1]
    n_blocks = max(0, n_entries - exact)
    entries = np.arange(n_entries)
    epochs = np.where(entries < exact, entries, exact - 1 + (entries - exact + 1) * block)
    later = exact + n_blocks * block + np.arange(n_pending)
    if not n_entries or n_pending >= block or (n_pending and n_entries < exact):
        raise ValueError
    if not np.array_equal(counts[0], epochs) or not np.array_equal(pending[0], later):
        raise ValueError
    if n_pending and pending[1, 0] < counts[1, -1]:
        raise ValueError


def stored_marks(values: Any, last_epoch: int) -> tuple[int, ...]:
    """Return the epochs that are marked, which rise up to `last_epoch`; none where a file is of before there were any.

    ValueError where they are no such epochs.
    """
    if values is None:
        return ()
    marks = np.asarray(values)
    if marks.dtype != np.int64 or marks.ndim != 1:
        raise ValueError
    if marks.size and (marks[0] < 0 or marks[-1] > last_epoch or (marks[1:] <= marks[:-1]).any()):
        raise ValueError
    return tuple(marks.tolist())
