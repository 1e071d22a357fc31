"""The cells of a long column as they were typed, in a tenth of the room that as many texts of Python's take.

A table is kept as long as its file stays the same, so that another role of a column does not read it anew; what was
typed is asked for seldom then, but for a cell here and there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, Self, overload

import numpy as np
from numpy.typing import NDArray

from nnviz.core.layout import Array

#: Cells that are unpacked together where one is asked for.
PART = 4096
#: Fewer different cells than one in so many are kept once each.
_REPEATED = 20
#: How numbers are written so that they read back as the same: by Python and most others, and by NumPy.
_FORMS: tuple[Callable[[float], str], ...] = (repr, "{:.18e}".format)
_LOOKED_AT = 100


class LongTexts(Sequence[str]):
    """A sequence of texts that are made when they are asked for; subclasses say how."""

    def some(self, start: int, stop: int) -> list[str]:
        """Return the texts from `start` up to `stop`, both within."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), PART):
            yield from self.some(start, min(start + PART, len(self)))

    @overload
    def __getitem__(self, position: int) -> str: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[str]: ...

    def __getitem__(self, position: int | slice) -> str | Sequence[str]:
        """Return one text, or a list of some."""
        if isinstance(position, slice):
            start, stop, step = position.indices(len(self))
            return self.some(start, max(start, stop)) if step == 1 else [self[at] for at in range(start, stop, step)]
        at = range(len(self))[position]
        return self.some(at, at + 1)[0]


class PackedTexts(LongTexts):
    """A sequence of texts without line feeds.

    Parameters
    ----------
    texts : sequence of str

    Attributes
    ----------
    parts : tuple of str or LongTexts
        Some texts each, with line feeds between them, or as what takes less room.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        starts = range(0, len(texts), PART)
        self._set(["\n".join(texts[at : at + PART]) for at in starts], [len(texts[at : at + PART]) for at in starts])

    @classmethod
    def of_parts(cls, parts: Sequence[str | LongTexts], lengths: Sequence[int]) -> Self:
        """Return texts some of which stand in each part; see the class."""
        made = cls(())
        made._set(parts, lengths)
        return made

    @staticmethod
    def can_hold(texts: Sequence[str]) -> bool:
        """Return whether no text would fall apart, and there are so many that it is worth the while."""
        return len(texts) > PART and not any("\n" in text for text in texts)

    def _set(self, parts: Sequence[str | LongTexts], lengths: Sequence[int]) -> None:
        self.parts = tuple(parts)
        self._starts = [0, *accumulate(lengths)]

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(_cells, self.parts))

    def some(self, start: int, stop: int) -> list[str]:
        """See the base class."""
        found: list[str] = []
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            begin = self._starts[number]
            end = min(stop, self._starts[number + 1])
            found += _cells(self.parts[number])[start - begin : end - begin]
            start = end
        return found


def _cells(part: str | LongTexts) -> list[str]:
    return part.split("\n") if isinstance(part, str) else list(part)


class RepeatedTexts(LongTexts):
    """A sequence of texts that come again and again.

    Attributes
    ----------
    different : list of str
        In the order in which they come first.
    codes : ndarray of int
        Which of them each is.
    """

    def __init__(self, different: list[str], codes: NDArray[Any]) -> None:
        self.different, self.codes = different, codes

    @classmethod
    def of(cls, texts: PackedTexts) -> Self | None:
        """Return the texts as they are, or None where too many are different."""
        places: dict[str, int] = {}
        codes = np.empty(len(texts), dtype=np.int32)
        most, at = len(texts) // _REPEATED, 0
        for part in texts.parts:
            cells = _cells(part)
            codes[at : at + len(cells)] = [places.setdefault(cell, len(places)) for cell in cells]
            at += len(cells)
            if len(places) > most:
                return None
        return cls(list(places), codes.astype(np.min_scalar_type(len(places))))

    @property
    def counts(self) -> Counter[str]:
        """How often each text occurs."""
        n = np.bincount(self.codes, minlength=len(self.different))
        return Counter(dict(zip(self.different, n.tolist(), strict=True)))

    def __len__(self) -> int:
        return len(self.codes)

    def some(self, start: int, stop: int) -> list[str]:
        """See the base class."""
        return [self.different[code] for code in self.codes[start:stop].tolist()]


class WrittenNumbers(LongTexts):
    """Numbers as a program has written them.

    Parameters
    ----------
    numbers : ndarray
    form : callable
    """

    def __init__(self, numbers: Array, form: Callable[[float], str]) -> None:
        self._numbers, self._form = numbers, form

    @classmethod
    def of(cls, texts: PackedTexts, numbers: Array) -> Self | None:
        """Return `texts`, which say `numbers`, or None where they are written in any other way."""
        for form in _FORMS:
            made = cls(numbers, form)
            if made[:_LOOKED_AT] == texts[:_LOOKED_AT] and all(map(str.__eq__, made, texts)):
                return made
        return None

    def __len__(self) -> int:
        return len(self._numbers)

    def some(self, start: int, stop: int) -> list[str]:
        """See the base class."""
        return list(map(self._form, self._numbers[start:stop].tolist()))
