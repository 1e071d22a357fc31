"""Zip archives of arrays, read with distrust: what their members would unpack to is known before any is unpacked.

A zip names its members in a directory at its end, which may be as long as the file and claim anything. So its length is
looked at before it is read, and the sizes in it before the members are; none is read beyond its size.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from numpy.typing import NDArray

from nnviz.core.npy import read_header, read_values
from nnviz.core.reading import MOST_BYTES, PathLike, gate, opened
from nnviz.core.translation import translated

MOST_MEMBERS = 4096
#: Of a member with the longest name of a file and what systems add; a text of its own is nothing that nnviz writes.
_MOST_DIRECTORY_BYTES = MOST_MEMBERS * 400
_END = b"PK\5\6"
_END_BYTES = 22
#: Before it, in archives of the 64-bit kind: a longer one, and where that is.
_END_64_BYTES = 56 + 20
_LONGEST_COMMENT = 2**16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@contextmanager
def opened_archive(path: PathLike, what: str) -> Iterator[zipfile.ZipFile]:
    """Give the archive in a file, its directory within the limits.

    Raises
    ------
    ExperimentError
        Where there is none, or what is done with it within raises anything; `what` is as for `nnviz.core.reading.gate`.
    """
    with opened(path) as stream, gate(path, what):
        check_directory(stream)
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_MEMBERS or len({info.filename for info in infos}) != len(infos):
                raise ValueError(translated("it holds repeated or too many members"))
            if any(info.flag_bits & 1 or info.compress_type not in _METHODS for info in infos):
                raise ValueError(translated("it is encrypted or packed in an unusual way"))
            if sum(info.file_size for info in infos) > MOST_BYTES:
                raise ValueError(translated("it would unpack to more than {0} MB", MOST_BYTES // 2**20))
            yield archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return the bytes of a member; ValueError where they are more than `most`, or not as many as it claims."""
    if member.file_size > most:
        raise ValueError(translated("{0} is larger than {1} MB", member.filename, most // 2**20))
    with archive.open(member) as stream:
        content = stream.read(member.file_size)
    if len(content) != member.file_size:
        raise ValueError(translated("a member that is not as long as it claims"))
    return content


def read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    """Return the array in a member; ValueError where it is none, or not as long as its header says."""
    with archive.open(member) as stream:
        header = read_header(stream)
        if stream.tell() + header.n_bytes != member.file_size:
            raise ValueError(translated("an array that is shorter or longer than it claims"))
        array = read_values(stream, header)
        # The check sum is compared at the end.
        if stream.read(1):
            raise ValueError(translated("an array that is shorter or longer than it claims"))
    return array


def check_directory(stream: IO[bytes], most: int = _MOST_DIRECTORY_BYTES, *, may_be_64: bool = False) -> None:
    """Raise ValueError where the directory is longer than `most` bytes; the reader takes it in as a whole.

    One of the 64-bit kind is for what nnviz does not write; other programs may.
    """
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_BYTES - _END_64_BYTES - _LONGEST_COMMENT))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        raise ValueError(translated("it is no archive"))
    (n_bytes,) = struct.unpack_from("<L", tail, at + 12)
    is_64 = tail[:at][-20:-16] == b"PK\6\7"
    if is_64 and may_be_64 and at >= _END_64_BYTES:
        # The reader looks for it where it usually is.
        (n_bytes,) = struct.unpack_from("<Q", tail, at - _END_64_BYTES + 40)
    if n_bytes > most or (is_64 and not may_be_64):
        raise ValueError(translated("it holds repeated or too many members"))
    stream.seek(0)
