"""Exceptions in methods that Qt calls: told like all others, instead of ending the process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: From then on Python makes every exception where it is raised.
MADE_AT_ONCE = sys.version_info >= (3, 12)


class OutermostError(Exception):
    """In whose handling everything else is done."""


def amid_handling(call: Callable[[], T]) -> T:
    """Return what `call` returns, with every exception in it made as soon as it is raised.

    WORKAROUND: until Python 3.12 what C raises, such as the `IndexError` of a list or the `RuntimeError` of a widget
    that has gone, is a class and a text until somebody catches it. Where a method of ours that Qt calls lets one
    through, and Qt was called from Python, PySide (6.10 and 6.11) takes the text for an exception and crashes. While
    another exception is being handled, Python makes each new one at once.
    """
    if MADE_AT_ONCE:
        return call()
    try:
        raise OutermostError
    except OutermostError:
        return call()


def forget_outermost(error: BaseException | None) -> None:
    """Take from an exception, and from those that it came after, that something was being handled all the time."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error.__context__, OutermostError):
            error.__context__ = None
        error = error.__cause__ or error.__context__
