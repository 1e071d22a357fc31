"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

#: Beginnings of files that are no tables, and what they are.
_PICTURE = "{0} is a picture; choose a table, such as a CSV file."
_WEB = "{0} is a web page; choose a table, such as a CSV file."
_XML = "{0} is an XML file; choose a table, such as a CSV file."
_POINTER = "{0} is only a git-annex pointer; the table itself was not downloaded; choose a table, such as a CSV file."
_LFS = "{0} is only a Git LFS pointer; the table itself was not downloaded; choose a table, such as a CSV file."
_ARCHIVE = "{0} is an archive that nnviz does not unpack; choose a table, such as a CSV file."
_PICKLE = "{0} is a Python pickle, which could run any program when it is opened; choose a table, such as a CSV file."
_BEGINNINGS: Sequence[tuple[bytes, str]] = (
    *((start, _PICTURE) for start in (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"8BPS")),
    (b"\0\0\1\0", _PICTURE),
    (b"%PDF-", "{0} is a PDF document; choose a table, such as a CSV file."),
    (b"%!PS", "{0} is a PostScript document; choose a table, such as a CSV file."),
    (b"{\\rtf", "{0} is a text document (RTF); choose a table, such as a CSV file."),
    (b"version https://git-lfs", _LFS),
    (b"SQLite format 3\0", "{0} is an SQLite database; choose a table, such as a CSV file."),
    (b"PAR1", "{0} is a Parquet file; choose a table, such as a CSV file."),
    (b"ARROW1", "{0} is an Arrow file; choose a table, such as a CSV file."),
    (b"FEA1", "{0} is a Feather file; choose a table, such as a CSV file."),
    (b"\x89HDF", "{0} is an HDF5 file; choose a table, such as a CSV file."),
    (b"MATLAB 5.0 MAT-file", "{0} is a MATLAB file; choose a table, such as a CSV file."),
    (b"\x7fELF", "{0} is a program; choose a table, such as a CSV file."),
    (b"MZ\x90", "{0} is a program; choose a table, such as a CSV file."),
    *((start, _ARCHIVE) for start in (b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd", b"PK\5\6")),
    (b"OggS", "{0} is a recording; choose a table, such as a CSV file."),
    (b"ID3", "{0} is a recording; choose a table, such as a CSV file."),
    (b"fLaC", "{0} is a recording; choose a table, such as a CSV file."),
)
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|script|meta|div|!--)", re.IGNORECASE)
_OLD_PICKLE = re.compile(
    rb"\(?[ld]p\d+\n|\(dp\d|\(lp\d|c(?:numpy|copy_reg|builtins|__builtin__|pandas|sklearn)[\w.]*\n"
)
_JSON = re.compile(r"\{\s*(?:\"|\}\s*\Z)|\[\s*(?:\{\s*\"|\[|\]\s*\Z|\"[^\"]*\"\s*[,\]])")
_ARFF = re.compile(r"(?:\s*%[^\r\n]*[\r\n]+)*\s*@relation\b", re.IGNORECASE)
#: More of a text is not searched for being JSON: nothing but JSON begins as it does for so long.
_JSON_BYTES = 2**20


def refusal(data: bytes) -> str:
    """Return a sentence on what the file plainly is instead of a table, with a place for its name.

    Empty where it may be a table.
    """
    for start, what in _BEGINNINGS:
        if data.startswith(start):
            return what
    if _is_bitmap(data) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:12] in (b"ftypheic", b"ftypavif"):
        return _PICTURE
    if data[:4] == b"RIFF":
        return "{0} is a recording; choose a table, such as a CSV file."
    if data[257:262] == b"ustar":
        return _ARCHIVE
    if (data[:1] == b"\x80" and data[1:2] in (b"\2", b"\3", b"\4", b"\5")) or _OLD_PICKLE.match(data):
        return _PICKLE
    return _text_refusal(data)


def is_arff(text: str) -> bool:
    """Return whether a text is a table in Weka's form."""
    return _ARFF.match(text) is not None


def _is_bitmap(data: bytes) -> bool:
    return data[:2] == b"BM" and len(data) > 14 and data[6:10] == b"\0\0\0\0"


def _text_refusal(data: bytes) -> str:
    head = data[:4000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = data[: 4000 - 4000 % 2].decode("utf-16", "replace").lstrip().encode()
    if _WEB_PAGE.match(head):
        return _WEB
    if head[:5] == b"<?xml" or head[:4].lower() == b"<svg":
        return _PICTURE if b"<svg" in head else _WEB if b"<html" in head else _XML
    if head[:1] in (b"{", b"[") and _is_json(data, head):
        return "{0} is a JSON file; choose a table, such as a CSV file."
    if b"/annex/objects/" in head[:200] and len(data) < 500:
        return (
            "{0} is only a git-annex pointer; the table itself was not downloaded; choose a table, such as a CSV file."
        )
    return ""


def _is_json(data: bytes, head: bytes) -> bool:
    if _JSON.match(head.decode("utf-8", "replace")):
        return True
    if len(data) > _JSON_BYTES:
        return False
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
