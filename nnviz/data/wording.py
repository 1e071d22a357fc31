"""Words for messages about data: text of a file made inert, and small counts.

Header names and labels are data and may be anything: markup, control characters, marks that turn the reading direction,
ten thousand letters. They are kept as they are; only what is shown of them passes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from nnviz.core.translation import counted, translated

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


def rows_text(n: int) -> str:
    """Return "1 row", "2 rows"."""
    return counted(n, "{0} row", "{0} rows")


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return quoted names, separated by commas; of many only the first."""
    return joined([quoted(name) for name in names], most)


def joined(texts: Sequence[str], most: int) -> str:
    """Return texts separated by commas; of many only the first."""
    some = ", ".join(texts[:most])
    return some if len(texts) <= most else translated("{0} and {1} more", some, len(texts) - most)


def _escaped(character: str) -> str:
    common = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if common is not None:
        return common
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
