"""Columns of decimal numbers, kept as whole numbers of a small type: 3.14 is 314 with two places.

What was typed and what it says follow from it exactly, so that neither needs room: a column of a million cells such as
-1.234 takes 2 MB, where its texts take 7 MB and its numbers 8 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nnviz.core.layout import Array
from nnviz.data.packed_texts import LongTexts

_LINE_FEED, _MINUS, _POINT, _ZERO = (np.uint8(ord(sign)) for sign in "\n-.0")
#: So many decimal digits are exact as a float64, and so are these powers of ten.
_EXACT_DIGITS = 15
_POWERS = np.array([float(10**n) for n in range(_EXACT_DIGITS + 1)])


class ReadDecimals(Struct, frozen=True):
    """Cells with a sign, digits and a point at the most.

    Attributes
    ----------
    digits : ndarray (n,)
        Whole numbers of up to 15 digits, without sign and point.
    places : ndarray of int (n,)
        How many of the digits stand behind the point.
    is_negative : ndarray of bool (n,)
    is_plain : bool
        Whether every cell is written as its number would be written with so many places: no "07" or "5.".
    """

    digits: Array
    places: NDArray[np.int64]
    is_negative: NDArray[np.bool_]
    is_plain: bool

    @property
    def numbers(self) -> Array:
        """To the last bit what `float` says: digits and power of ten are exact, and their quotient is rounded once."""
        values = self.digits / _POWERS[self.places]
        return np.asarray(np.where(self.is_negative, -values, values))


def read_decimals(joined: bytes, n_cells: int) -> ReadDecimals | None:
    """Return the cells with a line feed between them; None where one has more than sign, digits and a point."""
    text = np.frombuffer(joined + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(text == _LINE_FEED)
    if len(ends) != n_cells or not n_cells:
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    is_negative = text[starts] == _MINUS
    begins = starts + is_negative
    widths = ends - begins
    longest = int(widths.max())
    if longest > _EXACT_DIGITS + 1:
        return None
    digits, places = np.zeros(n_cells), np.zeros(n_cells, dtype=np.int64)
    n_digits, has_point = np.zeros(n_cells, dtype=np.int64), np.zeros(n_cells, dtype=bool)
    # Beyond its end a cell is read on in the next one, and nothing is made of that.
    padded = np.concatenate((text, np.full(longest, _LINE_FEED, dtype=np.uint8)))
    for k in range(longest):
        signs, is_inside = padded[begins + k], k < widths
        is_digit = ((signs - _ZERO) < 10) & is_inside
        is_point = (signs == _POINT) & is_inside
        if (is_inside & ~is_digit & (~is_point | has_point)).any():
            return None
        digits = np.where(is_digit, 10.0 * digits + (signs - _ZERO), digits)
        n_digits += is_digit
        places += is_digit & has_point
        has_point |= is_point
    if n_digits.min() < 1 or n_digits.max() > _EXACT_DIGITS:
        return None
    n_before = n_digits - places
    is_odd = (n_before == 0) | (has_point & (places == 0))
    is_odd |= (text[begins] == _ZERO) & (n_before > 1)
    return ReadDecimals(digits, places, is_negative, not is_odd.any())


class Decimals(LongTexts):
    """Cells as typed, of which each is as its number would be written with its places; made with `of` or `joined`.

    Parameters
    ----------
    whole : ndarray (n,)
        Without the point, of a small type.
    places : int or ndarray of uint8 (n,)
        How many digits stand behind it.
    minus_zeros : ndarray of int
        Which cells are zeros with a minus: a whole number has none.
    """

    def __init__(self, whole: NDArray[Any], places: NDArray[np.uint8] | int, minus_zeros: NDArray[np.int64]) -> None:
        self._whole, self._places, self._minus_zeros = whole, places, minus_zeros

    @classmethod
    def of(cls, read: ReadDecimals) -> Self:
        """Return cells that are plain."""
        whole = _small(np.where(read.is_negative, -read.digits, read.digits))
        low, high = int(read.places.min()), int(read.places.max())
        places = low if low == high else read.places.astype(np.uint8)
        return cls(whole, places, np.flatnonzero(read.is_negative & (whole == 0)))

    @classmethod
    def joined(cls, parts: Sequence[Decimals]) -> Self:
        """Return the cells of at least one part, one after the other."""
        starts = np.cumsum([0, *map(len, parts)])
        minus_zeros = [part._minus_zeros + start for part, start in zip(parts, starts[:-1], strict=True)]
        places = [part._places for part in parts]
        same = isinstance(places[0], int) and all(isinstance(n, int) and n == places[0] for n in places)
        every = [np.full(len(part), part._places, dtype=np.uint8) for part in parts] if not same else []
        return cls(
            np.concatenate([part._whole for part in parts]),
            places[0] if same else np.concatenate(every),
            np.concatenate(minus_zeros),
        )

    def __len__(self) -> int:
        return len(self._whole)

    def some(self, start: int, stop: int) -> list[str]:
        """See the base class."""
        numbers = self._numbers(start, stop).tolist()
        if isinstance(self._places, int):
            return list(map(f"{{:.{self._places}f}}".format, numbers))
        places = self._places[start:stop].tolist()
        return [f"{number:.{n}f}" for number, n in zip(numbers, places, strict=True)]

    def numbers(self) -> Array:
        """Return what the cells say, a new array."""
        return self._numbers(0, len(self))

    @property
    def nbytes(self) -> int:
        """Memory of the cells."""
        places = 0 if isinstance(self._places, int) else self._places.nbytes
        return self._whole.nbytes + self._minus_zeros.nbytes + places

    @property
    def n_with_point(self) -> int:
        """Cells that have a point."""
        if isinstance(self._places, int):
            return len(self) if self._places else 0
        return int(np.count_nonzero(self._places))

    @property
    def may_be_grouped(self) -> bool:
        """Whether in every cell with a point this could part thousands: 1.234, but neither 0.123 nor 1.5."""
        places = self._places if isinstance(self._places, int) else self._places[self._places > 0]
        if not np.all((places == 3) | (places == 0)):
            return False
        whole = self._whole if isinstance(self._places, int) else self._whole[self._places > 0]
        size = np.abs(whole.astype(np.int64))
        return not self.n_with_point or bool(((size >= 1_000) & (size < 1_000_000)).all())

    def _numbers(self, start: int, stop: int) -> Array:
        places = self._places if isinstance(self._places, int) else self._places[start:stop]
        numbers = self._whole[start:stop].astype(np.float64)
        numbers /= _POWERS[places]
        first, last = np.searchsorted(self._minus_zeros, (start, stop))
        numbers[self._minus_zeros[first:last] - start] = -0.0
        return numbers


def _small(whole: Array) -> NDArray[Any]:
    """Return whole numbers in the smallest type with a sign that holds them."""
    return whole.astype(np.min_scalar_type(min(int(whole.min()), -int(whole.max()) - 1)))
