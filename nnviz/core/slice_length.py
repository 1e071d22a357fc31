"""How many mini-batches a call of the engine makes, so that training can be interrupted and yet costs nothing more."""

from __future__ import annotations

SLICE_S = 0.15
"""The engine is to return about this often."""
_FIRST_BATCHES = 64
_GROWTH = 8


class SliceLength:
    """Length of the next call, from how long the last one took.

    Parameters
    ----------
    slice_s : float
        Seconds that a call is to take.

    Attributes
    ----------
    batches : int
        Mini-batches of the next call.
    """

    def __init__(self, slice_s: float = SLICE_S) -> None:
        self.batches = _FIRST_BATCHES
        self._slice_s = slice_s

    def took(self, n_batches: int, seconds: float) -> None:
        """Note how long the last call took; one lucky measurement must not make the next a very long one."""
        batches_per_s = n_batches / max(seconds, 1e-9)
        self.batches = max(min(int(batches_per_s * self._slice_s), self.batches * _GROWTH), 1)
