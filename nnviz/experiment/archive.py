"""The container of a `.nnviz` file: a zip of ``experiment.json`` and plain `.npy` arrays, read with distrust.

Nothing is unpacked to disk and nothing is unpickled; names, sizes and array headers are checked before memory is
taken, so that a damaged or hostile file ends in one sentence.

Members
-------
experiment.json
    The experiment, UTF-8 JSON, the schema of `nnviz.experiment.schema`.
parameters.npy
    Flat parameter vector, where the file carries weights but no run.
checkpoint/<name>.npy
    Arrays of `nnviz.core.checkpoint.Checkpoint.to_arrays`.
history/<name>.npy
    Arrays of `nnviz.core.history.history.History.to_arrays`.
"""

from __future__ import annotations

import io
import json
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from nnviz.core.errors import ExperimentError
from nnviz.core.translation import translated

Arrays = dict[str, np.ndarray]

#: Largest size of ``experiment.json``, of one array and of the whole, unpacked.
MAX_JSON_BYTES = 64 * 2**20
MAX_ARRAY_BYTES = 1 * 2**30
MAX_TOTAL_BYTES = 3 * 2**30
MAX_MEMBERS = 4096
#: Kinds of NumPy data types that are read: whole numbers, floats, booleans and text. Never objects.
ALLOWED_KINDS = "biufU"
EXPERIMENT_MEMBER = "experiment.json"
_MEMBER = re.compile(r"(?:(?:checkpoint|history)/)?[A-Za-z0-9_.-]{1,80}\.npy")
#: A fixed date, so that the same work gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
#: What zipfile, zlib, struct and NumPy's header parser raise on bytes that are not what they claim to be.
_CORRUPT = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    RecursionError,
)


def write_archive(file: IO[bytes], document: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Write `document` (JSON) and `arrays` (member name without ``.npy`` → array) to `file`."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        content = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        archive.writestr(_info(EXPERIMENT_MEMBER), content)
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(array), allow_pickle=False)
            archive.writestr(_info(f"{name}.npy"), buffer.getvalue())


def read_archive(path: Path) -> tuple[Any, Arrays]:
    """Return the JSON document and the arrays of `path`.

    Raises
    ------
    ExperimentError
        Where `path` is no such file, is damaged, or holds what no `.nnviz` holds.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked_members(archive, path.name)
            document = json.loads(_read(archive, members.pop(EXPERIMENT_MEMBER), MAX_JSON_BYTES))
            arrays = {
                name.removesuffix(".npy"): parse_npy(_read(archive, member, MAX_ARRAY_BYTES))
                for name, member in members.items()
            }
    except ExperimentError:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise ExperimentError("{0} cannot be read: {1}.", path, error.strerror) from None
    except _CORRUPT as error:
        raise ExperimentError(
            "{0} is damaged or not a .nnviz file, and nothing of it was opened ({1}).", path.name, _short(error)
        ) from error
    return document, arrays


def parse_npy(content: bytes) -> np.ndarray:
    """Return the array in the bytes of an `.npy` file, its header checked against the bytes that follow it.

    Raises
    ------
    ValueError
        Where they do not fit, or the array would hold objects.
    """
    buffer = io.BytesIO(content)
    version = np.lib.format.read_magic(buffer)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(translated("an array of an unknown version"))
    shape, fortran_order, dtype = read_header(buffer)
    if dtype.kind not in ALLOWED_KINDS or dtype.hasobject:
        raise ValueError(translated("an array of a type that is not allowed"))
    start = buffer.tell()
    count = math.prod(shape)
    if count * dtype.itemsize != len(content) - start:
        raise ValueError(translated("an array that is shorter or longer than it claims"))
    flat = np.frombuffer(content, dtype=dtype, count=count, offset=start)
    return flat.reshape(shape, order="F" if fortran_order else "C").copy()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _checked_members(archive: zipfile.ZipFile, where: str) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    members = {info.filename: info for info in infos}
    if EXPERIMENT_MEMBER not in members:
        raise ExperimentError("{0} is not a .nnviz file: it holds no experiment.json.", where)
    strange = [name for name in members if name != EXPERIMENT_MEMBER and not _MEMBER.fullmatch(name)]
    if strange or len(members) != len(infos) or len(infos) > MAX_MEMBERS:
        raise ExperimentError(
            "{0} was not opened: it holds a member called {1!r}, which no .nnviz file does."
            if strange
            else "{0} was not opened: it holds repeated or too many members, which no .nnviz file does.",
            where,
            strange[0][:60] if strange else "",
        )
    sizes = [
        (info.file_size, MAX_JSON_BYTES if info.filename == EXPERIMENT_MEMBER else MAX_ARRAY_BYTES) for info in infos
    ]
    if any(size > limit for size, limit in sizes) or sum(size for size, _ in sizes) > MAX_TOTAL_BYTES:
        raise ExperimentError("{0} was not opened: unpacked it would be larger than nnviz files are.", where)
    return members


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Return a member's bytes, trusting the size in its header no further than `limit`."""
    with archive.open(member) as file:
        content = file.read(min(member.file_size, limit) + 1)
    if len(content) != member.file_size:
        raise ValueError(translated("a member that is not as long as it claims"))
    return content


def _short(error: BaseException) -> str:
    text = str(error).strip().rstrip(".") or type(error).__name__
    return text if len(text) <= 80 else f"{text[:79]}…"
