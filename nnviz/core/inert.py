"""Text of other people's files made inert, for sentences, menus, tooltips and legends.

Names and labels are data and may be anything: markup, control characters, marks that turn the reading direction, ten
thousand letters. They are kept as they are; only what is shown of them passes through here.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from nnviz.core.numbers import THOUSANDS

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
        harmless = (character.isprintable() or character == THOUSANDS) and accents <= _MOST_ACCENTS
        written.append(character if harmless else _escaped(character))
    result = "".join(written)
    return result if len(result) <= limit else f"{result[: limit - 1]}…"


def whole_characters(text: str) -> str:
    """Return `text` with a replacement character for each half of a surrogate pair, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # Two halves that belong together are one character after all.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _escaped(character: str) -> str:
    common = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if common is not None:
        return common
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def without_home(text: str, home: Path | None = None) -> str:
    """Return `text` with ``~`` for the home folder, so that it names nobody: it may be shown to strangers."""
    try:
        folder = str(home or Path.home())
    except RuntimeError:
        return text
    return text.replace(folder, "~") if len(folder) > 1 else text
