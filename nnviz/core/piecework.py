"""Work that stops between its pieces, as a generator: whoever does it may do something else there, or end it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Pieces: TypeAlias = Generator[None, None, T]


def at_once(pieces: Pieces[T]) -> T:
    """Do all of it."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
