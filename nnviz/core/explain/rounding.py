"""How worked arithmetic rounds: exactly as the engine, or as on paper, where what is written down is used on."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct

from nnviz.core.arguments import real
from nnviz.core.errors import SettingError
from nnviz.core.layout import Array

FEWEST, MOST = 2, 6
"""Digits behind the point that may be asked for."""
EXACT_FIGURES = 10
"""Figures of a number that is written without rounding."""
#: Sums and products of decimal numbers are cleared of what binary numbers cannot say beyond so many decimals; larger
#: ones have no such decimals.
_NOISE, _CLEARED_BELOW = 14, 100.0


class Rounding(Struct, frozen=True):
    """Rounds numbers and writes them.

    Attributes
    ----------
    digits : int or None
        2 … 6 digits behind the point, as on paper: activations, deltas and gradients are rounded before they are used
        on, halves away from zero, and a sum of products is written in full. None: nothing is rounded.
    figures : int
        Figures of a number that is written without rounding.
    """

    digits: int | None = None
    figures: int = EXACT_FIGURES

    def __post_init__(self) -> None:
        if self.digits is None:
            return
        number = real(self.digits)
        if number is None or number not in range(FEWEST, MOST + 1):
            raise SettingError(
                "digits must be None, or a whole number from {0} to {1}, not {2!r}.", FEWEST, MOST, self.digits
            )

    @property
    def is_exact(self) -> bool:
        """Whether nothing is rounded."""
        return self.digits is None

    def short(self) -> Rounding:
        """Return how tables write numbers: exact ones with three figures, for all of them make a table too wide."""
        return Rounding(figures=3) if self.is_exact else self

    def used_on(self, values: Array) -> Array:
        """Return activations, deltas or gradients as they are used on."""
        return values if self.digits is None else _rounded(values, int(self.digits))

    def slope(self, values: Array) -> Array:
        """Return slopes of activations: with twice the digits, in which ``a(1 − a)`` and ``1 − a²`` are in full."""
        return values if self.digits is None else _rounded(values, 2 * int(self.digits))

    def in_full(self, values: Array) -> Array:
        """Return sums of products, in full."""
        if self.digits is None:
            return values
        cleared = np.abs(values) < _CLEARED_BELOW
        return np.where(cleared, np.round(np.where(cleared, values, 0.0), _NOISE), values)

    def plain(self, value: float) -> str:
        """Return a number in ASCII, as Python writes it: trailing zeros dropped."""
        if not math.isfinite(value):
            return str(value)
        if value == 0.0:
            return "0"
        if self.digits is None:
            text = f"{value:.{self.figures}g}"
        else:
            text = f"{value:.{2 * int(self.digits) + 1}f}"
            if abs(value) >= 1e15 or float(text) == 0.0:
                text = f"{value:.{self.digits}g}"
        if "e" in text:
            digits, exponent = text.split("e")
            return f"{_trimmed(digits)}e{int(exponent)}"
        return _trimmed(text)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(values: Array, digits: int) -> Array:
    """Round halves away from zero, as people do, whichever way the binary number next to the half lies."""
    scale = 10.0**digits
    with np.errstate(over="ignore"):
        scaled = np.abs(values) * scale
    # Larger ones have no digits to be rounded.
    near = np.floor(np.where(scaled < 2.0**52, scaled, 0.0) * (1.0 + 2.0**-50) + 0.5) / scale
    return np.where(scaled < 2.0**52, np.copysign(near, values), values)
