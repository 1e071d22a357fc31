"""What makes one undo step of several presses of a key."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from nnviz.session import commands


class KeyGesture:
    """The merge key of a value that is nudged by keys: one undo step until they rest, however long one of them is held.

    Attributes
    ----------
    key : str
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.key = commands.next_gesture()
        self._clock = clock
        self._pressed_s = -math.inf

    def press(self, *, held: bool) -> str:
        """Return the key for an edit that a press makes, or the repetition of one that is `held`."""
        if not held and self._clock() - self._pressed_s > commands.MERGE_WITHIN_S:
            self.key = commands.next_gesture()
        self.touch()
        return self.key

    def touch(self) -> None:
        """Note that a key has just been let go: it is from now on that they rest."""
        self._pressed_s = self._clock()
