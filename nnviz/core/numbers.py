"""How numbers are written for people, everywhere in the window and in sentences: one function per kind of number.

Files (CSV, JSON, experiments) keep plain digits; what is written here, `core.number_entry.parse_number` reads again.
"""

from __future__ import annotations

import math
import re
import string
from decimal import Decimal
from itertools import islice
from numbers import Integral, Real
from typing import Any

THOUSANDS = "\N{THIN SPACE}"
"""Stands between the thousands: neither a comma nor a point, which mean opposite things in different countries."""
GROUPED_FROM = 10_000
"""Measured values have it from here on: a year, a hydrant or a postcode of a data set stays as people know it."""
PLAIN_BELOW = 1e6
"""Round values from here on are written with a power of ten."""


def count_text(count: float) -> str:
    """Return how many there are of something: a whole number, its thousands apart from 1 000 on."""
    return f"{count if isinstance(count, Integral) else round(count):,}".replace(",", THOUSANDS).replace("-", "−")


def number_text(value: float, digits: int = 3) -> str:
    """Return a measured value: `digits` decimals, fewer for large numbers, a power of ten where they would say nothing.

    A value that is not finite becomes "–", "∞" or "−∞".
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size != 0.0 and (size < 0.5 * 10.0**-digits or size >= PLAIN_BELOW):
        return typeset(f"{value:.1e}")
    text = f"{value:.{max(digits - max(len(str(int(size))) - 2, 0), 0)}f}"
    return typeset(text.lstrip("-") if float(text) == 0.0 else text)


def percent_text(share: float, digits: int = 1) -> str:
    """Return a share of one as per cent, "97.5 %"; "–" where there is none."""
    return "–" if math.isnan(share) else f"{100.0 * share:.{digits}f} %".replace("-", "−")


def loss_text(value: float) -> str:
    """Return a loss or a learning rate with about four figures that say something."""
    return number_text(value, 4 if not abs(value) < 0.1 else 6)


def exact_text(value: float) -> str:
    """Return the shortest text that reads back as `value`: what a field for a setting shows."""
    if not math.isfinite(value):
        return str(value)
    if isinstance(value, Integral) or value == int(value):
        whole = int(value)
        figures = str(abs(whole)).rstrip("0")
        is_in_full = isinstance(value, Integral) or abs(whole) < 2**53
        if abs(whole) < PLAIN_BELOW or (len(figures) > 4 and is_in_full):
            return typeset(str(whole))
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    first = exponent + len(digits) - 1
    if first > -4 and value != int(value):
        return typeset(f"{Decimal(repr(value)):f}")
    text = "".join(map(str, digits)).rstrip("0") or "0"
    return typeset(f"{'-' * sign}{text[0]}{'.' * (len(text) > 1)}{text[1:]}e{first}")


_PARTS = re.compile(r"-?(?P<whole>\d+)(?P<rest>\.\d+)?(?:e(?P<exponent>[+-]?\d+))?")


def typeset(text: str) -> str:
    """Return a number as Python formats it with a real minus sign, a short exponent and its thousands apart."""
    found = _PARTS.fullmatch(text)
    if found is None:
        return text
    whole = int(found["whole"])
    grouped = f"{whole:,}".replace(",", THOUSANDS) if whole >= GROUPED_FROM else found["whole"]
    exponent = f"e{int(found['exponent'])}" if found["exponent"] else ""
    return f"{'-' * text.startswith('-')}{grouped}{found['rest'] or ''}{exponent}".replace("-", "−")


class _Sentences(string.Formatter):
    """`str.format` for people: whole numbers are counts, and what a format such as ``:.3g`` gives is typeset."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, Integral) and not isinstance(value, bool) and not format_spec:
            return count_text(int(value))
        text = super().format_field(value, format_spec)
        return typeset(text) if isinstance(value, Real) and format_spec else text

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "r":
            return in_brief(value)
        return super().convert_field(value, conversion)


#: Longest text, and longest description of anything else, that a sentence repeats.
_LONGEST_TEXT, _LONGEST_OTHER = 300, 60


def _beginning(value: Any, depth: int = 0) -> Any:
    """Return the first parts of a text, list or table, which may be as long as a file."""
    if type(value) is str:
        return value[: _LONGEST_TEXT + 1]
    if type(value) in (list, tuple):
        return (
            type(value)(_beginning(item, depth + 1) for item in value[:_LONGEST_OTHER]) if depth < 4 else type(value)()
        )
    if type(value) is dict:
        some = islice(value.items(), _LONGEST_OTHER)
        return {_beginning(key): _beginning(item, depth + 1) for key, item in some} if depth < 4 else {}
    return value


def in_brief(value: object) -> str:
    """Return `repr` on one line, of long values only the beginning: a sentence is no place for an array."""
    try:
        written = " ".join(repr(_beginning(value)).split())
    except Exception:  # Of objects of others, which may raise anything.
        written = f"a {type(value).__name__}"
    most = _LONGEST_TEXT if isinstance(value, str) else _LONGEST_OTHER
    return written if len(written) <= most else f"{written[: most - 1]}…"


_SENTENCES = _Sentences()


def filled(sentence: str, *values: object, **named: object) -> str:
    """Return `sentence` with its places such as ``{0}`` or ``{1:g}`` filled in; whole numbers are counts."""
    return _SENTENCES.vformat(sentence, values, named)
