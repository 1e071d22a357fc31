"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Sequence

#: Beginnings of files that are no tables, and what they are.
_PICTURE = "{0} is a picture; choose a table, such as a CSV file."
_WEB = "{0} is a web page; choose a table, such as a CSV file."
_XML = "{0} is an XML file; choose a table, such as a CSV file."
_POINTER = "{0} is only a git-annex pointer; the table itself was not downloaded; choose a table, such as a CSV file."
_LFS = "{0} is only a Git LFS pointer; the table itself was not downloaded; choose a table, such as a CSV file."
_ARCHIVE = "{0} is an archive that nnviz does not unpack; choose a table, such as a CSV file."
_PICKLE = (
    "{0} is a Python pickle, which could run any program when it is opened; save what it holds with "
    "df.to_csv('table.csv', index=False) or numpy.savez('table.npz', X=X, y=y)."
)
_SPSS = (
    "{0} is an SPSS file; save it there as CSV, or in Python with "
    "pandas.read_spss('file.sav').to_csv('table.csv', index=False)."
)
_STATA = (
    "{0} is a Stata file; save it there with: export delimited using table.csv; or in Python with "
    "pandas.read_stata('file.dta').to_csv('table.csv', index=False)."
)
_SAS = (
    "{0} is a SAS file; save it there with PROC EXPORT as CSV, or in Python with "
    "pandas.read_sas('file').to_csv('table.csv', index=False)."
)
_R = "{0} is a file of R's own; save the data frame there with: write.csv(data, 'table.csv', row.names = FALSE)."
_MATLAB = "{0} is a MATLAB file; save the table there with writetable(T, 'table.csv'), a matrix with writematrix."
_JSON_FILE = (
    "{0} is a JSON file; save its rows as CSV, in Python with "
    "pandas.read_json('file.json').to_csv('table.csv', index=False)."
)
_PARQUET = "{0} is a Parquet file; save it in Python with pandas.read_parquet('file').to_csv('table.csv', index=False)."
_FEATHER = (
    "{0} is a Feather or Arrow file; save it in Python with "
    "pandas.read_feather('file').to_csv('table.csv', index=False)."
)
_BEGINNINGS: Sequence[tuple[bytes, str]] = (
    *((start, _PICTURE) for start in (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"8BPS")),
    (b"\0\0\1\0", _PICTURE),
    (b"%PDF-", "{0} is a PDF document; choose a table, such as a CSV file."),
    (b"%!PS", "{0} is a PostScript document; choose a table, such as a CSV file."),
    (b"{\\rtf", "{0} is a text document (RTF); choose a table, such as a CSV file."),
    (b"version https://git-lfs", _LFS),
    (b"SQLite format 3\0", "{0} is an SQLite database; choose a table, such as a CSV file."),
    (b"PAR1", _PARQUET),
    (b"ARROW1", _FEATHER),
    (b"FEA1", _FEATHER),
    (b"\x89HDF", "{0} is an HDF5 file; choose a table, such as a CSV file."),
    *((start, _MATLAB) for start in (b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file")),
    *((start, _SPSS) for start in (b"$FL2", b"$FL3", b"ASCII SPSS PORT FILE")),
    (b"<stata_dta>", _STATA),
    *((start, _R) for start in (b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n", b"RDB2\n", b"RDB3\n")),
    *((start, _R) for start in (b"X\n\0\0\0\2", b"X\n\0\0\0\3", b"A\n2\n", b"A\n3\n", b"B\n\2\0", b"B\n\3\0")),
    (b"\0" * 12 + b"\xc2\xea\x81\x60", _SAS),
    (b"HEADER RECORD*******LIB", _SAS),
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
_ARFF = re.compile(r"(?:\s++|%[^\r\n]*+)*+@relation\b", re.IGNORECASE)
#: Types of values in IDX files, by their code.
IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_MOST_IDX_VALUES = 2**40
_STATA_ORDERS = (b"\1\1\0", b"\2\1\0")
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
    if _is_old_stata(data):
        return _STATA
    return _text_refusal(data)


def is_arff(text: str) -> bool:
    """Return whether a text is a table in Weka's form."""
    return _ARFF.match(text) is not None


def is_idx(data: bytes) -> bool:
    """Return whether bytes begin as MNIST's IDX files do: a type, a number of axes, and lengths that can be true."""
    if len(data) < 8 or data[:2] != b"\0\0" or data[2] not in IDX_TYPES or not 1 <= data[3] <= 4:
        return False
    return len(data) >= 4 + 4 * data[3] and 0 < math.prod(idx_shape(data)) <= _MOST_IDX_VALUES


def idx_shape(data: bytes) -> tuple[int, ...]:
    """Return the lengths of the axes of an IDX file."""
    return struct.unpack(f">{data[3]}I", data[4 : 4 + 4 * data[3]])


def _is_bitmap(data: bytes) -> bool:
    return data[:2] == b"BM" and len(data) > 14 and data[6:10] == b"\0\0\0\0"


def _is_old_stata(data: bytes) -> bool:
    """Return whether a file begins as Stata 8 to 12 wrote them: release, byte order, 1, 0."""
    return len(data) > 60 and data[0] in (0x69, 0x6C, 0x6E, 0x6F, 0x71, 0x72, 0x73) and data[1:4] in _STATA_ORDERS


def _text_refusal(data: bytes) -> str:
    head = data[:4000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = data[: 4000 - 4000 % 2].decode("utf-16", "replace").lstrip().encode()
    if _WEB_PAGE.match(head):
        return _WEB
    if head[:5] == b"<?xml" or head[:4].lower() == b"<svg":
        return _PICTURE if b"<svg" in head else _WEB if b"<html" in head else _XML
    if head[:1] in (b"{", b"[") and _is_json(data, head):
        return _JSON_FILE
    if b"/annex/objects/" in head[:200] and len(data) < 500:
        return _POINTER
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
