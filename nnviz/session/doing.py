"""Whether an undo step is being done, undone, redone or joined: until that is over, nobody may push another one.

Qt's undo stack would have the two in the wrong order, so that undoing them leads to another document than there was, or
would take away the very step that is being redone. Whoever hears of something meanwhile that makes him do a step waits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

T = TypeVar("T")

_depth = 0


def counted(method: Callable[..., T]) -> Callable[..., T]:
    """Let `is_doing` know of a method of a command that does it, takes it back or joins it to another one."""

    @wraps(method)
    def done(*args: Any) -> T:
        global _depth
        _depth += 1
        try:
            return method(*args)
        finally:
            _depth -= 1

    return done


def is_doing() -> bool:
    """Whether a step is being done, undone, redone or joined in this process, which has one GUI thread."""
    return _depth > 0


def once_done(receiver: QObject, call: Callable[[], object]) -> None:
    """Call at once; while a step is being done, in the next turn of the event loop, if `receiver` is still there."""
    if is_doing():
        QTimer.singleShot(0, receiver, call)
    else:
        call()
