"""Reading a number that somebody typed into a field: decimals, powers of ten, fractions, and thousands kept apart."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nnviz.core.errors import SettingError
from nnviz.core.numbers import exact_text
from nnviz.core.patterns import late_pattern

#: By how many words a field takes beside numbers: {0} is what was typed.
_NO_NUMBER = (
    "“{0}” is not a number; type one like 0.5, 1e-3 or 1/3.",
    "“{0}” is neither a number nor “{1}”; type one like 0.5, 1e-3 or 1/3.",
    "“{0}” is neither a number nor “{1}” or “{2}”; type one like 0.5, 1e-3 or 1/3.",
)
_BETWEEN_DIGITS = late_pattern("(?<=[0-9])[\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}](?=[0-9])")
_NUMBER = late_pattern(r"(?P<sign>[+-]?)(?P<digits>[0-9.,'’ ]+)(?P<exponent>[eE][+-]?[0-9]+)?")
_PLAIN = late_pattern(r"[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+")
_GROUPED = late_pattern(
    r"[1-9][0-9]{0,2}(?P<group>[ '’.,])[0-9]{3}(?:(?P=group)[0-9]{3})*(?:(?P<point>(?!(?P=group))[.,])[0-9]*)?"
)


def parse_number(text: str, *, whole: bool = False, largest: float = math.inf, words: Sequence[str] = ()) -> float:
    """Return the number in `text`: ``0.5``, ``.5``, ``0,05``, ``-1e-3``, ``1/3``, ``1 000``, ``1'000``.

    Parameters
    ----------
    text : str
        All that `core.numbers` writes for finite numbers, too.
    whole : bool
        Of a field for whole numbers: ``1,000`` and ``1.000`` are a thousand, where they are one otherwise. The result
        need not be whole: what the field takes is not decided here.
    largest : float
        Magnitude beyond which it must be a slip.
    words : sequence of str
        At most two, which the field takes beside numbers; the error names them.

    Returns
    -------
    int or float
        An int where whole digits alone were typed: it may have more of them than a float keeps.

    Raises
    ------
    SettingError
        Where it is no number, divides by zero, or lies beyond ±`largest`.
    """
    plain = _BETWEEN_DIGITS.sub("", text.strip().replace("−", "-"))
    numerator, slash, denominator = plain.partition("/")
    value, divisor = _read(numerator.strip(), whole), _read(denominator.strip(), whole) if slash else 1
    if value is None or divisor is None:
        raise SettingError(_NO_NUMBER[len(words)], text.strip(), *words)
    if divisor == 0:
        raise SettingError("“{0}” divides by zero; type another number.", text.strip())
    if slash:
        value = value / divisor
    if not math.isfinite(value) or abs(value) > largest:
        limit = exact_text(largest if math.isfinite(largest) else 1e308)
        raise SettingError("The number must lie between −{0} and {0}.", limit)
    return value


def _read(text: str, whole: bool) -> float | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    digits, exponent = found["digits"], found["exponent"] or ""
    grouped = _GROUPED.fullmatch(digits)
    if grouped is not None and (whole or grouped["point"] or grouped["group"] not in ".," or _is_repeated(grouped)):
        digits = digits.replace(grouped["group"], "")
    elif _PLAIN.fullmatch(digits) is None:
        return None
    number = found["sign"] + digits.replace(",", ".") + exponent
    return int(number) if digits.isdecimal() and not exponent else float(number)


def _is_repeated(grouped: re.Match[str]) -> bool:
    """Whether a point or comma stands more than once, so that it cannot begin the decimals."""
    return grouped[0].count(grouped["group"]) > 1
