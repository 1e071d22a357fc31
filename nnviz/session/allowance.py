"""How much may be written in a while: a large file is written piece by piece over several of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final

from nnviz.core.errors import Cancelled

MOST_BYTES: Final = 16 * 2**20
"""Written to the disk in any `WITHIN_S` seconds."""
WITHIN_S: Final = 30.0
#: What is written before it is told.
_UNTOLD: Final = 2**20
#: What a file has besides its arrays, about.
_ROOM: Final = 2**16


class Allowance:
    """Lets a writer wait as long as it would write more than that; another thread may lift it.

    Parameters
    ----------
    clock : callable
        Seconds, monotonic.
    wait : callable, optional
        Waits so many seconds, or returns True before where the allowance is lifted.

    Attributes
    ----------
    waited_s : float
        Seconds that were waited, altogether.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, wait: Callable[[float], bool] | None = None
    ) -> None:
        self.waited_s = 0.0
        self._clock, self._lifted = clock, Event()
        self._wait = self._lifted.wait if wait is None else wait
        self._is_given_up = False
        self._spent: deque[tuple[float, int]] = deque()

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let nothing wait meanwhile."""
        self._lifted.set()
        try:
            yield
        finally:
            self._lifted.clear()

    def give_up(self) -> None:
        """Let what is being written end with `Cancelled`, and all that comes."""
        self._is_given_up = True
        self._lifted.set()

    def spending(self, n_bytes: int) -> Callable[[float], None]:
        """Return what takes the share of a file of about so many bytes that is done, and waits where that is due."""
        spent = 0

        def spend(share: float) -> None:
            nonlocal spent
            piece = int(share * (n_bytes + _ROOM)) - spent
            spent += piece
            self.spend(piece)

        return spend

    def spend(self, n_bytes: int) -> None:
        """Wait until so many bytes more may be written.

        Raises
        ------
        Cancelled
            Where it was given up.
        """
        while True:
            if self._is_given_up:
                raise Cancelled("Writing was given up.")
            now = self._clock()
            while self._spent and self._spent[0][0] <= now - WITHIN_S:
                self._spent.popleft()
            if self._lifted.is_set() or not self._spent or self._n_spent + n_bytes <= MOST_BYTES - _UNTOLD:
                break
            self._wait(self._spent[0][0] + WITHIN_S - now)
            self.waited_s += self._clock() - now
        self._spent.append((now, n_bytes))

    @property
    def _n_spent(self) -> int:
        return sum(n_bytes for _, n_bytes in self._spent)
