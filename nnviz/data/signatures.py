"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

#: Beginnings of files that are no tables, and what they are.
_PICTURE = "is a picture"
_ARCHIVE = "is an archive that nnviz does not unpack"
_PICKLE = "is a Python pickle, which could run any program when it is opened"
_BEGINNINGS: Sequence[tuple[bytes, str]] = (
    *((start, _PICTURE) for start in (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"8BPS")),
    (b"\0\0\1\0", _PICTURE),
    (b"%PDF-", "is a PDF document"),
    (b"%!PS", "is a PostScript document"),
    (b"{\\rtf", "is a text document (RTF)"),
    (b"version https://git-lfs", "is only a Git LFS pointer; the table itself was not downloaded"),
    (b"SQLite format 3\0", "is an SQLite database"),
    (b"PAR1", "is a Parquet file"),
    (b"ARROW1", "is an Arrow file"),
    (b"FEA1", "is a Feather file"),
    (b"\x89HDF", "is an HDF5 file"),
    (b"MATLAB 5.0 MAT-file", "is a MATLAB file"),
    (b"\x7fELF", "is a program"),
    (b"MZ\x90", "is a program"),
    *((start, _ARCHIVE) for start in (b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd", b"PK\5\6")),
    (b"OggS", "is a recording"),
    (b"ID3", "is a recording"),
    (b"fLaC", "is a recording"),
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
    """Return what the file plainly is instead of a table, such as "is a picture"; empty where it may be a table."""
    for start, what in _BEGINNINGS:
        if data.startswith(start):
            return what
    if _is_bitmap(data) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:12] in (b"ftypheic", b"ftypavif"):
        return _PICTURE
    if data[:4] == b"RIFF":
        return "is a recording"
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
        return "is a web page"
    if head[:5] == b"<?xml" or head[:4].lower() == b"<svg":
        return _PICTURE if b"<svg" in head else "is a web page" if b"<html" in head else "is an XML file"
    if head[:1] in (b"{", b"[") and _is_json(data, head):
        return "is a JSON file"
    if b"/annex/objects/" in head[:200] and len(data) < 500:
        return "is only a git-annex pointer; the table itself was not downloaded"
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
