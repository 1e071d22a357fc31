"""The end of runs whose window a script or a notebook never closed: when the interpreter exits."""

from __future__ import annotations

import atexit
import weakref
from typing import Protocol

from shiboken6 import isValid

from nnviz.session.abandoned import leave


class Owner(Protocol):
    """Whoever owns threads."""

    def shutdown(self) -> None:
        """End them and wait until they have ended; again does nothing."""


_owners: weakref.WeakSet[Owner] = weakref.WeakSet()


def shut_down_at_exit(owner: Owner) -> None:
    """Call ``owner.shutdown()`` when the interpreter exits, should `owner`, a QObject, still be there."""
    _owners.add(owner)


@atexit.register
def _shut_down_all() -> None:
    # WORKAROUND: Qt aborts the process where a thread outlives its QThread (8 of 8 times).
    for owner in list(_owners):
        if isValid(owner):
            owner.shutdown()
    leave()
