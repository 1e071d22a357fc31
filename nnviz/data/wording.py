"""Words for messages about data: text of a file made inert, and small counts in plain English.

Header names and labels are data and may be anything: markup, control characters, marks that turn the reading direction,
ten thousand letters. They are kept as they are; only what is shown of them passes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: A "<" that rich text would take for the beginning of a tag.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: More accents than this on one letter climb over the lines above.
_MOST_ACCENTS = 2


def shown(text: str, limit: int = 40) -> str:
    """Return text from a file so that it can be displayed anywhere without doing anything.

    Parameters
    ----------
    text : str
    limit : int
        Longest result, in characters; what is longer ends in an ellipsis.

    Returns
    -------
    str
        One line without control characters, marks of direction, tags or heaps of accents.
    """
    # Each character becomes ten at most, so that long texts need not be walked through to their end.
    head = _TAG.sub("‹", text[: limit + 1])
    written: list[str] = []
    accents = 0
    for character in head:
        accents = accents + 1 if unicodedata.combining(character) else 0
        harmless = character.isprintable() and accents <= _MOST_ACCENTS
        written.append(character if harmless else _escaped(character))
    result = "".join(written)
    return result if len(result) <= limit else f"{result[: limit - 1]}…"


def quoted(text: str, limit: int = 40) -> str:
    """Return `shown` text between quotation marks, for use within a sentence."""
    return f"'{shown(text, limit)}'"


def plural(n: int, noun: str) -> str:
    """Return a count with its noun, such as "1 row" or "2 rows"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return quoted names, separated by commas; of many only the first."""
    every = list(names)
    some = ", ".join(quoted(name) for name in every[:most])
    return some if len(every) <= most else f"{some} and {len(every) - most} more"


def _escaped(character: str) -> str:
    common = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if common is not None:
        return common
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
