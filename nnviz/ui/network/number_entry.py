"""Reading a number that somebody typed: decimals, powers of ten and fractions."""

from __future__ import annotations

import math
import re

from nnviz.core.errors import SettingError

LARGEST = 1e6
"""Magnitude beyond which a weight or an input is surely a slip, and soon an overflow."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_FORM = re.compile(rf"({_NUMBER})(?:\s*/\s*({_NUMBER}))?")


def parse_number(text: str) -> float:
    """Return the number in `text`: ``0.5``, ``-1e-3``, ``1/3``; a typographic minus and a decimal comma count too.

    Raises
    ------
    SettingError
        Where it is no number, divides by zero, or lies beyond ±1 000 000.
    """
    plain = text.strip().replace("−", "-").replace(",", ".")
    found = _FORM.fullmatch(plain)
    if found is None:
        raise SettingError("“{0}” is not a number; type one like 0.5, -1e-3 or 1/3.", text.strip())
    value = float(found[1])
    if found[2] is not None:
        divisor = float(found[2])
        if divisor == 0.0:
            raise SettingError("“{0}” divides by zero; type another number.", text.strip())
        value /= divisor
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise SettingError("The number must lie between −1 000 000 and 1 000 000.")
    return value
