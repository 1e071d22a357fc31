"""From the bytes of a file to its text: which encoding, and what is plainly no text at all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from msgspec import Struct

from nnviz.core.errors import DataError
from nnviz.core.translation import translated
from nnviz.data.limits import MOST_TEXT_BYTES

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
#: Control characters that no program writes into a table; tab, line ends, form feed and DOS's end of file are usual.
_CONTROL = bytes(code for code in range(32) if code not in (9, 10, 11, 12, 13, 26))
#: A letter of two to four bytes in UTF-8.
_MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: Bytes of a letter in UTF-8 but its first.
_INNER = bytes(range(0x80, 0xC0))
_PIECE = 2**22
#: A larger share of control characters than this is no text.
_MOST_CONTROL = 0.02


class Decoded(Struct, frozen=True):
    """Text of a file.

    Attributes
    ----------
    text : str
    encoding : str
        Its name for people.
    note : str
        What was assumed; empty where nothing was.
    """

    text: str
    encoding: str
    note: str = ""


def decode(data: bytes, source: str) -> Decoded:
    """Return the text in `data`, which is measured before.

    Raises
    ------
    DataError
        Where it is no text: the sentence names the file, the line and the byte.
    """
    _check_size(data, source)
    for mark, codec, name in _BOMS:
        if data.startswith(mark) and not data.startswith(codecs.BOM_UTF32_LE):
            return Decoded(_with_mark(data, source, codec, name).rstrip("\x1a"), name)
    zero = data.find(b"\0")
    if zero >= 0:
        what = "the text is UTF-16 without its mark" if _alternates(data) else "there is a NUL byte, so it is no text"
        raise DataError("{0}: {1}; save the table as CSV in UTF-8.", _where(data, zero, source), what)
    control = _n_control(data)
    if control > _MOST_CONTROL * len(data) and control > 2:
        first = next(position for position, byte in enumerate(data) if byte in _CONTROL)
        raise DataError("{0}: this is no text; choose a table, such as a CSV file.", _where(data, first, source))
    try:
        return Decoded(data.decode("utf-8").rstrip("\x1a"), "UTF-8")
    except UnicodeDecodeError as error:
        return _one_byte_text(data, source, error.start, control)


def _check_size(data: bytes, source: str) -> None:
    """Raise `DataError` where a text would take too much memory: each character as much as the largest of them."""
    if len(data) <= MOST_TEXT_BYTES // 4:
        return
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        n_bytes = len(data)
    else:
        largest = _largest_byte(data)
        inner = sum(len(piece) - len(piece.translate(None, _INNER)) for piece in _in_pieces(data))
        # What is no UTF-8 after all has letters of one byte, of which fewer are counted then.
        n_bytes = (len(data) - inner) * (4 if largest >= 0xF0 else 2 if largest >= 0xC4 else 1)
    if n_bytes > MOST_TEXT_BYTES:
        words = "{0} would take more than {1} MB as text; take a part of its rows."
        raise DataError(words, source, MOST_TEXT_BYTES // 10**6)


def _largest_byte(data: bytes) -> int:
    return max(map(max, _in_pieces(data)))


def _in_pieces(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))


def _n_control(data: bytes) -> int:
    return sum(len(piece) - len(piece.translate(None, _CONTROL)) for piece in _in_pieces(data))


def _one_byte_text(data: bytes, source: str, start: int, control: int) -> Decoded:
    multibyte = _MULTIBYTE.findall(data)
    lone = sum(byte >= 0x80 for byte in data) - sum(map(len, multibyte))
    if control or len(multibyte) > lone:
        raise DataError(
            "{0}: the text is damaged UTF-8; save the table again as CSV in UTF-8."
            if multibyte and not control
            else "{0}: this is no text; save the table again as CSV in UTF-8.",
            _where(data, start, source),
        )
    try:
        text, name = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, name = data.decode("latin-1"), "Latin-1"
    note = translated(
        "The text is not UTF-8 (line {0}) and was read as {1}; check letters such as ä or é.", _line(data, start), name
    )
    return Decoded(text.rstrip("\x1a"), name, note)


def _with_mark(data: bytes, source: str, codec: str, name: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise DataError(
            "{0}: the text is damaged {1}; save it again.", _where(data, error.start, source), name
        ) from None
    zero = text.find("\0")
    if zero >= 0:
        line = _breaks(text[:zero]) + 1
        byte = len(text[:zero].encode(codec, "surrogatepass")) + 1
        raise DataError(
            "{0}, line {1}, byte {2}: there is a NUL character; save the table again as CSV.", source, line, byte
        )
    return text


def _alternates(data: bytes) -> bool:
    """Return whether every second byte is zero, as in UTF-16 of Latin letters."""
    head = data[:2000]
    return len(head) >= 4 and min(head[::2].count(0), head[1::2].count(0)) == 0 and head.count(0) * 3 > len(head)


def _where(data: bytes, position: int, source: str) -> str:
    return translated("{0}, line {1}, byte {2}", source, _line(data, position), position + 1)


def _line(data: bytes, position: int) -> int:
    return _breaks(data[:position].decode("latin-1")) + 1


def _breaks(text: str) -> int:
    """Count line ends: CR LF is one, a lone CR too."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")
