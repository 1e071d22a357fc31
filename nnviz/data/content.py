"""From a path to the bytes of one table: files that are safe to read, out of gzip and zip.

Archives are unpacked piece by piece and given up once they have grown too large: what their header says of their size
need not be true.
"""

from __future__ import annotations

import errno
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

from msgspec import Struct

from nnviz.core.archives import check_directory
from nnviz.core.errors import DataError, NnvizError
from nnviz.core.inert import shown
from nnviz.core.storage import expanded
from nnviz.data.limits import MOST_DIRECTORY_BYTES, MOST_FILE_BYTES, MOST_UNPACKED_BYTES
from nnviz.data.signatures import is_idx, refusal
from nnviz.data.steps import Steps
from nnviz.data.wording import quoted

Form = Literal["text", "npy", "npz", "idx", "workbook"]

#: So large that each has memory of its own, which goes back as soon as it is put to the others.
_PIECE = 2**23
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Archives within archives are unpacked to this depth: a gzip in a zip is an accident, more is a trap.
_DEEPEST = 2
_TEXT = re.compile(rb"[^ \t\r\n]")
_DEVICES = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Content(Struct):
    """Bytes of one table.

    Attributes
    ----------
    data : bytes
    form : "text", "npy", "npz", "idx" or "workbook"
    packing : tuple of str
        What it was taken out of, outermost first: "gzip", "zip".
    """

    data: bytes
    form: Form
    packing: tuple[str, ...] = ()

    def taken(self) -> bytes:
        """Return the data, which are not kept any longer."""
        data, self.data = self.data, b""
        return data


