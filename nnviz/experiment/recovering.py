"""What can still be read of a damaged `.nnviz`: its experiment, and its weights where those are whole."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.core.archives import opened_archive, read_array, read_member
from nnviz.core.errors import NnvizError
from nnviz.core.layout import Array
from nnviz.core.reading import MOST_JSON_BYTES, gate, name_of, opened, parse_json
from nnviz.core.translation import translated
from nnviz.experiment.archive import EXPERIMENT_MEMBER
from nnviz.experiment.document import Document, validate_experiment
from nnviz.experiment.table_paths import absolute_tables

#: Signature, version, flags, method, time, date, check sum, sizes, and lengths of name and extra field.
_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_WEIGHTS = ("checkpoint/parameters.npy", "parameters.npy")
_DEFLATED = 8


def recoverable(source: str | Path) -> Document | None:
    """Return what is whole in a damaged `.nnviz`, without a file of its own; None: not even the experiment is.

    It is for what `nnviz.experiment.load_document` has refused.
    """
    path = Path(source)
    if path.suffix.lower() != ".nnviz":
        return None
    for read in (_from_archive, _from_beginning):
        try:
            with gate(path, ".nnviz file"):
                content, weights = read(path)
                experiment = absolute_tables(validate_experiment(content, name_of(path)), path)
        except NnvizError:
            continue
        return Document(experiment, weights)
    return None


def _from_archive(path: Path) -> tuple[Any, Array | None]:
    with opened_archive(path, ".nnviz file") as archive:
        members = {info.filename: info for info in archive.infolist()}
        content = parse_json(read_member(archive, members[EXPERIMENT_MEMBER], MOST_JSON_BYTES))
        found = (_weights(archive, members[name]) for name in _WEIGHTS if name in members)
        return content, next((weights for weights in found if weights is not None), None)


def _weights(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array | None:
    try:
        weights = read_array(archive, member)
    except Exception:
        # Whatever a damaged member makes its readers raise.
        return None
    is_whole = weights.ndim == 1 and weights.dtype == np.float64 and bool(np.isfinite(weights).all())
    return weights if is_whole else None


def _from_beginning(path: Path) -> tuple[Any, None]:
    """Read the first member, which is the experiment, of a file whose end, with the archive's directory, is missing."""
    with opened(path) as stream:
        _, _, _, method, _, _, check_sum, packed, size, n_name, n_extra = _LOCAL.unpack(stream.read(_LOCAL.size))
        name = stream.read(n_name)
        stream.read(n_extra)
        is_experiment = name == EXPERIMENT_MEMBER.encode() and method == _DEFLATED
        if not is_experiment or max(packed, size) > MOST_JSON_BYTES:
            raise ValueError(translated("it is no archive"))
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(stream.read(packed), size)
    if len(content) != size or zlib.crc32(content) != check_sum:
        raise ValueError(translated("it is no archive"))
    return parse_json(content), None
