"""Arrays that several owners share: nobody may write into them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

S = TypeVar("S", bound=np.generic)


def read_only(array: NDArray[S]) -> NDArray[S]:
    """Return `array` itself, which from now on refuses to be written into.

    It must be the caller's own: a view can still be changed through its base, and marking somebody else's array would
    stop its owner.
    """
    array.flags.writeable = False
    return array


def kept(array: NDArray[S]) -> NDArray[S]:
    """Return `array` itself where it is nobody's to write into, as `read_only` leaves it, else a copy."""
    flags = array.flags
    return array if flags.owndata and flags.c_contiguous and not flags.writeable else array.copy()


def distinct(values: NDArray[S]) -> NDArray[S]:
    """Return the different values of an array of whole numbers, flat and in ascending order.

    For what a window does as it starts: the first call of `np.unique` in a process imports masked arrays.
    """
    ordered = np.sort(values, axis=None)
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]