def read_file(path: str | Path, steps: Steps) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    DataError
        Where it is no file or cannot be read; pipes and devices are not touched.
    Cancelled
    """
    try:
        file = expanded(path)
    except NnvizError:
        raise DataError("{0} cannot be read; choose another file.", quoted(str(path))) from None
    name = shown(str(file), 200)
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError("{0} is a folder; choose a table in it.", name)
        for test, what in _DEVICES:
            if test(status.st_mode):
                raise DataError("{0} is {1}, not a file; choose a table.", name, what)
        if status.st_size > MOST_FILE_BYTES:
            raise DataError("{0} is larger than {1} MB; take a part of its rows.", name, MOST_FILE_BYTES // 10**6)
        with file.open("rb") as stream:
            return _all_of(stream, max(status.st_size, 1), steps)
    except FileNotFoundError:
        raise DataError("There is no file {0}; check its name and folder.", name) from None
    except PermissionError:
        raise DataError("{0} may not be read; check its permissions.", name) from None
    except (OSError, ValueError) as error:
        if isinstance(error, NnvizError):
            raise
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise DataError("{0} is a link that leads back to itself; choose the table itself.", name) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError("{0} cannot be read ({1}); choose another file.", name, shown(reason)) from None


def unpacked(data: bytes, source: str, steps: Steps) -> Content:
    """Return the table in `data`, recognised by its content, out of gzip or a zip of a single file.

    Raises
    ------
    DataError
        Where it is plainly something else, or unpacks to over 200 MB.
    """
    packing: tuple[str, ...] = ()
    while True:
        if _TEXT.search(data) is None:
            raise DataError("{0} is empty; a table needs a header line and rows.", source)
        if data.startswith(b"\x1f\x8b"):
            kind, inner = "gzip", _gunzipped
        elif data.startswith(b"PK\3\4"):
            names = _names(data, source)
            if _is_workbook(names, source):
                _unzipped_size(data, source, steps)
                return Content(data, "workbook", packing)
            if names and all(name.endswith(".npy") for name in names):
                return Content(data, "npz", packing)
            kind, inner = "zip", _unzipped
        else:
            break
        if len(packing) >= _DEEPEST:
            raise DataError("{0} is an archive within archives; unpack it and choose the table.", source)
        packing, data = (*packing, kind), inner(data, source, steps)
    if data.startswith(b"\x93NUMPY"):
        return Content(data, "npy", packing)
    if data.startswith(_OLE2):
        return Content(data, "workbook", packing)
    if is_idx(data):
        return Content(data, "idx", packing)
    sentence = refusal(data)
    if sentence:
        raise DataError(sentence, source)
    return Content(data, "text", packing)


def _all_of(stream: IO[bytes], size: int, steps: Steps) -> bytes:
    # Pieces that are joined take twice their size.
    whole = io.BytesIO()
    n_read = 0
    while piece := stream.read(_PIECE):
        n_read += whole.write(piece)
        if n_read > MOST_FILE_BYTES:
            raise DataError("The file is larger than {0} MB; take a part of its rows.", MOST_FILE_BYTES // 10**6)
        steps.at(0.1 * n_read / size)
    return whole.getvalue()


def _too_large(source: str) -> DataError:
    return DataError("{0} unpacks to over {1} MB; take a part of its rows.", source, MOST_UNPACKED_BYTES // 10**6)


def _damaged(source: str) -> DataError:
    return DataError("{0} is a damaged archive and cannot be unpacked; copy or download it again.", source)


def _gunzipped(data: bytes, source: str, steps: Steps) -> bytes:
    pieces: list[bytes] = []
    size = 0
    rest = data
    try:
        # A gzip file may hold several parts in a row; zeros behind them are padding.
        while rest.strip(b"\0"):
            unpacker = zlib.decompressobj(wbits=31)
            while not unpacker.eof:
                piece = unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail
                pieces.append(piece)
                size += len(piece)
                if size > MOST_UNPACKED_BYTES:
                    raise _too_large(source)
                if not piece and not rest and not unpacker.eof:
                    raise _damaged(source)
                steps.at(0.1)
            rest = unpacker.unused_data
            if not rest.startswith(b"\x1f\x8b"):
                break
    except zlib.error:
        raise _damaged(source) from None
    return b"".join(pieces)


def _names(data: bytes, source: str) -> list[str]:
    """Return the names of the files in a zip, without those that systems add on their own."""
    try:
        check_directory(io.BytesIO(data), MOST_DIRECTORY_BYTES, may_be_64=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, OverflowError):
        raise _damaged(source) from None
    hidden = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
    return [name for name in names if not name.startswith(hidden[0]) and not name.endswith(hidden[1:])]


def _is_workbook(names: list[str], source: str) -> bool:
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise DataError("{0} is a text document or a presentation; choose a table, such as a CSV file.", source)
    if "experiment.json" in names:
        raise DataError("{0} is an experiment of nnviz, not a table; its name should end in .nnviz.", source)
    if "mimetype" in names and "content.xml" in names:
        return True
    return any(name.startswith("xl/") for name in names)


def _unzipped(data: bytes, source: str, steps: Steps) -> bytes:
    names = _names(data, source)
    if len(names) != 1:
        raise DataError("{0} holds {1} files; unpack it and choose the one with the table.", source, len(names))
    return b"".join(_members(data, names, source, steps))


def _unzipped_size(data: bytes, source: str, steps: Steps) -> None:
    """Unpack everything once and throw it away: only then is it known how large it becomes."""
    for _ in _members(data, None, source, steps):
        pass


def _members(data: bytes, names: list[str] | None, source: str, steps: Steps) -> Iterator[bytes]:
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if names is not None and entry.filename not in names:
                    continue
                if entry.flag_bits & 1:
                    raise DataError("{0} is protected by a password; unpack it first.", source)
                with archive.open(entry) as stream:
                    while piece := stream.read(_PIECE):
                        size += len(piece)
                        if size > MOST_UNPACKED_BYTES:
                            raise _too_large(source)
                        steps.at(0.1)
                        yield piece
    except NnvizError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise _damaged(source) from None
    except Exception as error:  # the decompressors of bz2 and lzma have errors of their own
        raise _damaged(source) from error
