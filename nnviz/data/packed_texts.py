"""The cells of a long column as they were typed, in a tenth of the room that as many texts of Python's take.

A table is kept as long as its file stays the same, so that another role of a column does not read it anew; what was
typed is asked for seldom then, but for a cell here and there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

#: Cells that are unpacked together where one is asked for.
_PART = 4096


class PackedTexts(Sequence[str]):
    """A sequence of texts without line feeds.

    Parameters
    ----------
    texts : sequence of str
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._length = len(texts)
        self._parts = ["\n".join(texts[start : start + _PART]) for start in range(0, len(texts), _PART)]

    @staticmethod
    def can_hold(texts: Sequence[str]) -> bool:
        """Return whether no text would fall apart, and there are so many that it is worth the while."""
        return len(texts) > _PART and not any("\n" in text for text in texts)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(part.split("\n") for part in self._parts)

    @overload
    def __getitem__(self, position: int) -> str: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[str]: ...

    def __getitem__(self, position: int | slice) -> str | Sequence[str]:
        """Return one text, or a list of some."""
        if isinstance(position, slice):
            return [self[at] for at in range(*position.indices(self._length))]
        at = position + self._length if position < 0 else position
        if not 0 <= at < self._length:
            raise IndexError("there is no such cell")
        return self._parts[at // _PART].split("\n")[at % _PART]
