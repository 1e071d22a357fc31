"""What makes a start quick and belongs to no part of it: the collector of cyclic garbage waits until all is made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_later() -> Iterator[None]:
    """Make modules and widgets without looking for garbage among them: nothing of a start is any yet.

    What has been made counts as old afterwards, so that the next collections do not go through it. Where collection is
    off already, or where somebody keeps objects out of it, all stays as it is.
    """
    if not gc.isenabled() or gc.get_freeze_count():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # There and back: it ends in the oldest generation, and nothing has been looked at.
        gc.freeze()
        gc.unfreeze()
        gc.enable()
